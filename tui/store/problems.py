"""Problems by file: each told once, and those beyond a bound only counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tui.model import Problem

TOLD_PER_FILE = 100
"""A file of garbage may hold a million damaged records; nobody reads about more of them than this."""


@dataclass(slots=True)
class _OfFile:
    """The problems of one file; those with an offset beyond the bound are one Problem that counts."""

    told: dict[Problem, None] = field(default_factory=dict)
    places: int = 0
    more: Problem | None = None

    @property
    def count(self) -> int:
        return len(self.told) + (self.more.count if self.more else 0)


class Problems:
    """What could not be read, by file in order of first appearance."""

    def __init__(self) -> None:
        self._files: dict[str, _OfFile] = {}

    def __iter__(self) -> Iterator[Problem]:
        for file in self._files.values():
            yield from file.told
            if file.more is not None:
                yield file.more

    def count(self, path: str) -> int:
        """How many problems the file has, those included that are only counted."""
        file = self._files.get(path)
        return file.count if file else 0

    def add(self, problem: Problem) -> bool:
        """Add a problem; returns whether it is new."""
        file = self._files.setdefault(problem.path, _OfFile())
        if problem in file.told:
            return False
        if problem.offset is None:
            file.told[problem] = None
        elif file.places < TOLD_PER_FILE:
            file.told[problem] = None
            file.places += 1
        else:
            offset, count = (file.more.offset, file.more.count + 1) if file.more else (problem.offset, 1)
            more = "one more problem" if count == 1 else f"{count} more problems, of which this is the first"
            file.more = Problem(problem.path, offset, more, count)
        return True

    def forget(self, path: str) -> bool:
        """Withdraw all that was said about the file; returns whether there was anything."""
        file = self._files.pop(path, None)
        return file is not None and file.count > 0

    def recover(self, path: str) -> bool:
        """Withdraw what was said about the whole file; returns whether there was anything."""
        file = self._files.get(path)
        gone = [problem for problem in file.told if problem.offset is None] if file else []
        for problem in gone:
            del self._files[path].told[problem]
        return bool(gone)
