"""The target of other tools' logs: any bytes under any of their names are read, and cut in two they give the same."""

from __future__ import annotations

from tests.fuzz.target import SEPARATOR, Target, assert_harmless, stored
from tests.tui.reader.peers.logs import Follower, exit_, frames, history, run
from tui.reader.peers.names import Kind

_KINDS = tuple(Kind)
_WHOLE = (Kind.MLFLOW, Kind.TRAINER_STATE, Kind.HPARAMS)
"""What is read anew each time; what cannot be read leaves what was read before."""
_FRAMED = 0x80
"""Set in the first byte, it has the parts be records in wandb's frames."""


def check_peers(data: bytes) -> None:
    """Nothing raises; what is told is one line; names can be written to a file; a file that grows loses nothing."""
    if len(data) < 2:
        return
    kind, content = _KINDS[data[0] % _FRAMED % len(_KINDS)], data[2:]
    log = frames(content.split(SEPARATOR)) if data[0] & _FRAMED else content
    with stored("log", log) as path:
        whole = _read(Follower(path, kind, "loss"))
        path.write_bytes(log[: data[1] * len(log) // 255])
        grown = Follower(path, kind, "loss")
        grown.look()
        path.write_bytes(log)
        assert _read(grown) == whole or kind in _WHOLE


def _read(follower: Follower) -> tuple[str, list[str]]:
    """All points, as a text in which NaN is NaN, and the problems."""
    points, reasons = follower.points(), follower.reasons()
    for tag in points:
        tag.encode("utf-8", "surrogateescape")
    for reason in reasons:
        assert_harmless(reason, "a problem")
    return repr(points), reasons


def _seed(kind: Kind, content: bytes) -> bytes:
    return bytes([_KINDS.index(kind), 99]) + content


def _seeds() -> list[bytes]:
    records = (run({"lr": 0.1, "net": {"width": 3}}, "name"), history(1, {"loss": 0.5, "a": "NaN"}), exit_(1))
    wandb = bytes([_FRAMED + _KINDS.index(Kind.WANDB), 99]) + SEPARATOR.join(records)
    return [
        wandb,
        _seed(Kind.WANDB, frames(records)),
        _seed(Kind.MLFLOW, b"run_id: 'a'\nrun_name: b\nstatus: 3\nstart_time: 1700000000000\nend_time: null\n"),
        _seed(Kind.MLFLOW_METRIC, b"1700000000000 0.5 1\n1700000001000 nan 2\n"),
        _seed(Kind.CSV, b'step,time,loss,"a b"\n1,1700000000,0.5,\n2,1700000001,nan,"1"\n'),
        _seed(Kind.JSON_LINES, b'{"step": 1, "loss": 0.5, "a": {"b": 1e9}}\n{"step": 2, "\\ud800": -Infinity}\n'),
        _seed(Kind.TRAINER_STATE, b'{"log_history": [{"step": 1, "loss": 0.5}], "global_step": 1, "max_steps": 1}'),
        _seed(Kind.HPARAMS, b"lr: 0.1\nname: a\nflag: true\n"),
    ]


TARGETS = (Target("peers", check_peers, _seeds),)
