"""Restarts: which points are superseded, in which order points stand, and what files leave that are forgotten."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.store.test_store import store_of
from tui.model import BlobBatch, BlobRef, Forgotten, Origin, RunActivity, ScalarBatch, SeriesKey
from tui.store import sessions
from tui.store.snapshot import BlobSeries, ScalarSeries, StoreSnapshot
from tui.store.store import Store

KEY = SeriesKey("r", "t", "scalars")
BLOBS = SeriesKey("r", "t", "images")
OLD, NEW, LATEST = (f"logs/r/events.out.tfevents.170000000{n}.host" for n in range(3))


@dataclass(frozen=True)
class Logged:
    """Points of one session, in the order in which they were logged."""

    origin: Origin
    steps: list[int]
    wall_times: list[float]

    @property
    def scalars(self) -> ScalarBatch:
        steps, wall_times = np.array(self.steps, np.int64), np.array(self.wall_times, np.float64)
        return ScalarBatch(KEY, self.origin, steps, wall_times, steps.astype(np.float32))

    @property
    def blobs(self) -> BlobBatch:
        refs = [BlobRef(self.origin.path, step, 1, 0) for step in self.steps]
        steps, wall_times = np.array(self.steps, np.int64), np.array(self.wall_times, np.float64)
        return BlobBatch(BLOBS, self.origin, steps, wall_times, refs)


def logged(path: str, steps: range | list[int], start: float, *, session: int = 0, purge: int | None = None) -> Logged:
    """One point a second, from `start` on."""
    return Logged(Origin(path, session, purge), list(steps), [start + n for n in range(len(steps))])


def series_of(*parts: Logged) -> ScalarSeries:
    return store_of(*(part.scalars for part in parts)).snapshot().scalars[KEY]


def superseded(*parts: Logged) -> list[tuple[str, int]] | None:
    """File and step of each superseded point."""
    blobs = store_of(*(part.blobs for part in parts)).snapshot().blobs[BLOBS]
    scalars = series_of(*parts)
    if scalars.superseded is None:
        assert blobs.superseded is None
        return None
    assert blobs.superseded is not None
    assert blobs.superseded.tolist() == scalars.superseded.tolist()
    flagged = zip(blobs.refs, blobs.superseded, strict=True)
    return [(ref.path, ref.offset) for ref, flag in flagged if flag]


def test_a_restart_supersedes_what_it_logs_again() -> None:
    assert superseded(logged(OLD, range(6), 100), logged(NEW, range(4, 8), 200)) == [(OLD, 4), (OLD, 5)]


def test_the_step_where_it_begins_counts_not_its_least() -> None:
    assert superseded(logged(OLD, range(6), 100), logged(NEW, [4, 1], 200)) == [(OLD, 4), (OLD, 5)]


def test_a_run_that_goes_on_where_it_was_supersedes_nothing() -> None:
    assert superseded(logged(OLD, range(6), 100), logged(NEW, range(6, 9), 200)) is None


def test_a_restart_of_a_restart() -> None:
    parts = logged(OLD, range(9), 100), logged(NEW, range(6, 8), 200), logged(LATEST, range(7, 9), 300)
    assert superseded(*parts) == [(OLD, 6), (OLD, 7), (OLD, 8), (NEW, 7)]
    parts = logged(OLD, range(9), 100), logged(NEW, range(6, 8), 200), logged(LATEST, range(3), 300)
    assert superseded(*parts) == [(OLD, n) for n in range(9)] + [(NEW, 6), (NEW, 7)]


def test_concurrent_writers_supersede_nothing() -> None:
    assert superseded(logged(OLD, range(6), 100), logged(NEW, range(6), 105.5)) == [(OLD, n) for n in range(6)]
    assert superseded(logged(OLD, range(6), 100), logged(NEW, range(6), 104.5)) is None


def test_wall_times_that_meet_are_not_later() -> None:
    assert superseded(logged(OLD, range(6), 100), logged(NEW, range(6), 105.0)) is None


def test_a_restart_is_judged_against_each_older_session() -> None:
    """The newest is concurrent to the second one only."""
    parts = logged(OLD, range(4), 100), logged(NEW, range(4), 200), logged(LATEST, [2, 3], 201.5)
    assert superseded(*parts) == [(OLD, n) for n in range(4)]


def test_files_are_ordered_by_name_not_by_arrival() -> None:
    parts = logged(NEW, range(4, 8), 200), logged(OLD, range(6), 100)
    assert superseded(*parts) == [(OLD, 4), (OLD, 5)]
    assert series_of(*parts).steps.tolist() == [0, 1, 2, 3, 4, 5, 4, 5, 6, 7]
    # By the clock the file with the newer name is the older one: no restart.
    assert superseded(logged(OLD, range(6), 300), logged(NEW, range(4, 8), 200)) is None


def test_sessions_of_one_file() -> None:
    parts = logged(OLD, range(6), 100), logged(OLD, range(4, 8), 200, session=1)
    assert superseded(*parts) == [(OLD, 4), (OLD, 5)]


def test_what_its_writer_voids_is_superseded() -> None:
    parts = logged(OLD, range(6), 100), logged(OLD, range(5, 8), 200, session=1, purge=3)
    assert superseded(*parts) == [(OLD, 3), (OLD, 4), (OLD, 5)]
    parts = logged(OLD, range(6), 100), logged(OLD, range(2, 8), 200, session=1, purge=3)
    assert superseded(*parts) == [(OLD, n) for n in range(2, 6)]


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf])
def test_wall_times_that_are_not_finite_tell_nothing(odd: float) -> None:
    def with_odd(part: Logged, place: int) -> Logged:
        times = [odd if n == place else time for n, time in enumerate(part.wall_times)]
        return Logged(part.origin, part.steps, times)

    old, new = logged(OLD, range(6), 100), logged(NEW, [5, 6, 7], 200)
    for place in range(3):
        assert superseded(with_odd(old, place), with_odd(new, place)) == [(OLD, 5)]
    nowhen = Logged(old.origin, old.steps, [odd] * 6)
    assert superseded(nowhen, new) is None
    assert superseded(old, Logged(new.origin, new.steps, [odd] * 3)) is None


def test_points_that_come_late_show_that_writers_are_concurrent() -> None:
    store = store_of(logged(OLD, range(6), 100).scalars, logged(NEW, range(3), 200).scalars)
    first = store.snapshot().scalars[KEY]
    assert first.superseded is not None
    assert first.superseded.tolist() == [True] * 6 + [False] * 3
    store.apply(logged(OLD, range(6, 8), 201.5).scalars)
    second = store.snapshot().scalars[KEY]
    assert (second.superseded, second.steps.tolist()) == (None, [*range(8), 0, 1, 2])
    assert first.superseded.tolist() == [True] * 6 + [False] * 3


def test_an_earlier_wall_time_shows_that_writers_are_concurrent() -> None:
    store = store_of(logged(OLD, range(6), 100).scalars, logged(NEW, range(3), 200).scalars)
    assert store.snapshot().scalars[KEY].superseded is not None
    store.apply(logged(NEW, [3], 103.5).scalars)
    assert store.snapshot().scalars[KEY].superseded is None


def test_the_series_without_superseded_points() -> None:
    parts = logged(OLD, range(6), 100), logged(NEW, range(4, 8), 200)
    series = series_of(*parts)
    current = series.current()
    assert current is series.current()
    assert current.current() is current
    assert current.steps.tolist() == current.values.tolist() == list(range(8))
    assert current.wall_times.tolist() == [100, 101, 102, 103, 200, 201, 202, 203]
    assert current.superseded is None
    assert not current.steps.flags.writeable
    # What is kept of one series by its version is not taken for the other's.
    assert current.version != series.version
    blobs = store_of(*(part.blobs for part in parts)).snapshot().blobs[BLOBS]
    refs = blobs.current().refs
    expected = [BlobRef(OLD, n, 1, 0) for n in range(4)] + [BlobRef(NEW, n, 1, 0) for n in range(4, 8)]
    assert list(refs) == expected
    assert (refs[-1], list(refs[1:5:2])) == (expected[-1], expected[1:5:2])
    assert blobs.current().steps.tolist() == list(range(8))
    assert blobs.current() is blobs.current()
    whole = series_of(parts[0])
    assert whole.current() is whole


def test_the_last_step_is_that_of_the_restarted_run() -> None:
    store = store_of(logged(OLD, range(100), 100).scalars)
    assert store.snapshot().runs["r"].last_step == 99
    store.apply(logged(NEW, [40, 41], 300).scalars)
    run = store.snapshot().runs["r"]
    assert (run.last_step, run.points) == (41, 102)
    store.apply(logged(OLD, [100], 300.5).scalars)  # they are concurrent, after all
    assert store.snapshot().runs["r"].last_step == 100


def test_nan_is_told_of_the_newest_session() -> None:
    old, new = logged(OLD, range(3), 100).scalars, logged(NEW, range(2), 200).scalars
    bad = ScalarBatch(KEY, old.origin, old.steps, old.wall_times, np.full(3, math.nan, np.float32))
    for order in ([bad, new], [new, bad]):
        assert not store_of(*order).snapshot().runs["r"].has_nan
    store = store_of(bad, new)
    store.apply(Forgotten("r", NEW))
    assert store.snapshot().runs["r"].has_nan


def test_concurrent_points_of_a_long_series_are_not_moved_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once there are enough of them."""
    monkeypatch.setattr(sessions, "_SHORT", 0)
    store = store_of(logged(OLD, range(80), 0).scalars, logged(NEW, range(80), 0).scalars)
    for n in range(19):
        store.apply(logged(OLD, [100 + n], 100).scalars)
        store.apply(logged(NEW, [200 + n], 100).scalars)
    assert store.snapshot().scalars[KEY].steps.tolist()[160:164] == [100, 200, 101, 201]
    for n in range(19, 27):
        store.apply(logged(OLD, [100 + n], 100).scalars)
    expected = [*range(80), *range(100, 127), *range(80), *range(200, 219)]
    assert store.snapshot().scalars[KEY].steps.tolist() == expected


