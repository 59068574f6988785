"""Who has its turn when: busy items always, quiet ones once a round."""

from __future__ import annotations

from collections import Counter

import pytest

from tui.ingest.rota import Rota


class Clock:
    """Time that stands still unless it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("tui.ingest.rota.monotonic", clock)
    return clock


def rota_of(quiet: int, busy: int) -> Rota[int]:
    """Busy items are negative numbers."""
    rota: Rota[int] = Rota()
    for item in range(quiet):
        rota.note(item, busy=False)
    for item in range(busy):
        rota.note(-1 - item, busy=True)
    return rota


@pytest.mark.parametrize("seconds", [0.05, 1.0, 3.0])
def test_quiet_items_have_a_turn_in_ten_seconds_and_busy_ones_always(clock: Clock, seconds: float) -> None:
    rota = rota_of(1000, 3)
    turns: Counter[int] = Counter()
    calls = 0
    while clock.now < 110.0:
        clock.now += seconds
        calls += 1
        due = list(rota.due())
        assert due[:3] == [-1, -2, -3]
        assert len(due) <= 3 + 100 * seconds + 1
        turns.update(due)
    assert set(turns) == {*range(1000), -1, -2, -3}
    assert {turns[item] for item in (-1, -2, -3)} == {calls}


def test_quiet_items_wait_where_looking_is_slow(clock: Clock) -> None:
    rota = rota_of(1000, 1)
    clock.now += 1.0
    seen = []
    for item in rota.due():
        seen.append(item)
        clock.now += 0.006
    assert seen == [-1, *range(14)]
    assert rota.busy_seconds == pytest.approx(0.006)
    clock.now += 1.0
    assert list(rota.due())[:3] == [-1, 14, 15]


def test_an_item_is_in_one_line_only(clock: Clock) -> None:
    rota = rota_of(2, 0)
    rota.note(0, busy=True)
    clock.now += 10.0
    assert list(rota.due()) == [0, 1]
    rota.note(0, busy=False)
    rota.note(1, busy=True)
    clock.now += 10.0
    assert list(rota.due()) == [1, 0]


def test_items_may_be_noted_while_they_are_dealt_out(clock: Clock) -> None:
    rota = rota_of(20, 2)
    clock.now += 10.0
    seen = []
    for item in rota.due():
        seen.append(item)
        rota.note(item, busy=item % 2 == 0)
    assert sorted(seen) == list(range(-2, 20))
