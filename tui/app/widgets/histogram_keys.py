"""What keys and the mouse do in the full histogram view: cursor and zoom along the values, copies, the next NaN."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar, TextIO

import numpy as np
from textual import events
from textual.reactive import reactive
from textual.worker import get_current_worker

from logging_lib.tfevents import plugins
from tui.analysis.distribution import Span
from tui.analysis.percentiles import MEDIAN, Floats
from tui.app.blob_steps import Place, StepLine
from tui.app.blob_title import Ways
from tui.app.choices import Tab, following
from tui.app.distributions import read_distribution
from tui.app.histogram_readout import BUCKET_HEAD, bucket_lines, readout_csv
from tui.app.histogram_scene import Picture, Scene
from tui.app.histogram_title import ways_of
from tui.app.histograms import Shown, View
from tui.app.messages import Noticed, RunFocused, StepChosen
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.taking import export_directory, short_path, write_new_file
from tui.app.widgets.blob_full import BlobFull
from tui.reader.payload import PayloadError
from tui.render.numbers import plural
from tui.render.text import printable
from tui.store.snapshot import BlobSeries

_CLOSER, _FARTHER, _PAN = 0.5, 2.0, 0.25
_NARROWEST = 1e-9
"""The least part of the values that can be zoomed to."""


class HistogramKeys(BlobFull):
    """The state of the view, and how keys and the mouse change it. Subclasses draw, and say what they have drawn.

    With `all_runs` the tag is shown of all visible runs, else of the focused one. `cursor` is a value that is pointed
    at, `zoom` the stretch of values in view; both belong to the tag. `scene` is what is drawn, None for nothing yet;
    `whole` is the span of its values; `placed` are the pictures with their left columns, top rows and runs.
    """

    kind = plugins.HISTOGRAMS
    tab: ClassVar[Tab] = Tab.HISTOGRAMS

    view: reactive[View] = reactive(View.RIDGELINE, repaint=False, init=False)
    all_runs = reactive(False, repaint=False, init=False)
    cursor: reactive[float | None] = reactive(None, repaint=False, init=False)
    zoom: reactive[Span | None] = reactive(None, repaint=False, init=False)

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self.scene: Scene | None = None
        self.whole: Span | None = None
        self.placed: list[tuple[int, int, Picture, Shown | None]] = []
        self._hovered: float | None = None

    def watch_view(self) -> None:
        self.redraw()

    def watch_all_runs(self) -> None:
        self.redraw()

    def watch_cursor(self) -> None:
        self.redraw()

    def watch_zoom(self) -> None:
        self.redraw()

    def watch_selection(self, old: Selection, new: Selection) -> None:
        if old.opened_in(self.tab) != new.opened_in(self.tab):
            self._hovered = None
            self.set_reactive(HistogramKeys.cursor, None)
            self.set_reactive(HistogramKeys.zoom, None)
        super().watch_selection(old, new)

    def fullest_bin(self, scene: Scene) -> int | None:
        """The bin with the most values of the chosen step."""
        raise NotImplementedError

    def pointed_at(self, edges: Floats) -> int | None:
        """The bin that the pointer, else the cursor, is on."""
        value = self.cursor if self._hovered is None else self._hovered
        if value is None or not edges[0] <= value <= edges[-1]:
            return None
        return min(int(np.searchsorted(edges, value, side="right")) - 1, len(edges) - 2)

    # What keys do

    def next_view(self) -> None:
        """Ridgeline, heatmap, percentiles, bars, and round again."""
        self.view = following(self.view)

    @property
    def ways(self) -> Ways:
        return ways_of(self.view)

    def show_way(self, way: str) -> None:
        self.view = View(way)

    def action_toggle_line(self) -> None:
        """Open the tag into its runs, or show the focused one only."""
        self.all_runs = not self.all_runs

    def action_cursor_back(self) -> None:
        self._move_cursor(-1)

    def action_cursor_on(self) -> None:
        self._move_cursor(1)

    def _move_cursor(self, by: int) -> None:
        """To the next bin; without a cursor to the fullest one."""
        scene = self.scene
        if scene is None:
            return
        at = self.pointed_at(scene.edges)
        to = self.fullest_bin(scene) if at is None else min(max(at + by, 0), len(scene.edges) - 2)
        if to is not None:
            self._hovered = None
            self.cursor = scene.middle(to)

    def action_leave(self) -> None:
        """Esc: away with the cursor, else back to the rows."""
        if self.cursor is not None:
            self._hovered, self.cursor = None, None
        else:
            super().action_leave()

    def action_zoom_in(self) -> None:
        self._zoom_by(_CLOSER)

    def action_zoom_out(self) -> None:
        self._zoom_by(_FARTHER)

    def action_zoom_all(self) -> None:
        self.zoom = None

    def action_pan_left(self) -> None:
        self._pan_by(-_PAN)

    def action_pan_right(self) -> None:
        self._pan_by(_PAN)

    def _zoom_by(self, factor: float) -> None:
        """About the cursor, else the median of the chosen step, else the middle."""
        scene, whole = self.scene, self.whole
        if scene is None or whole is None:
            return
        measures = [one.chosen.measures for one in scene.shown if one.chosen is not None]
        medians = [float(m.percentiles[MEDIAN]) for m in measures if m is not None]
        about = next((value for value in (self.cursor, *medians) if value is not None), scene.lo / 2 + scene.hi / 2)
        about = min(max(about, scene.lo), scene.hi)
        lo, hi = (bound * factor + about * (1 - factor) for bound in (scene.lo, scene.hi))
        # What would be past one end is added at the other, so that zooming out always shows more.
        past = max(hi - whole[1], 0.0), max(whole[0] - lo, 0.0)
        lo, hi = max(lo - past[0], whole[0]), min(hi + past[1], whole[1])
        if (lo, hi) == whole:
            self.zoom = None
        elif hi / 2 - lo / 2 > _NARROWEST * max(abs(lo), abs(hi)):
            self.zoom = lo, hi

    def _pan_by(self, part: float) -> None:
        """Move the stretch in view by a part of its length, as far as there are values."""
        if self.zoom is not None and self.whole is not None:
            (lo, hi), whole = self.zoom, self.whole
            by = (hi - lo) * part
            by = min(max(by, min(whole[0] - lo, 0.0)), max(whole[1] - hi, 0.0))
            self.zoom = lo + by, hi + by

    def action_copy(self) -> None:
        """The numbers of the chosen step go to the clipboard, a line a run."""
        shown = self.scene.shown if self.scene is not None else ()
        if not shown:
            self.post_message(Noticed("nothing to copy here", failed=True))
            return
        self.app.copy_to_clipboard(readout_csv(shown))
        self.post_message(Noticed(f"copied the numbers of {plural(len(shown), 'histogram')} as CSV"))

    def action_export(self) -> None:
        """The buckets of the chosen step go to a file."""
        shown = [one for one in self.scene.shown if one.chosen is not None] if self.scene is not None else []
        if not shown:
            self.post_message(Noticed("nothing to export here", failed=True))
            return
        try:
            directory = export_directory(self.shared.logdirs)
            path, buckets = write_new_file(directory, shown[0].series.key.tag, partial(_write_buckets, shown))
        except (OSError, RuntimeError) as error:  # the latter where there is no home directory
            self.post_message(Noticed(f"nothing exported: {printable(str(error))}", failed=True))
            return
        self.post_message(Noticed(f"{plural(buckets, 'bucket')} to {printable(short_path(path))}"))

    def next_problem(self) -> None:
        """To the next step with NaN or infinities, and from the last one to the first again."""
        series = self.series
        if series is not None:
            self.run_worker(partial(self._look_for_problem, series, self.line(series)), thread=True, exclusive=True)

    def _look_for_problem(self, series: BlobSeries, line: StepLine) -> None:
        """Runs on a thread of its own: it may have to read them all."""
        start, worker = line.at(self.selection.step) + 1, get_current_worker()
        for position in ((start + i) % len(line) for i in range(len(line))):
            if worker.is_cancelled:
                return
            try:
                found = read_distribution(series.refs[int(line.entries[position])])
            except PayloadError:
                continue  # the view says so of the step itself
            if found.lost != 0:
                self.post_message(StepChosen(line.place(position)))
                return
        self.post_message(Noticed(f"no NaN or infinity in {plural(len(line), 'histogram')}"))

    # What the mouse does

    def _under(self, x: int, y: int) -> tuple[Picture, int, int, Shown | None] | None:
        """The picture under the pointer, and where in it."""
        for left, top, picture, shown in self.placed:
            if left <= x < left + picture.width and top <= y < top + len(picture.strips):
                return picture, x - left, y - top, shown
        return None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        under = self._under(event.x, event.y)
        self._hover(under[0].value_at(under[1], under[2]) if under is not None else None)

    def on_leave(self) -> None:
        self._hover(None)

    def _hover(self, value: float | None) -> None:
        before, self._hovered = self._hovered, value
        scene = self.scene
        if scene is not None and value != before and self.pointed_at(scene.edges) != scene.cursor:
            self.redraw()

    def on_click(self, event: events.Click) -> None:
        """Choose what is under the pointer: a step, a value, a run."""
        under = self._under(event.x, event.y)
        if under is None:
            return
        picture, x, y, shown = under
        value, position = picture.value_at(x, y), picture.position_at(x, y)
        if value is not None:
            self.cursor = value
        if shown is not None and position is not None:
            self._choose(self._place_at(shown.line, position))
        if shown is not None and len(self.all_series) > 1 and self.all_runs:
            self.post_message(RunFocused(shown.run))

    def _place_at(self, line: StepLine, position: int) -> Place | None:
        """The place of a position; None for the newest, which stays the newest."""
        return None if position == len(line) - 1 else line.place(position)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.step(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.step(-1)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        event.stop()
        self._pan_by(-_PAN)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        event.stop()
        self._pan_by(_PAN)


def _write_buckets(shown: Sequence[Shown], stream: TextIO) -> int:
    """Write the chosen histograms as CSV; returns how many buckets they have."""
    stream.write(BUCKET_HEAD)
    written = 0
    for one in shown:
        lines = list(bucket_lines(one))
        stream.write("".join(lines))
        written += len(lines)
    return written
