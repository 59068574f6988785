"""What widgets share: facts of series, how runs look, states by the clock."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import WALL_TIME
from tests.tui.app.views import run_summary, scalar_series
from tui.analysis.run_state import FORGOTTEN, RunState
from tui.analysis.statistics import Extremes, Trend
from tui.app.app import LONGEST_APART, SHOWN_APART, pause_after
from tui.app.shared import Facts, FactsCache, RunStyles, Shared, SparkCache
from tui.app.theme import DARK, LIGHT, Look
from tui.render.sparkline import sparkline

NAN = math.nan


def test_facts_of_a_series() -> None:
    facts = FactsCache().of(scalar_series([4.0, 1.0, 3.0, 2.0], steps=[0, 10, 20, 5]))
    assert facts == Facts(2.0, 5, Trend(-1 / 3, "down"), Extremes(1.0, 10, 4.0, 0))


def test_facts_of_what_cannot_be_drawn() -> None:
    facts = FactsCache().of(scalar_series([NAN, math.inf]))
    assert (facts.last, facts.last_step, facts.trend, facts.extremes) == (math.inf, 1, None, None)
    after = FactsCache().of(scalar_series([1.0, NAN]))
    assert math.isnan(after.last) and after.extremes == Extremes(1.0, 0, 1.0, 0)


def test_facts_are_computed_once_a_version() -> None:
    cache, series = FactsCache(), scalar_series([1.0, 2.0])
    first = cache.of(series)
    assert cache.of(replace(series)) is first
    assert cache.of(scalar_series([1.0, 2.0, 3.0], version=2)).last == 3.0
    assert cache.of(scalar_series([9.0], run="other")).last == 9.0
    assert cache.of(scalar_series([1.0, 2.0, 3.0], version=2)) is cache.of(scalar_series([0.0], version=2))


@pytest.mark.parametrize(("cost", "pause"), [(0.0, SHOWN_APART), (0.03, 0.6), (9.0, LONGEST_APART)])
def test_keys_need_not_wait_behind_looks_at_new_data(cost: float, pause: float) -> None:
    assert pause_after(cost) == pytest.approx(pause)


def test_sparklines_are_drawn_once_a_version_and_width() -> None:
    cache, series = SparkCache(), scalar_series([1.0, 2.0])
    first = cache.of(series, 4)
    assert first == sparkline(series.values, 4)
    assert cache.of(replace(series), 4) is first
    assert cache.of(series, 5) == sparkline(series.values, 5)
    longer = scalar_series([1.0, 2.0, 0.5], version=2)
    assert cache.of(longer, 5) == sparkline(longer.values, 5)
    assert cache.of(scalar_series([9.0], run="other"), 5) == sparkline(np.array([9.0]), 5)


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
