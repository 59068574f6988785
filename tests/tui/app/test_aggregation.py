"""Snapshots in which groups of runs are runs: their names, summaries and series, and what is computed when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from logging_lib.tfevents.hparams import SessionEnd, SessionStart
from tests.builders import WALL_TIME
from tests.tui.app.views import run_summary, scalar_series
from tui.analysis.run_groups import RunGroup
from tui.analysis.run_state import RunState
from tui.app.aggregation import Aggregator, GroupSummary, MeanSeries, grouping_note, run_groups, suggested_pattern
from tui.app.choices import Aggregation
from tui.app.shared import RunStyles, Shared
from tui.model import SeriesKey
from tui.render.cells import fit
from tui.store.snapshot import RunSummary, ScalarSeries, StoreSnapshot

NONE = frozenset[str]()
BY_LR = Aggregation(r"lr_(.+)_s")


def snapshot(runs: Sequence[RunSummary | str], series: Sequence[ScalarSeries] = ()) -> StoreSnapshot:
    named = [run if isinstance(run, RunSummary) else run_summary(run) for run in runs]
    return StoreSnapshot(1, {run.name: run for run in named}, {one.key: one for one in series}, {}, {}, ())


def seeds(**values: Sequence[float]) -> StoreSnapshot:
    """A snapshot of runs with these losses."""
    return snapshot(list(values), [scalar_series(points, run=run) for run, points in values.items()])


def loss(run: str) -> SeriesKey:
    return SeriesKey(run, "loss", "scalars")


def test_a_group_stands_in_place_of_its_runs_and_others_stay() -> None:
    read = seeds(lr_1_s0=[1, 2], lr_1_s1=[3, 6], lr_2_s0=[5], other=[7])
    made = Aggregator().aggregated(read, BY_LR, NONE)
    assert list(made.runs) == ["1", "lr_2_s0", "other"]
    assert set(made.scalars) == {loss("1"), loss("lr_2_s0"), loss("other")}
    mean = made.scalars[loss("1")]
    assert isinstance(mean, MeanSeries)
    assert (mean.key, mean.members, mean.values.tolist()) == (loss("1"), 2, [2.0, 4.0])
    assert made.scalars[loss("other")] is read.scalars[loss("other")]
    assert mean.current() is mean


def test_hidden_runs_take_no_part_but_stay_listed() -> None:
    read = seeds(lr_1_s0=[1], lr_1_s1=[3], lr_1_s2=[50])
    made = Aggregator().aggregated(read, BY_LR, frozenset({"lr_1_s2"}))
    assert list(made.runs) == ["1", "lr_1_s2"]
    assert made.scalars[loss("1")].values.tolist() == [2.0]


def test_without_groups_the_snapshot_is_the_one_that_was_read() -> None:
    read, aggregator = seeds(a=[1], b=[2]), Aggregator()
    assert aggregator.aggregated(read, None, NONE) is read
    assert aggregator.aggregated(read, Aggregation("no such run"), NONE) is read
    assert aggregator.groups == []


def test_a_snapshot_is_made_once_and_a_mean_again_only_when_a_member_changed() -> None:
    aggregator = Aggregator()
    read = seeds(lr_1_s0=[1], lr_1_s1=[3], lr_2_s0=[5], lr_2_s1=[7])
    first = aggregator.aggregated(read, BY_LR, NONE)
    assert aggregator.aggregated(read, BY_LR, NONE) is first
    one, two = first.scalars[loss("1")], first.scalars[loss("2")]
    assert first.scalars[loss("1")] is one
    longer = scalar_series([5, 9], run="lr_2_s0", version=2)
    second = aggregator.aggregated(replace(read, scalars={**read.scalars, longer.key: longer}), BY_LR, NONE)
    assert second.scalars[loss("1")] is one
    assert second.scalars[loss("2")].version > two.version
    assert second.scalars[loss("2")].values.tolist() == [6.0, 9.0]


def test_means_are_computed_when_they_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Aggregator().aggregated(seeds(lr_1_s0=[1], lr_1_s1=[3]), BY_LR, NONE)
    monkeypatch.setattr("tui.app.aggregation.aggregate", lambda members: pytest.fail("nobody looked"))
    assert list(made.scalars) == [loss("1")]
    assert len(made.scalars) == 1 and loss("1") in made.scalars and loss("lr_1_s0") not in made.scalars


def test_a_mean_never_has_the_version_of_other_members() -> None:
    aggregator, read = Aggregator(), seeds(a1=[1], a2=[3], b1=[5], b2=[7])
    by_letter = aggregator.aggregated(read, Aggregation(r"([ab])\d"), frozenset({"a1"}))
    again = aggregator.aggregated(read, Aggregation(r"([ab])\d"), frozenset({"b1"}))
    assert by_letter.scalars[loss("b")].version != again.scalars[loss("a")].version


def test_a_tag_of_some_members_is_their_mean() -> None:
    extra = scalar_series([4], run="lr_1_s1", tag="acc")
    read = seeds(lr_1_s0=[1], lr_1_s1=[3])
    read = replace(read, scalars={**read.scalars, extra.key: extra})
    mean = Aggregator().aggregated(read, BY_LR, NONE).scalars[SeriesKey("1", "acc", "scalars")]
    assert isinstance(mean, MeanSeries) and mean.members == 1


def summary(**of: object) -> GroupSummary:
    """The group of two runs, the first with these attributes besides what is usual."""
    first = replace(run_summary("lr_1_s0", points=100), **of)
    second = run_summary("lr_1_s1", points=300, last_wall_time=WALL_TIME - 50)
    run = Aggregator().aggregated(snapshot([first, second]), BY_LR, NONE).runs["1"]
    assert isinstance(run, GroupSummary)
    return run


def test_a_group_sums_its_runs_up() -> None:
    group = summary(tags=5, problems=2)
    assert group.members == ("lr_1_s0", "lr_1_s1")
    assert (group.tags, group.points, group.last_step, group.problems) == (5, 400, 300, 2)
    assert (group.first_wall_time, group.last_wall_time) == (WALL_TIME - 350, WALL_TIME)


def state(group: RunSummary, now: float) -> RunState:
    return Shared(clock=lambda: now).state_of(group)


def test_a_group_is_live_as_long_as_a_member_is() -> None:
    assert state(summary(), WALL_TIME + 50) is RunState.LIVE
    assert state(summary(end=SessionEnd("SUCCESS")), WALL_TIME + 50) is RunState.LIVE
    assert state(summary(), WALL_TIME + 100) is RunState.STALLED


def test_a_group_tells_of_nan_in_any_member_and_is_done_when_all_are() -> None:
    assert state(summary(has_nan=True), WALL_TIME + 50) is RunState.NAN
    ended = [replace(run_summary(name), end=SessionEnd("SUCCESS")) for name in ("lr_1_s0", "lr_1_s1")]
    group = Aggregator().aggregated(snapshot(ended), BY_LR, NONE).runs["1"]
    assert state(group, WALL_TIME) is RunState.DONE
    assert not summary(gone=("lr_1_s0/events",)).deleted


def with_hparams(runs: Mapping[str, Mapping[str, float]]) -> StoreSnapshot:
    return snapshot([replace(run_summary(name), start=SessionStart(known)) for name, known in runs.items()])


def test_without_a_pattern_equal_hparams_make_groups() -> None:
    read = with_hparams({"x": {"lr": 1, "seed": 1}, "y": {"lr": 1, "seed": 2}, "z": {"lr": 2, "seed": 1}})
    assert run_groups(read, None, NONE) == [RunGroup("lr=1", ("x", "y"))]
    made = Aggregator().aggregated(read, Aggregation(), NONE)
    assert made.runs["lr=1"].start == SessionStart({"lr": 1})
    assert suggested_pattern(read, NONE) is None


def test_without_equal_hparams_names_that_look_like_seeds_are_suggested() -> None:
    assert suggested_pattern(snapshot(["a_seed1", "a_seed2"]), NONE) == r"^(.*?)[/_-]?seed[=_-]?\d+(.*)$"
    assert suggested_pattern(snapshot(["a_seed1", "a_seed2"]), frozenset({"a_seed1"})) is None
    assert suggested_pattern(snapshot(["a", "b"]), NONE) is None


def test_a_pattern_has_smart_case_and_what_is_none_makes_no_groups() -> None:
    read = snapshot(["Adam1", "Adam2"])
    assert [group.name for group in run_groups(read, "adam", NONE)] == ["Adam"]
    assert run_groups(read, "adaM", NONE) == []
    assert run_groups(read, "(adam", NONE) == []


@pytest.mark.parametrize(
    ("pattern", "groups", "note"),
    [
        (None, [RunGroup("g", ("a", "b")), RunGroup("h", ("c", "d", "e"))], "2 groups of 5 runs with equal hparams"),
        ("(.)", [RunGroup("g", ("a", "b"))], "1 group of 2 runs"),
        ("(.)", [], "puts no runs together"),
        ("(", [], "not a regex"),
    ],
)
def test_what_comes_of_a_pattern_is_said(pattern: str | None, groups: list[RunGroup], note: str) -> None:
    assert grouping_note(groups, pattern) == (note, note == "not a regex")
    assert grouping_note([], None)[0].startswith("no equal hparams")


def test_arrays_of_a_mean_agree() -> None:
    mean = Aggregator().aggregated(seeds(lr_1_s0=[1, 2], lr_1_s1=[3, 6]), BY_LR, NONE).scalars[loss("1")]
    assert isinstance(mean, MeanSeries)
    assert mean.values is mean.aggregate.mean and mean.steps is mean.aggregate.steps
    assert np.array_equal(mean.aggregate.low, [1, 2]) and np.array_equal(mean.aggregate.high, [3, 6])


def test_groups_of_runs_have_styles_of_their_own_and_keep_them() -> None:
    runs = RunStyles()
    runs.see(["lr_1/s0", "lr_1/s1", "lr_2/s0"])
    runs.see_groups(["a/lr_1", "a/lr_2"], ["lr_2/s0"])
    before = {name: (runs.colour(name), runs.mark(name)) for name in ("a/lr_1", "a/lr_2", "lr_2/s0")}
    assert len(set(before.values())) == 3
    assert runs.name("a/lr_1") == "lr_1" and runs.fitted("a/lr_2", 6) == "lr_2  "
    runs.see_groups(["a/lr_3", "a/lr_1"], ["lr_2/s0", "lr_1/s0"])
    assert (runs.colour("a/lr_1"), runs.mark("a/lr_1")) == before["a/lr_1"]
    assert (runs.colour("a/lr_3"), runs.mark("a/lr_3")) not in (before["a/lr_1"], before["lr_2/s0"])


def test_groups_of_what_was_typed_before_take_no_room_from_names() -> None:
    runs = RunStyles()
    runs.see_groups(["long_name_1", "long_name_2"], [])
    assert runs.fitted("long_name_1", 4) != "long_name_1"[:3] + "…"
    runs.see_groups(["long_name_1"], [])
    assert runs.fitted("long_name_1", 4) == fit("long_name_1", 4, keep="both")
