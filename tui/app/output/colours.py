"""Colours reduced to those that the terminal has: every strip passes here, whoever draws it."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from rich.color import Color
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from textual.color import Color as TextualColor
from textual.filter import ANSIToTruecolor, LineFilter

from tui.app.terminal_kind import Colours
from tui.app.theme import THEMES
from tui.render.palette import ANSI_OF, faint

_BLACK, _RED, _GREEN, _BLUE, _MAGENTA, _CYAN, _WHITE, _GREY, _BRIGHT_WHITE = 0, 1, 2, 4, 5, 6, 7, 8, 15
# The looks' inks among the 16. The faint one is dim too: there are themes in which grey on black is not seen at all.
_INKS_ON_DARK = {
    "text": _BRIGHT_WHITE, "dim": _WHITE, "faint": _WHITE, "accent": 14, "good": 10, "warning": 11, "error": 9,
}  # fmt: skip
_INKS_ON_LIGHT = {
    "text": _BLACK, "dim": _GREY, "faint": _GREY, "accent": _BLUE, "good": _GREEN, "warning": _MAGENTA, "error": _RED,
}  # fmt: skip
# Run colours that are not read on white, and what is taken for them.
_RUNS_ON_LIGHT = {3: _RED, 6: _BLUE, 10: _GREEN, 12: _BLUE, 13: _MAGENTA, _BRIGHT_WHITE: _BLACK}
_CURSOR_PAPER = _CYAN
_WHITE_ON = frozenset((_BLACK, _RED, _BLUE, _MAGENTA, _GREY))  # black is read better on the others
_NEAR = 60.0  # as far as a tint of the background is from it, in `_distance`
_DEFAULT = Style.from_color(Color.default(), Color.default())


class Ink(NamedTuple):
    """One of the terminal's 16 colours, dim or not."""

    number: int
    dim: bool = False


class Plain:
    """Which of the terminal's 16 colours stand for others, under one theme."""

    def __init__(self, theme_name: str) -> None:
        look, theme = THEMES[theme_name]
        self.base = _BLACK if look.dark else _BRIGHT_WHITE
        self._background = _triplet(look.background)
        self._cursor = _triplet(look.cursor_background)
        self._inks = {self._background: Ink(self.base)}
        for name, number in (_INKS_ON_DARK if look.dark else _INKS_ON_LIGHT).items():
            self._inks[getattr(look, name).color.triplet] = Ink(number, dim=name == "faint")
        self._inks[_triplet(theme.panel or look.background)] = Ink(_WHITE if look.dark else _GREY, dim=True)
        for run, ansi in ANSI_OF.items():
            number = Color.parse(ansi).number or _BLACK
            number = number if look.dark else _RUNS_ON_LIGHT.get(number, number)
            self._inks[_triplet(run)] = Ink(number)
            self._inks[_triplet(faint(run, look.background))] = Ink(number, dim=True)
        self._papers = {
            colour: ink.number for colour, ink in self._inks.items() if not ink.dim and ink.number != self.base
        }

    def ink(self, colour: Color) -> Ink:
        """What stands for a colour of text."""
        triplet = colour.get_truecolor()
        return self._inks[min(self._inks, key=lambda known: _distance(known, triplet))]

    def paper(self, colour: Color) -> int:
        """What stands for a background; tints of the usual one are like that."""
        triplet = colour.get_truecolor(foreground=False)
        if triplet == self._cursor:
            return _CURSOR_PAPER
        if colour.is_default or _distance(triplet, self._background) < _NEAR:
            return self.base
        return self._papers[min(self._papers, key=lambda known: _distance(known, triplet))]


class Reduced(LineFilter):
    """A filter that styles one by one; the same style always becomes the same."""

    def __init__(self) -> None:
        super().__init__()
        self._style = lru_cache(maxsize=16384)(self.reduced)

    @abstractmethod
    def reduced(self, style: Style) -> Style:
        """The style in colours that the terminal has."""

    def apply(self, segments: list[Segment], background: TextualColor) -> list[Segment]:
        """The segments, each in the reduced style."""
        return [Segment(text, style and self._style(style), control) for text, style, control in segments]


