"""The list of data of kinds without a tab of their own: what it is, who logged it, how much there is of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.strip import Strip

from logging_lib.tfevents import plugins
from tui.analysis.tag_lines import KINDS, TagLine, blob_bytes, tag_lines
from tui.app.catalog import natural_key
from tui.app.parts import pane_title
from tui.app.selection import KINDS_WITH_A_TAB
from tui.app.shared import Shared
from tui.app.widgets.listings import Listing
from tui.model import SeriesKey
from tui.render.cells import fit, fit_distinct
from tui.render.cells import width as width_of
from tui.render.numbers import bytes_, count
from tui.render.strips import row_strip
from tui.render.text import printable
from tui.store.snapshot import BlobSeries

_KIND_MOST, _TYPE_MOST = 24, 28
_NAME_ENOUGH = 16
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
    """What was logged besides scalars, histograms and hparams, tag by tag over the visible runs.

    The type is shown of what says nothing by its kind: tensors of unknown plugins, and embeddings.
    """

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._rows: list[TagLine] = []
        self._labels: dict[int, dict[str, str]] = {}
        self._bytes: dict[SeriesKey, tuple[int, int]] = {}
        self._wanted = 0, 0, 0

    def relist(self) -> None:
        """List anew. Runs are filtered by name here: embeddings may be of one without event files, in no list."""
        self._labels = {}
        found = tag_lines(self.snapshot, self._is_listed, size=self._bytes_of)
        found.sort(key=lambda line: (_rank(line), natural_key(line.kind), natural_key(line.tag)))
        self._rows = found
        self._rows = found
        types = [text for text in map(_type, found) if text]
        self._wanted = (
            _longest("kind", (line.kind_name for line in found), _KIND_MOST),
            _longest("tag", (line.tag for line in found), _NAME_ENOUGH),
            _longest("type", types, _TYPE_MOST) if types else 0,
        )

    def _is_listed(self, key: SeriesKey) -> bool:
        s = self.selection
        shown = key.run not in s.hidden and s.runs_filter.matches(key.run) and s.tags_filter.matches(key.tag)
        return shown and key.plugin not in KINDS_WITH_A_TAB

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
        text = fit("  nothing of other kinds in the visible runs", width)
        return [row_strip([(text, self.look.dim)], width, self.look.text)]

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
            (f"{fit(_type(row), columns.type - 1)} " if columns.type else "", look.dim),
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


def _rank(line: TagLine) -> int:
    return KINDS.index(line.kind) if line.known else len(KINDS)


def _type(line: TagLine) -> str:
    return line.tensor_type if not line.known or line.kind == plugins.PROJECTOR else ""


def _longest(heading: str, texts: Iterable[str], most: int) -> int:
    """Cells of a column of texts, the blank after it included."""
    return min(max(width_of(printable(text)) for text in (heading, *texts)), most) + 1
