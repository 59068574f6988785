"""The rows density: what a line tells, groups, runs, filters."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import builders
from tests.builders import WALL_TIME, scalar_event
from tests.tui.app.screens import opened, shown, training, until
from tui.analysis.statistics import Trend
from tui.app.widgets.scalar_rows import trend_text


def words(line: str) -> list[str]:
    """A line in words, without the mark of what was found at its tag."""
    return line.lstrip("✗!").split()


def line_with(text: str, start: str) -> str:
    """The one line that starts with a word, whatever its mark."""
    (line,) = [line for line in text.splitlines() if words(line)[:1] == [start]]
    return line.lstrip("✗!")


async def test_a_row_tells_last_value_trend_extreme_and_best_run(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("tab", "home", "up", "up", "tab")
        rows = shown(pilot, "#rows")
        assert [words(line)[0] for line in rows.splitlines()] == ["Tags", "Accuracy", "Loss", "train", "val"]
        assert [line[:2] for line in rows.splitlines()[1:]] == ["  ", " L", "✗ ", "  "]  # the NaN of the run `bad`
        train = line_with(rows, "train").split()
        assert train[-6:-3] == ["min", "0.01562", "@99"]
        assert train[-3:] == ["★", "adam", "0.01562"]
        assert "0.01562" in train[3:5] and "↓" in train
        accuracy = line_with(rows, "Accuracy").split()
        assert accuracy[-3:] == ["★", "adam", "0.7734"] and "↑" in accuracy


async def test_rows_show_the_run_under_the_cursor_of_the_runs_pane(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("tab", "up", "up", "up")
        assert "adam" in shown(pilot, "#rows").splitlines()[0]
        await pilot.press("down")
        assert "bad" in shown(pilot, "#rows").splitlines()[0]
        train = line_with(shown(pilot, "#rows"), "train")
        assert "NaN" in train and "×" in train and "★ adam" in train


async def test_space_opens_a_tag_into_its_runs_and_left_closes_it(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("space")
        lines = shown(pilot, "#rows").splitlines()
        assert [line.split()[0] for line in lines[1:5]] == ["Accuracy", "adam", "bad", "sgd"]
        assert "★" in lines[2] and "★" not in lines[3] and "★" not in lines[4]
        await pilot.press("left")
        assert len(shown(pilot, "#rows").splitlines()) == len(lines) - 3
        await pilot.press("right", "down", "left")
        assert len(shown(pilot, "#rows").splitlines()) == len(lines) - 3


async def test_a_group_folds(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("down", "enter")
        assert shown(pilot, "#rows").splitlines()[-1].startswith("▸Loss 2 tags ─")
        await pilot.press("right")
        assert "train" in shown(pilot, "#rows")


async def test_hidden_runs_are_not_shown(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("tab", "home", "up", "up", "space")
        assert shown(pilot, "#runs").splitlines()[0].split() == ["Runs", "2/3"]
        assert "○ adam" in shown(pilot, "#runs")
        assert "★ adam" not in shown(pilot, "#rows")
        await pilot.press("o")
        assert shown(pilot, "#runs").splitlines()[0].split() == ["Runs", "1/3"]
        await pilot.press("o")
        assert shown(pilot, "#runs").splitlines()[0].split() == ["Runs", "3"]
        await pilot.press("a")
        assert "every run is hidden" in shown(pilot, "#rows")
        await pilot.press("a")
        assert "train" in shown(pilot, "#rows")


async def test_a_filter_works_while_it_is_typed(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("slash", "t", "r")
        rows = shown(pilot, "#rows").splitlines()
        assert rows[0].split()[:3] == ["Tags", "1/3", "/tr"]
        assert [words(line)[0] for line in rows[1:]] == ["Loss", "train"]
        await pilot.press("enter", "down")
        assert "/tr" in shown(pilot, "#rows")
        await pilot.press("slash", "escape")
        assert "Accuracy" in shown(pilot, "#rows")


async def test_after_a_filter_enter_opens_the_first_tag_that_matches(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("slash", *"val", "enter", "enter")
        assert shown(pilot, "#chart").split()[0] == "Loss/val"


async def test_the_focus_stays_when_another_run_logs_later(tmp_path: Path) -> None:
    training(tmp_path)
    async with opened(tmp_path) as pilot:
        focused = shown(pilot, "#rows").splitlines()[0]
        for step, run in enumerate(("adam", "sgd", "bad"), 200):
            event = scalar_event("Loss/train", step, 0.5, wall_time=WALL_TIME + step)
            builders.append(tmp_path / run / builders.FILE_NAME, [event])
            await until(pilot, lambda run=run, step=step: f" {step}" in line_with_run(shown(pilot, "#runs"), run))
            assert shown(pilot, "#rows").splitlines()[0] == focused


def line_with_run(text: str, run: str) -> str:
    """A run's line in the runs pane."""
    return next(line for line in text.splitlines() if f" {run} " in line)


