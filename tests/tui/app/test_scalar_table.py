"""The table of runs and tags: its numbers, marks, order, columns, readout, and what is copied."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from textual.pilot import Pilot

from tests import builders
from tests.builders import scalar_event
from tests.tui.app.screens import opened, screen, shown, until
from tests.tui.app.views import scalar_series
from tui.analysis.run_table import Cell, last_cell
from tui.app.choices import Measure
from tui.app.screens.main import MainScreen
from tui.app.table_columns import CellCache, TableRows, cell_told, signed_percent, table_column
from tui.app.widgets.scalar_table import ScalarTable
from tui.store.snapshot import StoreSnapshot

LOSSES = {"a": [4.0, 1.0, 2.0], "b": [8.0, 6.0, 4.0], "c": [5.0, 5.0, float("nan")]}


def logged(logdir: Path) -> Path:
    """Three runs with a loss, two with an accuracy, and ten more tags."""
    for run, losses in LOSSES.items():
        events = [builders.version_event()]
        events += [scalar_event("Loss/train", step * 10, value) for step, value in enumerate(losses)]
        if run != "c":
            events.append(scalar_event("Accuracy", 20, 0.5 if run == "a" else 0.75))
        events += [scalar_event(f"Norm/layer{n}/weight", 20, n) for n in range(10)]
        builders.write(logdir / run / builders.FILE_NAME, events)
    return logdir


def rows(pilot: Pilot[None]) -> dict[str, list[str]]:
    """Run -> the words of its line, its mark and name left out; in the order shown."""
    lines = shown(pilot, "#table").splitlines()[4:]
    return {line.split()[1]: line.split()[2:] for line in lines if line.strip()}


def heading(pilot: Pilot[None]) -> list[str]:
    return shown(pilot, "#table").splitlines()[:4]


def main(pilot: Pilot[None]) -> MainScreen:
    screen = pilot.app.screen
    assert isinstance(screen, MainScreen)
    return screen


async def test_v_shows_a_row_a_run_and_a_column_a_tag_and_goes_back(tmp_path: Path) -> None:
    async with opened(logged(tmp_path)) as pilot:
        await pilot.press("v")
        assert main(pilot).page is pilot.app.screen.query_one(ScalarTable)
        title, _, groups, heads = heading(pilot)
        assert title.startswith(" Table  last value  3 runs, 12 tags")
        assert groups.split()[::2] == ["Loss", "Norm"]
        assert heads.split()[:4] == ["run", "Accuracy", "train", "layer0/weight"]
        assert {run: words[:3] for run, words in rows(pilot).items()} == {
            "a": ["0.5", "★", "2"],
            "b": ["★", "0.75", "4"],
            "c": ["NaN", "0", "1"],
        }
        await pilot.press("v")
        assert main(pilot).page.id == "rows"


async def test_w_goes_through_last_min_max_and_mean(tmp_path: Path) -> None:
    async with opened(logged(tmp_path)) as pilot:
        await pilot.press("v")
        found = {}
        for _ in range(4):
            title = heading(pilot)[0].split("  ")[1]
            found[title] = rows(pilot)["b"][2]
            await pilot.press("w")
        assert found == {
            "last value": "4",
            "min value": "4",
            "max value": "8",
            "mean of the last 10 points": "6",
        }


async def test_enter_sorts_by_the_column_best_first_then_last_then_not(tmp_path: Path) -> None:
    async with opened(logged(tmp_path)) as pilot:
        await pilot.press("v", "right")
        assert list(rows(pilot)) == ["a", "b", "c"]
        await pilot.press("enter")
        assert list(rows(pilot)) == ["b", "a", "c"]
        assert "Accuracy ▼" in heading(pilot)[3]
        await pilot.press("enter")
        assert list(rows(pilot)) == ["a", "b", "c"]
        assert "Accuracy ▲" in heading(pilot)[3]
        await pilot.press("enter")
        assert "▲" not in heading(pilot)[3]
        await pilot.press("right", "enter", "home", "enter")
        assert main(pilot).selection.table_order is None


async def test_a_click_on_a_heading_sorts_by_it(tmp_path: Path) -> None:
    async with opened(logged(tmp_path)) as pilot:
        await pilot.press("v")
        await pilot.click("#table", offset=(heading(pilot)[3].index("train") + 2, 3))
        assert main(pilot).selection.table_order == "Loss/train"
        await pilot.click("#table", offset=(heading(pilot)[3].index("Accuracy"), 2))
        assert main(pilot).selection.table_order == "Loss/train"
        await pilot.click("#table", offset=(heading(pilot)[3].index("Accuracy"), 5))
        assert heading(pilot)[1].split()[:5] == ["0.75", "at", "step", "20", "Accuracy"]
        assert main(pilot).selection.focused_run == "b"


async def test_up_and_down_focus_runs_and_space_hides_them(tmp_path: Path) -> None:
    async with opened(logged(tmp_path)) as pilot:
        await pilot.press("v", "home", "up", "up", "up", "down")
        assert main(pilot).selection.focused_run == "b"
        await pilot.press("space")
        assert main(pilot).selection.hidden == {"b"}
        # What is hidden stays in the table, and is not the best.
        assert rows(pilot)["b"][:2] == ["0.75", "4"] and " ○ b" in shown(pilot, "#table")


async def test_the_baseline_is_marked_and_others_show_how_far_they_are_from_it(tmp_path: Path) -> None:
    async with opened(logged(tmp_path)) as pilot:
        await pilot.press("v", "up", "up", "b")
        assert {run: words[:6] for run, words in rows(pilot).items()} == {
            "a": ["Δ", "0.5", "base", "★", "2", "base"],
            "b": ["★", "0.75", "+50%", "4", "+100%", "0"],
            "c": ["NaN", "0", "0.0%", "1", "0.0%", "2"],
        }
        await pilot.press("b")
        assert "base" not in shown(pilot, "#table")


async def test_the_readout_tells_the_cell_in_full(tmp_path: Path) -> None:
    builders.write(tmp_path / "a" / builders.FILE_NAME, [scalar_event("loss", 1234567, 0.1)])
    async with opened(tmp_path) as pilot:
        await pilot.press("v", "right")
        assert heading(pilot)[1].split("   ")[:3] == [" 0.1 at step 1234567", "loss", "a"]
        await pilot.press("left")
        assert heading(pilot)[1].strip() == "a"


async def test_columns_scroll_with_their_cursor_and_names_stay(tmp_path: Path) -> None:
    async with opened(logged(tmp_path), size=(60, 20)) as pilot:
        await pilot.press("v")
        assert heading(pilot)[3].endswith("›") and "run" in heading(pilot)[3]
        await pilot.press("end")
        assert "‹" in heading(pilot)[3] and "layer9/weight" in heading(pilot)[3]
        assert all(line.split()[1] in LOSSES for line in shown(pilot, "#table").splitlines()[4:7])
        await pilot.press("home")
        assert "‹" not in heading(pilot)[3]


async def test_filters_and_pins_choose_the_columns(tmp_path: Path) -> None:
    async with opened(logged(tmp_path)) as pilot:
        await pilot.press("v", "right", "right", "p")
        assert main(pilot).selection.pinned_tags == ("Loss/train",)
        assert heading(pilot)[3].split()[:3] == ["run", "Loss/train", "Accuracy"]
        await pilot.press("slash", *"layer3", "enter")
        assert heading(pilot)[3].split() == ["run", "layer3/weight"]
        assert rows(pilot) == {run: ["3"] for run in LOSSES}
        await pilot.press("slash", "ctrl+u", *"no such")
        assert "no tag matches" in shown(pilot, "#table")
        await pilot.press("ctrl+u", *"layer4", "enter")
        assert rows(pilot) == {run: ["4"] for run in LOSSES}
        await pilot.press("home", "p")
        assert main(pilot).selection.pinned_runs == (main(pilot).selection.focused_run,)


async def test_c_copies_the_numbers_in_full(tmp_path: Path) -> None:
    for run, value in (("a", 0.1), ('say "x"', 0.25)):
        builders.write(tmp_path / run / builders.FILE_NAME, [scalar_event("loss", 3, value)])
    async with opened(tmp_path) as pilot:
        await pilot.press("v", "c")
        assert pilot.app.clipboard == 'run,loss\na,0.1\n"say ""x""",0.25\n'


