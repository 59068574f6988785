"""Makes text from a file safe to show: whatever could move the cursor or hide is escaped where it stands."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from tui.shown_paths import shown

LONGEST = 4096
"""Characters of a name that are shown; a path is no longer."""
_LONGEST_CACHED = 512

# Runs of plain characters; any other by itself.
_PIECES = re.compile(r"[ -~]+|[^ -~]")
# Private and unassigned characters look like nothing in particular, and each terminal gives them a width of its own;
# one private one is where kitty puts pieces of pictures.
_ESCAPED_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"}
_SHORT_ESCAPES = {"\n": r"\n", "\t": r"\t", "\r": r"\r"}

# Default-ignorable code points of other categories (Unicode's DerivedCoreProperties): they show nothing at all.
# Emoji modifiers and the letters of flags are here because terminals disagree about their width; a wrong width breaks
# the line.
_INVISIBLE = (
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x2065, 0x2065),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1F1E6, 0x1F1FF),
    (0x1F3FB, 0x1F3FF),
    (0xE0000, 0xE0FFF),
)
# Hangul vowels and final consonants, which complete the syllable before them like a mark.
_CONJOINING = ((0x1160, 0x11FF), (0xD7B0, 0xD7FF))
# On one character. Burmese, Hebrew and Tibetan take up to five; a flood of them covers the lines above and below.
MOST_MARKS = 8


def printable(s: str) -> str:
    r"""The string as one line that is safe in a terminal.

    Controls, escape sequences, line separators, bidi overrides, lone surrogates, zero-width, format, private and
    unassigned characters become visible escapes (`\n`, `\x1b`, `\u202e`). So do combining marks that stand first, since
    they would change whatever is drawn before them, and more than `MOST_MARKS` on one character. Ordinary text in any
    script is unchanged; an emoji sequence falls into its parts, a flag is escaped. Doing it twice changes nothing. It
    cannot be undone: a backslash stays one. More than `LONGEST` characters are cut in the middle. A path in the mirror
    of a remote logdir becomes the remote one.
    """
    if len(s) <= LONGEST:
        s = printable_whole(s)
        return s if len(s) <= LONGEST else _cut(s)
    return _cut(printable_whole(_cut(shown(s))))


def printable_whole(s: str) -> str:
    """`printable`, however long the text is."""
    s = shown(s)
    if s.isascii() and s.isprintable():
        return s
    return _cached(s) if len(s) <= _LONGEST_CACHED else _escaped(s)


def _cut(s: str) -> str:
    return s if len(s) <= LONGEST else f"{s[: LONGEST // 2]}…{s[len(s) - LONGEST // 2 + 1 :]}"


def _escaped(s: str) -> str:
    out: list[str] = []
    room = 0  # for marks on the character before
    for piece in _PIECES.findall(s):
        if piece.isascii() and piece.isprintable():
            out.append(piece)
            room = MOST_MARKS
            continue
        is_mark = joins(piece)
        if _is_hidden(piece) or (is_mark and not room):
            out.append(_escape(piece))
            room = 0
        else:
            out.append(piece)
            room = room - 1 if is_mark else MOST_MARKS
    return "".join(out)


_cached = lru_cache(4096)(_escaped)


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in _ESCAPED_CATEGORIES or _within(character, _INVISIBLE)


def joins(character: str) -> bool:
    """Whether it is drawn on the character before: marks, and the later parts of a Korean syllable."""
    return unicodedata.category(character).startswith("M") or _within(character, _CONJOINING)


def _within(character: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= ord(character) <= last for first, last in ranges)


def _escape(character: str) -> str:
    code = ord(character)
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
