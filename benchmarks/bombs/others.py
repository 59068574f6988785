"""Bombs in everything that is no event file: logs of other tools, the configuration, the state, expressions."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from benchmarks.bombs.bomb import Bomb, event, float_value, log, scalars
from logging_lib.summary.hparams import hparams

_WAYS = ("ls", "export", "check", "screen")
_MILLION = 1_000_000


def _file(directory: Path, name: str, *parts: bytes | str) -> None:
    path = directory / "run" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.writelines(part if isinstance(part, bytes) else part.encode() for part in parts)


def _columns(count: int, rows: int) -> Iterable[str]:
    yield "step," + ",".join(f"c{number}" for number in range(count)) + "\n"
    for row in range(rows):
        yield f"{row}" + ",1" * count + "\n"


def _sparse_line(directory: Path, name: str, *parts: str) -> None:
    """A log whose next line is 1 GB of zeros that take no disk."""
    _file(directory, name, *parts)
    with (directory / "run" / name).open("r+b") as file:
        file.truncate(1 << 30)


def _mlflow(directory: Path, metric: bytes, params: int) -> None:
    _file(directory, "meta.yaml", "run_id: a\n")
    _file(directory, "metrics/loss", metric)
    for number in range(params):
        _file(directory, f"params/p{number}", b"x" * 100)


def _yaml(directory: Path) -> None:
    _file(directory, "metrics.csv", *_CSV)
    _file(directory, "hparams.yaml", *[f"k{number}: 1\n" for number in range(_MILLION)], "[" * 10**5)


def _config(directory: Path, text: str) -> None:
    """A configuration beside the logdir, where XDG_CONFIG_HOME leads, and a run."""
    path = directory.parent / "tbtui" / "config.toml"
    path.parent.mkdir()
    path.write_text(text)
    log(directory / "run", scalars(9))


def _sessions(directory: Path) -> None:
    for run in range(20):
        log(directory / f"run{run}", [*(event(*s.value) for s in hparams({"h": "a" * 60 + "!", "n": run}, ["loss"])),
                                      *scalars(9)])  # fmt: skip


def _where(*texts: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (("hparams", ("--where", *texts)),)


_CSV = ("step,loss\n", *(f"{number},0.5\n" for number in range(9)))
_JSON = '{"step": 1, "loss": 0.5}\n'
_STATE = '{"log_history": [{"step": 1, "loss": 0.5}]'

BOMBS = (
    Bomb(
        "csv-line",
        "a CSV with a line of 200 MB",
        lambda d: _file(d, "metrics.csv", *_CSV, "1," + "x" * (200 << 20)),
        _WAYS,
        "line is longer than 1 MiB; it is left out",
    ),
    Bomb(
        "csv-line-sparse", "a CSV with a line of 1 GB of zeros", lambda d: _sparse_line(d, "metrics.csv", *_CSV), _WAYS
    ),
    Bomb(
        "csv-columns",
        "a CSV of 10^5 columns",
        lambda d: _file(d, "metrics.csv", *_columns(10**5, 5)),
        _WAYS,
        "more than 10000",
    ),
    Bomb(
        "csv-digits",
        "numbers of 900,000 digits in a CSV",
        lambda d: _file(
            d,
            "metrics.csv",
            *_CSV,
            *[f"{n},{'9' * 300_000}\n{'9' * 300_000},1\n1,0.{'9' * 300_000}\n" for n in range(9)],
        ),
        _WAYS,
    ),
    Bomb(
        "csv-quotes",
        "a quote that nothing closes, and 50 MB of short lines",
        lambda d: _file(d, "metrics.csv", *_CSV, '"1,2\n', "1,2\n" * (12 << 20)),
        _WAYS,
        megabytes=900,
    ),
    Bomb(
        "json-nested",
        "10^5 brackets in a line of JSON",
        lambda d: _file(d, "metrics.jsonl", _JSON, "[" * 10**5 + "\n", '{"a":' * 10**5 + "\n", _JSON),
        _WAYS,
    ),
    Bomb(
        "json-deep",
        "values in values, 900 levels",
        lambda d: _file(d, "metrics.jsonl", _JSON, '{"a":' * 900 + "1" + "}" * 900 + "\n"),
        _WAYS,
    ),
    Bomb(
        "json-digits",
        "a number of 900,000 digits in JSON, times 100",
        lambda d: _file(d, "metrics.jsonl", *[f'{{"step": 1, "loss": {"9" * 900_000}}}\n' for _ in range(100)]),
        _WAYS,
    ),
    Bomb(
        "json-keys",
        "10^6 keys in 20 lines of JSON",
        lambda d: _file(
            d,
            "metrics.jsonl",
            *[json.dumps({f"k{line}_{number}": 1 for number in range(50_000)}) + "\n" for line in range(20)],
        ),
        _WAYS,
    ),
    Bomb(
        "trainer-large",
        "a Trainer's state of 100 MB",
        lambda d: _file(d, "trainer_state.json", _STATE, " " * (100 << 20), "}"),
        _WAYS,
        "larger than 64 MiB",
    ),
    Bomb(
        "trainer-nested",
        "a Trainer's state of 10^7 brackets",
        lambda d: _file(d, "trainer_state.json", '{"log_history": ', "[" * 10 * _MILLION),
        _WAYS,
        "file cannot be read",
    ),
    Bomb(
        "trainer-empty",
        "a Trainer's state of 20 * 10^6 empty objects",
        lambda d: _file(d, "trainer_state.json", '{"log_history": [', "{}," * (20 * _MILLION), "{}]}"),
        _WAYS,
        says="more than 5000000 values",
    ),
    Bomb(
        "wandb",
        "a wandb file whose record claims 4 GB, and zeros",
        lambda d: _file(d, "run-x.wandb", b":W&B\xe1\xbe\x00", b"\0\0\0\0\xff\xff\x01" * 10**6),
        _WAYS,
    ),
    Bomb(
        "mlflow",
        "an MLflow metric of one line of 50 MB, 20,000 params",
        lambda d: _mlflow(d, b"1 " * (25 << 20), 20_000),
        _WAYS,
    ),
    Bomb(
        "yaml",
        "an hparams.yaml of 10^6 keys, of 10^5 brackets",
        _yaml,
        (*_WAYS, "hparams"),
    ),
    Bomb(
        "config-large",
        "a configuration of 100 MB",
        lambda d: _config(d, "# " + "x" * (100 << 20)),
        ("screen",),
        "larger than a configuration may be",
    ),
    Bomb(
        "config-nested",
        "a configuration of 10^5 brackets",
        lambda d: _config(d, "a = " + "[" * 10**5),
        ("screen",),
        "the defaults are taken",
    ),
    Bomb(
        "config-digits",
        "a configuration with a number of 10^6 digits",
        lambda d: _config(d, "[defaults]\nsmoothing = " + "9" * 900_000),
        ("screen",),
        "Exceeds the limit (4300 digits)",
    ),
    Bomb(
        "config-keys",
        "a configuration of 10^5 names that are not known",
        lambda d: _config(d, "".join(f"k{number} = 1\n" for number in range(90_000))),
        ("screen",),
    ),
    Bomb(
        "config-dots",
        "a configuration with a name of 10^5 dots",
        lambda d: _config(d, "a" + ".a" * 100_000 + " = 1\n"),
        ("screen",),
    ),
    Bomb(
        "where-parentheses", "an expression of 10^5 parentheses", _sessions, ("hparams",), arguments=_where("(" * 10**5)
    ),
    Bomb(
        "where-long",
        "an expression of 120,000 characters",
        _sessions,
        ("hparams",),
        arguments=_where(" or ".join(["n=1"] * 17_000)),
    ),
    Bomb("where-nots", "an expression of 10^5 nots", _sessions, ("hparams",), arguments=_where("not " * 30_000 + "n")),
    Bomb("where-pattern", "a pattern that never ends", _sessions, ("hparams",), arguments=_where("h ~ '(a+)+$'")),
    Bomb(
        "tag-pattern",
        "a pattern for tags that never ends",
        lambda d: log(d / "run", [event(float_value(b"a" * 60 + b"!"))]),
        ("tags", "export", "plot"),
        arguments=tuple((way, ("--tag", "(a+)+$")) for way in ("tags", "export", "plot")),
    ),
)
