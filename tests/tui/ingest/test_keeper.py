"""A limit of memory: which points are let go, and that they come back as they were, whatever happened meanwhile."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from logging_lib.tfevents.proto.event_pb2 import Event
from tests import builders
from tests.tui.store.test_outline import facts
from tui.ingest.ingester import Ingester
from tui.ingest.keeper import Farewell
from tui.ingest.wanted import Wanted
from tui.model import SeriesKey
from tui.reader.named_logdir import LogDir
from tui.store.snapshot import ScalarSeries, StoreSnapshot

POINTS = 300
WHOLE = 1300 + 20 * POINTS
"""What a series of so many points takes."""


def write_runs(logdir: Path, runs: int, tags: tuple[str, ...] = ("t",)) -> None:
    """Runs r0, r1 and so on; the last is the newest, and read first."""
    for number in range(runs):
        events = [builders.scalar_event(tag, step, step + number / 8) for step in range(POINTS) for tag in tags]
        path = builders.write(logdir / f"r{number}" / builders.FILE_NAME, events)
        os.utime(path, (number, number))


def ingester(logdir: Path, limit: int, farewell: Farewell = lambda series: None) -> Ingester:
    return Ingester([LogDir("", logdir)], memory_limit=limit, farewell=farewell)


def whole(snapshot: StoreSnapshot, tag: str = "t") -> set[str]:
    """Runs of which no point of the tag is left out."""
    return {key.run for key, series in snapshot.scalars.items() if key.tag == tag and not series.left_out}


def same(one: ScalarSeries, other: ScalarSeries) -> bool:
    """Whether all arrays have the same bytes and types."""
    pairs = [(one.steps, other.steps), (one.wall_times, other.wall_times), (one.values, other.values)]
    flags = [None if some.superseded is None else some.superseded.tobytes() for some in (one, other)]
    return flags[0] == flags[1] and all(a.dtype == b.dtype and a.tobytes() == b.tobytes() for a, b in pairs)


def test_without_a_limit_all_is_kept(tmp_path: Path) -> None:
    write_runs(tmp_path, 3)
    reader = Ingester([LogDir("", tmp_path)])
    reader.prefer(Wanted(("r0",)))
    assert whole(reader.read_all()) == {"r0", "r1", "r2"}


def test_what_is_looked_at_is_kept_and_read_again(tmp_path: Path) -> None:
    write_runs(tmp_path, 6)
    fresh = Ingester([LogDir("", tmp_path)]).read_all()
    told: list[str] = []

    def farewell(series: Mapping[SeriesKey, ScalarSeries]) -> None:
        assert all(one.left_out == 0 and len(one.steps) == POINTS for one in series.values())
        told.extend(key.run for key in series)

    reader = ingester(tmp_path, 6 * 2500 + 2 * WHOLE, farewell)
    reader.prefer(Wanted(("r1",)))
    snapshot = reader.read_all()
    assert "r1" in whole(snapshot)
    assert len(whole(snapshot)) < 6
    assert sorted(told) == sorted({"r0", "r2", "r3", "r4", "r5"} - whole(snapshot))
    assert snapshot.runs == fresh.runs
    assert {key: facts(one) for key, one in snapshot.scalars.items()} == {
        key: facts(one) for key, one in fresh.scalars.items()
    }
    assert (reader.status.again, reader.status.in_outline) == (0, 0)

    gone = next(iter(sorted(set(fresh.runs) - whole(snapshot))))
    reader.prefer(Wanted((gone, "r1")))
    snapshot = reader.read_all()
    assert {gone, "r1"} <= whole(snapshot)
    assert all(same(snapshot.scalars[key], fresh.scalars[key]) for key in fresh.scalars if key.run in (gone, "r1"))
    assert snapshot.runs == fresh.runs


def test_runs_that_do_not_fit_stay_outlines_and_nothing_goes_round_in_a_circle(tmp_path: Path) -> None:
    write_runs(tmp_path, 6)
    told: list[str] = []
    reader = ingester(tmp_path, 6 * 2500 + 2 * WHOLE, lambda series: told.extend(key.run for key in series))
    everything = Wanted(tuple(f"r{number}" for number in range(6)))
    reader.prefer(everything)
    first = reader.read_all()
    assert "r0" in whole(first)
    assert reader.status.in_outline == 6 - len(whole(first)) > 0
    before = len(told)
    second = reader.read_all()
    assert second is first
    assert len(told) == before


def test_the_first_run_is_kept_though_it_alone_is_too_large(tmp_path: Path) -> None:
    write_runs(tmp_path, 3)
    reader = ingester(tmp_path, 1000)
    reader.prefer(Wanted(("r1", "r2")))
    assert whole(reader.read_all()) == {"r1"}


def test_of_one_tag_all_runs_fit(tmp_path: Path) -> None:
    tags = ("a", "b", "c", "d", "e", "f")
    write_runs(tmp_path, 4, tags)
    reader = ingester(tmp_path, 24 * 2600 + 8 * WHOLE)
    reader.prefer(Wanted(("r0",)))
    assert whole(reader.read_all(), "b") != {"r0", "r1", "r2", "r3"}
    reader.prefer(Wanted(("r0", "r1", "r2", "r3"), tags=frozenset("b")))
    snapshot = reader.read_all()
    assert whole(snapshot, "b") == {"r0", "r1", "r2", "r3"}
    assert reader.status.in_outline == 0


def test_new_points_of_a_run_in_outline_are_told_and_kept(tmp_path: Path) -> None:
    write_runs(tmp_path, 3)
    reader = ingester(tmp_path, 1000)
    reader.prefer(Wanted(("r0",)))
    assert whole(reader.read_all()) == {"r0"}
    path = tmp_path / "r2" / builders.FILE_NAME
    builders.append(path, [builders.scalar_event("t", 300 + step, -1.0 - step) for step in range(5)])
    snapshot = reader.read_all()
    assert (snapshot.runs["r2"].points, snapshot.runs["r2"].last_step) == (305, 304)
    assert snapshot.scalars[SeriesKey("r2", "t", "scalars")].values[-1] == -5.0
    reader.prefer(Wanted(("r2",)))
    fresh = Ingester([LogDir("", tmp_path)]).read_all()
    key = SeriesKey("r2", "t", "scalars")
    assert same(reader.read_all().scalars[key], fresh.scalars[key])


@pytest.mark.parametrize(
    "change", [os.remove, lambda path: Path(path).write_bytes(b""), lambda path: os.truncate(path, 9000)]
)
def test_a_file_that_went_or_changed_meanwhile(tmp_path: Path, change: Callable[[Path], object]) -> None:
    write_runs(tmp_path, 2)
    reader = ingester(tmp_path, 1000)
    reader.prefer(Wanted(("r0",)))
    before = reader.read_all()
    path = tmp_path / "r1" / builders.FILE_NAME
    change(path)
    reader.prefer(Wanted(("r1",)))
    snapshot = reader.read_all()
    snapshot = reader.read_all()
    key = SeriesKey("r1", "t", "scalars")
    if path.exists():
        fresh = Ingester([LogDir("", tmp_path)]).read_all()
        assert snapshot.scalars.keys() == fresh.scalars.keys()
        assert key not in fresh.scalars or same(snapshot.scalars[key], fresh.scalars[key])
        assert reader.status.in_outline == 0
    else:  # what is known of it stays
        assert snapshot.scalars[key].left_out == before.scalars[key].left_out > 0
        assert snapshot.runs["r1"].deleted
        assert reader.status.in_outline == 1


def test_points_of_a_deleted_run_are_not_let_go(tmp_path: Path) -> None:
    write_runs(tmp_path, 2)
    reader = ingester(tmp_path, 2 * WHOLE + 4000)
    reader.prefer(Wanted(("r0",)))
    assert whole(reader.read_all()) == {"r0", "r1"}
    (tmp_path / "r1" / builders.FILE_NAME).unlink()
    write_runs(tmp_path / "more", 4)
    assert {"r0", "r1"} <= whole(reader.read_all())


def test_problems_are_told_once(tmp_path: Path) -> None:
    write_runs(tmp_path, 2)
    path = tmp_path / "r1" / builders.FILE_NAME
    data = bytearray(path.read_bytes())
    for place in range(200, len(data), 60):  # most records
        data[place] ^= 0xFF
    path.write_bytes(data)
    reader = ingester(tmp_path, 1000)
    reader.prefer(Wanted(("r0",)))
    first = reader.read_all()
    reader.prefer(Wanted(("r1",)))
    second = reader.read_all()
    assert first.runs["r1"].problems == second.runs["r1"].problems > 100
    assert first.problems == second.problems


class Machine(RuleBasedStateMachine):
    """Runs are written, restarted, rewritten and moved, and looked at; then all is as a fresh reading has it."""

    runs = st.sampled_from(("a", "b", "c"))
    tags = st.sampled_from(("loss", "acc"))
    values = st.lists(st.floats(width=32), min_size=1, max_size=6)

    def __init__(self) -> None:
        super().__init__()
        self._directory = tempfile.TemporaryDirectory()
        self._logdir = Path(self._directory.name)
        self._clock = builders.WALL_TIME
        self._files = 0
        self._reader = ingester(self._logdir, 6 * 2000)
        self._wanted: tuple[str, ...] = ()

    def teardown(self) -> None:
        self._directory.cleanup()

    def _events(self, tag: str, first: int, values: list[float], count: int) -> list[Event]:
        events = []
        for number in range(count):
            self._clock += 1.0
            events.append(builders.scalar_event(tag, first + number, values[number % len(values)], self._clock))
        return events

    def _newest(self, run: str) -> Path | None:
        return max((self._logdir / run).glob("*"), default=None)

    @rule(run=runs, tag=tags, values=values, count=st.integers(1, 200))
    def log(self, run: str, tag: str, values: list[float], count: int) -> None:
        path = self._newest(run)
        if path is None:
            self.restart(run, tag, values, count, 0)
        else:
            builders.append(path, self._events(tag, path.stat().st_size // 50, values, count))

    @rule(run=runs, tag=tags, values=values, count=st.integers(1, 200), step=st.integers(0, 300))
    def restart(self, run: str, tag: str, values: list[float], count: int, step: int) -> None:
        self._files += 1
        name = f"events.out.tfevents.{1_700_000_000 + self._files}.host"
        builders.write(self._logdir / run / name, self._events(tag, step, values, count))

    @rule(run=runs, tag=tags, values=values, count=st.integers(0, 200))
    def rewrite(self, run: str, tag: str, values: list[float], count: int) -> None:
        path = self._newest(run)
        if path is not None:
            path.unlink()
            builders.write(path, self._events(tag, 0, values, count))

    @rule(run=runs, other=runs)
    def move(self, run: str, other: str) -> None:
        if (self._logdir / run).exists() and not (self._logdir / other).exists():
            shutil.move(self._logdir / run, self._logdir / other)

    @rule(wanted=st.permutations(("a", "b", "c")), count=st.integers(0, 3), tag=st.none() | tags)
    def look_at(self, wanted: list[str], count: int, tag: str | None) -> None:
        self._wanted = tuple(wanted[:count])
        self._reader.prefer(Wanted(self._wanted, tags=None if tag is None else frozenset((tag,))))

    @invariant()
    def is_as_read_afresh(self) -> None:
        self._reader.read_all()
        snapshot = self._reader.read_all()  # outlines that a restart has made wrong are made anew
        fresh = Ingester([LogDir("", self._logdir)]).read_all()
        assert snapshot.scalars.keys() == fresh.scalars.keys()
        assert not any(problem.offset is not None for problem in snapshot.problems)  # one file shrank, it may say
        for key, series in snapshot.scalars.items():
            other = fresh.scalars[key]
            assert facts(series) == facts(other)
            assert series.left_out or same(series, other)
        for name, run in fresh.runs.items():
            known = snapshot.runs[name]
            assert (known.points, known.tags, known.last_step, known.has_nan, known.last_wall_time) == (
                run.points, run.tags, run.last_step, run.has_nan, run.last_wall_time,
            )  # fmt: skip
        # Its own tag, or all, of the first run are whole, whatever the limit.
        first = next((name for name in self._wanted if name in fresh.runs), None)
        tags = self._reader._wanted.tags
        keys = [key for key in snapshot.scalars if key.run == first and (tags is None or key.tag in tags)]
        assert not any(snapshot.scalars[key].left_out for key in keys)


Machine.TestCase.settings = settings(max_examples=12, stateful_step_count=12, deadline=None)
TestMachine = Machine.TestCase
