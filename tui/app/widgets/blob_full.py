"""What the full views of blobs have in common: the series of the open tag, and the step that is shown of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.style import Style
from textual.strip import Strip

from tui.app.blob_steps import Place, StepLine, moved, places, step_line
from tui.app.catalog import focused_run, said, shown_key
from tui.app.choices import Tab
from tui.app.messages import StepChosen
from tui.app.parts import Part, cells_of, fitting, noted, superseded_notes
from tui.app.widgets.full_view import FullView
from tui.render.cells import fit
from tui.render.cells import width as cells
from tui.render.strips import row_strip
from tui.render.text import printable
from tui.store.snapshot import BlobSeries


class BlobFull(FullView):
    """The blobs of one tag over the whole pane. The step is the same in every tab (`selection.step`)."""

    tab: ClassVar[Tab]
    """The tab that it is a full view of."""
    _kept: tuple[object, list[Strip]] = (None, [])

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

    def run_parts(self, run: str) -> list[Part]:
        """The run's mark and name, in its colour."""
        style = self.shared.runs.style(run, self.look)
        return [(f"{self.shared.runs.mark(run)} {self.shared.runs.name(run)}", style)]

    def title(self, series: BlobSeries, width: int, right: Sequence[Part] = (), notes: Sequence[str] = ()) -> Strip:
        """The first line: tag, step and which of how many entries it is, run; `right` at the right end, and before it
        the first of `notes` that there is room for.
        """
        look, line = self.look, self.line(series)
        at = line.at(self.selection.step)
        again = " superseded" if _is_superseded(series, int(line.entries[at])) else ""
        left: list[Part] = [
            (f" {printable(said(series.key.tag))}  ", look.text + Style(bold=True)),
            (f"step {line.steps[at]}{again}  ({at + 1} of {len(line)})  ", look.text),
            *self.run_parts(series.key.run),
        ]
        return noted(left, notes, list(right), width, cells_of(left), look)

    def fitted_title(self, series: BlobSeries, width: int, right: Sequence[Part], noun: str) -> Strip:
        """The title with as many of the first parts of `right` as there is room for, and a word of the entries that a
        restarted run logged again; `noun` is what an entry is.
        """
        room = width - cells(self.title(series, width).text.rstrip()) - 1
        total = 0 if series.superseded is None else int(series.superseded.sum())
        shown, key = self.selection.superseded, self.shared.key("superseded")
        notes = superseded_notes(total, noun, "among the steps", shown=shown, key=key)
        return self.title(series, width, [*fitting(right, room, least=0), (" ", self.look.text)], notes)

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

    def _choose(self, place: Place | None) -> None:
        if place != self.selection.step:
            self.post_message(StepChosen(place))


def _is_superseded(series: BlobSeries, entry: int) -> bool:
    return series.superseded is not None and bool(series.superseded[entry])
