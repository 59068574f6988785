"""The filter line: takes the keys' place at the bottom while a filter, or how runs are grouped, is typed."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.app.messages import FilterDone, FilterEdited
from tui.render.text import printable, printable_whole


class _Typed(Input):
    """What is typed, pasted or remembered, printable: a regex means the same with an escape for a character."""

    def replace(self, text: str, start: int, end: int) -> None:
        """Put a text in place of another one; Textual does so with all that is typed or pasted."""
        start, end = sorted((start, end))
        before = self.value[:start]
        super().replace(printable_whole(before + text)[len(before) :], start, end)


class FilterLine(Horizontal):
    """One line to type a filter in; every change is announced at once."""

    # Escape is tried before the text's own keys: what is typed right behind it goes where the focus goes.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Clear", priority=True),
        ("tab", "done", "Done"),
    ]

    DEFAULT_CSS = """
    FilterLine { height: 1; display: none; background: $background; }
    FilterLine .label { width: auto; color: $accent; text-style: bold; }
    FilterLine .note { width: auto; max-width: 50%; height: 1; color: $text-muted; padding: 0 1; }
    FilterLine .note.-failed { color: $error; }
    .-tiny FilterLine .note { max-width: 40%; }
    FilterLine Input { width: 1fr; height: 1; border: none; padding: 0; background: $background; }
    FilterLine Input:focus { border: none; background-tint: $background 0%; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._pane = "tags"
        self._told = ""
        self._came_from: Widget | None = None
        self._label = Static("", markup=False, classes="label")
        self._note = Static("", markup=False, classes="note")
        # A blinking cursor would send bytes for as long as the line is open.
        self._input = _Typed(compact=True, select_on_focus=False)
        self._input.cursor_blink = False

    def compose(self) -> ComposeResult:
        yield self._label
        yield self._input
        yield self._note

    @property
    def pane(self) -> str | None:
        """What is typed for, None while the line is closed."""
        return self._pane if self.display else None

    def open(self, pane: str, text: str, label: str = "") -> None:
        """Start typing the filter of a pane, from its present text."""
        self._pane = pane
        self._label.update(label or f" filter {pane} / ")
        self.say("")
        with self.prevent(Input.Changed):
            self._told = self._input.value = printable_whole(text)
        self._input.cursor_position = len(self._input.value)
        if self.screen.focused is not self._input:
            self._came_from = self.screen.focused
        self.display = True
        self.screen.set_focus(self._input, scroll_visible=False)

    def say(self, note: str, *, failed: bool = False) -> None:
        """Show at the line's end what comes of the text."""
        self._note.update(printable(note))
        self._note.set_class(failed, "-failed")

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.display:  # else it was told as the line was closed, or taken back
            self._tell()

    def _tell(self) -> None:
        if self._told != (text := self._input.value):
            self._told = text
            self.post_message(FilterEdited(self._pane, text))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._close()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        if self.display:
            self._close()

    def action_done(self) -> None:
        """Leave the line; the filter stays."""
        self._close()

    def action_leave(self) -> None:
        """Leave the line and clear the filter."""
        self._close(cleared=True)

    def _close(self, *, cleared: bool = False) -> None:
        self.display = False
        if not cleared:
            self._tell()  # Textual may not have come to the last letter yet
        # The next key goes there, though the screen has not come to the message yet.
        self.screen.set_focus(self._came_from, scroll_visible=False)
        self.post_message(FilterDone(self._pane, cleared))
