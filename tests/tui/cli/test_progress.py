"""The bar on stderr: its text at any width, when it comes and goes, and what a terminal then shows."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import builders
from tests.terminal import Terminal
from tests.tui.cli.export.rows import histogram
from tui.cli.progress import Progress, clear_progress, progress_line
from tui.cli.reading import tell
from tui.render.numbers import bytes_

BLOCKS = ("█", "░")


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        (79, "reading ████████░░░░░░░░░░░░░░░░░░░░░░  25% 10 MB/40 MB 6s left 5 MB/s"),
        (60, "reading █████░░░░░░░░░░░░░░░  25% 10 MB/40 MB 6s left 5 MB/s"),
        (44, "reading ███░░░░░░░░  25% 10 MB/40 MB 6s left"),
        (39, "reading ██░░░░  25% 10 MB/40 MB 6s left"),
        (31, "reading ██░░░░  25% 10 MB/40 MB"),
        (20, "reading ██░░░░░  25%"),
        (18, "reading █░░░░  25%"),
        (14, "reading  25%"),
        (5, "readi"),
        (0, ""),
    ],
)
def test_what_there_is_room_for(columns: int, line: str) -> None:
    assert progress_line("reading", bytes_, 10e6, 40e6, 2.0, columns=columns, cells=BLOCKS) == line


@given(st.floats(0, 1e18), st.floats(0, 1e18), st.floats(0, 1e9), st.integers(0, 200))
def test_any_amount_fits(done: float, total: float, seconds: float, columns: int) -> None:
    line = progress_line("exporting", bytes_, done, total, seconds, columns=columns, cells=BLOCKS)
    assert len(line) <= columns


def test_nothing_done_and_nothing_to_do() -> None:
    line = progress_line("reading", bytes_, 0, 40e6, 2.0, columns=79, cells=("#", "."))
    assert line == f"reading {'.' * 30}   0% 0 B/40 MB 0 B/s"
    assert "100%" in progress_line("reading", bytes_, 5, 5, 0.0, columns=79, cells=BLOCKS)
    assert "  0%" in progress_line("reading", bytes_, 0, 0, 0.0, columns=79, cells=BLOCKS)


class Screen:
    """A pty as a stream for the bar, and a clock that is set by hand."""

    def __init__(self, encoding: str = "utf-8") -> None:
        self._master, slave = pty.openpty()
        self.stream = io.TextIOWrapper(os.fdopen(slave, "wb", buffering=0), encoding=encoding)
        self.time = 0.0

    def progress(self) -> Progress:
        return Progress("reading", stream=self.stream, clock=lambda: self.time)

    def taken(self) -> str:
        """What was written since the last call; the dot marks its end."""
        self.stream.write(".")
        self.stream.flush()
        data = b""
        while not data.endswith(b"."):
            data += os.read(self._master, 1 << 16)
        return data[:-1].decode(self.stream.encoding)

    def hang_up(self) -> None:
        os.close(self._master)

    def close(self) -> None:
        self.stream.close()
        self.hang_up()


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Screen]:
    monkeypatch.setenv("TERM", "xterm")
    made = Screen()
    yield made
    made.close()


def test_it_comes_late_and_moves_seldom(screen: Screen) -> None:
    with screen.progress() as progress:
        progress.show(1, 100)
        screen.time = 0.29
        progress.show(2, 100)
        assert screen.taken() == ""
        screen.time = 0.31
        progress.show(3, 100)
        assert "  3% 3 B/100 B" in screen.taken()
        screen.time = 0.40
        progress.show(4, 100)
        assert screen.taken() == ""
        screen.time = 0.42
        progress.show(5, 100)
        assert screen.taken().startswith("\rreading ")
    assert screen.taken() == "\r\x1b[K"


def test_work_that_is_soon_done_shows_nothing(screen: Screen) -> None:
    with screen.progress() as progress:
        screen.time = 0.2
        progress.show(100, 100)
    assert screen.taken() == ""


def test_a_line_of_text_takes_it_away(screen: Screen) -> None:
    with screen.progress() as progress:
        screen.time = 1
        progress.show(1, 2)
        screen.taken()
        clear_progress()
        assert screen.taken() == "\r\x1b[K"
        clear_progress()
        assert screen.taken() == ""
        screen.time = 2
        progress.show(2, 2)
        assert "100%" in screen.taken()


def test_it_is_gone_after_an_interrupt(screen: Screen) -> None:
    with pytest.raises(KeyboardInterrupt), screen.progress() as progress:
        screen.time = 1
        progress.show(1, 2)
        screen.taken()
        raise KeyboardInterrupt
    assert screen.taken() == "\r\x1b[K"


def test_plain_characters_where_the_encoding_has_no_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    screen = Screen("ascii")
    with screen.progress() as progress:
        screen.time = 1
        progress.show(1, 2)
        assert "#." in screen.taken()
    screen.close()


@pytest.mark.parametrize("term", ["dumb", None])
def test_no_bar_where_a_line_cannot_be_cleared(screen: Screen, monkeypatch: pytest.MonkeyPatch, term: str) -> None:
    if term is None:
        monkeypatch.delenv("TERM")
    else:
        monkeypatch.setenv("TERM", term)
    with screen.progress() as progress:
        screen.time = 1
        progress.show(1, 2)
    assert screen.taken() == ""


def test_no_bar_in_a_file() -> None:
    stream = io.StringIO()
    with Progress("reading", stream=stream, clock=iter(range(100)).__next__) as progress:
        progress.show(1, 2)
    assert stream.getvalue() == ""


def test_a_terminal_that_hung_up_ends_the_bar_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    screen = Screen()
    with screen.progress() as progress:
        screen.hang_up()
        for _ in range(2):
            screen.time += 1
            progress.show(1, 2)
    with contextlib.suppress(OSError):
        screen.stream.close()


def test_tell_without_a_bar_writes_a_line_alone(capsys: pytest.CaptureFixture[str]) -> None:
    tell("message")
    assert capsys.readouterr().err == "tbtui: message\n"


# A reader that takes its time, so that the bar is there to be seen: seconds a step, and a problem on the way.
SLOW = """
import sys, time
from tui.cli import main
from tui.cli.progress import Progress
from tui.cli.reading import tell
def work(argv):
    main.take_interrupts()
    with Progress("reading") as progress:
        for step in range(int(sys.argv[1])):
            time.sleep(0.02)
            progress.show(step * 1e6, 40e6)
            if step == 30:
                tell("a problem")
    print("done")
    return 0
