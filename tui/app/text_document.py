"""Pages one under the other, of which only those in view are laid out: what the full view of a text scrolls over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from tui.app.blobs import BlobCache, Unreadable
from tui.app.parts import Part
from tui.model import BlobRef
from tui.render.page import Page

_MOST_KNOWN = 100_000

Read = Callable[[BlobRef], Page]


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """A text, after a line of `heading` where there are several. `read` makes its page."""

    ref: BlobRef
    read: Read
    heading: Sequence[Part] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A section whose first line, its heading if it has one, is the document's line `first`."""

    section: Section
    first: int
    page: Page | Unreadable | None

    @property
    def body(self) -> int:
        """The document's line that the page begins at."""
        return self.first + (self.section.heading is not None)

    @property
    def end(self) -> int:
        """The line after its last one; a page that is not there has one that says so."""
        return self.body + (len(self.page) if isinstance(self.page, Page) else 1)


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """The sections that reach from one line of the document to another.

    `whole` tells that nothing comes after them; then `end` is how many lines there are.
    """

    placed: Sequence[Placed]
    end: int
    whole: bool


@dataclass
class Lengths:
    """How many lines sections that were seen have: those above the view need not be laid out again."""

    _known: dict[tuple[BlobRef, Read, bool], int] = field(default_factory=dict)

    def document(self, sections: Iterable[Section], top: int, rows: int, blobs: BlobCache) -> Document:
        """What is seen of the sections in `rows` lines from the line `top` on. What comes after one that is not
        decoded yet waits for it.
        """
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
        placed: list[Placed] = []
        at = 0
        for section in sections:
            if at >= top + rows:
                return Document(placed, at, whole=False)
            known = self._known.get((section.ref, section.read, section.heading is not None))
            if known is not None and at + known <= top:
                at += known
                continue
            item = Placed(section, at, blobs.get(section.ref, section.read))
            placed.append(item)
            at = item.end
            if item.page is None:
                return Document(placed, at, whole=False)
            self._known[section.ref, section.read, section.heading is not None] = item.end - item.first
        return Document(placed, at, whole=True)
