"""A file is the old one until the new one is whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from logging_lib.whole_file import write_whole


def test_a_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for pieces in ([b"old"], [b"n", b"", b"ew"], []):
        write_whole(path, pieces)
        assert path.read_bytes() == b"".join(pieces)
    assert list(tmp_path.iterdir()) == [path]


def test_one_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def pieces() -> Iterator[bytes]:
        yield b"n"
        assert path.read_bytes() == b"old"
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        write_whole(path, pieces())
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_no_place_for_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(IsADirectoryError):
        write_whole(tmp_path / "file", [b"x"])
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "nowhere" / "file", [b"x"])
    assert [path.name for path in tmp_path.rglob("*")] == ["file"]
