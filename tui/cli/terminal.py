"""Whether the screen can be opened here."""

from __future__ import annotations

import os
import sys

from tui.app.terminal_kind import moves_cursor
from tui.cli.errors import CommandError


def need_terminal(instead: str) -> None:
    """Raise a CommandError that says what to do `instead`, unless stdin, stdout and stderr are one that can draw.

    stderr too: it is what Textual draws on.
    """
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise CommandError(f"the screen needs a terminal as stdin, stdout and stderr; {instead}")
    if not moves_cursor():
        term = os.environ["TERM"]
        raise CommandError(f"TERM={term}: the screen needs a terminal that can move the cursor; {instead}")
