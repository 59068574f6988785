"""The projector's files: points and what is known about each, as the config beside the event files names them."""

from __future__ import annotations

import io
import math
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tui.reader.payload.record import PayloadError
from tui.reader.regular_file import open_regular

MOST_BYTES = 256 << 20
"""Of one file; its numbers take up to twice as much in memory."""
# Text of many short fields takes far more memory than the file.
MOST_FIELDS = 1 << 24
_FLOAT = np.dtype("<f4")
# Parsed at once: numpy lets no other thread run meanwhile.
_PART_BYTES = 1 << 18
LONGEST_LINE = 2 << 20
"""Bytes of a point: a hundred thousand numbers."""
_LEAST_FIELD_BYTES = 2
_AT_ROW = re.compile(r"at row (\d+)")


@dataclass(frozen=True, slots=True)
class Metadata:
    """A row of text fields for each point; `header` names the columns, () where there is but one."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read_embedding(path: str, shape: Sequence[int] = ()) -> npt.NDArray[np.float32]:
    """Points as float32 of shape [n, d]: lines of numbers with tabs between them, or raw float32 of the given shape.

    Raises:
        PayloadError: the file cannot be read, is too large, or holds neither.
    """
    data = _read(path)
    try:
        return _table(data)
    except ValueError as error:
        if _is_raw(shape, len(data)):
            return np.frombuffer(data, _FLOAT).reshape(shape)
        raise PayloadError(f"{path}: no table of numbers: {_reason(error)}") from error


def read_metadata(path: str) -> Metadata:
    """What is known about each point: lines of text fields with tabs between them.

    The first line is the header where it has more than one field, as TensorBoard has it. Empty lines hold no point.

    Raises:
        PayloadError: the file cannot be read, is too large or has too many fields.
    """
    data = _read(path)
    if data.count(b"\n") + data.count(b"\t") > MOST_FIELDS:
        raise PayloadError(f"{path}: more than {MOST_FIELDS} fields")
    lines = [line.removesuffix("\r") for line in data.decode("utf-8", errors="replace").split("\n")]
    rows = [tuple(line.split("\t")) for line in lines if line]
    if rows and len(rows[0]) > 1:
        return Metadata(rows[0], tuple(rows[1:]))
    return Metadata((), tuple(rows))


def embedding_shape(path: str, shape: Sequence[int] = ()) -> tuple[int, int]:
    """How many points and dimensions `read_embedding` finds, by the first line and the number of lines.

    Raises:
        PayloadError: the file cannot be read, is too large, or does not begin with a line of numbers.
    """
    try:
        with open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size > MOST_BYTES:
                raise _too_large(path)
            if _is_raw(shape, size):
                return int(shape[0]), int(shape[1])
            first = next((line for line in iter(file.readline, b"") if line.strip()), b"")
            dimensions = _numbers(path, first)
            return 1 + sum(1 for line in file if line.strip()), dimensions
    except OSError as error:
        raise PayloadError(f"{path}: {error.strerror}") from error


def _numbers(path: str, line: bytes) -> int:
    """How many numbers stand in a line."""
    try:
        return int(_table(line).shape[1])
    except ValueError as error:
        raise PayloadError(f"{path}: no table of numbers: {_reason(error)}") from error


def _is_raw(shape: Sequence[int], size: int) -> bool:
    return len(shape) == 2 and math.prod(shape) * _FLOAT.itemsize == size and size > 0


def _table(data: bytes) -> npt.NDArray[np.float32]:
    """The lines' numbers, parsed part by part into an array that is as large as all of them could be."""
    table = np.empty((0, 0), np.float32)
    filled = 0
    for part in _parts(data):
        rows = _rows(part, filled)
        if not filled:
            most = len(data) // _LEAST_FIELD_BYTES // rows.shape[1] + 1
            table = np.empty((most, rows.shape[1]), np.float32)
        if rows.shape[1] != table.shape[1]:
            columns = f"from {table.shape[1]} to {rows.shape[1]}"
            raise ValueError(f"the number of columns changed {columns} at row {filled + 1}")
        table[filled : filled + len(rows)] = rows
        filled += len(rows)
    if not filled:
        raise ValueError("nothing in it")
    return table[:filled]


def _rows(part: bytes, before: int) -> npt.NDArray[np.float32]:
    """The numbers of some lines; errors count rows from so many `before` them."""
    lines = io.TextIOWrapper(io.BytesIO(part), "ascii")
    try:
        with np.errstate(over="ignore"):
            return np.loadtxt(lines, np.float32, comments=None, delimiter="\t", ndmin=2)
    except ValueError as error:
        raise ValueError(_AT_ROW.sub(lambda found: f"at row {int(found[1]) + before}", str(error))) from error


def _parts(data: bytes) -> Iterator[bytes]:
    """Whole lines, without parts in which there are only blanks.

    Raises:
        ValueError: a line is too long.
    """
    start = 0
    while start < len(data):
        end = data.find(b"\n", start + _PART_BYTES) + 1 or len(data)
        if end - start > _PART_BYTES + LONGEST_LINE:
            raise ValueError(f"a line of more than {LONGEST_LINE} bytes")
        if not (part := data[start:end]).isspace():
            yield part
        start = end


def _reason(error: ValueError) -> str:
    return str(error).partition(";")[0]  # what follows is about numpy's arguments


def _read(path: str) -> bytes:
    try:
        with open_regular(path) as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise PayloadError(f"{path}: {error.strerror}") from error
    if len(data) > MOST_BYTES:
        raise _too_large(path)
    return data


def _too_large(path: str) -> PayloadError:
    return PayloadError(f"{path}: more than {MOST_BYTES} bytes")
