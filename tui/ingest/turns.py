"""Which file is read next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from tui.ingest.wanted import NOTHING_WANTED, Wanted
from tui.reader.log_reader import LogReader


@dataclass(slots=True)
class RunFiles:
    """A run's readers by path, oldest file first, and what its files share."""

    tag_plugins: dict[str, str] = field(default_factory=dict)
    readers: dict[str, LogReader] = field(default_factory=dict)

    @property
    def mtime(self) -> float:
        """Of the file that was written last; 0 where there is none."""
        return max((reader.mtime for reader in self.readers.values()), default=0.0)


class Turns:
    """The readers that wait. Runs that are wanted come first, then those with the newest data.

    Within a run older files come first, so that points are in file order.
    """

    def __init__(self, runs: Mapping[str, RunFiles], on_read: Callable[[LogReader], None]) -> None:
        """`runs` may grow and shrink; `on_read` is called with a reader that has read all there is."""
        self._runs, self._on_read = runs, on_read
        # The reader whose turn is next stands at the end.
        self._queue: list[LogReader] = []
        self._wanted = NOTHING_WANTED

    def next(self) -> LogReader | None:
        """The reader whose turn it is, or None when all that was seen is read."""
        while self._queue:
            if self._queue[-1].pending:
                return self._queue[-1]
            self._on_read(self._queue.pop())
        return None

    def prefer(self, wanted: Wanted) -> None:
        """Read in this order from now on."""
        self._wanted = wanted
        self.line_up(())

    def line_up(self, grown: Iterable[LogReader]) -> None:
        """Queue the runs of these readers beside those that wait already."""
        rank = self._wanted.rank
        names = {reader.run for reader in (*grown, *self._queue)}
        runs = [self._runs[name] for name in sorted(names, key=lambda name: (-rank(name), self._runs[name].mtime))]
        self._queue = [r for run in runs for r in reversed(run.readers.values()) if r.pending]

    def drop(self, reader: LogReader) -> None:
        """A reader is no more."""
        if reader in self._queue:
            self._queue.remove(reader)
