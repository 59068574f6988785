"""By which record a file is known again."""

from __future__ import annotations

from typing import NamedTuple

from logging_lib.tfevents.record import FOOTER_BYTES


class Mark(NamedTuple):
    """The payload of a record that was read: where it lies, how long it is, and its CRC."""

    offset: int
    length: int
    crc: int

    @property
    def end(self) -> int:
        """Where the record ends in the file."""
        return self.offset + self.length + FOOTER_BYTES
