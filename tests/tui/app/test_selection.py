"""What the user chose: filters, hidden runs, axis, smoothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.analysis.x_axis import XAxis
from tui.app.selection import WEIGHTS, Filter, Selection, next_axis, only_these, smoother, toggle_all, toggled

RUNS = ["a", "b", "c"]


@pytest.mark.parametrize(
    ("text", "through", "kept_out"),
    [
        ("", ["", "anything"], []),
        ("loss", ["loss", "Train/LOSS"], ["accuracy"]),
        ("Loss", ["Loss", "x/Loss"], ["loss", "LOSS"]),
        ("^loss$", ["loss", "LOSS"], ["loss/train"]),
        (r"loss\D", ["loss/", "LOSS/"], ["loss1", "loss"]),
        (r"l\\D", ["l\\D"], ["L\\D", "l\\d"]),
        ("train|val", ["Loss/train", "Loss/val"], ["Loss/test"]),
        ("ß", ["Maß"], ["mass"]),
    ],
)
def test_a_filter_is_a_regular_expression_with_smart_case(text: str, through: list[str], kept_out: list[str]) -> None:
    pattern = Filter(text)
    assert pattern.valid
    assert [name for name in through + kept_out if pattern.matches(name)] == through


@pytest.mark.parametrize("text", ["a[b", "(", "*", "a{9999999999}", "x\\", "(" * 3000 + ")" * 3000])
def test_what_is_no_regular_expression_is_found_literally(text: str) -> None:
    pattern = Filter(text)
    assert not pattern.valid
    assert pattern.matches(f"before {text} after")
    assert not pattern.matches("ab")


def test_a_literal_filter_has_smart_case_too() -> None:
    assert Filter("a[b").matches("xA[By")
    assert Filter("A[b").matches("xA[by")
    assert not Filter("A[b").matches("xa[by")


def test_toggled() -> None:
    assert toggled(frozenset("ab"), "c") == frozenset("abc")
    assert toggled(frozenset("ab"), "b") == frozenset("a")


def test_toggle_all_shows_all_and_then_hides_all_of_the_listed_runs() -> None:
    selection = Selection(hidden=frozenset({"b", "other"}))
    shown = toggle_all(selection, RUNS)
    assert shown.hidden == {"other"}
    assert toggle_all(shown, RUNS).hidden == {"a", "b", "c", "other"}
    assert toggle_all(toggle_all(shown, RUNS), RUNS) == shown
    assert toggle_all(selection, []) == selection


def test_only_one_run_and_all_again() -> None:
    alone = only_these(Selection(hidden=frozenset({"b"})), "b", RUNS)
    assert alone.hidden == {"a", "c"}
    assert only_these(alone, "c", RUNS).hidden == {"a", "b"}
    assert only_these(alone, "b", RUNS).hidden == frozenset()
    assert only_these(Selection(), "a", ["a"]) == Selection()


def test_the_axis_goes_round_and_the_cursor_goes() -> None:
    selection = Selection(cursor=12.0)
    relative = next_axis(selection)
    assert (relative.axis, relative.cursor) == (XAxis.RELATIVE, None)
    wall = next_axis(relative)
    assert wall.axis is XAxis.WALL
    assert next_axis(wall).axis is XAxis.STEP


def test_smoothing_steps_through_the_weights_and_stops_at_the_ends() -> None:
    selection, up = Selection(weight=0.0), []
    for _ in range(len(WEIGHTS) + 1):
        up.append(selection.weight)
        selection = smoother(selection, 1)
    assert up == [*WEIGHTS, WEIGHTS[-1]]
    assert smoother(Selection(weight=0.0), -1).weight == 0.0
    assert smoother(Selection(weight=0.62), 1).weight == 0.7


def test_changing_the_weight_turns_smoothing_on() -> None:
    raw = Selection(smoothing=False)
    assert raw.smoothing_weight == 0.0
    assert smoother(raw, -1).smoothing_weight == 0.5
    assert Selection().smoothing_weight == 0.6


# Without [, since Python warns of sets that it may read differently one day.
@given(st.text(st.characters(exclude_characters="["), max_size=12))
def test_any_text_is_a_filter(text: str) -> None:
    pattern = Filter(text)
    # An expression may match nothing at all, but text that is none matches itself.
    assert pattern.matches(f"<{text}>") or pattern.valid
