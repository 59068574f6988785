"""A long session on two terminals, one behind the stage and one not: both show the same after every step."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import builders
from tests.builders import scalar_event
from tests.terminal import DEADLINE, Terminal
from tests.tui.app.emulator import seen
from tests.tui.app.screens import NOW, training

PROGRAM = """
import pathlib, sys
from tui.app.app import TbtuiApp
from tui.app.settings import Settings, Start
from tui.app.shared import Shared
from tui.app.terminal_kind import terminal_kind
from tui.reader.named_logdir import LogDir

path, now, diff = sys.argv[1:]
settings = Settings(diff=diff == "diff", remember=False)
shared = Shared(clock=lambda: float(now))
start, kind = Start(settings), terminal_kind(settings)
app = TbtuiApp([LogDir("", pathlib.Path(path))], shared=shared, start=start, kind=kind)
app.traffic.add = lambda count: None  # the help would tell how much was sent
app.run()
"""
SILENCE = 0.1
UP, DOWN, RIGHT, LEFT, PAGE_UP, PAGE_DOWN, HOME, END, BACK = (
    b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D", b"\x1b[5~", b"\x1b[6~", b"\x1b[H", b"\x1b[F", b"\x7f",
)  # fmt: skip
ENTER, ESCAPE, TAB, PALETTE, REDRAW = b"\r", b"\x1b", b"\t", b"\x10", b"\x0c"
NAMES = ["漢字/実行", "cafe\u0301", "🚀 rocket", "❤\ufe0f heart", "👩\u200d💻", "🇩🇪 flag", "x\u20dd", "한국어"]

Step = bytes | tuple[int, int] | Callable[[Terminal], None]


def click(column: int, line: int) -> bytes:
    """A click of the left button."""
    return b"\x1b[<0;%d;%dM\x1b[<0;%d;%dm" % (column, line, column, line)


def suspend(terminal: Terminal) -> None:
    """Ctrl+Z, and back."""
    terminal.press(b"\x1a")
    come_back(terminal)


def stop(terminal: Terminal) -> None:
    """`kill -TSTP`, and back."""
    terminal.signal(signal.SIGTSTP)
    come_back(terminal)


def come_back(terminal: Terminal) -> None:
    """Wait until the program has stopped, let a shell write over the screen, and let the program go on."""
    stat = Path(f"/proc/{terminal.process.pid}/stat")
    terminal.until(lambda: stat.read_text().rpartition(")")[2].split()[0] == "T")
    terminal.show("\x1b[m\x1b[2J\x1b[H$ fg\r\n")
    terminal.signal(signal.SIGCONT)


STEPS: list[Step] = [
    DOWN, DOWN, DOWN, UP, b" ", DOWN, b" ", b"g", DOWN, RIGHT, b"g", b"v", RIGHT, b"v", PAGE_DOWN, PAGE_UP, END, HOME,
    b"/loss", BACK, ENTER, ESCAPE, b"/", ESCAPE, TAB, DOWN, b" ", b"p", b"o", b"o", b"a", b"a", TAB,
    ENTER, RIGHT, RIGHT, LEFT, b"m", RIGHT, RIGHT, b"s", b"]", b"y", b"x", b"+", b"0", DOWN, ESCAPE, ESCAPE, b"G", b"G",
    b"2", DOWN, ENTER, RIGHT, b"g", ESCAPE, b"3", DOWN, RIGHT, b"4", DOWN, b"5", b"1",
    b"?", PAGE_DOWN, END, b"?", PALETTE, b"sm", DOWN, ESCAPE, b"t", b"?", ESCAPE, b"t",
    (160, 45), (60, 20), TAB, TAB, (40, 12), TAB, ENTER, (81, 24), ESCAPE, (100, 30),
    click(60, 8), click(60, 8), ESCAPE, click(2, 5), click(30, 2), b"1", suspend, DOWN, b"?", stop, b"?", REDRAW,
]  # fmt: skip


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    """Runs and tags with wide characters, combining marks and emoji among plain ones."""
    training(tmp_path)
    for number, name in enumerate(NAMES):
        events = [scalar_event(f"{tag}/loss", step, step / 8 + number) for tag in NAMES[:5] for step in range(40)]
        builders.write(tmp_path / name / builders.FILE_NAME, events)
    return tmp_path


def opened(logdir: Path, diff: str, **environment: str) -> Terminal:
    """The program on a terminal, with a clock that stands still."""
    return Terminal(sys.executable, "-c", PROGRAM, str(logdir), str(NOW), diff, **environment)


def take(step: Step, terminal: Terminal) -> None:
    """Do one step."""
    if isinstance(step, bytes):
        terminal.press(step)
    elif isinstance(step, tuple):
        terminal.resize(*step)
    else:
        step(terminal)


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("steps", "environment"),
    [(STEPS[::2], {}), (STEPS[::3], {"TERM": "linux", "COLORTERM": ""}), (STEPS[::3], {"NO_COLOR": "1"})],
    ids=["truecolor", "linux", "no colour"],
)
def test_both_terminals_show_the_same(logdir: Path, steps: list[Step], environment: dict[str, str]) -> None:
    with opened(logdir, "diff", **environment) as ours, opened(logdir, "", **environment) as textuals:
        for terminal in (ours, textuals):
            terminal.until_shown("Accuracy")
        for number, step in enumerate([b"", *steps]):
            for terminal in (ours, textuals):
                take(step, terminal)
            assert_alike(ours, textuals, f"after step {number}, {step!r}")
        assert ours.written < textuals.written / 3


def assert_alike(ours: Terminal, textuals: Terminal, when: str) -> None:
    """Wait until both are silent, and longer on a slow machine for what still differs."""
    end = time.monotonic() + DEADLINE
    written = (-1, -1)
    while written != (ours.written, textuals.written) or differing(ours, textuals):
        assert time.monotonic() < end, f"{when}:\n" + "\n".join(differing(ours, textuals)) + ours.text
        written = (ours.written, textuals.written)
        for terminal in (ours, textuals):
            terminal.read(SILENCE)


def differing(ours: Terminal, textuals: Terminal) -> list[str]:
    """The cells that differ, in words."""
    return [
        f"line {y + 1}, column {x + 1}: {cell} should be {wanted}"
        for y, (row, wanted_row) in enumerate(zip(seen(ours.screen), seen(textuals.screen), strict=True))
        for x, (cell, wanted) in enumerate(zip(row, wanted_row, strict=True))
        if cell != wanted
    ][:20]
