"""The event files of the logdirs: which there are, which have grown, and which to read next."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from tui.model import Batch, Problem, Recovered, RunActivity
from tui.reader.decode import EventDecoder
from tui.reader.event_file import EventFileReader
from tui.reader.logdir import LogDir, discover


@dataclass(slots=True)
class _RunFiles:
    """A run's readers, oldest file first, and what its files share."""

    tag_plugins: dict[str, str] = field(default_factory=dict)
    readers: dict[str, EventFileReader] = field(default_factory=dict)

    @property
    def mtime(self) -> float:
        return max((reader.mtime for reader in self.readers.values()), default=0.0)


class Sources:
    """Every event file of the logdirs, each with its reader. For one thread."""

    def __init__(self, logdirs: Sequence[LogDir], *, breathe: Callable[[], None] = lambda: None) -> None:
        self._logdirs = tuple(logdirs)
        self._breathe = breathe
        self._runs: dict[str, _RunFiles] = {}
        self._by_path: dict[str, list[EventFileReader]] = {}
        self._directories: dict[str, int] = {}
        self._linked = 0
        self._problems: dict[Problem, None] = {}
        # The reader whose turn is next stands at the end.
        self._queue: list[EventFileReader] = []

    @property
    def files(self) -> int:
        """How many event files are known."""
        return len(self._by_path)

    @property
    def directories(self) -> int:
        """How many directories the last scan listed, without those behind symbolic links."""
        return len(self._directories) - self._linked

    @property
    def bytes_read(self) -> int:
        """Bytes read of all files."""
        return sum(reader.offset for reader in self._readers())

    @property
    def bytes_total(self) -> int:
        """Bytes read, and those that wait to be read."""
        return sum(reader.size if reader.pending else reader.offset for reader in self._readers())

    def scan(self) -> list[Batch]:
        """List the logdirs: new runs, new files, and directories that cannot be listed (each told once)."""
        batches: list[Batch] = []
        directories: dict[str, int] = {}
        problems: dict[Problem, None] = {}
        self._linked = 0
        for logdir in self._logdirs:
            found = discover(logdir)
            directories.update(found.directories)
            self._linked += found.linked
            problems.update(dict.fromkeys(found.problems))
            for run, paths in found.runs.items():
                batches += self._add_files(run, paths)
        batches += [Recovered(problem.path) for problem in self._problems if problem not in problems]
        batches += [problem for problem in problems if problem not in self._problems]
        self._directories, self._problems = directories, problems
        return batches

    def directories_changed(self) -> bool:
        """Whether an entry came or went since the last scan, in a directory it listed or by a logdir appearing."""
        listed = self._directories.keys() | {problem.path for problem in self._problems}
        roots = (os.fspath(logdir.path) for logdir in self._logdirs)
        if any(root not in listed and _mtime(root) is not None for root in roots):
            return True
        return any(_mtime(path) != mtime for path, mtime in self._directories.items())

    def look(self, paths: Iterable[str] | None = None) -> list[Batch]:
        """Notice which files have grown, and line them up to be read. `paths` limits it to those files."""
        if paths is None:
            readers = list(self._readers())
        else:
            readers = [reader for path in paths for reader in self._by_path.get(path, ())]
        batches: list[Batch] = []
        for reader in readers:
            batches += reader.look()
        self._line_up(reader for reader in readers if reader.pending)
        return batches

    def next(self) -> EventFileReader | None:
        """The reader whose turn it is, or None when all that was seen is read.

        Runs with the newest data come first. Within a run older files come first, so that points are in file order.
        """
        while self._queue:
            if self._queue[-1].pending:
                return self._queue[-1]
            self._queue.pop()
        return None

    def _line_up(self, grown: Iterable[EventFileReader]) -> None:
        """Queue the runs of these readers beside those that wait already, last things first."""
        names = {reader.run for reader in (*grown, *self._queue)}
        runs = sorted((self._runs[name] for name in names), key=lambda run: run.mtime)
        self._queue = [r for run in runs for r in reversed(run.readers.values()) if r.pending]

    def _add_files(self, run: str, paths: Sequence[str]) -> list[Batch]:
        files = self._runs.setdefault(run, _RunFiles())
        batches: list[Batch] = []
        for path in paths:
            if path in files.readers:
                continue
            reader = EventFileReader(EventDecoder(run, path, files.tag_plugins), breathe=self._breathe)
            files.readers[path] = reader
            self._by_path.setdefault(path, []).append(reader)
            # A run shows as soon as it is found, also when nothing in it can be read.
            batches.append(RunActivity(run, path, 0, None, None))
        if batches:
            known = {path: reader for path, reader in files.readers.items() if path not in paths}
            files.readers = known | {path: files.readers[path] for path in paths}
        return batches

    def _readers(self) -> Iterable[EventFileReader]:
        for run in self._runs.values():
            yield from run.readers.values()


def _mtime(path: str) -> int | None:
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - polled by the thousand
    except OSError:  # gone or out of reach: a change, which the next scan explains
        return None
