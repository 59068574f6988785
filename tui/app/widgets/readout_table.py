"""The table under the full chart, which is also its legend: run, smoothed, value, step, wall time, relative time."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.style import Style
from textual.strip import Strip

from tui.app.curves import Readout
from tui.app.shared import Shared
from tui.app.theme import Look
from tui.render.cells import fit, width
from tui.render.numbers import clock, duration, number, plural
from tui.render.strips import row_strip

_LONG_STEP = 10**9
# Heading, cells, and the least width of the pane that still shows the column.
_COLUMNS = (("smoothed", 11, 52), ("value", 11, 0), ("step", 11, 36), ("wall time", 21, 88), ("relative", 10, 66))


class ReadoutTable:
    """Draws readouts as rows; columns that do not fit a narrow pane are left out, the run's name and value never."""

    def __init__(self, shared: Shared, look: Look, *, smoothed: bool) -> None:
        self._shared = shared
        self._look = look
        self._smoothed = smoothed

    def strips(self, readouts: Sequence[Readout], cells: int, rows: int, *, head: bool) -> list[Strip]:
        """At most `rows` lines after the heading; the last one says how many runs are left out."""
        left_out = len(readouts) - rows
        shown = readouts if left_out <= 0 else readouts[: max(rows - 1, 1)]
        names = max((width(self._shared.runs.name(r.run)) for r in shown), default=0)
        columns = [c for c in _COLUMNS if cells >= c[2] and (self._smoothed or c[0] != "smoothed")]
        room = min(max(names, 8), max(8, cells - 4 - sum(c[1] for c in columns)))
        lines = [self._head(columns, room, cells)] if head else []
        lines += [self._row(r, columns, room, cells) for r in shown]
        if left_out > 0 and rows > 1:
            text = fit(f"   and {plural(len(readouts) - len(shown), 'more run')}", cells)
            lines.append(row_strip([(text, self._look.dim)], cells, self._look.text))
        return lines

    def _head(self, columns: Sequence[tuple[str, int, int]], room: int, cells: int) -> Strip:
        text = f"   {fit('run', room)}" + "".join(fit(name, size, align="right") for name, size, _ in columns)
        return row_strip([(text, self._look.dim)], cells, self._look.text)

    def _row(self, r: Readout, columns: Sequence[tuple[str, int, int]], room: int, cells: int) -> Strip:
        look = self._look
        style = self._shared.runs.style(r.run, look)
        parts = [
            (f" {self._shared.runs.mark(r.run)} ", style),
            (self._shared.runs.fitted(r.run, room), look.text),
        ]
        for name, size, _ in columns:
            text, column_style = self._cell(r, name)
            column_style = look.faint if r.beyond else column_style
            parts.append((fit(text, size, align="right"), column_style))
        return row_strip(parts, cells, look.text)

    def _cell(self, r: Readout, name: str) -> tuple[str, Style]:
        look = self._look
        match name:
            case "smoothed":
                return number(r.smoothed), look.text if math.isfinite(r.smoothed) else look.error
            case "value":
                return number(r.value), look.text if math.isfinite(r.value) else look.error
            case "step":
                return (str(r.step) if abs(r.step) < _LONG_STEP else number(r.step)), look.dim
            case "wall time":
                return (clock(r.wall_time, now=self._shared.clock()) if math.isfinite(r.wall_time) else "?"), look.dim
            case _:
                return (duration(r.relative) if math.isfinite(r.relative) else "?"), look.dim
