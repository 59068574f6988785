"""Tails one event file: what was appended since the last look is decoded, chunk by chunk, and collected."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator
from io import FileIO
from pathlib import Path
from typing import NamedTuple

from logging_lib.tfevents.record import HEADER_BYTES, Record, RecordDecoder
from tui.model import Batch, Forgotten, Problem, RunActivity
from tui.reader.complaint import Complaint
from tui.reader.continuity import SAMPLE_BYTES, Identity, Sample, State, end_of_data, holds_record
from tui.reader.decode import EventDecoder
from tui.reader.evidence import Doubt, Evidence
from tui.reader.file_status import is_gone, once_more_if_stale, opened_status
from tui.reader.mark import Mark
from tui.reader.regular_file import open_unbuffered
from tui.reader.scalar_blocks import FastTools
from tui.reader.stream import CHUNK_BYTES, EventStream
from tui.reader.unchecked import Unchecked, is_intact

_ZEROS = "zeros, which are not written yet or were lost in a crash,"
_DAMAGED = "payload fails its CRC;"
_NO_MEMORY = "not enough memory for a record of this file; it is read no further"


class _Cut(NamedTuple):
    """What a file was before it lost bytes: how many had been read, and the first of them."""

    size: int
    head: Sample


class EventFileReader:
    """Reads one growing file.

    A truncated record at the end is a state: reading goes on when the rest arrives. Zeros at the end are told, and
    not read until something follows them. Damage, and a file that cannot be read, become Problems, each reported
    once. The file is open only during `read`, so that a logdir of thousands of files needs no thousands of
    descriptors.

    A file that changed still holds what was read of it where its last record stands in its place. So does another
    file in its place that is a copy of it and has grown (rsync and editors replace files like that). Where it does
    not, since the file was truncated or rewritten, what was read is Forgotten, and the file is read from its start;
    likewise where a damaged stretch has become something else: a network file system may show the data late, so a file
    with damage or zeros at its end is read again some times, for two minutes, though it does not seem to change.
    Earlier changes than of the last record are not looked for.

    The data of long records were passed over: `check` checks them, when there is nothing to read.

    Invariants: `offset` bytes have been read, of `size` that were there at the last look; `_state` is the file's
    state in which all of it was read.
    """

    def __init__(
        self,
        decoder: EventDecoder,
        *,
        breathe: Callable[[], None] = lambda: None,
        fast: bool = True,
        tools: FastTools | None = None,
    ) -> None:
        """
        Args:
            decoder: collects the events; names the run and the file.
            breathe: called every few records, to let other threads run.
            fast: whether many records may be decoded at once; the outcome is the same.
            tools: what the fast paths of files share that are read on the same thread.
        """
        self.run = decoder.run
        self.path = decoder.path
        self.size = 0
        self.mtime = 0.0
        self.changed_at = -math.inf
        """By `time.monotonic`, when the file was last seen to have changed; at first, as its own time tells."""
        self.identity: Identity | None = None
        """Of the file that was read, or is to be; None until it was looked at."""
        self._decoder = decoder
        self._breathe = breathe
        self._fast, self._tools = fast, tools
        self._stream = EventStream(decoder, breathe=breathe, fast=fast, tools=tools)
        self._state: State | None = None
        self._changed = False
        self._doubt = Doubt()
        # What was read is to be compared with the file before more is read.
        self._unsure = False
        self._complaint = Complaint(self.path)
        # Set while the complaint is that the file lost bytes.
        self._cut: _Cut | None = None
        self._evidence = Evidence()
        self._blocked = False
        self._no_memory = False
        self._forgetful = False
        # Payloads that failed their CRC when they were checked, by offset, with their lengths; 0 for those that are
        # checked twice: once more after the file changed, for a network file system may have shown them too early.
        self._damaged: dict[int, int] = {}

    @property
    def offset(self) -> int:
        """How many bytes have been read."""
        return self._stream.offset

    @property
    def last(self) -> Mark | None:
        """The last whole record that was read."""
        return self._stream.last

    @property
    def pending(self) -> bool:
        """Whether there is something to read, as far as the last look showed."""
        return self._changed and not self._blocked

    @property
    def full(self) -> bool:
        """Whether so much was read since the last `take` that it should be taken before more is read."""
        return self._decoder.full

    @property
    def unchecked(self) -> Unchecked:
        """The data that were passed over, and not checked yet."""
        return self._stream.unchecked

    def check(self) -> list[Batch]:
        """Check the newest data that were not; returns what there is to tell. To be called when nothing is pending.

        Where the file is another by now, or cannot be read, they stay unchecked: the next look is to find out.
        """
        offset, length = self.unchecked.next
        try:
            with open_unbuffered(self.path) as file:
                state = State.of(os.fstat(file.fileno()))
                if not self._may_follow(state):
                    return []
                intact = is_intact(file, offset, length, self._breathe)
        except OSError as error:
            return self._miss(error)
        self.unchecked.drop_next()
        if intact and offset in self._damaged:
            return [*self.forget(), RunActivity(self.run, self.path, 0, None, None)]
        if intact or offset in self._damaged:
            return []
        self._damaged[offset] = length
        return [Problem(self.path, offset - HEADER_BYTES, f"{_DAMAGED} {length} bytes that cannot be shown")]

    def look(self, *, opened: bool = False) -> list[Batch]:
        """Notice whether the file has changed.

        `opened`: by opening it, for file systems that answer from memory where it is not.
        """
        try:
            status = once_more_if_stale(opened_status if opened else os.stat, self.path)
        except OSError as error:
            return self._miss(error)
        if self._state is not None and self._state.is_shown_by(status):
            self._changed = self._unsure = self._doubt.is_due
            return []
        state = State.of(status)
        if (state.size, status.st_mtime) != (self.size, self.mtime):
            self._note_change(status.st_mtime, is_first=self.identity is None)
        self.size, self.mtime = state.size, status.st_mtime
        if not self.offset:
            self.identity = state.identity
        elif self._no_memory and self._may_follow(state):
            return self._block(_NO_MEMORY)
        self._blocked = False
        self._changed = state != self._state and (state.size > 0 or self.offset > 0)
        self._unsure = self._changed
        # A file that cannot be opened is tried again when it is read; an empty one that was gone is back.
        return [] if self._changed else self._complaint.say(None)

    def _note_change(self, mtime: float, *, is_first: bool) -> None:
        """Keep when it was. The clock of the file's server may be hours behind ours, or ahead."""
        self.changed_at = time.monotonic()
        if is_first:
            self.changed_at -= max(time.time() - mtime, 0.0)

    def read(self) -> list[Batch]:
        """Decode the next chunk, for `take`; returns what there is to tell about the file itself.

        The file is no longer pending when it cannot be read now.
        """
        told: list[Batch] = []
        try:
            once_more_if_stale(self._read_opened, told)
        except OSError as error:
            told += self._miss(error)
        except MemoryError:
            self._no_memory = True
            told += self._block(_NO_MEMORY)
        return told

    def read_again(self, stream: EventStream) -> None:
        """Decode the next chunk of what was read already, into another stream.

        Raises:
            OSError: the file cannot be read.
            MemoryError: a record is too large.
        """
        with open_unbuffered(self.path) as file:
            stream.read(file, self.offset)

    def take(self) -> Iterator[Batch]:
        """The data that was read since the last call."""
        return self._decoder.take()

    def is_now(self, path: str) -> bool:
        """Whether the file that was read goes by this other name now, and no more by its own."""
        last = self._stream.last
        try:
            if not is_gone(self.path) or State.of(os.stat(path)).identity != self.identity:  # noqa: PTH116 - as above
                return False
            with open_unbuffered(path) as file:
                return last is None or holds_record(file, last)
        except OSError:
            return False

    def forget(self) -> list[Batch]:
        """Read from the start from now on; nothing that was read counts any more."""
        self._decoder.restart()
        self._stream = EventStream(self._decoder, breathe=self._breathe, fast=self._fast, tools=self._tools)
        self._evidence = Evidence()
        self._damaged.clear()
        self._state = self._cut = self._complaint.reason = None
        self._no_memory = self._blocked = self._forgetful = False
        return [Forgotten(self.run, self.path)]

    def _read_opened(self, told: list[Batch]) -> None:
        with open_unbuffered(self.path) as file:
            self._read_on(file, told)

    def _read_on(self, file: FileIO, told: list[Batch]) -> None:
        state = State.of(os.fstat(file.fileno()))
        self.size = state.size
        if self.offset and (self._unsure or self._forgetful or not self._may_follow(state)):
            self._compare(file, state, told)
        if state != self._state:
            self._doubt.restart()
        self.identity, self._unsure, self._no_memory = state.identity, False, False
        before = self.offset
        end = end_of_data(file, before, state.size, self._breathe)
        told += self._judge(file, state, end)
        if end > before:
            damage = self._stream.read(file, end)
            told += damage
            # An error on the way leaves damage that could not be told from what it may become.
            self._forgetful = bool(damage)
            self._evidence.gather(file, damage, self.offset)
            self._forgetful = False
            self._evidence.gather_head(file, self.offset)
        if self.offset >= end:
            self._state, self._changed = state, False
            self._doubt.next(doubtful=end < state.size or self._evidence.shows_damage)
        elif self.offset == before:  # it was cut since; the next look finds what there is
            self._changed = False

    def _may_follow(self, state: State) -> bool:
        """Whether the file's content might be what was read, and more."""
        return state.identity == self.identity and state.size >= self.offset

    def _compare(self, file: FileIO, state: State, told: list[Batch]) -> None:
        """Make sure that what was read is still there; else go back to where it is."""
        last = self._stream.last
        kept = last.end if last else 0
        followed = self._may_follow(state)
        open_tail = not self._evidence.shows_damage_from(kept)
        changed = self._forgetful or (last and not holds_record(file, last))
        if changed or not self._evidence.is_in(file):
            self._start_over(file, state, told)
            return
        for offset, length in self._damaged.items():
            if length:
                self.unchecked.add(offset, length)
                self._damaged[offset] = 0
        if kept < self.offset and (not followed or (open_tail and self.offset - kept <= SAMPLE_BYTES)):
            # What there was of an unfinished record may have become anything.
            self._stream.resume(kept)

    def _start_over(self, file: FileIO, state: State, told: list[Batch]) -> None:
        """Forget what was read. Another file in its place is a new beginning; one that lost bytes is a Problem.

        It is one until the file is as long again, or shows that it begins with something else.
        """
        read, head = (self.offset, self._evidence.head) if self._cut is None else self._cut
        told += [*self.forget(), RunActivity(self.run, self.path, 0, None, None)]
        if state.identity == self.identity and state.size < read and head and not head.differs_in(file):
            self._cut = _Cut(read, head)
            shrank = f"file shrank from {read} to {state.size} bytes; it was read again from its start"
            told += self._complaint.say(shrank)

    def _judge(self, file: FileIO, state: State, end: int) -> list[Batch]:
        """Say what is wrong with the file's content, of which `end` bytes are no mere zeros, or take it back."""
        if self._cut is not None and state.size < self._cut.size and not self._cut.head.differs_in(file):
            return []
        self._cut = None
        return self._complaint.say(None if end == state.size else f"{_ZEROS} from byte {end} to its end")

    def _miss(self, error: OSError) -> list[Batch]:
        """It cannot be read now; when it can, it is looked at anew."""
        self._state = self._cut = None
        self._blocked = True
        return self._complaint.miss(error)

    def _block(self, reason: str) -> list[Batch]:
        self._blocked = True
        return self._complaint.say(reason)


def looks_like_events(path: Path) -> bool:
    """Whether a file starts with a whole, intact record.

    Raises:
        OSError: it cannot be read.
    """
    with open_unbuffered(path) as file:
        first = next(iter(RecordDecoder().feed(file.read(CHUNK_BYTES))), None)
    return isinstance(first, Record)
