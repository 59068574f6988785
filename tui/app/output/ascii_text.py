"""Every strip in ASCII, whoever draws it, for terminals that show nothing else."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from tui.render.to_ascii import to_ascii


class InAscii(LineFilter):
    """Puts an ASCII sign for every other one; nothing moves."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments in ASCII, each as wide as it was."""
        return [Segment(to_ascii(text), style, control) for text, style, control in segments]
