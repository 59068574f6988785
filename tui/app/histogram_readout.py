"""What the full histogram view says in numbers: a line a run, of the chosen step and of the bin under the cursor."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from tui.analysis.percentiles import BASIS_POINTS, Floats
from tui.app.distributions import Distribution, Measures
from tui.app.histograms import Shown, View, is_superseded
from tui.render.file_text import csv_text
from tui.render.numbers import count, number, percent
from tui.render.text import printable

_LEAST_SHARE = 5e-4
_LEAST_OVERLAP = 1e-9
PERCENTILE_NAMES = tuple({0: "min", 10_000: "max"}.get(at, f"{round(at / 100)}%") for at in BASIS_POINTS)
# Of few cells those percentiles get some that tell most: the median, the ends, one sigma.
_BY_WORTH = (4, 0, 8, 2, 6, 3, 5, 1, 7)


class Found(NamedTuple):
    """The logged buckets that a bin lies in: from `left` to `right`, `buckets` of them with so many `values`.

    `upto` is how many values lie in these and all below.
    """

    left: float
    right: float
    buckets: int
    values: float
    upto: float


def found_in(distribution: Distribution, low: float, high: float) -> Found | None:
    """The buckets that overlap a bin, by more than what rounding makes of its edges; None where there is none."""
    left, right, counts = distribution.buckets.left, distribution.buckets.right, distribution.buckets.counts
    least = (high / 2 - low / 2) * _LEAST_OVERLAP
    inside = (left < high - least) & (right > low + least) | (left == right) & (left >= low) & (left <= high)
    at = np.flatnonzero(inside)
    if not len(at):
        return None
    ends = float(left[at].min()), float(right[at].max())
    return Found(*ends, len(at), float(counts[at].sum()), float(counts[: at[-1] + 1].sum()))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of numbers: what stands above it, how wide it is, what it says of a run; whether that needs the head."""

    head: str
    cells: int
    text: Callable[[Shown], str]
    needs_head: bool = True


def line_of(view: View, bin_ends: tuple[float, float] | None, shown: Shown, cells: int) -> str:
    """The numbers of a run in one line without a heading: as many as fit, those that matter most in a view first."""
    line = ""
    for column in _by_worth(view, bin_ends):
        text = column.text(shown)
        added = f"  {column.head} {text}" if column.needs_head else f"  {text}"
        if text and len(line) + len(added) <= cells:
            line += added
    return line


def columns(view: View, bin_ends: tuple[float, float] | None, cells: int) -> list[Column]:
    """The columns that fit in so many cells, those that matter most in a view if there is not room for all."""
    wanted = _by_worth(view, bin_ends)
    fits = accumulate(column.cells for column in wanted)
    kept = [column for column, end in zip(wanted, fits, strict=True) if end <= cells]
    order = [_STEP, *_IN_ORDER, _TOTAL, _MOMENTS, _ZEROS, _CLIPPED, _LOST]
    return sorted(kept, key=lambda column: order.index(column) if column in order else len(order))


def _by_worth(view: View, bin_ends: tuple[float, float] | None) -> list[Column]:
    wanted = [_STEP, *([] if bin_ends is None else _of_bin(*bin_ends)), *(_POINTS if view is View.PERCENTILES else ())]
    return [*wanted, _LOST, _MOMENTS, _TOTAL, _ZEROS, _CLIPPED]


def share(part: float) -> str:
    """A share in percent; nothing for none at all, and what would be rounded to none is less than 0.1%."""
    if math.isnan(part):
        return "some"
    return "" if part == 0 else "<0.1%" if part < _LEAST_SHARE else percent(part)


def _measured(text: Callable[[Measures], str]) -> Callable[[Shown], str]:
    def of(shown: Shown) -> str:
        measures = shown.chosen.measures if shown.chosen is not None else None
        return "" if measures is None else text(measures)

    return of


def _step(shown: Shown) -> str:
    entry = int(shown.line.entries[shown.at])
    step = str(int(shown.series.steps[entry]))
    return f"({step})" if is_superseded(shown.series, entry) else step


