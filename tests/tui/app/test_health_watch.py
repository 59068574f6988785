"""The thread that judges: when it does, what it tells, and that it says nothing twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.builders import WALL_TIME
from tests.tui.app.views import of_runs, run_summary, scalar_series
from tui.analysis.health import HealthCheck
from tui.analysis.run_state import SHORTEST_SILENCE
from tui.app import health_watch
from tui.app.health_watch import HealthWatch
from tui.store.snapshot import StoreSnapshot

DEADLINE = 20.0


class Watch(HealthWatch):
    """One whose clock the test sets, and that remembers what it told."""

    def __init__(self) -> None:
        self.now = WALL_TIME
        super().__init__(lambda: self.now)
        self.told: list[list[str]] = []
        self.troubles: list[str] = []
        self.on_judged = lambda: self.told.append([finding.rule for finding in self.judged.findings])
        self.on_trouble = self.troubles.append


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    monkeypatch.setattr(health_watch, "LEAST_PAUSE", 0.0)
    made = Watch()
    yield made
    made.close()


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


def running() -> bool:
    return any(thread.name == "tbtui-health" for thread in threading.enumerate())


def of_loss(*values: float, version: int = 1) -> StoreSnapshot:
    series = scalar_series(values, run="a", version=version)
    return replace(of_runs("a"), scalars={series.key: series})


def test_only_what_is_new_is_told(watch: Watch) -> None:
    nan = float("nan")
    shown = [of_loss(1.0, 2.0), of_loss(1.0, nan, version=2), of_loss(1.0, nan, version=2)]
    for snapshot in shown:
        watch.look(snapshot)
        until(lambda wanted=snapshot: watch.judged.histograms and watch.judged.snapshot is wanted)  # type: ignore[misc]
    until(lambda: len(watch.told) > 2)
    watch.close()
    until(lambda: not running())
    assert watch.told == [[], [], ["nan-inf"]]  # of the first one scalars, then all; of the last one nothing


def test_the_same_snapshot_is_not_judged_again(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    checks: list[float] = []
    findings = HealthCheck.findings

    def counted(*arguments: object) -> object:
        checks.append(time.monotonic())
        return findings(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(HealthCheck, "findings", counted)
    snapshot, other = of_loss(1.0), of_loss(1.0, 2.0, version=2)
    watch.look(snapshot)
    until(lambda: watch.judged.histograms)
    watch.look(snapshot)
    watch.look(other)
    until(lambda: watch.judged.snapshot is other)
    assert len(checks) == 3  # the first one twice: at first without histograms


def test_silence_alone_makes_a_run_stall(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    lasting: list[float] = []

    def soon(runs: object, now: float) -> float:
        lasting.append(now)
        watch.now = WALL_TIME + 2 * SHORTEST_SILENCE  # the clock goes on while it waits
        return 0.01 if len(lasting) == 1 else 3600.0

    monkeypatch.setattr(health_watch, "until_change", soon)
    watch.look(of_runs(run_summary("a")))
    until(lambda: ["stalled"] in watch.told)
    assert lasting[0] == WALL_TIME
    until(lambda: len(lasting) == 2)


def broken(*arguments: object) -> object:
    raise ZeroDivisionError("by 0")


def test_a_fault_of_a_rule_is_told_and_not_printed(
    watch: Watch, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """It begins anew with what is shown next, but not for ever."""
    monkeypatch.setattr(health_watch, "TRIED_APART", 0.0)
    monkeypatch.setattr(HealthCheck, "findings", broken)
    for number in (1, 2, 3):
        watch.look(of_runs(str(number)))
        until(lambda number=number: len(watch.troubles) == number)  # type: ignore[misc]
    until(lambda: not running())
    assert watch.troubles == [
        *["problems were not looked for: ZeroDivisionError: by 0"] * 2,
        "problems are not looked for any more: ZeroDivisionError: by 0",
    ]
    assert capfd.readouterr() == ("", "")


def test_after_a_fault_it_goes_on(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_watch, "TRIED_APART", 0.0)
    with monkeypatch.context() as patch:
        patch.setattr(HealthCheck, "findings", broken)
        watch.look(of_loss(1.0))
        until(lambda: bool(watch.troubles))
    watch.look(of_loss(1.0, float("nan"), version=2))
    until(lambda: watch.told[-1:] == [["nan-inf"]])


def test_closing_ends_the_thread(watch: Watch) -> None:
    watch.look(of_runs("a"))
    until(lambda: watch.judged.histograms)
    watch.close()
    until(lambda: not running())
    watch.look(of_runs("b"))
    assert not running()


def test_of_very_many_series_it_tells_how_far_the_first_check_is(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    shares: list[float | None] = []
    watch.on_judged = lambda: shares.append(watch.judged.share)
    monkeypatch.setattr(health_watch, "_MANY", 4)
    monkeypatch.setattr(health_watch, "_PARTS", 2)
    series = [scalar_series([1.0], run="a", tag=f"loss{number}") for number in range(4)]
    snapshot = replace(of_runs("a"), scalars={one.key: one for one in series})
    watch.look(snapshot)
    until(lambda: watch.judged.histograms)
    assert shares == [0.0, 0.5, None, None]
    watch.look(replace(snapshot, scalars={one.key: replace(one, version=2) for one in series}))
    until(lambda: watch.judged.snapshot is not snapshot)
    assert shares == [0.0, 0.5, None, None]  # what it knew before still stands
