"""Embeddings: points, what is known about each, and their pictures -> the projector's files.

Sources: torch.utils.tensorboard._embedding, and the projector's own parser, which skips blank lines and takes the
first line of the metadata for a header where it holds a tab.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from logging_lib.arrays import as_ndarray, is_torch
from logging_lib.summary.pixels import as_bytes, grid

# A line's fields: one label, or one a column of the header.
Row = tuple[str, ...]

LARGEST_SPRITE = 8192
"""Pixels of a side; browsers draw no larger one."""
_ROWS_AT_ONCE = 1024
_BLANK = re.compile(r"[\s\ufeff]*")
_ESCAPES = str.maketrans({"\t": r"\t", "\n": r"\n", "\r": r"\r"})


def check_points(shape: tuple[int, ...]) -> None:
    """Refuse what are no points.

    Raises:
        ValueError: not [n, d], or none.
    """
    if len(shape) != 2 or 0 in shape:
        raise ValueError(f"mat must be [points, dimensions], and is of shape {list(shape)}")


def check_images(shape: tuple[int, ...], points: int) -> None:
    """Refuse what are no pictures of the points.

    Raises:
        ValueError: not [points, 1 or 3, height, width].
    """
    if len(shape) != 4 or shape[0] != points or shape[1] not in (1, 3) or 0 in shape:
        raise ValueError(f"label_img must be [{points}, 1 or 3, height, width], and is of shape {list(shape)}")


def checked_metadata(metadata: Iterable[object], header: Iterable[object] | None, points: int) -> list[Row]:
    """The lines of the metadata, as text: the header's, where it has several columns, and one a point.

    A header of one column has no tab, and would be taken for a point.

    Raises:
        TypeError: a row that has no columns.
        ValueError: not as many rows as points, or rows with other columns than the header.
    """
    columns = _row(header) if header is not None else ()
    if is_torch(metadata):  # at once, for it may be on a device
        metadata = as_ndarray(metadata)
    rows = [_fields(row, len(columns)) for row in metadata]
    if len(rows) != points:
        raise ValueError(f"{len(rows)} rows of metadata for {points} points")
    for number, row in enumerate(rows):
        if columns and len(row) != len(columns):
            raise ValueError(f"row {number} of the metadata has {len(row)} columns, the header {len(columns)}")
    return [columns, *rows] if len(columns) > 1 else rows


def tensors_tsv(points: npt.ArrayLike) -> Iterator[bytes]:
    """Points, [n, d], a line each: numbers that read back as the same float32, or float64 where they are.

    Whole lines at a time.
    """
    array = np.asarray(points)
    if array.dtype.kind == "f" and array.dtype.itemsize > 4:
        array, number = array.astype(np.float64), "%r"
    else:
        number = "%.9g" if array.dtype.kind == "f" else "%d"
    line = "\t".join([number] * array.shape[1]) + "\n"
    for start in range(0, len(array), _ROWS_AT_ONCE):
        rows = array[start : start + _ROWS_AT_ONCE].tolist()
        yield "".join([line % tuple(row) for row in rows]).encode()


def metadata_tsv(rows: Iterable[Row]) -> bytes:
    """Rows, a line each, and so that they stay one: tabs and line ends are escaped, and a blank line is quoted."""
    lines = ["\t".join([field.translate(_ESCAPES) for field in row]) for row in rows]
    kept = [f'"{line}"' if _BLANK.fullmatch(line) else line for line in lines]
    return "".join([f"{line}\n" for line in kept]).encode("utf-8", "backslashreplace")


def sprite_columns(number: int, height: int, width: int) -> int:
    """How many pictures a row make a sprite that is square, with room left only below: torch's number if it can be."""
    columns = math.isqrt(number - 1) + 1
    while math.ceil(number / columns) * height > columns * width:
        columns += 1
    return columns


def sprite_png(images: npt.ArrayLike) -> bytes:
    """Pictures, [n, 1 or 3, height, width], row by row on a black square, as PNG.

    Pixels as in `add_image`: uint8 as it is, any other dtype of 0 to 1.
    """
    from PIL import Image

    pictures = as_bytes(np.asarray(images)).transpose(0, 2, 3, 1)
    number, height, width, _ = pictures.shape
    columns = sprite_columns(number, height, width)
    rows = math.ceil(number / columns)
    canvas = np.zeros((columns * width, columns * width, 3), np.uint8)
    canvas[: rows * height] = grid(pictures, rows, columns)
    output = io.BytesIO()
    Image.fromarray(canvas).save(output, format="PNG")
    return output.getvalue()


def _fields(row: object, columns: int) -> Row:
    """A point's: a list of as many fields as the header has, or a label, where there is no header or one column."""
    return (_text(row),) if columns == 0 or (columns == 1 and isinstance(row, str)) else _row(row)


def _row(row: object) -> Row:
    if isinstance(row, str) or not isinstance(row, Iterable):
        raise TypeError(f"metadata with a header needs a list of fields for each row, got {type(row).__name__}")
    return tuple(map(_text, row))


def _text(field: object) -> str:
    """What torch writes, but for an element of a tensor: 3, not tensor(3)."""
    return str(field.item()) if is_torch(field) and field.numel() == 1 else str(field)
