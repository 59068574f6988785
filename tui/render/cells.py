"""Text measured in terminal cells, and fitted to an exact width."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from rich.cells import cell_len, get_character_cell_size

from tui.render.text import printable

CUT = "…"


def width(s: str) -> int:
    """Terminal cells of a string, as Textual lays it out."""
    return cell_len(s)


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


def _cut(text: str, room: int, keep: Literal["start", "end", "both"]) -> str:
    match keep:
        case "start":
            return _head(text, room) + CUT
        case "end":
            return CUT + _tail(text, room)
        case "both":
            return _head(text, room - room // 2) + CUT + _tail(text, room // 2)


def _head(text: str, cells: int) -> str:
    return text[: _reach(text, cells)]


def _tail(text: str, cells: int) -> str:
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
