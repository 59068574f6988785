"""Text measured in terminal cells, and fitted to an exact width."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from rich.cells import cell_len, get_character_cell_size

from tui.render.text import printable

CUT = "…"
# Each pass tells apart names that differ one place further on; names that need more are not told apart by eye either.
_DISTINCT_PASSES = 4
# With what is between them. Of a thousand directories in each other no part says anything; trying each takes seconds.
_MOST_PARTS = 200
_BETWEEN_PARTS = re.compile(r"([/_-]|(?<![0-9])\.|\.(?![0-9]))")
_ENDS: tuple[Literal["start", "both"], ...] = ("start", "both")


def width(s: str) -> int:
    """Terminal cells of a string, as Textual lays it out."""
    return len(s) if s.isascii() and s.isprintable() else cell_len(s)


def fit(
    s: str,
    cells: int,
    *,
    align: Literal["left", "right"] = "left",
    keep: Literal["start", "end", "both"] = "start",
) -> str:
    """The string, made printable, in exactly `cells` cells: padded by `align`, or cut by `keep` and marked with `…`.

    A wide character that does not fit whole leaves a space. No cells or fewer give an empty string.
    """
    if cells <= 0:
        return ""
    text = printable(s)
    if width(text) > cells:
        text = _cut(text, cells - 1, keep)
    padding = " " * (cells - width(text))
    return text + padding if align == "left" else padding + text


def fit_distinct(names: Iterable[str], cells: int) -> dict[str, str]:
    """Each name fitted to `cells`, its ends kept; where that makes several look the same, what differs is kept.

    That is what follows their common start; or, where names differ in several places, the parts that do. Two names
    always differ if `cells` is 3 or more; of many, some may still be alike.
    """
    texts = {name: fit(name, cells, keep="both") for name in names}
    for _ in range(_DISTINCT_PASSES):
        told_apart = (_told_apart(group, cells) for group in _groups(texts) if len(group) > 1)
        better = texts | {name: text for group in told_apart for name, text in group.items()}
        if better == texts:
            break
        texts = better
    if len(set(texts.values())) < len(texts):
        sparse = _parts_that_differ(texts, cells)
        if len(set(sparse.values())) > len(set(texts.values())):
            return sparse
    filled = {name: _filled(printable(name), text) for name, text in texts.items()}
    return filled if len(set(filled.values())) >= len(set(texts.values())) else texts


def _told_apart(names: Sequence[str], cells: int) -> dict[str, str]:
    """Names that were cut to one text, from where they differ on, with whichever ends leave fewer alike; {} if none."""
    shown = [printable(name) for name in names]
    shared = len(_common_prefix(shown))
    found: dict[str, str] = {}
    for keep in _ENDS:
        texts = [fit(CUT + text[shared:], cells, keep=keep) for text in shown]
        if len(set(texts)) > max(1, len(set(found.values()))):
            found = dict(zip(names, texts, strict=True))
    return found


def _parts_that_differ(texts: Mapping[str, str], cells: int) -> dict[str, str]:
    """The texts; those of cut names of one build (`layer.0.q.bias`, `layer.1.k.bias`): the parts that differ.

    Of the other parts those are kept for which there is room, the nearest to these first.
    """
    builds: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for name, text in texts.items():
        if CUT in text:
            parts = _BETWEEN_PARTS.split(printable(name))
            if len(parts) > _MOST_PARTS:
                continue
            builds.setdefault(tuple(parts[1::2]), {})[name] = parts
    return {**texts, **{name: text for named in builds.values() for name, text in _sparse(named, cells).items()}}


def _sparse(named: Mapping[str, list[str]], cells: int) -> dict[str, str]:
    """Names by their parts, with what is between them at the odd places, in `cells` cells."""
    at_each = list(zip(*named.values(), strict=True))
    kept = {at for at, parts in enumerate(at_each) if len(set(parts)) > 1}
    shared = [at for at in range(0, len(at_each), 2) if at not in kept]
    widest = [max(parts, key=width) for parts in at_each]
    for at in sorted(shared, key=lambda at: min((abs(at - other) for other in kept), default=0)):
        if width(_with_only(kept | {at}, widest)) <= cells:
            kept.add(at)
    return {name: fit(_with_only(kept, parts), cells) for name, parts in named.items()}


def _with_only(kept: set[int], parts: Sequence[str]) -> str:
    """The parts kept, with a mark in the place of those in between."""
    text = ""
    for at in range(0, len(parts), 2):
        if at in kept:
            text += parts[at - 1] + parts[at] if at - 2 in kept else parts[at]
        elif not text.endswith(CUT):
            text += CUT
    return text


def _filled(name: str, text: str) -> str:
    """A name cut to where it differs, with as much of its start as the room that is left holds.

    Where that is half of the room or more, what stands before the difference says more than the start.
    """
    kept = text.rstrip()
    if not kept.startswith(CUT) or kept == text:
        return text
    if 2 * width(kept) <= width(text):
        return fit(name, width(text), keep="end")
    head = _head(name, width(text) - width(kept))
    return head + " " * (width(text) - width(kept) - width(head)) + kept


def _groups(texts: Mapping[str, str]) -> list[list[str]]:
    """Names that are cut to the same text."""
    groups: dict[str, list[str]] = {}
    for name, text in texts.items():
        if CUT in text:
            groups.setdefault(text, []).append(name)
    return list(groups.values())


def _common_prefix(texts: Sequence[str]) -> str:
    least, greatest = min(texts), max(texts)
    for at, character in enumerate(least):
        if character != greatest[at : at + 1]:
            return least[:at]
    return least


def wrap(text: str, cells: int) -> list[str]:
    """Text as lines of at most `cells`, broken between words; a word that is longer is cut with a mark."""
    lines = [""]
    for word in printable(text).split():
        if lines[-1] and width(lines[-1]) + 1 + width(word) > cells:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return [fit(line, cells, keep="both").rstrip() for line in lines]


def _cut(text: str, room: int, keep: Literal["start", "end", "both"]) -> str:
    match keep:
        case "start":
            return _head(text, room) + CUT
        case "end":
            return CUT + _tail(text, room)
        case "both":
            return _head(text, room - room // 2) + CUT + _tail(text, room // 2)


def _head(text: str, cells: int) -> str:
    return text[: cells if text.isascii() else _reach(text, cells)]


def _tail(text: str, cells: int) -> str:
    if text.isascii():
        return text[len(text) - cells :]
    start = len(text) - _reach(reversed(text), cells)
    # A mark whose base was cut off would stand on the cut sign.
    while start < len(text) and get_character_cell_size(text[start]) == 0:
        start += 1
    return text[start:]


def _reach(characters: Iterable[str], cells: int) -> int:
    """How many of the characters fit in `cells`, marks of the last one included."""
    used = reached = 0
    for character in characters:
        used += get_character_cell_size(character)
        if used > cells:
            break
        reached += 1
    return reached
