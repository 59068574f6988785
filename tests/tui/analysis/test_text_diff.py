"""What differs between two texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.analysis import text_diff as module
from tui.analysis.text_diff import AFTER, BEFORE, BOTH, SKIPPED, text_diff

LINES = st.lists(st.sampled_from("abc"), max_size=20)


def test_equal_texts_have_no_difference() -> None:
    assert text_diff(["a", "b"], ["a", "b"]) == []
    assert text_diff([], []) == []


def test_a_changed_line_stands_among_its_neighbours() -> None:
    before = [f"{i}" for i in range(20)]
    after = [*before[:10], "new", *before[11:]]
    assert text_diff(before, after) == [
        (SKIPPED, "7"),
        *((BOTH, f"{i}") for i in (7, 8, 9)),
        (BEFORE, "10"),
        (AFTER, "new"),
        *((BOTH, f"{i}") for i in (11, 12, 13)),
        (SKIPPED, "6"),
    ]


def test_lines_that_were_added_or_taken_away() -> None:
    assert text_diff([], ["a"]) == [(AFTER, "a")]
    assert text_diff(["a", "b"], ["b"], context=1) == [(BEFORE, "a"), (BOTH, "b")]
    assert text_diff(["a", "a"], ["a", "a", "a"]) == [(BOTH, "a"), (BOTH, "a"), (AFTER, "a")]


@given(LINES, LINES)
def test_the_difference_makes_one_text_of_the_other(before: list[str], after: list[str]) -> None:
    found = text_diff(before, after, context=100)
    assert found is not None
    if before == after:
        assert found == []
        return
    assert [line for mark, line in found if mark in (BOTH, BEFORE)] == before
    assert [line for mark, line in found if mark in (BOTH, AFTER)] == after


@given(LINES, LINES, st.integers(0, 3))
def test_what_is_left_out_is_counted(before: list[str], after: list[str], context: int) -> None:
    found = text_diff(before, after, context)
    assert found is not None
    skipped = sum(int(count) for mark, count in found if mark == SKIPPED)
    if found:
        assert skipped + sum(mark in (BOTH, AFTER) for mark, _ in found) == len(after)


def test_too_many_lines_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_LINES", 3)
    assert text_diff(list("abcd"), list("wxyz")) is None
    assert text_diff([*"abcd"], [*"abcd", *"efghi"]) is not None  # only added
    assert text_diff([*"qqqqabc"], [*"qqqqxyz"]) is not None  # equal for most of their lines
