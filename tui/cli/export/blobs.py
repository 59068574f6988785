"""Histograms and texts as tables, and what every table of blobs needs: each blob is read when its row is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from tui.cli.export.table import (
    RUN,
    STEP,
    SUPERSEDED,
    TAG,
    WALL_TIME,
    Block,
    Cells,
    Column,
    ColumnType,
    Table,
    flags_of,
)
from tui.cli.reading import ProblemLines
from tui.reader.payload import PayloadError, read_histogram, read_text
from tui.store.snapshot import BlobSeries

# A block is done with so many blobs, or records of so many bytes: it is held in memory.
_BLOCK_BLOBS = 256
_BLOCK_BYTES = 1 << 20

# The rows (cells of the kind's own columns) of one blob of a series, by its index.
ReadRows = Callable[[BlobSeries, int], Iterable[tuple[Any, ...]]]

_BUCKETS = [Column(name, ColumnType.FLOATS) for name in ("left", "right", "count")]
_TEXT = [Column("text", ColumnType.ANY)]


def histogram_table(chosen: Sequence[BlobSeries], problems: ProblemLines, *, flagged: bool) -> Table:
    """A row a histogram, with its buckets' edges and counts as lists."""
    return blob_table(chosen, problems, _BUCKETS, _read_buckets, flagged=flagged)


def text_table(chosen: Sequence[BlobSeries], problems: ProblemLines, *, flagged: bool) -> Table:
    """A row a text summary: its text, or nested lists of texts where it holds an array of several."""
    return blob_table(chosen, problems, _TEXT, _read_texts, flagged=flagged)


def blob_table(
    chosen: Sequence[BlobSeries], problems: ProblemLines, own: Sequence[Column], read: ReadRows, *, flagged: bool
) -> Table:
    """Rows in file order, with a column of flags where wanted. Work is counted in bytes of records.

    `own` are the columns between the wall time and the flag, and `read` gives their cells. A blob for which it
    raises a PayloadError has no row and is told of in `problems`.
    """
    columns = [RUN, TAG, STEP, WALL_TIME, *own, *([SUPERSEDED] if flagged else [])]
    work = sum(ref.length for series in chosen for ref in series.refs)

    def blocks() -> Iterator[Block]:
        for series in chosen:
            for blobs, size in _chunks(series):
                indices, rows = _read(series, blobs, problems, read)
                cells: list[Cells] = list(zip(*rows, strict=True)) or [()] * len(own)
                data = [series.steps[indices], series.wall_times[indices], *cells]
                if flagged:
                    data.append(flags_of(series)[indices])
                yield Block((series.key.run, series.key.tag), data, size)

    return Table(columns, blocks(), work)


def _read(
    series: BlobSeries, blobs: Sequence[int], problems: ProblemLines, read: ReadRows
) -> tuple[list[int], list[tuple[Any, ...]]]:
    """Rows, and the index of the blob that each is of."""
    indices: list[int] = []
    rows: list[tuple[Any, ...]] = []
    for index in blobs:
        try:
            found = list(read(series, index))
        except PayloadError as error:
            problems.tell(str(error))
            continue
        indices += [index] * len(found)
        rows += found
    return indices, rows


def _chunks(series: BlobSeries) -> Iterator[tuple[range, int]]:
    """Indices of blobs for one block, and the bytes of their records."""
    start = size = 0
    for end, ref in enumerate(series.refs, 1):
        size += ref.length
        if end - start == _BLOCK_BLOBS or size >= _BLOCK_BYTES or end == len(series.refs):
            yield range(start, end), size
            start, size = end, 0


def _read_buckets(series: BlobSeries, index: int) -> list[tuple[Any, ...]]:
    buckets = read_histogram(series.refs[index])
    return [(buckets.left, buckets.right, buckets.counts)]


def _read_texts(series: BlobSeries, index: int) -> list[tuple[Any, ...]]:
    texts = read_text(series.refs[index])
    # Writers store a single text in either shape, () or [1].
    return [(texts[0] if texts.shape == (1,) else texts.tolist(),)]
