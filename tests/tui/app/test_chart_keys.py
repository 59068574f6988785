"""Cursor, mark, zoom, problems and the mouse in the full chart."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from tests import builders
from tests.builders import scalar_event
from tests.terminal import Terminal
from tests.tui.app.screens import opened, shown, training
from tui.app.app import TbtuiApp
from tui.app.selection import Selection
from tui.app.widgets.scalar_chart import ScalarChart

INF = math.inf


def selection(pilot: Pilot[None]) -> Selection:
    assert isinstance(pilot.app, TbtuiApp)
    return pilot.app.main.selection


def chart(pilot: Pilot[None]) -> ScalarChart:
    return pilot.app.screen.query_one(ScalarChart)


def notice(pilot: Pilot[None]) -> str:
    return shown(pilot, "KeysLine")


def view(pilot: Pilot[None]) -> tuple[float, float]:
    window = chart(pilot).chart_window()
    assert window is not None
    return window.x0, window.x1


@pytest.mark.parametrize(("back", "on"), [("comma", "full_stop"), ("left", "right"), ("h", "l")])
async def test_the_cursor_goes_back_and_on(tmp_path: Path, back: str, on: str) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("enter", back)
        assert selection(pilot).cursor == 99
        await pilot.press(back)
        assert selection(pilot).cursor == 98
        await pilot.press(on)
        assert selection(pilot).cursor == 99


async def test_zooming_in_about_the_end_keeps_live_data_in_view(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("enter", "plus")
        assert selection(pilot).zoom == (49.5, INF)
        assert view(pilot) == (49.5, 99)
        assert "zoomed, 0 shows all" in shown(pilot, "#chart")
        builders.append(tmp_path / "adam" / builders.FILE_NAME, [scalar_event("Accuracy", 199, 1.0)])
        for _ in range(200):
            await pilot.pause(0.02)
            if view(pilot) == (49.5, 199):
                break
        assert view(pilot) == (49.5, 199)
        await pilot.press("0")
        assert selection(pilot).zoom is None
        assert "zoomed" not in shown(pilot, "#chart")


async def test_zooming_about_the_cursor_and_out_again(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("enter", "home", "plus")
        assert selection(pilot).zoom == (0, 49.5)
        await pilot.press("equals_sign")
        assert selection(pilot).zoom == (0, 24.75)
        await pilot.press("minus", "minus", "minus")
        assert selection(pilot).zoom is None


async def test_zooming_in_stops_at_two_points(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("enter", "home", *["plus"] * 20)
        low, high = selection(pilot).zoom or (0, 0)
        assert (low, 1 <= high < 2) == (0, True)


async def test_panning_stops_at_the_ends(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("enter", "plus", "shift+left")
        assert view(pilot) == (37.125, 86.625)
        await pilot.press("H", "H", "H", "H")
        assert view(pilot) == (0, 49.5)
        await pilot.press("shift+right", "L")
        assert view(pilot) == (24.75, 74.25)
        await pilot.press("L", "L", "L")
        assert selection(pilot).zoom == (49.5, INF)


async def test_the_view_follows_the_cursor(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("enter", "plus", "plus", "home")
        assert selection(pilot).cursor == 0
        assert view(pilot) == (0, 24.75)
        await pilot.press("end")
        assert view(pilot) == (74.25, 99)


async def test_zoomed_y_fits_what_is_in_view(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("enter", "s", "home", "plus")
        window = chart(pilot).chart_window()
        assert window is not None and window.y1 < 49 / 128 * 1.05


async def test_zoom_is_that_of_every_chart_but_not_of_another_axis(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("enter", "plus", "down")
        assert view(pilot) == (49.5, 99)
        await pilot.press("x")
        assert (selection(pilot).zoom, view(pilot)) == (None, (0, 99))


async def test_a_chart_with_nothing_in_the_stretch_in_view_says_so(tmp_path: Path) -> None:
    events_ = [scalar_event("long", step, 1.0) for step in range(100)] + [scalar_event("short", 1, 1.0)]
    builders.write(tmp_path / builders.FILE_NAME, events_)
    async with opened(tmp_path) as pilot:
        await pilot.press("enter", "plus", "down")
        assert "nothing was logged in the stretch in view: 0 shows all" in shown(pilot, "#chart")
        await pilot.press("0")
        assert "short  2 of 2" in shown(pilot, "#chart")
        assert "nothing" not in shown(pilot, "#chart")


async def test_the_axis_of_progress_says_so(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("enter", "f", "f")
        text = shown(pilot, "#chart")
        assert text.splitlines()[0].endswith("3 runs  x: progress")
        assert "20%" in text and "100%" in text
        await pilot.press("plus")
        assert view(pilot) == (0.5, 1.0)
        await pilot.press("f")
        assert (selection(pilot).zoom, view(pilot)) == (None, (0, 99))


async def test_outliers_are_clipped_and_said_to_be(tmp_path: Path) -> None:
    events_ = [scalar_event("loss", step, 100.0 if step == 50 else 1 + step / 100) for step in range(100)]
    builders.write(tmp_path / builders.FILE_NAME, events_)
    async with opened(tmp_path) as pilot:
        await pilot.press("enter", "s", "O")
        assert "outliers clipped" in shown(pilot, "#chart").splitlines()[0]
        assert "▴" in shown(pilot, "#chart").splitlines()[1]
        window = chart(pilot).chart_window()
        assert window is not None and window.y1 < 2.2
        await pilot.press("O")
        assert "▴" not in shown(pilot, "#chart")


async def test_the_mark_is_set_moved_and_taken_away(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("enter", "m")
        assert "no cursor to mark" in notice(pilot)
        await pilot.press("home")
        assert "no cursor to mark" not in notice(pilot)
        await pilot.press("m", "end")
        assert (selection(pilot).mark, selection(pilot).cursor) == (0, 99)
        assert "┊" in shown(pilot, "#chart")
        await pilot.press("m")
        assert selection(pilot).mark == 99
        await pilot.press("m")
        assert selection(pilot).mark is None
        assert "┊" not in shown(pilot, "#chart")


async def test_escape_takes_cursor_and_mark_away_before_it_leaves(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("enter", "home", "m", "end", "escape")
        assert (selection(pilot).mark, selection(pilot).cursor) == (None, None)
        assert selection(pilot).tag == "Accuracy"
        await pilot.press("escape")
        assert selection(pilot).tag is None


async def test_zooming_to_the_range(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("enter", "z")
        assert "no range to zoom to" in notice(pilot)
        await pilot.press("home", *["right"] * 10, "m", "z")
        assert "less than two points" in notice(pilot)
        await pilot.press(*["right"] * 10, "z")
        low, high = selection(pilot).zoom or (0, 0)
        assert (low, high) == (selection(pilot).mark, selection(pilot).cursor)
        assert 0 < low < high < 99


async def test_a_mark_without_a_cursor_makes_a_range_to_the_end(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        assert isinstance(pilot.app, TbtuiApp)
        await pilot.press("enter")
        pilot.app.main.selection = replace(selection(pilot), mark=90.0)
        await pilot.pause()
        assert "Δ@90" in shown(pilot, "#chart")
        await pilot.press("z")
        assert selection(pilot).zoom == (90, INF)


async def test_the_next_problem_is_gone_to_round_and_round(tmp_path: Path) -> None:
    values = {3: math.nan, 10: math.inf, 12: -math.inf}
    events_ = [scalar_event("loss", step, values.get(step, 1.0 + step)) for step in range(20)]
    events_ += [scalar_event("fine", step, 1.0) for step in range(20)]
    builders.write(tmp_path / builders.FILE_NAME, events_)
    async with opened(tmp_path) as pilot:
        await pilot.press("n")
        await pilot.press("enter")
        assert selection(pilot).tag == "loss"
        found = []
        for _ in range(4):
            await pilot.press("n")
            found.append(selection(pilot).cursor)
        assert found == [3, 10, 12, 3]
        await pilot.press("up", "n")
        assert (selection(pilot).tag, selection(pilot).cursor) == ("fine", 3)
        assert "no problem here" in notice(pilot)


async def test_without_a_problem_the_rows_say_so(tmp_path: Path) -> None:
    builders.write(tmp_path / builders.FILE_NAME, [scalar_event("fine", step, 1.0) for step in range(3)])
    async with opened(tmp_path) as pilot:
        await pilot.press("n")
        assert "no problem in any tag" in notice(pilot)


# The mouse


async def test_dragging_marks_a_range(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("enter")
        area = chart(pilot).chart_area()
        await pilot.mouse_down("#chart", offset=(area.left + 10, 10))
        await pilot.hover("#chart", offset=(area.left + 40, 12))
        await pilot.hover("#chart", offset=(area.left + 60, 12))
        await pilot.mouse_up("#chart", offset=(area.left + 60, 12))
        mark, cursor = selection(pilot).mark, selection(pilot).cursor
        assert mark is not None and cursor is not None
        share = [(place - 0) / 99 * area.width for place in (mark, cursor)]
        assert share == pytest.approx([10.5, 60.5], abs=0.7)
        await pilot.hover("#chart", offset=(area.left + 20, 12))
        assert selection(pilot).cursor == cursor


async def test_a_click_moves_the_cursor_and_leaves_the_mark(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("enter", "home", "m")
        area = chart(pilot).chart_area()
        await pilot.click("#chart", offset=(area.left + area.width - 1, 5))
        assert selection(pilot).mark == 0
        assert selection(pilot).cursor == pytest.approx(99, abs=1)


async def test_a_click_beside_the_plot_does_nothing(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("enter")
        area, size = chart(pilot).chart_area(), chart(pilot).size
        for offset in ((area.left - 1, 5), (area.left + 5, 0), (area.left + 5, size.height - 1)):
            await pilot.click("#chart", offset=offset)
        assert selection(pilot).cursor is None


def scrolled(pilot: Pilot[None], kind: type[events.MouseEvent], x: int, *, shift: bool = False) -> None:
    """Turn the wheel over a column of the chart."""
    event = kind(chart(pilot), x, 5, 0, 0, 0, shift, False, False, screen_x=x, screen_y=5)
    chart(pilot).post_message(event)


async def test_the_wheel_zooms_about_the_pointer_and_pans(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("enter")
        area = chart(pilot).chart_area()
        window = chart(pilot).chart_window()
        assert window is not None
        middle = area.left + area.width // 2
        under = area.x_at(middle, window)
        scrolled(pilot, events.MouseScrollUp, middle)
        await pilot.pause()
        low, high = selection(pilot).zoom or (0, 0)
        assert high - low == pytest.approx(0.8 * 99)
        after = chart(pilot).chart_window()
        assert after is not None and area.x_at(middle, after) == pytest.approx(under, abs=0.5)
        scrolled(pilot, events.MouseScrollUp, middle, shift=True)
        await pilot.pause()
        assert view(pilot)[0] == pytest.approx(low - 0.08 * 99)
        scrolled(pilot, events.MouseScrollRight, middle)
        await pilot.pause()
        assert view(pilot) == pytest.approx((low, high))
        scrolled(pilot, events.MouseScrollDown, middle)
        scrolled(pilot, events.MouseScrollDown, middle)
        await pilot.pause()
        assert selection(pilot).zoom is None
        scrolled(pilot, events.MouseScrollUp, 0)
        await pilot.pause()
        assert selection(pilot).zoom is None


async def test_a_double_click_shows_everything_again(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("enter", "plus")
        await pilot.click("#chart", offset=(40, 10), times=2)
        assert selection(pilot).zoom is None


# A slow line


@pytest.mark.parametrize("cut", [1, 2])
def test_an_arrow_key_that_arrives_in_two_parts_moves(tmp_path: Path, cut: int) -> None:
    # How long the other part is waited for is Textual's affair; a busy machine must not make it too short here.
    with Terminal.tbtui(str(training(tmp_path)), columns=120, ESCDELAY="5000") as terminal:
        terminal.until_shown("Accuracy")
        terminal.press(b"\r")
        terminal.until_shown("1 of 3")
        terminal.press(b"\x1b[B"[:cut])
        terminal.read(0.05)
        terminal.press(b"\x1b[B"[cut:])
        terminal.until_shown("2 of 3")


def test_an_arrow_key_whose_parts_come_far_apart_does_not_quit(tmp_path: Path) -> None:
    with Terminal.tbtui(str(training(tmp_path)), columns=120, ESCDELAY="1") as terminal:
        terminal.until_shown("Accuracy")
        for part in (b"\r", b"\x1b", b"[", b"C", b"\x1b", b"[", b"D", b"\x1b", b"O", b"A"):
            terminal.press(part)
            terminal.read(0.1)
        terminal.until_silent(0.5)
        assert terminal.process.poll() is None
        assert "Accuracy" in terminal.text
