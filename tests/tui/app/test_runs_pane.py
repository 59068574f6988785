"""The runs pane: tree, folding, hiding, pins, sorting, and that only lines in view are drawn."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests import builders
from tests.builders import WALL_TIME, scalar_event
from tests.tui.app.screens import NOW, opened, shown, training
from tests.tui.app.still import READ, showing
from tests.tui.app.views import of_runs, run_summary, scalar_series
from tui.app.app import TbtuiApp
from tui.app.run_listing import RunListing
from tui.app.screens.main import MainScreen
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.widgets.runs_pane import RunsPane
from tui.store.snapshot import StoreSnapshot

# Seconds before now of each run's last event; its loss falls to that number of thousands.
NESTED = {"cnn/adam/0": 10.0, "cnn/adam/1": 4000.0, "cnn/sgd/0": 8000.0, "mlp": 100000.0, "mlp/eval": 20.0}


def nested(logdir: Path) -> Path:
    """Five runs in directories, one of them above another; the losses are 1, 2, 3... by name, `acc` the same."""
    for number, (run, age) in enumerate(NESTED.items(), 1):
        events = [
            scalar_event("loss", 10 * step, number + 5.0 - step, wall_time=NOW - age - 5 + step) for step in range(6)
        ]
        events.append(scalar_event("acc", 50, float(number), wall_time=NOW - age))
        builders.write(logdir / run / builders.FILE_NAME, events)
    return logdir


def pane(pilot: Pilot[None]) -> list[str]:
    """The lines; the first one without how fast the focused run is."""
    title, *lines = shown(pilot, "#runs").splitlines()
    return [re.sub(r" +[\d.]+( steps)?/s$", "", title), *lines]


def names(pilot: Pilot[None]) -> list[str]:
    """The first words of the lines, marks and indents left out."""
    return [line.split()[1] for line in pane(pilot)[1:] if not line.startswith(" ─")]


def main_of(pilot: Pilot[None]) -> MainScreen:
    assert isinstance(pilot.app, TbtuiApp)
    return pilot.app.main


def cursor_line(pilot: Pilot[None]) -> str:
    runs = pilot.app.screen.query_one(RunsPane)
    return pane(pilot)[1 + runs.cursor - runs.top]


async def test_runs_stand_in_a_tree_of_their_directories(tmp_path: Path) -> None:
    async with opened(nested(tmp_path)) as pilot:
        marks = main_of(pilot)._shared.runs.mark
        a, b, c, d, e = (marks(run) for run in NESTED)
        assert pane(pilot) == [
            " Runs 5",
            " ▾ cnn/",
            "   ▾ adam/",
            f"     {a} 0            live     50",
            f"     {b} 1      stalled 1h     50",
            f"   {c} sgd/0    stalled 2h     50",
            f" {d} mlp/          done 1d     50",
            f"   {e} eval           live     50",
        ]


def test_of_a_run_of_which_nothing_is_read_yet_no_state_is_told() -> None:
    shared = Shared(clock=lambda: WALL_TIME, loading=True)
    snapshot = of_runs(run_summary("a", last_wall_time=None), run_summary("b"))
    shared.runs.see(snapshot.runs)
    listing, told = RunListing(shared), list[list[str]]()
    for shared.loading in (True, False):
        listing.update(snapshot, Selection())
        told.append([listing.told(at).text for at in range(2)])
    assert told == [["…", "live"], ["stalled", "live"]]


async def test_flat_runs_look_as_if_there_were_no_trees(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        marks = main_of(pilot)._shared.runs.mark
        assert pane(pilot) == [
            " Runs 3",
            f" {marks('adam')} adam     done     99",
            f" {marks('bad')} bad       NaN     99",
            f" {marks('sgd')} sgd      live     99",
        ]


async def test_a_directory_folds_and_tells_what_matters_most_in_it(tmp_path: Path) -> None:
    async with opened(nested(tmp_path)) as pilot:
        await pilot.press("tab", "home", "left")
        assert pane(pilot)[1] == " ▸ cnn/ 3     stalled 1h"
        assert names(pilot) == ["cnn/", "mlp/", "eval"]
        await pilot.press("down", "left")
        assert pane(pilot)[2] == f" {main_of(pilot)._shared.runs.mark('mlp')} mlp/ +1          live"
        await pilot.press("right")
        assert names(pilot) == ["cnn/", "mlp/", "eval"]
        await pilot.press("home", "enter")
        assert names(pilot) == ["cnn/", "adam/", "0", "1", "sgd/0", "mlp/", "eval"]


async def test_left_goes_up_to_the_directory_and_right_into_it(tmp_path: Path) -> None:
    async with opened(nested(tmp_path)) as pilot:
        await pilot.press("tab", "home", "right")
        assert " adam/" in cursor_line(pilot)
        await pilot.press("right", "down")
        assert " 1 " in cursor_line(pilot)
        await pilot.press("left")
        assert " adam/" in cursor_line(pilot)
        await pilot.press("left", "left")
        assert " cnn/" in cursor_line(pilot) and " adam/ 2 " in pane(pilot)[2]


async def test_space_on_a_directory_hides_and_shows_all_its_runs(tmp_path: Path) -> None:
    async with opened(nested(tmp_path)) as pilot:
        await pilot.press("tab", "home", "space")
        assert pane(pilot)[0] == " Runs 2/5"
        assert [line.split()[0] for line in pane(pilot)[3:6]] == ["○", "○", "○"]
        await pilot.press("left", "space")
        assert pane(pilot)[0] == " Runs 5"
        await pilot.press("right", "right", "right", "space", "home", "left")
        assert pane(pilot)[1].split()[1:3] == ["cnn/", "2/3"]


async def test_a_run_above_others_is_hidden_alone_until_it_is_folded(tmp_path: Path) -> None:
    async with opened(nested(tmp_path)) as pilot:
        await pilot.press("tab", "end", "up", "space")
        assert main_of(pilot).selection.hidden == {"mlp"}
        await pilot.press("left", "space")
        assert main_of(pilot).selection.hidden == frozenset()
        await pilot.press("space")
        assert main_of(pilot).selection.hidden == {"mlp", "mlp/eval"}


async def test_only_the_runs_of_a_directory(tmp_path: Path) -> None:
    async with opened(nested(tmp_path)) as pilot:
        await pilot.press("tab", "home", "down", "o")
        assert main_of(pilot).selection.hidden == {"cnn/sgd/0", "mlp", "mlp/eval"}
        await pilot.press("o")
        assert main_of(pilot).selection.hidden == frozenset()


async def test_a_filter_finds_runs_in_folded_directories_and_shows_where_they_are(tmp_path: Path) -> None:
    async with opened(nested(tmp_path)) as pilot:
        await pilot.press("tab", "home", "left", "slash", "0", "enter")
        assert pane(pilot)[0] == " Runs 2/5  /0"
        assert names(pilot) == ["cnn/", "adam/0", "sgd/0"]
        await pilot.press("home", "left")
        assert names(pilot) == ["cnn/", "adam/0", "sgd/0"]
        await pilot.press("slash", "escape")
        assert names(pilot) == ["cnn/", "mlp/", "eval"]


async def test_the_focus_stays_with_its_run_when_its_directory_folds(tmp_path: Path) -> None:
    async with opened(nested(tmp_path)) as pilot:
        await pilot.press("tab", "home", "down", "down", "down")
        assert main_of(pilot).selection.focused_run == "cnn/adam/1"
        await pilot.press("left", "left")
        assert " adam/ 2 " in cursor_line(pilot)
        assert main_of(pilot).selection.focused_run == "cnn/adam/1"
        await pilot.press("tab", "tab")
        assert " adam/ 2 " in cursor_line(pilot)


async def test_pinned_runs_stand_on_top_in_the_order_of_pinning(tmp_path: Path) -> None:
    async with opened(nested(tmp_path)) as pilot:
        await pilot.press("tab", "end", "p")
        assert cursor_line(pilot).split()[1] == "mlp/eval"
        await pilot.press("end", "up", "p")
        lines = pane(pilot)
        assert [line.split()[1] for line in lines[1:3]] == ["mlp/eval", "cnn/sgd/0"]
        assert [line.split()[2] for line in lines[1:3]] == ["↑", "↑"]
        assert set(lines[3].strip()) == {"─"}
        assert [line.split()[1] for line in lines[4:]] == ["cnn/adam/", "0", "1", "mlp"]
        # The rule is no line that the cursor stops at.
        await pilot.press("home", "down", "down")
        assert " cnn/adam/" in cursor_line(pilot)
        await pilot.press("up")
        assert " cnn/sgd/0" in cursor_line(pilot)
        await pilot.press("p", "home", "p")
        assert names(pilot) == ["cnn/", "adam/", "0", "1", "sgd/0", "mlp/", "eval"]


async def test_a_directory_cannot_be_pinned_and_this_is_said(tmp_path: Path) -> None:
    async with opened(nested(tmp_path)) as pilot:
        await pilot.press("tab", "home", "p")
        assert main_of(pilot).selection.pinned_runs == ()
        assert "only runs can be pinned" in shown(pilot, "KeysLine")


async def test_the_baseline_has_a_mark(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("tab", "home", "b")
        assert [line.split()[1:3] for line in pane(pilot)[1:3]] == [["adam", "Δ"], ["bad", "NaN"]]
        assert "Δ adam" in shown(pilot, "TabBar")
        await pilot.press("b")
        assert "Δ" not in shown(pilot, "#runs") + shown(pilot, "TabBar")


async def test_runs_are_sorted_by_the_tag_under_the_cursor(tmp_path: Path) -> None:
    async with opened(nested(tmp_path)) as pilot:
        await pilot.press("down", "S")
        assert pane(pilot)[0] == " Runs 5  by last event"
        assert names(pilot) == ["cnn/adam/0", "mlp/eval", "cnn/adam/1", "cnn/sgd/0", "mlp"]
        await pilot.press("S")
        assert pane(pilot)[0] == " Runs 5  by loss last"
        await pilot.press("S")
        assert pane(pilot)[0] == " Runs 5  by loss best"
        assert names(pilot) == ["cnn/adam/0", "cnn/adam/1", "cnn/sgd/0", "mlp", "mlp/eval"]
        assert [line.split()[-1] for line in pane(pilot)[1:]] == ["1", "2", "3", "4", "5"]
        await pilot.press("up", "S")
        assert pane(pilot)[0] == " Runs 5  by acc best"
        assert names(pilot) == ["mlp/eval", "mlp", "cnn/sgd/0", "cnn/adam/1", "cnn/adam/0"]
        await pilot.press("S")
        assert pane(pilot)[0] == " Runs 5"
        assert names(pilot)[0] == "cnn/"


async def test_the_open_tag_sorts_too(tmp_path: Path) -> None:
    async with opened(nested(tmp_path)) as pilot:
        await pilot.press("down", "enter", "S", "S")
        assert pane(pilot)[0] == " Runs 5  by loss last"


def scored(*losses: float, version: int = 1) -> StoreSnapshot:
    """Runs `r0`, `r1`... whose only loss is as given."""
    series = [scalar_series([loss], run=f"r{n}", tag="loss", version=version) for n, loss in enumerate(losses)]
    return replace(of_runs(*(one.key.run for one in series)), scalars={one.key: one for one in series})


async def test_the_tag_of_the_tables_column_sorts_too(tmp_path: Path) -> None:
    async with opened(nested(tmp_path)) as pilot:
        await pilot.press("v", "right", "S", "S")
        assert pane(pilot)[0] == " Runs 5  by acc last"


async def test_the_cursor_stays_with_its_run_and_in_its_place_when_the_order_changes() -> None:
    losses = [float(number) for number in range(100)]
    async with showing(scored(*losses), (160, 20), now=NOW) as (pilot, main):
        await pilot.press("S", "S", "tab", "home", *["down"] * 40)
        runs = pilot.app.screen.query_one(RunsPane)
        row = runs.cursor - runs.top
        assert (runs.run, runs.cursor) == ("r40", 40) and 0 < row < runs.page
        main.show(scored(*losses[:90], *[-1.0] * 10, version=2), READ)
        await pilot.pause()
        assert (runs.run, runs.cursor, runs.cursor - runs.top) == ("r40", 50, row)
        # Without the focus the best stay in view.
        await pilot.press("home", "tab")
        main.show(scored(*losses, version=3), READ)
        await pilot.pause()
        assert runs.top == 0


@pytest.mark.parametrize("size", [(160, 45), (59, 24)])
async def test_the_mouse_does_it_all(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(nested(tmp_path), size) as pilot:
        await pilot.press("tab")
        runs = pilot.app.screen.query_one(RunsPane)
        await pilot.click(runs, offset=(5, 1))
        assert names(pilot) == ["cnn/", "mlp/", "eval"]
        await pilot.click(runs, offset=(5, 1))
        await pilot.click(runs, offset=(5, 3))
        assert main_of(pilot).selection.hidden == {"cnn/adam/0"}
        await pilot.click(runs, offset=(9, 4))
        assert main_of(pilot).selection.focused_run == "cnn/adam/1"
        await pilot.click(runs, offset=(5, 0))
        assert "by last event" in pane(pilot)[0]


async def test_ages_and_states_follow_the_clock_and_widen_their_column(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        main = main_of(pilot)
        assert "live" in pane(pilot)[3]
        main._shared.clock = lambda: WALL_TIME + 99 + 7300.0
        main.show_time()
        await pilot.pause()
        assert [line.split()[2:-1] for line in pane(pilot)[1:]] == [["done", "2h"], ["NaN", "2h"], ["stalled", "2h"]]


def thousands(count: int) -> StoreSnapshot:
    """So many runs in directories of a hundred."""
    runs = (run_summary(f"exp{i // 100}/run{i}", last_wall_time=NOW - 10.0 * i) for i in range(count))
    return of_runs(*runs)


async def test_of_many_runs_only_those_in_view_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    async with showing(thousands(1000), (160, 24), now=NOW) as (pilot, _):
        await pilot.press("tab")
        lines: list[int] = []
        monkeypatch.setattr(RunsPane, "_line_strip", counting(RunsPane._line_strip, lines))
        await pilot.press("end")
        assert 0 < len(set(lines)) <= 2 * 20 and max(lines) == 1009
        lines.clear()
        await pilot.press("up")
        assert sorted(set(lines)) == [1008, 1009]
        assert shown(pilot, "#runs").splitlines()[0] == " Runs 1000"


def counting(draw: Callable[..., object], lines: list[int]) -> Callable[..., object]:
    def drawn(self: RunsPane, index: int, width: int, *, on_cursor: bool) -> object:
        lines.append(index)
        return draw(self, index, width, on_cursor=on_cursor)

    return drawn


async def test_of_a_run_that_goes_on_only_its_last_line_is_kept() -> None:
    async with showing(of_runs(run_summary("a", points=1)), now=NOW) as (pilot, main):
        for points in range(2, 12):
            main.show(of_runs(run_summary("a", points=points)), READ)
            await pilot.pause()
            assert pane(pilot)[1].endswith(f" {points}")
        assert len(pilot.app.screen.query_one(RunsPane)._drawn) == 1


async def test_lines_are_made_anew_only_when_what_is_listed_changes() -> None:
    async with showing(thousands(300), now=NOW) as (pilot, main):
        made = pilot.app.screen.query_one(RunsPane)._listing.lines
        await pilot.press("s", "x", "tab", "down", "space", "b")
        main.show(thousands(300), READ)
        await pilot.pause()
        assert pilot.app.screen.query_one(RunsPane)._listing.lines is made
        main.selection = replace(main.selection, pinned_runs=("exp0/run7",))
        await pilot.pause()
        assert pilot.app.screen.query_one(RunsPane)._listing.lines[0].run == "exp0/run7"


async def test_long_names_keep_what_tells_them_apart() -> None:
    stem = "a_name_that_is_much_longer_than_the_pane_can_ever_be"
    snapshot = of_runs(*(f"exp/{stem}_{end}_{stem}" for end in "xyz"), "other/run")
    async with showing(snapshot, (100, 24), now=NOW) as (pilot, _):
        assert [line.split()[1][:4] for line in pane(pilot)[2:5]] == ["…x_a", "…y_a", "…z_a"]


async def test_where_the_last_pinned_run_goes_the_cursor_is_on_a_run_not_on_the_rule() -> None:
    async with showing(of_runs("a", "b", "c"), now=NOW) as (pilot, main):
        await pilot.press("tab", "home", "p", "down", "p")
        assert [line.split()[1] for line in pane(pilot)[1:] if "─" not in line] == ["a", "b", "c"]
        await pilot.press("home", "down")
        assert main.query_one(RunsPane).run == "b"
        main.show(of_runs("a", "c"), READ)
        await pilot.pause()
        assert main.query_one(RunsPane).run == "c"
