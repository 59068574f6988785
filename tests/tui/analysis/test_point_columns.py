"""What the fields of a column are."""

from __future__ import annotations

import numpy as np
import pytest

from tui.analysis.point_columns import MOST_CATEGORIES, Categories, Scale, column_kind


def test_words_are_categories_the_most_frequent_first() -> None:
    found = column_kind(["b", "a", "b", "", "a", "b"])
    assert isinstance(found, Categories)
    assert (found.names, found.codes.tolist(), found.others) == (("b", "a"), [0, 1, 0, -1, 1, 0], 0)


def test_few_different_numbers_are_categories_in_order() -> None:
    found = column_kind(["10", "2", "2", "-1", "10", "2"])
    assert isinstance(found, Categories)
    assert (found.names, found.codes.tolist()) == (("-1", "2", "10"), [2, 1, 1, 0, 2, 1])


def test_many_different_numbers_are_a_scale() -> None:
    found = column_kind([*map(str, range(20)), "", "nan", "inf"])
    assert isinstance(found, Scale)
    assert (found.low, found.high) == (0.0, 19.0)
    np.testing.assert_array_equal(found.values, [*range(20), np.nan, np.nan, np.nan])


def test_more_words_than_can_be_told_apart() -> None:
    fields = [f"w{number}" for number in range(MOST_CATEGORIES + 3) for _ in range(3 if number < 5 else 2)]
    found = column_kind(fields)
    assert isinstance(found, Categories)
    assert found.names == tuple(f"w{number}" for number in range(MOST_CATEGORIES))
    assert found.others == 3
    assert found.codes[-1] == MOST_CATEGORIES


@pytest.mark.parametrize("fields", [[], ["", ""], ["a"] * 9, [f"w{n}" for n in range(30)], ["0.5"] * 30])
def test_what_does_not_tell_points_apart(fields: list[str]) -> None:
    assert column_kind(fields) is None


def test_of_few_points_each_may_have_its_own_word() -> None:
    found = column_kind(["x", "y", "z"])
    assert isinstance(found, Categories)
    assert found.names == ("x", "y", "z")
