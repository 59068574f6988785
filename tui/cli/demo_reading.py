"""What the demo's training logs is read while it is logged, as the screen reads it, and counted."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Self

from logging_lib.tfevents import plugins
from tui.ingest.ingester import Ingester
from tui.reader.named_logdir import LogDir
from tui.store.snapshot import StoreSnapshot

_PATIENCE = 10.0
_PAUSE = 0.05
_POLL_SECONDS = 0.25


class Reading:
    """Reads a logdir on a thread, from entering until leaving."""

    def __init__(self, logdir: Path) -> None:
        self._ingester = Ingester([LogDir("", logdir)], poll_seconds=_POLL_SECONDS)

    def __enter__(self) -> Self:
        """Start to read."""
        self._ingester.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Read no more."""
        self._ingester.stop()

    def when_read(self, logged: Counter[str]) -> StoreSnapshot:
        """The snapshot that holds so many summaries by plugin; after some seconds the newest, whatever it holds."""
        deadline = time.monotonic() + _PATIENCE
        while counted(self._ingester.snapshot) != logged and time.monotonic() < deadline:
            time.sleep(_PAUSE)
        return self._ingester.snapshot


def counted(snapshot: StoreSnapshot) -> Counter[str]:
    """How many points, histograms, images and texts there are, by their plugins' names."""
    counts: Counter[str] = Counter()
    for series in snapshot.scalars.values():
        counts[plugins.SCALARS] += len(series.steps)
    for key, blobs in snapshot.blobs.items():
        if key.plugin in (plugins.HISTOGRAMS, plugins.IMAGES, plugins.TEXT):
            counts[key.plugin] += len(blobs.steps)
    return counts
