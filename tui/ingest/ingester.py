"""The ingest thread: reads what grows into the store, and announces each commit."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from tui.ingest.keeper import Farewell, Keeper
from tui.ingest.mounts import FileSystems
from tui.ingest.pulse import Pulse
from tui.ingest.schedule import Schedule
from tui.ingest.sources import Sources
from tui.ingest.status import IngestStatus
from tui.ingest.wanted import NOTHING_WANTED, Wanted
from tui.ingest.watcher import Watcher
from tui.model import Batch
from tui.reader.log_reader import LogReader
from tui.reader.named_logdir import LogDir
from tui.reader.runtime import slow_runtime
from tui.store.snapshot import EMPTY_SNAPSHOT, StoreSnapshot
from tui.store.store import Store

# The first listing of all directories is done in parts of so many seconds: the first runs show after that.
_SCAN_SLICE = 1.0
# A thread that waits for an answer so long, when it is to end, may wait for ever: a file server is gone.
_STUCK_SECONDS = 1.0

# Bytes of images and the like that are checked when nothing else is to be done: others use the disk too.
_CHECKED_PER_SECOND = 64e6
_CHECKED_AT_ONCE = 1 << 21

_log = logging.getLogger(__name__)


class _StoppedError(Exception):
    """`stop` was called: whatever is under way on the thread ends."""


class Ingester:
    """Reads logdirs into a store, once (`read_all`) or on a thread of its own for as long as they grow.

    The thread alone touches sources, watcher and store. `snapshot` and `status` are frozen values that it replaces,
    so any thread may take them. `on_commit(version)` is called after each change of either, on the ingest thread or,
    when that waits for a file system, on another; it must return soon. A version that was announced before means that
    only the status changed.
    """

    def __init__(
        self,
        logdirs: Sequence[LogDir],
        *,
        on_commit: Callable[[int], None] = lambda version: None,
        poll_seconds: float = 1.0,
        rescan_seconds: float = 10.0,
        memory_limit: int | None = None,
        farewell: Farewell = lambda series: None,
    ) -> None:
        """
        Args:
            logdirs: what to read.
            on_commit: as above.
            poll_seconds: between two looks at files that may grow, at least.
            rescan_seconds: between two listings of directories, at least.
            memory_limit: bytes that the points of scalars may take; see `prefer`.
            farewell: called on the ingest thread with the series of a run before their points are let go.
        """
        self._on_commit = on_commit
        self._schedule = Schedule(poll_seconds, rescan_seconds)
        self._pulse = Pulse(self._silence_changed)
        systems = FileSystems()
        self._sources = Sources(
            logdirs, breathe=self._breathe, at=self._at, systems=systems, round_seconds=rescan_seconds
        )
        self._watcher = Watcher(systems)
        self._store = Store()
        self._snapshot = EMPTY_SNAPSHOT
        self._loading = True
        self._status = IngestStatus(0, 0, 0, True, "poll", self._watcher.detail, None)
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._publishing = threading.Lock()
        # What was asked for, by any thread, and what of it is heeded.
        self._wanted = self._preferred = NOTHING_WANTED
        self._keeper = Keeper(memory_limit, self._store, self._sources, farewell)
        # The screen's list of problems and the commands' stderr say it once; nothing else would.
        if (problem := slow_runtime()) is not None:
            self._store.apply(problem)
        # The reader that has read more than was taken from it.
        self._collecting: LogReader | None = None

    @property
    def snapshot(self) -> StoreSnapshot:
        """All that was read up to the latest commit."""
        return self._snapshot

    @property
    def status(self) -> IngestStatus:
        """How far reading is, as of the latest commit."""
        return self._status

    def start(self) -> None:
        """Start the thread, which reads until `stop`."""
        self._thread = threading.Thread(target=self._run, name="tbtui-ingest", daemon=True)
        self._thread.start()
        self._pulse.watch()

    def prefer(self, wanted: Wanted) -> None:
        """Read what is looked at before all else, from now on. For any thread; takes no time.

        Beyond the limit of memory the points of other runs are let go, and read again when they are looked at.
        """
        if wanted != self._wanted:
            self._wanted = wanted
            self._watcher.wake()

    def stop(self) -> None:
        """Stop the thread and wait for it, unless it waits for a file system that does not answer; idempotent."""
        self._stopping.set()
        self._watcher.wake()
        self._pulse.stop()
        while self._thread is not None and self._thread.is_alive():
            beats = self._pulse.beats
            self._thread.join(_STUCK_SECONDS)
            if self._pulse.is_asking and self._pulse.beats == beats:
                return

    def read_all(self, *, check: bool = True) -> StoreSnapshot:
        """Read everything there is now, or is new since the last call, on the caller's thread.

        `check`: also the data of long records, which are passed over otherwise.
        """
        self._pulse.watch()
        try:
            self._read_once(check=check)
        finally:
            self._pulse.stop()
        self._loading = False
        self._commit()
        return self._snapshot

    def _read_once(self, *, check: bool) -> None:
        self._apply(self._sources.scan())
        # All of them: who reads a second time asks for everything, and not for what is due.
        self._apply(self._sources.look(self._sources.paths))
        self._drain()
        while check and (told := self._sources.check()) is not None:
            self._apply(told)
            self._tick()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._pass()
        except _StoppedError:
            pass  # as asked
        except Exception as error:  # noqa: BLE001 - a thread that dies unseen would leave a screen that looks alive
            _log.exception("ingest stopped")
            self._status = self._make_status(f"reading stopped: {type(error).__name__}: {error}")
            self._on_commit(self._snapshot.version)
        finally:
            self._watcher.stop()

    def _pass(self) -> None:
        """Look at all files that are due, read what has grown, then wait for more."""
        self._look_when_due()
        self._drain()
        self._loading = self._loading and not self._sources.complete
        self._commit()
        self._wait()

    def _look_when_due(self) -> None:
        if not self._schedule.is_look_due:
            return
        if self._schedule.is_scan_due(self._sources.directories_changed):
            self._scan()
        self._apply(self._sources.look())
        self._schedule.note_look(self._sources.busy_seconds, complete=self._sources.complete)

    def _scan(self) -> None:
        start = time.monotonic()
        until = math.inf if self._sources.complete else start + _SCAN_SLICE
        self._apply(self._sources.scan(again=False, until=until))
        if not self._sources.complete:
            return
        end = time.monotonic()
        self._at(", ".join(self._sources.places))
        self._watcher.cover(self._sources.places)
        self._pulse.rest()
        self._schedule.note_scan(start, end)

    def _drain(self) -> None:
        """Read all that waits, committing now and then; a long load still looks out for live points."""
        while self._read_next():
            if self._thread is not None:
                self._look_when_due()
            self._tick()
        self._take()

    def _read_next(self) -> bool:
        """Read a chunk of what waits: first what is looked at and was let go; returns whether there was anything."""
        if self._wanted is not self._preferred:
            self._preferred = self._wanted
            self._sources.prefer(self._preferred)
            self._keeper.want(self._preferred)
        if self._keeper.read(self._take):
            return True
        reader = self._sources.next()
        if reader is not None:
            self._read(reader)
        return reader is not None

    def _tick(self) -> None:
        """Show how far the load is: on the thread by its data too, which `read_all` gives only when all is read."""
        if self._thread is not None and self._schedule.is_commit_due:
            self._commit()
        elif self._schedule.is_report_due:
            self._publish(self._snapshot)

    def _read(self, reader: LogReader) -> None:
        """Read a chunk. Its data is taken when there is much, or no more: a batch of each tag has its cost."""
        if self._collecting is not reader:
            self._take()
        self._collecting = reader
        self._apply(self._sources.read(reader))
        if reader.full or not reader.pending:
            self._take()

    def _take(self) -> None:
        reader, self._collecting = self._collecting, None
        if reader is not None:
            self._apply(reader.take())
            self._keeper.trim(reader.run if reader.pending else None)

    def _wait(self) -> None:
        """Wait for hints until the next look, and act on them."""
        self._stopping.wait(self._schedule.live_pause)
        pause = self._check()
        hints = self._watcher.wait(min(self._schedule.seconds_to_look, pause))
        if hints.rescan:
            self._sources.doubt(hints.paths)
            self._schedule.hurry_scan()
        if hints.paths:
            self._apply(self._sources.look(hints.paths))

    def _check(self) -> float:
        """Check some of the data that were passed over; returns in how many seconds to go on, at the earliest."""
        before = self._sources.bytes_unchecked
        while (done := before - self._sources.bytes_unchecked) < _CHECKED_AT_ONCE:
            told = self._sources.check()
            if told is None:
                return math.inf
            self._apply(told)
        return done / _CHECKED_PER_SECOND

    def _apply(self, batches: Iterable[Batch]) -> None:
        self._pulse.rest()
        for batch in batches:
            self._store.apply(batch)
            self._breathe()

    def _commit(self) -> None:
        """Publish what changed."""
        start = time.monotonic()
        self._take()
        self._publish(self._store.snapshot())
        self._keeper.give_back()
        self._schedule.note_commit(start)

    def _publish(self, snapshot: StoreSnapshot) -> None:
        """Announce a snapshot and how far reading is; nothing where neither changed."""
        self._schedule.note_report()
        with self._publishing:
            status = self._make_status(None)
            if snapshot is self._snapshot and status == self._status:
                return
            self._snapshot, self._status = snapshot, status
        self._on_commit(snapshot.version)

    def _silence_changed(self) -> None:
        with self._publishing:
            self._status = replace(self._status, silence=self._pulse.silence)
        self._on_commit(self._snapshot.version)

    def _make_status(self, error: str | None) -> IngestStatus:
        sources, watcher = self._sources, self._watcher
        # On the thread they are checked when all is read; a command waits for them.
        waiting = sources.bytes_unchecked if self._thread is None else 0
        return IngestStatus(
            sources.bytes_read - waiting,
            sources.bytes_total,
            sources.files,
            self._loading,
            watcher.mode,
            watcher.detail,
            error,
            self._schedule.told_seconds,
            self._pulse.silence,
            self._keeper.waiting,
            self._keeper.in_outline,
        )

    def _at(self, path: str) -> None:
        self._pulse.at(path)
        self._breathe()

    def _breathe(self) -> None:
        """Rest after a slice of work, so that the screen's thread gets its turn; not when there is no such thread."""
        self._pulse.beat()
        if self._thread is None:
            return
        if self._stopping.is_set():
            raise _StoppedError
        self._schedule.rest()
