"""Targets of numbers as they are shown, the ticks of axes, and charts of any values."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tests.fuzz.draw import Draw
from tests.fuzz.target import Target, assert_harmless
from tui.analysis.smooth import ema, ema_continued
from tui.analysis.ticks import Tick, log_ticks, ticks
from tui.analysis.time_ticks import clock_ticks, duration_ticks
from tui.analysis.x_axis import XAxis
from tui.cli.charts import View, chart_of
from tui.cli.text_chart import Paper, text_chart
from tui.model import SeriesKey
from tui.render import numbers
from tui.render.bars import BarsSpec, draw_bars
from tui.render.cells import width as cells
from tui.render.chart import ChartSpec, Flag, draw_chart
from tui.render.float_text import float_texts
from tui.render.glyphs import ASCII, BRAILLE
from tui.render.palette import assign
from tui.render.polyline import polyline
from tui.render.raster import Curve
from tui.render.sparkline import sparkline
from tui.render.svg_chart import SvgChart, SvgLine, chart_svg
from tui.render.window import Window, fit_window
from tui.store.snapshot import ScalarSeries

_MOST_TICKS, _MOST_RANGES = 40, 8
_MOST_POINTS = 60


def check_numbers(data: bytes) -> None:
    """Numbers are short and read back nearly the same; ticks are inside, ascending, few and different."""
    draw = Draw(data)
    for _ in range(_MOST_RANGES):
        if not draw.left:
            break
        value, other = draw.number(), draw.number()
        _check_number(value)
        low, high = (value, other) if value <= other else (other, value)
        most = draw.integer(0, _MOST_TICKS)
        for make in (ticks, log_ticks, duration_ticks, clock_ticks):
            _check_ticks(make(low, high, most), low, high, most, make.__name__)
        whole = ticks(low, high, most, whole=True)
        _check_ticks(whole, low, high, most, "whole")
        assert low == high or all(tick.value == round(tick.value) for tick in whole), (low, high, most, whole)


def _check_number(value: float) -> None:
    text = numbers.number(value)
    assert len(text) <= 11, text
    if math.isfinite(value):
        # The greatest numbers are rounded up to what Python reads as infinite.
        assert abs(value) > 1.797e308 or math.isclose(float(text), value, rel_tol=6e-4, abs_tol=5e-324), (text, value)
        assert len(numbers.bytes_(abs(value))) <= 13
        assert len(numbers.count(value)) <= 11
    assert len(numbers.percent(value)) <= 6 and len(numbers.duration(value)) <= 4
    assert numbers.next_change(value) > 0 and numbers.next_age_change(value) > 0
    assert_harmless(numbers.clock(value) + numbers.age(value) + numbers.rate(abs(value)), "time")
    with np.errstate(over="ignore"):
        narrow = np.array([value], np.float32)
    (read,) = float_texts(narrow)
    assert np.float32(read) == narrow[0] or math.isnan(value), (read, narrow)
    (read,) = float_texts(np.array([value]))
    assert float(read) == value or math.isnan(value), (read, value)


def _check_ticks(chosen: Sequence[Tick], low: float, high: float, most: int, what: str) -> None:
    assert len(chosen) <= most, (what, low, high, most, chosen)
    values, labels = [tick.value for tick in chosen], [tick.label for tick in chosen]
    assert all(low <= value <= high for value in values), (what, low, high, chosen)
    assert all(a < b for a, b in pairwise(values)), (what, chosen)
    assert len(set(labels)) == len(labels) and all(map(str.isprintable, labels)), (what, chosen)
    assert all(0 < len(label) <= 40 for label in labels), (what, chosen)


def check_charts(data: bytes) -> None:
    """Charts of any values fill the cells that they are given, with nothing else in them, and never raise."""
    draw = Draw(data)
    across, down = draw.integer(0, 50), draw.integer(0, 16)
    log, title = draw.flag(), draw.text()
    x = np.sort(np.unique([draw.number(finite=True) for _ in range(draw.integer(0, _MOST_POINTS))]))
    kind = np.float32 if draw.flag() else np.float64
    with np.errstate(invalid="ignore", over="ignore"):  # a NaN that signals, and numbers that float32 has not
        y = np.array([draw.number() for _ in x]).astype(kind)
    _check_smoothing(y, draw.integer(0, 100) / 100)
    _check_sparkline(x, y, across)
    window = fit_window([(x, y)], log_y=log)
    if window is not None:
        _check_plots(draw, x, y, window, across, down, title)
    _check_text_charts(draw, x, y, title)
    _check_bars(draw, across, down)


def _check_smoothing(y: npt.NDArray[np.floating], weight: float) -> None:
    """As the definition has it, one value after the other, all at once or continued."""
    weight, half = min(weight, 0.999), len(y) // 2
    with np.errstate(all="ignore"):
        smoothed = ema(y, weight)
        continued = ema_continued(smoothed[:half], y[half:], weight)
    assert smoothed.shape == y.shape and continued.shape == y[half:].shape
    finite = np.abs(y[np.isfinite(y)].astype(np.float64))
    if len(finite) and finite.max() > 1e100:
        return
    last, count, expected = 0.0, 0, []
    for value in y.astype(np.float64).tolist():
        if math.isfinite(value):
            last, count = last * weight + (1 - weight) * value, count + 1
            value = last / (1 - weight**count)
        expected.append(value)
    scale = 1e-9 * finite.max() if len(finite) else 0.0
    assert np.allclose(smoothed, expected, rtol=1e-6, atol=scale, equal_nan=True), (y, weight)
    assert np.allclose(continued, expected[half:], rtol=1e-6, atol=scale, equal_nan=True), (y, weight)


def _check_sparkline(x: npt.NDArray[np.float64], y: npt.NDArray[np.floating], across: int) -> None:
    for glyphs in (BRAILLE, ASCII):
        for spread in (None, x):
            found = sparkline(y, across, x=spread, glyphs=glyphs)
            assert cells(found.text) == across and all(0 <= at < across for at in found.bad)
            assert_harmless(found.text, "sparkline")


def _check_plots(
    draw: Draw,
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.floating],
    window: Window,
    across: int,
    down: int,
    title: str,
) -> None:
    x_ticks = ticks(window.x0, window.x1, draw.integer(0, 12))
    y_ticks = (log_ticks if window.log_y else ticks)(window.y0, window.y1, draw.integer(0, 12))
    spec = ChartSpec(
        [Curve(x, y, 0), Curve(x, -y, 1)],
        window,
        x_ticks,
        y_ticks,
        cursor_x=draw.number(),
        marks_x=draw.numbers(3).tolist(),
        flags=[Flag(draw.number(), "!", draw.flag())],
        glyphs=draw.pick((BRAILLE, ASCII)),
    )
    rows = draw_chart(spec, across, down).rows
    assert len(rows) == down and all(cells(row) == across for row in rows)
    assert_harmless("".join(rows), "chart")
    shape = polyline(x, y, window, max(across, 1))
    for piece in shape.pieces:
        assert (piece.y >= 0).all() and (piece.y <= 1).all() and (np.diff(piece.x) >= 0).all()
    line = SvgLine(title, "#112233", "●", shape)
    svg = SvgChart(title, draw.text(), [line], [(0.5, draw.text())], [(0.5, draw.text())], draw.text())
    ET.fromstring(chart_svg(svg, 10 * across + 1, 10 * down + 1, "n"))


def _check_text_charts(draw: Draw, x: npt.NDArray[np.float64], y: npt.NDArray[np.floating], title: str) -> None:
    """As `tbtui plot` draws them."""
    if not len(x):
        return
    with np.errstate(all="ignore"):
        steps = np.clip(x, -1e15, 1e15).astype(np.int64)
    series = ScalarSeries(SeriesKey(draw.text(), title, "scalars"), 1, steps, draw.pick((x, y.astype(np.float64))), y)
    view = View(axis=draw.pick(tuple(XAxis)), weight=draw.integer(0, 99) / 100, log_y=draw.flag(), outliers=draw.flag())
    paper = Paper(draw.integer(1, 100), draw.integer(1, 30), ascii=draw.flag())
    what = chart_of(title, [series], assign([series.key.run]), view, "")
    text = text_chart(what, paper)
    assert text.endswith("\n")
    for row in text.split("\n"):
        assert_harmless(row, "plot")


def _check_bars(draw: Draw, across: int, down: int) -> None:
    heights = np.abs(np.nan_to_num(draw.numbers(12), posinf=1e300, neginf=1e300))
    edges = np.arange(len(heights) + 1.0)
    if not len(heights):
        return
    spec = BarsSpec([heights], edges, float(heights.max()) or 1.0, cursor=draw.integer(0, len(heights) - 1))
    rows = draw_bars(spec, across, down).rows
    assert len(rows) == down and all(cells(row) == across for row in rows)


def _seeds() -> list[bytes]:
    chance = np.random.default_rng(2)
    some = [chance.integers(0, 256, size).astype(np.uint8).tobytes() for size in (40, 200, 600)]
    return [*some, bytes([30, 10, 0, 0, 20] + [0, 1, 0, 2] * 40), bytes([1, 4] * 50)]


TARGETS = (Target("numbers", check_numbers, _seeds), Target("charts", check_charts, _seeds))