def test_a_series_of_one_session_pays_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise AssertionError

    monkeypatch.setattr("tui.store.series.Sessions", refuse)
    store = store_of(logged(OLD, range(3), 100).scalars, logged(OLD, range(3, 5), 200).scalars)
    assert store.snapshot().scalars[KEY].steps.tolist() == [0, 1, 2, 3, 4]


@st.composite
def sessions_of_files(draw: st.DrawFn) -> list[Logged]:
    """Pieces of what some files' sessions logged, in the order in which they arrive: of each file in order.

    None of the wall times is before all those of an older piece of the same session, unless it is odd.
    """
    files: list[list[Logged]] = []
    times = st.one_of(st.integers(0, 12).map(float), st.sampled_from([math.nan, math.inf]))
    for path in draw(st.lists(st.sampled_from([OLD, NEW, LATEST, "x/odd.tfevents"]), min_size=1, unique=True)):
        pieces = []
        for number in range(draw(st.integers(1, 2))):
            origin = Origin(path, number, draw(st.none() | st.integers(1, 6)))
            for _ in range(draw(st.integers(1, 3))):
                points = draw(st.lists(st.tuples(st.integers(0, 8), times), min_size=1, max_size=4))
                pieces.append(Logged(origin, [step for step, _ in points], [time for _, time in points]))
        files.append(pieces)
    arrival = draw(st.permutations([number for number, pieces in enumerate(files) for _ in pieces]))
    return [files[number].pop(0) for number in arrival]


