"""Whether a file still holds what was read of it: its last record, damaged stretches, the zeros at its end."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from io import FileIO
from typing import NamedTuple

from logging_lib.tfevents.crc32c import masked_crc32c
from logging_lib.tfevents.record import FOOTER_BYTES, HEADER_BYTES, encode_header
from tui.reader.mark import Mark
from tui.reader.read_at import read_at

SAMPLE_BYTES = 1 << 16

_CRC = struct.Struct("<I")
# No whole record ends in so many zeros: its CRC would be zero, and its payload would end in some.
_HELD_ZEROS = 8
_SCAN_BYTES = 1 << 20

Identity = tuple[int, int]
"""Device and inode."""


class State(NamedTuple):
    """What a stat shows of a file's content; while it is the same, so is the content."""

    identity: Identity
    size: int
    mtime: int

    @classmethod
    def of(cls, status: os.stat_result) -> State:
        """The state that a stat found; `mtime` is in ns."""
        return cls((status.st_dev, status.st_ino), status.st_size, status.st_mtime_ns)

    def is_shown_by(self, status: os.stat_result) -> bool:
        """As `State.of(status) == self`, in half the time: thousands of files are asked every second."""
        return (
            status.st_mtime_ns == self.mtime
            and status.st_size == self.size
            and (status.st_dev, status.st_ino) == self.identity
        )


class Sample(NamedTuple):
    """Some bytes of a file when they were read: where, how many, and their CRC."""

    offset: int
    length: int
    crc: int

    @classmethod
    def take(cls, file: FileIO, offset: int, length: int) -> Sample:
        """Read these bytes; fewer where the file ends before."""
        data = read_at(file, length, offset)
        return cls(offset, len(data), masked_crc32c(data))

    def is_in(self, file: FileIO) -> bool:
        """Whether the bytes are still what they were."""
        return Sample.take(file, self.offset, self.length) == self

    def differs_in(self, file: FileIO) -> bool:
        """Whether the bytes are others, and not just fewer."""
        now = Sample.take(file, self.offset, self.length)
        return now.length == self.length and now.crc != self.crc


def holds_record(file: FileIO, mark: Mark) -> bool:
    """Whether a record of this length and CRC stands in this place, by its header and its footer."""
    header = read_at(file, HEADER_BYTES, mark.offset - HEADER_BYTES)
    footer = read_at(file, FOOTER_BYTES, mark.offset + mark.length)
    return header == encode_header(mark.length) and footer == _CRC.pack(mark.crc)


def end_of_data(file: FileIO, start: int, size: int, breathe: Callable[[], None]) -> int:
    """Where a file of `size` bytes ends, but for zeros, of which it may hold some behind `start` already.

    A file system may lengthen a file before the data arrives (NFS, or a crash in between): until something follows
    the zeros, they may still become records, and so they are as good as not there.
    """
    end, stride = size, _HELD_ZEROS
    while end - start >= _HELD_ZEROS:
        begin = max(start, end - stride)
        data = read_at(file, end - begin, begin).rstrip(b"\0")
        end = begin + len(data)
        if data:
            break
        stride = _SCAN_BYTES
        breathe()
    return end if size - end >= _HELD_ZEROS else size
