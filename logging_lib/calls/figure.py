"""SummaryWriter.add_figure: draws figures of matplotlib at the call, because they may change after it."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any, SupportsInt

import numpy as np

from logging_lib.arguments import About
from logging_lib.calls.sink import EventSink

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.figure import Figure


class FigureCalls(EventSink):
    """Figures."""

    def add_figure(
        self,
        tag: str,
        figure: Figure | list[Figure] | tuple[Figure, ...],
        global_step: SupportsInt | None = None,
        close: bool = True,
        walltime: float | None = None,
    ) -> None:
        """Log a figure of matplotlib as an image, or several of one size as a grid of 8 columns.

        It is drawn here, on white where it is transparent, and closed unless `close` is false: pyplot keeps those
        that it made until then.
        """
        from logging_lib.summary.figure import figures

        with About(tag):
            given = _checked_figures(figure)
            try:
                drawn = [_drawn(each) for each in given]
            finally:
                if close:
                    _close(given)
            sizes = sorted({each.shape[:2] for each in drawn})
            if len(sizes) > 1:
                raise ValueError(f"figures of different heights and widths: {sizes}")
        self._log_event(
            tag, partial(figures, tag, drawn), global_step, walltime, nbytes=sum(each.nbytes for each in drawn)
        )


def _checked_figures(figure: object) -> list[Figure]:
    given: list[Any] = list(figure) if isinstance(figure, (list, tuple)) else [figure]
    if not given:
        raise ValueError("no figures")
    # Who has a figure has loaded matplotlib; who has none need not have it.
    kind: Any = getattr(sys.modules.get("matplotlib.figure"), "Figure", ())
    for each in given:
        if not isinstance(each, kind):
            raise TypeError(f"expected a figure of matplotlib, got {type(each).__name__}")
    return given


def _drawn(figure: Figure) -> npt.NDArray[np.uint8]:
    """[height, width, RGBA]; the figure goes back to the canvas that it was on, perhaps a window."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    before = figure.canvas
    canvas: Any = FigureCanvasAgg(figure)  # matplotlib leaves its methods without types
    try:
        canvas.draw()
    finally:
        figure.set_canvas(before)
    return np.asarray(canvas.buffer_rgba())


def _close(figures: list[Figure]) -> None:
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        for figure in figures:
            pyplot.close(figure)
