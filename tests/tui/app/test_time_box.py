"""Code that takes too long is interrupted, and what was there before is put back."""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Iterator

import pytest

from tui.app.time_box import time_box

ENDLESS = re.compile("(a+)+$")


@pytest.fixture
def no_timer() -> Iterator[None]:
    """Whatever timer the test runner has, it is not in the way."""
    left = signal.setitimer(signal.ITIMER_REAL, 0.0)
    yield
    signal.setitimer(signal.ITIMER_REAL, *left)


@pytest.mark.usefixtures("no_timer")
def test_a_match_that_would_never_end() -> None:
    handler = signal.getsignal(signal.SIGALRM)
    with pytest.raises(TimeoutError), time_box(0.05):
        ENDLESS.match("a" * 100 + "b")
    assert signal.getsignal(signal.SIGALRM) is handler
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@pytest.mark.usefixtures("no_timer")
def test_what_is_quick_is_left_alone() -> None:
    with time_box(60.0):
        found = ENDLESS.match("aaa")
    assert found
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@pytest.mark.usefixtures("no_timer")
def test_a_timer_that_ran_before_runs_on() -> None:
    signal.setitimer(signal.ITIMER_REAL, 600.0, 5.0)
    with time_box(60.0):
        pass
    left, interval = signal.setitimer(signal.ITIMER_REAL, 0.0)
    assert 0 < left <= 600
    assert interval == 5.0


def test_other_errors_pass() -> None:
    with pytest.raises(KeyError), time_box(60.0):
        raise KeyError


def test_other_threads_have_no_limit() -> None:
    done: list[bool] = []

    def work() -> None:
        with time_box(1e-9):
            done.append(threading.current_thread() is not threading.main_thread())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]
