"""The projector's tables of numbers and text."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from tui.reader.payload import Metadata, PayloadError, embedding, embedding_shape, read_embedding, read_metadata


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
        (b"", "no table of numbers: nothing in it$"),
        (b" \n\n", "no table of numbers: nothing in it$"),
        (b"1\t2 # note\n", "could not convert string '2 # note'"),
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
    monkeypatch.setattr(embedding, "MOST_FIELDS", 4)
    assert read_metadata(path) == Metadata(("1", "2"), ())
    monkeypatch.setattr(embedding, "MOST_FIELDS", 3)
    with pytest.raises(PayloadError, match=f"^{path}: more than 3 fields$"):
        read_metadata(path)
    monkeypatch.setattr(embedding, "MOST_FIELDS", 4)
    for read in (read_embedding, read_metadata, embedding_shape):
        monkeypatch.setattr(embedding, "MOST_BYTES", 6)
        read(path)
        monkeypatch.setattr(embedding, "MOST_BYTES", 5)
        with pytest.raises(PayloadError, match=f"^{path}: more than 5 bytes$"):
            read(path)


def test_a_shape_of_nothing_holds_no_points(tmp_path: Path) -> None:
    path = file(tmp_path, b"")
    for read in (read_embedding, embedding_shape):
        with pytest.raises(PayloadError, match=f"^{path}: no table of numbers: nothing in it$"):
            read(path, (0, 3))


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


def test_long_files_are_parsed_part_by_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = np.arange(300, dtype=np.float32).reshape(100, 3)
    text = "\n\n\r\n".join("\t".join(map(str, row)) for row in table.tolist()) + "\n" * 99
    path = file(tmp_path, text.encode())
    whole = read_embedding(path)
    monkeypatch.setattr(embedding, "_PART_BYTES", 40)
    monkeypatch.setattr(embedding, "LONGEST_LINE", 140)
    np.testing.assert_array_equal(read_embedding(path), table)
    np.testing.assert_array_equal(whole, table)


@pytest.mark.parametrize(
    ("last", "message"),
    [
        ("7\t8\t9", "the number of columns changed from 2 to 3 at row 51$"),
        ("7\tx", "could not convert string 'x' to float32 at row 50, column 2"),
    ],
)
def test_errors_in_a_later_part_count_from_the_first_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: str, message: str
) -> None:
    monkeypatch.setattr(embedding, "_PART_BYTES", 3)
    path = file(tmp_path, ("1\t2\n" * 50 + last).encode())
    with pytest.raises(PayloadError, match=message):
        read_embedding(path)


@pytest.mark.parametrize(
    ("data", "shape", "expected"),
    [
        (b"1\t2\n3\t4\n", (), (2, 2)),
        (b"\n\r\n1\t2\t5\n\n3\t4\t6", (), (2, 3)),
        (b"1\t2\n3\t4\n", (9, 9), (2, 2)),  # the config may be wrong
        (np.zeros((2, 3), "<f4").tobytes(), (2, 3), (2, 3)),
    ],
)
def test_the_shape_is_known_before_the_numbers(
    tmp_path: Path, data: bytes, shape: tuple[int, ...], expected: tuple[int, int]
) -> None:
    path = file(tmp_path, data)
    assert embedding_shape(path, shape) == expected
    assert read_embedding(path, shape).shape == expected


@pytest.mark.parametrize(
    ("data", "message"), [(b"", "nothing in it"), (b"a\tb\n", "could not convert"), (b"\xff", "decode")]
)
def test_what_has_no_shape(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(PayloadError, match=f"no table of numbers: .*{message}"):
        embedding_shape(file(tmp_path, data))
    with pytest.raises(PayloadError, match="No such file"):
        embedding_shape(str(tmp_path / "none"))


def test_a_line_of_too_many_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "_PART_BYTES", 4)
    monkeypatch.setattr(embedding, "LONGEST_LINE", 8)
    path = tmp_path / "t.tsv"
    for lines in ("1\t2\n" + "3\t4\t5\t6\t7\t8\t9\n", "1\t2\t3\t4\t5\t6\t7\n"):
        path.write_text(lines)
        with pytest.raises(PayloadError) as error:
            read_embedding(str(path))
        assert str(error.value) == f"{path}: no table of numbers: a line of more than 8 bytes"
    path.write_text("1\t2\t3\t4\t5\t6\n" * 2)
    assert read_embedding(str(path)).shape == (2, 6)
    path.write_text("1\t2\t3\t4\t5\t6\t7\n")
    with pytest.raises(PayloadError, match="a line of more than 8 bytes"):
        embedding_shape(str(path))
