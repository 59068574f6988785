"""What state a run is in: live, stalled, done, NaN or deleted, from its files, its newest event and the clock."""

from __future__ import annotations

from enum import StrEnum
from typing import TypedDict

from tui.store.snapshot import RunSummary

SHORTEST_SILENCE = 60.0
"""Seconds of silence that never make a run stalled."""
SILENT_INTERVALS = 10.0
"""How many of a run's usual intervals it may be silent."""
FORGOTTEN = 24 * 3600.0
"""Seconds of silence after which nobody waits for a run any more: it counts as done, so old logs do not alarm."""

CLOCK_SKEW = 24 * 3600.0
"""Seconds by which the clock of a training machine may be ahead of this one's."""


class RunState(StrEnum):
    """The state of a run; the value is the word that is shown."""

    LIVE = "live"
    STALLED = "stalled"
    DONE = "done"
    NAN = "NaN"
    DELETED = "deleted"


class SignsOfLife(TypedDict):
    """What `run_state` judges a run by."""

    last_wall_time: float | None
    interval: float | None
    ended: bool
    has_nan: bool
    deleted: bool
    ended_below: bool
    now: float


def signs_of_life(run: RunSummary, now: float) -> SignsOfLife:
    """The arguments of `run_state` and `next_state_change` for a run."""
    return SignsOfLife(
        last_wall_time=run.last_wall_time,
        interval=run.interval,
        ended=run.ended,
        has_nan=run.has_nan,
        deleted=run.deleted,
        ended_below=run.ended_below,
        now=now,
    )


def run_state(
    *,
    last_wall_time: float | None,
    interval: float | None,
    ended: bool,
    has_nan: bool,
    deleted: bool,
    now: float,
    ended_below: bool = False,
) -> RunState:
    """The state of a run at `now`.

    A wall time more than a day ahead of `now` was written by a broken clock, and counts as none.

    A run whose files are deleted is in no other state: nobody can read it any more. NaN comes next, since it is news
    about a finished run too. A session end is done. Else silence decides: longer than max(60 s, 10 x `interval`) is
    stalled, and done where it is also longer than 24 hours, or where the run has logged a session below itself last,
    with its hparams and results. A run without any timed event is stalled: nothing shows
    that somebody writes it.

    Args:
        last_wall_time: epoch seconds of the newest event.
        interval: the run's usual seconds between events, None where unknown.
        ended: a session end was logged.
        has_nan: a tag's newest value is not finite.
        deleted: none of its event files exists any more.
        now: epoch seconds.
        ended_below: the last thing it did was to log a session below itself that ended.
    """
    if deleted:
        return RunState.DELETED
    if has_nan:
        return RunState.NAN
    if ended:
        return RunState.DONE
    if last_wall_time is None or last_wall_time > now + CLOCK_SKEW:
        return RunState.STALLED
    silence = now - last_wall_time
    if silence <= _patience(interval):
        return RunState.LIVE
    return RunState.DONE if ended_below or silence > FORGOTTEN else RunState.STALLED


def next_state_change(
    *,
    last_wall_time: float | None,
    interval: float | None,
    ended: bool,
    has_nan: bool,
    deleted: bool,
    now: float,
    ended_below: bool = False,
) -> float | None:
    """Seconds until silence alone changes the state that `run_state` gives; None where it never will."""
    state = run_state(
        last_wall_time=last_wall_time, interval=interval, ended=ended, has_nan=has_nan, deleted=deleted, now=now,
        ended_below=ended_below,
    )  # fmt: skip
    if last_wall_time is None or last_wall_time > now + CLOCK_SKEW:
        return None
    match state:
        case RunState.LIVE:
            return last_wall_time + _patience(interval) - now
        case RunState.STALLED:
            return last_wall_time + FORGOTTEN - now
        case _:
            return None


def _patience(interval: float | None) -> float:
    return max(SHORTEST_SILENCE, SILENT_INTERVALS * interval) if interval is not None else SHORTEST_SILENCE
