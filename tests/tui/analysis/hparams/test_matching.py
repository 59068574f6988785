"""Which rows an expression matches, for values of every type and missing ones."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.analysis.hparams.snapshots import frame_of
from tui.analysis.hparams.expression import FilterError
from tui.analysis.hparams.frame import Frame
from tui.analysis.hparams.matching import matching, number_text

FRAME = frame_of(
    {
        "lr": [0.1, 0.001, 1.0, None, "0.1", "auto", True, math.nan],
        "opt": ["adam", "AdamW", "sgd", "True", "3", None, None, "a b"],
    },
    {"val/acc": [0.9, 0.5, None, 0.7, math.nan, math.inf, -1.0, 0.0]},
)


def found(expression: str, frame: Frame = FRAME) -> str:
    mask = matching(frame, expression)
    return "".join(row.name for row, hit in zip(frame.rows, mask.tolist(), strict=True) if hit)


@pytest.mark.parametrize(
    ("expression", "rows"),
    [
        ("", "abcdefgh"),
        ("lr=0.1", "ae"),
        ("lr=1e-1", "ae"),
        ("lr='0.1'", "e"),
        ("lr!=0.1", "bcdfgh"),
        ("lr=1", "cg"),
        ("lr=true", "cg"),
        ("lr>=1e-2", "aceg"),
        ("lr<0.1", "b"),
        ("lr=nan", "h"),
        ("lr=auto", "f"),
        ("lr>=auto", "f"),
        ("lr>=0.1 lr<=0.1", "ae"),
        ("opt=adam", "a"),
        ("opt=true", "d"),
        ("opt=3", "e"),
        ("opt>b", "c"),
        ("opt in (adam, sgd, 3)", "ace"),
        ("opt not in (adam, sgd, 3)", "bdfgh"),
        ("opt~adam", "ab"),
        ("opt~Adam", "b"),
        ("opt!~adam", "cdefgh"),
        ("opt='a b'", "h"),
        ("lr~0.00", "b"),
        ("lr~^true$", "g"),
        ("has:opt", "abcdeh"),
        ("-has:opt", "fg"),
        ("has:nothing", ""),
        ("val/acc>0.5", "adf"),
        ('"val/acc"<=0', "gh"),
        ("acc>0", None),
        ("VAL/ACC>0.5", "adf"),
        ("metrics.val/acc=0.9", "a"),
        ("val/acc=inf", "f"),
        ("a", "a"),
        ("A or b", "b"),
        ("run in (a, b)", "ab"),
        ("run~[cd]", "cd"),
        ("not (run=a or run=b) lr=1", "cg"),
        ("group=c", "c"),
        ("status=SUCCESS", ""),
        ("-has:status", "abcdefgh"),
    ],
)
def test_rows(expression: str, rows: str | None) -> None:
    if rows is None:
        with pytest.raises(FilterError):
            matching(FRAME, expression)
    else:
        assert found(expression) == rows


@pytest.mark.parametrize(
    ("expression", "column", "message"),
    [
        ("lr=1 opr=2", 6, "no hparam or metric is called `opr`; there is `opt`"),
        ("acc>0", 1, "no hparam or metric is called `acc`; there is `val/acc`"),
        ("zzz~x", 1, "no hparam or metric is called `zzz`"),
    ],
)
def test_names_that_there_are_not(expression: str, column: int, message: str) -> None:
    with pytest.raises(FilterError) as raised:
        matching(FRAME, expression)
    assert (raised.value.column, raised.value.message) == (column, message)


def test_a_name_in_two_cases_means_itself() -> None:
    frame = frame_of({"LR": [1.0, 2.0], "lr": [2.0, 1.0]})
    assert found("lr=1", frame) == "b"
    with pytest.raises(FilterError, match=r"`Lr` may mean `hparams\.LR`, `hparams\.lr`: expected one of these"):
        matching(frame, "Lr=1")


VALUES = st.one_of(st.none(), st.booleans(), st.floats(width=16), st.sampled_from(["a", "1", "true", "nan", "x y", ""]))


@given(st.lists(VALUES, min_size=1, max_size=6), st.sampled_from(["1", "true", "nan", "a", "'1'", "''", "0.5"]))
def test_a_test_and_its_opposite(values: list[float | str | bool | None], literal: str) -> None:
    frame = frame_of({"x": values})

    def rows(expression: str) -> set[str]:
        return set(found(expression, frame))

    everything = set(found("", frame))
    assert rows(f"x={literal}") | rows(f"x!={literal}") == everything
    assert not rows(f"x={literal}") & rows(f"x!={literal}")
    assert rows(f"x in ({literal})") == rows(f"x={literal}")
    assert rows(f"x<={literal}") >= rows(f"x<{literal}")
    assert rows(f"x<{literal}") & rows(f"x>{literal}") == set()
    missing = {row.name for row, value in zip(frame.rows, values, strict=True) if value is None}
    assert missing == everything - rows("has:x")
    for test in ("=", "<", "<=", ">", ">="):
        assert not rows(f"x{test}{literal}") & missing
    assert rows(f"x!={literal}") >= missing


@pytest.mark.parametrize(
    ("value", "text"), [(0.001, "0.001"), (64.0, "64"), (1e-5, "1e-05"), (1 / 3, "0.3333333333333333"), (1e20, "1e+20")]
)
def test_number_text(value: float, text: str) -> None:
    assert number_text(value) == text
