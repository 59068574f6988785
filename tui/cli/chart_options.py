"""The options of commands that draw charts, and the charts that they ask for."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping

from tui.analysis.x_axis import XAxis
from tui.app.catalog import group_of
from tui.app.settings import RULES, Between
from tui.cli.charts import View
from tui.render.text import printable
from tui.store.snapshot import ScalarSeries

MOST_RUNS = 64
"""As many lines look different."""
_USUAL_RUNS = 8
_MOST_DIGITS = 19


def add_chart_options(parser: argparse.ArgumentParser, *, smooth: float, outliers: bool) -> None:
    """Declare the options that say which runs are drawn and how."""
    add = parser.add_argument
    add("--run", metavar="RE", dest="run_re", default="", help="only runs in which this regex is found")
    add(
        "--runs",
        metavar="N",
        type=whole("number of runs", 1, MOST_RUNS),
        default=_USUAL_RUNS,
        help="draw so many runs at most, the best ones; default: %(default)s",
    )
    add("--together", action="store_true", help="the tags of a group (the part before the first /) in one chart")
    axes = [axis.value for axis in XAxis]
    add("--x", choices=axes, default=axes[0], help="x axis; default: %(default)s")
    add("--smooth", metavar="WEIGHT", type=_weight, default=smooth, help="from 0 (off) to 0.999; default: %(default)s")
    add("--log", action="store_true", help="logarithmic y axis")
    add(
        "--outliers",
        action=argparse.BooleanOptionalAction,
        default=outliers,
        help="let outliers stretch the y axis, or leave them beyond it, by TensorBoard's rule; default: "
        + ("--outliers" if outliers else "--no-outliers"),
    )


def view_of(arguments: argparse.Namespace) -> View:
    """How curves are shown, as the options say."""
    return View(XAxis(arguments.x), arguments.smooth, arguments.log, arguments.outliers)


def whole(what: str, least: int, most: int) -> Callable[[str], int]:
    """Reads an argument that is a whole number in this range."""

    def read(text: str) -> int:
        if not text.isdecimal() or len(text) > _MOST_DIGITS or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{printable(text)} is no {what}: a whole number from {least} to {most}")
        return int(text)

    return read


def _weight(text: str) -> float:
    rule = RULES["smoothing"]
    assert isinstance(rule, Between)
    try:
        return float(rule.taken(float(text)))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{printable(text)} is not {rule.allowed}") from None


def in_charts(series: Iterable[ScalarSeries], *, together: bool) -> Mapping[str, list[ScalarSeries]]:
    """The series of each chart by its title, in the order of the first: a tag, or a group of tags together."""
    charts: dict[str, list[ScalarSeries]] = {}
    for one in series:
        charts.setdefault((together and group_of(one.key.tag)) or one.key.tag, []).append(one)
    return charts
