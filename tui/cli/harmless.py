"""What is written to stderr made harmless, whoever writes it: warnings and tracebacks quote what was read."""

from __future__ import annotations

import sys
from typing import TextIO, cast

from tui.render.text import printable


def guard_stderr() -> None:
    """From now on nothing that is written to `sys.stderr` acts on the terminal, line ends apart."""
    if sys.stderr is not None and not isinstance(sys.stderr, _Guarded):
        sys.stderr = cast(TextIO, _Guarded(sys.stderr))


def unguarded(stream: TextIO) -> TextIO:
    """The stream under the guard, for sequences of one's own."""
    return stream.under if isinstance(stream, _Guarded) else stream


class _Guarded:
    """A text stream that is like the one `under` it, but for what it writes."""

    def __init__(self, under: TextIO) -> None:
        self.under = under

    def write(self, text: str) -> int:
        """Write the text, each line made printable; returns its length."""
        self.under.write("\n".join(map(printable, text.split("\n"))))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        """As `write`, for several texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> object:
        return getattr(self.under, name)
