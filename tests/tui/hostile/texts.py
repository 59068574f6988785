"""Texts that would take over a terminal, each with a mark that tells which field it was put in."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from string import ascii_lowercase

# What a terminal, a line of text or a toolkit may act on. `{m}` is the mark of the field, so that a leak is traced.
_CONTROLS = (
    "\x1b]0;{m}\x07",  # the window's title
    "\x9d52;c;{m}\x9c",  # the clipboard, by 8-bit controls
    "\x1b[2J\x1b[H",
    "\x9b3;1H",
    "\x1bP1;2q{m}\x1b\\",
    "\x90{m}\x9c",
    "\x1b_Ga=d,d=A;{m}\x1b\\",
    "\x9f{m}\x9c",
    "\x1bX{m}\x1b\\\x98\x1b^\x9e",
    "\x1bc\x1b(0\x0e\x0f",
    "\x07\x08\x7f\x00\x1a\x18\x85\x84\x8d",
    "\r{m}\n{m}\v\f\t",
)
_MARKUP = (
    "[red]{m}[/red]",
    "[@click=app.quit]{m}[/]",
    "[link=file:///{m}]{m}[/link]",
    "$(id)`id`%s%n{{0}}",
)
_FORMATS = (
    "\u202e{m}\u202c",
    "\u2066{m}\u2069\u061c\u200e",
    "\u2028{m}\u2029",
    "\u200b\u200d\ufeff\u00ad{m}",
    "\U000e0041\U000e007f{m}",
    "e" + "\u0301" * 20 + "{m}",
    "\u3164\u115f\u034f{m}",
    "\U0010eeee\U0010eeee",
    "\U0001f1e9\U0001f1ea\U0001f468\u200d\U0001f469\ufe0f",
    "\u0378\ue000",
)
_ALL = (*_CONTROLS, *_MARKUP, *_FORMATS)


class Marks:
    """Makes hostile texts. `fields` are the marks by what they were put in; a field has the same text each time."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self._texts: dict[str, str] = {}

    def text(self, field: str) -> str:
        """A hostile text for a field: its mark, then all that is dangerous, in another order in each field."""
        parts = deque(_ALL)
        parts.rotate(-5 * len(self.fields))
        return self._made(field, parts)

    def short(self, field: str) -> str:
        """One that can be the name of a file, in less than 100 bytes; other parts of what is dangerous each time."""
        parts = deque(part for part in _CONTROLS + _FORMATS if len(part) < 20 and not set(part) & set("/\0"))
        parts.rotate(-len(self.fields))
        return self._made(field, list(parts)[:4])

    def name(self, field: str) -> bytes:
        """The same as bytes that are no UTF-8, with 8-bit controls as they are."""
        return self.short(field).encode() + b"\x9b2J\x9d0;x\x9c\xff\xe2\x80"

    def _made(self, field: str, parts: Iterable[str]) -> str:
        if field not in self._texts:
            number = len(self.fields)
            mark = self.fields[field] = f"Q{ascii_lowercase[number // 26]}{ascii_lowercase[number % 26]}"
            self._texts[field] = mark + "".join(part.replace("{m}", mark) for part in parts)
        return self._texts[field]
