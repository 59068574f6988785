"""The contract of the command line: exit codes, one line on stderr, and what is imported."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests import builders
from tests.tui.cli.commands import TIMEOUT, imported_by, only_line, tbtui
from tui import __version__


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    builders.write(tmp_path / "run" / builders.FILE_NAME, builders.points("t", range(3)))
    return tmp_path


def test_version_and_help() -> None:
    assert tbtui("--version").stdout.splitlines()[0] == f"tbtui {__version__}"
    for arguments in (["--help"], ["some", "--help"]):
        shown = tbtui(*arguments)
        assert shown.returncode == 0
        for words in ("tbtui LOGDIR...", "demo", "export", "NAME:PATH"):
            assert words in shown.stdout


def test_no_logdir_is_usage() -> None:
    shown = tbtui()
    assert (shown.returncode, shown.stdout) == (2, "")
    assert shown.stderr.startswith("usage: tbtui LOGDIR...")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["missing"], "missing does not exist"),
        (["ls", "missing"], "missing does not exist"),
        (["export", "missing"], "missing does not exist"),
        (["export", ".", "--run", "("], "--run ( is no regular expression"),
        (["export", ".", "--tag", "[a"], "--tag [a is no regular expression"),
        (["export", ".", "--tag", "a{9999999999}"], "--tag a{9999999999} is no regular expression"),
        (["export", ".", "-o", "missing/out.csv"], "cannot write missing/out.csv: No such file or directory"),
        (["export", ".", "-o", "run"], "cannot write run: Is a directory"),
        (["."], "the screen needs a terminal"),
        (["run/" + builders.FILE_NAME], "is an event file; give its directory: tbtui run"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_2(logdir: Path, arguments: list[str], words: str) -> None:
    shown = tbtui(*arguments, cwd=logdir)
    assert (shown.returncode, shown.stdout) == (2, "")
    assert words in only_line(shown.stderr)


@pytest.mark.parametrize(
    "arguments", [["export", ".", "--kind", "graphs"], ["export"], ["ls"], ["--unknown"], ["ls", ".", "x"]]
)
def test_wrong_usage_is_exit_code_2_without_a_traceback(logdir: Path, arguments: list[str]) -> None:
    shown = tbtui(*arguments, cwd=logdir)
    assert (shown.returncode, shown.stdout) == (2, "")
    assert "error: " in shown.stderr
    assert "Traceback" not in shown.stderr


@pytest.mark.parametrize("command", ["ls", "export"])
def test_nothing_there_is_exit_code_1(tmp_path: Path, command: str) -> None:
    shown = tbtui(command, tmp_path)
    assert (shown.returncode, shown.stdout) == (1, "")
    assert only_line(shown.stderr) == f"tbtui: no event files under {tmp_path}"


def test_a_directory_named_like_a_command_is_opened_by_its_path(logdir: Path) -> None:
    (logdir / "run").rename(logdir / "ls")
    shown = tbtui("ls", "./ls", cwd=logdir)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "the screen needs a terminal" in only_line(tbtui("./ls", cwd=logdir).stderr)


def test_damage_is_told_on_stderr_and_the_rest_is_printed(logdir: Path) -> None:
    path = logdir / "run" / builders.FILE_NAME
    data = bytearray(path.read_bytes())
    data[20] ^= 1
    path.write_bytes(data)
    shown = tbtui("export", logdir)
    assert shown.returncode == 0
    assert [line.split(",")[2] for line in shown.stdout.splitlines()] == ["step", "1", "2"]
    assert only_line(shown.stderr) == f"tbtui: {path} at byte 0: payload fails its CRC; 37 bytes skipped"


def test_many_problems_are_summed_up(tmp_path: Path) -> None:
    for number in range(15):
        (tmp_path / f"tfevents.{number}").write_text("this is no event file")
    shown = tbtui("ls", tmp_path)
    assert shown.returncode == 0
    assert len(shown.stderr.splitlines()) == 11
    assert shown.stderr.splitlines()[-1] == "tbtui: and 5 more problems"


@pytest.mark.parametrize("command", ["ls", "export"])
def test_closing_stdout_early_is_no_error(tmp_path: Path, command: str) -> None:
    for run in range(300):
        name = f"run{run}" + "x" * 200
        builders.write(tmp_path / name / builders.FILE_NAME, builders.points("t", range(5)))
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", command, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    with process.stderr:
        assert process.stderr.read() == b""
    assert process.wait(TIMEOUT) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("command", ["ls", "export"])
def test_a_full_disk_is_one_line(logdir: Path, command: str) -> None:
    with Path("/dev/full").open("w") as full:
        arguments = [sys.executable, "-m", "tui", command, str(logdir)]
        shown = subprocess.run(arguments, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert shown.returncode == 2
    assert only_line(shown.stderr) == "tbtui: cannot write stdout: No space left on device"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["completion", "zsh"],
        ["ls", "."],
        ["export", "."],
        ["export", ".", "--format", "jsonl"],
    ],
)
def test_headless_commands_import_neither_textual_nor_torch(logdir: Path, arguments: list[str]) -> None:
    assert not imported_by(arguments, {"textual", "torch", "plotext", "PIL", "tensorboard"}, logdir)


def test_names_are_escaped_on_a_terminal(tmp_path: Path) -> None:
    """On a pty nothing that a file holds reaches the terminal as a control sequence."""
    events = [builders.scalar_event("evil\x1b]0;owned\x07", 1, 0.5)]
    builders.write(tmp_path / "run\x1b[2J" / builders.FILE_NAME, events)
    for arguments in (["ls"], ["export"], ["export", "--format", "jsonl"]):
        shown = on_terminal(*arguments, str(tmp_path))
        assert shown.count(b"\x1b") == shown.count(b"\x1b[K"), shown
        assert b"\x07" not in shown
        assert b"run" in shown


def on_terminal(*arguments: str) -> bytes:
    """What `tbtui` with these arguments sends to a terminal."""
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", *arguments], stdin=terminal, stdout=terminal, stderr=terminal
    )
    os.close(terminal)
    shown = b""
    try:
        while data := os.read(controller, 4096):
            shown += data
    except OSError:  # Linux's way of telling that the other side was closed
        pass
    finally:
        os.close(controller)
    assert process.wait(TIMEOUT) == 0
    return shown
