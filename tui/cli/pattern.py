"""Regular expressions in the arguments of a command."""

from __future__ import annotations

import re
import warnings

from tui.cli.errors import CommandError
from tui.render.text import printable


def pattern(option: str, text: str) -> re.Pattern[str]:
    """A regular expression.

    Raises:
        CommandError: `text`, which was given as `option`, is none.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # what a later Python may read differently is fine today
            return re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise CommandError(f"{option} {printable(text)} is no regular expression: {error}") from None
