"""The list of image tags: a line each, or a grid of small pictures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from rich.style import Style
from textual import events
from textual.strip import Strip

from logging_lib.tfevents import plugins
from tui.app.blob_steps import step_line
from tui.app.blobs import Unreadable
from tui.app.messages import Noticed, PicturesListed
from tui.app.parts import Part, spread
from tui.app.picture_files import Entry, entry_facts, image_files
from tui.app.picture_grid import Grid, fitting_grid, laid_out, pane
from tui.app.picture_texts import row_heads, row_text
from tui.app.saving import save
from tui.app.shared import Shared
from tui.app.shown_pictures import ShownPictures
from tui.app.widgets.blob_rows import BlobRows
from tui.app.widgets.tag_rows import Line
from tui.model import BlobRef
from tui.reader.payload.picture import PictureFacts, read_picture_facts
from tui.render.cells import fit, fit_distinct
from tui.render.numbers import plural
from tui.store.snapshot import BlobSeries

_SQUARE = 1.0


class ImageRows(BlobRows):
    """All image tags of the visible runs: lines, or a grid of their pictures, of the same runs and steps."""

    kind = plugins.IMAGES

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self.pictures = ShownPictures(shared)

    @property
    def as_grid(self) -> bool:
        """Whether the pictures are shown."""
        return self.selection.picture_grid

    def next_view(self) -> None:
        """Lines, or a grid of pictures."""
        self.post_message(PicturesListed(as_grid=not self.as_grid))

    # As lines

    def summary_heads(self, cells: int, room: int) -> str:
        return row_heads(cells)[cells - room :]

    def summary(self, series: BlobSeries, ref: BlobRef, cells: int) -> list[Part]:
        facts = self.shared.blobs.get(ref, read_picture_facts)
        if facts is None or isinstance(facts, Unreadable):
            return [(fit(facts or "reading…", cells), self.look.dim if facts is None else self.look.error)]
        return [(fit(row_text(facts, cells), cells), self.look.text)]

    # As a grid

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        if not self.as_grid:
            return super().compose_strips(width, height)
        self._freshen()
        cards = self._cards
        self.pictures.begin()
        if not cards:
            return [self._grid_title("", width), *([] if self._lines else self.empty_lines(width))]
        grid, page = self._grid(width, height), self._page(width, height)
        names = fit_distinct([cards[place].tag or "" for place in page], grid.width - 2)
        panes = [self._pane(cards[place], names, grid, on_cursor=place == self._place) for place in page]
        pages = -(-len(cards) // grid.capacity)
        right = f"page {page.start // grid.capacity + 1} of {pages} " if pages > 1 else ""
        return [self._grid_title(right, width), *laid_out(panes, grid, width, height - 1, self.look.text)]

    def _grid_title(self, right: str, width: int) -> Strip:
        """How many tags there are, and how many of them are folded away."""
        folded = sum(len(group.tags) for group in self.groups.values() if group.name in self.selection.folded)
        note = f"  {plural(folded, 'tag')} folded" if folded else ""
        return spread([*self.title(), (note, self.look.dim)], [(right, self.look.dim)], width, self.look)

    @property
    def _cards(self) -> list[Line]:
        """The lines of tags: those of folded groups, and of single runs, are not shown as pictures."""
        return [line for line in self._lines if line.tag is not None and line.run is None]

    @property
    def _place(self) -> int:
        """Which of the cards the cursor is on."""
        here = self.tag_here
        return next((at for at, card in enumerate(self._cards) if card.tag == here), 0)

    def _grid(self, width: int, height: int) -> Grid:
        return fitting_grid(len(self._cards), width, height - 1, _SQUARE)

    def _page(self, width: int, height: int) -> range:
        return self._grid(width, height).page(len(self._cards), self._place)

    def _pane(self, card: Line, names: dict[str, str], grid: Grid, *, on_cursor: bool) -> list[Strip]:
        look, key, room = self.look, self.key_of(card), self.pictures.room(grid.width, grid.height - 1)
        mark = (f"{self.shared.runs.mark(key.run)} ", self.shared.runs.style(key.run, look))
        label = [mark, (names[card.tag or ""], look.text + Style(bold=on_cursor))]
        if on_cursor and self.has_focus:
            label = [(text, look.on_cursor(style)) for text, style in label]
        body = self.pictures.draw(self._entry(card), room, look)
        return pane(label, body, grid.width, grid.height, look.text)

    def _entry(self, line: Line) -> Entry:
        """What a tag's or a run's line shows."""
        series = self.snapshot.blobs[self.key_of(line)]
        steps = step_line(series)
        return Entry(series, steps, steps.at(self.selection.step))

    # What keys do

    def action_copy(self) -> None:
        """The facts of the line's pictures go to the clipboard."""
        if self.line is not None and self.line.tag is not None:
            entry = self._entry(self.line)
            facts = self.shared.blobs.get(entry.ref, read_picture_facts)
            known = facts if isinstance(facts, PictureFacts) else None
            self.app.copy_to_clipboard(entry_facts(entry, known))
            self.post_message(Noticed("copied the facts of the picture"))

    def action_export(self) -> None:
        """The files of the line's pictures, as they were logged."""
        if self.line is not None and self.line.tag is not None:
            self.run_worker(partial(self._export, self._entry(self.line)), thread=True)

    def _export(self, entry: Entry) -> None:
        """Runs on a thread of its own."""
        self.post_message(save(partial(image_files, [entry]), self.shared.logdirs))

    def _to_card(self, by: int) -> None:
        """Move the cursor by so many cards."""
        cards = self._cards
        if cards:
            to = cards[min(max(self._place + by, 0), len(cards) - 1)]
            self.move(self._lines.index(to) - self.cursor)

    def _go(self, cards: int, otherwise: Callable[[], None]) -> None:
        """Move by so many cards, or do as a list of lines does."""
        if self.as_grid:
            self._to_card(cards)
        else:
            otherwise()

    def action_cursor_left(self) -> None:
        self._go(-1, super().action_cursor_left)

    def action_cursor_right(self) -> None:
        self._go(1, super().action_cursor_right)

    def action_cursor_up(self) -> None:
        self._go(-self._grid(*self.size).across, super().action_cursor_up)

    def action_cursor_down(self) -> None:
        self._go(self._grid(*self.size).across, super().action_cursor_down)

    def action_page_up(self) -> None:
        self._go(-self._grid(*self.size).capacity, super().action_page_up)

    def action_page_down(self) -> None:
        self._go(self._grid(*self.size).capacity, super().action_page_down)

    def on_click(self, event: events.Click) -> None:
        if not self.as_grid:
            super().on_click(event)
            return
        place = self._grid(*self.size).place_at(event.x, event.y - 1)
        page = self._page(*self.size)
        if place is not None and place < len(page):
            again = page[place] == self._place
            self._to_card(page[place] - self._place)
            if again:
                self.action_enter()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._go(self._grid(*self.size).across, partial(self.move, 3))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._go(-self._grid(*self.size).across, partial(self.move, -3))
