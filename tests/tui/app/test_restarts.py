"""Restarted runs and deleted files on the screen: what is hidden, that it is told, and the key that shows it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.color import Color
from rich.style import Style
from textual.pilot import Pilot

from logging_lib.tfevents.hparams import SessionStart
from tests import builders
from tests.builders import WALL_TIME
from tests.tui.app.screens import histogram, opened, shown, until
from tui.app.app import TbtuiApp
from tui.app.parts import noted, superseded_notes
from tui.app.theme import DARK
from tui.app.widgets.line_view import StripView

DONE = 900.0
STEPS = 10
BACK_TO = 6
RUN = "resumed"
PLOT_END = 38


def restarted(logdir: Path, run: str = RUN) -> Path:
    """A run of steps 0 to 9, killed, restarted from 6 for 3 steps, and from 6 once more, to 11.

    Each session's loss is by 1000 higher than the next one's, so that nothing superseded can be overlooked.
    """
    for number, (first, stop) in enumerate(((0, STEPS), (BACK_TO, BACK_TO + 3), (BACK_TO, STEPS + 2))):
        begun = WALL_TIME + 100 * number
        events = [builders.version_event(begun), builders.session_start(SessionStart({"lr": 0.5}))]
        for step in range(first, stop):
            values = [builders.scalar("loss", loss(number, step))]
            if step % 2 == 0:
                values.append(histogram("weight", step))
            events.append(builders.event(*values, step=step, wall_time=begun + step - first))
        name = f"events.out.tfevents.{begun:.0f}.host.{number}.0"
        builders.write(logdir / run / name, events)
    return logdir


def loss(session: int, step: int) -> float:
    return 1000.0 * (2 - session) * (step >= BACK_TO) + 64 - step


def title(pilot: Pilot[None], selector: str) -> str:
    return shown(pilot, selector).splitlines()[0]


def cells_of(pilot: Pilot[None], *, faint: bool) -> dict[int, list[int]]:
    """Where the run's curve has cells in the chart, plain or faint ones: row -> columns."""
    assert isinstance(pilot.app, TbtuiApp)
    runs, chart = pilot.app.shared.runs, pilot.app.query_one("#chart", StripView)
    colour = Color.parse(runs.faint(RUN, DARK) if faint else runs.colour(RUN))
    found: dict[int, list[int]] = {}
    for y in range(1, PLOT_END):
        column = 0
        for segment in chart.render_line(y):
            if segment.style is not None and segment.style.color == colour:
                found.setdefault(y, []).extend(column + at for at, cell in enumerate(segment.text) if cell != " ")
            column += len(segment.text)
    return found


async def test_superseded_points_count_nowhere(tmp_path: Path) -> None:
    async with opened(restarted(tmp_path), now=WALL_TIME + DONE) as pilot:
        row = shown(pilot, "#rows").splitlines()[1].split()
        assert row[-3:] == ["min", "53", "@11"]
        assert "53" in row[2:4]
        assert shown(pilot, "#runs").splitlines()[1].split()[-1] == "11"
        await pilot.press("2")
        await until(pilot, lambda: "±" in shown(pilot, "#histograms"))
        assert shown(pilot, "#histograms").splitlines()[1].split()[-1] == "10"
        await pilot.press("3")
        assert shown(pilot, "#hparams").splitlines()[-1].split()[-1] == "53"


async def test_the_last_and_extreme_values_are_of_current_points(tmp_path: Path) -> None:
    sessions = (("1.0", [5.0, 1.0, 0.0, 9.0]), ("2.0", [3.0]))
    for number, (name, values) in enumerate(sessions):
        points = [
            builders.scalar_event("loss", number + step, value, WALL_TIME + 100 * number + step)
            for step, value in enumerate(values)
        ]
        builders.write(tmp_path / f"events.out.tfevents.{WALL_TIME + number:.0f}.host.{name}", points)
    async with opened(tmp_path, now=WALL_TIME + DONE) as pilot:
        assert shown(pilot, "#rows").splitlines()[1].split()[-3:] == ["min", "3", "@1"]


