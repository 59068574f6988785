"""Long records whose data were passed over, and whether they are intact: found out later, when there is time."""

from __future__ import annotations

import os
import struct
from array import array
from collections.abc import Callable, Iterator
from io import FileIO

from logging_lib.tfevents.crc32c import masked_crc32c_of
from logging_lib.tfevents.record import FOOTER_BYTES
from tui.reader.read_at import read_at

_PART_BYTES = 1 << 20
_CRC = struct.Struct("<I")


class Unchecked:
    """The payloads of a file that are still to be checked: 16 bytes each, for there may be a million."""

    def __init__(self) -> None:
        self.bytes = 0
        """How many bytes they are."""
        self._offsets = array("q")
        self._lengths = array("q")

    def __len__(self) -> int:
        return len(self._offsets)

    def add(self, offset: int, length: int) -> None:
        """Have a payload checked, before those that were added earlier: the newest are looked at first."""
        self._offsets.append(offset)
        self._lengths.append(length)
        self.bytes += length

    @property
    def next(self) -> tuple[int, int]:
        """Offset and length of the one to be checked next; there must be one."""
        return self._offsets[-1], self._lengths[-1]

    def drop_next(self) -> None:
        """It is checked."""
        self.bytes -= self._lengths.pop()
        self._offsets.pop()


def is_intact(file: FileIO, offset: int, length: int, breathe: Callable[[], None]) -> bool:
    """Whether a payload's CRC is right; where the file ends before it does, it is not.

    Raises:
        OSError: the file cannot be read.
    """
    crc = masked_crc32c_of(_parts(file, offset, length, breathe))
    return read_at(file, FOOTER_BYTES, offset + length) == _CRC.pack(crc)


def _parts(file: FileIO, offset: int, length: int, breathe: Callable[[], None]) -> Iterator[bytes]:
    end = offset + length
    while offset < end:
        part = os.pread(file.fileno(), min(_PART_BYTES, end - offset), offset)
        if not part:
            return
        yield part
        offset += len(part)
        breathe()
