"""Things that are done, by chance, with a name: which, how often, and when, so that a failure can be looked into."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

Act = Callable[[], str]
"""Does it, and says to what; OSError where it is too late, or there is no room."""


@dataclass
class Journal:
    """What was done, a line each in a file, and how often."""

    file: TextIO
    started: float = field(default_factory=time.monotonic)
    done: Counter[str] = field(default_factory=Counter)

    def note(self, act: str, what: str = "") -> None:
        """A line."""
        print(f"{time.monotonic() - self.started:9.3f} {act} {what}".rstrip(), file=self.file, flush=True)

    def do(self, act: Act) -> None:
        """Do it, and note it."""
        try:
            what = act()
        except OSError as error:
            self.note(f"({act.__name__})", str(error))
        else:
            self.done[act.__name__] += 1
            self.note(act.__name__, what)


def choose(acts: dict[Act, int], chance: random.Random) -> Act:
    """One of them, by its weight."""
    return chance.choices(list(acts), list(acts.values()))[0]


def event_files(places: list[Path]) -> list[Path]:
    """Every regular event file, in order."""
    found = (path for place in places for path in place.rglob("*tfevents*"))
    return sorted(path for path in found if path.is_file() and not path.is_symlink())
