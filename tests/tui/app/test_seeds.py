"""Seeds drawn as one: the prompt for how to group them, what every view then shows, and bands in the chart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from logging_lib.tfevents.hparams import SessionStart
from tests import builders
from tests.builders import WALL_TIME, scalar_event
from tests.tui.app.screens import opened, shown, until
from tests.tui.app.test_scalar_table import heading, main, rows
from tui.app.catalog import focused_run
from tui.app.choices import Spread
from tui.app.widgets import scalar_rows
from tui.app.widgets.filter_line import FilterLine


def seeds(logdir: Path, *, hparams: bool = False) -> Path:
    """Two learning rates, three seeds each, and one that is alone; a seed ends early, another in NaN."""
    for lr in (0.5, 1.0, 2.0):
        for seed in range(3 if lr < 2 else 1):
            events = [builders.version_event()]
            if hparams:
                events.append(builders.session_start(SessionStart({"lr": lr, "bs": 8, "seed": seed})))
            for step in range(40 if seed != 1 else 20):
                value = float("nan") if (lr, seed) == (1.0, 2) and step >= 10 else lr + seed - step / 64
                events.append(scalar_event("Loss/train", step, value, WALL_TIME + step))
            builders.write(logdir / f"lr_{lr}" / f"seed{seed}" / builders.FILE_NAME, events)
    return logdir


def prompt(pilot: Pilot[None]) -> tuple[str, str]:
    """What is typed in the line for groups, and what it says of it."""
    line = pilot.app.screen.query_one(FilterLine)
    assert line.pane == "groups"
    return line.query_one("Input").value, str(line.query_one(".note").render())


async def test_a_groups_seeds_by_their_names_and_enter_keeps_that(tmp_path: Path) -> None:
    async with opened(seeds(tmp_path)) as pilot:
        await pilot.press("A")
        assert prompt(pilot) == (r"^(.*?)[/_-]?seed[=_-]?\d+(.*)$", "2 groups of 6 runs")
        await pilot.press("enter")
        assert pilot.app.screen.query_one(FilterLine).pane is None
        assert list(main(pilot).snapshot.runs) == ["lr_0.5", "lr_1.0", "lr_2.0/seed0"]
        assert "lr_0.5" in shown(pilot, "#runs") and "lr_0.5/seed0" not in shown(pilot, "#runs")
        assert "7 runs" in shown(pilot, "Header")
        assert pilot.app.focused is main(pilot).page


async def test_a_groups_by_equal_hparams_where_there_are_any(tmp_path: Path) -> None:
    async with opened(seeds(tmp_path, hparams=True)) as pilot:
        await pilot.press("A")
        assert prompt(pilot) == ("", "2 groups of 6 runs with equal hparams")
        assert list(main(pilot).snapshot.runs) == ["lr=0.5", "lr=1", "lr_2.0/seed0"]


async def test_what_is_typed_groups_at_once_and_a_bad_regex_says_so(tmp_path: Path) -> None:
    async with opened(seeds(tmp_path)) as pilot:
        await pilot.press("A", "ctrl+u", *r"(seed\d)")
        assert prompt(pilot)[1] == "3 groups of 7 runs"
        assert list(main(pilot).snapshot.runs) == ["seed0", "seed1", "seed2"]
        await pilot.press("left_parenthesis")
        assert prompt(pilot)[1] == "not a regex"
        assert main(pilot).snapshot is main(pilot).read
        await pilot.press("backspace", "x")
        assert prompt(pilot)[1] == "puts no runs together"
        await pilot.press("enter")
        assert main(pilot).selection.aggregation is None


async def test_esc_takes_the_groups_away(tmp_path: Path) -> None:
    async with opened(seeds(tmp_path)) as pilot:
        await pilot.press("tab", "A", "enter", "A")
        assert prompt(pilot)[0].startswith("^")
        await pilot.press("escape")
        assert main(pilot).selection.aggregation is None
        assert len(main(pilot).snapshot.runs) == 7
        assert pilot.app.focused is pilot.app.screen.query_one("#runs")


async def test_the_focus_goes_from_a_run_to_its_group_and_back(tmp_path: Path) -> None:
    async with opened(seeds(tmp_path)) as pilot:
        main(pilot).selection = replace(main(pilot).selection, focused_run="lr_1.0/seed1")
        await pilot.press("A", "enter")
        assert focused_run(main(pilot).snapshot, main(pilot).selection) == "lr_1.0"
        await pilot.press("A", "escape")
        assert focused_run(main(pilot).snapshot, main(pilot).selection) == "lr_1.0/seed1"


async def test_an_empty_pattern_means_equal_hparams(tmp_path: Path) -> None:
    async with opened(seeds(tmp_path)) as pilot:
        await pilot.press("A", "ctrl+u")
        assert prompt(pilot)[1].startswith("no equal hparams")
        await pilot.press("enter")
        assert main(pilot).selection.aggregation is None


async def test_the_table_has_means_and_tells_of_how_many(tmp_path: Path) -> None:
    async with opened(seeds(tmp_path)) as pilot:
        await pilot.press("A", "enter", "v", "right", "home", "up", "up", "right")
        found = rows(pilot)
        assert {run: words[:2] for run, words in found.items()} == {
            "lr_0.5": ["×3", "0.8906"],
            "lr_1.0": ["×3", "★"],
            "lr_2.0/seed0": ["1.391"],
        }
        assert "mean of 2 of 3 runs on common steps" in heading(pilot)[1]
        await pilot.press("left")
        assert heading(pilot)[1].strip() == "lr_0.5: mean of 3 runs: lr_0.5/seed0, lr_0.5/seed1, lr_0.5/seed2"


async def test_the_chart_draws_a_band_and_its_table_has_bounds_and_n(tmp_path: Path) -> None:
    async with opened(seeds(tmp_path)) as pilot:
        await pilot.press("A", "enter", "s", "enter", "home")
        chart = shown(pilot, "#chart")
        assert "⠡⠡⠡" in chart
        assert "mean of up to 3 runs on common steps" in chart.splitlines()[0]
        row = next(line.split() for line in chart.splitlines() if " lr_0.5 " in line)
        assert row[1:7] == ["lr_0.5", "1.5", "0.5", "…", "2.5", "3"]
        await pilot.press("B")
        assert main(pilot).selection.aggregation.spread is Spread.STD
        row = next(line.split() for line in shown(pilot, "#chart").splitlines() if " lr_0.5 " in line)
        assert row[1:7] == ["lr_0.5", "1.5", "0.5", "…", "2.5", "3"]
        await pilot.press("end")
        row = next(line.split() for line in shown(pilot, "#chart").splitlines() if " lr_0.5 " in line)
        assert row[2:7] == ["0.8906", "-0.5236", "…", "2.305", "2"]
        # The seed that went NaN is marked where it did, once.
        assert shown(pilot, "#chart").count("×") == 1


async def test_of_very_many_runs_the_best_group_of_each_tag_follows_tag_by_tag(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scalar_rows, "_MANY_MEMBERS", 1)
    for name in ("acc", "err", "f1"):
        for run, value in (("a-1", 1.0), ("a-2", 3.0), ("b-1", 5.0), ("b-2", 7.0)):
            builders.write(tmp_path / run / f"{builders.FILE_NAME}.{name}", [scalar_event(name, 0, value)])
    async with opened(tmp_path) as pilot:
        await pilot.press("A", "enter")
        await until(pilot, lambda: shown(pilot, "#rows").count("★") == 3)
        lines = {
            line.split()[0]: line.split("★")[1].split() for line in shown(pilot, "#rows").splitlines() if "★" in line
        }
        assert lines == {"acc": ["b", "6"], "err": ["a", "2"], "f1": ["b", "6"]}


async def test_hidden_runs_take_no_part_and_can_be_shown_again(tmp_path: Path) -> None:
    async with opened(seeds(tmp_path)) as pilot:
        main(pilot).selection = replace(main(pilot).selection, hidden=frozenset({"lr_0.5/seed0", "lr_1.0/seed0"}))
        await pilot.press("A", "enter")
        assert "lr_0.5/seed0" in main(pilot).snapshot.runs
        await pilot.press("a")
        assert list(main(pilot).snapshot.runs) == ["lr_0.5", "lr_1.0", "lr_2.0/seed0"]


async def test_other_tabs_have_all_runs(tmp_path: Path) -> None:
    async with opened(seeds(tmp_path, hparams=True)) as pilot:
        await pilot.press("A", "enter", "2")
        assert len(main(pilot).snapshot.runs) == 7
        assert "lr_1.0/seed2" in shown(pilot, "#hparams")
        await pilot.press("1")
        assert len(main(pilot).snapshot.runs) == 3


async def test_new_points_reach_the_means(tmp_path: Path) -> None:
    async with opened(seeds(tmp_path)) as pilot:
        await pilot.press("A", "enter", "v")
        for seed in range(3):
            path = tmp_path / "lr_0.5" / f"seed{seed}" / builders.FILE_NAME
            builders.append(path, [scalar_event("Loss/train", 50, -8.0 - seed, WALL_TIME + 50)])
        await until(pilot, lambda: rows(pilot)["lr_0.5"][:3] == ["×3", "★", "-9"])
        builders.write(tmp_path / "lr_2.0" / "seed1" / builders.FILE_NAME, [scalar_event("Loss/train", 0, 1.0)])
        await until(pilot, lambda: "lr_2.0" in main(pilot).snapshot.runs)


@pytest.mark.parametrize("key", ["g", "v", "down", "G", "o", "b", "S", "s", "y", "x", "f", "O", "w", "a"])
async def test_every_view_shows_groups(tmp_path: Path, key: str) -> None:
    async with opened(seeds(tmp_path)) as pilot:
        await pilot.press("A", "enter", key, key, "tab", key, key)
        assert "lr_0.5" in shown(pilot, "#runs")


async def test_groups_that_give_way_to_others_are_drawn_to_the_end(tmp_path: Path) -> None:
    """The runs pane is told of the new focus before it has the new snapshot."""
    async with opened(seeds(tmp_path, hparams=True), size=(120, 36)) as pilot:
        await pilot.press("A", "l", "r", "_", "0")
        assert list(main(pilot).snapshot.runs)[:1] == ["lr_0"]
        await pilot.press(*r".5")
        assert "lr_0.5" in shown(pilot, "#runs")


async def test_grouped_the_baselines_group_is_the_baseline_in_every_view(tmp_path: Path) -> None:
    async with opened(seeds(tmp_path)) as pilot:
        main(pilot).selection = replace(main(pilot).selection, baseline="lr_0.5/seed0", focused_run="lr_1.0/seed0")
        await pilot.press("A", "enter")
        assert "Δ to lr_0.5" in shown(pilot, "#rows")
        assert "Δ" in next(line for line in shown(pilot, "#runs").splitlines() if "lr_0.5" in line)
        await pilot.press("v")
        assert rows(pilot)["lr_0.5"][-1] == "base"
        await pilot.press("v", "enter")
        group = next(line for line in shown(pilot, "#chart").splitlines() if "lr_0.5 " in line)
        assert "baseline" in group.split()
        await pilot.press("escape")
        main(pilot).selection = replace(main(pilot).selection, baseline="nowhere")
        await pilot.press("enter")
        assert "baseline" not in shown(pilot, "#chart")
