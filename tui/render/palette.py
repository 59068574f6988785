"""What tells runs apart: a colour and a mark for each name, the same in every view and after every restart."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class RunStyle:
    """`colour` is #rrggbb, `ansi` the nearest of the terminal's 16 by rich's name, `mark` and `ascii_mark` one
    narrow character each, for legends that must read in monochrome.
    """

    colour: str
    ansi: str
    mark: str
    ascii_mark: str


# Each colour has a contrast of 2.9:1 or more with white and 3:1 or more with #121212, and differs from every other one
# of its palette for readers with deutan, protan and tritan vision (found by searching OKLab, the first palette about
# hand-picked colours). No plain red, and none of the terminal's own reds: they say that something is wrong.
_DEFAULT = (
    ("#2c77c3", "bright_blue"),
    ("#dd7f27", "yellow"),
    ("#2ca779", "green"),
    ("#c234a4", "magenta"),
    ("#a13ffd", "bright_magenta"),
    ("#7c7500", "bright_green"),
    ("#9a5d63", "bright_white"),
    ("#908fe1", "cyan"),
)
_VIVID = (
    ("#0167bf", "bright_blue"),
    ("#fe5b03", "yellow"),
    ("#07a657", "green"),
    ("#9c3b8a", "magenta"),
    ("#7f09ff", "bright_magenta"),
    ("#e863bb", "bright_green"),
    ("#b53f02", "bright_white"),
    ("#9d74ff", "cyan"),
)
# The colours of "ansi" stand for the terminal's own: where that palette is chosen, all colours are reduced to those.
PALETTES = {"default": _DEFAULT, "vivid": _VIVID, "ansi": _DEFAULT}
"""Name -> eight colours, each with the nearest of the terminal's 16."""
ANSI_OF = dict((*_DEFAULT, *_VIVID))
"""Each run colour's nearest of the terminal's 16."""
# No star: it says which run is best.
_MARKS = "●▲■◆▼▶✚◖"
_ASCII_MARKS = "o^#dv>+@"
MARKS_IN_ASCII = dict(zip(_MARKS, _ASCII_MARKS, strict=True))
"""Each run mark's ASCII character."""
_LEAST_CONTRAST = 2.0
_MIDDLE = 0.18  # the luminance that looks half way between black and white


def assign(names: Iterable[str], beside: Iterable[RunStyle] = (), *, palette: str = "default") -> dict[str, RunStyle]:
    """A style for each name, in order of first appearance, so that names added at the end change no other's.

    A name's colour follows from its hash. If another run has that one it takes the next that the fewest have; the
    colour's further runs get other marks, so that the first 64 styles all differ. The styles `beside` are given, and
    not given again while there are others.
    """
    styles: dict[str, RunStyle] = {}
    slots, taken = [colour for colour, _ in PALETTES[palette]], set(beside)
    used = Counter(slots.index(style.colour) for style in taken)
    for name in names:
        if name not in styles:
            slot = _free_slot(name, used, len(slots))
            possible = [_style(PALETTES[palette][slot], slot, used[slot] + more) for more in range(len(_MARKS))]
            styles[name] = next((style for style in possible if style not in taken), possible[0])
            used[slot] += 1
    return styles


def _free_slot(name: str, used: Counter[int], n: int) -> int:
    preferred = zlib.crc32(name.encode("utf-8", "surrogatepass")) % n
    return min(((preferred + offset) % n for offset in range(n)), key=lambda slot: used[slot])


def _style(colours: tuple[str, str], slot: int, earlier: int) -> RunStyle:
    mark = (slot + earlier) % len(_MARKS)
    colour, ansi = colours
    return RunStyle(colour, ansi, _MARKS[mark], _ASCII_MARKS[mark])


@lru_cache(maxsize=4096)
def faint(colour: str, background: str) -> str:
    """A colour more than half way to the background: for what lies behind."""
    return fade(colour, background, 9)[5]


def legible(colour: str, background: str) -> str:
    """The colour, lighter or darker as far as is needed for it to be seen on the background."""
    end = "#ffffff" if _luminance(background) < _MIDDLE else "#000000"
    shades = fade(colour, end, 17)
    return next((shade for shade in shades if _contrast(shade, background) >= _LEAST_CONTRAST), end)


def _contrast(colour: str, background: str) -> float:
    """WCAG's contrast ratio, from 1 to 21."""
    low, high = sorted((_luminance(colour), _luminance(background)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    """WCAG's relative luminance of sRGB, from 0 to 1."""
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in (channel / 255 for channel in _channels(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def fade(start: str, end: str, n: int) -> list[str]:
    """`n` colours (#rrggbb) in even steps from `start` to `end`; only `end` when n is 1."""
    first, last = _channels(start), _channels(end)
    shares = [i / (n - 1) for i in range(n)] if n > 1 else [1.0] * n
    return [_hex([round(a + (b - a) * share) for a, b in zip(first, last, strict=True)]) for share in shares]


def _channels(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def _hex(channels: Iterable[int]) -> str:
    return "#" + "".join(f"{channel:02x}" for channel in channels)