async def test_new_points_are_in_the_table(tmp_path: Path) -> None:
    async with opened(logged(tmp_path)) as pilot:
        await pilot.press("v")
        builders.append(tmp_path / "b" / builders.FILE_NAME, [scalar_event("Loss/train", 30, -1.0)])
        await until(pilot, lambda: rows(pilot)["b"][:4] == ["★", "0.75", "★", "-1"])


async def test_a_table_without_columns_or_rows_says_so(tmp_path: Path) -> None:
    async with opened(tmp_path) as pilot:
        await pilot.press("v")
        assert "watching…" in screen(pilot)


def test_only_columns_in_view_are_looked_at() -> None:
    series = [scalar_series([1.0], tag=f"tag{n}") for n in range(3)]
    snapshot = StoreSnapshot(1, {}, {one.key: one for one in series}, {}, {}, ())
    numbers = CellCache(10)
    column = table_column(
        snapshot, "tag1", TableRows(("run", "other"), frozenset({"run"}), None), Measure.LAST, numbers
    )
    assert dict(column.cells) == {"run": Cell(1.0, 0)}
    assert (column.value_cells, column.change_cells, column.best) == (1, 0, None)


def test_a_number_is_found_again_only_when_its_series_changed() -> None:
    numbers = CellCache(2)
    assert numbers.of(scalar_series([1.0, 2.0, 4.0]), Measure.MEAN) == (Cell(3.0, None, 2), "3")
    assert numbers.of(scalar_series([5.0]), Measure.MEAN) == (Cell(3.0, None, 2), "3")
    assert numbers.of(scalar_series([5.0], version=2), Measure.MEAN) == (Cell(5.0, None, 1), "5")
    assert numbers.of(scalar_series([5.0, 9.0], version=2, superseded=[1]), Measure.MAX) == (Cell(5.0, 0), "5")


@pytest.mark.parametrize(
    ("fraction", "text"),
    [(0.5, "+50%"), (-0.021, "-2.1%"), (0.0, "0.0%"), (float("nan"), ""), (-1e9, "<-999%"), (1e9, ">999%")],
)
def test_a_change_has_its_sign(fraction: float, text: str) -> None:
    assert signed_percent(fraction) == text


def test_a_cell_is_told_with_the_digits_that_were_logged() -> None:
    series = scalar_series([0.1])
    narrow = replace(series, values=series.values.astype(np.float32))
    assert cell_told(series, last_cell(series.values, series.steps)) == ("0.1 at step 0", "")
    assert cell_told(narrow, last_cell(narrow.values, narrow.steps)) == ("0.1 at step 0", "")
    assert cell_told(series, Cell(1 / 3, None, 10)) == ("0.3333333333, mean of the last 10 points", "")


async def test_a_click_where_columns_were_does_nothing_in_an_empty_table(tmp_path: Path) -> None:
    async with opened(logged(tmp_path)) as pilot:
        await pilot.press("v", "a")
        assert "every run is hidden" in shown(pilot, "#table")
        before = main(pilot).selection
        assert await pilot.click("#table", offset=(40, 6))
        assert main(pilot).selection == before
