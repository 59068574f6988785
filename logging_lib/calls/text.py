"""SummaryWriter.add_text."""

from __future__ import annotations

from functools import partial
from typing import SupportsInt

from logging_lib.arguments import About
from logging_lib.calls.sink import EventSink


class TextCalls(EventSink):
    """Text."""

    def add_text(
        self, tag: str, text_string: str, global_step: SupportsInt | None = None, walltime: float | None = None
    ) -> None:
        """Log text, which viewers show as Markdown, under the tag `<tag>/text_summary`."""
        from logging_lib.summary.text import text

        with About(tag):
            if not isinstance(text_string, str):
                raise TypeError(f"expected a str, got {type(text_string).__name__}")
        make = partial(text, tag, text_string)
        self._log_event(tag, make, global_step, walltime, nbytes=len(text_string))