def naive(parts: list[Logged]) -> list[tuple[str, int, str, bool]]:
    """Path, step, wall time and whether it is superseded, of every point in order: by the rule as it is written."""
    by_origin: dict[Origin, list[tuple[int, float]]] = {}
    for part in parts:
        by_origin.setdefault(part.origin, []).extend(zip(part.steps, part.wall_times, strict=True))
    numbers = {OLD: 1, NEW: 2, LATEST: 3}
    order = sorted(by_origin, key=lambda origin: (numbers.get(origin.path, 0), origin.session))
    rows = []
    for place, origin in enumerate(order):
        for step, wall_time in by_origin[origin]:
            flag = any(
                _is_restart(by_origin[later], by_origin[origin]) and step >= _begin(later, by_origin[later])
                for later in order[place + 1 :]
            )
            rows.append((origin.path, step, repr(wall_time), flag))
    return rows


def _begin(origin: Origin, points: list[tuple[int, float]]) -> int:
    first = points[0][0]
    return first if origin.purge_step is None else min(first, origin.purge_step)


def _is_restart(points: list[tuple[int, float]], older: list[tuple[int, float]]) -> bool:
    times = [time for _, time in points if math.isfinite(time)]
    older_times = [time for _, time in older if math.isfinite(time)]
    return bool(times and older_times) and all(a > b for a in times for b in older_times)


