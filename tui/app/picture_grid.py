"""Pictures side by side, each under a line that names it: how many fit, which page, which one is at a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from textual.strip import Strip

from tui.app.parts import Part, cut
from tui.render.strips import row_strip

_NARROWEST, _HIGHEST_NEED = 20, 8
_LEAST = 3  # lines, the name among them
_CARD = 24
_GAP, _MARGIN = 2, 1


@dataclass(frozen=True, slots=True)
class Grid:
    """Panes of `width` x `height` cells, the line with the name included, `across` a row and `down` rows a page."""

    across: int
    down: int
    width: int
    height: int

    @property
    def capacity(self) -> int:
        """How many there are on a page."""
        return self.across * self.down

    def page(self, count: int, focus: int) -> range:
        """The places on the page that has the one in focus."""
        start = focus // self.capacity * self.capacity
        return range(start, min(start + self.capacity, count))

    def place_at(self, x: int, y: int) -> int | None:
        """Which pane of the page is at a cell; None between them."""
        column, beside = divmod(x - _MARGIN, self.width + _GAP)
        row = y // self.height
        inside = beside < self.width and 0 <= column < self.across and 0 <= row < self.down
        return row * self.across + column if inside else None

    def corner(self, place: int) -> tuple[int, int]:
        """The first cell (x, y) of a pane of the page."""
        row, column = divmod(place, self.across)
        return _MARGIN + column * (self.width + _GAP), row * self.height


def fitting_grid(count: int, width: int, height: int, aspect: float) -> Grid:
    """The grid in which so many pictures, `aspect` times as wide as high, are largest; as many cards as fit where they
    would all be small."""
    lowest = min(_HIGHEST_NEED, max(_LEAST, round(_NARROWEST / aspect / 2) + 1))
    tried = (_grid(count, across, width, height) for across in range(1, count + 1))
    found = [grid for grid in tried if grid.width >= _NARROWEST and grid.height >= lowest]
    if found:
        return max(found, key=lambda grid: _scale(grid, aspect))
    across = max(1, (width - _MARGIN + _GAP) // (_CARD + _GAP))
    down = max(1, height // (_CARD // 2 + 1))
    return Grid(across, down, _width(across, width), height // down)


def _grid(count: int, across: int, width: int, height: int) -> Grid:
    down = -(-count // across)
    return Grid(across, down, _width(across, width), height // down)


def _width(across: int, width: int) -> int:
    return max(1, (width - _MARGIN + _GAP) // across - _GAP)


def _scale(grid: Grid, aspect: float) -> tuple[float, int]:
    """How large a picture is in a pane of the grid; of equal ones, the fewest rows."""
    return min(grid.width / aspect, 2.0 * (grid.height - 1)), -grid.down


def pane(label: Sequence[Part], body: Sequence[Strip], width: int, height: int, base: Style) -> list[Strip]:
    """A name over a picture, in exactly so many cells."""
    blank = row_strip([], width, base)
    lines = [row_strip(cut(label, width), width, base), *(strip.adjust_cell_length(width, base) for strip in body)]
    return [*lines, *([blank] * (height - len(lines)))][:height]


def laid_out(panes: Sequence[list[Strip]], grid: Grid, width: int, height: int, base: Style) -> list[Strip]:
    """Panes of the grid's size in its places."""
    margin, gap, blank = (row_strip([], cells, base) for cells in (_MARGIN, _GAP, width))
    lines: list[Strip] = []
    for start in range(0, len(panes), grid.across):
        for strips in zip(*panes[start : start + grid.across], strict=True):
            spaced = [part for strip in strips for part in (gap, strip)]
            lines.append(Strip.join([margin, *spaced[1:]]).adjust_cell_length(width, base))
    return [*lines, *([blank] * (height - len(lines)))][:height]
