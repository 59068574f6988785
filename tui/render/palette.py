"""What tells runs apart: a colour and a mark for each name, the same in every view and after every restart."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunStyle:
    """`colour` is #rrggbb, `ansi` the nearest of the terminal's 16 by rich's name, `mark` and `ascii_mark` one
    narrow character each, for legends that must read in monochrome.
    """

    colour: str
    ansi: str
    mark: str
    ascii_mark: str


# Each has a contrast of 2.9:1 or more with white and 3:1 or more with #121212, and differs from every other one for
# readers with deutan, protan and tritan vision (found by searching OKLab about hand-picked colours). No plain red: it
# says that something is wrong.
_COLOURS = (
    ("#2c77c3", "bright_blue"),
    ("#dd7f27", "yellow"),
    ("#2ca779", "green"),
    ("#c234a4", "magenta"),
    ("#a13ffd", "bright_magenta"),
    ("#7c7500", "bright_green"),
    ("#9a5d63", "bright_red"),
    ("#908fe1", "cyan"),
)
# No star: it says which run is best.
_MARKS = "●▲■◆▼▶✚◖"
_ASCII_MARKS = "o^#dv>+@"


def assign(names: Iterable[str]) -> dict[str, RunStyle]:
    """A style for each name, in order of first appearance, so that names added at the end change no other's.

    A name's colour follows from its hash. If another run has that one it takes the next that the fewest have; the
    colour's further runs get other marks, so that the first 64 styles all differ.
    """
    styles: dict[str, RunStyle] = {}
    used: Counter[int] = Counter()
    for name in names:
        if name not in styles:
            slot = _free_slot(name, used)
            styles[name] = _style(slot, used[slot])
            used[slot] += 1
    return styles


def _free_slot(name: str, used: Counter[int]) -> int:
    n = len(_COLOURS)
    preferred = zlib.crc32(name.encode("utf-8", "surrogatepass")) % n
    return min(((preferred + offset) % n for offset in range(n)), key=lambda slot: used[slot])


def _style(slot: int, earlier: int) -> RunStyle:
    mark = (slot + earlier) % len(_MARKS)
    colour, ansi = _COLOURS[slot]
    return RunStyle(colour, ansi, _MARKS[mark], _ASCII_MARKS[mark])


def fade(start: str, end: str, n: int) -> list[str]:
    """`n` colours (#rrggbb) in even steps from `start` to `end`; only `end` when n is 1."""
    first, last = _channels(start), _channels(end)
    shares = [i / (n - 1) for i in range(n)] if n > 1 else [1.0] * n
    return [_hex([round(a + (b - a) * share) for a, b in zip(first, last, strict=True)]) for share in shares]


def _channels(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def _hex(channels: Iterable[int]) -> str:
    return "#" + "".join(f"{channel:02x}" for channel in channels)
