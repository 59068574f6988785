"""What widgets share: how runs look, states by the clock."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import WALL_TIME
from tests.tui.app.views import run_summary
from tui.analysis.run_state import FORGOTTEN, RunState
from tui.app.shared import RunStyles, Shared
from tui.app.theme import DARK, LIGHT, Look
from tui.app.watching import LONGEST_APART, SHOWN_APART, pause_after


@pytest.mark.parametrize(("cost", "pause"), [(0.0, SHOWN_APART), (0.03, 0.6), (9.0, LONGEST_APART)])
def test_keys_need_not_wait_behind_looks_at_new_data(cost: float, pause: float) -> None:
    assert pause_after(cost) == pytest.approx(pause)


@given(st.lists(st.lists(st.text("abc/.", max_size=4), max_size=5), max_size=5))
def test_a_run_keeps_its_style_when_runs_are_added(commits: list[list[str]]) -> None:
    styles, known = RunStyles(), dict[str, tuple[str, str]]()
    for names in commits:
        styles.see(names)
        known |= {name: (styles.colour(name), styles.mark(name)) for name in names if name not in known}
        assert {name: (styles.colour(name), styles.mark(name)) for name in known} == known


def test_the_order_of_reading_does_not_show_in_the_styles() -> None:
    names = [f"run_{number}" for number in range(20)]
    once, piecewise = RunStyles(), RunStyles()
    once.see(names)
    for end in (3, 9, 14):
        piecewise.see(reversed(names[-end:]), settled=False)
    piecewise.see(reversed(names))
    assert [once.colour(name) for name in names] == [piecewise.colour(name) for name in names]
    assert [once.mark(name) for name in names] == [piecewise.mark(name) for name in names]


def test_64_runs_look_different_and_the_65th_has_a_style_too() -> None:
    styles, names = RunStyles(), [f"run_{number}" for number in range(65)]
    styles.see(names)
    assert len({(styles.colour(name), styles.mark(name)) for name in names[:64]}) == 64
    assert styles.mark(names[64])


def test_runs_are_called_by_what_tells_them_apart() -> None:
    styles = RunStyles()
    styles.see(["exp/a\x1b/x"])
    assert styles.name("exp/a\x1b/x") == r"exp/a\x1b/x"
    styles.see(["exp/a\x1b/x", "exp/b/x"])
    assert (styles.name("exp/a\x1b/x"), styles.name("exp/b/x")) == (r"a\x1b/x", "b/x")
    # A run that is gone from the log directory is still known: what is on the screen may name it.
    styles.see(["exp/b/x"])
    assert styles.name("exp/a\x1b/x") == r"a\x1b/x"


@pytest.mark.parametrize("look", [DARK, LIGHT])
def test_a_faint_colour_lies_between_the_runs_and_the_background(look: Look) -> None:
    styles = RunStyles()
    styles.see(["run"])
    faint = styles.faint("run", look)
    assert faint not in (styles.colour("run"), look.background)
    for at in (1, 3, 5):
        ends = sorted(int(colour[at : at + 2], 16) for colour in (styles.colour("run"), look.background))
        assert ends[0] <= int(faint[at : at + 2], 16) <= ends[1]
    assert styles.style("run", look).color.name == styles.colour("run")
    assert styles.style("run", look).bgcolor.name == look.background


@pytest.mark.parametrize(
    ("silence", "state", "lasts"),
    [
        (0.0, RunState.LIVE, 60.0),
        (59.0, RunState.LIVE, 1.0),
        (61.0, RunState.STALLED, FORGOTTEN - 61.0),
        (FORGOTTEN + 1.0, RunState.DONE, None),
    ],
)
def test_the_state_of_a_run_follows_the_clock(silence: float, state: RunState, lasts: float | None) -> None:
    shared = Shared(clock=lambda: WALL_TIME + silence)
    assert shared.state_of(run_summary("run")) is state
    assert shared.state_lasts(run_summary("run")) == lasts


def test_a_run_is_deleted_when_all_its_files_are() -> None:
    shared = Shared(clock=lambda: WALL_TIME)
    assert shared.state_of(run_summary("run", gone=("run/events",))) is RunState.DELETED
    assert shared.state_lasts(run_summary("run", gone=("run/events",))) is None
    one_left = replace(run_summary("run", gone=("run/events",)), paths=("run/events", "run/more"))
    assert shared.state_of(one_left) is RunState.LIVE
    assert shared.state_of(replace(run_summary("run"), paths=())) is RunState.LIVE


def test_a_run_with_nan_is_nan_for_ever_and_one_without_events_waits() -> None:
    shared = Shared(clock=lambda: WALL_TIME)
    assert shared.state_of(run_summary("run", has_nan=True)) is RunState.NAN
    assert shared.state_lasts(run_summary("run", has_nan=True)) is None
    assert shared.state_of(run_summary("run", last_wall_time=None)) is RunState.STALLED
    assert shared.state_lasts(run_summary("run", last_wall_time=None)) is None


def test_older_runs_keep_their_styles_when_newer_ones_are_added_and_all_is_opened_again() -> None:
    began = {f"run_{number}": float(number * 7 % 20) for number in range(20)}
    before, after = RunStyles(), RunStyles()
    old = sorted(began, key=lambda name: began[name])[:12]
    before.see(old, starts=lambda name: began[name])
    after.see(began, starts=lambda name: began[name])
    assert [(before.colour(name), before.mark(name)) for name in old] == [
        (after.colour(name), after.mark(name)) for name in old
    ]
    before.see(began, starts=lambda name: began[name])
    assert [before.colour(name) for name in began] == [after.colour(name) for name in began]


def test_a_status_is_judged_again_when_the_run_or_the_clock_asks_for_it() -> None:
    now = [WALL_TIME + 30.0]
    shared, run = Shared(clock=lambda: now[0]), run_summary("run")
    first = shared.status(run)
    assert (first.state, first.age, first.until) == (RunState.LIVE, "now", WALL_TIME + 60.0)
    now[0] += 29.0
    assert shared.status(run) is first
    now[0] += 2.0
    later = shared.status(run)
    assert (later.state, later.age, later.until) == (RunState.STALLED, "1m", WALL_TIME + 120.0)
    now[0] = WALL_TIME + 10.0  # the clock was set back
    assert shared.status(run).state is RunState.LIVE
    assert shared.status(replace(run, has_nan=True)).state is RunState.NAN
    assert shared.status(run_summary("other", last_wall_time=None)).age == ""
    assert shared.status(run_summary("other", last_wall_time=None)).until == math.inf


def test_statuses_of_what_is_shown_no_more_are_forgotten() -> None:
    shared = Shared(clock=lambda: WALL_TIME)
    kept, forgotten = (run_summary(name) for name in ("kept", "forgotten"))
    before = shared.status(kept), shared.status(forgotten)
    shared.keep_statuses(["kept", "never seen"])
    assert shared.status(kept) is before[0]
    assert shared.status(forgotten) is not before[1]
