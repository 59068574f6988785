"""The event files of the logdirs: which there are, which have grown, and which to read next."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from tui.ingest.projectors import Projectors
from tui.ingest.rota import Rota
from tui.model import Batch, Problem, Recovered, RunActivity
from tui.reader.continuity import Identity, State
from tui.reader.decode import EventDecoder
from tui.reader.event_file import EventFileReader
from tui.reader.logdir import discover
from tui.reader.named_logdir import LogDir
from tui.reader.scalar_blocks import FastTools

# A file that changed within so many seconds may soon change again; by its server's clock, which may be ahead of ours.
_RECENT = 600.0
# A run's directory changes when the run begins, and then seldom.
_RECENT_DIRECTORY = 60.0


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
        self.bytes_read = 0
        """Bytes read of all files."""
        self.bytes_total = 0
        """Bytes read, and those that wait to be read."""
        self.bytes_unchecked = 0
        """Of those read, the ones that were passed over and are still to be checked."""
        self._logdirs = tuple(logdirs)
        self._breathe = breathe
        self._fast_tools = FastTools()
        self._runs: dict[str, _RunFiles] = {}
        self._by_path: dict[str, list[EventFileReader]] = {}
        self._rota: Rota[EventFileReader] = Rota()
        self._counted: dict[EventFileReader, tuple[int, int]] = {}
        # Readers that passed over data, and how many bytes of them are not checked yet.
        self._unchecked: dict[EventFileReader, int] = {}
        self._directories: dict[str, int] = {}
        self._directory_rota: Rota[str] = Rota()
        self._linked = 0
        self._problems: dict[Problem, None] = {}
        self._projectors = Projectors()
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

    def scan(self) -> list[Batch]:
        """List the logdirs: new runs, new files, and directories that cannot be listed (each told once).

        A new file that was known by another name, which it no longer has, was moved: its old run forgets it.
        """
        batches: list[Batch] = []
        directories: dict[str, int] = {}
        problems: dict[Problem, None] = {}
        configs: dict[str, str] = {}
        self._linked = 0
        discoveries = [discover(logdir) for logdir in self._logdirs]
        batches += self._forget_moved(path for found in discoveries for paths in found.runs.values() for path in paths)
        for found in discoveries:
            directories.update(found.directories)
            self._linked += found.linked
            problems.update(dict.fromkeys(found.problems))
            configs.update(found.projectors)
            for run, paths in found.runs.items():
                batches += self._add_files(run, paths)
        batches += self._projectors.update(configs)
        batches += [Recovered(problem.path) for problem in self._problems if problem not in problems]
        batches += [problem for problem in problems if problem not in self._problems]
        self._directories, self._problems = directories, problems
        self._directory_rota = Rota()
        now = time.time()
        for path, mtime in directories.items():
            self._directory_rota.note(path, busy=now - mtime / 1e9 < _RECENT_DIRECTORY)
        return batches

    def directories_changed(self) -> bool:
        """Whether an entry came or went since the last scan, in a directory it listed or by a logdir appearing.

        Of directories where nothing has for long, each call looks at some only.
        """
        unreadable = {problem.path for problem in self._problems}
        roots = [os.fspath(logdir.path) for logdir in self._logdirs]
        missing = [root for root in roots if root not in self._directories and root not in unreadable]
        if any(_mtime(root) is not None for root in missing):
            return True
        due = chain((root for root in roots if root in self._directories), self._directory_rota.due())
        return any(_mtime(path) != self._directories[path] for path in due)

    def look(self, paths: Iterable[str] | None = None) -> list[Batch]:
        """Notice which files have grown, and line them up to be read.

        These are the files at `paths`; where it is None, new files, those that changed lately, and by turns some of
        the others.
        """
        named = None if paths is None else [reader for path in paths for reader in self._by_path.get(path, ())]
        batches: list[Batch] = []
        grown: list[EventFileReader] = []
        now = time.time()
        for reader in self._rota.due() if named is None else named:
            told, pending = reader.look(), reader.pending
            if told or pending:
                batches += told
                self._count(reader)
            if pending:
                grown.append(reader)
            self._rota.note(reader, busy=pending or now - reader.mtime < _RECENT)
        if grown:
            self._line_up(grown)
        return batches

    def read(self, reader: EventFileReader) -> list[Batch]:
        """Read the reader's next chunk; returns what it tells about the file."""
        batches = reader.read()
        self._count(reader)
        self._count_unchecked(reader)
        return batches

    def check(self) -> list[Batch] | None:
        """Check some data that were passed over; returns what there is to tell, None where all is checked that can be.

        Of a file that has grown, or is out of reach, nothing is checked until it was looked at and read.
        """
        if not self._unchecked:
            return None
        reader = next(reversed(self._unchecked))
        before = reader.unchecked.bytes
        batches = [] if reader.pending else reader.check()
        self._count_unchecked(reader)
        if reader.unchecked.bytes == before:
            self._forget_unchecked(reader)
        return batches

    def _count_unchecked(self, reader: EventFileReader) -> None:
        unchecked = reader.unchecked.bytes
        self.bytes_unchecked += unchecked - self._unchecked.get(reader, 0)
        if unchecked:
            self._unchecked[reader] = unchecked
        else:
            self._unchecked.pop(reader, None)

    def _forget_unchecked(self, reader: EventFileReader) -> None:
        self.bytes_unchecked -= self._unchecked.pop(reader, 0)

    def next(self) -> EventFileReader | None:
        """The reader whose turn it is, or None when all that was seen is read.

        Runs with the newest data come first. Within a run older files come first, so that points are in file order.
        """
        while self._queue:
            if self._queue[-1].pending:
                return self._queue[-1]
            self._count(self._queue.pop())
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
            reader = EventFileReader(
                EventDecoder(run, path, files.tag_plugins), breathe=self._breathe, tools=self._fast_tools
            )
            files.readers[path] = reader
            self._rota.note(reader, busy=True)
            self._by_path.setdefault(path, []).append(reader)
            # A run shows as soon as it is found, also when nothing in it can be read.
            batches.append(RunActivity(run, path, 0, None, None))
        if batches:
            known = {path: reader for path, reader in files.readers.items() if path not in paths}
            files.readers = known | {path: files.readers[path] for path in paths}
        return batches

    def _forget_moved(self, found: Iterable[str]) -> list[Batch]:
        """Drop the readers of files that go by another name among those found."""
        new = [path for path in found if path not in self._by_path]
        known: dict[Identity | None, list[EventFileReader]] = {}
        if new:
            for reader in chain.from_iterable(self._by_path.values()):
                known.setdefault(reader.identity, []).append(reader)
        batches: list[Batch] = []
        for path in new if known else ():
            for reader in known.get(_identity(path), ()):
                if reader in self._by_path.get(reader.path, ()) and reader.is_now(path):
                    batches += self._drop(reader)
        return batches

    def _drop(self, reader: EventFileReader) -> list[Batch]:
        """Know the reader no more; what it read is forgotten."""
        files = self._runs[reader.run].readers
        del files[reader.path]
        if not files:
            del self._runs[reader.run]
        self._by_path[reader.path].remove(reader)
        if not self._by_path[reader.path]:
            del self._by_path[reader.path]
        if reader in self._queue:
            self._queue.remove(reader)
        self._rota.drop(reader)
        self._forget_unchecked(reader)
        read, total = self._counted.pop(reader, (0, 0))
        self.bytes_read -= read
        self.bytes_total -= total
        return reader.forget()

    def _count(self, reader: EventFileReader) -> None:
        """Keep the totals; adding up thousands of files at each commit would cost more than reading a point."""
        before = self._counted.get(reader, (0, 0))
        now = (reader.offset, max(reader.size, reader.offset) if reader.pending else reader.offset)
        if now != before:
            self._counted[reader] = now
            self.bytes_read += now[0] - before[0]
            self.bytes_total += now[1] - before[1]


def _identity(path: str) -> Identity | None:
    try:
        return State.of(os.stat(path)).identity  # noqa: PTH116 - polled by the thousand
    except OSError:  # gone since it was listed
        return None


def _mtime(path: str) -> int | None:
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - polled by the thousand
    except OSError:  # gone or out of reach: a change, which the next scan explains
        return None