async def test_a_filter_has_smart_case_and_takes_a_bad_regex_literally(tmp_path: Path) -> None:
    events = [scalar_event("a[b", 0, 1.0), scalar_event("ab", 0, 1.0), scalar_event("AB", 0, 1.0)]
    builders.write(tmp_path / builders.FILE_NAME, events)
    async with opened(tmp_path) as pilot:
        await pilot.press("slash", "A")
        assert [line.split()[0] for line in shown(pilot, "#rows").splitlines()[1:]] == ["AB"]
        await pilot.press("backspace", "a", "left_square_bracket")
        rows = shown(pilot, "#rows").splitlines()
        assert "not a regex: literal" in rows[0]
        assert [line.split()[0] for line in rows[1:]] == ["a[b"]
        await pilot.press("z")
        assert "no tag matches /a[z" in shown(pilot, "#rows")


async def test_the_runs_filter_narrows_what_is_drawn(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("tab", "slash", "s", "g", "d", "enter")
        assert shown(pilot, "#runs").splitlines()[0].split()[:3] == ["Runs", "1/3", "/sgd"]
        assert "★" not in shown(pilot, "#rows")
        assert pilot.app.focused is pilot.app.query_one("#runs")


async def test_names_from_files_cannot_reach_the_terminal(tmp_path: Path) -> None:
    evil = "x\x1b[2J\x9b31m\u202ey"
    builders.write(tmp_path / "run\x1b]0;title\x07" / builders.FILE_NAME, [scalar_event(evil, 0, 1.0)] * 3)
    async with opened(tmp_path) as pilot:
        await pilot.press("enter")
        text = shown(pilot, "#runs") + shown(pilot, "#rows") + shown(pilot, "#chart")
        assert not set(text) & {"\x1b", "\x9b", "\x07", "\u202e"}
        assert r"x\x1b[2J\x9b31m\u202ey" in text


async def test_new_points_tags_and_runs_appear(tmp_path: Path) -> None:
    training(tmp_path)
    async with opened(tmp_path) as pilot:
        builders.append(tmp_path / "sgd" / builders.FILE_NAME, [scalar_event("Loss/train", 200, -7.5)])
        await until(pilot, lambda: "-7.5" in shown(pilot, "#rows"))
        builders.append(tmp_path / "sgd" / builders.FILE_NAME, [scalar_event("Zeta", 200, 1.0)])
        await until(pilot, lambda: "Zeta" in shown(pilot, "#rows"))
        builders.write(tmp_path / "later" / builders.FILE_NAME, [scalar_event("Loss/train", 0, -9.25)])
        await until(pilot, lambda: "later" in shown(pilot, "#runs"))
        await until(pilot, lambda: "★ later" in shown(pilot, "#rows"))


async def test_an_empty_directory_says_that_it_waits(tmp_path: Path) -> None:
    async with opened(tmp_path) as pilot:
        assert f"no event files under {tmp_path} yet, watching…" in shown(pilot, "#rows")
        builders.write(tmp_path / "run" / builders.FILE_NAME, [scalar_event("loss", 0, 1.0)])
        await until(pilot, lambda: "loss" in shown(pilot, "#rows"))


async def test_damage_is_listed_and_the_rest_is_shown(tmp_path: Path) -> None:
    path = builders.write(tmp_path / builders.FILE_NAME, builders.points("loss", range(3)))
    data = bytearray(path.read_bytes())
    data[-6] ^= 1
    path.write_bytes(data)
    async with opened(tmp_path) as pilot:
        assert "! 2 problems " in shown(pilot, "Header")  # the run is silent, too
        assert "loss" in shown(pilot, "#rows")
        await pilot.press("2")
        problems = shown(pilot, "#problems")
        assert path.name in problems and "CRC" in problems and "at byte" in problems


@pytest.mark.parametrize("content", [b"\0" * 100, b"no event file at all, but called one"])
async def test_only_damaged_files(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "run" / builders.FILE_NAME
    path.parent.mkdir()
    path.write_bytes(content)
    async with opened(tmp_path) as pilot:
        assert "1 problem " in shown(pilot, "Header")
        assert "nothing readable yet" in shown(pilot, "#rows")


async def test_a_tag_without_a_name_can_be_opened(tmp_path: Path) -> None:
    builders.write(tmp_path / builders.FILE_NAME, [scalar_event("", step, 1.5) for step in range(3)])
    async with opened(tmp_path) as pilot:
        assert line_with(shown(pilot, "#rows"), "(no").split()[:2] == ["(no", "name)"]
        await pilot.press("space", "enter")
        assert "1.5" in shown(pilot, "#chart")
        await pilot.press("escape")
        assert pilot.app.query_one("#rows").has_focus


@pytest.mark.parametrize(
    ("trend", "text"),
    [
        (None, ""),
        (Trend(0.5, "flat"), "→      "),
        (Trend(0.0021, "up"), "↑  0.2%"),
        (Trend(-0.11, "down"), "↓   11%"),
        (Trend(-1.0, "down"), "↓  100%"),
        (Trend(1e9, "up"), "↑ >999%"),
    ],
)
def test_arrows_stand_below_each_other(trend: Trend | None, text: str) -> None:
    assert trend_text(trend) == text
