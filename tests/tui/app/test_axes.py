"""Ticks of real charts: whole, apart, and in the words of their axis, whatever window and size."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import WALL_TIME
from tui.analysis.x_axis import XAxis
from tui.app.axes import x_ticks, y_ticks
from tui.app.choices import Fit
from tui.app.selection import Selection
from tui.render.canvas import Canvas, Part
from tui.render.chart import ChartSpec, draw_chart, plot_area
from tui.render.window import Window

DAY = 86400.0
# Where x lies, and how much of it is in view.
PLACES = {
    XAxis.STEP: (st.floats(-1e3, 1e9), st.floats(0, 1e9)),
    XAxis.RELATIVE: (st.floats(-1e5, 1e6), st.floats(0, 400 * DAY)),
    XAxis.WALL: (st.floats(WALL_TIME - 4000 * DAY, WALL_TIME + 4000 * DAY), st.floats(0, 4000 * DAY)),
}
VALUES = st.floats(-1e12, 1e12) | st.floats(-1e-3, 1e-3) | st.floats(0.9, 1.1)


@st.composite
def selections(draw: st.DrawFn) -> Selection:
    return Selection(axis=draw(st.sampled_from(XAxis)), fit=draw(st.sampled_from(Fit)))


@st.composite
def windows(draw: st.DrawFn, selection: Selection) -> Window:
    x0, span = (draw(part) for part in PLACES[selection.axis])
    if selection.fit is Fit.PROGRESS:
        x0, span = draw(st.floats(0, 1)), draw(st.floats(0, 1))
    y0, y1 = sorted((draw(VALUES), draw(VALUES)))
    log_y = y0 > 0 and draw(st.booleans())
    return Window(x0, x0 + span, y0, y1, log_y)


def labels_in(canvas: Canvas, row: int, columns: slice) -> list[tuple[int, str]]:
    """The labels in a part of a row, each with its first column: stretches of one part."""
    is_label = [int(paint) == Part.LABEL for paint in canvas.paints[row, columns]]
    edges = [i for i, (a, b) in enumerate(pairwise([False, *is_label, False])) if a != b]
    return [(a, canvas.rows[row][columns][a:b]) for a, b in zip(edges[::2], edges[1::2], strict=True)]


@given(st.data(), selections(), st.integers(1, 200), st.integers(1, 60))
def test_every_label_is_whole_and_none_touches_another(
    data: st.DataObject, selection: Selection, width: int, height: int
) -> None:
    window = data.draw(windows(selection))
    spec = ChartSpec([], window, x_ticks(window, selection, width), y_ticks(window, height))
    canvas, area = draw_chart(spec, width, height), plot_area(spec, width, height)
    beside = {row: labels_in(canvas, row, slice(0, area.left)) for row in range(area.height)}
    for found in beside.values():
        assert [label for _, label in found] in ([], *([label] for _, label in spec.y_ticks))
    rows = [row for row, found in beside.items() if found]
    assert all(b - a > 1 for a, b in pairwise(rows)) or area.height <= 5
    if area.height < height:
        below = labels_in(canvas, height - 1, slice(0, width))
        assert {label for _, label in below} <= {label for _, label in spec.x_ticks}
        assert all(start + len(label) < after for (start, label), (after, _) in pairwise(below))


@pytest.mark.parametrize(
    ("axis", "x0", "x1", "labels"),
    [
        (XAxis.STEP, 0, 2000, "0 500 1k 1.5k 2k"),
        (XAxis.STEP, 12_000, 13_000, "12k 12.2k 12.4k 12.6k 12.8k 13k"),
        (XAxis.STEP, 0, 3_100_000, "0 500k 1M 1.5M 2M 2.5M 3M"),
        (XAxis.STEP, 7, 9, "7 8 9"),
        (XAxis.RELATIVE, 0, 100, "0 15s 30s 45s 1m 1m 15s 1m 30s"),
        (XAxis.RELATIVE, 0, 3 * DAY, "0 12h 1d 1d 12h 2d 2d 12h 3d"),
        (XAxis.WALL, WALL_TIME, WALL_TIME + 3600, "22:20 22:30 22:40 22:50 23:00 23:10"),
    ],
)
def test_labels_are_in_the_words_of_the_axis(axis: XAxis, x0: float, x1: float, labels: str) -> None:
    found = x_ticks(Window(x0, x1, 0, 1), Selection(axis=axis), 100)
    assert " ".join(label for _, label in found) == labels


def test_progress_is_in_percent() -> None:
    found = x_ticks(Window(0, 1, 0, 1), Selection(fit=Fit.PROGRESS), 80)
    assert found == [(0.0, "0%"), (0.25, "25%"), (0.5, "50%"), (0.75, "75%"), (1.0, "100%")]
    assert x_ticks(Window(0.5, 0.51, 0, 1), Selection(fit=Fit.PROGRESS), 40) == [(0.5, "50%"), (0.51, "51%")]
