"""The list of data of kinds without a tab of their own: what it is, who logged it, how much there is of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from textual import events
from textual.strip import Strip

from tui.analysis.tag_lines import TagLine, blob_bytes, tag_lines
from tui.app.blob_steps import moved, places, step_line
from tui.app.blob_title import RUN_LEAST, run_parts, title_line
from tui.app.catalog import focused_run, natural_key, shown_key
from tui.app.messages import StepChosen
from tui.app.no_tags import said, why_none_of
from tui.app.parts import Part, pane_title
from tui.app.selection import KINDS_WITH_A_TAB, Filter, Selection
from tui.app.shared import Shared
from tui.app.tensor_previews import Preview, facts, read_preview, value_lines
from tui.app.widgets.listings import Listing
from tui.model import SeriesKey
from tui.render.cells import fit, fit_distinct, wrap
from tui.render.cells import width as width_of
from tui.render.numbers import bytes_, count
from tui.render.strips import row_strip
from tui.render.text import printable
from tui.store.snapshot import BlobSeries

_KIND_MOST, _TYPE_MOST = 24, 28
_NAME_ENOUGH = 16
_PREVIEW_MOST = 13
# Heading and cells of the columns of numbers, in the order in which a narrow pane leaves them out.
_NUMBERS = (("runs", 6), ("bytes", 10), ("entries", 9), ("last step", 11))
_SHOWN = ("runs", "entries", "last step", "bytes")
_NONE = "-"


@dataclass(frozen=True, slots=True)
class _Columns:
    """Cells of kind, tag and type, 0 for one that is left out, and the columns of numbers that fit."""

    kind: int
    tag: int
    type: int
    numbers: tuple[tuple[str, int], ...]


class OtherData(Listing):
    """What was logged that no other tab shows, tag by tag over the visible runs. Enter opens a look at the values of
    the tag under the cursor, below the list.
    """

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._rows: list[TagLine] = []
        self._labels: dict[int, dict[str, str]] = {}
        self._bytes: dict[SeriesKey, tuple[int, int]] = {}
        self._wanted = 0, 0, 0
        self._previewed = False

    def relist(self) -> None:
        """List anew."""
        self._labels = {}
        found = tag_lines(self.snapshot, self._is_listed, size=self._bytes_of)
        found.sort(key=lambda line: (natural_key(line.kind), natural_key(line.tag)))
        self._rows = found
        types = [line.tensor_type for line in found if line.tensor_type]
        self._wanted = (
            _longest("kind", (line.kind_name for line in found), _KIND_MOST),
            _longest("tag", (line.tag for line in found), _NAME_ENOUGH),
            _longest("type", types, _TYPE_MOST) if types else 0,
        )

    def _is_listed(self, key: SeriesKey, selection: Selection | None = None) -> bool:
        s = selection or self.selection
        shown = key.run not in s.hidden and s.runs_filter.matches(key.run) and s.tags_filter.matches(key.tag)
        return shown and key.plugin not in KINDS_WITH_A_TAB and key in self.snapshot.blobs

    def _bytes_of(self, series: BlobSeries) -> int:
        """The bytes, counted again only when the series' version moved: there may be very many blobs."""
        known = self._bytes.get(series.key)
        if known is None or known[0] != series.version:
            known = self._bytes[series.key] = series.version, blob_bytes(series)
        return known[1]

    def line_count(self) -> int:
        return len(self._rows)

    # How it is drawn

    def heading(self, width: int) -> list[Strip]:
        look, total, columns = self.look, len(self._rows), self._columns(width)
        title = pane_title("Other data", total, total, self.selection.tags_filter, self.has_focus, look)
        names = f" {fit('kind', columns.kind)}{fit('tag', columns.tag)}{fit('type', columns.type)}"
        names += "".join(fit(name, cells, align="right") for name, cells in columns.numbers)
        return [row_strip(title, width, look.text), row_strip([(names, look.dim)], width, look.text)]

    def empty_lines(self, width: int) -> list[Strip]:
        every = replace(self.selection, tags_filter=Filter())
        others = any(self._is_listed(key, every) for key in self.snapshot.blobs)
        text = why_none_of("tag of other kinds", others=others, selection=self.selection, shared=self._shared)
        return said([text], width, self.look)

    def draw_line(self, index: int, width: int, *, on_cursor: bool) -> Strip:
        look, row, columns = self.look, self._rows[index], self._columns(width)
        texts = {
            "runs": count(len(row.runs)),
            "entries": count(row.points),
            "last step": _NONE if row.last_step is None else count(row.last_step),
            "bytes": _NONE if row.bytes is None else bytes_(row.bytes),
        }
        numbers = "".join(fit(texts[name], cells, align="right") for name, cells in columns.numbers)
        parts = [
            (f" {fit(row.kind_name, columns.kind - 1)} ", look.dim),
            (f"{self._label(row.tag, columns.tag - 1)} ", look.text),
            (f"{fit(row.tensor_type, columns.type - 1)} " if columns.type else "", look.dim),
            (numbers, look.text),
        ]
        return self.line_strip(parts, width, on_cursor=on_cursor)

    def _columns(self, cells: int) -> _Columns:
        """Kind, tag and newest step always; then types, where there are any, and the other numbers as room allows."""
        kind, tag, types = self._wanted
        room = cells - 2 - kind - tag
        left_out = 0
        while left_out < len(_NUMBERS) - 1 and sum(size for _, size in _NUMBERS[left_out:]) + types > room:
            left_out += 1
        kept = dict(_NUMBERS[left_out:])
        room -= sum(kept.values())
        types = types if types <= room else 0
        numbers = tuple((name, kept[name]) for name in _SHOWN if name in kept)
        return _Columns(kind, max(tag + room - types, 2), types, numbers)

    def _label(self, tag: str, cells: int) -> str:
        """A tag's name in exactly `cells`, cut so that it differs from the others in the list."""
        if cells not in self._labels:
            self._labels[cells] = fit_distinct({row.tag for row in self._rows}, cells)
        return self._labels[cells][tag]

    # The preview

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        self._freshen()  # the preview is of a line
        preview = self._preview(width, min(height // 2, _PREVIEW_MOST)) if self._previewed else []
        rows = height - len(preview)
        strips = super().compose_strips(width, rows)[:rows]
        blank = row_strip([], width, self.look.text)
        return [*strips, *[blank] * (rows - len(strips)), *preview] if preview else strips

    @property
    def page(self) -> int:
        return max(1, super().page - (min(self.size.height // 2, _PREVIEW_MOST) if self._previewed else 0))

    def line_at(self, y: int) -> int | None:
        index = super().line_at(y)
        return index if index is not None and index < self.top + self.page else None

    def _series(self) -> BlobSeries | None:
        """That of the tag under the cursor in the focused run, else in the one that logged last."""
        if not self._rows:
            return None
        row = self._rows[min(self.cursor, len(self._rows) - 1)]  # some may be gone
        keys = [SeriesKey(run, row.tag, row.kind) for run in sorted(row.runs)]
        focused = focused_run(self.snapshot, self.selection)
        shown = shown_key(self.snapshot, keys, focused)
        return self.snapshot.blobs[shown if shown in keys else shown_key(self.snapshot, keys, None)]

    def _preview(self, width: int, height: int) -> list[Strip]:
        """What the value is: whose and which, dtype, shape and extremes, the first numbers. Exactly `height` lines."""
        series, look = self._series(), self.look
        if series is None or height < 2:
            return []
        line = step_line(series)
        at = line.at(self.selection.step)
        run = series.key.run
        steps: list[Part] = [(f"step {line.steps[at]}  ", look.text), (f"({at + 1} of {len(line)})  ", look.text)]
        rest = [*steps, *run_parts(run, self._shared, max(width // 4, RUN_LEAST), look)]
        title = title_line(series.key.tag, rest, [], [], width, look)
        found = self._shared.blobs.get(series.refs[int(line.entries[at])], read_preview)
        if isinstance(found, Preview):
            texts = [(facts(found), look.dim), *((text, look.text) for text in value_lines(found, width - 3))]
        else:
            texts = [(text, look.error if found else look.dim) for text in wrap(found or "reading…", width - 4)]
        rows = [row_strip([(f"  {fit(text, width - 3)}", style)], width, look.text) for text, style in texts]
        rule = row_strip([("─" * width, look.faint)], width, look.text)
        lines = [rule, title, *rows]
        return [*lines, *[row_strip([], width, look.text)] * height][:height]

    def _step(self, by: int) -> None:
        """Show the value so many steps on, where values are looked at."""
        series = self._series() if self._previewed else None
        if series is not None:
            place = moved(places([step_line(series)]), self.selection.step, by)
            if place != self.selection.step:
                self.post_message(StepChosen(place))

    # What keys do

    def action_enter(self) -> None:
        """Look at the values, or no more."""
        self._previewed = not self._previewed and bool(self._rows)
        self.redraw()

    def action_leave(self) -> None:
        self._previewed = False
        self.redraw()

    def action_cursor_left(self) -> None:
        self._step(-1)

    def action_cursor_right(self) -> None:
        self._step(1)

    def on_click(self, event: events.Click) -> None:
        index = self.line_at(event.y)
        if index is not None:
            again, self.cursor = index == self.cursor, index
            if again:
                self.action_enter()


def _longest(heading: str, texts: Iterable[str], most: int) -> int:
    """Cells of a column of texts, the blank after it included."""
    return min(max(width_of(printable(text)) for text in (heading, *texts)), most) + 1
