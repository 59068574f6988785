"""Masked checksums, of data as a whole and in parts."""

from __future__ import annotations

import pytest

from logging_lib.tfevents.crc32c import mask, masked_crc32c, masked_crc32c_of


def test_a_mask_rotates_by_15_bits_and_adds_a_constant() -> None:
    assert [mask(crc) for crc in (0, 1, 0x8000, 0xFFFFFFFF)] == [0xA282EAD8, 0xA284EAD8, 0xA282EAD9, 0xA282EAD7]


@pytest.mark.parametrize("parts", [[], [b""], [b"123456789"], [b"12345", b"", b"6789"], [b"%d" % n for n in range(10)]])
def test_parts_have_the_checksum_of_the_whole(parts: list[bytes]) -> None:
    assert masked_crc32c_of(iter(parts)) == masked_crc32c(b"".join(parts))


def test_the_checksum_that_the_algorithm_is_known_by() -> None:
    assert masked_crc32c_of([b"1234", b"56789"]) == mask(0xE3069283)
