"""The full chart: cursor, readout, axes, smoothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests import builders
from tests.builders import WALL_TIME, scalar_event
from tests.tui.app.screens import loss, opened, shown, training
from tui.analysis.smooth import ema
from tui.app.app import TbtuiApp
from tui.app.messages import Committed


def readouts(text: str) -> dict[str, list[str]]:
    """The table under the chart: run -> its cells."""
    lines = text.splitlines()
    head = next(i for i, line in enumerate(lines) if line.split()[:2] == ["run", "smoothed"])
    return {line.split()[1]: line.split()[2:] for line in lines[head + 1 :]}


async def test_enter_opens_the_chart_and_escape_leaves_it(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("enter")
        assert shown(pilot, "#chart").splitlines()[0].split()[:4] == ["Accuracy", "1", "of", "3"]
        await pilot.press("down")
        assert shown(pilot, "#chart").splitlines()[0].split()[:4] == ["Loss/train", "2", "of", "3"]
        await pilot.press("escape")
        assert "best" in shown(pilot, "#rows")


async def test_without_a_cursor_the_table_tells_the_last_points(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("enter", "down", "down")
        table = readouts(shown(pilot, "#chart"))
        smoothed = ema(np.array([loss(0, step) + 0.5 for step in range(100)]), 0.6)
        assert list(table) == ["adam", "sgd", "bad"]
        assert table["adam"][:3] == [f"{smoothed[-1]:.4f}", "0.5156", "99"]
        assert table["adam"][-1] == "1m"


async def test_the_cursor_reads_the_points_out(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("tab", "home", "up", "up", "tab", "enter", "s", "right", "home")
        assert readouts_without_smoothing(shown(pilot, "#chart"))["adam"][:2] == ["0", "0"]
        await pilot.press("right")
        step = int(readouts_without_smoothing(shown(pilot, "#chart"))["adam"][1])
        assert step > 0
        assert readouts_without_smoothing(shown(pilot, "#chart"))["adam"][0] == f"{step / 128:.4g}"
        await pilot.press("end")
        assert readouts_without_smoothing(shown(pilot, "#chart"))["adam"][1] == "99"
        await pilot.press("pageup")
        assert int(readouts_without_smoothing(shown(pilot, "#chart"))["adam"][1]) < 99
        assert "│" in shown(pilot, "#chart")
        await pilot.press("escape")
        assert pilot.app.query_one("#chart").display
        await pilot.press("escape")
        assert not pilot.app.query_one("#chart").display


def readouts_without_smoothing(text: str) -> dict[str, list[str]]:
    """As `readouts`, when smoothing is off and its column is not there."""
    lines = text.splitlines()
    head = next(i for i, line in enumerate(lines) if line.split()[:2] == ["run", "value"])
    return {line.split()[1]: line.split()[2:] for line in lines[head + 1 :]}


async def test_a_click_puts_the_cursor_there(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("enter", "s")
        chart = pilot.app.query_one("#chart")
        await pilot.click("#chart", offset=(chart.size.width // 2, 10))
        step = int(readouts_without_smoothing(shown(pilot, "#chart"))["adam"][1])
        assert 40 < step < 60


async def test_the_x_axis_goes_round(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("enter")
        assert "x: step" in shown(pilot, "#chart")
        await pilot.press("x")
        assert "x: relative" in shown(pilot, "#chart")
        assert "1m" in axis_line(shown(pilot, "#chart"))
        await pilot.press("x")
        assert "x: wall" in shown(pilot, "#chart")
        assert "22:1" in axis_line(shown(pilot, "#chart"))
        await pilot.press("x")
        assert "x: step" in shown(pilot, "#chart")


def axis_line(text: str) -> str:
    """The labels below the chart."""
    lines = text.splitlines()
    return lines[next(i for i, line in enumerate(lines) if "└" in line) + 1]


async def test_a_log_axis_says_when_it_has_nothing_to_show(tmp_path: Path) -> None:
    builders.write(tmp_path / builders.FILE_NAME, [scalar_event("negative", step, -1.0 - step) for step in range(5)])
    async with opened(tmp_path) as pilot:
        await pilot.press("enter", "y")
        assert "no value above 0" in shown(pilot, "#chart")
        await pilot.press("y")
        assert "-5" in shown(pilot, "#chart")


async def test_a_series_of_nothing_but_nan(tmp_path: Path) -> None:
    builders.write(tmp_path / builders.FILE_NAME, [scalar_event("loss", step, float("nan")) for step in range(5)])
    async with opened(tmp_path) as pilot:
        await pilot.press("enter")
        assert "every value so far is NaN or infinite" in shown(pilot, "#chart")
        assert readouts(shown(pilot, "#chart"))["."][:2] == ["NaN", "NaN"]


async def test_what_comes_while_the_app_closes_is_not_shown(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        app = pilot.app
        assert isinstance(app, TbtuiApp)
        await app.main.remove_children()  # widgets go before the app's timers and messages do
        app.watching._pause = None
        app.on_committed(Committed(99))
        app.on_blobs_loaded()
        app.watching.time_passed()


async def test_points_out_of_order_and_without_a_time_are_drawn(tmp_path: Path) -> None:
    steps = [3, 1, 2, 0]
    events = [scalar_event("loss", step, float(step), wall_time=WALL_TIME - step) for step in steps]
    events.append(scalar_event("loss", 4, 4.0, wall_time=float("nan")))
    builders.write(tmp_path / builders.FILE_NAME, events)
    async with opened(tmp_path) as pilot:
        await pilot.press("enter", "s")
        assert readouts_without_smoothing(shown(pilot, "#chart"))["."][:2] == ["4", "4"]
        await pilot.press("x", "x")
        assert readouts_without_smoothing(shown(pilot, "#chart"))["."][:2] == ["0", "0"]


async def test_smoothing_goes_up_and_down(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        assert "smooth .6" in shown(pilot, "TabBar")
        await pilot.press("right_square_bracket")
        assert "smooth .7" in shown(pilot, "TabBar")
        await pilot.press("left_square_bracket", "left_square_bracket")
        assert "smooth .5" in shown(pilot, "TabBar")
        await pilot.press("s")
        assert "raw" in shown(pilot, "TabBar")
