"""The full view of a histogram tag: its steps as ridgeline, heatmap or percentiles, one step as bars, in numbers."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from tui.analysis.distribution import Span, equal_edges
from tui.app.distributions import Distribution, read_distribution
from tui.app.histogram_pictures import Pictures
from tui.app.histogram_readout import columns, line_of
from tui.app.histogram_scene import Picture, Scene
from tui.app.histogram_title import Title, title_strip
from tui.app.histograms import Shown, StepAxis, View, wanted_positions, whole_span
from tui.app.output.terminal_app import TerminalApp
from tui.app.shared import Shared
from tui.app.terminal_kind import FULL
from tui.app.widgets.histogram_keys import HistogramKeys
from tui.render.cells import fit
from tui.render.cells import width as cells_of
from tui.render.numbers import plural
from tui.render.raster import pattern_sample
from tui.render.strips import row_strip
from tui.store.snapshot import BlobSeries

_SIDE_BY_SIDE = 96
_BARS_SHARE, _SIDEWAYS_CELLS = 0.4, 26
_PANEL_CELLS, _MOST_PANELS, _MOST_OUTLINES = 28, 4, 16
# Below so many rows there are no headings, and no numbers at all.
_LOW, _VERY_LOW = 14, 7
_NAME_CELLS, _SAMPLE_CELLS = 24, 6


class HistogramFull(HistogramKeys):
    """The histograms of the open tag, of one run or of several side by side on one axis of values."""

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._pictures: Pictures | None = None
        self._last: tuple[object, Sequence[Strip]] = (None, ())

    # What is shown

    @property
    def stepped(self) -> Sequence[BlobSeries]:
        return self._page()

    def _page(self) -> Sequence[BlobSeries]:
        """The series whose pictures fit side by side, those of the focused run among them."""
        focused, every = self.series, self.all_series
        if focused is None or not self.all_runs:
            return [focused] if focused is not None else []
        most = _MOST_OUTLINES
        if self.view is not View.BARS:
            most = min(max(self.size.width // _PANEL_CELLS, 1), _MOST_PANELS)
        first = next(i for i, series in enumerate(every) if series.key == focused.key) // most * most
        return every[first : first + most]

    def _shown(self, series: BlobSeries, wanted: Sequence[int], at: int) -> Shown:
        """A run's histograms at these positions, as far as they are decoded; the chosen one is decoded first."""
        line, found, why = self.line(series), {}, None
        for position in (*(position for position in wanted if position != at), at):
            got = self.shared.blobs.get(series.refs[int(line.entries[position])], read_distribution)
            if isinstance(got, Distribution):
                found[position] = got
            elif got is not None and position == at:
                why = got
        return Shown(series, line, at, wanted, found, why)

    def _gather(
        self, page: Sequence[BlobSeries], width: int, height: int
    ) -> tuple[Sequence[Shown], Span | None, Scene | None]:
        """What is drawn in so many cells; the span of all its values; the scene, if there are any."""
        lines = [self.line(series) for series in page]
        axis, at = StepAxis.of(lines), [line.at(self.selection.step) for line in lines]
        wanted = wanted_positions(self.view, lines, at, axis, width, height)
        shown = [self._shown(*one) for one in zip(page, wanted, at, strict=True)]
        whole = whole_span(shown, no_outliers=self.selection.no_outliers)
        edges = None if whole is None else equal_edges([self.zoom or whole])
        scene = None if edges is None else Scene(shown, edges, axis, self.selection.log_y, self.pointed_at(edges))
        return shown, whole, scene

    def fullest_bin(self, scene: Scene) -> int | None:
        counts = (self._artist.counts(scene, one, one.at) for one in scene.shown if one.chosen is not None)
        return next((int(of_one.argmax()) for of_one in counts), None)

    # How it is drawn

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        series, page = self.series, self._page()
        if series is None:
            self.placed, self.scene = [], None
            return self.none_visible("histogram", width, height)
        lines = len(page) if height >= _LOW else 1
        readout = 0 if height < _VERY_LOW else min(lines, max(height // 4, 1)) + (height >= _LOW)
        legend = int(self.view is View.HEATMAP and height >= _LOW)
        heads = int(len(page) > 1 and self.view is not View.BARS)
        room = height - 1 - readout - legend - heads
        shown, whole, scene = self._gather(page, width, room)
        waits = any(one.chosen is None and one.why is None for one in shown)
        title = self._title(series, page, width, waits=waits)
        # The step before stays in view until this one is read: the picture is drawn once a step, and does not flicker.
        stays = self.tag, self.view, [one.key for one in page], width, height, self.look
        if waits and self._last[0] == stays:
            return [title, *self._last[1]]
        self.placed, self.scene, self.whole = [], scene, whole
        if scene is None:
            return [title, *self.note(_why_none(shown), width)]
        body = self._body(scene, width, room, heads, legend)
        self._last = stays, [*body, *self._readout(scene, width, readout)]
        return [title, *self._last[1]]

    def _title(self, series: BlobSeries, page: Sequence[BlobSeries], width: int, *, waits: bool) -> Strip:
        line, every = self.line(series), self.all_series
        title = Title(series, line, page, every, self.view, self.all_runs, self.zoom is not None, waits)
        return self.titled(title_strip(title, self.selection, self.shared, width, self.look, self.beside))

    def _body(self, scene: Scene, width: int, height: int, heads: int, legend: int) -> list[Strip]:
        """The pictures, with the runs' names above and what the colours mean below."""
        draw, pictures, most = self._artist, *self._drawn(scene, width, height)
        left = 0
        for picture, shown in pictures:
            self.placed.append((left, 1 + heads, picture, shown))
            left += picture.width
        joined = [Strip.join(row) for row in zip(*(picture.strips for picture, _ in pictures), strict=True)]
        above = [draw.heads(scene, [picture for picture, _ in pictures], width)] if heads else []
        below = [row_strip(draw.legend(most, log=scene.log), width, self.look.text)] if legend else []
        return [*above, *self.filled(joined, width, height), *below]

    def _drawn(self, scene: Scene, width: int, height: int) -> tuple[list[tuple[Picture, Shown | None]], float]:
        """The pictures of the runs and that of the chosen step beside them; the greatest count in a heatmap."""
        draw, most = self._artist, 0.0
        if self.view is View.BARS:
            return [(draw.bars(scene, width, height), None)], most
        beside = 0
        if len(scene.shown) == 1 and scene.shown[0].chosen is not None and width >= _SIDE_BY_SIDE:
            beside = round(width * _BARS_SHARE) if self.view is View.RIDGELINE else _SIDEWAYS_CELLS
        if self.view is View.RIDGELINE:
            drawn = draw.ridgelines(scene, width - beside, height)
        elif self.view is View.HEATMAP:
            drawn, most = draw.heatmaps(scene, width - beside, height)
        else:
            drawn = draw.percentile_bands(scene, width - beside, height)
        pictures: list[tuple[Picture, Shown | None]] = [*zip(drawn, scene.shown, strict=True)]
        if beside:
            one_step = draw.bars if self.view is View.RIDGELINE else draw.sideways
            pictures.append((one_step(scene, beside, height), None))
        return pictures, most

    @property
    def _artist(self) -> Pictures:
        """What draws, in the look of now."""
        if self._pictures is None or self._pictures.look != self.look:
            kind = self.app.kind if isinstance(self.app, TerminalApp) else FULL
            self._pictures = Pictures(self.shared, self.look, kind)
        return self._pictures

    def _readout(self, scene: Scene, width: int, rows: int) -> list[Strip]:
        """The numbers below: a heading where there are more lines than one, and a line a run.

        Where there are not lines for all, the focused one comes first, and the last line says how many are left out.
        """
        if not rows:
            return []
        look, focused, runs = self.look, self.series, self.shared.runs
        name = min(max(cells_of(runs.name(one.run)) for one in scene.shown), _NAME_CELLS, max(width // 5, 4))
        marks = self._marks(scene)
        before = name + max(map(cells_of, marks.values()))
        found = columns(self.view, scene.pointed, width - before - 1)
        strips, shown = [], list(scene.shown)
        if rows > 1:
            heads = "".join(fit(column.head, column.cells, align="right") for column in found)
            strips.append(row_strip([(" " * before, look.text), (heads, look.dim)], width, look.text))
        room, left_out = rows - len(strips), 0
        if len(shown) > room:
            shown.sort(key=lambda one: focused is None or one.series.key != focused.key)
            kept = room if room == 1 else room - 1
            left_out = len(shown) - kept if room > 1 else 0
            shown = shown[:kept]
        for one in shown:
            mark = (marks[one.run], runs.style(one.run, look))
            label = (runs.fitted(one.run, name), look.dim)
            if one.why is not None:
                numbers = (f"  {fit(one.why, max(width - before - 2, 0), keep='end')}", look.error)
            elif rows > 1:
                text = "".join(fit(column.text(one), column.cells, align="right") for column in found)
                numbers = (text, look.text)
            else:
                numbers = (line_of(self.view, scene.pointed, one, width - before - 1), look.text)
            strips.append(row_strip([mark, label, numbers], width, look.text))
        if left_out:
            strips.append(row_strip([(f"   and {plural(left_out, 'more run')}", look.dim)], width, look.text))
        return strips

    def _marks(self, scene: Scene) -> dict[str, str]:
        """What stands before each run's name: its mark and, where outlines have patterns, its own."""
        marks = {one.run: f" {self.shared.runs.mark(one.run)} " for one in scene.shown}
        if self.view is View.BARS and len(marks) > 1 and self._artist.in_patterns:
            drawn = [one.run for one in scene.shown if one.chosen is not None]
            samples = {run: pattern_sample(at, _SAMPLE_CELLS) for at, run in enumerate(drawn)}
            return {run: f"{mark}{samples.get(run, ' ' * _SAMPLE_CELLS)} " for run, mark in marks.items()}
        return marks


def _why_none(shown: Sequence[Shown]) -> str:
    """Why there is nothing to draw: it is being read, cannot be, or holds nothing."""
    reasons = (one.why for one in shown if one.why is not None)
    return next(reasons, "reading…" if any(one.waits for one in shown) else "empty at every step")
