"""What the text tab decodes on the worker: each a function of a blob's place that equals another of the same kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.analysis.text_diff import text_diff
from tui.app.selection import Filter
from tui.model import BlobRef
from tui.reader.payload import PayloadError, read_text
from tui.render.numbers import bytes_
from tui.render.page import Page, source_lines
from tui.render.text_pages import changes_page, headline, rendered_page, source_of, source_page

MOST_BYTES = 256 << 20
"""A record that is longer is not read to be shown."""
MOST_MATCHES = 10_000
_SPECIAL = re.compile(r"[][.^$*+?{}\\|()]")


@dataclass(frozen=True, slots=True)
class TextFacts:
    """A text in a line: what it begins with, how many lines it has, and the shape of the array it is in, if any."""

    head: str
    lines: int
    shape: tuple[int, ...]


def read_facts(ref: BlobRef) -> TextFacts:
    """What the list tells of a text. PayloadError as `read_text`."""
    texts = _read(ref)
    lines = sum(len(source_lines(str(text))) for text in texts.reshape(-1))
    return TextFacts(headline(texts), lines, texts.shape if texts.size != 1 else ())


def read_source(ref: BlobRef) -> str:
    """A text as it was logged. PayloadError as `read_text`."""
    return source_of(_read(ref))


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text as it is meant to be read, in lines of so many cells."""

    cells: int

    def __call__(self, ref: BlobRef) -> Page:
        return rendered_page(_read(ref), self.cells)


@dataclass(frozen=True, slots=True)
class Source:
    """A text as it was logged, in lines of so many cells."""

    cells: int

    def __call__(self, ref: BlobRef) -> Page:
        return source_page(read_source(ref), self.cells)


@dataclass(frozen=True, slots=True)
class Changes:
    """What is different from another text, `before`."""

    before: BlobRef
    cells: int

    def __call__(self, ref: BlobRef) -> Page:
        lines = source_lines(read_source(ref))
        return changes_page(text_diff(source_lines(read_source(self.before)), lines), len(lines), self.cells)


def _read(ref: BlobRef) -> npt.NDArray[np.object_]:
    if ref.length > MOST_BYTES:
        raise PayloadError(f"a text of {bytes_(ref.length)} is not shown, only up to {bytes_(MOST_BYTES)}")
    return read_text(ref)


def matches(page: Page, wanted: Filter) -> npt.NDArray[np.int64]:
    """Where in a page's text a filter matches, [n, 2] first and end; not across lines of the source.

    At most MOST_MATCHES; none that are empty.
    """
    return np.array(list(_matches(page, wanted)), np.int64).reshape(-1, 2)


def _matches(page: Page, wanted: Filter) -> Iterator[tuple[int, int]]:
    found = 0
    # Line by line, so that no expression goes on for ever; plain words need no such care.
    lines = ".+" if _SPECIAL.search(wanted.text) else "(?s:.+)"
    for line in re.finditer(lines, page.text) if wanted.text else ():
        for match in wanted.all_in(line.group()):
            if match.end() > match.start():
                yield line.start() + match.start(), line.start() + match.end()
                found += 1
                if found == MOST_MATCHES:
                    return
