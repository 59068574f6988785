"""Brings one file of the mirror up to date: continues it where it stopped, or puts new content in its place."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import BinaryIO, NamedTuple

from tui.remote.mirror import OVERLAP_BYTES, Known, Mirror, write_all
from tui.remote.names import only_grows
from tui.remote.store import BeyondError, Entry, RemoteStore, Stream, UnexpectedError

# Of each file so much first, so that all show something soon, then so much at a time.
FIRST_BYTES = 1 << 20
SLICE_BYTES = 1 << 24
_NO_END = 1 << 62


MOST_ASSET_BYTES = 1 << 30


class TooLargeError(Exception):
    """A file that is no event file, and more than anybody would look at; the message says how large."""


class Plan(Enum):
    """What is to be done about a file."""

    NOTHING = "nothing"
    GROW = "grow"
    REPLACE = "replace"


class Outcome(NamedTuple):
    """`more`: there is more of it to fetch. `total` is the remote file's size."""

    more: bool
    total: int


def plan(entry: Entry, size: int | None, known: Known | None) -> Plan:
    """What a listing means for a file of which `size` bytes are here, None where none is.

    An entry without a size tells nothing: it is to be asked for.
    """
    told = None if entry.size is None else Known(entry.size, entry.mtime, entry.tag)
    if told is not None and known == told:
        return Plan.NOTHING
    if not only_grows(entry.name):
        # A half of it is of no use: what is here is asked after, everything else fetched as a whole.
        return Plan.GROW if entry.size is None and known is not None else Plan.REPLACE
    if size is None or entry.size is None:
        return Plan.GROW
    if entry.size < size:
        return Plan.REPLACE
    # The same length and another tag is other content; without tags, a file that was touched is only looked at.
    if known is not None and entry.size == size and known.tag != entry.tag:
        return Plan.REPLACE
    return Plan.GROW


class Fetcher:
    """Fetches from a store into a mirror, for several threads, each with another file.

    `breathe` is called between pieces and may raise to end it; `on_bytes` is told how many have come to stay.
    """

    def __init__(
        self, store: RemoteStore, mirror: Mirror, breathe: Callable[[], None], on_bytes: Callable[[int], None]
    ) -> None:
        self._store, self._mirror = store, mirror
        self._breathe, self._on_bytes = breathe, on_bytes

    def bring(self, entry: Entry) -> Outcome:
        """Do what the entry asks for, or a slice of it.

        Raises:
            Exception: of the store's protocol, or an OSError of the mirror's disk; what came stays.
        """
        name = entry.name
        size, known = self._mirror.size(name), self._mirror.known(name)
        wanted = plan(entry, size, known)
        if wanted is Plan.NOTHING:
            return Outcome(False, size or 0)
        if wanted is Plan.REPLACE:
            return self._replace(entry)
        return self._grow(entry, size, known)

    def _grow(self, entry: Entry, size: int | None, known: Known | None) -> Outcome:
        have = size or 0
        start = max(0, have - OVERLAP_BYTES)
        end = have + (FIRST_BYTES if not have else SLICE_BYTES)
        if entry.size == 0:
            return self._finish(entry, Known(0, entry.mtime, entry.tag))
        # Where the listing tells no size, whether there is anything new is asked with the same request.
        unless = known.tag if known is not None and entry.size is None and known.size == have else None
        try:
            stream = self._store.open(entry.name, start, end, entry, unless)
        except BeyondError:
            return self._replace(entry)
        if stream is None:
            return Outcome(False, have)
        try:
            follows = self._append(entry.name, stream, start, have, known)
        finally:
            stream.close()
        return self._judge(entry, stream, have) if follows else self._replace(entry)

    def _append(self, name: str, stream: Stream, start: int, have: int, known: Known | None) -> bool:
        """Take what a stream brings; False where it does not continue what is here."""
        is_other = known is not None and not only_grows(name) and known.tag != stream.tag
        if stream.total < have or is_other:
            return False
        overlap = self._mirror.tail(name) if have else b""
        # A server that knows no ranges sends all of it from its beginning.
        ahead, seen = start - stream.start, b""
        if ahead < 0:
            raise UnexpectedError(f"the server sent what begins at byte {stream.start}, not {start}")
        while data := stream.read():
            self._breathe()
            if ahead:
                data, ahead = data[ahead:], max(0, ahead - len(data))
            if missing := len(overlap) - len(seen):
                seen += data[:missing]
                data = data[missing:]
                if not overlap.startswith(seen):
                    return False
            if data:
                self._mirror.append(name, data, stream.mtime)
                self._on_bytes(len(data))
        return len(seen) == len(overlap)

    def _judge(self, entry: Entry, stream: Stream, before: int) -> Outcome:
        """Whether that was all of it. A server that says there is more and sends nothing would be asked for ever."""
        have = self._mirror.size(entry.name) or 0
        if before == have < stream.total:
            raise UnexpectedError(f"the server sent nothing of it from byte {have} on, of {stream.total}")
        if have < stream.total:
            return Outcome(True, stream.total)
        return self._finish(entry, Known(stream.total, stream.mtime, stream.tag))

    def _finish(self, entry: Entry, known: Known) -> Outcome:
        if self._mirror.size(entry.name) is None:
            self._mirror.append(entry.name, b"", known.mtime)
        # What the listing said is what the next one is compared with, where both tell of the same content.
        same = entry.size == known.size and entry.tag == known.tag
        self._mirror.note(entry.name, Known(known.size, entry.mtime, entry.tag) if same else known)
        return Outcome(False, known.size)

    def _replace(self, entry: Entry) -> Outcome:
        """Fetch all of it beside the file, in one answer, which is of one content; then put it in the file's place."""
        file, part = self._mirror.new_part(entry.name)
        with file:
            try:
                known = self._whole(entry, file)
                self._mirror.replace(entry.name, part, known)
            finally:
                part.unlink(missing_ok=True)
        return Outcome(False, known.size)

    def _whole(self, entry: Entry, file: BinaryIO) -> Known:
        try:
            stream = self._store.open(entry.name, 0, _NO_END, entry, None)
        except BeyondError:
            stream = None
        if stream is None:
            return Known(0, entry.mtime, entry.tag)
        try:
            if not only_grows(entry.name) and stream.total > MOST_ASSET_BYTES:
                raise TooLargeError(f"{stream.total} bytes, {MOST_ASSET_BYTES} at most; not fetched")
            while data := stream.read():
                self._breathe()
                write_all(file, data)
                self._on_bytes(len(data))
        finally:
            stream.close()
        return Known(stream.total, stream.mtime, stream.tag)
