"""A view of a graph as lines: what all of them have in common, and the columns of those that are tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from tui.analysis.graph_model import GraphModel
from tui.app.parts import Part
from tui.app.theme import Look
from tui.render.cells import fit

_LABEL_ENOUGH, _LABEL_PLENTY = 28, 44
"""Cells that names have at least before a column is left out."""
LABEL_LEAST, LABEL_MOST = 18, 72
BAR = 10
GAP = 2
AS_LOGGED, BY_WEIGHTS = "in the order of the graph", "by parameters"


class Column:
    """A column of a table: its heading, cells, and whether it stands at the right."""

    def __init__(self, head: str, cells: int, *, right: bool = False) -> None:
        self.head, self.cells, self.right = head, cells, right

    def fitted(self, text: str) -> str:
        """A text in the column, and the blank before it. A shape that is cut must not look like another one."""
        room = self.cells - GAP
        if self.right:
            return " " * GAP + fit(text, room, align="right")
        return " " * GAP + fit(text, room, keep="start" if text.startswith("[") else "both")


def columns_in(cells: int, wanted: int, columns: Sequence[Column], least: Sequence[str]) -> tuple[int, list[Column]]:
    """Cells of the names, which want so many, and the columns for which there is room beside them, in order.

    `least` are the headings of those that are left out, the first one first, as long as names have not enough room.
    """
    kept = list(columns)
    for head in least:
        enough = _LABEL_PLENTY if head == "share" else _LABEL_ENOUGH  # a bar says again what stands there in numbers
        if cells - sum(column.cells for column in kept) >= min(wanted, enough):
            break
        kept = [column for column in kept if column.head != head]
    return max(1, min(cells - sum(column.cells for column in kept), wanted)), kept


class Pane:
    """Lines of one view, with the place of its cursor while another is shown."""

    title: ClassVar[str]

    def __init__(self, model: GraphModel) -> None:
        self.model = model
        self.cursor = self.top = 0

    def __len__(self) -> int:
        raise NotImplementedError

    def head(self, cells: int) -> str:
        """The headings of the columns."""
        raise NotImplementedError

    def parts(self, index: int, cells: int, look: Look) -> list[Part]:
        """One line."""
        raise NotImplementedError

    def totals(self) -> list[str]:
        """What stands under the lines, all in one; nothing for no such line."""
        return []

    def empty_text(self) -> str:
        """What stands in place of no lines."""
        return "nothing in this graph"

    def next_order(self) -> str:
        """Sort the other way; returns what to say of it."""
        return "nothing to sort here"
