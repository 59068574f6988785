"""The charts of a report as SVG: what there is to see, and what is said to those who cannot see it."""

from __future__ import annotations

from tui.cli.charts import X_LABELS, Chart, ChartLine
from tui.cli.report.content import short
from tui.render.numbers import number, plural
from tui.render.svg_chart import SvgChart, SvgLine, chart_svg, plot_height, plot_width
from tui.render.text import printable

WIDTH, HEIGHT = 520, 240
_PIXELS_A_CELL, _PIXELS_A_ROW = 7, 16
"""What a tick's label takes of an axis, in the cells and rows that ticks are counted in."""
_PIXELS_A_COLUMN, _PIXELS_A_RAW_COLUMN = 1.0, 2.0
_MOST_RAW = 10
"""With more curves than that in one chart, raw points would hide all of them."""
_MOST_TOLD = 12


def picture(chart: Chart, name: str) -> str:
    """The chart as an `svg` element of WIDTH x HEIGHT; `name` begins its ids."""
    y_ticks = chart.y_ticks(plot_height(HEIGHT) // _PIXELS_A_ROW)
    across = plot_width((label for _, label in y_ticks), WIDTH)
    lines = [_line(chart, line, across) for line in chart.lines]
    shown = SvgChart(
        title=short(printable(chart.title)),
        about=_about(chart),
        lines=lines,
        x_ticks=chart.x_ticks(across // _PIXELS_A_CELL),
        y_ticks=y_ticks,
        x_label=X_LABELS[chart.view.axis],
        empty="" if chart.window is not None else chart.why_empty(),
    )
    return chart_svg(shown, WIDTH, HEIGHT, name)


def name_of(line: ChartLine) -> str:
    """What to call a curve: its run, and its tag where there are several."""
    return short(printable(line.curve.run)) + (f" · {short(printable(line.label))}" if line.label else "")


def _line(chart: Chart, line: ChartLine, across: int) -> SvgLine:
    has_raw = chart.view.weight > 0 and len(chart.lines) <= _MOST_RAW
    return SvgLine(
        name_of(line),
        line.style.colour,
        line.style.mark,
        chart.shape(line, int(across / _PIXELS_A_COLUMN), raw=False),
        chart.shape(line, int(across / _PIXELS_A_RAW_COLUMN), raw=True) if has_raw else None,
    )


def _about(chart: Chart) -> str:
    """The chart in words: its axes, and what its curves end with."""
    told = [f"{name_of(line)} ends with {number(line.last)}" for line in chart.lines[:_MOST_TOLD]]
    more = f", and {len(chart.lines) - _MOST_TOLD} more" if len(chart.lines) > _MOST_TOLD else ""
    kind = "logarithmic values" if chart.view.log_y else "values"
    return f"{kind} by {X_LABELS[chart.view.axis]}, {plural(len(chart.lines), 'curve')}: {', '.join(told)}{more}"
