"""The filter line: takes the keys' place at the bottom while a filter is typed."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Static

from tui.app.messages import FilterDone, FilterEdited


class FilterLine(Horizontal):
    """One line to type a filter in; every change is announced at once."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave", "Clear"), ("tab", "done", "Done")]

    DEFAULT_CSS = """
    FilterLine { height: 1; display: none; background: $background; }
    FilterLine Static { width: auto; color: $accent; text-style: bold; }
    FilterLine Input { height: 1; border: none; padding: 0; background: $background; }
    FilterLine Input:focus { border: none; background-tint: $background 0%; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._pane = "tags"
        self._label = Static("", markup=False)
        # A blinking cursor would send bytes for as long as the line is open.
        self._input = Input(compact=True, select_on_focus=False)
        self._input.cursor_blink = False

    def compose(self) -> ComposeResult:
        yield self._label
        yield self._input

    def open(self, pane: str, text: str) -> None:
        """Start typing the filter of a pane, from its present text."""
        self._pane = pane
        self._label.update(f" filter {pane} / ")
        with self.prevent(Input.Changed):
            self._input.value = text
        self._input.cursor_position = len(text)
        self.display = True
        self.screen.set_focus(self._input, scroll_visible=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(FilterEdited(self._pane, event.value))

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
        self.post_message(FilterEdited(self._pane, ""))
        self._close()

    def _close(self) -> None:
        self.display = False
        self.post_message(FilterDone(self._pane))
