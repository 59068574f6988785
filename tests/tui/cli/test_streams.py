"""Streams that are closed, or no terminal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests import builders
from tests.terminal import Terminal
from tests.tui.cli.commands import tbtui


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    """A directory with a few points."""
    builders.write(tmp_path / builders.FILE_NAME, builders.points("loss", range(3)))
    return tmp_path


@pytest.mark.parametrize("command", ["export", "ls", ""])
@pytest.mark.parametrize("closed", [">&-", "2>&-"])
def test_a_closed_stream_is_no_traceback(logdir: Path, command: str, closed: str) -> None:
    line = f"exec {sys.executable} -m tui {command} '{logdir}' {closed}"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 2
    assert (done.stdout + done.stderr).count("\n") == 1
    assert "closed" in done.stdout + done.stderr


def test_the_screen_is_not_drawn_into_a_file(logdir: Path) -> None:
    errors = logdir / "errors"
    with Terminal("sh", "-c", f"exec {sys.executable} -m tui '{logdir}' 2>'{errors}'") as terminal:
        assert terminal.end() == 2
    assert "needs a terminal as stdin, stdout and stderr" in errors.read_text()


def test_an_unknown_option_is_named() -> None:
    done = tbtui("--bogus")
    assert done.returncode == 2
    assert "unrecognized arguments: --bogus" in done.stderr