async def test_a_key_shows_superseded_points_faint(tmp_path: Path) -> None:
    async with opened(restarted(tmp_path), now=WALL_TIME + DONE) as pilot:
        await pilot.press("enter", "s")
        assert "restarted: 7 superseded points hidden, r shows them" in title(pilot, "#chart")
        assert "64" in shown(pilot, "#chart") and "1k" not in shown(pilot, "#chart")
        current = cells_of(pilot, faint=False)
        assert cells_of(pilot, faint=True) == {}
        await pilot.press("r")
        assert "restarted: 7 superseded points shown faint, r hides them" in title(pilot, "#chart")
        assert "+superseded" in shown(pilot, "TabBar")
        one, two = cells_of(pilot, faint=True).values()
        columns = sorted({column for row in cells_of(pilot, faint=False).values() for column in row})
        # Two levels, far apart on this axis, and no line between them or to the curve at the bottom.
        scale = (STEPS + 1) / (columns[-1] - columns[0])
        assert [(at - columns[0]) * scale for at in (one[0], one[-1])] == pytest.approx([6, 9], abs=0.2)
        assert [(at - columns[0]) * scale for at in (two[0], two[-1])] == pytest.approx([6, 8], abs=0.2)
        assert "2k" in shown(pilot, "#chart")
        await pilot.press("r")
        assert cells_of(pilot, faint=True) == {}
        assert cells_of(pilot, faint=False) == current
        assert "+superseded" not in shown(pilot, "TabBar")


async def test_the_cursor_stays_on_current_points(tmp_path: Path) -> None:
    async with opened(restarted(tmp_path), now=WALL_TIME + DONE) as pilot:
        await pilot.press("enter", "s", "r", "right")
        read = []
        for _ in range(STEPS + 2):
            read.append(shown(pilot, "#chart").splitlines()[-1].split()[2:4])
            await pilot.press("left")
        assert read == [[str(64 - step), str(step)] for step in reversed(range(STEPS + 2))]


async def test_nothing_is_said_of_runs_that_were_not_restarted(tmp_path: Path) -> None:
    events = [builders.event(builders.scalar("loss", 1.0), histogram("weight", 0), step=step) for step in range(3)]
    builders.write(tmp_path / builders.FILE_NAME, events)
    async with opened(tmp_path) as pilot:
        await pilot.press("enter")
        before = title(pilot, "#chart")
        await pilot.press("r")
        assert "superseded" not in before and title(pilot, "#chart") == before
        await pilot.press("2", "enter")
        assert "superseded" not in title(pilot, "#histogram")


async def test_hidden_runs_are_not_counted(tmp_path: Path) -> None:
    restarted(tmp_path, "a")
    restarted(tmp_path, "b")
    async with opened(tmp_path, now=WALL_TIME + DONE) as pilot:
        await pilot.press("enter")
        assert "14 superseded points" in title(pilot, "#chart")
        await pilot.press("o")
        assert " 7 superseded points" in title(pilot, "#chart")


async def test_superseded_histograms_are_shown_in_brackets(tmp_path: Path) -> None:
    async with opened(restarted(tmp_path), now=WALL_TIME + DONE) as pilot:
        await pilot.press("2", "enter")
        await until(pilot, lambda: "±" in shown(pilot, "#histogram").splitlines()[-1])
        assert "step 10  (6 of 6)" in title(pilot, "#histogram")
        assert "4 superseded steps hidden, r shows" in title(pilot, "#histogram")
        assert "(6)" not in shown(pilot, "#histogram")
        await pilot.press("r")
        await until(pilot, lambda: shown(pilot, "#histogram").count("(6)") == 2)
        assert "step 10  (10 of 10)" in title(pilot, "#histogram")
        assert "4 superseded steps in brackets, r hides" in title(pilot, "#histogram")
        assert shown(pilot, "#histogram").count("(8)") == 2
        # 0 2 4 (6) (6) 6 (8) (8) 8 10
        await pilot.press(*["left"] * 3)
        await until(pilot, lambda: "step 8 superseded  (7 of 10)" in title(pilot, "#histogram"))
        await pilot.press("r")
        await until(pilot, lambda: "step 8  (5 of 6)" in title(pilot, "#histogram"))
        await pilot.press("left", "left", "r")
        await until(pilot, lambda: "step 4  (3 of 10)" in title(pilot, "#histogram"))


