"""The list of a tab of blobs: a line a tag, with what its newest blob is, or that of the chosen step."""

from __future__ import annotations

from typing import ClassVar

from textual.strip import Strip

from tui.app.blob_steps import step_line
from tui.app.parts import Part
from tui.app.widgets.tag_rows import Line, TagRows
from tui.model import BlobRef
from tui.render.cells import fit
from tui.render.numbers import count
from tui.render.strips import row_strip
from tui.store.snapshot import BlobSeries

_LABEL_EXTRA = 5
_ENTRIES, _STEP = 9, 11


class BlobRows(TagRows):
    """All tags of one kind in the visible runs: name, what `summary` says, how many entries, and the step shown."""

    summary_title: ClassVar[str] = ""
    """What stands above the summaries."""

    def summary(self, series: BlobSeries, ref: BlobRef, cells: int) -> list[Part]:
        """What a line says of a blob, `cells` wide; `self.shared.blobs` decodes it."""
        raise NotImplementedError

    def summary_heads(self, cells: int, room: int) -> str:
        """What stands above summaries of so many cells, in the last `room` of them: the title takes some at times."""
        return fit(self.summary_title, room)

    def label_cells(self, width: int) -> int:
        room = width - _LABEL_EXTRA - _STEP - 1
        return min(max(self.longest_name, 6), max(8, room * 2 // 5))

    def _summary_cells(self, width: int) -> int:
        return max(0, width - self.label_cells(width) - _LABEL_EXTRA - _STEP - self._entries_cells(width))

    def _entries_cells(self, width: int) -> int:
        return _ENTRIES if width >= 60 else 0

    def heading(self, width: int) -> list[Strip]:
        look, title = self.look, self.title()
        named = sum(len(text) for text, _ in title)
        blank = " " * max(1, self.label_cells(width) + _LABEL_EXTRA - named)
        left = named + len(blank)
        numbers = fit("entries", self._entries_cells(width), align="right") + fit("step", _STEP, align="right")
        room = max(0, width - left - len(numbers))
        heads = self.summary_heads(self._summary_cells(width), room) + numbers
        return [row_strip([*title, (blank, look.text), (heads, look.dim)], width, look.text)]

    def tag_parts(self, line: Line, width: int, label: list[Part]) -> list[Part]:
        look, series = self.look, self.snapshot.blobs[self.key_of(line)]
        steps = step_line(series)
        at = steps.at(self.selection.step)
        parts = self.summary(series, series.refs[int(steps.entries[at])], self._summary_cells(width))
        entries = fit(count(len(steps)), self._entries_cells(width), align="right")
        return [*label, *parts, (entries, look.dim), (fit(count(int(steps.steps[at])), _STEP, align="right"), look.dim)]
