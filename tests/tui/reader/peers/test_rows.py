"""Rows until they become batches: what is counted, what is told, and where it ends."""

from __future__ import annotations

import math

import numpy as np
import pytest

from logging_lib.tfevents import plugins
from tui.model import Problem, RunActivity, ScalarBatch, SeriesKey
from tui.reader.peers import rows as module
from tui.reader.peers.numbers import number_of
from tui.reader.peers.rows import Rows
from tui.reader.peers.table import Table, flat


def scalars(rows: Rows) -> dict[str, tuple[list[int], list[float]]]:
    return {b.key.tag: (b.steps.tolist(), b.values.tolist()) for b in rows.take() if isinstance(b, ScalarBatch)}


def test_each_take_has_what_was_added_since() -> None:
    rows = Rows("run", "file")
    assert list(rows.take()) == []
    rows.add(1, 5.0, [("a", 0.5), ("b", 1.5)])
    rows.add(2, math.nan, [("a", 0.25)])
    rows.add(3, 4.0, [])
    batches = list(rows.take())
    assert [b.key for b in batches if isinstance(b, ScalarBatch)] == [
        SeriesKey("run", "a", plugins.SCALARS),
        SeriesKey("run", "b", plugins.SCALARS),
    ]
    assert {b.values.dtype for b in batches if isinstance(b, ScalarBatch)} == {np.dtype(np.float64)}
    assert batches[-1] == RunActivity("run", "file", 3, 4.0, 5.0)
    assert list(rows.take()) == []
    rows.add(4, math.nan, [("a", 7.0)])
    assert scalars(rows) == {"a": ([4], [7.0])}
    rows.note_written(9.0)
    assert list(rows.take()) == [RunActivity("run", "file", 0, 4.0, 5.0)]


def test_a_log_without_rows_is_a_run_all_the_same() -> None:
    rows = Rows("run", "file")
    rows.note_written(9.0)
    assert list(rows.take()) == []
    rows.accept()
    assert list(rows.take()) == [RunActivity("run", "file", 0, None, None)]
    assert rows.last_wall_time == 0.0


def test_the_file_s_time_stands_in_for_those_of_rows() -> None:
    rows = Rows("run", "file")
    rows.add(1, math.nan, [("a", 1.0)])
    rows.note_written(9.0)
    assert list(rows.take())[-1] == RunActivity("run", "file", 1, None, 9.0)
    assert rows.last_wall_time == 9.0


def test_so_many_rows_are_enough_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ROWS_PER_TAKE", 2)
    rows = Rows("run", "file")
    for full in (False, True, True):
        rows.add(1, math.nan, [])
        assert rows.full is full
    list(rows.take())
    assert not rows.full


def test_names_beyond_the_most_are_left_out_and_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_TAGS", 2)
    rows = Rows("run", "file")
    for step in (1, 2):
        rows.add(step, math.nan, [("a", 1.0), ("x", 2.0), ("y", 3.0), ("z", 4.0), ("x", 5.0)])
    batches = list(rows.take())
    reason = "more than 2 names of metrics; the others are left out (told once for this file)"
    assert [b for b in batches if isinstance(b, Problem)] == [Problem("file", 0, reason)]
    found = {b.key.tag: b.values.tolist() for b in batches if isinstance(b, ScalarBatch)}
    assert found == {"a": [1.0, 1.0], "x": [2.0, 5.0, 2.0, 5.0]}
    assert (rows.has("x"), rows.has("y")) == (True, False)


def test_problems_beyond_the_most_are_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_TOLD", 3)
    rows = Rows("run", "file")
    for offset in range(5):
        rows.tell(offset, "wrong")
    more = "here and further on there is more that cannot be read; it is not told"
    assert list(rows.take()) == [Problem("file", 0, "wrong"), Problem("file", 1, "wrong"), Problem("file", 2, more)]


def test_the_same_is_told_once_of_each_column() -> None:
    rows = Rows("run", "file")
    for offset, about in enumerate(["", "a", "b", "a", ""]):
        rows.tell_once(offset, "wrong", about)
    assert [b.offset for b in rows.take() if isinstance(b, Problem)] == [0, 1, 2]


def test_the_first_row_decides_which_column_is_the_time() -> None:
    rows = Rows("run", "file")
    table = Table(rows, number_of)
    assert table.begin(["Step", "time", "a"])
    table.add({"Step": 1, "time": 1.7e9, "a": 1.0}, 0)
    table.add({"Step": 2, "time": 3.0, "a": 2.0}, 1)
    assert scalars(rows) == {"a": ([1, 2], [1.0, 2.0])}
    assert table.begin(["Step", "time", "a"])
    table.add({"Step": 1, "time": 0.5}, 0)
    table.add({"Step": 2, "time": 1.7e9}, 1)
    assert scalars(rows) == {"time": ([1, 2], [0.5, 1.7e9])}


@pytest.mark.parametrize(
    ("row", "right"),
    [
        ({"step": 1, "a": 2}, True),
        ({"step": 1}, False),
        ({"step": 1, "time": 2}, False),
        ({"step": "x", "a": 2}, False),
        ({"a": 2}, False),
        ({}, False),
        ({"step": 1, "a": "text"}, False),
    ],
)
def test_what_may_be_the_first_row_of_a_log(row: dict[str, object], right: bool) -> None:
    assert Table(Rows("run", "file"), number_of).looks_right(row) is right


def test_a_text_where_a_number_was_is_told_as_far_as_anybody_reads() -> None:
    rows = Rows("run", "file")
    table = Table(rows, number_of)
    table.begin(["step"])
    table.add({"step": 1, "a": 1.0, "b": "text"}, 10)
    table.add({"step": 2, "a": "x" * 41, "b": "text"}, 20)
    found = [(b.offset, b.reason) for b in rows.take() if isinstance(b, Problem)]
    reason = f"'a' holds {'x' * 40!r}, which is no number; it is left out (told once for this file)"
    assert found == [(20, reason)]


def test_objects_in_objects_are_flat_up_to_a_depth() -> None:
    deep: object = 1
    for _ in range(8):
        deep = {"a": deep}
    assert dict(flat({"x": deep, "y": {"_type": "image", "size": 3}, "z": 2})) == {"x" + "/a" * 8: 1, "z": 2}
    assert dict(flat({"x": {"a": deep}})) == {}
