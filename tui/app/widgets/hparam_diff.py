"""What tells two sessions apart: hparams, metrics, texts, as lines to scroll through."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from textual.strip import Strip

from tui.analysis.run_diff import MetricDiff, Moment, RunDiff, Standing, TextDiff, run_diff, session_of
from tui.analysis.run_table import best_value
from tui.analysis.statistics import goal
from tui.analysis.text_diff import SKIPPED
from tui.app.blobs import Unreadable
from tui.app.hparam_choices import HParamPage
from tui.app.parts import Part, cut
from tui.app.shared import Shared
from tui.app.widgets.sessions import SessionsList, cell_text
from tui.model import BlobRef
from tui.reader.payload import read_text
from tui.render.cells import fit, width
from tui.render.numbers import duration, number, percent, plural
from tui.render.strips import row_strip
from tui.render.text import printable

_MOST_LINES = 500
_NONE = "-"
_BETTER = "★ "
_NAME_LEAST = 12
_HEADS = ("last A", "last B", "best A", "best B", "at step", "A", "B", "B-A", "after", "A", "B")
_TALL_HEADS = ("A", "B", "B-A")
Line = list[Part]


class HParamDiffView(SessionsList):
    """The two sessions that were compared last; Esc goes back to the table."""

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._lines: list[Line] = []
        self._unread = False

    def on_resize(self) -> None:
        """How long lines may be is another."""
        self.invalidate()

    def redraw(self) -> None:
        self._stale = self._stale or self._unread
        super().redraw()

    def relist(self) -> None:
        compared = self.choices.compared
        self._unread = False
        if compared is None or self.choices.page is not HParamPage.DIFF:
            self._lines = []
            return
        rows = {row.name: row for row in self.shown.frame.rows}
        sessions = self._shared.hparams.sessions(self.snapshot)
        # A row of several sessions is compared by its first.
        first, second = (
            session_of(
                self.snapshot, sessions, name if name not in rows or rows[name].sessions == 1 else rows[name].runs[0]
            )
            for name in compared
        )
        self._lines = list(self._made(run_diff(self.snapshot, first, second, self._text)))

    def _text(self, ref: BlobRef) -> str | None:
        array = self._shared.blobs.get(ref, read_text)
        if array is None:
            self._unread = True
        return None if array is None or isinstance(array, Unreadable) else "\n".join(map(str, array.reshape(-1)))

    # How it is drawn

    def line_count(self) -> int:
        return len(self._lines)

    def heading(self, width: int) -> list[Strip]:
        look = self.look
        names = self.choices.compared or ("", "")
        parts: list[Part] = [(" Compared  ", look.accent if self.has_focus else look.dim)]
        for letter, name in zip("AB", names, strict=True):
            run = name if name in self.snapshot.runs else None
            style = self._shared.runs.style(run, look) if run else look.text
            parts += [
                (f"{letter} ", look.dim),
                (fit(printable(name), max(8, width // 3), keep="end").rstrip(), style),
                ("  ", look.dim),
            ]
        return [row_strip(cut(parts, width), width, look.text)]

    def empty_lines(self, width: int) -> list[Strip]:
        return [row_strip([("  nothing to compare", self.look.dim)], width, self.look.text)]

    def draw_line(self, index: int, width: int, *, on_cursor: bool) -> Strip:
        return self.line_strip(cut(self._lines[index], width), width, on_cursor=on_cursor)

    def _made(self, found: RunDiff) -> Iterator[Line]:
        yield from self._hparam_lines(found)
        yield []
        yield from self._metric_lines(found)
        for item in found.texts:
            yield []
            yield from self._text_lines(item)

    def _hparam_lines(self, found: RunDiff) -> Iterator[Line]:
        look = self.look
        differing = [item for item in found.hparams if item.standing is not Standing.SAME]
        names = [printable(item.name) for item in differing]
        values = [[cell_text(value) or _NONE for value in (item.first, item.second)] for item in differing]
        sizes = _sizes([["hparam", "A", "B"], *([name, *row] for name, row in zip(names, values, strict=True))])
        if differing:
            yield [(f" {'  '.join(fit(t, s) for t, s in zip(('hparam', 'A', 'B'), sizes, strict=True))}", look.dim)]
        for name, row in zip(names, values, strict=True):
            yield [
                (f" {fit(name, sizes[0], keep='both')}  ", look.text),
                (fit(row[0], sizes[1], keep="both") + "  ", look.text),
                (fit(row[1], sizes[2], keep="both"), look.text),
            ]
        yield [(f" {_same(len(found.hparams) - len(differing), len(found.hparams), 'hparam')}", look.dim)]

    def _metric_lines(self, found: RunDiff) -> Iterator[Line]:
        look = self.look
        differing = [item for item in found.metrics if item.standing is not Standing.SAME]
        table = [("metric", *_HEADS), *((printable(item.tag), *_metric_cells(item)) for item in differing)]
        if _cells_of(_sizes(table)) > self.size.width:
            table = [("metric: last", *_TALL_HEADS), *(row for item in differing for row in _tall_rows(item))]
        sizes = _sizes(table)
        if (over := _cells_of(sizes) - self.size.width) > 0:
            sizes[0] = max(_NAME_LEAST, sizes[0] - over)
        if _cells_of(sizes) > self.size.width:
            table, sizes = [row[:-1] for row in table], sizes[:-1]
        for at, row in enumerate(table if differing else []):
            line: Line = [(" " + fit(row[0], sizes[0], keep="both"), look.text if at else look.dim)]
            for text, size in zip(row[1:], sizes[1:], strict=True):
                better = text.startswith(_BETTER)
                style = look.good if better else look.text if at else look.dim
                line.append(("  " + fit(text, size, align="right"), style))
            yield line
        yield [(f" {_same(len(found.metrics) - len(differing), len(found.metrics), 'metric')}", look.dim)]

    def _text_lines(self, item: TextDiff) -> Iterator[Line]:
        look, title = self.look, f" text {printable(item.tag)}"
        if item.changes is None:
            yield [(f"{title}: {'being read' if self._unread else 'too different to list, or not readable'}", look.dim)]
            return
        if item.standing is not Standing.DIFFERS:
            yield [(f"{title}: only in {'A' if item.standing is Standing.FIRST else 'B'}", look.dim)]
            return
        yield [(title, look.dim)]
        styles = {"-": look.error, "+": look.good}
        for mark, line in item.changes[:_MOST_LINES]:
            text = f"… {line} equal lines" if mark == SKIPPED else f"{mark} {printable(line.expandtabs(4))}"
            yield [(f"   {text}", styles.get(mark, look.dim))]
        if len(item.changes) > _MOST_LINES:
            yield [(f"   … and {len(item.changes) - _MOST_LINES} more lines", look.dim)]

    # What keys do

    def action_leave(self) -> None:
        """Back to the table."""
        self.choose(page=HParamPage.TABLE)


def _same(count: int, total: int, noun: str) -> str:
    if not total:
        return f"no {noun}s"
    return f"{plural(count, noun)} {'is' if count == 1 else 'are'} the same" if count else f"no {noun} is the same"


def _sizes(rows: Sequence[Sequence[str]]) -> list[int]:
    """How wide each column is; names and values have at most 40 cells."""
    return [min(40, max(map(width, column))) for column in zip(*rows, strict=True)]


def _cells_of(sizes: Sequence[int]) -> int:
    return 1 + sum(sizes) + 2 * (len(sizes) - 1)


def _tall_rows(item: MetricDiff) -> Iterator[tuple[str, ...]]:
    """A metric as lines below each other, where one is too long."""
    cells = _metric_cells(item)
    yield printable(item.tag), *cells[:2], ""
    yield "  best", *cells[2:4], ""
    if item.same_step is not None:
        yield f"  at step {cells[4]}", *cells[5:8]
    if item.same_time is not None:
        yield f"  after {cells[8]}", *cells[9:], ""


def _metric_cells(item: MetricDiff) -> list[str]:
    cells = _judged(item.last, item.tag, at_step=False) + _judged(item.best, item.tag, at_step=True)
    step, change, time = item.same_step, item.change, item.same_time
    cells += [_NONE] * 3 if step is None else [str(int(step.at)), number(step.first), number(step.second)]
    cells.append(
        _NONE
        if change is None or not math.isfinite(change.value)
        else f"{number(change.value)} {percent(change.fraction)}"
    )
    return cells + ([_NONE] * 3 if time is None else [duration(time.at), number(time.first), number(time.second)])


def _judged(moments: Sequence[Moment | None], tag: str, *, at_step: bool) -> list[str]:
    """Both values, the better one marked."""
    values = [moment.value for moment in moments if moment is not None]
    best = best_value(values, goal(tag)) if len(values) == 2 else None
    cells = [_moment(moment, at_step=at_step) for moment in moments]
    return [
        _BETTER + cell if moment is not None and moment.value == best else cell
        for cell, moment in zip(cells, moments, strict=True)
    ]


def _moment(moment: Moment | None, *, at_step: bool) -> str:
    if moment is None:
        return _NONE
    return f"{number(moment.value)}@{moment.step}" if at_step else number(moment.value)
