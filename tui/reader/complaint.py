"""What is wrong with a file as a whole: told once, and taken back when it no longer is so."""

from __future__ import annotations

from tui.model import Batch, Gone, Problem, Recovered


class Complaint:
    """The one thing that is wrong with a file now; `reason` is None where nothing is."""

    def __init__(self, path: str) -> None:
        self.reason: str | None = None
        self._path = path

    def say(self, reason: str | None) -> list[Batch]:
        """Have this be what is wrong, in place of what was; returns what there is to tell."""
        if reason == self.reason:
            return []
        told: list[Batch] = [] if self.reason is None else [Recovered(self._path)]
        self.reason = reason
        return told if reason is None else [*told, Problem(self._path, None, reason)]

    def miss(self, error: OSError) -> list[Batch]:
        """The file cannot be read, or is gone."""
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            told = self.say("file is gone; what was read of it stays")
            return [*told, Gone(self._path)] if told else []
        return self.say(f"file cannot be read: {error.strerror}")
