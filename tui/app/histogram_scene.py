"""What the pictures of the full histogram view have in common: scenes, what lies under the pointer, looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from rich.style import Style
from textual.strip import Strip

from tui.analysis.percentiles import Floats
from tui.app.histograms import Binned, Shown, StepAxis
from tui.app.shared import Shared
from tui.app.terminal_kind import Colours, TerminalKind
from tui.app.theme import Look
from tui.render.canvas import Canvas, Part
from tui.render.chart import PlotArea
from tui.render.heatmap import DENSE, DENSE_ASCII
from tui.render.strips import ChartStyles, canvas_strips
from tui.render.window import Window


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Strips, and what lies under the pointer at (column, row) of them: a value, the position in a run's line."""

    strips: Sequence[Strip]
    value_at: Callable[[int, int], float | None] = lambda x, y: None
    position_at: Callable[[int, int], int | None] = lambda x, y: None

    @property
    def width(self) -> int:
        """How many cells wide it is."""
        return self.strips[0].cell_length if self.strips else 0


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What all pictures have in common: the runs on one axis of values, whose bins are between `edges`, and of steps.

    `log` has counts on a logarithmic scale; `cursor` is the bin that is pointed at.
    """

    shown: Sequence[Shown]
    edges: Floats
    axis: StepAxis
    log: bool = False
    cursor: int | None = None

    @property
    def lo(self) -> float:
        """The least value in view."""
        return float(self.edges[0])

    @property
    def hi(self) -> float:
        """The greatest value in view."""
        return float(self.edges[-1])

    @property
    def pointed(self) -> tuple[float, float] | None:
        """The edges of the bin that is pointed at."""
        return None if self.cursor is None else (float(self.edges[self.cursor]), float(self.edges[self.cursor + 1]))

    def middle(self, at: int) -> float:
        """The value in the middle of a bin."""
        return float(self.edges[at] / 2 + self.edges[at + 1] / 2)


@dataclass(slots=True)
class Painting:
    """What draws scenes, in one look."""

    shared: Shared
    look: Look
    kind: TerminalKind
    binned: Binned = field(default_factory=Binned)

    @property
    def in_colours(self) -> bool:
        """Whether amounts are told by colours; else by signs of more and more ink."""
        return self.kind.colours in (Colours.ALL, Colours.MANY) and not self.kind.ascii

    @property
    def in_patterns(self) -> bool:
        """Whether patterns, and no colours, tell lines apart."""
        return self.kind.colours is Colours.NONE

    @property
    def signs(self) -> str | None:
        """The signs where colours do not tell."""
        return None if self.in_colours else DENSE_ASCII if self.kind.ascii else DENSE

    def counts(self, scene: Scene, shown: Shown, position: int) -> Floats:
        """A run's counts in the scene's bins, at a position that is decoded."""
        return self.binned.counts(shown.found[position], scene.edges)

    def mark_column(self, canvas: Canvas, area: PlotArea, window: Window, x: float) -> None:
        """Point at a place on the lower axis."""
        column = area.column_of(x, window)
        if column is not None and area.height < canvas.height:
            canvas.put(area.top + area.height, column, "▴", Part.CURSOR)

    def styles(self, curves: Mapping[int, Style]) -> ChartStyles:
        look = self.look
        return ChartStyles(
            base=Style(bgcolor=look.background),
            axis=look.faint,
            label=look.dim,
            grid=look.faint,
            cursor=look.accent,
            highlight=Style(bgcolor=look.cursor_background),
            curves=curves,
        )

    def strips(self, canvas: Canvas, styles: ChartStyles, width: int) -> list[Strip]:
        return [strip.adjust_cell_length(width, self.look.text) for strip in canvas_strips(canvas, styles)]


def shares(width: int, n: int) -> list[int]:
    """A width in `n` parts, as even as can be."""
    return [(i + 1) * max(width, 0) // n - i * max(width, 0) // n for i in range(n)]


def along(cell: int, cells: int, scene: Scene) -> float | None:
    """The value in the middle of a cell of so many along the axis of values."""
    if not 0 <= cell < cells:
        return None
    share = (cell + 0.5) / cells
    return scene.lo * (1 - share) + scene.hi * share
