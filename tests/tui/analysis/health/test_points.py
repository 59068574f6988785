"""Rules nan-inf and step-back."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.tui.analysis.health.curves import Floats, fired, judged, series

NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    ("values", "step", "text"),
    [
        ([1.0, NAN], 1, "NaN first at step 1: 1 of 2 points"),
        ([NAN], 0, "NaN first at step 0: 1 of 1 point"),
        ([1.0, INF, NAN, NAN], 1, "infinite first at step 1 and ever since: 3 of 4 points"),
        ([1.0, -INF, 2.0, NAN, 3.0], 1, "infinite first at step 1: 2 of 5 points, the last at step 3"),
    ],
)
def test_the_first_value_that_is_not_finite(values: list[float], step: int, text: str) -> None:
    (found,) = judged(series(values, "x"))
    assert (found.rule, found.step, found.text, found.severity) == ("nan-inf", step, text, "error")


def test_a_run_is_told_once_by_the_tag_that_went_first() -> None:
    early = series([1.0, NAN], "b", steps=[500, 501], wall_times=[0.0, 1.0])
    (found,) = judged(series([1.0, 1.0, NAN], "a"), early, series([1.0], "c"))
    assert (found.tag, found.step, found.others) == ("b", 501, ("a",))
    assert found.text == "NaN first at step 501: 1 of 2 points; 1 other tag too"


@pytest.mark.parametrize(
    ("values", "fires"),
    [
        ([NAN] * 20, False),  # a class that no picture shows
        ([NAN] * 18 + [0.5, 0.6], False),
        ([0.5, NAN] * 10, False),  # nothing to score now and then
        ([0.5] * 15 + [NAN] * 4, False),
        ([0.5] * 15 + [NAN] * 5, True),
        ([0.5, NAN] * 10 + [NAN] * 10, False),
    ],
)
def test_a_score_counts_where_it_is_lost_for_good(values: list[float], fires: bool) -> None:
    for tag in ("train/explained_variance", "bbox/AP", "val/acc"):
        assert fired(series(values, tag)) == ["nan-inf"] * fires


def test_superseded_points_do_not_count() -> None:
    assert fired(series([1.0, NAN, 1.0, 1.0], steps=[0, 1, 1, 2], superseded=[False, True, False, False])) == []


def restarted(*sessions: range) -> tuple[Floats, list[int], list[bool]]:
    """Values, steps and flags of sessions, each of which voids what the ones before had logged from its step on."""
    steps: list[int] = []
    flags: list[bool] = []
    for session in sessions:
        flags = [flag or step >= session[0] for flag, step in zip(flags, steps, strict=True)]
        steps += session
        flags += [False] * len(session)
    return np.linspace(2, 1, len(steps)), steps, flags


def test_a_training_that_began_anew_over_another() -> None:
    values, steps, flags = restarted(range(100), range(60), range(40))
    (found,) = judged(series(values, steps=steps, superseded=flags))
    assert (found.rule, found.step, found.severity) == ("step-back", 0, "note")
    assert found.text == "began again at step 0 after step 99: 160 of 200 points are superseded, by 2 restarts"
    assert found.wall_time == 1_700_000_000.0


@pytest.mark.parametrize(
    "sessions",
    [
        (range(1000), range(900, 1100)),  # resumed from a checkpoint
        (range(9), range(9)),  # too little to speak of
        (range(100), range(100, 200)),
    ],
)
def test_a_run_that_is_resumed_is_none(sessions: tuple[range, ...]) -> None:
    values, steps, flags = restarted(*sessions)
    assert fired(series(values, steps=steps, superseded=flags if any(flags) else None)) == []


def test_steps_that_go_back_without_a_restart() -> None:
    steps = [*range(50), *range(20, 60), *range(30, 40)]
    (found,) = judged(series(np.linspace(2, 1, 100), "x", steps=steps))
    assert (found.rule, found.step) == ("step-back", 20)
    assert found.text == (
        "steps go back 2 times, first from 49 to 20 without a restart that voids what was before: the curve holds both"
    )
    (found,) = judged(series([1.0, 2.0, 3.0], "x", steps=[0, 5, 4]), series([1.0, 2.0], "x/y", steps=[1, 0]))
    assert (found.tag, found.others, found.step) == ("x", ("x/y",), 4)
    assert found.text.startswith("steps go back once from 5 to 4 ")
