"""The stage between Textual and the terminal: of an update it sends only the cells that differ from what is there.

It leans on what Textual keeps to itself, so `why_not` looks first whether that is as this module takes it to be.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeGuard

from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS, Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.geometry import Region, Size
from textual.strip import Strip

from tui.app.output import pens
from tui.app.output.cells import cells_of
from tui.app.output.harmless import Harmless
from tui.app.output.painter import Painter
from tui.app.output.pixels import PixelOutput
from tui.render.pieces import without_pieces

Update = LayoutUpdate | ChopsUpdate
_HARMLESS = Harmless()


class Placed(NamedTuple):
    """A strip and where it goes. One that `follows` starts where the one before ended: Textual does not move to it."""

    y: int
    x: int
    strip: Strip
    follows: bool


class Frame(CompositorUpdate):
    """What is sent for an update, and `before` it, which draws nothing. `was_taken` tells whether Textual asked for it:
    it drops updates when it closes.
    """

    def __init__(self, text: str, before: str = "") -> None:
        self.text = text
        self.before = before
        self.was_taken = False

    def render_segments(self, console: Console) -> str:
        """What to write, as Textual asks for it."""
        self.was_taken = True
        return self.text


class Stage:
    """Remembers what was sent, and makes frames of what is to be seen."""

    def __init__(self, *, erases_in_colour: bool, pixels: PixelOutput | None = None) -> None:
        self._erases_in_colour = erases_in_colour
        self._pixels = pixels
        self._size = Size()
        self._painter: Painter | None = None

    def forget(self) -> None:
        """The terminal may show anything: everything that is drawn from here on is sent."""
        self._painter = None
        if self._pixels is not None:
            self._pixels.forget()

    def end(self) -> str:
        """What takes all from the terminal that does not go with the screen."""
        self._painter = None
        return "" if self._pixels is None else self._pixels.end()

    @staticmethod
    def knows(update: object) -> TypeGuard[Update]:
        """Whether it is an update that frames can be made of."""
        return type(update) in (LayoutUpdate, ChopsUpdate)

    def frame(self, update: Update, size: Size, console: Console) -> Frame:
        """The cells in which a screen of that size differs after the update; they count as sent."""
        if self._painter is None or self._size != size:
            self.forget()
            self._size = size
            self._painter = Painter(
                size.width, size.height, erases_in_colour=self._erases_in_colour, pixels=self._pixels
            )
        painter, colours = self._painter, COLOR_SYSTEMS.get(console.color_system or "", ColorSystem.TRUECOLOR)
        as_is = False
        for y, x, strip, follows in placed(update):
            cells = cells_of(strip, colours)
            as_is = as_is and follows
            if cells is not None and not as_is and painter.holds(y, x, len(cells.chars)):
                painter.paint(y, x, cells)
            else:
                text = without_pieces(_HARMLESS.applied(strip).render(console))
                painter.write_as_is(y, x, text, follows=as_is)
                as_is = True
        text = painter.take()
        return Frame(text, "" if self._pixels is None else self._pixels.before())


def placed(update: Update) -> Iterator[Placed]:
    """The strips of an update where Textual writes them."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield Placed(y, x, strip, x > update.region.x)
                x += strip.cell_length
        return
    for y, left, right in update.spans:
        for end, (x, chop) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if chop is None or x > right or end <= left:
                continue
            is_inside = left <= x < right and end <= right
            strip = chop if is_inside else chop.crop(0, min(end, right) - x)
            if strip.cell_length:
                yield Placed(y, x, strip, follows=False)


def why_not() -> str | None:
    """What of Textual is not as expected, in words; None if the stage can do its work."""
    expected: dict[Callable[..., object], list[str]] = {
        App._display: ["self", "screen", "renderable"],
        CompositorUpdate.render_segments: ["self", "console"],
        LayoutUpdate.__init__: ["self", "strips", "region"],
        ChopsUpdate.__init__: ["self", "chops", "spans", "chop_ends"],
    }
    for function, names in expected.items():
        if list(inspect.signature(function).parameters) != names:
            return f"{function.__qualname__} takes other arguments"
    console = Console(color_system="truecolor", force_terminal=True)
    for update in _samples():
        written = "".join(
            ("" if follows else f"\x1b[{y + 1};{x + 1}H") + strip.render(console)
            for y, x, strip, follows in placed(update)
        )
        if update.render_segments(console).replace("\n", "") != written:
            return f"{type(update).__name__} writes something else"
    return pens.why_not()


def _samples() -> Iterator[Update]:
    """Updates with all that the stage has to know of: strips side by side, whole, cut, missing and out of the span."""
    a, b, c = (Strip([Segment(text, Style(bold=True))], 2) for text in ("aa", "bb", "cc"))
    yield LayoutUpdate([[a, b], [c]], Region(3, 1, 4, 2))
    yield ChopsUpdate([{0: a, 2: b, 4: c}, {0: a, 2: None, 4: b}], [(0, 0, 3), (1, 4, 6)], [[2, 4, 6], [2, 4, 6]])
