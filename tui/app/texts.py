"""What the text tab decodes on the worker: each a function of a blob's place that equals another of the same kind."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.analysis.text_diff import text_diff
from tui.app.selection import Filter
from tui.model import BlobRef
from tui.reader.payload import PayloadError, read_text
from tui.render.numbers import bytes_, count
from tui.render.page import Page, source_lines
from tui.render.text_pages import changes_page, headline, rendered_page, source_of, source_page

MOST_BYTES = 256 << 20
"""A record that is longer is not read to be shown."""
MOST_STRINGS = 100_000
"""Of an array; each is a text of its own, and takes longer than its bytes."""
MOST_MATCHES = 10_000
_LONGEST_SEARCH = 1.0
"""Seconds; a filter may be slow, or there are a million lines."""
# Plain words are looked for in all of a text at once.
_SPECIAL = re.compile(r"[][.^$*+?{}\\|()]")
_LINE = re.compile(".+")


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
    texts = read_text(ref)
    if texts.size > MOST_STRINGS:
        raise PayloadError(f"an array of {count(texts.size)} texts is not shown, only up to {count(MOST_STRINGS)}")
    return texts


def matches(page: Page, wanted: Filter) -> npt.NDArray[np.int64]:
    """Where in a page's text a filter matches, [n, 2] first and end; not across lines of the source.

    At most MOST_MATCHES; none that are empty. A filter that takes too long is matched literally.
    """
    found = _matches(page.text, wanted) if wanted.text and wanted.valid else None
    if found is None:
        found = _places(0, wanted.all_in(page.text, MOST_MATCHES)) if wanted.text else []
    return np.array(found[:MOST_MATCHES], np.int64).reshape(-1, 2)


def _matches(text: str, wanted: Filter) -> list[tuple[int, int]] | None:
    """The matches of a regular expression; None where it took too long."""
    if not _SPECIAL.search(wanted.text):
        return _places(0, wanted.all_in(text, MOST_MATCHES))
    found: list[tuple[int, int]] = []
    end = time.perf_counter() + _LONGEST_SEARCH
    for line in _LINE.finditer(text):
        found += _places(line.start(), wanted.all_in(line.group(), MOST_MATCHES))
        if not wanted.valid or time.perf_counter() > end:
            wanted.give_up()
            return None
        if len(found) >= MOST_MATCHES:
            break
    return found


def _places(start: int, found: Iterable[re.Match[str]]) -> list[tuple[int, int]]:
    return [(start + match.start(), start + match.end()) for match in found if match.end() > match.start()]