class ToTruecolor(LineFilter):
    """Textual's filter that gives the terminal's own colours the theme's, where there are any: a picture has thousands
    of styles and no such colour, and to look each of them up takes long."""

    def __init__(self, textuals: ANSIToTruecolor) -> None:
        super().__init__()
        self._textuals = textuals

    def apply(self, segments: list[Segment], background: TextualColor) -> list[Segment]:
        """The segments as they are, if every colour is one of 24 bits, else as Textual makes them."""
        if all(control is None and (style is None or _is_true(style)) for _, style, control in segments):
            return segments
        return self._textuals.apply(segments, background)


@lru_cache(maxsize=16384)
def _is_true(style: Style) -> bool:
    ink, paper = style.color, style.bgcolor
    are_true = (ink is None or ink.triplet is not None) and (paper is None or paper.triplet is not None)
    return are_true and not style.dim


class Many(Reduced):
    """To the 240 fixed colours among 256."""

    def reduced(self, style: Style) -> Style:
        return style + Style.from_color(_among_many(style.color), _among_many(style.bgcolor))


class Sixteen(Reduced):
    """To the terminal's 16, or to 8 of which the bright ones are bold.

    Text on a background of its own, as on the cursor line, is black or white: colours are not read there.
    """

    def __init__(self, plain: Plain, *, bold_is_bright: bool) -> None:
        super().__init__()
        self._plain = plain
        self._bold_is_bright = bold_is_bright

    def reduced(self, style: Style) -> Style:
        paper = self._plain.base if style.bgcolor is None else self._plain.paper(style.bgcolor)
        ink = None if style.color is None else self._plain.ink(style.color)
        bold, dim = style.bold, style.dim
        if paper != self._plain.base:
            ink, dim = Ink(_BRIGHT_WHITE if paper in _WHITE_ON else _BLACK), False
            bold = bold and not self._bold_is_bright
        number = None if ink is None else ink.number
        dim = dim or (ink is not None and ink.dim)
        if self._bold_is_bright:
            paper %= 8
            if number is not None and number >= 8:
                number, bold = number - 8, not dim
        colours = Style.from_color(
            None if number is None else Color.from_ansi(number),
            None if style.bgcolor is None else Color.from_ansi(paper),
        )
        return style + colours + Style(bold=bold, dim=dim)


class Monochrome(Reduced):
    """To none at all: what lies behind is dim, what has a background of its own is reversed."""

    def __init__(self, plain: Plain) -> None:
        super().__init__()
        self._plain = plain

    def reduced(self, style: Style) -> Style:
        reverse = style.reverse or (style.bgcolor is not None and self._plain.paper(style.bgcolor) != self._plain.base)
        dim = not reverse and (style.dim or (style.color is not None and self._plain.ink(style.color).dim))
        return style + _DEFAULT + Style(reverse=reverse, dim=dim)


def colour_filter(colours: Colours, theme_name: str) -> Reduced | None:
    """The filter for a terminal's colours under one of our themes, None where it has them all."""
    match colours:
        case Colours.ALL:
            return None
        case Colours.MANY:
            return Many()
        case Colours.SIXTEEN | Colours.EIGHT:
            return Sixteen(Plain(theme_name), bold_is_bright=colours is Colours.EIGHT)
        case Colours.NONE:
            return Monochrome(Plain(theme_name))


@lru_cache(maxsize=4096)
def _among_many(colour: Color | None) -> Color | None:
    """The nearest of the fixed colours, 16 to 255."""
    if colour is None or colour.triplet is None:
        return colour
    wanted = colour.triplet
    return Color.from_ansi(min(_MANY, key=lambda number: _distance(_MANY[number], wanted)))


def _fixed_colours() -> Mapping[int, ColorTriplet]:
    levels = (0, 95, 135, 175, 215, 255)
    cube = [ColorTriplet(*channels) for channels in product(levels, repeat=3)]
    greys = [ColorTriplet(level, level, level) for level in range(8, 248, 10)]
    return dict(enumerate((*cube, *greys), 16))


_MANY = _fixed_colours()


def _distance(a: ColorTriplet, b: ColorTriplet) -> float:
    """How different two colours look, about 0 to 765: https://www.compuphase.com/cmetric.htm."""
    red, green, blue = (float(x - y) for x, y in zip(a, b, strict=True))
    mean = (a.red + b.red) / 2
    return math.sqrt((2 + mean / 256) * red * red + 4 * green * green + (2 + (255 - mean) / 256) * blue * blue)


def _triplet(colour: str) -> ColorTriplet:
    return Color.parse(colour).get_truecolor()
