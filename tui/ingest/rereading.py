"""Reads a run's files once more, from their starts up to where they were read: the points that were let go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tui.model import ScalarBatch
from tui.reader.decode import EventDecoder
from tui.reader.event_file import EventFileReader
from tui.reader.scalar_blocks import FastTools
from tui.reader.stream import EventStream
from tui.store.run import GrowingRun


@dataclass(slots=True)
class _Part:
    """A file: `reader` follows it and goes on doing so, `stream` begins anew."""

    reader: EventFileReader
    decoder: EventDecoder
    stream: EventStream

    @property
    def ended(self) -> bool:
        return self.stream.offset >= self.reader.offset


class Rereading:
    """One run. Call `read` until it returns False; then `whole` has the run's scalars, unless it has `failed`.

    What else is in the files was told when they were read first, problems included, and is passed over. It has failed
    where a file is gone or is no longer the one that was read; the reader that follows it finds out what became of it.
    """

    def __init__(
        self,
        name: str,
        readers: Iterable[EventFileReader],
        tag_plugins: Mapping[str, str],
        *,
        breathe: Callable[[], None],
        tools: FastTools,
    ) -> None:
        """
        Args:
            name: the run.
            readers: those of its files, oldest first.
            tag_plugins: what is known of the run's tags.
            breathe: called every few records, to let other threads run.
            tools: what files share that are read on the same thread.
        """
        self.whole = GrowingRun(name)
        self.failed = False
        self._parts = []
        for reader in readers:
            decoder = EventDecoder(name, reader.path, dict(tag_plugins))
            self._parts.append(_Part(reader, decoder, EventStream(decoder, breathe=breathe, tools=tools)))

    @property
    def readers(self) -> list[EventFileReader]:
        """Those that follow the files, oldest first."""
        return [part.reader for part in self._parts]

    @property
    def name(self) -> str:
        """The run."""
        return self.whole.name

    def read(self) -> bool:
        """Read a chunk; returns whether there is more."""
        part = next((part for part in self._parts if not part.ended), None)
        if part is None:
            # A file that began anew, or another one in its place, ends with another record at least.
            self.failed |= any(part.stream.last != part.reader.last for part in self._parts)
        if part is None or self.failed:
            return False
        before = part.stream.offset
        try:
            part.reader.read_again(part.stream)
        except (OSError, MemoryError):
            self.failed = True
            return False
        self.failed = part.stream.offset == before
        if part.ended or part.decoder.full:
            self._take(part.decoder)
        return not self.failed

    def _take(self, decoder: EventDecoder) -> None:
        for batch in decoder.take():
            if isinstance(batch, ScalarBatch) and len(batch.steps):
                self.whole.add_scalars(batch)
