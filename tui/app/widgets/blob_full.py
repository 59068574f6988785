"""What the full views of blobs have in common: the series of the open tag, and the step that is shown of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.strip import Strip

from tui.app.blob_steps import Place, StepLine, moved, places, step_line
from tui.app.blob_title import RUN_LEAST, TAG_MARGINS, Ways, least_of_tag, run_parts, title_line
from tui.app.catalog import focused_run, said, shown_key
from tui.app.choices import Tab
from tui.app.messages import StepChosen
from tui.app.parts import Part, cells_of, fitting, superseded_notes
from tui.app.widgets.full_view import FullView
from tui.render.cells import fit
from tui.render.cells import width as cells_in
from tui.render.strips import row_strip
from tui.render.text import printable
from tui.store.snapshot import BlobSeries

_WHOLE = 1000  # cells that every name fits in


class BlobFull(FullView):
    """The blobs of one tag over the whole pane. The step is the same in every tab (`selection.step`)."""

    tab: ClassVar[Tab]
    """The tab that it is a full view of."""
    _kept: tuple[object, list[Strip]] = (None, [])
    _titled: tuple[Ways | None, str] = (None, "")

    @property
    def tag(self) -> str | None:
        return self.selection.opened_in(self.tab)

    @property
    def all_series(self) -> Sequence[BlobSeries]:
        """The series of the open tag in the visible runs, in the order of the runs pane."""
        return [self.snapshot.blobs[key] for key in self.keys.get(self.tag or "", [])]

    @property
    def series(self) -> BlobSeries | None:
        """The one of the focused run, else of the visible run that logged last."""
        keys = self.keys.get(self.tag or "", [])
        if not keys:
            return None
        shown = shown_key(self.snapshot, keys, focused_run(self.snapshot, self.selection))
        return self.snapshot.blobs[shown if shown in keys else shown_key(self.snapshot, keys, None)]

    @property
    def stepped(self) -> Sequence[BlobSeries]:
        """The series whose steps the keys go through."""
        return [self.series] if self.series is not None else []

    def line(self, series: BlobSeries) -> StepLine:
        """The entries of a series that can be shown."""
        return step_line(series, superseded=self.selection.superseded)

    # What is the same in every drawing

    def note(self, text: str, width: int) -> list[Strip]:
        """A line in place of what cannot be shown."""
        return [row_strip([("  ", self.look.dim), (fit(text, width - 2, keep="end"), self.look.dim)], width)]

    def none_visible(self, noun: str, width: int, height: int) -> list[Strip]:
        """What stands where no visible run has the open tag; `noun` is what that is of."""
        shows_all = self.shared.key("toggle_all")
        note = self.note(f"no visible run has this {noun}: {shows_all} shows all runs", width)
        return self.filled(note, width, height)

    def filled(self, strips: Sequence[Strip], width: int, height: int) -> list[Strip]:
        """Exactly `height` lines."""
        blank = row_strip([], width, self.look.text)
        return [*strips, *([blank] * (height - len(strips)))][:height]

    def kept(self, key: object, waits: bool, draw: Callable[[], list[Strip]]) -> list[Strip]:
        """What `draw` makes; while something of it is not read yet, what it made last for the same `key`.

        A step then costs what changed, and the window does not go blank in between.
        """
        if waits and self._kept[0] == key:
            return self._kept[1]
        drawn = draw()
        self._kept = (None, []) if waits else (key, drawn)
        return drawn

    def run_parts(self, run: str, cells: int = _WHOLE) -> list[Part]:
        """The run's mark and name in its colour, in at most so many cells."""
        return run_parts(run, self.shared, cells, self.look)

    @property
    def ways(self) -> Ways | None:
        """The ways to show what is open that `next_view` goes through, for the title; None for no choice."""
        return None

    def show_way(self, way: str) -> None:
        """Show it in one of `ways`."""

    def title(self, series: BlobSeries, width: int, right: Sequence[Part] = (), notes: Sequence[str] = ()) -> Strip:
        """The first line: tag, step and which of how many entries it is, run; `right` and the ways to show it at the
        right end, and before them the first of `notes` that there is room for.
        """
        look, tag, rest = self.look, said(series.key.tag), self._rest(series, width)
        room = width - TAG_MARGINS - cells_in(printable(tag)) - cells_of([*rest, *right])
        named = self._ways_parts(room, width)
        if TAG_MARGINS + least_of_tag(tag, width) + cells_of([*rest[:1], *right, *named]) > width:
            named = []
        return self.titled(title_line(tag, rest, notes, [*right, *named], width, look, self.beside))

    @property
    def beside(self) -> tuple[str, ...]:
        """The tags from which that of the title differs where it is cut."""
        return tuple(map(said, self.tags))

    def titled(self, line: Strip) -> Strip:
        """The line, whose ways to show what is open can be clicked from now on."""
        self._titled = self.ways, line.text
        return line

    def _ways_parts(self, room: int, width: int) -> list[Part]:
        if (ways := self.ways) is None:
            return []
        return ways.parts(self.shared.key("density"), room, width * 2 // 5, self.look)

    def _rest(self, series: BlobSeries, width: int) -> list[Part]:
        """What the title says besides the tag: the step, which one it is, the run."""
        line = self.line(series)
        at = line.at(self.selection.step)
        again = " superseded" if _is_superseded(series, int(line.entries[at])) else ""
        counted = f"({at + 1} of {len(line)})  "
        steps = [(text, self.look.text) for text in (f"step {line.steps[at]}{again}  ", counted)]
        return [*steps, *self.run_parts(series.key.run, max(width // 4, RUN_LEAST))]

    def fitted_title(self, series: BlobSeries, width: int, right: Sequence[Part], noun: str, least: int = 1) -> Strip:
        """The title with as many of the first parts of `right` as there is room for, `least` before all but tag and
        step, and a word of the entries that a restarted run logged again; `noun` is what an entry is.
        """
        tag = cells_in(printable(said(series.key.tag)))
        room = width - TAG_MARGINS - tag - cells_of([*self._rest(series, width), *self._ways_parts(0, width)]) - 1
        total = 0 if series.superseded is None else int(series.superseded.sum())
        shown, key = self.selection.superseded, self.shared.key("superseded")
        notes = superseded_notes(total, noun, "among the steps", shown=shown, key=key)
        step = cells_of(self._rest(series, width)[:1])
        most = width - TAG_MARGINS - least_of_tag(said(series.key.tag), width) - step - 1
        kept = fitting(fitting(right, room, least=least), most, least=0)
        return self.title(series, width, [*kept, (" ", self.look.text)], notes)

    # What keys do

    @property
    def stops(self) -> Sequence[Place]:
        """The places that they go through, in order."""
        return places(map(self.line, self.stepped))

    def step(self, by: int) -> None:
        """Show the step so many places on, of any series shown."""
        self._choose(moved(self.stops, self.selection.step, by))

    def action_first(self) -> None:
        stops = self.stops
        self._choose(stops[0] if len(stops) > 1 else None)

    def action_last(self) -> None:
        self._choose(None)

    def on_click(self, event: events.Click) -> None:
        """A way to show it that is named in the title."""
        ways, title = self._titled
        way = ways.at(title, event.x) if event.y == 0 and ways is not None else None
        if way is not None:
            self.show_way(way)

    def _choose(self, place: Place | None) -> None:
        if place != self.selection.step:
            self.post_message(StepChosen(place))


def _is_superseded(series: BlobSeries, entry: int) -> bool:
    return series.superseded is not None and bool(series.superseded[entry])
