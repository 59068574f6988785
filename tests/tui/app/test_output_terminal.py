"""The output stage on a terminal: what it must never send, and what it does when something is not as it should be."""

from __future__ import annotations

import logging
import re
import sys
from pathlib import Path

import pytest
from rich.segment import Segment
from textual._compositor import LayoutUpdate
from textual.app import App
from textual.geometry import Region
from textual.strip import Strip

from tests.terminal import Terminal
from tests.tui.app.emulator import seen
from tests.tui.app.screens import opened, screen, training
from tui.app.output.album import Album
from tui.app.output.terminal_app import TerminalApp, opened_stage
from tui.app.output.traffic import Traffic
from tui.app.settings import Settings
from tui.app.terminal_kind import FULL

PALETTE, REDRAW, ESCAPE, DOWN, ENTER, RIGHT = b"\x10", b"\x0c", b"\x1b", b"\x1b[B", b"\r", b"\x1b[C"
SGR = re.compile(rb"\x1b\[([0-9;]*)m")
TOUR = (b"g", b"g", b"v", b"v", DOWN, ENTER, RIGHT, ESCAPE, b"2", b"3", b"1", b"?", b"?", PALETTE, b"sm", DOWN, ESCAPE)


def tour(terminal: Terminal) -> None:
    """Visit every kind of view."""
    terminal.until_shown("Accuracy")
    for keys in TOUR:
        terminal.press(keys)
        terminal.until_silent(0.15)


@pytest.mark.parametrize("options", [(), ("--no-diff",)])
def test_in_ascii_all_that_is_sent_is_ascii(tmp_path: Path, options: tuple[str, ...]) -> None:
    with Terminal.tbtui(str(training(tmp_path)), "--fresh", "--ascii", *options) as terminal:
        tour(terminal)
        assert terminal.output.isascii()
        assert " * " in terminal.text  # the best run is still marked


@pytest.mark.parametrize("options", [(), ("--no-diff",)])
def test_with_no_color_no_colour_is_sent(tmp_path: Path, options: tuple[str, ...]) -> None:
    with Terminal.tbtui(str(training(tmp_path)), "--fresh", *options, NO_COLOR="1") as terminal:
        tour(terminal)
        sent = {int(number or 0) for numbers in SGR.findall(bytes(terminal.output)) for number in numbers.split(b";")}
        assert not [number for number in sent if 30 <= number <= 38 or 40 <= number <= 48 or number >= 90]
        assert 7 in sent


def test_the_linux_console_gets_its_eight_colours(tmp_path: Path) -> None:
    with Terminal.tbtui(str(training(tmp_path)), "--fresh", term="linux", COLORTERM="") as terminal:
        tour(terminal)
        sent = {int(number or 0) for numbers in SGR.findall(bytes(terminal.output)) for number in numbers.split(b";")}
        assert not [number for number in sent if number in (38, 48) or number >= 90]


def test_a_terminal_that_cannot_move_the_cursor_is_told_so(tmp_path: Path) -> None:
    with Terminal.tbtui(str(training(tmp_path)), term="dumb", columns=200) as terminal:
        assert terminal.end() == 2
        [line] = terminal.text.strip().splitlines()
        assert line.startswith("tbtui: TERM=dumb: the screen needs a terminal that can move the cursor; `tbtui ls`")


def test_a_key_draws_anew_what_something_else_wrote_over(tmp_path: Path) -> None:
    with Terminal.tbtui(str(training(tmp_path)), "--fresh") as terminal:
        terminal.until_shown("Accuracy")
        terminal.until_silent(0.5)
        before = seen(terminal.screen)
        terminal.show("\x1b[H\x1b[mBroadcast message from root\r\n" + "\x1b[2;40H#####")
        terminal.press(REDRAW)
        terminal.until(lambda: seen(terminal.screen) == before)


# A Textual that begins every partial update with something of its own, as a later one may.
DOCTORED = """
import logging, pathlib, sys
from textual._compositor import ChopsUpdate
from tui.app import app
from tui.reader.named_logdir import LogDir

old = ChopsUpdate.render_segments
ChopsUpdate.render_segments = lambda self, console: "\\x1b[m" + old(self, console)
logging.basicConfig(filename=sys.argv[2])
sys.exit(app.run_app([LogDir("", pathlib.Path(sys.argv[1]))]))
"""


def test_with_another_textual_the_screen_works_without_the_stage(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with Terminal(sys.executable, "-c", DOCTORED, str(training(tmp_path / "logs")), str(log)) as terminal:
        tour(terminal)
        assert "1 of" not in terminal.text
        terminal.press(b"q")
        assert terminal.end() == 0
    [line] = log.read_text().splitlines()
    assert line.endswith("in this Textual ChopsUpdate writes something else")


def test_with_a_textual_that_lacks_a_name_there_is_no_stage_and_one_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from textual import _compositor

    monkeypatch.delitem(sys.modules, "tui.app.output.stage", raising=False)
    monkeypatch.delattr(_compositor, "LayoutUpdate")
    with caplog.at_level(logging.WARNING):
        assert opened_stage(FULL, Album()) is None
    [record] = caplog.records
    assert "cannot import name 'LayoutUpdate'" in record.getMessage()


def test_a_frame_that_textual_does_not_take_is_sent_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """As would be if Textual rendered updates by some other method."""
    given: list[object] = []
    monkeypatch.setattr(App, "_display", lambda self, screen, renderable: given.append(renderable))
    monkeypatch.setattr(TerminalApp, "is_headless", False)
    app = TerminalApp(Settings(), FULL)
    update = LayoutUpdate([[Strip([Segment("a")])]], Region(0, 0, 1, 1))
    app._display(app.get_default_screen(), update)
    assert [type(renderable).__name__ for renderable in given] == ["Frame", "LayoutUpdate"]


async def test_nothing_is_counted_where_nothing_is_sent(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        app = pilot.app
        assert isinstance(app, TerminalApp)
        await pilot.press("question_mark")
        assert "sent 0 B in the last minute, 0 B in all" in screen(pilot)


def test_the_help_tells_what_was_sent(tmp_path: Path) -> None:
    with Terminal.tbtui(str(training(tmp_path)), "--fresh") as terminal:
        terminal.until_shown("Accuracy")
        terminal.until_silent(0.3)
        terminal.press(b"?")
        terminal.until_shown("in the last minute")
        found = re.search(r"sent ([0-9.]+) kB in the last minute, ([0-9.]+) kB in all", terminal.text)
        assert found is not None
        assert float(found[2]) * 1000 == pytest.approx(terminal.written, rel=0.5)


def test_traffic_of_a_minute() -> None:
    now = [0.0]
    traffic = Traffic(lambda: now[0])
    for second in (0, 10, 50):
        now[0] = second
        traffic.add(100 + second)
    assert (traffic.last_minute, traffic.total) == (360, 360)
    now[0] = 60
    assert (traffic.last_minute, traffic.total) == (260, 360)
    now[0] = 200
    assert (traffic.last_minute, traffic.total) == (0, 360)
