"""The event files of the logdirs: which there are, which have grown, and which to read next."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from tui.ingest.directories import Directories
from tui.ingest.mounts import FileSystems, is_fresh_when_opened
from tui.ingest.projectors import Projectors
from tui.ingest.rereading import Rereading
from tui.ingest.rota import Rota
from tui.ingest.tally import Tally
from tui.ingest.turns import RunFiles, Turns
from tui.ingest.wanted import Wanted
from tui.model import Batch, Problem, Recovered, RunActivity
from tui.reader.continuity import Identity, State
from tui.reader.decode import EventDecoder
from tui.reader.event_file import EventFileReader
from tui.reader.log_reader import LogReader
from tui.reader.logdir import Discovery, Place
from tui.reader.named_logdir import LogDir
from tui.reader.peers.names import PeerFile
from tui.reader.peers.opening import open_peer
from tui.reader.scalar_blocks import FastTools

# A file that was seen to change within so many seconds may soon change again.
_RECENT = 600.0


class Sources:
    """Every event file of the logdirs, each with its reader. For one thread."""

    def __init__(
        self,
        logdirs: Sequence[LogDir],
        *,
        breathe: Callable[[], None] = lambda: None,
        at: Callable[[str], None] = lambda path: None,
        systems: FileSystems | None = None,
        round_seconds: float = 10.0,
    ) -> None:
        """
        Args:
            logdirs: where the files are.
            breathe: called now and then, to let other threads run.
            at: called with each path before the file system is asked about it.
            systems: what is known of the file systems.
            round_seconds: in how many each directory is listed, changed or not.
        """
        self._breathe, self._at = breathe, at
        self._systems = systems or FileSystems()
        self._fast_tools = FastTools()
        self._runs: dict[str, RunFiles] = {}
        self._tally = Tally()
        self._turns = Turns(self._runs, self._tally.count)
        self._by_path: dict[str, list[LogReader]] = {}
        self._rota: Rota[LogReader] = Rota()
        # Those whose files show how long they are only when they are opened.
        self._stale: set[LogReader] = set()
        self._directories = Directories(logdirs, round_seconds=round_seconds, at=at)
        self._problems: dict[Problem, None] = {}
        # Each run's files, as they were listed.
        self._found: dict[str, tuple[str, ...]] = {}
        self._projectors = Projectors()

    @property
    def bytes_read(self) -> int:
        """Bytes read of all files."""
        return self._tally.bytes_read

    @property
    def bytes_total(self) -> int:
        """Bytes read, and those that wait to be read."""
        return self._tally.bytes_total

    @property
    def bytes_unchecked(self) -> int:
        """Of those read, the ones that were passed over and are still to be checked."""
        return self._tally.bytes_unchecked

    @property
    def files(self) -> int:
        """How many event files are known."""
        return len(self._by_path)

    @property
    def paths(self) -> list[str]:
        """The files that are known."""
        return list(self._by_path)

    @property
    def places(self) -> Mapping[str, Mapping[int, Place]]:
        """Each logdir's file systems, by device."""
        return self._directories.places

    @property
    def complete(self) -> bool:
        """Whether all directories have been listed once."""
        return self._directories.complete

    @property
    def busy_seconds(self) -> float:
        """How long it took to look at what is looked at each time."""
        return self._rota.busy_seconds + self._directories.busy_seconds

    def scan(self, *, again: bool = True, until: float = math.inf) -> list[Batch]:
        """Find what the logdirs hold: new runs, new files, and directories that cannot be listed (each told once).

        A new file that was known by another name, which it no longer has, was moved: its old run forgets it.

        Args:
            again: list all directories; else those that changed as far as is known.
            until: by `time.monotonic`, when to list no more, and to leave the rest to the next call.
        """
        knew_all = self.complete
        discoveries = self._directories.find(again=again, until=until)
        batches = self._forget_moved(chain.from_iterable(_paths(discoveries))) if knew_all else []
        if batches:
            discoveries = self._directories.find(until=until)
        problems: dict[Problem, None] = dict.fromkeys(self._directories.problems)
        configs: dict[str, str] = {}
        for found in discoveries:
            problems.update(dict.fromkeys(found.problems))
            configs.update(found.projectors)
            for run, paths in found.runs.items():
                # What was not listed again is the same object: of thousands of runs few change.
                if self._found.get(run) is not paths:
                    self._found[run] = paths
                    batches += self._add_files(run, paths)
            for run, peers in found.peers.items():
                batches += self._add_peers(run, peers)
        batches += self._projectors.update(configs)
        batches += [Recovered(problem.path) for problem in self._problems if problem not in problems]
        batches += [problem for problem in problems if problem not in self._problems]
        self._problems = problems
        return batches

    def directories_changed(self) -> bool:
        """Whether an entry came or went since the last scan, in a directory it listed or by a logdir appearing.

        Of directories where nothing has for long, each call looks at some only.
        """
        return self._directories.changed()

    def doubt(self, paths: Iterable[str]) -> None:
        """Something happened to these: list their directories at the next scan."""
        self._directories.doubt(paths)

    def look(self, paths: Iterable[str] | None = None) -> list[Batch]:
        """Notice which files have grown, and line them up to be read.

        These are the files at `paths`; where it is None, new files, those that changed lately, and by turns some of
        the others.
        """
        named = None if paths is None else [reader for path in paths for reader in self._by_path.get(path, ())]
        batches: list[Batch] = []
        grown: list[LogReader] = []
        now = time.monotonic()
        for reader in self._rota.due() if named is None else named:
            self._at(reader.path)
            told, pending = reader.look(opened=reader in self._stale and self._rota.is_busy(reader)), reader.pending
            if told or pending:
                batches += told
                self._tally.count(reader)
            if pending:
                grown.append(reader)
            self._rota.note(reader, busy=now - reader.changed_at < _RECENT)
        if grown:
            self._turns.line_up(grown)
        return batches

    def read(self, reader: LogReader) -> list[Batch]:
        """Read the reader's next chunk; returns what it tells about the file."""
        self._at(reader.path)
        batches = reader.read()
        self._tally.count(reader)
        self._tally.count_unchecked(reader)
        return batches

    def check(self) -> list[Batch] | None:
        """Check some data that were passed over; returns what there is to tell, None where all is checked that can be.

        Of a file that has grown, or is out of reach, nothing is checked until it was looked at and read.
        """
        reader = self._tally.next_unchecked
        if reader is None:
            return None
        before = reader.unchecked.bytes
        self._at(reader.path)
        batches = [] if reader.pending else reader.check()
        self._tally.count_unchecked(reader)
        if reader.unchecked.bytes == before:
            self._tally.leave_unchecked(reader)
        return batches

    def next(self) -> LogReader | None:
        """The reader whose turn it is, or None when all that was seen is read."""
        return self._turns.next()

    def again(self, run: str) -> Rereading | None:
        """Another reading of a run, up to where its files were read; None where it has none any more."""
        files = self._runs.get(run)
        if files is None:
            return None
        readers = tuple(reader for reader in files.readers.values() if isinstance(reader, EventFileReader))
        return Rereading(run, readers, files.tag_plugins, breathe=self._breathe, tools=self._fast_tools)

    def is_current(self, again: Rereading) -> bool:
        """Whether another reading is of the files that the run has now."""
        files = self._runs.get(again.name)
        return files is not None and again.readers == list(files.readers.values())

    def may_reread(self, run: str) -> bool:
        """Whether a run's files can be read once more: event files can, those of other tools only as they grow."""
        files = self._runs.get(run)
        return files is not None and all(isinstance(reader, EventFileReader) for reader in files.readers.values())

    def prefer(self, wanted: Wanted) -> None:
        """Read in this order from now on."""
        self._turns.prefer(wanted)

    def _add_files(self, run: str, paths: Sequence[str]) -> list[Batch]:
        files = self._runs.setdefault(run, RunFiles())
        batches: list[Batch] = []
        for path in paths:
            if path in files.readers:
                continue
            decoder = EventDecoder(run, path, files.tag_plugins)
            self._add_reader(EventFileReader(decoder, breathe=self._breathe, tools=self._fast_tools))
            # A run shows as soon as it is found, also when nothing in it can be read.
            batches.append(RunActivity(run, path, 0, None, None))
        batches += self._drop_peers(files)
        if batches:
            known = {path: reader for path, reader in files.readers.items() if path not in paths}
            files.readers = known | {path: files.readers[path] for path in paths}
        return batches

    def _add_peers(self, run: str, files: Sequence[PeerFile]) -> list[Batch]:
        """Follow what another tool logged; of files that stand for one another only the newest is found."""
        known = self._runs.get(run, RunFiles())
        new = [file for file in files if file.path not in known.readers]
        batches = self._drop_peers(known) if any(file.replaces for file in new) else []
        for file in new:
            self._add_reader(open_peer(run, file))
        return batches

    def _add_reader(self, reader: LogReader) -> None:
        self._runs.setdefault(reader.run, RunFiles()).readers[reader.path] = reader
        self._rota.add(reader)
        if self._shows_old_sizes(reader.path):
            self._stale.add(reader)
        self._by_path.setdefault(reader.path, []).append(reader)

    def _drop_peers(self, files: RunFiles) -> list[Batch]:
        """What other tools logged of a run counts no more."""
        peers = [reader for reader in files.readers.values() if not isinstance(reader, EventFileReader)]
        return [batch for reader in peers for batch in self._drop(reader)]

    def _shows_old_sizes(self, path: str) -> bool:
        directory = os.path.dirname(path)  # noqa: PTH120 - a plain string
        device = self._directories.device(directory)
        return device is not None and is_fresh_when_opened(self._systems.kind(device, directory))

    def _forget_moved(self, found: Iterable[str]) -> list[Batch]:
        """Drop the readers of files that go by another name among those found."""
        new = [path for path in found if path not in self._by_path]
        known: dict[Identity | None, list[LogReader]] = {}
        if new:
            for reader in chain.from_iterable(self._by_path.values()):
                known.setdefault(reader.identity, []).append(reader)
        batches: list[Batch] = []
        for path in new if known else ():
            for reader in known.get(_identity(path), ()):
                if reader in self._by_path.get(reader.path, ()) and reader.is_now(path):
                    batches += self._drop(reader)
        return batches

    def _drop(self, reader: LogReader) -> list[Batch]:
        """Know the reader no more; what it read is forgotten."""
        files = self._runs[reader.run].readers
        del files[reader.path]
        if not files:
            del self._runs[reader.run]
            self._found.pop(reader.run, None)
        self._by_path[reader.path].remove(reader)
        if not self._by_path[reader.path]:
            del self._by_path[reader.path]
        self._turns.drop(reader)
        self._rota.drop(reader)
        self._stale.discard(reader)
        self._directories.doubt([reader.path])
        self._tally.drop(reader)
        return reader.forget()


def _identity(path: str) -> Identity | None:
    try:
        return State.of(os.stat(path)).identity  # noqa: PTH116 - polled by the thousand
    except OSError:  # gone since it was listed
        return None


def _paths(discoveries: Iterable[Discovery]) -> Iterator[tuple[str, ...]]:
    for found in discoveries:
        yield from found.runs.values()
        yield from (tuple(file.path for file in files) for files in found.peers.values())
