"""The order of rows by several columns, and sessions pooled to groups."""

from __future__ import annotations

import math

import pytest

from tests.tui.analysis.hparams.snapshots import frame_of, values
from tui.analysis.hparams.frame import RUN
from tui.analysis.hparams.groups import Pooling, grouped
from tui.analysis.hparams.ordering import SortKey, ordered

MIXED = frame_of(
    {"x": [2.0, "adam", math.nan, None, -math.inf, True, "SGD", None, 1.0]},
    {"loss": [2.0, math.nan, 1.0, math.inf, None, None, None, None, None]},
)


@pytest.mark.parametrize(
    ("column", "descending", "expected"),
    [
        ("x", False, "efiagbdhc"),
        ("x", True, "afiebgdhc"),
        ("loss", False, "cadefghib"),
        ("loss", True, "dacefghib"),
        ("run", False, "abcdefghi"),
        ("run", True, "ihgfedcba"),
    ],
)
def test_one_column(column: str, descending: bool, expected: str) -> None:
    (found,) = MIXED.find(column)
    order = ordered(MIXED, [SortKey(found, descending)])
    assert "".join(MIXED.rows[at].name for at in order.tolist()) == expected


def test_several_columns_and_none() -> None:
    frame = frame_of({"opt": ["sgd", "adam", "sgd", "adam"], "lr": [1.0, 2.0, 3.0, 2.0]})
    (opt,), (lr,) = frame.find("opt"), frame.find("lr")
    assert ordered(frame, []).tolist() == [0, 1, 2, 3]
    assert ordered(frame, [SortKey(opt), SortKey(lr, True)]).tolist() == [1, 3, 2, 0]
    assert ordered(frame, [SortKey(lr), SortKey(RUN, True)]).tolist() == [0, 3, 1, 2]
    taken = frame.taken(ordered(frame, [SortKey(lr, True)]))
    assert [row.name for row in taken.rows] == ["c", "b", "d", "a"]
    assert values(taken, "opt") == ["sgd", "adam", "adam", "sgd"]


GROUPS = frame_of(
    {"lr": [0.1, 0.1, 0.2, 0.1, None], "seed": [1.0, 2.0, 3.0, 4.0, 5.0]},
    {"loss": [1.0, 4.0, 2.0, 10.0, None], "acc": [0.5, None, 0.7, math.nan, math.inf]},
    groups=["g", "g", "h", "g", "i"],
)


def test_means_and_medians() -> None:
    mean, median = grouped(GROUPS, Pooling.MEAN), grouped(GROUPS, Pooling.MEDIAN)
    assert [(row.name, row.sessions, row.runs) for row in mean.rows] == [
        ("g", 3, ("a", "b", "d")),
        ("c", 1, ("c",)),
        ("e", 1, ("e",)),
    ]
    assert values(mean, "run") == ["g", "c", "e"]
    assert values(mean, "lr") == [0.1, 0.2, None]
    assert values(mean, "seed") == [None, 3.0, 5.0]
    assert values(mean, "loss") == [5.0, 2.0, None]
    assert values(median, "loss") == [4.0, 2.0, None]
    assert [str(value) for value in values(median, "acc")] == ["nan", "0.7", "inf"]


def test_the_best_session_gives_all_metrics() -> None:
    (loss,), (acc,) = GROUPS.find("loss"), GROUPS.find("acc")
    assert values(grouped(GROUPS, Pooling.BEST, loss, "min"), "loss") == [1.0, 2.0, None]
    assert values(grouped(GROUPS, Pooling.BEST, loss, "max"), "loss") == [10.0, 2.0, None]
    by_acc = grouped(GROUPS, Pooling.BEST, acc, "max")
    assert (values(by_acc, "loss"), values(by_acc, "acc")) == ([1.0, 2.0, None], [0.5, 0.7, math.inf])
    assert values(grouped(GROUPS, Pooling.BEST), "loss") == [1.0, 2.0, None]
