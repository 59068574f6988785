"""Tables as Parquet. The only module that imports pyarrow, an optional dependency: import it where it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tui.cli.export.lines import plain_text
from tui.cli.export.table import Block, Cells, Column, ColumnType, Table

# A row group is written with so many rows, or at so many bytes: it is held in memory.
_GROUP_ROWS = 1 << 17
_GROUP_BYTES = 1 << 25

_TYPES: dict[ColumnType, Any] = {
    ColumnType.NAME: pa.dictionary(pa.int32(), pa.string()),
    ColumnType.TEXT: pa.string(),
    ColumnType.INTEGER: pa.int64(),
    ColumnType.FLOAT32: pa.float32(),
    ColumnType.FLOAT64: pa.float64(),
    ColumnType.FLAG: pa.bool_(),
    ColumnType.FLOATS: pa.list_(pa.float64()),
    ColumnType.ANY: pa.string(),
}


def write_parquet(stream: BinaryIO, table: Table, about: Callable[[int], Mapping[str, str]] | None = None) -> int:
    """Typed columns, compressed by zstd, a row group at a time; returns the number of rows.

    Names are dictionary-encoded. A cell of ANY is a text: `plain_text` of what is none. What is no UTF-8 in a name,
    which Parquet does not allow, becomes an escape such as `\\udcff`. `about` is given the number of rows, and what it
    returns is kept in the file's footer.
    """
    schema = pa.schema([(_utf8(column.name), _TYPES[column.type]) for column in table.columns])
    rows = 0
    with pq.ParquetWriter(stream, schema, compression="zstd") as writer:
        for group in _groups(_batch(block, table.columns, schema) for block in table.blocks):
            # Each block has a dictionary of its own; Parquet has one a row group.
            writer.write_table(pa.Table.from_batches(group, schema).unify_dictionaries())
            rows += sum(len(batch) for batch in group)
        if about is not None:
            writer.add_key_value_metadata(about(rows))
    return rows


def _groups(batches: Iterable[Any]) -> Iterator[list[Any]]:
    group: list[Any] = []
    rows = size = 0
    for batch in batches:
        group.append(batch)
        rows += len(batch)
        size += batch.nbytes
        if rows >= _GROUP_ROWS or size >= _GROUP_BYTES:
            yield group
            group, rows, size = [], 0, 0
    if rows:
        yield group


def _batch(block: Block, columns: Sequence[Column], schema: Any) -> Any:
    """The block as a RecordBatch."""
    own = columns[len(block.names) :]
    names = [_repeated(name, len(block)) for name in block.names]
    arrays = [_array(cells, column.type) for cells, column in zip(block.columns, own, strict=True)]
    return pa.RecordBatch.from_arrays([*names, *arrays], schema=schema)


def _repeated(name: str, rows: int) -> Any:
    return pa.DictionaryArray.from_arrays(np.zeros(rows, np.int32), pa.array([_utf8(name)]))


def _array(cells: Cells, type_: ColumnType) -> Any:
    if type_ in (ColumnType.TEXT, ColumnType.ANY):
        cells = [None if cell is None else _utf8(plain_text(cell)) for cell in cells]
    return pa.array(cells, _TYPES[type_])


def _utf8(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
