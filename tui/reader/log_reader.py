"""What reads one growing file, whatever wrote it: the interface that event files' reader and those of peers share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from tui.model import Batch
from tui.reader.continuity import Identity
from tui.reader.unchecked import Unchecked


class LogReader(Protocol):
    """A file of a run. `look` notices growth, `read` decodes a chunk while it is `pending`, `take` hands out the data.

    `size` and `mtime` are as of the last look that found it changed, which was at `changed_at` (monotonic); `identity`
    is of the file that was read, None before the first look.
    EventFileReader says what its members mean in full.
    """

    run: str
    path: str
    size: int
    mtime: float
    changed_at: float
    identity: Identity | None

    @property
    def offset(self) -> int:
        """How many bytes have been read."""

    @property
    def pending(self) -> bool:
        """Whether there is something to read, as far as the last look showed."""

    @property
    def full(self) -> bool:
        """Whether so much was read since the last `take` that it should be taken before more is read."""

    @property
    def unchecked(self) -> Unchecked:
        """The data that were passed over, and not checked yet."""

    def look(self, *, opened: bool = False) -> list[Batch]:
        """Notice whether the file has changed; `opened`: by opening it."""

    def read(self) -> list[Batch]:
        """Decode the next chunk, for `take`; returns what there is to tell about the file itself."""

    def take(self) -> Iterator[Batch]:
        """The data that was read since the last call."""

    def check(self) -> list[Batch]:
        """Check the newest data that were passed over."""

    def is_now(self, path: str) -> bool:
        """Whether the file that was read goes by this other name now, and no more by its own."""

    def forget(self) -> list[Batch]:
        """Read from the start from now on; nothing that was read counts any more."""
