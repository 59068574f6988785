"""Every target takes its own seeds and finds a bug that is there; what a run tells leads back to the input."""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from logging_lib import encoding
from logging_lib.tfevents import tensor
from tests.fuzz.__main__ import _tell, main
from tests.fuzz.all_targets import NAMES, target
from tests.fuzz.at_random import changed, fuzz_at_random, inputs
from tests.fuzz.blob_seeds import graphs, own_events
from tests.fuzz.mutation import changed_file, changed_message, parsed, written
from tests.fuzz.target import MOST_BYTES, SEPARATOR, Target
from tests.fuzz.told import of_log
from tui.analysis import ticks
from tui.analysis.hparams import matching
from tui.app.output import painter
from tui.reader import decode
from tui.reader.payload import graph, picture
from tui.remote import fetch
from tui.render import sixel, text

_MOST_TRIED = 200


@pytest.mark.parametrize("name", NAMES)
def test_a_target_takes_its_own_seeds(name: str) -> None:
    chosen = target(name)
    seeds = chosen.seeds()
    assert chosen.name == name and seeds and max(map(len, seeds)) <= MOST_BYTES
    for seed in seeds:
        chosen.check(seed)


def _broken(function: Callable[..., object], answer: Callable[..., object]) -> Callable[..., object]:
    return lambda *arguments, **named: answer(function(*arguments, **named))


BUGS: dict[str, tuple[object, str, Callable[..., object]]] = {
    "tensors": (tensor, "_content", _broken(tensor._content, lambda array: array[..., ::-1])),  # type: ignore[index]
    "files": (decode.EventDecoder, "add_points", lambda self, tag, steps, times, values: None),
    "media": (picture, "_pixels", _broken(picture._pixels, lambda array: array[1:])),  # type: ignore[index]
    "graphs": (graph, "_node", _broken(graph._node, lambda node: graph.GraphNode("", "", "", (), (), ""))),
    "where": (matching, "_ordered", _broken(matching._ordered, lambda rows: ~rows)),  # type: ignore[operator]
    "cells": (painter, "_changed", _broken(painter._changed, lambda places: places[:-1])),  # type: ignore[index]
    "pixels": (sixel, "_run", lambda length, sign: sign * min(length, 9)),
    "numbers": (ticks, "distinct", lambda chosen: [*chosen] * 2),
    "writer": (encoding, "_float32", _broken(encoding._float32, lambda data: data[::-1])),  # type: ignore[index]
    "remote": (fetch.Fetcher, "_judge", lambda self, entry, stream, before: fetch.Outcome(True, stream.total)),
    "printable": (text, "_cached", lambda text: text),  # what it calls would be remembered for other tests
}
"""What is planted where: a function of ours that does its work badly."""


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = target(name)
    seeds = chosen.seeds()
    place, attribute, instead = BUGS[name]
    monkeypatch.setattr(place, attribute, instead)  # type: ignore[arg-type]
    with pytest.raises(AssertionError):
        for data in islice(inputs(chosen, seeds, random.Random(1)), _MOST_TRIED):
            chosen.check(data)


def test_a_message_is_written_as_it_was_read() -> None:
    for data in (*own_events(), *graphs()):
        assert written(parsed(data)) == data
    assert parsed(b"\x0a\x05ab") == [] == parsed(b"\x0b")


@pytest.mark.parametrize("mutate", [changed_message, changed_file])
def test_changed_messages_are_messages_most_of_the_time(mutate: Callable[..., bytes]) -> None:
    chance, seeds = random.Random(0), own_events()

    def change(data: bytes, most: int) -> bytes:
        return changed(chance, data, seeds)[:most]

    made = [mutate(SEPARATOR.join(seeds[:1]), 200, seed, change) for seed in range(300)]
    assert max(map(len, made)) <= 200 and len(set(made)) > 100
    whole = [mutate(seeds[5], MOST_BYTES, seed, change) for seed in range(300)]
    assert sum(bool(parsed(part)) for data in whole for part in data.split(SEPARATOR)) > 150


def _fails_on(wanted: bytes) -> Target:
    def check(data: bytes) -> None:
        assert data != wanted, "found"

    return Target("mine", check, lambda: [b"a", wanted])


def test_an_input_that_breaks_a_promise_is_kept(tmp_path: Path) -> None:
    broken = _fails_on(b"b\xff")
    with pytest.raises(AssertionError, match="found"):
        fuzz_at_random(broken, broken.seeds(), 60, tmp_path / "mine")
    assert (tmp_path / "mine-crash").read_bytes() == b"b\xff"


def test_what_failed_is_told_with_the_command_that_runs_it_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.log").write_text("#9\tDONE   cov: 3 ft: 4 corp: 2/9b lim: 9 exec/s: 1 rss: 9Mb\n")
    (tmp_path / "config-crash-1").write_bytes(b'theme = "\xff"')
    assert not _tell("config", 0, 61.0, tmp_path)
    assert capsys.readouterr().out == "config     fine       61 s   9 inputs, 3 edges (the last new one at input 9), " \
        "4 features (at 0), 2 kept\n"  # fmt: skip
    assert _tell("config", 1, 61.0, tmp_path)
    told = capsys.readouterr().out
    assert told.startswith("config     FAILED")
    (encoded,) = re.findall(r"  echo (\S+) \| base64 -d \| python -m tests.fuzz config --input -\n", told)
    assert base64.b64decode(encoded) == b'theme = "\xff"'


def test_an_input_is_run_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "input"
    path.write_bytes(b"theme = 1")
    assert main(["config", f"--input={path}"]) == 0
    assert capsys.readouterr().out == "config: 9 bytes, fine\n"
    with pytest.raises(SystemExit):
        main(["nothing"])
    assert "no target nothing; there are records" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("log", "told"),
    [
        ("", "no inputs"),
        ("INFO: x\n12 inputs\n", "12 inputs, without atheris"),
        (
            "#2\tINITED cov: 5 ft: 6 corp: 1/1b exec/s: 0 rss: 40Mb\n#7\tNEW    cov: 8 ft: 9 corp: 2/3b lim: 4\n"
            "#8\tREDUCE cov: 8 ft: 9 corp: 2/2b\n#90\tDONE   cov: 8 ft: 9 corp: 2/2b lim: 4\n",
            "90 inputs, 8 edges (the last new one at input 7), 9 features (at 7), 2 kept",
        ),
    ],
)
def test_what_a_log_says(log: str, told: str) -> None:
    assert of_log(log) == told
