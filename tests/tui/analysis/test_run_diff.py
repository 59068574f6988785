"""What tells two runs apart: hparams, metrics at comparable moments, texts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from tests.tui.analysis.hparams.snapshots import run
from tui.analysis.hparams.sessions import Session, sessions_of
from tui.analysis.run_diff import Moment, Pair, RunDiff, Standing, candidates, hparam_diffs, run_diff, session_of
from tui.model import BlobRef, SeriesKey
from tui.store.snapshot import BlobSeries, RunSummary, ScalarSeries, StoreSnapshot


def scalars(name: str, tag: str, points: Sequence[tuple[int, float, float]]) -> ScalarSeries:
    """Points of step, wall time and value."""
    steps, times, values = (np.array(column) for column in zip(*points, strict=True))
    return ScalarSeries(SeriesKey(name, tag, "scalars"), 1, steps, times.astype(np.float64), values.astype(np.float64))


def text(name: str, tag: str) -> BlobSeries:
    refs = [BlobRef(f"{name}/{tag}", 0, 1, 0)]
    return BlobSeries(SeriesKey(name, tag, "text"), 1, np.array([0]), np.array([0.0]), refs)


def began(name: str, at: float, hparams: Mapping[str, float | str] | None = None) -> RunSummary:
    return replace(run(name, hparams), first_wall_time=at)


SNAPSHOT = StoreSnapshot(
    1,
    {
        "a": began("a", 100.0, {"lr": 0.1, "opt": "adam"}),
        "a/val": began("a/val", 101.0),
        "b": began("b", 500.0, {"lr": 0.2, "opt": "adam", "x": 1.0}),
        "b/val": began("b/val", 500.0),
    },
    {
        one.key: one
        for one in (
            scalars("a", "loss", [(1, 110.0, 4.0), (2, 120.0, 1.0), (3, 130.0, 2.0)]),
            scalars("b", "loss", [(1, 505.0, 5.0), (2, 515.0, math.nan), (5, 525.0, 0.5)]),
            scalars("a/val", "acc", [(1, 110.0, 0.5)]),
            scalars("b/val", "acc", [(1, 999.0, 0.5)]),
            scalars("a", "lr", [(1, 110.0, 0.1)]),
            scalars("b", "late", [(9, 600.0, 1.0)]),
        )
    },
    {
        one.key: one
        for one in (text("a", "cfg"), text("b", "cfg"), text("a", "same"), text("b", "same"), text("b", "new"))
    },
    {},
    {},
    (),
)
TEXTS = {"a/cfg": "lr: 1\nx", "b/cfg": "lr: 2\nx", "a/same": "t", "b/same": "t", "b/new": "n"}


def session(name: str) -> Session:
    return session_of(SNAPSHOT, sessions_of(SNAPSHOT), name)


def found() -> RunDiff:
    return run_diff(SNAPSHOT, session("a"), session("b"), lambda ref: TEXTS[ref.path])


def test_hparams() -> None:
    assert [(item.name, item.first, item.second, item.standing) for item in found().hparams] == [
        ("lr", 0.1, 0.2, Standing.DIFFERS),
        ("x", None, 1.0, Standing.SECOND),
        ("opt", "adam", "adam", Standing.SAME),
    ]
    odd = hparam_diffs({"n": math.nan, "f": True, "m": None}, {"n": math.nan, "f": 1.0})
    assert [(item.name, item.standing) for item in odd] == [
        ("f", Standing.DIFFERS),
        ("m", Standing.FIRST),
        ("n", Standing.SAME),
    ]


def test_metrics() -> None:
    loss, acc, lr, late = found().metrics
    assert (loss.tag, loss.standing) == ("loss", Standing.DIFFERS)
    assert loss.last == (Moment(2.0, 3, 30.0), Moment(0.5, 5, 25.0))
    assert loss.best == (Moment(1.0, 2, 20.0), Moment(0.5, 5, 25.0))
    # At step 3 the second stands as at its step 2; after 25 s the first as after 20.
    assert loss.same_step is not None
    assert (loss.same_step.first, loss.same_step.at) == (2.0, 3)
    assert math.isnan(loss.same_step.second)
    assert loss.same_time == Pair(1.0, 0.5, 25.0)
    assert loss.change is not None
    assert math.isnan(loss.change.value)
    assert (lr.tag, lr.standing, lr.best, lr.same_step) == ("lr", Standing.FIRST, (None, None), None)
    assert (acc.tag, acc.standing, acc.same_step) == ("val/acc", Standing.SAME, Pair(0.5, 0.5, 1))
    # After 10 s, which is all that the first lasted, the second had not begun.
    assert acc.same_time is None
    assert (late.tag, late.standing, late.last) == ("late", Standing.SECOND, (None, Moment(1.0, 9, 100.0)))


def test_wall_times_that_are_none() -> None:
    """A wall time that is NaN tells nothing; those of +-1e308 are further apart than a float can hold."""
    odd = scalars("a", "loss", [(1, 110.0, 4.0), (2, math.nan, 1.0), (3, 120.0, 2.0)])
    far = scalars("b", "loss", [(1, 505.0, 5.0), (2, 1.7e308, 3.0)])
    snapshot = replace(SNAPSHOT, scalars={odd.key: odd, far.key: far})
    (loss,) = run_diff(snapshot, session("a"), session("b"), lambda ref: "").metrics
    assert loss.same_time == Pair(2.0, 5.0, 20.0)
    runs = {**SNAPSHOT.runs, "b": began("b", -1e308), "a": began("a", math.inf)}
    (loss,) = run_diff(replace(snapshot, runs=runs), session("a"), session("b"), lambda ref: "").metrics
    assert loss.same_time is None


def test_texts() -> None:
    cfg, new = found().texts
    assert (cfg.tag, cfg.standing, cfg.changes) == (
        "cfg",
        Standing.DIFFERS,
        [("-", "lr: 1"), ("+", "lr: 2"), (" ", "x")],
    )
    assert (new.tag, new.standing) == ("new", Standing.SECOND)
    unread = run_diff(SNAPSHOT, session("a"), session("b"), lambda ref: None).texts
    assert [(item.tag, item.changes) for item in unread] == [("cfg", None), ("same", None), ("new", ())]


def test_a_part_of_a_session_is_compared_alone() -> None:
    part = session("a/val")
    assert (part.runs, part.hparams) == (("a/val",), {"lr": 0.1, "opt": "adam"})
    assert [item.tag for item in run_diff(SNAPSHOT, part, session("b/val"), lambda ref: None).metrics] == ["acc"]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("a", ["a"]),
        ("b/val", ["b/val"]),
        ("val", ["a/val", "b/val"]),
        ("b/v", ["b/val"]),
        ("B", ["b", "b/val"]),
        ("nothing", []),
    ],
)
def test_which_run_is_meant(wanted: str, names: list[str]) -> None:
    assert candidates(SNAPSHOT.runs, wanted) == names
