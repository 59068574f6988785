"""How far a live run is, in a few cells: steps per second, and how long still."""

from __future__ import annotations

from tui.analysis.progress import Progress
from tui.app.parts import Part, cells_of
from tui.app.theme import Look
from tui.render.numbers import duration, rate


def left_text(progress: Progress | None) -> str:
    """How long still, `38m left`; "" where that is not known."""
    return "" if progress is None or progress.seconds_left is None else f"{duration(progress.seconds_left)} left"


def progress_parts(progress: Progress | None, cells: int, look: Look) -> list[Part]:
    """`1.2k steps/s  38m left`, as much of it as is known and finds room; the time left is what goes last."""
    per_second = None if progress is None else progress.per_second
    speeds: list[list[Part]] = [[]]
    if per_second is not None:
        speeds = [[(f"  {text}", look.dim)] for text in (rate(per_second, "step"), rate(per_second))] + speeds
    left: list[Part] = [(f"  {text}", look.text)] if (text := left_text(progress)) else []
    fits = (parts for speed in speeds if (parts := [*speed, *left]) and cells_of(parts) < cells)
    return [*shown, (" ", look.text)] if (shown := next(fits, None)) else []
