"""A logdir and what its runs are called. Imports next to nothing: the screen says at once what it opens."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class LogDir:
    """A directory of runs.

    Runs are named by their path relative to it, `.` for itself; where `name` is not empty (several logdirs are
    open) by `name/relative path`, `name` for itself. `url` is the address, without credentials, where the directory
    is a mirror of a remote one.
    """

    name: str
    path: Path
    url: str = ""

    @property
    def place(self) -> str:
        """Where the runs are, as the user knows it."""
        return self.url or str(self.path)

    def run_name(self, relative: str) -> str:
        """The run in the directory at `relative`, which is `.` for the logdir itself."""
        if not self.name:
            return relative
        return self.name if relative == "." else f"{self.name}/{relative}"
