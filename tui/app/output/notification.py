"""What makes a terminal call its user: the bell, and notifications by OSC 9. Neither draws anything."""

from __future__ import annotations

from tui.render.kitty import through_tmux
from tui.render.text import printable

BELL = "\a"


def notification(text: str, *, in_tmux: bool) -> str:
    """The sequence that lets the desktop show a text, in terminals that know it: iTerm2, WezTerm, Ghostty, kitty, foot,
    Windows Terminal. It ends with a bell, which all that know it take for its end, and no terminal rings for.

    Within tmux it is handed on, if its option allow-passthrough is on.
    """
    sequence = f"\x1b]9;{printable(text)}{BELL}"
    return through_tmux(sequence) if in_tmux else sequence
