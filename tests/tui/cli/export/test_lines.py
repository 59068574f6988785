"""Tables as CSV and JSON lines: read back, they are what went in, whatever texts hold."""

from __future__ import annotations

import csv
import io
import json
import math
import unicodedata
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import any_floats, int64s
from tui.cli.export.lines import write_csv, write_jsonl
from tui.cli.export.table import Block, Column, ColumnType, Table
from tui.render.file_text import guard_formulas, guarded, unguarded

# Surrogates stand for the bytes of names that are no UTF-8.
texts = st.text(st.one_of(st.characters(), st.sampled_from('%,"\r\n\\\0\x7f\x1b\udcff')), max_size=8)
nested = st.lists(st.lists(texts, max_size=2), max_size=2)
cells = st.one_of(st.none(), st.booleans(), any_floats, texts, nested)
rows = st.lists(st.tuples(int64s, any_floats, st.booleans(), cells), max_size=5)


def table(names: tuple[str, ...], titles: list[str], data: list[tuple[Any, ...]]) -> Table:
    """A block of rows of an integer, a float, a flag and anything."""
    types = [ColumnType.INTEGER, ColumnType.FLOAT64, ColumnType.FLAG, ColumnType.ANY]
    columns = [Column(title, ColumnType.NAME) for title in titles[: len(names)]]
    columns += [Column(title, kind) for title, kind in zip(titles[len(names) :], types, strict=True)]
    numbers = [
        np.array([row[place] for row in data], kind) for place, kind in enumerate((np.int64, np.float64, np.bool_))
    ]
    block = Block(names, [*numbers, [row[3] for row in data]], len(data))
    return Table(columns, iter([block]), len(data))


def written_csv(made: Table, *, escape: bool = False) -> str:
    out = io.StringIO(newline="")
    write_csv(out, made, escape=escape)
    return out.getvalue()


def written_jsonl(made: Table) -> str:
    out = io.StringIO(newline="")
    write_jsonl(out, made)
    return out.getvalue()


def as_field(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, list):
        return json.dumps(cell, ensure_ascii=False)
    return {None: "", True: "true", False: "false"}.get(cell) if isinstance(cell, bool | None) else repr(cell)


def as_json(cell: Any) -> Any:
    if isinstance(cell, float) and not math.isfinite(cell):
        return "NaN" if math.isnan(cell) else "Infinity" if cell > 0 else "-Infinity"
    return cell


@given(st.tuples(texts, texts), st.lists(texts, min_size=6, max_size=6, unique=True), rows)
def test_csv_reads_back(names: tuple[str, str], titles: list[str], data: list[tuple[Any, ...]]) -> None:
    made = table(names, titles, data)
    expected = [
        [*names, str(step), repr(number), str(flag).lower(), as_field(cell)] for step, number, flag, cell in data
    ]
    assert list(csv.reader(io.StringIO(written_csv(made), newline=""))) == [titles, *expected]


@given(st.tuples(texts, texts), st.lists(texts, min_size=6, max_size=6, unique=True), rows)
def test_json_lines_read_back(names: tuple[str, str], titles: list[str], data: list[tuple[Any, ...]]) -> None:
    text = written_jsonl(table(names, titles, data))
    assert text.isascii() and "\x7f" not in text and "\x1b" not in text
    assert [json.loads(line) for line in text.splitlines()] == [
        dict(zip(titles, [*names, step, as_json(number), flag, as_json(cell)], strict=True))
        for step, number, flag, cell in data
    ]


@given(st.tuples(texts, texts), st.lists(texts, min_size=6, max_size=6, unique=True), rows)
def test_a_terminal_gets_no_controls(names: tuple[str, str], titles: list[str], data: list[tuple[Any, ...]]) -> None:
    text = written_csv(table(names, titles, data), escape=True)
    assert text.count("\n") == 1 + len(data)
    assert not {unicodedata.category(character) for character in text.replace("\n", "")} & {
        "Cc",
        "Cf",
        "Cs",
        "Zl",
        "Zp",
    }


def spreadsheet_csv(made: Table) -> str:
    guard_formulas(True)
    try:
        return written_csv(made)
    finally:
        guard_formulas(False)


formulas = st.one_of(texts, st.text("=+-@\t\r' \ufeff＝1.e", max_size=6), any_floats.map(repr))


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1 555", "'+1 555"),
        ("-rf", "'-rf"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        (" =1", "' =1"),
        ("\ufeff=1", "'\ufeff=1"),
        ("＝1", "'＝1"),
        ("'=1", "''=1"),
        ("-1.5", "-1.5"),
        ("+1e-3", "+1e-3"),
        ("-inf", "-inf"),
        ("-1.5.", "'-1.5."),
        ("-１", "'-１"),
        ("a=1", "a=1"),
        ("'a", "'a"),
        ("", ""),
    ],
)
def test_a_formula_is_a_text(text: str, cell: str) -> None:
    assert guarded(text) == cell
    assert unguarded(cell) == text


@given(formulas)
def test_what_is_guarded_can_be_undone(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert guarded(text) in (text, f"'{text}")


@settings(max_examples=50)
@given(
    st.tuples(formulas, formulas),
    st.lists(formulas, min_size=6, max_size=6, unique=True),
    st.lists(st.tuples(int64s, any_floats, st.booleans(), st.one_of(st.none(), formulas)), max_size=5),
)
def test_a_spreadsheet_sees_no_formula_and_the_same_numbers(
    names: tuple[str, str], titles: list[str], data: list[tuple[Any, ...]]
) -> None:
    exact = read_csv(written_csv(table(names, titles, data)))
    made = read_csv(spreadsheet_csv(table(names, titles, data)))
    assert [[unguarded(cell) for cell in row] for row in made] == exact
    assert [row[2:5] for row in made[1:]] == [row[2:5] for row in exact[1:]]  # the columns of numbers
    for row in made:
        for cell in row:
            assert not cell.startswith(("=", "@", "\t", "\r")) and (not cell.startswith(("+", "-")) or is_number(cell))


def read_csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def is_number(cell: str) -> bool:
    try:
        return math.isfinite(float(cell)) or cell == "-inf"
    except ValueError:
        return False


def test_no_value_and_an_empty_text_differ() -> None:
    made = Table([Column("a", ColumnType.TEXT), Column("b", ColumnType.TEXT)], iter([Block((), [[None], [""]], 1)]), 1)
    assert written_csv(made) == 'a,b\n,""\n'


def test_numbers_of_both_widths() -> None:
    column = Column("a", ColumnType.FLOAT64)
    values = [np.float32(0.1), np.float64(0.1), 0.1, np.float32("nan"), None]
    blocks = [Block((), [values], 5), Block((), [np.array([0.1], np.float32)], 1)]
    assert written_csv(Table([column], iter(blocks), 6)) == "a\n0.1\n0.1\n0.1\nnan\n\n0.1\n"
    texts_ = ["0.1", "0.1", "0.1", '"NaN"', "null", "0.1"]
    assert written_jsonl(Table([column], iter(blocks), 6)) == "".join(f'{{"a": {text}}}\n' for text in texts_)


def test_no_rows() -> None:
    columns = [Column("a", ColumnType.NAME), Column("b", ColumnType.FLOATS), Column("c", ColumnType.FLAG)]
    block = Block(("x",), [(), np.empty(0, np.bool_)], 0)
    assert written_csv(Table(columns, iter([block]), 0)) == "a,b,c\n"
    assert written_jsonl(Table(columns, iter([block]), 0)) == ""
