"""The full view of a PR curve tag: all visible runs on one chart, and what they read at a threshold below it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from textual.strip import Strip

from logging_lib.tfevents import plugins
from tui.app.blob_steps import Place
from tui.app.blob_title import TAG_MARGINS, least_of_tag, title_line
from tui.app.blobs import Unreadable
from tui.app.choices import Tab
from tui.app.messages import Noticed
from tui.app.parts import Part, cells_of, superseded_notes
from tui.app.pr_curves import PrFacts, read_pr_facts
from tui.app.pr_drawing import PrDrawing
from tui.app.pr_readouts import MARK, PrOfRun, PrTable, readings_csv, write_curves
from tui.app.shared import Shared
from tui.app.taking import export_directory, short_path, write_new_file
from tui.app.widgets.pr_curve_keys import MARGIN, PrCurveKeys
from tui.model import BlobRef
from tui.render.cells import width as cells_in
from tui.render.chart import PlotArea
from tui.render.numbers import number, plural
from tui.render.text import printable
from tui.store.snapshot import BlobSeries

# The table gets what the chart leaves: so many rows are enough for a chart, or this share of a tall pane.
_CHART_ENOUGH, _CHART_SHARE = 12, 0.6
_BESIDE = 3  # blanks about a note


class PrCurveFull(PrCurveKeys):
    """The curves of the open tag in all visible runs, at the chosen step."""

    kind = plugins.PR_CURVES
    tab = Tab.PR_CURVES

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._drawing = PrDrawing(shared)
        self._stops: tuple[object, Sequence[Place]] = None, ()
        self._read_for: tuple[object, ...] = ()
        self._runs: Sequence[PrOfRun] = ()
        self._facts: dict[BlobRef, PrFacts | Unreadable] = {}

    @property
    def area(self) -> PlotArea:
        return self._drawing.area

    # What is shown

    @property
    def stepped(self) -> Sequence[BlobSeries]:
        return self.all_series

    @property
    def stops(self) -> Sequence[Place]:
        known = (self.selection.superseded, [(series.key, series.version) for series in self.stepped])
        if self._stops[0] != known:
            self._stops = known, super().stops
        return self._stops[1]

    def _read(self) -> bool:
        """Take the runs' curves at the chosen step; returns whether that is done.

        While some are decoded it is not, unless another tag was shown before: step by step the chart would flicker.
        """
        found, refs = [], []
        for series in self.all_series:
            line = self.line(series)
            at = line.at(self.selection.step)
            refs.append(series.refs[int(line.entries[at])])
            found.append((series.key, int(line.steps[at])))
        self._facts = {ref: facts for ref in refs if (facts := self._facts_of(ref)) is not None}
        if len(self._facts) < len(refs) and self._read_for == (self.tag, self.size):
            return False
        self._read_for = self.tag, self.size
        self._runs = [PrOfRun(*run, self._facts.get(ref, "reading…")) for run, ref in zip(found, refs, strict=True)]
        first = self.series.key.run if self.series is not None else None
        curves = [(run.key.run, run.facts) for run in self._runs if isinstance(run.facts, PrFacts)]
        self.curves = sorted(curves, key=lambda pair: pair[0] == first)
        return True

    def _facts_of(self, ref: BlobRef) -> PrFacts | Unreadable | None:
        """What was read of a blob. It is kept as long as it is shown: the cache may have no room for all runs' curves
        together, and would decode them in turns for ever.
        """
        return self._facts.get(ref) or self.shared.blobs.get(ref, read_pr_facts)

    # How it is drawn

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        if not self.all_series:
            self._runs = self.curves = ()
            return self.none_visible("curve", width, height)
        if not self._read():
            return self._strips
        table = PrTable(self.shared, self.look, self._runs, self.threshold, self.mark)
        rows = min(len(table), max(1, height - 2 - max(_CHART_ENOUGH, int((height - 1) * _CHART_SHARE))))
        below = table.strips(width, rows)
        above = height - 1 - len(below)
        return [self._title_line(width), *self._chart(width, above), *below]

    def _chart(self, width: int, height: int) -> list[Strip]:
        if not self.curves:
            return self.filled(self.note("no curve to draw", width), width, height)
        strips = self._drawing.strips(
            self.curves, self.window, self.threshold, self.mark, self.look, width - 2 * MARGIN, height
        )
        margin = Strip.blank(MARGIN, self.look.text)
        return [Strip.join([margin, strip]) for strip in strips]

    def _title_line(self, cells: int) -> Strip:
        look, tag, notes = self.look, self.tag or "", self._notes()
        rest = [*((text, look.text) for text in self._step_texts()), (plural(len(self._runs), "run"), look.dim)]
        axes: list[Part] = [("  precision by recall ", look.dim)]
        least = TAG_MARGINS + least_of_tag(tag, cells) + cells_of([*rest[:1], *axes]) + cells_in(notes[-1]) + _BESIDE
        return title_line(tag, rest, notes, axes if least <= cells else [], cells, look, self.beside)

    def _step_texts(self) -> list[str]:
        """The steps shown, and which of all that there are."""
        stops = self.stops
        steps = sorted({run.step for run in self._runs})
        chosen = self.selection.step
        at = len(stops) if chosen is None else sum(stop <= chosen for stop in stops)
        text = f"step {steps[0]}" if len(steps) == 1 else f"steps {steps[0]} to {steps[-1]}"
        return [f"{text}  ", f"({max(at, 1)} of {len(stops)})  "]

    def _notes(self) -> list[str]:
        """Where the curves are read, and what is not to be seen, in many words and in few."""
        if self.threshold is None:
            notes = [["marks at best F1", "best F1"]]
        else:
            notes = [[f"threshold {number(self.threshold)}"]]
        if self.mark is not None:
            notes.append([f"{MARK} at {number(self.mark)}"])
        if self.plane is not None:
            zoom_all = self.shared.key("zoom_all")
            notes.append([f"zoomed, {zoom_all} shows all", f"zoomed: {zoom_all}"])
        points = sum(int(series.superseded.sum()) for series in self.all_series if series.superseded is not None)
        key = self.shared.key("superseded")
        superseded = superseded_notes(points, "curve", "among the steps", shown=self.selection.superseded, key=key)
        known = [note for note in (*notes, superseded) if note]
        return [", ".join(note[min(words, len(note) - 1)] for note in known) for words in range(3)]

    # Taking numbers along

    def action_copy(self) -> None:
        """The table goes to the clipboard."""
        if not self.curves:
            self.post_message(Noticed("nothing to copy here", failed=True))
            return
        self.app.copy_to_clipboard(readings_csv(self._runs, self.threshold, self.mark))
        self.post_message(Noticed(f"copied the readout of {plural(len(self.curves), 'run')} as CSV"))

    def action_export(self) -> None:
        """All points of the curves shown go to a file."""
        if not self.curves:
            self.post_message(Noticed("no curve to export", failed=True))
        else:
            self.run_worker(partial(self._export, self.tag or "", self._runs), thread=True)

    def _export(self, tag: str, runs: Sequence[PrOfRun]) -> None:
        """Runs on a thread of its own."""
        try:
            write = partial(write_curves, runs=runs)
            path, points = write_new_file(export_directory(self.shared.logdirs), tag, write)
            done = Noticed(f"{plural(points, 'point')} to {printable(short_path(path))}")
        except (OSError, RuntimeError) as error:  # the latter where there is no home directory
            done = Noticed(f"nothing exported: {printable(str(error))}", failed=True)
        self.post_message(done)
