"""The thread that keeps a remote logdir's mirror up to date, for as long as the screen is open."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tui.remote.cache import MirrorLock, Told, cache_root, opened_now, remove_old
from tui.remote.connect import connect
from tui.remote.mirror import Mirror
from tui.remote.patience import StoppedError, backoff
from tui.remote.place import RemoteLogDir
from tui.remote.status import LinkState, Problems, RemoteStatus
from tui.remote.store import RemoteStore
from tui.remote.sync import Synchronizer
from tui.remote.trouble import disk_is_full, explain
from tui.shown_paths import shown

# Between two passes over everything: so many times as long as the listing takes, within these bounds in seconds; and
# between two looks at what changed lately.
_ALL_SHARE, _ALL_LEAST, _ALL_MOST = 20.0, 2.0, 60.0
_HOT_SHARE = 10.0
# What lasts until somebody does something is tried again so much later, in seconds.
_LASTING_SECONDS = 15.0
_LOCK_SECONDS = 2.0
_LOOK_SECONDS = 0.5
_USED_SECONDS = 3600.0

_log = logging.getLogger(__name__)


class Link:
    """Keeps one mirror up to date: on a thread of its own (`start`), or once (`pass_once`).

    `status` is a frozen value that is replaced; `on_change` is called on the link's thread after each change.
    """

    def __init__(self, logdir: RemoteLogDir, on_change: Callable[[], None] = lambda: None) -> None:
        self._logdir, self._on_change = logdir, on_change
        self.lock = MirrorLock(logdir.mirror)
        self._mirror = Mirror(logdir.mirror)
        self._stopping = threading.Event()
        self._store: RemoteStore | None = None
        self._sync: Synchronizer | None = None
        self._thread: threading.Thread | None = None
        self._status = RemoteStatus(logdir.url, logdir.name, LinkState.CONNECTING, logdir.mirror)
        self._next_all = self._next_hot = 0.0
        self._failures = 0
        self._used_at = 0.0
        self._told = Told()

    @property
    def status(self) -> RemoteStatus:
        """How it is, as of the last change."""
        return self._status

    def start(self) -> None:
        """Start the thread, which fetches until `stop`."""
        self._thread = threading.Thread(target=self._run, name="tbtui-remote", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Fetch no more. Does not wait: a server that does not answer keeps nobody from leaving."""
        self._stopping.set()

    @property
    def came(self) -> tuple[bool, int]:
        """Whether a listing came, and how many bytes the mirror holds: it moves whenever something comes."""
        return self._sync is not None and self._sync.reached, self._mirror.total_bytes

    def pass_once(self) -> Problems:
        """One pass over everything, on the caller's thread, who holds the lock; returns what could not be read.

        Raises:
            Exception: whatever ended it; `explain` makes a line of it.
        """
        if self._sync is None:
            self._mirror.load()
        try:
            self._look_at_all()
        except BaseException:
            self._disconnect()
            raise
        return self._told.problems

    def close(self) -> None:
        """End the connections, and let another write."""
        self._disconnect()
        self.lock.free()

    # On the thread

    def _run(self) -> None:
        try:
            self._remove_old()
            while not self._stopping.is_set():
                try:
                    self._begin()
                except StoppedError:
                    raise
                except Exception as error:  # noqa: BLE001 - as where there are too many open files; it may pass
                    _log.exception("remote logdir failed")
                    self._fail(error)
        except StoppedError:
            pass  # as asked
        except Exception as error:  # noqa: BLE001 - a thread that dies unseen would leave a screen that looks alive
            _log.exception("remote logdir ended")
            self._say(state=LinkState.REFUSED, text=shown(f"fetching ended: {type(error).__name__}: {error}"))
        finally:
            self.close()

    def _remove_old(self) -> None:
        try:
            remove_old(cache_root(), time.time())
        except OSError as error:  # old mirrors keep nobody from reading
            _log.warning("old mirrors stay: %s", error)

    def _begin(self) -> None:
        """Keep the mirror up to date, or follow who does."""
        if self.lock.take():
            self._mirror.load()
            self._keep()
        else:
            self._follow()

    def _follow(self) -> None:
        """Another writes the mirror: take what it brings, and its place when it is gone."""
        trouble = self.lock.told().trouble
        state = LinkState.LOST if trouble else LinkState.FOLLOWING
        since = self._status.since if self._status.state is state else time.time()
        self._say(state=state, text=trouble, since=since, next_try=0.0)
        self._stopping.wait(_LOCK_SECONDS)

    def _keep(self) -> None:
        while not self._stopping.is_set():
            try:
                self._look()
            except StoppedError:
                raise
            except Exception as error:  # noqa: BLE001 - every protocol has its own; all end the link for now
                self._fail(error)
            else:
                self._succeed()
                self._wait(min(self._next_all, self._next_hot))

    def _look(self) -> None:
        now = time.monotonic()
        if self._sync is None or now >= self._next_all or self._is_nudged():
            self._look_at_all()
            return
        assert self._sync is not None
        seconds = self._sync.look_at_hot()
        self._next_hot = time.monotonic() + min(max(_HOT_SHARE * seconds, _ALL_LEAST), _ALL_MOST)

    def _look_at_all(self) -> None:
        if self._status.state is not LinkState.CONNECTING and not self._status.complete and not self._status.is_bad:
            self._say(state=LinkState.CONNECTING)
        started = time.time()
        sync = self._connected()
        seconds = sync.look_at_all(ask_all=self._is_nudged())
        end = time.monotonic()
        self._next_all = end + min(max(_ALL_SHARE * seconds, _ALL_LEAST), _ALL_MOST)
        soon = self._next_all > end + 2 * _ALL_LEAST and sync.has_hot
        self._next_hot = end + _ALL_LEAST if soon else self._next_all
        self._told = Told(started, "", tuple(sync.problems.items()))
        self.lock.tell(self._told)

    def _connected(self) -> Synchronizer:
        if self._store is None:
            self._store = connect(self._logdir.address)
            if self._sync is not None:
                self._sync.use(self._store)
        if self._sync is None:
            self._sync = Synchronizer(
                self._store, self._mirror, self._stopping, may_help=self._may_help, on_progress=self._progress
            )
        return self._sync

    def _disconnect(self) -> None:
        store, self._store = self._store, None
        if store is not None:
            try:
                store.close()
            except Exception as error:  # noqa: BLE001 - of a connection that is broken anyway
                _log.debug("closing: %s", error)

    def _may_help(self, error: BaseException) -> bool:
        if isinstance(error, StoppedError) or disk_is_full(error):
            return False
        return not explain(error, self._logdir.address).lasting

    # What there is to tell

    def _progress(self) -> None:
        """A link that is bad stays so until something comes; a pass that finds nothing new is not worth a word."""
        assert self._sync is not None
        counts = self._sync.counts
        if counts.done or (counts.files and not self._status.complete and not self._status.is_bad):
            self._say(
                state=LinkState.FETCHING, done=counts.done, total=counts.total, files=counts.files,
                text="", since=0.0, next_try=0.0,
            )  # fmt: skip

    def _succeed(self) -> None:
        assert self._sync is not None
        self._failures = 0
        if time.monotonic() >= self._used_at:
            opened_now(self._logdir.mirror)
            self._used_at = time.monotonic() + _USED_SECONDS
        counts = self._sync.counts
        self._say(
            state=LinkState.CURRENT, text="", since=0.0, next_try=0.0, done=counts.done, total=counts.total,
            files=counts.files, complete=True, problems=self._told.problems,
        )  # fmt: skip

    def _fail(self, error: Exception) -> None:
        self._disconnect()
        self._failures += 1
        trouble = explain(error, self._logdir.address)
        delay = backoff(self._failures)
        if disk_is_full(error):
            state, text = LinkState.FULL, f"no room for its mirror in {self._logdir.mirror.parent}"
        else:
            state, text = (LinkState.REFUSED if trouble.lasting else LinkState.LOST), shown(trouble.text)
        if state is not LinkState.LOST:
            delay = max(delay, _LASTING_SECONDS)
        since = self._status.since if self._status.is_bad else time.time()
        self._told = self._told._replace(trouble=f"{state.value}: {text}")
        self.lock.tell(self._told)
        self._say(state=state, text=text, since=since, next_try=time.time() + delay)
        if self._stopping.wait(delay):
            raise StoppedError

    def _say(self, **changes: Any) -> None:
        status = replace(self._status, mirror_bytes=self._mirror.total_bytes, **changes)
        if status != self._status:
            self._status = status
            self._on_change()

    def _wait(self, until: float) -> None:
        """Until then (monotonic), or until somebody asks for a pass."""
        while (left := until - time.monotonic()) > 0 and not self._is_nudged():
            if self._stopping.wait(min(left, _LOOK_SECONDS)):
                raise StoppedError

    def _is_nudged(self) -> bool:
        return self.lock.nudged() > self._told.started
