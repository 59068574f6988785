"""What tells that a file is still the one that was read, and where its data ends."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from logging_lib.tfevents.record import HEADER_BYTES, encode_record, masked_crc32c
from tui.reader.continuity import end_of_data, holds_record
from tui.reader.mark import Mark
from tui.reader.regular_file import open_unbuffered

HELD_ZEROS = 8
"""As many as no whole record ends in."""
PAYLOAD = b"payload"
MARK = Mark(3 + HEADER_BYTES, len(PAYLOAD), masked_crc32c(PAYLOAD))


@pytest.mark.parametrize(
    ("record", "held"),
    [
        (encode_record(PAYLOAD), True),
        (encode_record(b"another"), False),
        (encode_record(PAYLOAD)[:-1], False),
        (encode_record(b"longer payload")[:HEADER_BYTES] + encode_record(PAYLOAD)[HEADER_BYTES:], False),
        (b"", False),
    ],
    ids=["the same", "another of that length", "cut off", "another length", "nothing"],
)
def test_a_record_is_known_by_its_length_and_its_crc(tmp_path: Path, record: bytes, held: bool) -> None:
    (tmp_path / "file").write_bytes(b"abc" + record)
    with open_unbuffered(str(tmp_path / "file")) as file:
        assert holds_record(file, MARK) is held


@pytest.mark.parametrize("last", [b"\x01", b"X"])
@pytest.mark.parametrize("zeros", [0, 1, HELD_ZEROS - 1, HELD_ZEROS, HELD_ZEROS + 1, 3 * HELD_ZEROS, 3 << 20])
@pytest.mark.parametrize("start", [0, 100])
def test_many_zeros_at_the_end_are_no_data_yet(tmp_path: Path, last: bytes, zeros: int, start: int) -> None:
    data = struct.pack("<50Q", *range(50)) + last
    (tmp_path / "file").write_bytes(data + bytes(zeros))
    breaths: list[int] = []
    with open_unbuffered(str(tmp_path / "file")) as file:
        end = end_of_data(file, start, len(data) + zeros, lambda: breaths.append(1))
    assert end == (len(data) if zeros >= HELD_ZEROS else len(data) + zeros)
    assert bool(breaths) == (zeros >= HELD_ZEROS)


@pytest.mark.parametrize("zeros", [HELD_ZEROS - 1, HELD_ZEROS])
def test_all_since_the_start_may_be_zeros(tmp_path: Path, zeros: int) -> None:
    (tmp_path / "file").write_bytes(b"abc" * 9 + bytes(zeros))
    with open_unbuffered(str(tmp_path / "file")) as file:
        assert end_of_data(file, 27, 27 + zeros, lambda: None) == (27 if zeros >= HELD_ZEROS else 27 + zeros)
