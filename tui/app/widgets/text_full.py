"""The full view of a text tag: read, as its source, all steps, or what changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import partial
from typing import NamedTuple

from textual.reactive import reactive

from logging_lib.tfevents import plugins
from tui.app import saving
from tui.app.blob_steps import StepLine
from tui.app.blob_title import Ways
from tui.app.catalog import baseline_run
from tui.app.choices import Tab, following
from tui.app.messages import Noticed
from tui.app.parts import Part
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.text_document import Section
from tui.app.texts import Changes, Rendered, Source, read_source
from tui.app.widgets.text_scroll import TextScroll
from tui.model import BlobRef, SeriesKey
from tui.reader.payload import PayloadError
from tui.render.numbers import bytes_, clock, plural
from tui.render.page import source_lines
from tui.render.text import printable, printable_whole
from tui.render.text_pages import UNWRAPPED
from tui.store.snapshot import BlobSeries

_MOST_COPIED = 1 << 20


class View(StrEnum):
    """The ways to show a text, named as they are shown."""

    RENDERED = "rendered"
    SOURCE = "source"
    STEPS = "all steps"
    CHANGES = "changes"


class Mark(NamedTuple):
    """The text that others are compared with: an entry of a series."""

    key: SeriesKey
    entry: int


class TextFull(TextScroll):
    """The texts of the open tag in the focused run."""

    kind = plugins.TEXT
    tab = Tab.TEXT

    view: reactive[View] = reactive(View.RENDERED, repaint=False, init=False)
    wrap = reactive(True, repaint=False, init=False)

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self.mark: Mark | None = None

    def watch_selection(self, old: Selection, new: Selection) -> None:
        if old.opened_in(self.tab) != new.opened_in(self.tab):
            self.to_start()
        super().watch_selection(old, new)

    def watch_view(self) -> None:
        self.to_start()
        self.redraw()

    def watch_wrap(self) -> None:
        self.to_start()
        self.redraw()

    # What is shown

    @property
    def views(self) -> Sequence[View]:
        """The ways to show this tag that there is something for."""
        series = self.series
        if series is None:
            return [View.RENDERED]
        line = self.line(series)
        ways = [View.RENDERED, View.SOURCE]
        if len(line) > 1:
            ways.append(View.STEPS)
        if self._compared(series, line, line.at(self.selection.step)) is not None:
            ways.append(View.CHANGES)
        return ways

    @property
    def _shown_view(self) -> View:
        return self.view if self.view in self.views else View.RENDERED

    def _compared(self, series: BlobSeries, line: StepLine, at: int) -> tuple[BlobRef, str] | None:
        """What an entry's changes are counted from, and how that is called.

        That is the marked text, else that of the baseline, else the step before; of a run's only text, another run's.
        """
        marked = self.snapshot.blobs.get(self.mark.key) if self.mark is not None else None
        if marked is not None and self.mark is not None and self.mark.entry < len(marked.refs):
            words = f"marked step {marked.steps[self.mark.entry]}"
            run = "" if marked.key.run == series.key.run else f" of {self._named(marked.key.run)}"
            return marked.refs[self.mark.entry], words + run
        baseline = baseline_run(self.snapshot, self.selection)
        others = [other for other in self.all_series if other.key.run != series.key.run]
        chosen = next((other for other in others if other.key.run == baseline), None)
        if chosen is None and at:
            return series.refs[int(line.entries[at - 1])], f"step {line.steps[at - 1]}"
        if chosen is None and len(line) == 1 and others:
            chosen = next((other for other in reversed(others) if other.key.run < series.key.run), others[0])
        if chosen is None:
            return None
        theirs = self.line(chosen)
        entry = int(theirs.entries[theirs.at(self.selection.step)])
        return chosen.refs[entry], f"{self._named(chosen.key.run)} (step {chosen.steps[entry]})"

    @property
    def ways(self) -> Ways:
        view, series = self._shown_view, self.series
        line = None if series is None else self.line(series)
        compared = None
        if view is View.CHANGES and series is not None and line is not None:
            compared = self._compared(series, line, line.at(self.selection.step))
        return Ways(view, self.views, "" if compared is None else f"changes from {compared[1]}")

    def show_way(self, way: str) -> None:
        self.view = View(way)

    def _named(self, run: str) -> str:
        return f"{self.shared.runs.mark(run)} {self.shared.runs.name(run)}"

    def sections(self, series: BlobSeries, width: int) -> Iterator[Section]:
        line, view = self.line(series), self._shown_view
        at = line.at(self.selection.step)
        ref = series.refs[int(line.entries[at])]
        cells = max(width - 2, 1) if self.wrap else UNWRAPPED  # a blank at the left, the scroll bar at the right
        match view:
            case View.RENDERED:
                yield Section(ref, Rendered(cells))
            case View.SOURCE:
                yield Section(ref, Source(cells))
            case View.STEPS:
                for place in range(at, -1, -1):
                    entry = int(line.entries[place])
                    yield Section(series.refs[entry], Rendered(cells), self._heading(series, entry, width))
            case View.CHANGES:
                compared = self._compared(series, line, at)
                if compared is not None:
                    yield Section(ref, Changes(compared[0], cells))

    def _heading(self, series: BlobSeries, entry: int, width: int) -> list[Part]:
        look = self.look
        when = clock(float(series.wall_times[entry]), self.shared.clock())
        return [(f" step {series.steps[entry]}", look.accent), (f"  {when} ", look.dim), ("─" * width, look.faint)]

    def next_view(self) -> None:
        """As it is meant to be read, its source, all steps up to it, what changed; those that there is anything for."""
        view = following(self._shown_view)
        while view not in self.views:
            view = following(view)
        self.view = view

    def next_fit(self) -> None:
        """Wrap long lines, or not."""
        self.wrap = not self.wrap

    def action_mark(self) -> None:
        """Compare with this text from now on; with the marked one open, no more."""
        series = self.series
        if series is None:
            return
        line = self.line(series)
        here = Mark(series.key, int(line.entries[line.at(self.selection.step)]))
        self.mark = None if here == self.mark else here
        self.redraw()
        views, step = self.shared.key("density"), series.steps[here.entry]
        marked = f"marked step {step} of {self._named(series.key.run)}: {views} goes on to the changes from there"
        self.post_message(Noticed("mark taken away" if self.mark is None else marked))

    # Taking it along

    def action_copy(self) -> None:
        """The source goes to the clipboard."""
        if (series := self.series) is not None:
            line = self.line(series)
            ref = series.refs[int(line.entries[line.at(self.selection.step)])]
            self.run_worker(partial(self._copy, ref), thread=True)

    def _copy(self, ref: BlobRef) -> None:
        """Runs on a thread of its own."""
        try:
            source = read_source(ref)
        except PayloadError as error:
            self.post_message(Noticed(f"nothing copied: {printable(str(error))}", failed=True))
            return
        if len(source) > _MOST_COPIED:
            long, export = bytes_(len(source)), self.shared.key("export")
            self.post_message(Noticed(f"{long} are too much to copy: {export} writes a file", failed=True))
            return
        # The clipboard is pasted into terminals, too.
        lines = ["\t".join(map(printable_whole, line.split("\t"))) for line in source_lines(source)]
        self.app.call_from_thread(self.app.copy_to_clipboard, "\n".join(lines))
        self.post_message(Noticed(f"copied {plural(len(lines), 'line')}"))

    def action_export(self) -> None:
        """The source goes to a file."""
        if (series := self.series) is not None:
            line = self.line(series)
            self.run_worker(partial(self._export, series, line, line.at(self.selection.step)), thread=True)

    def _export(self, series: BlobSeries, line: StepLine, at: int) -> None:
        """Runs on a thread of its own."""

        def files() -> Iterator[tuple[str, bytes]]:
            source = read_source(series.refs[int(line.entries[at])])
            yield saving.file_name(series.key, line, at, "txt"), source.encode("utf-8")

        self.post_message(saving.save(files, self.shared.logdirs))
