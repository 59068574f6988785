"""How far reading is, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tui.ingest.pulse import Silence


@dataclass(frozen=True, slots=True)
class IngestStatus:
    """How far reading is.

    `loading` is True until everything that was there at the start has been read. `mode` tells whether the file
    system announces changes, of some logdirs at least; `detail` says in one line what is polled and why. `error` is
    set when ingest stopped for good. `poll_seconds`: files that may grow are looked at once in about so many.
    `silence` says who has not answered since when; None while there are answers. `again` runs are to be read again,
    since their points were let go; of `in_outline` runs that are looked at they do not fit the limit of memory.
    """

    bytes_read: int
    bytes_total: int
    files: int
    loading: bool
    mode: Literal["inotify", "poll"]
    detail: str
    error: str | None
    poll_seconds: int = 1
    silence: Silence | None = None
    again: int = 0
    in_outline: int = 0