def _total(shown: Shown) -> str:
    return "reading…" if shown.chosen is None else count(shown.chosen.total)


def _percentile(at: int) -> Column:
    return Column(PERCENTILE_NAMES[at], 11, _measured(lambda measures: number(float(measures.percentiles[at]))))


_STEP = Column("step", 9, _step)
_TOTAL = Column("values", 9, _total)
_MOMENTS = Column("mean ± std", 24, _measured(lambda m: f"{number(m.moments.mean)} ± {number(m.moments.std)}"), False)
_ZEROS = Column("zeros", 7, _measured(lambda measures: share(measures.zeros)))
_CLIPPED = Column("at ends", 9, _measured(lambda measures: share(measures.clipped)))
_LOST = Column("NaN/Inf", 9, lambda shown: "" if shown.chosen is None else share(shown.chosen.lost))
_IN_ORDER = tuple(map(_percentile, range(len(BASIS_POINTS))))
_POINTS = tuple(_IN_ORDER[at] for at in _BY_WORTH)


def _of_bin(low: float, high: float) -> list[Column]:
    def told(text: Callable[[Found, float], str]) -> Callable[[Shown], str]:
        def of(shown: Shown) -> str:
            found = None if shown.chosen is None else found_in(shown.chosen, low, high)
            return "" if found is None or shown.chosen is None else text(found, shown.chosen.total or 1.0)

        return of

    return [
        Column("buckets here", 36, told(lambda found, total: _edges(found)), needs_head=False),
        Column("count", 9, told(lambda found, total: count(found.values))),
        Column("share", 8, told(lambda found, total: share(found.values / total) or "0%")),
        Column("up to here", 11, told(lambda found, total: percent(found.upto / total))),
    ]


def _edges(found: Found) -> str:
    ends = f"[{found.left:.6g}, {found.right:.6g}]"
    return ends if found.buckets == 1 else f"{found.buckets} in {ends}"


# Taking numbers along


def readout_csv(shown: Sequence[Shown]) -> str:
    """The chosen step of each run as CSV: all that is known of it but the buckets."""
    names = [name.removesuffix("%") for name in PERCENTILE_NAMES]
    names = [name if name in ("min", "max") else f"p{name}" for name in names]
    head = ["run", "tag", "step", "wall_time", "count", "mean", "std", *names, "zeros", "at_ends", "nan_or_inf"]
    return "".join(",".join(cells) + "\n" for cells in (head, *map(_cells, shown)))


def _cells(shown: Shown) -> list[str]:
    # The clipboard is pasted into terminals, too.
    key, entry, found = shown.series.key, int(shown.line.entries[shown.at]), shown.chosen
    cells = [csv_text(printable(key.run)), csv_text(printable(key.tag)), str(int(shown.series.steps[entry]))]
    cells += [repr(float(shown.series.wall_times[entry]))]
    if found is None:
        return [*cells, *[""] * 15]
    m = found.measures
    told = [] if m is None else [*m.moments, *m.percentiles.tolist(), m.zeros, m.clipped]
    numbers = [found.total, *(told or [None] * 13), found.lost]
    return [*cells, *("" if value is None else repr(float(value)) for value in numbers)]


def bucket_lines(shown: Shown) -> Iterator[str]:
    """The chosen histogram of a run as lines of CSV, a bucket each: run, tag, step, wall_time, left, right, count."""
    key, entry, found = shown.series.key, int(shown.line.entries[shown.at]), shown.chosen
    if found is not None:
        names = f"{csv_text(key.run)},{csv_text(key.tag)},{int(shown.series.steps[entry])}"
        start = f"{names},{float(shown.series.wall_times[entry])!r}"
        edges: list[Floats] = [found.buckets.left, found.buckets.right, found.buckets.counts]
        for left, right, values in zip(*(column.tolist() for column in edges), strict=True):
            yield f"{start},{left!r},{right!r},{values!r}\n"


BUCKET_HEAD = "run,tag,step,wall_time,left,right,count\n"
