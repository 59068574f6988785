"""Payloads that are checked later: which comes next, and whether one is intact."""

from __future__ import annotations

from io import FileIO
from pathlib import Path

import pytest

from logging_lib.tfevents.record import HEADER_BYTES, encode_record
from tui.reader.unchecked import Unchecked, is_intact


@pytest.mark.parametrize("length", [0, 5, 1 << 20, (1 << 20) + 1, 3 << 20])
def test_payloads_are_checked_in_parts(length: int, tmp_path: Path) -> None:
    payload = bytes(range(251)) * (length // 251) + bytes(length % 251)
    path = tmp_path / "file"
    breaths: list[int] = []
    for data, intact in (
        (encode_record(payload) + b"more", True),
        (encode_record(payload)[:-1], False),
        (encode_record(payload)[:-4], False),
        (encode_record(payload)[: HEADER_BYTES + length // 2], False),
        (encode_record(payload)[:-4] + b"\0\0\0\0", False),
    ):
        path.write_bytes(data)
        breaths.clear()
        with FileIO(path) as file:
            assert is_intact(file, HEADER_BYTES, length, lambda: breaths.append(1)) == intact
        if intact:
            assert len(breaths) == -(-length // (1 << 20))


def test_the_newest_comes_first_and_all_are_counted() -> None:
    unchecked = Unchecked()
    unchecked.add(10, 100)
    unchecked.add(200, 50)
    assert (len(unchecked), unchecked.bytes, unchecked.next) == (2, 150, (200, 50))
    unchecked.drop_next()
    assert (len(unchecked), unchecked.bytes, unchecked.next) == (1, 100, (10, 100))
    unchecked.drop_next()
    assert (len(unchecked), unchecked.bytes) == (0, 0)
