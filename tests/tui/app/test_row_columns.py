"""Columns of the scalar rows: what is left out when, and that a row is never wider than its pane."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.app.row_columns import RowColumns, RowTexts
from tui.render.cells import width

TEXTS = RowTexts("0.1834", "↓ 2.1%", "min 0.1801 @9120", "★ lr_0.01", "0.172")
ANY_TEXT = st.text(max_size=40)
WIDTHS = st.integers(20, 400)
NAMES = st.integers(0, 300)


def cells_of(columns: RowColumns) -> int:
    """All that a row takes: name, sparkline and the texts after it."""
    return columns.name + columns.spark + sum(map(width, columns.cells(TEXTS)))


@given(WIDTHS, NAMES, NAMES)
def test_a_row_is_never_wider_than_its_pane(pane: int, longest_name: int, longest_run: int) -> None:
    columns = RowColumns.fitting(pane, longest_name, longest_run)
    assert cells_of(columns) <= pane
    assert columns.name >= 6
    assert min(columns.spark, columns.trend, columns.extreme, columns.best) >= 0


@given(WIDTHS, NAMES, NAMES)
def test_all_cells_are_used_until_the_sparkline_is_long_enough(pane: int, longest_name: int, longest_run: int) -> None:
    columns = RowColumns.fitting(pane, longest_name, longest_run)
    if columns.spark < 96:
        assert cells_of(columns) == pane
    assert columns.name >= longest_name or columns.spark <= 24


@given(WIDTHS, NAMES, NAMES, st.builds(RowTexts, ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT))
def test_whatever_the_texts_are_the_columns_stay_as_wide(
    pane: int, longest_name: int, longest_run: int, texts: RowTexts
) -> None:
    columns = RowColumns.fitting(pane, longest_name, longest_run)
    assert list(map(width, columns.cells(texts))) == list(map(width, columns.cells(TEXTS)))


@given(WIDTHS, NAMES)
def test_a_single_run_is_not_called_the_best(pane: int, longest_name: int) -> None:
    assert RowColumns.fitting(pane, longest_name, 0).best == 0


@pytest.mark.parametrize(
    ("pane", "columns"),
    [
        # name, spark, trend, extreme, best
        (20, RowColumns(8, 1, 0, 0, 0)),
        (33, RowColumns(9, 8, 0, 0, 4)),
        (40, RowColumns(12, 12, 0, 0, 4)),
        (60, RowColumns(16, 20, 8, 0, 4)),
        (80, RowColumns(16, 16, 8, 0, 16)),
        (126, RowColumns(16, 38, 8, 22, 16)),
        (200, RowColumns(16, 96, 8, 22, 16)),
    ],
)
def test_columns_appear_as_the_pane_grows(pane: int, columns: RowColumns) -> None:
    assert RowColumns.fitting(pane, longest_name=16, longest_run=14) == columns


def test_cut_names_get_room_before_long_sparklines() -> None:
    assert RowColumns.fitting(100, longest_name=60, longest_run=0) == RowColumns(33, 24, 8, 22, 0)
    assert RowColumns.fitting(126, longest_name=60, longest_run=0) == RowColumns(59, 24, 8, 22, 0)


def test_cells_are_aligned_and_cut_with_a_mark() -> None:
    columns = RowColumns(name=16, spark=8, trend=8, extreme=22, best=11)
    assert columns.cells(TEXTS) == [
        "     0.1834",
        "  ↓ 2.1%",
        "  min 0.1801 @9120      ",
        "  ★ lr_0.01  ",
        "      0.172",
    ]
    assert columns.cells(RowTexts("", "", "", "★ a_long_name_of_a_run", ""))[3] == "  ★ a_l…a_run"
    without = RowColumns(16, 8, 0, 0, 0)
    assert without.cells(TEXTS) == ["     0.1834", "", "", "", ""]
