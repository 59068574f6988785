"""The full view of a histogram tag: steps as a ridgeline, one step as bars."""

from __future__ import annotations

import re

import numpy as np
from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip

from logging_lib.tfevents import plugins
from logging_lib.tfevents.histogram import Buckets
from tui.analysis.distribution import moments, rebin, shared_edges
from tui.analysis.ticks import ticks
from tui.analysis.x_axis import Indices
from tui.app.catalog import focused_run
from tui.app.histograms import BINS, is_superseded, picked, ridgeline_spec, shown_entries, value_ticks
from tui.app.parts import Part, cells_of, noted, superseded_notes
from tui.app.widgets.full_view import FullView
from tui.render.cells import fit
from tui.render.numbers import number
from tui.render.palette import fade
from tui.render.plots import bars
from tui.render.ridgeline import RidgelineSpec, draw_ridgeline, ridge_capacity
from tui.render.strips import ChartStyles, canvas_strips, row_strip
from tui.render.text import printable
from tui.store.snapshot import BlobSeries

_SIDE_BY_SIDE = 96
_BLOCKS = re.compile("([\u2580-\u259f]+)")


class HistogramFull(FullView):
    """The histograms of `selection.histogram` in the focused run.

    `entry` is the chosen entry of the series, superseded ones counted even while they are hidden, None for the
    newest. `only_bars` gives the whole pane to it.
    """

    kind = plugins.HISTOGRAMS

    entry: reactive[int | None] = reactive(None, repaint=False, init=False)
    only_bars = reactive(False, repaint=False, init=False)

    @property
    def tag(self) -> str | None:
        return self.selection.histogram

    def watch_entry(self) -> None:
        self.redraw()

    def watch_only_bars(self) -> None:
        self.redraw()

    # What is shown

    @property
    def series(self) -> BlobSeries | None:
        """The series shown: the focused run's, else the newest run's that has the tag."""
        keys = self.keys.get(self.selection.histogram or "", [])
        if not keys:
            return None
        focused = focused_run(self.snapshot, self.selection)
        newest = max(keys, key=lambda key: self.snapshot.runs[key.run].last_wall_time or 0.0)
        return self.snapshot.blobs[next((key for key in keys if key.run == focused), newest)]

    def _entries(self, series: BlobSeries) -> Indices:
        return shown_entries(series, superseded=self.selection.superseded)

    def _place(self, entries: Indices) -> int:
        """Which of the entries is chosen: the next one after that which is hidden now."""
        last = len(entries) - 1
        return last if self.entry is None else min(int(np.searchsorted(entries, self.entry)), last)

    # How it is drawn

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        series = self.series
        if series is None:
            return self._note("no visible run has this histogram: a shows all runs", width)
        entries = self._entries(series)
        place = self._place(entries)
        chosen = self.shared.blobs.get(series.refs[int(entries[place])])
        title = self._title(series, entries, place, chosen, width)
        if isinstance(chosen, str):
            return [title, *self._note(chosen, width)]
        if self.only_bars:
            return [title, *self._bars(series, chosen, width, height - 1)]
        if width < _SIDE_BY_SIDE:
            return [title, *self._ridgeline(series, entries, place, width, height - 1)]
        left = width * 3 // 5
        pairs = zip(
            self._ridgeline(series, entries, place, left, height - 1),
            self._bars(series, chosen, width - left, height - 1),
            strict=True,
        )
        return [title, *(Strip.join(pair) for pair in pairs)]

    def _note(self, text: str, width: int) -> list[Strip]:
        return [row_strip([("  ", self.look.dim), (fit(text, width - 2, keep="end"), self.look.dim)], width)]

    def _title(
        self, series: BlobSeries, entries: Indices, place: int, buckets: Buckets | str | None, cells: int
    ) -> Strip:
        look, run, entry = self.look, series.key.run, int(entries[place])
        superseded = " superseded" if is_superseded(series, entry) else ""
        mark = f"{self.shared.runs.mark(run)} {self.shared.runs.name(run)}"
        left: list[Part] = [
            (f" {printable(series.key.tag)}  ", look.text + Style(bold=True)),
            (f"step {series.steps[entry]}{superseded}  ({place + 1} of {len(entries)})  ", look.text),
            (mark, self.shared.runs.style(run, look)),
        ]
        of_values = moments(buckets) if isinstance(buckets, Buckets) else None
        right = f"  mean {number(of_values.mean)} ± {number(of_values.std)} " if of_values else ""
        total = 0 if series.superseded is None else int(series.superseded.sum())
        key, shown = self.shared.key("superseded"), self.selection.superseded
        notes = superseded_notes(total, "step", "in brackets", shown=shown, key=key)
        return noted(left, notes, [(right, look.dim)], cells, cells_of(left), look)

    def _ridgeline(self, series: BlobSeries, entries: Indices, place: int, width: int, height: int) -> list[Strip]:
        wanted = entries[picked(len(entries), ridge_capacity(height), place)].tolist()
        decoded = {entry: self.shared.blobs.get(series.refs[entry]) for entry in wanted}
        found = {entry: buckets for entry, buckets in decoded.items() if isinstance(buckets, Buckets)}
        spec = ridgeline_spec(series, found, int(entries[place]), width)
        if spec is None:
            waiting = any(buckets is None for buckets in decoded.values())
            return self._filled(self._note("reading…" if waiting else "empty at every step", width), width, height)
        canvas = draw_ridgeline(spec, width - 1, height)
        styles = self._ridge_styles(spec, series.key.run)
        return [strip.adjust_cell_length(width, self.look.text) for strip in canvas_strips(canvas, styles)]

    def _ridge_styles(self, spec: RidgelineSpec, run: str) -> ChartStyles:
        """From faint, the oldest, to the run's colour, the newest; the chosen step in the accent colour."""
        look, n = self.look, len(spec.ridges)
        shades = fade(self.shared.runs.faint(run, look), self.shared.runs.colour(run), n)
        curves = {i: Style(color=shade) for i, shade in enumerate(shades)}
        if spec.chosen is not None and n > 1:
            curves[spec.chosen] = look.accent
        return ChartStyles(base=Style(bgcolor=look.background), axis=look.faint, label=look.dim, curves=curves)

    def _bars(self, series: BlobSeries, buckets: Buckets | None, width: int, height: int) -> list[Strip]:
        look = self.look
        edges = shared_edges([buckets], BINS) if buckets is not None else None
        if buckets is None or edges is None:
            note = self._note("reading…" if buckets is None else "empty at this step", width)
            return self._filled(note, width, height)
        counts = rebin(buckets, edges)
        lines = bars(
            edges[:-1], edges[1:], counts, width, height,
            x_ticks=value_ticks(float(edges[0]), float(edges[-1]), width),
            y_ticks=[(tick.value, tick.label) for tick in ticks(0.0, float(counts.max()), max(2, height // 5))],
        )  # fmt: skip
        colour = self.shared.runs.style(series.key.run, look)
        parts = (_BLOCKS.split(line) for line in lines)  # text, blocks, text, blocks, ...
        return [
            row_strip([(text, colour if at % 2 else look.dim) for at, text in enumerate(line)], width, look.text)
            for line in parts
        ]

    def _filled(self, strips: list[Strip], width: int, height: int) -> list[Strip]:
        blank = row_strip([], width, self.look.text)
        return [*strips, *([blank] * (height - len(strips)))][:height]

    # What keys do

    def step(self, by: int) -> None:
        """Choose the entry `by` places on."""
        series = self.series
        if series is not None:
            entries = self._entries(series)
            last = len(entries) - 1
            place = min(max(self._place(entries) + by, 0), last)
            self.entry = None if place == last else int(entries[place])

    def action_first(self) -> None:
        self.entry = 0

    def action_last(self) -> None:
        self.entry = None

    def change_density(self) -> None:
        """Ridgeline and bars, or bars alone."""
        self.only_bars = not self.only_bars
