"""How the points of an embedding look: a colour and a mark each, by what is known of them; the legend."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_lowercase

import numpy as np
import numpy.typing as npt
from rich.style import Style

from tui.analysis.point_columns import Categories, Scale
from tui.app.parts import Part
from tui.app.terminal_kind import Colours
from tui.app.theme import Look
from tui.render.numbers import number
from tui.render.palette import MARKS_IN_ASCII, PALETTES
from tui.render.ramp import ramp
from tui.render.text import printable

_LEVELS = 10
_MARKS = tuple(MARKS_IN_ASCII)
_PLAIN, _UNKNOWN = "●", "·"
_TOO_FAINT = 3
"""Steps of a ramp of colours that are hardly seen on the background."""


@dataclass(frozen=True, eq=False)
class PointLook:
    """`owners` int16[n] are places in `marks` and `styles`; `dots` tells that colours alone tell them apart.

    `legend` says what they mean.
    """

    owners: npt.NDArray[np.int16]
    marks: tuple[str, ...]
    styles: tuple[Style, ...]
    dots: bool
    legend: tuple[Part, ...]


def plain_look(points: int, ink: Style) -> PointLook:
    """All points alike."""
    return PointLook(np.zeros(points, np.int16), (_PLAIN,), (ink,), True, ())


def category_look(name: str, column: Categories, colours: Colours, palette: str, look: Look) -> PointLook:
    """A colour and a mark for each category, no two alike; without colours the marks alone differ."""
    places, colourless = range(len(column.names)), colours is Colours.NONE
    inks = [Style(color=PALETTES[palette][place % len(PALETTES[palette])][0]) for place in places]
    marks = [_MARKS[(place + place // len(_MARKS)) % len(_MARKS)] for place in places]
    if colourless and len(column.names) > len(_MARKS):
        marks = list(column.names if all(map(_is_mark, column.names)) else ascii_lowercase[: len(column.names)])
    legend: list[Part] = [(f" {printable(name)} ", look.dim)]
    for category, mark, ink in zip(column.names, marks, inks, strict=True):
        legend += [(f" {mark} ", look.text + ink), (printable(category) or "(no name)", look.text), (" ", look.text)]
    rest = len(column.names)
    if column.others:
        legend += [(f" {_UNKNOWN} ", look.dim), (f"{column.others} others", look.dim)]
    if (column.codes < 0).any():
        legend += [(f" {_UNKNOWN} ", look.dim), ("unknown", look.dim)]
    owners = np.where(column.codes < 0, rest, column.codes).astype(np.int16)
    told_apart = not colourless and len(column.names) <= len(PALETTES[palette])
    return PointLook(owners, (*marks, _UNKNOWN), (*inks, look.dim), told_apart, tuple(legend))


def _is_mark(name: str) -> bool:
    """Whether a name is a character that can stand for itself."""
    return len(name) == 1 and name.isascii() and name.isprintable()


def scale_look(name: str, column: Scale, colours: Colours, look: Look) -> PointLook:
    """A ramp of colours from the lowest to the highest; where the terminal has few, the digits 0 to 9."""
    share = np.nan_to_num((column.values / 2 - column.low / 2) / (column.high / 2 - column.low / 2), nan=-1.0)
    levels = np.minimum((share * _LEVELS).astype(np.int16), _LEVELS - 1)
    owners = np.where(share < 0, _LEVELS, levels).astype(np.int16)
    many = colours in (Colours.ALL, Colours.MANY)
    inks = [Style(color=colour) for colour in ramp(look.background, _LEVELS + _TOO_FAINT)[_TOO_FAINT:]]
    marks = (_PLAIN,) * _LEVELS if many else tuple(map(str, range(_LEVELS)))
    inks = inks if many else [look.text] * _LEVELS
    legend: list[Part] = [(f" {printable(name)} ", look.dim), (f" {number(column.low)} ", look.text)]
    legend += [("█" if many else mark, look.text + ink) for mark, ink in zip(marks, inks, strict=True)]
    legend.append((f" {number(column.high)} ", look.text))
    if (share < 0).any():
        legend += [(f" {_UNKNOWN} ", look.dim), ("unknown", look.dim)]
    return PointLook(owners, (*marks, _UNKNOWN), (*inks, look.dim), many, tuple(legend))
