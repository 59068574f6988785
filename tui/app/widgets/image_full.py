"""The full view of an image tag: one picture, all runs or all steps of it side by side, or two runs' difference."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from functools import partial

from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip

from logging_lib.tfevents import plugins
from tui.analysis.image_view import Room
from tui.app.blob_title import RUN_LEAST, Ways
from tui.app.catalog import baseline_run
from tui.app.choices import Tab
from tui.app.messages import Noticed
from tui.app.parts import Part, spread
from tui.app.picture_files import Entry, entry_facts, image_files
from tui.app.picture_grid import Grid, fitting_grid, laid_out, pane
from tui.app.picture_reading import PictureDifference, ReadDifference, ReadPicture
from tui.app.picture_texts import difference_texts, facts_text, fitting_text
from tui.app.saving import save
from tui.app.widgets.image_zoom import ImageZoom
from tui.reader.payload.picture import Picture
from tui.render.cells import width as cells
from tui.render.numbers import plural
from tui.store.snapshot import BlobSeries

_TITLE = _FACTS = 1  # lines
_DIFFERENCE_PANES = 3


class Arrangement(StrEnum):
    """What is side by side, in the order that the key goes through."""

    PICTURE = "one picture"
    RUNS = "all runs"
    DIFFERENCE = "difference"
    STEPS = "all steps"


class ImageFull(ImageZoom):
    """One image tag."""

    kind = plugins.IMAGES
    tab = Tab.IMAGES

    arrangement: reactive[Arrangement] = reactive(Arrangement.PICTURE, repaint=False, init=False)
    _direction = 0

    def watch_arrangement(self) -> None:
        self.redraw()

    # What is shown

    @property
    def arrangements(self) -> Sequence[Arrangement]:
        """Those for which there is more than one of what they show."""
        series = self.series
        of_runs = len(self.all_series) > 1
        of_steps = series is not None and len(self.line(series)) > 1
        wanted = {Arrangement.RUNS: of_runs, Arrangement.DIFFERENCE: of_runs, Arrangement.STEPS: of_steps}
        return [Arrangement.PICTURE, *(arrangement for arrangement, there in wanted.items() if there)]

    @property
    def arranged(self) -> Arrangement:
        """The one in force."""
        return self.arrangement if self.arrangement in self.arrangements else Arrangement.PICTURE

    @property
    def ways(self) -> Ways:
        return Ways(self.arranged, self.arrangements)

    def show_way(self, way: str) -> None:
        self.arrangement = Arrangement(way)

    @property
    def stepped(self) -> Sequence[BlobSeries]:
        if self.arranged in (Arrangement.RUNS, Arrangement.DIFFERENCE):
            return [entry.series for entry in self._entries]
        return super().stepped

    @property
    def _entries(self) -> list[Entry]:
        """The entries that keys are about: that of the focused run first, then those of others that are shown."""
        series = self.series
        if series is None:
            return []
        others = [other for other in self.all_series if other is not series]
        match self.arranged:
            case Arrangement.RUNS:
                return [self._entry(series), *map(self._entry, others)]
            case Arrangement.DIFFERENCE:
                return [self._entry(series), self._entry(self._compared(series, others))]
            case _:
                return [self._entry(series)]

    def _entry(self, series: BlobSeries) -> Entry:
        line = self.line(series)
        return Entry(series, line, line.at(self.selection.step))

    def _compared(self, series: BlobSeries, others: Sequence[BlobSeries]) -> BlobSeries:
        """The one that a series is compared with: the baseline's, else the next run's."""
        baseline = baseline_run(self.snapshot, self.selection)
        after = self.all_series.index(series)
        return next((other for other in others if other.key.run == baseline), others[after % len(others)])

    # How it is drawn

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        series, pictures = self.series, self.pictures
        if series is None:
            all_runs = self.shared.key("toggle_all")
            note = self.note(f"no visible run has this image: {all_runs} shows all runs", width)
            return self.filled(note, width, height)
        pictures.begin()
        room = pictures.room(width, max(height - _TITLE - _FACTS, 1))
        entries = self._entries
        match self.arranged:
            case Arrangement.PICTURE:
                body, facts = self._one(entries[0], room)
            case Arrangement.RUNS:
                body, facts = self._runs(entries, room)
            case Arrangement.DIFFERENCE:
                body, facts = self._difference(entries, room)
            case Arrangement.STEPS:
                body, facts = self._steps(entries[0], room)
        body = self.filled(body, width, max(height - _TITLE - _FACTS, 1))
        return [self.title(series, width), *body, spread(facts[:1], facts[1:], width, self.look)][:height]

    def _one(self, entry: Entry, room: Room) -> tuple[list[Strip], list[Part]]:
        """One picture; facts and the value of the pixel at the cursor."""
        body, look, pictures = self._body(entry, room, (0, _TITLE)), self.look, self.pictures
        picture = pictures.picture(entry.series.key)
        if picture is None:
            return body, []
        facts = facts_text(picture, pictures.scale(picture.facts.size, room, self.eye))
        value = pictures.value(entry.series.key, self.eye)
        return body, [(f" {facts}", look.dim), self._place(entry), (f" {value} " if value else "", look.text)]

    def _runs(self, entries: Sequence[Entry], room: Room) -> tuple[list[Strip], list[Part]]:
        """A picture a run, in the order of the runs pane; of many the page with the focused run."""
        listed = [self._entry(series) for series in self.all_series]
        focus = next(at for at, entry in enumerate(listed) if entry.series is entries[0].series)
        grid = fitting_grid(len(listed), room.columns, room.rows, self.pictures.aspect)
        page = grid.page(len(listed), focus)
        panes = [self._pane(listed[place], grid, place - page.start, bold=place == focus) for place in page]
        return self._laid_out(panes, grid, room), [self._paged(page, len(listed), "run"), self._place(entries[0])]

    def _steps(self, entry: Entry, room: Room) -> tuple[list[Strip], list[Part]]:
        """A picture a step; of many the page with the chosen one."""
        count, look, pictures = len(entry.line), self.look, self.shared.pictures
        grid = fitting_grid(count, room.columns, room.rows, self.pictures.aspect)
        page, small = grid.page(count, entry.at), pictures.room(grid.width, grid.height - 1)
        panes = []
        for place in page:
            other = entry._replace(at=place)
            picture = self.shared.blobs.get(other.ref, pictures.reading(self.item, self.frame, small))
            if isinstance(picture, Picture):
                self.pictures.aspect = picture.facts.size[0] / picture.facts.size[1]
            label = (f"▸ step {other.step}", look.accent) if place == entry.at else (f"  step {other.step}", look.dim)
            panes.append(pane([label], pictures.body(picture, small, look), grid.width, grid.height, look.text))
        return self._laid_out(panes, grid, room), [self._paged(page, count, "step")]

    def _difference(self, entries: Sequence[Entry], room: Room) -> tuple[list[Strip], list[Part]]:
        """Two runs' pictures and their difference, or that alone where there is no room for three."""
        one, other = entries
        grid = fitting_grid(_DIFFERENCE_PANES, room.columns, room.rows, self.pictures.aspect)
        found = self.shared.blobs.get(one.ref, ReadDifference(other.ref, self.item, self.frame))
        place = self._place(one)
        texts = difference_texts(found.difference) if isinstance(found, PictureDifference) else []
        facts = [(f" {fitting_text(texts, room.columns - len(place[0]) - 2)}", self.look.text), place]
        draw = partial(self.pictures.draw_difference, one, found, look=self.look, eye=self.eye)
        if grid.capacity < _DIFFERENCE_PANES:
            return draw(room=room, corner=(0, _TITLE)), facts
        panes = [self._pane(one, grid, 0, bold=True), self._pane(other, grid, 1)]
        left, top = grid.corner(2)
        body = draw(room=self.pictures.room(grid.width, grid.height - 1), corner=(left, top + _TITLE + 1))
        panes.append(pane([("difference", self.look.dim)], body, grid.width, grid.height, self.look.text))
        return self._laid_out(panes, grid, room), facts

    def _pane(self, entry: Entry, grid: Grid, place: int, *, bold: bool = False) -> list[Strip]:
        """A run's picture in a place of a grid, under its name, step, and the value of the pixel at the cursor."""
        room, run = self.pictures.room(grid.width, grid.height - 1), entry.series.key.run
        left, top = grid.corner(place)
        body = self._body(entry, room, (left, top + _TITLE + 1))
        said = f"  step {entry.step}  {self.pictures.value(entry.series.key, self.eye)}".rstrip()
        named = self.run_parts(run, max(grid.width - cells(said), RUN_LEAST))
        label = [(text, style + Style(bold=bold)) for text, style in named]
        return pane([*label, (said, self.look.dim)], body, grid.width, grid.height, self.look.text)

    def _body(self, entry: Entry, room: Room, corner: tuple[int, int]) -> list[Strip]:
        """A picture whose first cell is at a corner."""
        body = self.pictures.draw(entry, room, self.look, self.eye, corner)
        if self._direction and not self.shared.blobs.waits:
            self._ask_ahead(entry, self.pictures.reading(self.eye, room))
        return body

    def _ask_ahead(self, entry: Entry, reading: ReadPicture) -> None:
        """Have the next two pictures read, the way that the last step went, after this one is drawn: who goes on does
        not wait for them."""
        for steps in (2, 1):  # what is asked for last is read first
            ahead = entry.at + steps * self._direction
            if 0 <= ahead < len(entry.line):
                self.call_after_refresh(self.shared.blobs.get, entry._replace(at=ahead).ref, reading)

    def _place(self, entry: Entry) -> Part:
        """Which pixel the cursor is on."""
        picture = self.pictures.picture(entry.series.key)
        pixel = self.eye.pixel(picture.facts.size) if picture is not None else None
        return ("" if pixel is None else f"  x {pixel[0]} y {pixel[1]} "), self.look.text

    def _laid_out(self, panes: Sequence[list[Strip]], grid: Grid, room: Room) -> list[Strip]:
        return laid_out(panes, grid, room.columns, room.rows, self.look.text)

    def _paged(self, page: range, count: int, noun: str) -> Part:
        """How many there are, or which of them are on the page."""
        if len(page) == count:
            return f" {plural(count, noun)}", self.look.dim
        if len(page) == 1:
            return f" {noun} {page.stop} of {count}", self.look.dim
        return f" {noun}s {page.start + 1} to {page.stop} of {count}", self.look.dim

    # What keys do

    def step(self, by: int) -> None:
        self._direction = 1 if by > 0 else -1
        super().step(by)

    def next_view(self) -> None:
        """The next arrangement that shows more than one."""
        there = self.arrangements
        if len(there) == 1:
            self.post_message(Noticed("one run, one step: nothing else to show beside it"))
        self.arrangement = there[(there.index(self.arranged) + 1) % len(there)]

    def action_enter(self) -> None:
        """From many to the one in focus."""
        self.arrangement = Arrangement.PICTURE

    def action_cursor_on(self) -> None:
        """The next frame; after the last, the first one of the entry's next picture."""
        self._turn(1)

    def action_cursor_back(self) -> None:
        self._turn(-1)

    def _turn(self, by: int) -> None:
        picture = self.pictures.picture(self.series.key) if self.series is not None else None
        if picture is None:
            return
        facts, item, frame = picture.facts, picture.item, picture.frame
        if 0 <= frame + by < facts.frames:
            self.item, self.frame = item, frame + by
        elif 0 <= item + by < facts.items:
            self.item, self.frame = item + by, 0 if by > 0 else -1
        elif facts.items == facts.frames == 1:
            self.post_message(Noticed("one picture, which does not move"))

    def action_copy(self) -> None:
        """A line of facts on each picture that keys are about."""
        entries = self._entries
        if not entries:
            return
        self.app.copy_to_clipboard("".join(map(self._said, entries)))
        self.post_message(Noticed(f"copied the facts of {plural(len(entries), 'picture')}"))

    def _said(self, entry: Entry) -> str:
        key = entry.series.key
        picture, value = self.pictures.picture(key), self.pictures.value(key, self.eye)
        facts = None if picture is None else picture.facts
        return entry_facts(entry, facts, f"{self._place(entry)[0]} {value}".strip())

    def action_export(self) -> None:
        """The files of the pictures that keys are about, as they were logged."""
        if entries := self._entries:
            self.run_worker(partial(self._export, entries), thread=True)

    def _export(self, entries: Sequence[Entry]) -> None:
        """Runs on a thread of its own."""
        self.post_message(save(partial(image_files, entries), self.shared.logdirs))
