"""What really reaches a terminal: the live screen, silence while nothing changes, and a terminal left as it was."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

import pytest

from tests import builders
from tests.builders import scalar_event
from tests.terminal import DEADLINE, Terminal
from tests.tui.app.screens import training

TITLE = " tbtui "


def test_a_new_point_reaches_the_screen(tmp_path: Path) -> None:
    training(tmp_path)
    with Terminal.tbtui(str(tmp_path)) as terminal:
        terminal.until_shown("Accuracy")
        now = time.time()
        builders.append(tmp_path / "sgd" / builders.FILE_NAME, [scalar_event("Loss/train", 500, -7.5, wall_time=now)])
        terminal.until_shown("-7.5")
        assert "1 live" in terminal.text


def test_nothing_is_written_while_nothing_changes(tmp_path: Path) -> None:
    with Terminal.tbtui(str(training(tmp_path))) as terminal:
        terminal.until_shown("Accuracy")
        terminal.until_silent(2.0)
        before = terminal.written
        terminal.read(10.0)
        assert terminal.written == before


@pytest.mark.parametrize("term", ["linux", "vt220", "xterm", "xterm-256color"])
@pytest.mark.parametrize("no_color", ["", "1"])
def test_it_opens_on_any_terminal(tmp_path: Path, term: str, no_color: str) -> None:
    with Terminal.tbtui(str(training(tmp_path)), term=term, COLORTERM="", NO_COLOR=no_color) as terminal:
        terminal.until_shown("Accuracy")
        terminal.press(b"\r")
        terminal.until_shown("1 of 3")
        terminal.press(b"?")
        terminal.until_shown("tbtui keys")
        terminal.press(b"q")
        terminal.until_shown("1 of 3")
        terminal.press(b"q")
        assert terminal.end() == 0


@pytest.mark.parametrize(
    ("typed", "filtered"),
    [
        (b"/loss\r", "Tags 2/3  /loss"),
        (b"/a1o\r", "Tags 0/3  /a1o"),
        (b"\t/bad\r", "Runs 1/3  /bad"),
    ],
)
def test_what_is_typed_in_one_burst_goes_into_the_filter(tmp_path: Path, typed: bytes, filtered: str) -> None:
    with Terminal.tbtui(str(training(tmp_path)), columns=160) as terminal:
        terminal.until_shown("Accuracy")
        terminal.until_silent(0.5)
        terminal.press(typed)
        terminal.until_shown(filtered)
        terminal.until_silent(0.5)
        assert filtered in terminal.text
        # No letter of it was a command: no run was hidden, no tag opened.
        assert "○" not in terminal.text
        assert terminal.text.count("train") <= 1


def test_the_palette_writes_nothing_while_it_is_open(tmp_path: Path) -> None:
    with Terminal.tbtui(str(training(tmp_path))) as terminal:
        terminal.until_shown("Accuracy")
        terminal.press(b"\x10")
        terminal.until_shown("Search for commands")
        terminal.until_silent(1.5)
        before = terminal.written
        terminal.read(3.0)
        assert terminal.written == before


@pytest.mark.parametrize(("keys", "code"), [(b"q", 0), (b"\x03", 0), (b"\x11", 0)], ids=["q", "ctrl+c", "ctrl+q"])
def test_the_terminal_is_restored_after_quitting(tmp_path: Path, keys: bytes, code: int) -> None:
    with Terminal.tbtui(str(training(tmp_path))) as terminal:
        terminal.until_shown("Accuracy")
        assert not terminal.restored
        terminal.press(keys)
        assert terminal.end() == code
        assert terminal.restored


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_the_terminal_is_restored_after_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    with Terminal.tbtui(str(training(tmp_path))) as terminal:
        terminal.until_shown("Accuracy")
        terminal.signal(number)
        assert terminal.end() == 128 + number
        assert terminal.restored


def test_the_terminal_is_restored_after_a_crash(tmp_path: Path) -> None:
    crash = (
        "import sys, pathlib; from tui.app import app; from tui.reader.named_logdir import LogDir\n"
        "def fail(self): raise RuntimeError('as a bug would')\n"
        "app.TbtuiApp.action_theme = fail\n"
        "sys.exit(app.run_app([LogDir('', pathlib.Path(sys.argv[1]))]))"
    )
    with Terminal(sys.executable, "-c", crash, str(training(tmp_path))) as terminal:
        terminal.until_shown("Accuracy")
        terminal.press(b"t")
        assert terminal.end() == 1
        assert terminal.restored
        assert b"as a bug would" in terminal.output


def has_help(terminal: Terminal) -> bool:
    """Whether the tab bar ends in the key of help, with its name where there is room."""
    return terminal.text.splitlines()[1].endswith((" ?", "? help"))


@pytest.mark.parametrize("size", [(160, 45), (80, 24), (40, 12)])
def test_resizing_a_real_terminal(tmp_path: Path, size: tuple[int, int]) -> None:
    with Terminal.tbtui(str(training(tmp_path))) as terminal:
        terminal.until_shown("Accuracy")
        terminal.resize(*size)
        terminal.until(lambda: terminal.text.splitlines()[0].startswith(TITLE) and has_help(terminal))
        terminal.until_shown("Accuracy")
        terminal.press(b"\r")
        terminal.until_shown("1 of 3")


def test_hostile_names_do_nothing_to_the_terminal(tmp_path: Path) -> None:
    builders.write(tmp_path / builders.FILE_NAME, [scalar_event("x\x1b]2;owned\x07\x1b[2Jy", 0, 1.0)])
    with Terminal.tbtui(str(tmp_path)) as terminal:
        terminal.until_shown(r"x\x1b]2;owned\x07\x1b[2Jy")
        assert b"\x1b]2;owned" not in terminal.output
        assert terminal.text.splitlines()[0].startswith(TITLE)


def test_the_demo_shows_its_runs_and_leaves_nothing_behind() -> None:
    with Terminal.tbtui("demo", columns=160, lines=45) as terminal:
        terminal.until_shown("Loss")
        terminal.until_shown("2 live")
        place = Path(terminal.text.splitlines()[0].split()[1])
        assert place.is_dir()
        terminal.press(b"q")
        assert terminal.end() == 0
        assert terminal.restored
        assert not place.exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGQUIT, signal.SIGTERM])
def test_a_demo_that_is_killed_leaves_no_directory_behind(number: signal.Signals) -> None:
    with Terminal.tbtui("demo", columns=160, lines=45) as terminal:
        terminal.until_shown("2 live")
        place = Path(terminal.text.splitlines()[0].split()[1])
        terminal.signal(number)
        terminal.until(lambda: not place.exists())


def test_it_ends_when_the_terminal_is_gone_without_a_hangup(tmp_path: Path) -> None:
    with Terminal.tbtui(str(training(tmp_path))) as terminal:
        terminal.until_shown("Accuracy")
        terminal.hang_up()
        assert terminal.process.wait(DEADLINE) == 128 + signal.SIGHUP
