"""The projector's tables of numbers and text."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from tui.reader.payload import Metadata, PayloadError, embedding, read_embedding, read_metadata


def file(tmp_path: Path, data: bytes) -> str:
    path = tmp_path / "table"
    path.write_bytes(data)
    return str(path)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"1\t2\n3\t4\n", [[1, 2], [3, 4]]),
        (b"1\n2", [[1], [2]]),
        (b"\r\n-1.5e3\tinf\r\n\r\n", [[-1500, np.inf]]),
        (b"0.1\n1e39\n", [[np.float32(0.1)], [np.inf]]),
    ],
)
def test_lines_of_numbers(tmp_path: Path, data: bytes, expected: list[list[float]]) -> None:
    points = read_embedding(file(tmp_path, data))
    assert (points.dtype, points.tolist()) == (np.float32, expected)


def test_raw_numbers(tmp_path: Path) -> None:
    points = np.array([[1, 2, 3], [4, 5, np.nan]], "<f4")
    path = file(tmp_path, points.tobytes())
    np.testing.assert_array_equal(read_embedding(path, (2, 3)), points)
    for shape in ((), (6,), (2, 2), (1, 2, 3)):
        with pytest.raises(PayloadError, match="no table of numbers"):
            read_embedding(path, shape)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "nothing in it"),
        (b" \n\n", "nothing in it"),
        (b"1\t2\n3\n", "the number of columns changed from 2 to 1 at row 2$"),
        (b"1\tx\n", "could not convert string 'x'"),
        (b"1\t\n", "could not convert string ''"),
        (b"\xff", "can't decode byte"),
    ],
)
def test_no_table_of_numbers(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(PayloadError, match=message):
        read_embedding(file(tmp_path, data))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", Metadata((), ())),
        (b"a\nb\n", Metadata((), (("a",), ("b",)))),
        (b"name\tclass\na\t1\r\n\nb\t2", Metadata(("name", "class"), (("a", "1"), ("b", "2")))),
        (b"name\tclass\na\n\xff\t\tx\n", Metadata(("name", "class"), (("a",), ("\ufffd", "", "x")))),
        ("a\u2028\x0bb\n".encode(), Metadata((), (("a\u2028\x0bb",),))),
    ],
)
def test_lines_of_text(tmp_path: Path, data: bytes, expected: Metadata) -> None:
    assert read_metadata(file(tmp_path, data)) == expected


def test_files_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = file(tmp_path, b"1\t2\n\n\n")
    monkeypatch.setattr(embedding, "MOST_FIELDS", 3)
    with pytest.raises(PayloadError, match="more than 3 fields"):
        read_metadata(path)
    monkeypatch.setattr(embedding, "MOST_BYTES", 5)
    for read in (read_embedding, read_metadata):
        with pytest.raises(PayloadError, match="more than 5 bytes"):
            read(path)


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for path, message in [
        (str(tmp_path / "fifo"), "no regular file"),
        (str(tmp_path), "Is a directory"),
        (str(tmp_path / "none"), "No such file or directory"),
        ("\0", "no file can have that name"),
    ]:
        with pytest.raises(PayloadError, match=message):
            read_embedding(path)
