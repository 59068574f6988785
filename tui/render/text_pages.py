"""Logged texts as pages: read as Markdown, settings or tables; as their source; what changed between two of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.render.markdown import add_markdown, inline_lines
from tui.render.numbers import bytes_, count, plural
from tui.render.page import Ink, Page, PageBuilder, shown, source_lines
from tui.render.settings_text import add_json, add_settings, is_json, is_settings
from tui.render.text_table import Cell, add_table

Strings = npt.NDArray[Any]
"""An object array of str."""

UNWRAPPED = 4096
"""How wide lines get that are not wrapped; what is longer goes on in the next line."""
MOST_RENDERED = 256 << 10
"""Characters of a text that is rendered; the parts of a longer one would take too much memory."""
MOST_CELLS = 20_000
MOST_SOURCE = 32 << 20
"""Characters of a source that are shown."""
_HEAD, _HEAD_LINES = 1000, 30
_INKS = {"-": Ink.REMOVED, "+": Ink.ADDED, "…": Ink.DIM}


def source_of(texts: Strings) -> str:
    """The text itself where there is one, else all of them as a list (of lists) of JSON."""
    if texts.size == 1:
        return str(texts.reshape(-1)[0])
    return json.dumps(texts.tolist(), ensure_ascii=False, indent=1)


def rendered_page(texts: Strings, cells: int) -> Page:
    """A text as it is meant to be read; of several, a table: [n] has one column, and each [n, m] of a larger array is
    one, after its place in the array.
    """
    length = sum(map(len, texts.reshape(-1).tolist()))
    if length > MOST_RENDERED or texts.size > MOST_CELLS:
        what = bytes_(length) if length > MOST_RENDERED else plural(texts.size, "cell")
        return source_page(source_of(texts), cells, f"shown as its source: {what} are too much to render")
    builder = PageBuilder(cells)
    if not texts.size:
        builder.add([("no text", Ink.DIM)])
    elif texts.size == 1:
        _add_text(builder, str(texts.reshape(-1)[0]))
    elif texts.ndim <= 2:
        _add_strings(builder, texts)
    else:
        for place in np.ndindex(texts.shape[:-2]):
            if len(builder):
                builder.add([])
            builder.add([(f"[{', '.join(map(str, place))}]", Ink.HEADING | Ink.STRONG)])
            _add_strings(builder, texts[place])
    return builder.page()


def source_page(source: str, cells: int, note: str = "") -> Page:
    """A text as it was logged, control characters escaped, after a `note`."""
    builder = PageBuilder(cells)
    if len(source) > MOST_SOURCE:
        note = f"the first {count(MOST_SOURCE)} of {count(len(source))} characters"
    if note:
        builder.add([(note, Ink.DIM)])
        builder.add([])
    for line in source_lines(source[:MOST_SOURCE]):
        builder.add([(shown(line), Ink.PLAIN)])
    return builder.page()


def changes_page(changes: Sequence[tuple[str, str]] | None, lines: int, cells: int) -> Page:
    """A difference in the unified form, as (mark, line); `lines` is how many the newer text has."""
    builder = PageBuilder(cells)
    if changes is None:
        builder.add([("too many lines differ to compare them", Ink.DIM)])
    elif not changes:
        builder.add([(f"no difference in {plural(lines, 'line')}", Ink.DIM)])
    for mark, line in changes or ():
        ink = _INKS.get(mark, Ink.PLAIN)
        text = f"{plural(int(line), 'equal line')} left out" if mark == "…" else shown(line)
        builder.add([(text, ink)], ((f"{mark} ", ink),), (("  ", ink),))
    return builder.page()


def headline(texts: Strings) -> str:
    """What a text begins with, in one line."""
    some = next((str(text) for text in texts.reshape(-1) if str(text).strip()), "")[:_HEAD]
    builder = PageBuilder(UNWRAPPED)
    _add_text(builder, some)
    page = builder.page()
    lines = (page.line_text(line) for line in range(min(len(page), _HEAD_LINES)))
    return "  ".join(" ".join(line.split()) for line in lines if any(map(str.isalnum, line)))


def _add_text(builder: PageBuilder, text: str) -> None:
    if is_json(text):
        add_json(builder, text)
    elif is_settings(text):
        add_settings(builder, text)
    else:
        add_markdown(builder, text)


def _add_strings(builder: PageBuilder, texts: Strings) -> None:
    rows: list[list[Cell]] = [[inline_lines(str(cell)) for cell in row] for row in texts.reshape(len(texts), -1)]
    add_table(builder, rows, header=False)
