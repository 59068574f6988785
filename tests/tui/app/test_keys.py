"""The key table: every key works everywhere, at every size, and what the tables say is true."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from tests import builders
from tests.tui.app.screens import app_on, opened, shown, training, until
from tui.app.app import TbtuiApp
from tui.app.keys import APP_BINDINGS, KEYS, SCREEN_BINDINGS, WIDGET_BINDINGS, footer_keys
from tui.app.selection import Selection
from tui.app.widgets.line_view import StripView
from tui.app.widgets.runs_pane import RunsPane

VIEWS = {
    "rows": [],
    "chart": ["enter"],
    "histograms": ["2"],
    "histogram": ["2", "enter"],
    "hparams": ["3"],
    "hparam_axes": ["3", "g"],
    "runs": ["tab"],
}
SIZES = [(160, 45), (80, 24), (40, 12), (24, 6), (300, 100)]


def test_no_key_has_two_meanings() -> None:
    keys = [key for entry in KEYS for key in entry.keys.split(",")]
    assert len(keys) == len(set(keys))
    assert len({entry.id for entry in KEYS}) == len(KEYS)
    assert len(APP_BINDINGS) + len(SCREEN_BINDINGS) + len(WIDGET_BINDINGS) == len(KEYS)


def test_the_docs_list_the_keys_as_they_are() -> None:
    docs = Path(__file__).parents[3] / "docs"
    written = runpy.run_path(str(docs / "write_keys.py"))["keys_page"]()
    assert (docs / "keys.md").read_text(encoding="utf-8") == written, "run: python docs/write_keys.py"


@pytest.mark.parametrize("view", [*VIEWS, "problems", "hparam_scatter", "hparam_columns", "hparam_diff"])
def test_every_footer_ends_in_help_and_quit(view: str) -> None:
    keys = footer_keys(view)
    assert [key.id for key in keys[-2:]] == ["help", "quit"]
    assert len(keys) <= 8


@pytest.mark.parametrize("view", VIEWS)
async def test_every_key_in_every_view(tmp_path: Path, view: str) -> None:
    async with opened(training(tmp_path), size=(100, 30)) as pilot:
        await pilot.press(*VIEWS[view])
        assert isinstance(pilot.app, TbtuiApp)
        widget = pilot.app.focused
        for entry in KEYS:
            if entry.id in ("quit", "help", "command_palette", "filter", "aggregate"):
                continue
            for key in entry.keys.split(","):
                if pilot.app.focused is not widget:
                    pilot.app.main.selection = Selection()
                    await pilot.press("1", *VIEWS[view])
                    assert pilot.app.focused is widget
                await pilot.press(key)
                assert_lines_fit(pilot)


@pytest.mark.parametrize("key", ["q", "ctrl+q", "ctrl+c"])
async def test_keys_that_quit(tmp_path: Path, key: str) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press(key)
        assert pilot.app.return_code == 0


def test_a_key_that_comes_while_the_screen_closes_does_nothing(tmp_path: Path) -> None:
    """Its widgets go before it; the program ended with a traceback."""
    assert app_on(training(tmp_path)).main.check_action("filter", ()) is True


@pytest.mark.parametrize("key", ["ctrl+p", "question_mark", "slash"])
async def test_what_opens_over_the_screen_closes_with_escape(tmp_path: Path, key: str) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press(key)
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
        assert len(pilot.app.screen_stack) == 1
        assert pilot.app.focused is pilot.app.query_one("#rows")


async def test_the_help_begins_with_the_keys_of_the_view(tmp_path: Path) -> None:
    async with opened(training(tmp_path), size=(80, 24)) as pilot:
        await pilot.press("2", "enter", "question_mark")
        lines = [line[:-1].split() for line in shown(pilot, "HelpLines").splitlines()[1:10]]
        assert lines[0] == ["Here"] and lines[4:7] == [["Space", "runs"], [",", ".", "bin"], ["+", "-", "0", "zoom"]]


async def test_keys_pressed_behind_the_one_that_closes_the_help_close_nothing_else(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("question_mark")
        for _ in range(3):  # at once, as over a slow line
            pilot.app.screen.post_message(events.Key("escape", None))
        await pilot.pause()
        assert len(pilot.app.screen_stack) == 1


@pytest.mark.parametrize("key", ["ctrl+p", "question_mark"])
async def test_data_that_comes_under_an_open_screen_is_there_when_it_closes(tmp_path: Path, key: str) -> None:
    async with opened(training(tmp_path)) as pilot:
        assert isinstance(pilot.app, TbtuiApp)
        main = pilot.app.main
        await pilot.press(key)
        builders.append(tmp_path / "sgd" / builders.FILE_NAME, [builders.scalar_event("Zeta", 200, 1.0)])
        await until(pilot, lambda: any(series.tag == "Zeta" for series in main.snapshot.scalars))
        await pilot.resize_terminal(120, 40)
        await pilot.press("escape")
        await until(pilot, lambda: "Zeta" in shown(pilot, "#rows"))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("view", VIEWS)
async def test_every_view_at_every_size(tmp_path: Path, view: str, size: tuple[int, int]) -> None:
    async with opened(training(tmp_path), size=size) as pilot:
        await pilot.press(*VIEWS[view])
        await pilot.pause()
        assert_lines_fit(pilot)


async def test_resizing_while_it_runs(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        for keys in VIEWS.values():
            await pilot.press("escape", "escape", "1", *keys)
            for size in SIZES:
                await pilot.resize_terminal(*size)
                await pilot.pause()
                assert_lines_fit(pilot)


async def test_the_runs_are_a_drawer_in_a_narrow_window(tmp_path: Path) -> None:
    training(tmp_path)
    later = builders.scalar_event("Loss/train", 200, 0.5, wall_time=builders.WALL_TIME + 120)
    builders.append(tmp_path / "sgd" / builders.FILE_NAME, [later])
    async with opened(tmp_path, size=(80, 24)) as pilot:
        assert isinstance(pilot.app, TbtuiApp)
        main = pilot.app.main
        runs = main.query_one(RunsPane)
        assert not runs.display
        await pilot.press("tab")
        await pilot.pause()
        assert runs.display and runs.has_focus
        assert "adam" in shown(pilot, "#runs")
        assert runs.run == main.selection.focused_run == "sgd"
        await pilot.press("slash", *"ba")
        assert runs.display and shown(pilot, "#runs").splitlines()[0].split() == ["Runs", "1/3", "/ba"]
        await pilot.press("escape")
        assert runs.display and runs.has_focus
        await pilot.press("tab")
        await pilot.pause()
        assert not runs.display
        assert pilot.app.focused is pilot.app.query_one("#rows")


def assert_lines_fit(pilot: Pilot[None]) -> None:
    """Every line that is shown is exactly as wide as its widget, and no widget sticks out."""
    screen = pilot.app.screen
    for view in screen.query(StripView):
        if view.display and view.region.area and view.size:
            assert screen.region.contains_region(view.region), view
            assert all(view.render_line(y).cell_length == view.size.width for y in range(view.size.height)), view
