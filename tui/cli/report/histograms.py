"""The newest histograms of a session, a row each: what they tell in numbers, and their shape in a few signs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from logging_lib.tfevents import plugins
from tui.analysis.distribution import equal_edges, rebin
from tui.app.blob_steps import step_line
from tui.app.catalog import natural_key
from tui.app.distributions import Distribution, read_distribution
from tui.cli.reading import ProblemLines
from tui.cli.report.content import MISSING, Cell, Heading, Table
from tui.reader.payload import PayloadError
from tui.render.numbers import count, number, percent
from tui.store.snapshot import BlobSeries, StoreSnapshot

_MOST = 12
_BINS = 24
_LEVELS = "▁▂▃▄▅▆▇█"
_EMPTY = "·"
_HEADINGS = (
    Heading("tag"),
    Heading("step", numbers=True),
    Heading("values", numbers=True),
    Heading("mean", numbers=True),
    Heading("std", numbers=True),
    Heading("zeros", numbers=True),
    Heading("from", numbers=True),
    Heading("shape"),
    Heading("to", numbers=True),
)


def histogram_table(snapshot: StoreSnapshot, name: str, runs: Sequence[str], problems: ProblemLines) -> Table | None:
    """The newest histogram of each tag of these runs, those of the session `name`; None where they logged none.

    What cannot be read is told of in `problems`.
    """
    chosen = [one for key, one in snapshot.blobs.items() if key.plugin == plugins.HISTOGRAMS and key.run in runs]
    chosen.sort(key=lambda one: natural_key(one.key.tag))
    rows = [row for one in chosen[:_MOST] if (row := _row(one, problems)) is not None]
    if not rows:
        return None
    more = f"; {len(chosen) - _MOST} more are left out" if len(chosen) > _MOST else ""
    return Table(_HEADINGS, tuple(rows), f"the newest ones of {name}{more}")


def _row(series: BlobSeries, problems: ProblemLines) -> tuple[Cell, ...] | None:
    current = series.current()
    line = step_line(current)
    if not len(line):
        return None
    try:
        found = read_distribution(current.refs[int(line.entries[-1])])
    except PayloadError as error:
        problems.tell(str(error))
        return None
    name, step = Cell(series.key.tag, code=True), Cell(str(line.steps[-1]))
    lost = "error" if found.lost != 0 else ""
    if found.measures is None:
        return name, step, Cell("0", level=lost), *(Cell(MISSING) for _ in _HEADINGS[3:])
    low, high = found.measures.span
    return (
        name,
        step,
        Cell(count(found.total), level=lost),
        Cell(number(found.measures.moments.mean)),
        Cell(number(found.measures.moments.std)),
        Cell(percent(found.measures.zeros)),
        Cell(number(low)),
        Cell(shape(found), code=True),
        Cell(number(high)),
    )


def shape(found: Distribution) -> str:
    """The counts in equal bins from the least value to the greatest, a sign each: a dot where there is nothing."""
    edges = equal_edges([] if found.measures is None else [found.measures.span], _BINS)
    if edges is None:
        return ""
    counts = rebin(found.buckets, edges)
    # Rounded, so that what is all the same looks it.
    levels = np.floor(np.round(counts / max(float(counts.max()), 1e-300) * len(_LEVELS), 6)).astype(int)
    signs = (_LEVELS[min(level, len(_LEVELS) - 1)] for level in levels.tolist())
    return "".join(sign if held > 0 else _EMPTY for sign, held in zip(signs, counts.tolist(), strict=True))
