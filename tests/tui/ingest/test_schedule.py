"""When files are looked at, directories listed and points committed: by exact times of a clock that stands still."""

from __future__ import annotations

import pytest

from tui.ingest import schedule
from tui.ingest.schedule import Schedule


class Clock:
    """Shows what it was set to; sleeping sets it on."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(schedule, "time", clock)
    return clock


@pytest.fixture
def times(clock: Clock) -> Schedule:
    return Schedule(poll_seconds=1.0, rescan_seconds=10.0)


def never() -> bool:
    raise AssertionError("nothing is to be asked yet")


@pytest.mark.parametrize(
    ("busy", "pause", "told"),
    [(0.0, 1.0, 1), (1 / 30, 1.0, 1), (0.1, 3.0, 5), (0.2, 6.0, 10), (1 / 3, 10.0, 10), (99.0, 10.0, 10)],
)
def test_slow_files_are_looked_at_seldom(times: Schedule, clock: Clock, busy: float, pause: float, told: int) -> None:
    assert times.is_look_due
    times.note_look(busy, complete=True)
    assert (times.seconds_to_look, times.told_seconds) == (pytest.approx(pause), told)
    clock.now += pause - 0.001
    assert not times.is_look_due
    clock.now += 0.002
    assert times.is_look_due
    assert times.seconds_to_look == 0.0


def test_a_poll_that_was_asked_to_be_seldom_is_told_in_the_longest_step(times: Schedule) -> None:
    times = Schedule(poll_seconds=90.0, rescan_seconds=10.0)
    times.note_look(0.0, complete=True)
    assert times.told_seconds == 60


def test_directories_that_were_never_listed_let_no_look_wait(times: Schedule) -> None:
    times.note_look(5.0, complete=False)
    assert times.is_look_due


@pytest.mark.parametrize(
    ("taken", "hurried", "idle"), [(0.0, 0.0, 10.0), (0.05, 0.2, 10.0), (0.5, 2.0, 50.0), (5.0, 20.0, 60.0)]
)
def test_slow_listings_come_seldom(times: Schedule, clock: Clock, taken: float, hurried: float, idle: float) -> None:
    assert times.is_scan_due(never)
    end = clock.now
    times.note_scan(end - taken, end)
    if hurried:
        clock.now = end + hurried - 0.001
        assert not times.is_scan_due(never)
    clock.now = end + hurried
    assert not times.is_scan_due(lambda: False)
    assert times.is_scan_due(lambda: True)
    clock.now = end + idle
    assert times.is_scan_due(never)


def test_a_listing_of_a_minute_comes_once_in_two(times: Schedule, clock: Clock) -> None:
    times.note_scan(clock.now - 60.0, clock.now)
    clock.now += 59.9
    assert not times.is_scan_due(never)
    clock.now += 0.2
    assert times.is_scan_due(never)


def test_what_announces_a_change_brings_the_listing_forward_as_far_as_it_may(times: Schedule, clock: Clock) -> None:
    times.note_scan(clock.now - 0.05, clock.now)
    times.note_look(0.1, complete=True)
    times.hurry_scan()
    assert times.seconds_to_look == pytest.approx(0.2)
    clock.now += 0.201
    assert times.is_look_due
    assert times.is_scan_due(never)


def test_commits_take_a_sixth_of_the_time_at_most(times: Schedule, clock: Clock) -> None:
    assert times.is_commit_due
    times.note_commit(clock.now - 0.001)
    assert times.live_pause == 0.03
    clock.now += 0.099
    assert not times.is_commit_due
    clock.now += 0.002
    assert times.is_commit_due
    times.note_commit(clock.now - 0.06)
    assert times.live_pause == pytest.approx(0.3)
    clock.now += 0.299
    assert not times.is_commit_due
    clock.now += 0.002
    assert times.is_commit_due
    times.note_commit(clock.now - 2.0)
    assert times.live_pause == 0.5


def test_how_far_reading_is_is_told_ten_times_a_second(times: Schedule, clock: Clock) -> None:
    assert times.is_report_due
    times.note_report()
    clock.now += 0.099
    assert not times.is_report_due
    clock.now += 0.002
    assert times.is_report_due


def test_three_milliseconds_of_work_are_followed_by_half_of_one(times: Schedule, clock: Clock) -> None:
    times.rest()
    assert clock.slept == [0.0005]
    clock.now += 0.0029
    times.rest()
    assert clock.slept == [0.0005]
    clock.now += 0.0002
    times.rest()
    assert clock.slept == [0.0005, 0.0005]
