"""Masked CRC32C, the checksum of event file records.

Source: tensorflow/core/lib/hash/crc32c.h. The mask keeps the CRC of data that itself embeds CRCs meaningful.
"""

from __future__ import annotations

from collections.abc import Iterable

from crc32c import crc32c

MASK_DELTA = 0xA282EAD8
_UINT32 = 0xFFFFFFFF


def mask(crc: int) -> int:
    """Rotate a CRC right by 15 bits and add a constant, modulo 2**32."""
    return (((crc >> 15) | (crc << 17)) + MASK_DELTA) & _UINT32


def masked_crc32c(data: bytes | bytearray | memoryview) -> int:
    """The masked CRC32C of `data`, as it is stored after a record's length and after its payload."""
    return mask(crc32c(data))


def masked_crc32c_of(parts: Iterable[bytes]) -> int:
    """The masked CRC32C of data that comes in parts."""
    crc = 0
    for part in parts:
        crc = crc32c(part, crc)
    return mask(crc)
