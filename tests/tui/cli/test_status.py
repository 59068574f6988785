"""`tbtui status`: the one line."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from logging_lib.tfevents.hparams import SessionStart
from logging_lib.tfevents.proto import event_pb2
from tests import builders
from tests.tui.cli.commands import only_line, tbtui
from tui.cli.main import main


def training(begin: float, *, best: float, nan: bool = False, every: float = 0.5) -> Iterator[event_pb2.Event]:
    """A hundred steps of two tags, one in `every` seconds."""
    yield builders.session_start(SessionStart({"max_steps": 500.0}))
    for step in range(100):
        loss = math.nan if nan and step > 90 else best + abs(50 - step) / 100
        yield builders.event(
            builders.scalar("train/loss", loss),
            builders.scalar("val/loss", loss),
            step=step,
            wall_time=begin + step * every,
        )


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    now = time.time()
    builders.write(tmp_path / "old" / builders.FILE_NAME, training(builders.WALL_TIME, best=0.25))
    builders.write(tmp_path / "ill" / builders.FILE_NAME, training(builders.WALL_TIME, best=0.5, nan=True))
    builders.write(tmp_path / "new\x1b" / builders.FILE_NAME, training(now - 49.5, best=0.125))
    return tmp_path


Line = Callable[..., list[str]]


@pytest.fixture
def line(capsys: pytest.CaptureFixture[str]) -> Line:
    """Gives the parts of the line for some arguments."""

    def parts(*arguments: object) -> list[str]:
        assert main(["status", *map(str, arguments)]) == 0
        output, errors = capsys.readouterr()
        assert errors == ""
        return only_line(output).split(" · ")

    return parts


def test_the_line(logdir: Path) -> None:
    shown = tbtui("status", logdir)
    assert (shown.returncode, shown.stderr) == (0, "")
    states, best, rate, left = only_line(shown.stdout).split(" · ")
    assert (states, best, rate) == ("1/3 live, 1 NaN", r"val/loss 0.125 (new\x1b)", "2 steps/s")
    assert left in ("3m left", "2m left")


def test_what_is_chosen(logdir: Path, line: Line) -> None:
    assert line(logdir, "--run", "old") == ["0/1 live", "val/loss 0.25 (old)"]
    assert line(logdir, "--tag", "train") == [
        *("1/3 live, 1 NaN", r"train/loss 0.125 (new\x1b)", "2 steps/s"),
        line(logdir)[3],
    ]
    assert line(logdir, "--target", "100000")[3] == "13h left"
    assert line(logdir, "--target", "50")[3] == "0s left"
    assert line(logdir / "old") == ["0/1 live", "val/loss 0.25"]


def test_slow_steps_have_another_unit(tmp_path: Path, line: Line) -> None:
    builders.write(tmp_path / "a" / builders.FILE_NAME, training(time.time() - 99 * 30, best=1.0, every=30.0))
    assert line(tmp_path)[2] == "2 steps/min"
    builders.write(tmp_path / "a" / builders.FILE_NAME, training(time.time() - 99 * 1800, best=1.0, every=1800.0))
    assert line(tmp_path)[2] == "2 steps/h"


def test_nothing_to_tell(tmp_path: Path, logdir: Path, line: Line, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", str(logdir), "--run", "none"]) == 1
    assert capsys.readouterr() == ("", "tbtui: no run matches --run; `tbtui ls` lists the runs\n")
    (tmp_path / "empty").mkdir()
    assert main(["status", str(tmp_path / "empty")]) == 1
    assert capsys.readouterr() == ("", f"tbtui: no event files under {tmp_path / 'empty'}\n")
    builders.write(tmp_path / "empty" / builders.FILE_NAME, [builders.version_event()])
    assert line(tmp_path / "empty") == ["0/1 live"]


def test_long_records_are_not_checked(tmp_path: Path, line: Line, capsys: pytest.CaptureFixture[str]) -> None:
    value = builders.Value(tag="i")
    value.image.encoded_image_string = bytes(300_000)
    file = tmp_path / builders.FILE_NAME
    builders.write(file, [builders.event(value), builders.scalar_event("val/loss", 1, 0.5)])
    data = bytearray(file.read_bytes())
    data[150_000] ^= 1
    file.write_bytes(data)
    assert line(tmp_path) == ["0/1 live", "val/loss 0.5"]
    assert main(["ls", str(tmp_path)]) == 0
    assert "fails its CRC" in capsys.readouterr().err


@pytest.mark.parametrize("target", ["0", "-5", "x", "1e6", "9" * 400])
def test_a_target_that_is_no_step(logdir: Path, target: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["status", str(logdir), f"--target={target}"])
    assert end.value.code == 2
    assert f"argument --target: {target} is no step" in capsys.readouterr().err