main.main = work
sys.exit(main.entry_point())
"""


@pytest.mark.parametrize("columns", [100, 40])
def test_on_a_terminal(columns: int) -> None:
    with Terminal(sys.executable, "-c", SLOW, "60", columns=columns) as terminal:
        terminal.until(lambda: "reading █" in terminal.text and "%" in terminal.text)
        assert terminal.text.strip().count("\n") == 0
        terminal.until_shown("a problem")
        assert terminal.end() == 0
        assert terminal.text.split("\n")[:3] == ["tbtui: a problem", "done", ""]


def test_an_interrupt_on_a_terminal() -> None:
    with Terminal(sys.executable, "-c", SLOW, "3000") as terminal:
        terminal.until_shown("tbtui: a problem")
        terminal.until_shown("reading █")
        terminal.signal(signal.SIGINT)
        assert terminal.end() == 130
        assert terminal.text.strip() == "tbtui: a problem"


def test_a_long_export_shows_a_bar_and_leaves_nothing(tmp_path: Path) -> None:
    events = [builders.event(histogram("h", [[0, 1, step]]), step=step) for step in range(20_000)]
    builders.write(tmp_path / "logs" / builders.FILE_NAME, events)
    out = tmp_path / "out.csv"
    command = ("export", str(tmp_path / "logs"), "--kind", "histograms", "-o", str(out))
    with Terminal.tbtui(*command) as terminal:
        terminal.until_shown("exporting █")
        assert terminal.end() == 0
        assert terminal.text.strip() == ""
    assert len(out.read_text().splitlines()) == 20_001


def test_no_bar_among_results_on_the_same_terminal(tmp_path: Path) -> None:
    events = [builders.event(histogram("h", [[0, 1, step]]), step=step) for step in range(20_000)]
    builders.write(tmp_path / builders.FILE_NAME, events)
    with Terminal.tbtui("export", str(tmp_path), "--kind", "histograms") as terminal:
        assert terminal.end() == 0
        assert b"exporting" not in terminal.output
        assert terminal.output.count(b"\r\n") == 20_001
