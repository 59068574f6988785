"""Keys and the mouse on parallel axes: which axis and place are chosen, ranges, scales, the order of the axes."""

from __future__ import annotations

from dataclasses import replace

from textual import events

from tui.analysis.hparams.axes import Axis, Scale, axis_of, brushed
from tui.app.hparam_choices import HParamPage
from tui.app.hparam_ranges import brushes_on
from tui.app.messages import HParamsChosen, OnlyRunsShown
from tui.app.shared import Shared
from tui.app.widgets.sessions import SessionsView
from tui.render.parallel import axes_that_fit, axis_columns, place_at

_STEP = 0.05


class AxesKeys(SessionsView):
    """← → choose an axis, ↑ ↓ a place on it; the mark and the cursor make a range, outside which lines are faint."""

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._at = 0
        self._first = 0
        self._place = 1.0
        self._began: float | None = None

    @property
    def axes(self) -> list[Axis]:
        """The axes, in view or not."""
        raise NotImplementedError

    def _go(self, by: int) -> None:
        self._at = min(max(self._at + by, 0), max(0, len(self.axes) - 1))
        self._began = None
        self.redraw()

    def action_cursor_left(self) -> None:
        self._go(-1)

    def action_cursor_right(self) -> None:
        self._go(1)

    def action_first(self) -> None:
        self._go(-len(self.axes))

    def action_last(self) -> None:
        self._go(len(self.axes))

    def _move(self, by: float) -> None:
        """Along the axis; on one of categories from one to the next."""
        axes = self.axes
        if not axes:
            return
        names = axes[min(self._at, len(axes) - 1)].categories
        if len(names) > 1:
            steps = len(names) - 1
            place = (round(self._place * steps) + (1 if by > 0 else -1)) / steps
        else:
            place = self._place + by
        self._put(min(max(place, 0.0), 1.0))

    def _put(self, place: float) -> None:
        axes = self.axes
        self._place = place
        if self._began is not None and self._at < len(axes):
            axis = axes[self._at]
            ends = sorted((self._began, place))
            self.post_message(HParamsChosen(self.choices.with_range(axis.column.full_name, *map(axis.end_at, ends))))
        self.redraw()

    def action_cursor_up(self) -> None:
        self._move(_STEP)

    def action_cursor_down(self) -> None:
        self._move(-_STEP)

    def action_page_up(self) -> None:
        self._move(5 * _STEP)

    def action_page_down(self) -> None:
        self._move(-5 * _STEP)

    def action_mark(self) -> None:
        """Begin a range here; again: it ends here."""
        self._began = None if self._began is not None else self._place
        self._put(self._place)

    def action_zoom_all(self) -> None:
        """No ranges any more."""
        self._began = None
        self.choose(ranges=())

    def action_enter(self) -> None:
        """Show the runs within the ranges only, in every tab; again: all."""
        axes = self.axes
        if not axes:
            return
        within = brushed(axes, brushes_on(axes, self.choices.ranges)).tolist()
        rows = [row for row, inside in zip(self.shown.frame.rows, within, strict=True) if inside]
        if rows:
            self.post_message(OnlyRunsShown(tuple(run for row in rows for run in row.runs)))
        else:
            self.told("no session lies within these ranges", failed=True)

    def action_leave(self) -> None:
        """End the range; else back to the table."""
        if self._began is not None:
            self._began = None
            self.redraw()
        else:
            self.choose(page=HParamPage.TABLE)

    def _shift(self, by: int) -> None:
        """Move the axis among the others."""
        names = [axis.column.full_name for axis in self.axes]
        to = self._at + by
        if 0 <= to < len(names):
            names[self._at], names[to] = names[to], names[self._at]
            self._at = to
            self.choose(order=tuple(names))

    def action_pan_left(self) -> None:
        self._shift(-1)

    def action_pan_right(self) -> None:
        self._shift(1)

    def next_scale(self) -> None:
        """Linear, logarithmic, categories: those that fit."""
        axes = self.axes
        if not axes:
            return
        axis = axes[self._at]
        every = list(Scale)
        for turn in range(1, len(every)):
            scale = every[(every.index(axis.scale) + turn) % len(every)]
            found = axis_of(self.shown.frame, axis.column, scale)
            if found is not None and found.scale is scale:
                name = axis.column.full_name
                scales = {**dict(self.choices.scales), name: scale}
                self._began = None
                self.post_message(
                    HParamsChosen(replace(self.choices.without_range(name), scales=tuple(scales.items())))
                )
                return

    def on_mouse_down(self, event: events.MouseDown) -> None:
        axes = self.axes
        if len(axes) < 2:
            return
        self._pick(event.x)
        self._began = None
        self._put(place_at(event.y - 1, self.size.height - 2))
        self._began = self._place
        self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._began is not None and self.app.mouse_captured is self:
            self._put(place_at(event.y - 1, self.size.height - 2))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        if self.app.mouse_captured is self:
            self.release_mouse()
            self._began = None
            self.redraw()

    def _pick(self, x: int) -> None:
        fits = min(axes_that_fit(self.size.width), len(self.axes))
        columns = axis_columns(fits, self.size.width)
        self._at = self._first + min(range(fits), key=lambda at: abs(columns[at] - x))
