"""What one pass over a remote directory has found so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui.remote.crew import Crew
from tui.remote.store import Entry

_FETCHES, _LISTS = 8, 8
# Of how much is told of what is wrong; a listing may be nothing but wrong names.
_MOST_PROBLEMS = 100


@dataclass(slots=True)
class Counts:
    """How far a pass is: bytes that came of those that are to come, as far as known; files that are wanted."""

    done: int = 0
    total: int = 0
    files: int = 0


@dataclass(slots=True)
class Pass:
    """What one pass found. `cut` says what bound it ran into; `partial` that something could not be listed."""

    fetches: Crew = field(default_factory=lambda: Crew(_FETCHES, "tbtui-fetch"))
    lists: Crew = field(default_factory=lambda: Crew(_LISTS, "tbtui-list"))
    found: dict[str, Entry] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    entries: int = 0
    directories: int = 0
    cut: str = ""
    partial: bool = False

    def tell(self, name: str, problem: str) -> None:
        """What is wrong with a file or directory alone."""
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems[name] = problem
