"""What tbtui may send to a terminal: all bytes are parsed, and what no rule allows is a leak."""

from __future__ import annotations

import re
import unicodedata

# Of the screen: what Textual's driver and the output stage send. Every other sequence is somebody else's.
_SCREEN = re.compile(
    r"\x1b\[(?:"
    r"[0-9;]*m"  # SGR
    r"|[0-9]*(?:;[0-9]+)?H|[0-9]*[ABCDGX]|K"  # moves and erasures
    r"|\?(?:7|25|1000|1003|1004|1006|1015|1016|1049|2004|2026|2048)[hl]"  # modes
    r"|\?(?:2026|2048)\$p|>1u|<u|>25u"  # queries and kitty's keys
    r")"
    r"|\x1b\]52;c;[A-Za-z0-9+/]*=*\x07"  # clipboard, base64
    r"|\x1b\]22;[a-z-]*\x07"  # shape of the pointer
    r"|\x1b_G(?:[a-zA-Z]=[a-zA-Z0-9]+,?)+;?[A-Za-z0-9+/]*=*\x1b\\"  # kitty's pictures
    r"|\x1bP[0-9;]*q[\"#!$0-9;?-~-]*\x1b\\"  # sixels
    r"|[\x08\r\x07]"
)
# Of the commands: colours of plots, and the progress bar's line.
_COMMAND = re.compile(r"\x1b\[[0-9;]*m|\r\n|\n|\r(?=[^\x1b\n]*\x1b\[K)|\x1b\[K")
_FORBIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Cn", "Co"})
# The pieces of kitty's pictures; a file's text cannot hold any, as it is private use.
_PIECE = "\U0010eeee"
_MOST_MARKS = 8
_BEGIN, _END = b"\x1b[?1049h", b"\x1b[?1049l"
_LAST = re.compile(f"\\r\\n|{_SCREEN.pattern}")


class LeakError(AssertionError):
    """Something reached the terminal that must not; the message shows it with what is around it."""


def check_screen(data: bytes, *, pictures: bool = False) -> None:
    """Every byte that the screen sent is text or a sequence of its own; lines end before it and after it only."""
    before, *_ = data.partition(_BEGIN)
    *_, after = data.rpartition(_END)
    _check(before, _COMMAND, set())
    _check(data[len(before) : len(data) - len(after)], _SCREEN, {_PIECE} if pictures else set())
    _check(after, _LAST, set())


def check_command(data: bytes) -> None:
    """The same for what a command wrote."""
    _check(data, _COMMAND, set())


def _check(data: bytes, allowed: re.Pattern[str], pieces: set[str]) -> None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise LeakError(f"no UTF-8: {data[max(0, error.start - 60) : error.end + 20]!r}") from None
    at = 0
    for found in allowed.finditer(text):
        _check_text(text, at, found.start(), pieces)
        at = found.end()
    _check_text(text, at, len(text), pieces)


def _check_text(text: str, start: int, end: int, pieces: set[str]) -> None:
    marks = 0
    for at in range(start, end):
        character = text[at]
        if " " <= character <= "~":
            marks = 0
            continue
        category = unicodedata.category(character)
        marks = marks + 1 if category.startswith("M") else 0
        if (category in _FORBIDDEN and character not in pieces) or marks > _MOST_MARKS:
            raise LeakError(f"U+{ord(character):04X} in {text[max(0, at - 80) : at + 20]!r}")