def rows_of(series: BlobSeries) -> list[tuple[str, int, str, bool]]:
    flags = [False] * len(series.steps) if series.superseded is None else series.superseded.tolist()
    assert series.superseded is None or any(flags)
    times = map(repr, series.wall_times.tolist())
    return list(zip([ref.path for ref in series.refs], series.steps.tolist(), times, flags, strict=True))


@given(sessions_of_files(), st.sets(st.integers(0, 20)), st.none() | st.sampled_from([OLD, NEW]), st.integers(0, 20))
def test_any_arrival_gives_what_the_rule_says(
    parts: list[Logged], commits: set[int], forgotten: str | None, moment: int
) -> None:
    """Looked at after some pieces; a file may be forgotten at some moment. Earlier snapshots stay what they were."""
    store = Store()
    known: list[Logged] = []
    seen: list[tuple[StoreSnapshot, list[Logged]]] = []
    for number, part in enumerate(parts):
        if number == moment and forgotten is not None:
            store.apply(Forgotten("r", forgotten))
            known = [other for other in known if other.origin.path != forgotten]
        store.apply(part.scalars)
        store.apply(part.blobs)
        known.append(part)
        if number in commits or number + 1 == len(parts):
            seen.append((store.snapshot(), list(known)))
    for snapshot, those in seen:
        expected = naive(those)
        scalars, run = snapshot.scalars[KEY], snapshot.runs["r"]
        assert rows_of(snapshot.blobs[BLOBS]) == expected
        assert scalars.steps.tolist() == scalars.values.tolist() == [step for _, step, _, _ in expected]
        assert (scalars.superseded is None) == (snapshot.blobs[BLOBS].superseded is None)
        if scalars.superseded is not None:
            assert scalars.superseded.tolist() == [flag for *_, flag in expected]
        assert run.last_step == max(step for _, step, _, flag in expected if not flag)
        assert run.points == len(expected)


@given(sessions_of_files(), st.sets(st.integers(0, 20)))
def test_a_long_series_keeps_its_flags_wherever_points_stand(parts: list[Logged], commits: set[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sessions, "_SHORT", 2)
        store = Store()
        for number, part in enumerate(parts):
            store.apply(part.blobs)
            if number in commits:
                assert sorted(rows_of(store.snapshot().blobs[BLOBS])) == sorted(naive(parts[: number + 1]))


def test_a_file_that_is_all_there_was_takes_its_run_along() -> None:
    activity = RunActivity("r", OLD, 3, 100.0, 102.0)
    store = store_of(activity, logged(OLD, range(3), 100).scalars, logged(OLD, range(3), 100).blobs)
    before = store.snapshot()
    store.apply(Forgotten("r", OLD))
    after = store.snapshot()
    assert (after.runs, after.scalars, after.blobs) == ({}, {}, {})
    assert before.scalars[KEY].steps.tolist() == [0, 1, 2]
    assert list(before.runs) == ["r"]
