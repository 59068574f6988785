"""Decodes blobs that are shown, off the screen's thread, and keeps the latest."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from logging_lib.tfevents.histogram import Buckets
from tui.model import BlobRef
from tui.reader.payload import PayloadError, read_histogram

_KEPT = 4096
_log = logging.getLogger(__name__)


class BlobCache:
    """Histograms by where they lie. `get` never waits: what is not decoded yet is asked for, and announced.

    `on_loaded` is called on the worker thread, once for all that wait to be taken. The cache itself is touched by the
    screen's thread only, except `_loaded`, which `_lock` guards: a blob that comes while others are taken would else
    be announced by nobody.
    """

    def __init__(self) -> None:
        self.on_loaded: Callable[[], None] = lambda: None
        self._known: OrderedDict[BlobRef, Buckets | str] = OrderedDict()
        self._asked: set[BlobRef] = set()
        self._loaded: list[tuple[BlobRef, Buckets | str]] = []
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None

    def get(self, ref: BlobRef) -> Buckets | str | None:
        """The buckets; a line that says why they cannot be read; None when they are not decoded yet."""
        self._collect()
        if ref in self._known:
            self._known.move_to_end(ref)
            return self._known[ref]
        if ref not in self._asked:
            self._asked.add(ref)
            if self._pool is None:
                self._pool = ThreadPoolExecutor(1, thread_name_prefix="tbtui-blobs")
            self._pool.submit(self._load, ref)
        return None

    @property
    def waits(self) -> bool:
        """Whether a blob was asked for that nobody has got yet."""
        return bool(self._asked)

    def close(self) -> None:
        """Drop what waits and end the worker."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _load(self, ref: BlobRef) -> None:
        try:
            result: Buckets | str = read_histogram(ref)
        except PayloadError as error:
            result = str(error)
        except Exception as error:  # noqa: BLE001 - a bug must not leave the widget waiting for ever
            _log.exception("reading %s failed", ref)
            result = f"{type(error).__name__}: {error}"
        with self._lock:
            announce = not self._loaded
            self._loaded.append((ref, result))
        if announce:
            self.on_loaded()

    def _collect(self) -> None:
        with self._lock:
            loaded, self._loaded = self._loaded, []
        for ref, result in loaded:
            self._asked.discard(ref)
            self._known[ref] = result
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
