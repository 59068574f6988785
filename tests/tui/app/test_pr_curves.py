"""The PR curves tab: what a curve comes to, the list, the chart with its cursor and mark, the table, keys and mouse."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from textual import events
from textual.pilot import Pilot

from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tests.builders import WALL_TIME
from tests.tui.app.screens import opened, screen, shown, until
from tui.app import blobs, pr_curves
from tui.app.app import TbtuiApp
from tui.app.pr_curves import (
    PrFacts,
    nearest_threshold,
    next_place,
    place_of,
    plane_of,
    pr_facts,
    read_pr_facts,
    read_pr_outline,
)
from tui.app.selection import Selection
from tui.app.widgets import pr_curve_full
from tui.app.widgets.pr_curve_full import PrCurveFull
from tui.model import BlobRef
from tui.reader.payload import PayloadError, PrCurve
from tui.render.chart import PlotArea
from tui.render.window import Window

NAN = math.nan
Rows = list[list[float]]
# At thresholds 0, 0.25, 0.5, 0.75, 1: true and false positives, true and false negatives, precision, recall.
GOOD: Rows = [
    [4, 4, 3, 2, 0],
    [4, 1, 0, 0, 0],
    [0, 3, 4, 4, 4],
    [0, 0, 1, 2, 4],
    [0.5, 0.8, 1, 1, 0],
    [1, 1, 0.75, 0.5, 0],
]
POOR: Rows = [
    [4, 3, 2, 1, 0],
    [4, 3, 2, 1, 0],
    [0, 1, 2, 3, 4],
    [0, 1, 2, 3, 4],
    [0.5, 0.5, 0.5, 0.5, 0],
    [1, 0.75, 0.5, 0.25, 0],
]
# Two thresholds less.
COARSE: Rows = [[4, 2, 0], [4, 0, 0], [0, 4, 4], [0, 2, 4], [0.5, 1, 0], [1, 0.5, 0]]
EVENTS = "events.out.tfevents.1700000000.host.1.0"
UNIT = Window(0.0, 1.0, 0.0, 1.0)
AREA = PlotArea(0, 0, 100, 50)


def curve(rows: Rows) -> PrCurve:
    array = np.array(rows, np.float64)
    return PrCurve(np.linspace(0, 1, array.shape[1]), *array)


def facts(rows: Rows) -> PrFacts:
    return pr_facts(curve(rows))


def value(tag: str, rows: Rows) -> builders.Value:
    return builders.tensor(tag, to_tensor_proto(np.array(rows, np.float32)), plugin="pr_curves")


def evaluated(logdir: Path) -> Path:
    """Three runs of two tags; that of `coarse` and the second step of `good` differ from the others."""
    for run, rows in (("coarse", COARSE), ("good", GOOD), ("poor", POOR)):
        items = [builders.version_event()]
        for step in (0, 10, 20):
            now = POOR if run == "good" and step < 20 else rows
            at = WALL_TIME + step + (run == "good")
            items.append(builders.event(value("val/cat", now), value("val/dog", rows), step=step, wall_time=at))
        builders.write(logdir / run / EVENTS, items)
    return logdir


def selection(pilot: Pilot[None]) -> Selection:
    assert isinstance(pilot.app, TbtuiApp)
    return pilot.app.main.selection


def full(pilot: Pilot[None]) -> PrCurveFull:
    return pilot.app.screen.query_one(PrCurveFull)


def table(pilot: Pilot[None]) -> list[list[str]]:
    """The rows of the table below the chart, in words; the first is the heading."""
    lines = shown(pilot, "#pr_curve").splitlines()
    start = next(at for at, line in enumerate(lines) if line.split()[:2] == ["run", "AP"])
    return [line.split() for line in lines[start:] if line.strip()]


def heading(pilot: Pilot[None]) -> str:
    return shown(pilot, "#pr_curve").splitlines()[0]


async def is_drawn(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: " AP " in shown(pilot, "#pr_curve") and "reading" not in shown(pilot, "#pr_curve"))


async def open_curves(pilot: Pilot[None]) -> None:
    await pilot.press("2", "enter")
    await is_drawn(pilot)


# What a curve comes to


def test_facts() -> None:
    found = facts(GOOD)
    assert found.on_curve.tolist() == [True, True, True, True, False]
    assert found.area == pytest.approx(0.25 * 0.8 + 0.25 * 1 + 0.5 * 1)
    assert (found.best, found.f1[1]) == (1, pytest.approx(2 * 0.8 / 1.8))
    assert math.isnan(found.precision[4])
    assert [found.at(threshold) for threshold in (None, 0.0, 0.3, 0.4, 1.0)] == [1, 0, 1, 2, 4]


def test_facts_of_a_curve_without_a_point() -> None:
    found = facts([[0, 0], [0, 0], [1, 1], [1, 1], [NAN, NAN], [NAN, NAN]])
    assert (found.best, found.at(None), found.at(1.0)) == (None, 0, 1)
    assert math.isnan(found.area)
    assert plane_of([found]) == UNIT


def test_too_many_thresholds_are_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pr_curves, "MOST_THRESHOLDS", 4)
    monkeypatch.setattr(pr_curves, "read_pr_curve", lambda ref: curve(GOOD))
    with pytest.raises(PayloadError, match=r"^5 thresholds: at most 4 are drawn$"):
        read_pr_facts(BlobRef("events", 0, 1, 0))


def test_the_outline_of_a_long_curve(monkeypatch: pytest.MonkeyPatch) -> None:
    n = 1000
    falling = np.linspace(1, 0.001, n)
    rows = [falling, falling, falling, falling, np.full(n, 0.5), falling]
    monkeypatch.setattr(pr_curves, "read_pr_curve", lambda ref: PrCurve(np.linspace(0, 1, n), *rows))
    found = read_pr_outline(BlobRef("events", 0, 1, 0))
    assert (len(found.recall), found.recall[0], found.recall[-1]) == (128, 0.001, 1)
    assert (np.diff(found.recall) > 0).all()
    assert found.area == pytest.approx(0.5)
    assert found.best == pytest.approx((2 / 3, 0))


def test_the_outline_of_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = curve([[0, 0], [0, 0], [1, 1], [1, 1], [NAN, NAN], [NAN, NAN]])
    monkeypatch.setattr(pr_curves, "read_pr_curve", lambda ref: nothing)
    found = read_pr_outline(BlobRef("events", 0, 1, 0))
    assert (len(found.recall), found.best) == (0, None)


def test_ratios_past_1_are_in_view_and_absurd_ones_are_not() -> None:
    beyond: Rows = [*GOOD[:4], [0.5, 1.5, -2, 1, 0], [1, 1, 1e300, 0.5, 0]]
    assert plane_of([facts(GOOD), facts(beyond)]) == Window(0.0, 1000.0, -2.0, 1.5)


def test_the_cursor_stops_at_places_that_are_seen_to_differ() -> None:
    found = facts(GOOD)
    assert [next_place(found, at, UNIT, AREA, back=False) for at in range(5)] == [1, 2, 3, 3, 4]
    assert [next_place(found, at, UNIT, AREA, back=True) for at in range(5)] == [0, 0, 1, 2, 3]
    # In a window of one cell no two places differ: it goes to the end.
    assert next_place(found, 0, UNIT, PlotArea(0, 0, 1, 1), back=False) == 3


def test_the_nearest_point_of_any_curve() -> None:
    curves = [facts(GOOD), facts(POOR)]
    assert nearest_threshold(curves, 99, 10, UNIT, AREA) == 0.25  # of GOOD: recall 1, precision 0.8
    assert nearest_threshold(curves, 24, 25, UNIT, AREA) == 0.75  # of POOR: recall 0.25, precision 0.5
    assert nearest_threshold([], 0, 0, UNIT, AREA) is None


def test_places_of_cells() -> None:
    recall, precision = place_of(50, 0, UNIT, AREA)
    assert recall == pytest.approx(0.505, abs=0.001)
    assert precision == pytest.approx(0.99)


# The list


async def test_the_list_says_what_each_curve_comes_to(tmp_path: Path) -> None:
    async with opened(evaluated(tmp_path), size=(120, 24)) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: "0.95" in shown(pilot, "#pr_curves"))
        head, _, cat, dog = (line.split() for line in shown(pilot, "#pr_curves").splitlines())
        assert head == ["Tags", "2", "AP", "best", "F1", "@", "threshold", "entries", "step"]
        assert cat[0] == "cat"
        assert cat[-6:] == ["0.95", "0.8889", "@", "0.25", "3", "20"]
        assert dog[-6:] == ["0.95", "0.8889", "@", "0.25", "3", "20"]


async def test_the_list_in_few_cells(tmp_path: Path) -> None:
    async with opened(evaluated(tmp_path), size=(40, 12)) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: "0.95" in shown(pilot, "#pr_curves"))
        lines = shown(pilot, "#pr_curves").splitlines()
        assert lines[0].split()[:3] == ["Tags", "2", "AP"]
        assert max(map(len, lines)) <= 40


async def test_a_curve_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    wrong = builders.tensor("c", to_tensor_proto(np.zeros((5, 3), np.float32)), plugin="pr_curves")
    builders.write(tmp_path / "a" / EVENTS, [builders.version_event(), builders.event(wrong)])
    async with opened(tmp_path) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: "PR curve of shape [5, 3]" in shown(pilot, "#pr_curves"))
        await pilot.press("enter")
        await until(pilot, lambda: "PR curve of shape [5, 3]" in shown(pilot, "#pr_curve"))
        assert "no curve to draw" in shown(pilot, "#pr_curve")
        await pilot.press("full_stop", "plus", "c")
        assert "nothing to copy here" in shown(pilot, "KeysLine")
        await pilot.press("e")
        assert "no curve to export" in shown(pilot, "KeysLine")


# The chart and its table


async def test_all_visible_runs_are_read_where_their_f1_is_best(tmp_path: Path) -> None:
    async with opened(evaluated(tmp_path), size=(120, 36)) as pilot:
        await open_curves(pilot)
        assert heading(pilot).split()[:8] == ["val/cat", "step", "20", "(3", "of", "3)", "3", "runs"]
        assert "marks at best F1" in heading(pilot)
        head, *rows = table(pilot)
        assert head == ["run", "AP", "threshold", "precision", "recall", "F1", "TP", "FP", "TN", "FN", "step"]
        assert [row[1:] for row in rows] == [
            ["good", "0.95", "0.25", "0.8", "1", "0.8889", "4", "1", "3", "0", "20"],
            ["coarse", "0.75", "0", "0.5", "1", "0.6667", "4", "4", "0", "0", "20"],
            ["poor", "0.5", "0", "0.5", "1", "0.6667", "4", "4", "0", "0", "20"],
        ]
        chart = "\n".join(shown(pilot, "#pr_curve").splitlines()[1:-4])
        assert chart.count(rows[0][0]) == 1


async def test_the_cursor_goes_along_the_thresholds_of_the_focused_run(tmp_path: Path) -> None:
    async with opened(evaluated(tmp_path), size=(120, 36)) as pilot:
        await open_curves(pilot)
        await pilot.press("full_stop")
        assert full(pilot).threshold == 0.5
        assert "threshold 0.5" in heading(pilot)
        # Runs with other thresholds are read at their own nearest one.
        assert [row[1:7] for row in table(pilot)[1:]] == [
            ["good", "0.95", "0.5", "1", "0.75", "0.8571"],
            ["coarse", "0.75", "0.5", "1", "0.5", "0.6667"],
            ["poor", "0.5", "0.5", "0.5", "0.5", "0.5"],
        ]
        await pilot.press("comma", "comma", "comma")
        assert full(pilot).threshold == 0.0
        await pilot.press(*["full_stop"] * 5)
        assert full(pilot).threshold == 0.75


async def test_two_thresholds_are_compared(tmp_path: Path) -> None:
    async with opened(evaluated(tmp_path), size=(120, 36)) as pilot:
        await open_curves(pilot)
        await pilot.press("m")
        assert "no cursor to mark" in shown(pilot, "KeysLine")
        await pilot.press("full_stop", "m", "full_stop")
        assert (full(pilot).threshold, full(pilot).mark) == (0.75, 0.5)
        assert "threshold 0.75, × at 0.5" in heading(pilot)
        rows = table(pilot)[1:]
        assert rows[0][1:7] == ["good", "0.95", "0.75", "1", "0.5", "0.6667"]
        assert rows[1] == ["×", "0.5", "1", "0.75", "0.8571", "3", "0", "4", "1"]
        # In the title, on two curves (on the third the cursor stands there), before three rows.
        assert shown(pilot, "#pr_curve").count("×") == 1 + 2 + 3
        await pilot.press("escape")
        assert (full(pilot).threshold, full(pilot).mark) == (None, None)
        assert selection(pilot).opened
        await pilot.press("escape")
        assert not selection(pilot).opened


async def test_a_threshold_at_which_nothing_is_predicted(tmp_path: Path) -> None:
    async with opened(evaluated(tmp_path), size=(120, 36)) as pilot:
        await open_curves(pilot)
        full(pilot).threshold = 1.0
        await pilot.pause()
        assert table(pilot)[1][1:] == ["good", "0.95", "1", "-", "-", "-", "0", "0", "4", "4", "20"]


async def test_steps_are_those_of_all_runs_and_linked(tmp_path: Path) -> None:
    async with opened(evaluated(tmp_path), size=(120, 36)) as pilot:
        await open_curves(pilot)
        await pilot.press("left")
        await until(pilot, lambda: "step 10  (2 of 3)" in heading(pilot))
        await is_drawn(pilot)
        assert [row[1:3] for row in table(pilot)[1:]] == [["coarse", "0.75"], ["good", "0.5"], ["poor", "0.5"]]
        await pilot.press("escape")
        await until(pilot, lambda: " 10" in shown(pilot, "#pr_curves"))
        await pilot.press("enter", "end")
        await until(pilot, lambda: "step 20  (3 of 3)" in heading(pilot))


async def test_a_run_without_the_step_shows_the_one_before(tmp_path: Path) -> None:
    evaluated(tmp_path)
    builders.append(
        tmp_path / "good" / EVENTS, [builders.event(value("val/cat", COARSE), step=30, wall_time=WALL_TIME)]
    )
    async with opened(tmp_path, size=(120, 36)) as pilot:
        await open_curves(pilot)
        assert "steps 20 to 30  (4 of 4)" in heading(pilot)
        assert {row[1]: row[-1] for row in table(pilot)[1:]} == {"good": "30", "coarse": "20", "poor": "20"}


async def test_hidden_runs_are_neither_drawn_nor_read_out(tmp_path: Path) -> None:
    async with opened(evaluated(tmp_path), size=(120, 36)) as pilot:
        await open_curves(pilot)
        await pilot.press("o")
        await until(pilot, lambda: len(table(pilot)) == 2)
        await pilot.press("o", "a")
        await until(pilot, lambda: "no visible run has this curve: a shows all runs" in shown(pilot, "#pr_curve"))


async def test_new_curves_come_in(tmp_path: Path) -> None:
    async with opened(evaluated(tmp_path), size=(120, 36)) as pilot:
        await open_curves(pilot)
        late = builders.event(value("val/cat", GOOD), step=40, wall_time=WALL_TIME + 50)
        builders.append(tmp_path / "poor" / EVENTS, [late])
        await until(pilot, lambda: "steps 20 to 40  (4 of 4)" in heading(pilot))
        assert {row[1]: row[2] for row in table(pilot)[1:]} == {"good": "0.95", "coarse": "0.75", "poor": "0.95"}


async def test_curves_that_do_not_fit_the_cache_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[BlobRef] = []

    def read(ref: BlobRef) -> PrFacts:
        decoded.append(ref)
        return read_pr_facts(ref)

    monkeypatch.setattr(blobs, "MOST_BYTES", 1)
    monkeypatch.setattr(pr_curve_full, "read_pr_facts", read)
    async with opened(evaluated(tmp_path), size=(120, 36)) as pilot:
        await open_curves(pilot)
        before = len(decoded)
        await pilot.press("full_stop", "m", "comma", "plus")
        assert len(table(pilot)) == 1 + 3 * 2
        assert len(decoded) == before


async def test_zooming_about_the_cursor_and_moving_what_is_in_view(tmp_path: Path) -> None:
    async with opened(evaluated(tmp_path), size=(120, 36)) as pilot:
        await open_curves(pilot)
        await pilot.press("shift+left")
        assert full(pilot).window == UNIT
        await pilot.press("full_stop", "plus")  # at recall 0.75, precision 1
        assert full(pilot).window == Window(0.375, 0.875, 0.5, 1.0)
        assert "zoomed: 0" in heading(pilot)
        await pilot.press("shift+left")
        assert full(pilot).window == Window(0.25, 0.75, 0.5, 1.0)
        await pilot.press("shift+down")
        assert full(pilot).window == Window(0.25, 0.75, 0.375, 0.875)
        await pilot.press("shift+up", "shift+right", "comma")  # recall 1 is brought into view
        assert full(pilot).window.x1 == 1.0
        await pilot.press("0")
        assert full(pilot).window == UNIT
        await pilot.press("plus", "minus")
        assert full(pilot).plane is None


async def test_the_mouse_reads_compares_and_zooms(tmp_path: Path) -> None:
    async with opened(evaluated(tmp_path), size=(120, 36)) as pilot:
        await open_curves(pilot)
        view, area = full(pilot), full(pilot)._drawing.area
        column = {recall: 1 + area.left + round(recall * (area.width - 1)) for recall in (0.25, 0.75, 1.0)}
        middle = 1 + area.height // 2
        await pilot.mouse_down("#pr_curve", offset=(column[0.75], 1))
        assert (view.threshold, view.mark) == (0.5, None)
        await pilot.hover("#pr_curve", offset=(column[0.25], middle))
        assert (view.threshold, view.mark) == (0.75, 0.5)
        await pilot.mouse_up("#pr_curve", offset=(column[0.25], middle))
        await pilot.hover("#pr_curve", offset=(column[1.0], middle))
        assert view.threshold == 0.75
        wheel = (view, column[1.0], 1, 0, -1, 0, False, False, False)
        view.post_message(events.MouseScrollUp(*wheel))
        await pilot.pause()
        assert view.window.x0 > 0.0
        assert view.window.x1 == pytest.approx(1.0, abs=0.01)
        view.post_message(events.MouseScrollLeft(*wheel))
        await pilot.pause()
        assert view.window.x1 < 0.95
        view.post_message(events.MouseScrollDown(*wheel))
        await pilot.pause()
        assert full(pilot).plane is None
        await pilot.press("plus")
        await pilot.click("#pr_curve", offset=(column[0.25], 3), times=2)
        assert view.plane is None


# Taking numbers along


async def test_copying_takes_the_whole_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(evaluated(tmp_path), size=(40, 12)) as pilot:
        copied: list[str] = []
        monkeypatch.setattr(pilot.app, "copy_to_clipboard", copied.append)
        await open_curves(pilot)
        await pilot.press("full_stop", "m", "full_stop", "c")
        assert "copied the readout of 3 runs as CSV" in shown(pilot, "KeysLine")
        lines = copied[0].splitlines()
        assert lines[0] == (
            "run,tag,step,average_precision,threshold,precision,recall,f1,"
            "true_positives,false_positives,true_negatives,false_negatives"
        )
        assert lines[3] == "good,val/cat,20,0.9500000029802322,0.75,1.0,0.5,0.6666666666666666,2.0,0.0,4.0,2.0"
        assert lines[4].startswith("good,val/cat,20,0.9500000029802322,0.5,1.0,0.75,")
        assert len(lines) == 1 + 3 * 2


async def test_exporting_writes_every_threshold_as_logged(tmp_path: Path) -> None:
    async with opened(evaluated(tmp_path)) as pilot:
        await open_curves(pilot)
        await pilot.press("e")
        await until(pilot, lambda: "13 points to tbtui-val_cat.csv" in shown(pilot, "KeysLine"))
        lines = Path("tbtui-val_cat.csv").read_text().splitlines()
        assert lines[0].split(",")[:5] == ["run", "tag", "step", "threshold", "true_positives"]
        assert lines[1] == "coarse,val/cat,20,0.0,4.0,4.0,0.0,0.0,0.5,1.0"
        assert lines[8] == "good,val/cat,20,1.0,0.0,0.0,4.0,4.0,0.0,0.0"
        assert len(lines) == 14


# Any size, untrusted names


@pytest.mark.parametrize("size", [(40, 10), (60, 16), (300, 100)])
async def test_any_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(evaluated(tmp_path), size=size) as pilot:
        await open_curves(pilot)
        await pilot.press("full_stop", "m", "full_stop")
        lines = shown(pilot, "#pr_curve").splitlines()
        assert lines[0].startswith(" val/cat")
        assert any(line.startswith("   run") for line in lines)
        assert "good" in lines[-1] or "poor" in "\n".join(lines[-6:])


async def test_of_many_runs_the_best_are_in_the_table(tmp_path: Path) -> None:
    for number in range(40):
        rows: Rows = [[1, 1], [1, 0], [0, 1], [0, 0], [0.5, number / 64], [1, 1]]
        builders.write(tmp_path / f"run{number}" / EVENTS, [builders.version_event(), builders.event(value("c", rows))])
    async with opened(tmp_path, size=(120, 24)) as pilot:
        await open_curves(pilot)
        rows_shown = table(pilot)[1:]
        assert rows_shown[0][1] == "run39"
        assert rows_shown[-1] == ["and", str(40 - len(rows_shown) + 1), "more", "runs"]


async def test_names_from_files_are_shown_escaped(tmp_path: Path) -> None:
    item = builders.event(value("c\x1b[31m", GOOD))
    builders.write(tmp_path / "r" / EVENTS, [builders.version_event(), item])
    async with opened(tmp_path) as pilot:
        await open_curves(pilot)
        assert "\x1b" not in screen(pilot)
        assert "c\\x1b[31m" in heading(pilot)
