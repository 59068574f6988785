"""Histograms as bars of text, each with a line of what it tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from tui.analysis.distribution import equal_edges, rebin
from tui.app.blob_steps import step_line
from tui.app.catalog import natural_key
from tui.app.distributions import Distribution, read_distribution
from tui.app.histograms import count_ticks, scaled, value_ticks
from tui.cli.reading import ProblemLines
from tui.cli.text_chart import NOTE, TITLE, Paper, as_text
from tui.reader.payload import PayloadError
from tui.render.cells import fit, width
from tui.render.numbers import count, number, percent
from tui.render.plots import Line, bars
from tui.render.text import printable
from tui.store.snapshot import BlobSeries

_MOST_BINS = 60


def histogram_charts(
    series: Sequence[BlobSeries], step: int | None, paper: Paper, problems: ProblemLines, *, log: bool
) -> Iterator[str]:
    """A chart a series, by tag: its newest histogram, or that of the step nearest to `step`.

    What cannot be read is told of in `problems` and has none.
    """
    for one in sorted(series, key=lambda one: natural_key(one.key.tag)):
        line = step_line(one.current())
        if not len(line):
            continue
        at = len(line) - 1 if step is None else int(np.abs(line.steps.astype(np.float64) - step).argmin())
        try:
            found = read_distribution(one.current().refs[int(line.entries[at])])
        except PayloadError as error:
            problems.tell(str(error))
            continue
        title = f"{one.key.tag}  {one.key.run}  step {line.steps[at]}"
        yield as_text(list(_lines(title, found, paper, log=log)), [], paper)


def _lines(title: str, found: Distribution, paper: Paper, *, log: bool) -> Iterator[Line]:
    yield [(fit(title, min(width(printable(title)), paper.width), keep="both"), TITLE)]
    if found.measures is None:
        yield [(" no values", NOTE)]
        return
    edges = equal_edges([found.measures.span], min(_MOST_BINS, paper.width // 2))
    assert edges is not None  # there is a span
    counts = rebin(found.buckets, edges)
    heights = scaled(counts, log=log)
    drawn = bars(
        edges[:-1],
        edges[1:],
        heights,
        paper.width,
        paper.height,
        x_ticks=value_ticks(float(edges[0]), float(edges[-1]), paper.width),
        y_ticks=count_ticks(float(counts.max()), paper.height, log=log),
    )
    for line in drawn:
        yield [(line.rstrip(), None)]
    yield [(f" {_told(found)}{'; log counts' if log else ''}", NOTE)]


def _told(found: Distribution) -> str:
    assert found.measures is not None
    mean, std = found.measures.moments
    told = [f"{count(found.total)} values", f"mean {number(mean)}", f"std {number(std)}"]
    told += [f"{percent(found.measures.zeros)} zeros"] if found.measures.zeros else []
    told += [f"{percent(found.lost)} NaN or infinite"] if found.lost > 0 else []
    return ", ".join(told)
