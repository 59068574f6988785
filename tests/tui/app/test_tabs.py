"""Histograms, hparams, other data; going from tab to tab; help."""

from __future__ import annotations

from itertools import takewhile
from pathlib import Path

import pytest

from tests import builders
from tests.builders import scalar_event
from tests.tui.app.screens import histogram, opened, shown, training, until
from tui.app.app import TbtuiApp
from tui.app.keys import HERE, MOVE, help_sections
from tui.app.widgets.line_view import LineView


def first_words(text: str) -> list[str]:
    """The first word of each line after the headings, the run mark left out."""
    return [line.split()[1] for line in takewhile(str.strip, text.splitlines()[2:])]


async def test_tabs_appear_with_their_data(tmp_path: Path) -> None:
    path = builders.write(tmp_path / builders.FILE_NAME, [scalar_event("loss", 0, 1.0)])
    async with opened(tmp_path) as pilot:
        assert shown(pilot, "TabBar").split()[:2] == ["1", "Scalars"]
        assert "Histograms" not in shown(pilot, "TabBar")
        builders.append(path, [builders.event(histogram("weight", 0))])
        await until(pilot, lambda: "2 Histograms" in shown(pilot, "TabBar"))
        await pilot.press("2", "9")
        assert pilot.app.query_one("#histograms").display


@pytest.mark.parametrize(("silent_for", "page"), [(0.0, "#rows"), (1e6, "#histograms")])
async def test_without_scalars_it_opens_on_what_there_is(tmp_path: Path, silent_for: float, page: str) -> None:
    builders.write(tmp_path / builders.FILE_NAME, [builders.event(histogram("weight", 0))])
    async with opened(tmp_path, now=builders.WALL_TIME + silent_for) as pilot:  # while it is live scalars may come
        assert pilot.app.query_one(page).display


async def test_tabs_are_gone_through_round_and_round(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        assert isinstance(pilot.app, TbtuiApp)
        main, seen = pilot.app.main, []
        for _ in main.tabs:
            await pilot.press("right_curly_bracket")
            seen.append(main.selection.tab)
        assert seen == [*main.tabs[1:], main.tabs[0]]
        await pilot.press("left_curly_bracket")
        assert main.selection.tab is main.tabs[-1]
        await pilot.resize_terminal(40, 12)
        await pilot.click("TabBar", offset=(shown(pilot, "TabBar").index("2"), 0))
        await until(pilot, lambda: main.selection.tab is main.tabs[1])


async def test_what_came_while_a_tab_was_not_shown_is_there_when_it_is(tmp_path: Path) -> None:
    training(tmp_path)
    async with opened(tmp_path) as pilot:
        await pilot.press("3")
        builders.append(tmp_path / "sgd" / builders.FILE_NAME, [scalar_event("Loss/train", 200, -7.5)])
        await until(pilot, lambda: "-7.5" in shown(pilot, "#hparams"))
        await pilot.press("1")
        assert "-7.5" in shown(pilot, "#rows")


async def test_hparams_sort_by_any_column(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("3")
        table = shown(pilot, "#hparams")
        heading = table.splitlines()[1].split()
        assert heading[:5] == ["run", "▲", "lr", "name", "nesterov"]
        assert first_words(table) == ["adam", "bad", "sgd"]
        adam = next(line for line in table.splitlines()[2:] if " adam " in line).split()
        assert adam[2:5] == ["0.5", "adam", "false"]
        await pilot.press("right", "enter")
        assert first_words(shown(pilot, "#hparams")) == ["sgd", "adam", "bad"]
        await pilot.press("enter")
        assert first_words(shown(pilot, "#hparams")) == ["bad", "adam", "sgd"]
        await pilot.press("end", "home", "enter")
        assert first_words(shown(pilot, "#hparams")) == ["adam", "bad", "sgd"]


async def test_the_best_metric_is_marked_and_nan_sorts_last(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("3", "right", "right", "right", "right", "enter")
        table = shown(pilot, "#hparams")
        assert first_words(table) == ["adam", "sgd", "bad"]
        assert "★ 0.01562" in table and "NaN" in table


async def test_wide_tables_scroll_with_the_column_cursor(tmp_path: Path) -> None:
    async with opened(training(tmp_path), size=(60, 20)) as pilot:
        await pilot.press("3")
        assert shown(pilot, "#hparams").splitlines()[1].endswith("›")
        await pilot.press("end")
        heading = shown(pilot, "#hparams").splitlines()[1]
        assert "‹" in heading and heading.endswith("Accuracy")


async def test_help_lists_every_key_and_closes(tmp_path: Path) -> None:
    async with opened(training(tmp_path), size=(160, 90)) as pilot:
        await pilot.press("question_mark")
        text = shown(pilot, "HelpLines")
        assert all(keys in text for entries in help_sections().values() for keys, _ in entries)
        await pilot.press("escape")
        assert not pilot.app.screen.query("HelpLines")


@pytest.mark.parametrize("page", ["#hparams", "#histograms", "#other", "#problems", "#table"])
async def test_keys_may_come_before_a_page_is_drawn_for_the_first_time(tmp_path: Path, page: str) -> None:
    async with opened(training(tmp_path)) as pilot:
        widget = pilot.app.screen.query_one(page, LineView)
        for key in (*MOVE, *HERE):
            await pilot.app.run_action(key.id, default_namespace=widget)
        await pilot.pause()


async def test_keys_may_come_before_a_page_is_drawn_that_lists_what_is_no_more(tmp_path: Path) -> None:
    for run in ("seed1", "seed2"):
        builders.write(tmp_path / run / builders.FILE_NAME, list(builders.points("loss", range(3))))
    async with opened(tmp_path) as pilot:
        await pilot.press("enter", "A", "enter")
        await pilot.app.run_action("copy", default_namespace=pilot.app.screen.query_one("#rows"))
        await pilot.pause()
        assert "copied 1.0: loss of all at step 2" in shown(pilot, "KeysLine")


async def test_the_palette_has_the_keys_of_the_page_in_view(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        app = pilot.app
        assert isinstance(app, TbtuiApp)
        assert "key +" not in [command.help for command in app.get_system_commands(app.screen)]
        await pilot.press("enter")
        zoom_in = next(command for command in app.get_system_commands(app.screen) if command.help == "key +")
        zoom_in.callback()
        await until(pilot, lambda: app.main.selection.zoom is not None)
