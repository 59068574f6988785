"""Tables as text, a line a row: CSV and JSON lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import chain, repeat
from typing import Any, TextIO

import numpy as np
import numpy.typing as npt

from tui.cli.export.table import Block, Cells, ColumnType, Table
from tui.cli.json_text import json_text
from tui.render.file_text import csv_text
from tui.render.float_text import float_texts
from tui.render.text import printable

_JSON_NAMES = {"nan": '"NaN"', "inf": '"Infinity"', "-inf": '"-Infinity"'}


def write_csv(stream: TextIO, table: Table, *, escape: bool) -> int:
    """CSV as RFC 4180 has it, but with plain line feeds; returns the number of rows.

    `escape` makes texts safe for a terminal. A row with lists becomes a line for each of their elements, or one
    without them where they are empty. An empty field is no value, `""` an empty text.
    """
    clean: Callable[[str], str] = printable if escape else str
    stream.write(",".join(csv_text(clean(column.name)) for column in table.columns) + "\n")
    lists = [column.type is ColumnType.FLOATS for column in table.columns]
    rows = 0
    for block in table.blocks:
        rows += len(block)
        columns = _one_element_a_line(block, lists[len(block.names) :]) if any(lists) else block.columns
        names = [csv_text(clean(name)) for name in block.names]
        texts = [_csv_texts(cells, clean) for cells in columns]
        _write_lines(stream, ",".join([*map(_literal, names), *(["%s"] * len(texts))]), texts)
    return rows


def write_jsonl(stream: TextIO, table: Table) -> int:
    """A JSON object a row, in ASCII, so that a terminal takes no harm; returns the number of rows."""
    keys = [_json_text(column.name) for column in table.columns]
    rows = 0
    for block in table.blocks:
        rows += len(block)
        texts = [_json_texts(cells) for cells in block.columns]
        values = [*map(_literal, map(_json_text, block.names)), *(["%s"] * len(texts))]
        members = (f"{_literal(key)}: {value}" for key, value in zip(keys, values, strict=True))
        _write_lines(stream, "{" + ", ".join(members) + "}", texts)
    return rows


def plain_text(cell: Any) -> str:
    """A cell that is no list of numbers as text: a text as it is, anything else as `true`, `0.1` or JSON."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool | list):
        return json.dumps(cell, ensure_ascii=False)
    if isinstance(cell, float | np.float32):
        return _float_text(cell)
    return str(cell)


def _float_text(number: float | np.float32) -> str:
    return repr(float(number if isinstance(number, float) else str(number)))


def _write_lines(stream: TextIO, template: str, texts: Sequence[Sequence[object]]) -> None:
    stream.write("".join(map(f"{template}\n".__mod__, zip(*texts, strict=True))))


def _literal(text: str) -> str:
    """The text as a part of a template."""
    return text.replace("%", "%%")


def _array_texts(values: npt.NDArray[Any]) -> Sequence[object]:
    """Texts of numbers or flags, or what `%s` makes texts of."""
    if values.dtype.kind == "f":
        return float_texts(values)
    if values.dtype.kind == "b":
        return ["true" if flag else "false" for flag in values.tolist()]
    numbers: list[int] = values.tolist()
    return numbers


def _csv_texts(cells: Cells, clean: Callable[[str], str]) -> Sequence[object]:
    if isinstance(cells, np.ndarray):
        return _array_texts(cells)
    return ["" if cell is None else csv_text(clean(plain_text(cell))) for cell in cells]


def _one_element_a_line(block: Block, lists: Sequence[bool]) -> list[Cells]:
    """The block's columns with each row repeated for the elements of its lists."""
    first = block.columns[lists.index(True)]
    times = [max(1, len(cell)) for cell in first]
    return [
        _elements(cells) if is_list else _repeated(cells, times)
        for cells, is_list in zip(block.columns, lists, strict=True)
    ]


def _elements(cells: Cells) -> Cells:
    if len(cells) and all(map(len, cells)):
        return np.concatenate(cells)
    return list(chain.from_iterable(cell.tolist() or [None] for cell in cells))


def _repeated(cells: Cells, times: Sequence[int]) -> Cells:
    if isinstance(cells, np.ndarray):
        return np.repeat(cells, np.array(times, np.intp))
    return list(chain.from_iterable(map(repeat, cells, times)))


def _json_texts(cells: Cells) -> Sequence[object]:
    if not isinstance(cells, np.ndarray):
        return [_json_cell(cell) for cell in cells]
    texts = _array_texts(cells)
    if cells.dtype.kind == "f" and not np.isfinite(cells).all():
        return [_JSON_NAMES.get(text, text) for text in map(str, texts)]
    return texts


def _json_cell(cell: Any) -> str:
    if cell is None:
        return "null"
    if isinstance(cell, np.ndarray):
        return "[" + ", ".join(map(str, _json_texts(cell))) + "]"
    if isinstance(cell, str | list):
        return _json_text(cell)
    text = plain_text(cell)
    return _JSON_NAMES.get(text, text)


def _json_text(text: str | list[Any]) -> str:
    return json_text(text, indent=None)
