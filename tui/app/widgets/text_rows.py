"""The list of text tags: what each begins with, and how long it is."""

from __future__ import annotations

from logging_lib.tfevents import plugins
from tui.app.parts import Part
from tui.app.texts import TextFacts, read_facts
from tui.app.widgets.blob_rows import BlobRows
from tui.model import BlobRef
from tui.render.cells import fit
from tui.render.numbers import plural
from tui.store.snapshot import BlobSeries

_LINES = 11
_LEAST_HEAD = 12


class TextRows(BlobRows):
    """All text tags of the visible runs."""

    kind = plugins.TEXT
    summary_title = "begins with"

    def summary(self, series: BlobSeries, ref: BlobRef, cells: int) -> list[Part]:
        look, facts = self.look, self.shared.blobs.get(ref, read_facts)
        if not isinstance(facts, TextFacts):
            return [(fit(facts or "reading…", cells, keep="end"), look.error if facts else look.dim)]
        size = _LINES if cells >= _LEAST_HEAD + _LINES else 0
        return [
            (fit(facts.head or "(empty)", cells - size), look.text if facts.head else look.dim),
            (fit(f"  {_size(facts)}", size, align="right"), look.dim),
        ]


def _size(facts: TextFacts) -> str:
    """Lines of one text; of several how many, or the shape of their table."""
    if not facts.shape:
        return plural(facts.lines, "line")
    shape = "×".join(map(str, facts.shape))
    return f"{shape} texts" if len(facts.shape) == 1 else f"{shape} table"
