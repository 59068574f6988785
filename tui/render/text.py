"""Makes text from a file safe to show: whatever could move the cursor or hide is escaped where it stands."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from tui.shown_paths import shown

_LONGEST_CACHED = 512

_ESCAPED_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_SHORT_ESCAPES = {"\n": r"\n", "\t": r"\t", "\r": r"\r"}

# Default-ignorable code points of other categories (Unicode's DerivedCoreProperties): they show nothing at all.
# Emoji modifiers are here because terminals disagree about their width; a wrong width breaks the line.
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
    (0x1F3FB, 0x1F3FF),
    (0xE0000, 0xE0FFF),
)
# Hangul vowels and final consonants, which complete the syllable before them like a mark.
_CONJOINING = ((0x1160, 0x11FF), (0xD7B0, 0xD7FF))


def printable(s: str) -> str:
    r"""The string as one line that is safe in a terminal.

    Controls, escape sequences, line separators, bidi overrides, lone surrogates, and zero-width and format
    characters become visible escapes (`\n`, `\x1b`, `\u202e`). So do combining marks that stand first, since they
    would change whatever is drawn before them. Ordinary text in any script is unchanged; an emoji sequence falls
    into its parts. Doing it twice changes nothing. It cannot be undone: a backslash stays one. A path in the mirror of
    a remote logdir becomes the remote one.
    """
    s = shown(s)
    if s.isascii() and s.isprintable():
        return s
    return _cached(s) if len(s) <= _LONGEST_CACHED else _escaped(s)


def _escaped(s: str) -> str:
    out: list[str] = []
    has_base = False
    for character in s:
        if _is_hidden(character) or (not has_base and _joins(character)):
            out.append(_escape(character))
            has_base = False
        else:
            out.append(character)
            has_base = True
    return "".join(out)


_cached = lru_cache(4096)(_escaped)


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in _ESCAPED_CATEGORIES or _within(character, _INVISIBLE)


def _joins(character: str) -> bool:
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