async def test_a_restart_is_seen_as_it_happens(tmp_path: Path) -> None:
    first = [builders.scalar_event("loss", step, 64.0 - step, WALL_TIME + step) for step in range(STEPS)]
    builders.write(tmp_path / builders.FILE_NAME, first)
    async with opened(tmp_path, now=WALL_TIME + DONE) as pilot:
        await pilot.press("enter", "s")
        assert shown(pilot, "#chart").splitlines()[-1].split()[2:4] == ["55", "9"]
        again = builders.scalar_event("loss", 4, 7.0, WALL_TIME + 100)
        builders.write(tmp_path / f"events.out.tfevents.{WALL_TIME + 100:.0f}.host.2.0", [again])
        await until(pilot, lambda: "6 superseded" in title(pilot, "#chart"))
        assert shown(pilot, "#chart").splitlines()[-1].split()[2:4] == ["7", "4"]


def states(pilot: Pilot[None]) -> dict[str, list[str]]:
    """By run: its mark and its state. The mark comes when its data has been judged, on another thread."""
    return {line.split()[1]: line.split()[2:4] for line in shown(pilot, "#runs").splitlines()[1:]}


async def test_a_run_whose_files_are_deleted_is_marked_and_stays(tmp_path: Path) -> None:
    restarted(tmp_path, "gone")
    restarted(tmp_path, "kept")
    async with opened(tmp_path, now=WALL_TIME + DONE) as pilot:
        assert isinstance(pilot.app, TbtuiApp)
        assert "deleted" not in shown(pilot, "#runs") + shown(pilot, "Header")
        shutil.rmtree(tmp_path / "gone")
        next(iter((tmp_path / "kept").iterdir())).unlink()
        await until(pilot, lambda: "□ 1 deleted" in shown(pilot, "Header"))
        await until(pilot, lambda: "5 problems" in shown(pilot, "Header"))
        await until(pilot, lambda: states(pilot) == {"gone": ["✗", "deleted"], "kept": ["✗", "stalled"]})
        assert "53" in shown(pilot, "#rows")


async def test_a_deleted_run_that_comes_back_is_as_before(tmp_path: Path) -> None:
    restarted(tmp_path / "logs")
    async with opened(tmp_path / "logs", now=WALL_TIME + DONE) as pilot:
        shutil.copytree(tmp_path / "logs", tmp_path / "copy")
        shutil.rmtree(tmp_path / "logs" / "resumed")
        await until(pilot, lambda: "deleted" in shown(pilot, "#runs"))
        shutil.copytree(tmp_path / "copy" / "resumed", tmp_path / "logs" / "resumed")
        await until(pilot, lambda: "deleted" not in shown(pilot, "#runs"))
        await until(pilot, lambda: "! 1 problem  ◌ 1 stalled" in shown(pilot, "Header"))  # the silence alone


TITLE = [(" loss", Style()), ("  1 of 4", Style())]
RIGHT = [("  2 runs ", Style())]


@pytest.mark.parametrize(
    ("cells", "notes", "text"),
    [
        (30, [], " loss  1 of 4          2 runs "),
        (36, ["a long note", "note"], " loss  1 of 4  a long note   2 runs "),
        (29, ["a long note", "note"], " loss  1 of 4  note   2 runs "),
        (22, ["a long note", "note"], " loss   note   2 runs "),
        (18, ["a long note", "note"], " loss        note "),
        (12, ["a long note", "note"], " loss  note "),
        (9, ["a long note", "note"], " loss    "),
    ],
)
def test_a_title_with_a_note_gives_way_in_order(cells: int, notes: Sequence[str], text: str) -> None:
    assert noted(TITLE, notes, RIGHT, cells, 5, DARK).text == text


def test_notes() -> None:
    assert superseded_notes(0, "point", "faint", shown=True) == []
    assert superseded_notes(1, "point", "faint", shown=False) == [
        "restarted: 1 superseded point hidden, r shows them",
        "1 superseded point hidden, r shows",
        "1 superseded: r",
    ]
    assert superseded_notes(12_400, "step", "in brackets", shown=True) == [
        "restarted: 12.4k superseded steps in brackets, r hides them",
        "12.4k superseded steps in brackets, r hides",
        "12.4k superseded: r",
    ]
