"""The state of a run, and when silence changes it."""

from __future__ import annotations

import math
from typing import TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.analysis.run_state import CLOCK_SKEW, FORGOTTEN, RunState, next_state_change, run_state


class Facts(TypedDict):
    last_wall_time: float | None
    interval: float | None
    ended: bool
    has_nan: bool
    deleted: bool


def facts(
    last: float | None = 0.0,
    interval: float | None = None,
    *,
    ended: bool = False,
    has_nan: bool = False,
    deleted: bool = False,
) -> Facts:
    return {
        "last_wall_time": last,
        "interval": interval,
        "ended": ended,
        "has_nan": has_nan,
        "deleted": deleted,
    }


@pytest.mark.parametrize(
    ("run", "now", "state", "wait"),
    [
        (facts(), 0, "live", 60),
        (facts(), 60, "live", 0),
        (facts(), 60.5, "stalled", FORGOTTEN - 60.5),
        (facts(), FORGOTTEN + 1, "done", None),
        (facts(interval=30), 300, "live", 0),
        (facts(interval=30), 301, "stalled", FORGOTTEN - 301),
        (facts(interval=3), 61, "stalled", FORGOTTEN - 61),
        (facts(interval=4 * 3600), FORGOTTEN + 1, "live", 40 * 3600 - FORGOTTEN - 1),
        (facts(interval=4 * 3600), 40 * 3600 + 1, "done", None),
        (facts(interval=math.nan), 61, "stalled", FORGOTTEN - 61),
        (facts(last=100), 0, "live", 160),
        (facts(ended=True), 0, "done", None),
        (facts(ended=True, has_nan=True), 1e9, "NaN", None),
        (facts(has_nan=True), 0, "NaN", None),
        (facts(last=None), 0, "stalled", None),
        (facts(deleted=True), 0, "deleted", None),
        (facts(ended=True, has_nan=True, deleted=True), 1e9, "deleted", None),
    ],
)
def test_state_and_its_next_change(run: Facts, now: float, state: str, wait: float | None) -> None:
    assert run_state(**run, now=now) == state
    assert next_state_change(**run, now=now) == wait


@given(st.floats(0, 1e6), st.none() | st.floats(0, 1e5), st.floats(-1e5, 1e6))
def test_the_state_changes_when_it_was_said_to(last: float, interval: float | None, now: float) -> None:
    run = facts(last, interval)
    wait = next_state_change(**run, now=now)
    state = run_state(**run, now=now)
    if last > now + CLOCK_SKEW:
        assert (state, wait) == (RunState.STALLED, None)
    elif wait is None:
        assert state is RunState.DONE
    else:
        assert run_state(**run, now=now + wait + 1e-3) is not state
        assert run_state(**run, now=max(now, now + wait - 1e-3)) is state


def test_a_silent_run_that_has_logged_its_results_below_itself_is_done() -> None:
    run = facts()
    assert [run_state(**run, ended_below=True, now=now) for now in (60, 61)] == ["live", "done"]
    assert [next_state_change(**run, ended_below=True, now=now) for now in (0, 61)] == [60, None]
