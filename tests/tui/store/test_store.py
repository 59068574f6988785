"""The store against a naive one, and what its snapshots share."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from logging_lib.tfevents.hparams import Experiment, SessionEnd, SessionStart
from tests.strategies import any_floats, int64s
from tui.model import (
    Batch,
    BlobBatch,
    BlobRef,
    Forgotten,
    Gone,
    HParamsInfo,
    Origin,
    Problem,
    Recovered,
    RunActivity,
    ScalarBatch,
    SeriesKey,
    TagInfo,
)
from tui.store.problems import TOLD_PER_FILE
from tui.store.snapshot import EMPTY_SNAPSHOT, StoreSnapshot
from tui.store.store import Store

ORIGIN = Origin("f")
names = st.sampled_from(["a", "b", "c/d", ""])
rows = st.lists(st.tuples(int64s, any_floats, st.floats(width=32)), max_size=5)


@st.composite
def scalar_batches(draw: st.DrawFn) -> ScalarBatch:
    points = draw(rows)
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    return ScalarBatch(
        SeriesKey(draw(names), draw(names), "scalars"),
        ORIGIN,
        np.array([step for step, _, _ in points], np.int64),
        np.array([wall_time for _, wall_time, _ in points], np.float64),
        np.array([value for _, _, value in points], dtype),
    )


@st.composite
def blob_batches(draw: st.DrawFn) -> BlobBatch:
    points = draw(rows)
    refs = [
        BlobRef(draw(names), draw(st.integers(0, 1 << 62)), draw(st.integers(0, 1 << 31)), i)
        for i in range(len(points))
    ]
    return BlobBatch(
        SeriesKey(draw(names), draw(names), draw(st.sampled_from(["images", "text"]))),
        ORIGIN,
        np.array([step for step, _, _ in points], np.int64),
        np.array([wall_time for _, wall_time, _ in points], np.float64),
        refs,
    )


def scalar(run: str, values: Iterable[float], *, tag: str = "t", first: int = 0, second: float = 1.0) -> ScalarBatch:
    numbers = np.array(list(values), np.float32)
    steps = np.arange(first, first + len(numbers))
    return ScalarBatch(SeriesKey(run, tag, "scalars"), ORIGIN, steps, 100 + second * steps, numbers)


def store_of(*batches: Batch) -> Store:
    store = Store()
    for batch in batches:
        store.apply(batch)
    return store


def snapshot_of(*batches: Batch) -> StoreSnapshot:
    return store_of(*batches).snapshot()


@given(st.lists(scalar_batches() | blob_batches() | st.none(), max_size=25))
def test_snapshots_hold_what_a_naive_store_holds(batches: list[ScalarBatch | BlobBatch | None]) -> None:
    """None stands for a commit; all snapshots are compared at the end, when later batches were applied."""
    store = Store()
    naive: dict[SeriesKey, list[tuple[object, ...]]] = {}
    commits = []
    for batch in [*batches, None]:
        if batch is None:
            commits.append((store.snapshot(), {key: list(points) for key, points in naive.items()}))
            continue
        store.apply(batch)
        values = batch.values.tolist() if isinstance(batch, ScalarBatch) else list(batch.refs)
        points = list(zip(batch.steps.tolist(), map(repr, batch.wall_times.tolist()), map(repr, values), strict=True))
        if points:
            naive.setdefault(batch.key, []).extend(points)
    for snapshot, expected in commits:
        found = {}
        for key, scalars in snapshot.scalars.items():
            found[key] = _points(scalars.steps, scalars.wall_times, scalars.values.tolist())
        for key, blobs in snapshot.blobs.items():
            found[key] = _points(blobs.steps, blobs.wall_times, list(blobs.refs))
        assert found == expected
        assert list(snapshot.scalars) == [key for key in expected if key.plugin == "scalars"]
        assert list(snapshot.runs) == sorted({key.run for key in expected})
        for name, run in snapshot.runs.items():
            keys = [key for key in expected if key.run == name]
            assert run.points == sum(len(expected[key]) for key in keys if key.plugin == "scalars")
            assert run.tags == len({key.tag for key in keys})
            assert run.last_step == max(step for key in keys for step, *_ in expected[key])
            newest = [float(expected[key][-1][2]) for key in keys if key.plugin == "scalars"]
            assert run.has_nan == any(not math.isfinite(value) for value in newest)


def _points(steps: np.ndarray, wall_times: np.ndarray, values: list[object]) -> list[tuple[object, ...]]:
    return list(zip(steps.tolist(), map(repr, wall_times.tolist()), map(repr, values), strict=True))


def test_an_empty_store_has_the_empty_snapshot() -> None:
    assert Store().snapshot() is EMPTY_SNAPSHOT


def test_only_what_changed_is_new_in_the_next_snapshot() -> None:
    store = store_of(scalar("a", [1]), scalar("b", [1]))
    first = store.snapshot()
    assert store.snapshot() is first
    store.apply(scalar("b", [2], first=1))
    second = store.snapshot()
    a, b = SeriesKey("a", "t", "scalars"), SeriesKey("b", "t", "scalars")
    assert second.version > first.version
    assert second.scalars[a] is first.scalars[a]
    assert second.runs["a"] is first.runs["a"]
    assert second.scalars[b].version > first.scalars[b].version
    assert (first.scalars[b].values.tolist(), second.scalars[b].values.tolist()) == ([1.0], [1.0, 2.0])


def test_mappings_in_which_nothing_changed_are_shared() -> None:
    info = TagInfo(SeriesKey("a", "t", "scalars"), "name", "words", b"")
    blob = BlobBatch(SeriesKey("a", "t", "images"), ORIGIN, np.arange(1), np.zeros(1), [BlobRef("f", 1, 2, 0)])
    store = store_of(info, scalar("a", [1]), blob, Problem("f", 3, "bad"))
    names = ("runs", "scalars", "blobs", "tags", "problems")

    def renewed(batch: Batch) -> set[str]:
        before = store.snapshot()
        store.apply(batch)
        after = store.snapshot()
        return {name for name in names if getattr(after, name) is not getattr(before, name)}

    assert renewed(scalar("a", [2], first=1)) == {"runs", "scalars"}
    assert renewed(blob) == {"runs", "blobs"}
    assert renewed(RunActivity("a", "f", 1, 1.0, 2.0)) == {"runs"}
    assert renewed(TagInfo(SeriesKey("a", "u", "scalars"), "", "", b"")) == {"tags"}
    assert renewed(Problem("f", 4, "bad")) == {"runs", "problems"}
    assert renewed(Problem("elsewhere", None, "closed")) == {"problems"}
    assert renewed(Recovered("elsewhere")) == {"problems"}
    assert renewed(Recovered("elsewhere")) == set()


def test_many_problems_of_a_file_are_counted() -> None:
    store = store_of(RunActivity("a", "f", 0, None, None))
    bad = [Problem("f", 10 * n, "bad") for n in range(TOLD_PER_FILE)]
    for problem in bad:
        store.apply(problem)
    store.apply(Problem("f", 5000, "worse"))
    assert store.snapshot().problems == (*bad, Problem("f", 5000, "one more problem"))
    other, gone = Problem("g", 1, "bad"), Problem("f", None, "gone")
    for problem in (other, Problem("f", 5010, "bad"), Problem("f", 5020, "bad"), gone):
        store.apply(problem)
    counted = Problem("f", 5000, "3 more problems, of which this is the first", 3)
    assert store.snapshot().problems == (*bad, gone, counted, other)
    assert store.snapshot().runs["a"].problems == TOLD_PER_FILE + 4
    store.apply(Recovered("f"))
    assert store.snapshot().problems == (*bad, counted, other)
    assert store.snapshot().runs["a"].problems == TOLD_PER_FILE + 3


def test_nothing_changes_with_what_is_known_or_empty() -> None:
    info = TagInfo(SeriesKey("a", "t", "scalars"), "name", "words", b"")
    problem = Problem("f", 3, "bad")
    store = store_of(info, problem, RunActivity("a", "f", 0, None, None))
    snapshot = store.snapshot()
    store.apply(TagInfo(info.key, "other", "", b""))
    store.apply(problem)
    assert store.snapshot() is snapshot
    assert (snapshot.tags, snapshot.problems) == ({info.key: info}, (problem,))


def test_a_run_without_data_is_listed_with_its_files() -> None:
    run = snapshot_of(RunActivity("a", "f", 0, None, None), RunActivity("a", "g", 0, None, None)).runs["a"]
    assert run.paths == ("f", "g")
    assert (run.points, run.tags, run.last_step, run.last_wall_time, run.interval) == (0, 0, None, None, None)


def test_wall_times_come_from_activity() -> None:
    activities = [
        RunActivity("a", "f", 2, 5.0, 7.0),
        RunActivity("a", "g", 2, 3.0, 6.0),
        RunActivity("a", "f", 1, None, None),
    ]
    run = snapshot_of(*activities).runs["a"]
    assert (run.first_wall_time, run.last_wall_time) == (3.0, 7.0)


def test_the_interval_is_that_of_the_busiest_series() -> None:
    slow = scalar("a", range(3), tag="slow", second=60.0)
    quick = scalar("a", range(9), tag="quick", second=2.0)
    assert snapshot_of(quick, slow).runs["a"].interval == 2.0
    assert snapshot_of(slow).runs["a"].interval == 60.0


def test_the_interval_is_of_recent_distinct_finite_times() -> None:
    times = [*np.arange(200) * 50.0, *(10_000.0 + np.repeat(np.arange(70), 2)), math.nan]
    steps, values = np.arange(len(times)), np.zeros(len(times))
    batch = ScalarBatch(SeriesKey("a", "t", "scalars"), ORIGIN, steps, np.array(times), values)
    assert snapshot_of(batch).runs["a"].interval == 1.0
    assert snapshot_of(scalar("a", [1, 2], second=0.0)).runs["a"].interval is None


def test_nan_is_of_the_newest_value_of_any_tag() -> None:
    store = store_of(scalar("a", [1.0, math.nan]), scalar("a", [1.0], tag="u"))
    assert store.snapshot().runs["a"].has_nan
    store.apply(scalar("a", [2.0], first=2))
    assert not store.snapshot().runs["a"].has_nan
    store.apply(scalar("a", [-math.inf], tag="u", first=1))
    assert store.snapshot().runs["a"].has_nan


def test_hparams_and_a_session_that_starts_again() -> None:
    start, end, experiment = SessionStart({"lr": 0.1}), SessionEnd("SUCCESS"), Experiment(["lr"], [])
    store = store_of(*(HParamsInfo("a", "f", data) for data in (experiment, start, end)))
    run = store.snapshot().runs["a"]
    assert (run.start, run.end, run.experiment) == (start, end, experiment)
    store.apply(HParamsInfo("a", "f", start))
    assert store.snapshot().runs["a"].end is None


def test_problems_are_counted_by_run_and_withdrawn() -> None:
    gone, bad = Problem("f", None, "gone"), Problem("f", 3, "bad")
    elsewhere = Problem("dir", None, "closed")
    store = store_of(RunActivity("a", "f", 0, None, None), gone, bad, elsewhere)
    first = store.snapshot()
    assert first.problems == (gone, bad, elsewhere)
    assert first.runs["a"].problems == 2
    store.apply(Recovered("f"))
    second = store.snapshot()
    assert second.problems == (bad, elsewhere)
    assert second.runs["a"].problems == 1


OLD, NEW = "r/tfevents.1700000001", "r/tfevents.1700000002"


def of_file(path: str, batch: ScalarBatch) -> ScalarBatch:
    return ScalarBatch(batch.key, Origin(path), batch.steps, batch.wall_times, batch.values)


def test_what_came_from_a_file_is_forgotten_and_nothing_else() -> None:
    store = store_of(
        RunActivity("a", NEW, 3, 50.0, 60.0),
        RunActivity("a", OLD, 3, 10.0, 20.0),
        RunActivity("b", "g", 1, 1.0, 2.0),
        of_file(OLD, scalar("a", [1.0] * 8 + [math.nan], tag="old")),
        of_file(OLD, scalar("a", [1.0, 2.0, 3.0])),
        of_file(NEW, scalar("a", [4.0, 4.5], first=10, second=7.0)),
        scalar("b", [9.0]),
        HParamsInfo("a", OLD, SessionStart({"lr": 0.1})),
        HParamsInfo("a", NEW, SessionEnd("SUCCESS")),
        Problem(OLD, 3, "bad"),
        Problem(NEW, 3, "bad"),
    )
    before = store.snapshot()
    assert (before.runs["a"].first_wall_time, before.runs["a"].paths) == (10.0, (OLD, NEW))
    store.apply(Forgotten("a", OLD))
    after = store.snapshot()
    run = after.runs["a"]
    assert (run.first_wall_time, run.last_wall_time, run.paths) == (50.0, 60.0, (NEW,))
    assert (run.points, run.tags, run.last_step, run.has_nan, run.problems) == (2, 1, 11, False, 1)
    assert (run.start, run.end, run.interval) == (None, SessionEnd("SUCCESS"), 7.0)
    assert before.runs["a"].interval == 1.0
    assert after.problems == (Problem(NEW, 3, "bad"),)
    assert {key: series.values.tolist() for key, series in after.scalars.items()} == {
        SeriesKey("a", "t", "scalars"): [4.0, 4.5],
        SeriesKey("b", "t", "scalars"): [9.0],
    }
    assert after.runs["b"] is before.runs["b"]
    assert before.scalars[SeriesKey("a", "t", "scalars")].values.tolist() == [1.0, 2.0, 3.0, 4.0, 4.5]
    assert before.scalars[SeriesKey("a", "old", "scalars")].values.tolist()[0] == 1.0


def test_a_file_that_is_read_again_replaces_itself_in_place() -> None:
    """Between two snapshots: its series stand where they stood."""
    store = store_of(RunActivity("a", OLD, 3, 10.0, 20.0))
    for tag in ("x", "y", "z"):
        store.apply(of_file(OLD, scalar("a", [1.0, 2.0], tag=tag)))
    store.snapshot()
    for batch in (Forgotten("a", OLD), RunActivity("a", OLD, 0, None, None), RunActivity("a", OLD, 2, 30.0, 31.0)):
        store.apply(batch)
    for tag in ("z", "x"):
        store.apply(of_file(OLD, scalar("a", [5.0], tag=tag)))
    snapshot = store.snapshot()
    assert [(key.tag, series.values.tolist()) for key, series in snapshot.scalars.items()] == [
        ("x", [5.0]),
        ("z", [5.0]),
    ]
    assert (snapshot.runs["a"].first_wall_time, snapshot.runs["a"].points, snapshot.runs["a"].tags) == (30.0, 2, 2)


def test_a_run_without_files_is_no_run() -> None:
    info = TagInfo(SeriesKey("a", "t", "scalars"), "name", "words", b"")
    other = TagInfo(SeriesKey("b", "t", "scalars"), "name", "words", b"")
    store = store_of(RunActivity("a", OLD, 0, None, None), RunActivity("a", NEW, 0, None, None), info, other)
    store.apply(Forgotten("a", OLD))
    assert store.snapshot().runs["a"].paths == (NEW,)
    store.apply(Forgotten("a", NEW))
    snapshot = store.snapshot()
    assert (list(snapshot.runs), list(snapshot.tags)) == (["b"], [other.key])
    store.apply(Forgotten("a", NEW))
    assert list(store.snapshot().runs) == ["b"]


def test_what_is_known_about_a_tag_may_be_said_anew_by_its_file() -> None:
    key = SeriesKey("a", "t", "scalars")
    infos = [TagInfo(key, "", text, b"") for text in ("first", "second", "third")]
    store = store_of(infos[0], of_file(OLD, scalar("a", [1.0])), of_file(NEW, scalar("a", [2.0])))
    store.apply(infos[1])
    assert store.snapshot().tags == {key: infos[0]}
    store.apply(Forgotten("a", OLD))
    assert store.snapshot().tags == {key: infos[0]}  # of what the other file logged
    store.apply(infos[1])
    store.apply(infos[2])
    assert store.snapshot().tags == {key: infos[1]}
    store.apply(Forgotten("a", NEW))
    assert store.snapshot().tags == {}


def test_files_that_are_gone_are_marked_until_they_are_back() -> None:
    store = store_of(*(RunActivity("a", path, 0, None, None) for path in (NEW, OLD)))
    assert store.snapshot().runs["a"].gone == ()
    gone = Problem(OLD, None, "gone")
    for batch in (gone, Gone(OLD)):
        store.apply(batch)
    first = store.snapshot()
    assert (first.runs["a"].gone, first.problems) == ((OLD,), (gone,))
    store.apply(Gone(OLD))
    assert store.snapshot() is first
    store.apply(Recovered(OLD))
    assert (store.snapshot().runs["a"].gone, store.snapshot().problems) == ((), ())
    for batch in (gone, Gone(OLD), Forgotten("a", OLD), RunActivity("a", OLD, 0, None, None)):
        store.apply(batch)
    assert (store.snapshot().runs["a"].gone, store.snapshot().problems) == ((), ())


def test_hparams_of_several_files_are_told_in_their_order() -> None:
    starts = [SessionStart({"lr": rate}) for rate in (0.1, 0.2)]
    infos = [
        HParamsInfo("a", NEW, starts[1]),
        HParamsInfo("a", OLD, Experiment(["lr"], [])),
        HParamsInfo("a", OLD, starts[0]),
        HParamsInfo("a", OLD, SessionEnd("FAILURE")),
    ]
    run = snapshot_of(*infos).runs["a"]
    assert (run.start, run.end, run.experiment) == (starts[1], None, Experiment(["lr"], []))
    store = store_of(*infos)
    store.apply(Forgotten("a", NEW))
    run = store.snapshot().runs["a"]
    assert (run.start, run.end) == (starts[0], SessionEnd("FAILURE"))


def test_blob_references_are_a_sequence() -> None:
    refs = [BlobRef("f", 1, 2, 0), BlobRef("g", 3, 4, 1), BlobRef("f", 5, 6, 0)]
    key = SeriesKey("a", "t", "images")
    store = store_of(BlobBatch(key, ORIGIN, np.arange(3), np.zeros(3), refs))
    found = store.snapshot().blobs[key].refs
    store.apply(BlobBatch(key, ORIGIN, np.arange(1), np.zeros(1), [BlobRef("h", 7, 8, 0)]))
    assert list(found) == refs
    assert found[-1] == refs[-1]
    assert list(found[1:]) == refs[1:]
    assert list(store.snapshot().blobs[key].refs) == [*refs, BlobRef("h", 7, 8, 0)]


def test_a_session_that_has_ended_below_a_silent_run_tells_of_it() -> None:
    def result(wall_time: float, *more: Batch) -> list[Batch]:
        """As torch's `add_hparams` logs it: a directory with one point of a metric."""
        below = f"a/{wall_time}"
        end = HParamsInfo(below, f"{below}/f", SessionEnd("SUCCESS"))
        point = scalar(below, [1.0], tag="hparam/loss")
        return [RunActivity(below, f"{below}/f", 4, wall_time, wall_time), end, point, *more]

    store = store_of(RunActivity("a", "a/f", 9, 100.0, 108.0), scalar("a", range(9)), *result(104.0))
    assert not store.snapshot().runs["a"].ended_below  # it has gone on since
    for batch in result(109.0):
        store.apply(batch)
    runs = store.snapshot().runs
    assert {name: run.ended_below for name, run in runs.items()} == {"a": True, "a/104.0": False, "a/109.0": False}
    store.apply(RunActivity("a", "a/f", 1, 120.0, 120.0))
    assert not store.snapshot().runs["a"].ended_below
    for batch in result(130.0):
        store.apply(batch)
    assert store.snapshot().runs["a"].ended_below
    store.apply(Forgotten("a/130.0", "a/130.0/f"))
    assert not store.snapshot().runs["a"].ended_below
    training = [scalar("a/140.0", range(5)), *result(140.0)]  # with a curve of its own
    assert (
        not snapshot_of(RunActivity("a", "a/f", 9, 100.0, 108.0), scalar("a", range(9)), *training)
        .runs["a"]
        .ended_below
    )
