"""The projector's files: points and what is known about each, as the config beside the event files names them."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
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
        if len(shape) == 2 and math.prod(shape) * _FLOAT.itemsize == len(data):
            return np.frombuffer(data, _FLOAT).reshape(shape)
        reason = str(error).partition(";")[0]  # what follows is about numpy's arguments
        raise PayloadError(f"{path}: no table of numbers: {reason}") from error


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


def _table(data: bytes) -> npt.NDArray[np.float32]:
    if not data.strip():
        raise ValueError("nothing in it")
    lines = io.TextIOWrapper(io.BytesIO(data), "ascii")
    with np.errstate(over="ignore"):
        return np.loadtxt(lines, np.float32, comments=None, delimiter="\t", ndmin=2)


def _read(path: str) -> bytes:
    try:
        with open_regular(path) as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise PayloadError(f"{path}: {error.strerror}") from error
    if len(data) > MOST_BYTES:
        raise PayloadError(f"{path}: more than {MOST_BYTES} bytes")
    return data
