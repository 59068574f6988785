"""Judges what is read by the health rules, on a thread of its own that mostly waits."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from tui.analysis.health import Digest, Finding, HealthCheck
from tui.analysis.health.rules import STALLED
from tui.analysis.progress import Progress, hparams_near, run_progress
from tui.analysis.run_state import RunState, next_state_change, run_state, signs_of_life
from tui.app.histogram_digests import digest_at
from tui.model import BlobRef, SeriesKey
from tui.render.text import printable
from tui.store.snapshot import EMPTY_SNAPSHOT, RunSummary, ScalarSeries, StoreSnapshot

LEAST_PAUSE = 0.5
"""Seconds between two checks, at least."""
PAUSE_SHARE = 10
"""A check is followed by a pause so many times as long: who watches a training must not take its processor."""
_LONGEST_PAUSE = 10.0
"""The first one may be long; the next one looks only at what is new, and that may be a NaN."""
_LONGEST_WAIT = 3600.0
_TURN = 0.004  # seconds of work without a break, and of the break
_MANY, _PARTS = 2000, 20
"""Series, so many at least, of which it is said how far their first check is, and in what parts."""
_TRIES, TRIED_APART = 3, 10.0
"""Where it fails it begins anew with the next snapshot, so many seconds later; but not for ever."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a check came to; equal to another one that says the same of another snapshot.

    `progress` is that of the live runs, `live` which ones these are, `over` those that have ended, or are silent as
    runs are that have reached their end. Without `histograms` only scalars and files were looked at yet. While `share`
    is not None the first check goes on: so much of it is done, and nothing else is known yet.
    """

    findings: tuple[Finding, ...] = ()
    progress: Mapping[str, Progress] = field(default_factory=dict)
    live: frozenset[str] = frozenset()
    over: frozenset[str] = frozenset()
    histograms: bool = False
    share: float | None = None
    snapshot: StoreSnapshot = field(default=EMPTY_SNAPSHOT, compare=False, repr=False)


NOT_JUDGED = Judged()


class HealthWatch:
    """Judges the snapshots that it is shown, the latest one only, and again when silence alone changes a run's state.

    `judged` is the last that it came to, a value that is replaced and never changed. `on_judged` is called on the
    thread when it says something new, `on_trouble` with a line when there will be nothing more.
    """

    def __init__(self, clock: Callable[[], float], target: int | None = None) -> None:
        self._clock = clock
        self._target = target
        self.judged = NOT_JUDGED
        self.on_judged: Callable[[], None] = lambda: None
        self.on_trouble: Callable[[str], None] = lambda text: None
        self._check = HealthCheck(on_series=self._note)
        self._breaks = _Breaks()
        # Guarded by the condition.
        self._changed = threading.Condition()
        self._wanted: StoreSnapshot | None = None
        self._closed = False
        self._thread: threading.Thread | None = None

    def look(self, snapshot: StoreSnapshot) -> None:
        """Judge this as soon as the last check and its pause are over. Takes no time."""
        if self.judged.histograms and snapshot is self.judged.snapshot:
            return
        with self._changed:
            self._wanted = snapshot
            self._changed.notify()
        if self._thread is None and not self._closed:
            thread = threading.Thread(target=self._run, name="tbtui-health", daemon=True)
            with suppress(RuntimeError):  # the system gives none: what is shown next tries again
                thread.start()
                self._thread = thread

    def judge_at_last(self, series: Mapping[SeriesKey, ScalarSeries]) -> None:
        """Judge the series of a run on the caller's thread: only outlines of them are to be seen from now on."""
        self._check.judge_at_last(series)

    def close(self) -> None:
        """Judge nothing more. A check that is under way ends with the program."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    # On the thread

    def _run(self) -> None:
        for tries_left in reversed(range(_TRIES)):
            try:
                self._work()
                return
            except Exception as error:  # noqa: BLE001 - nobody would see it
                _log.exception("judging failed")
                hope = "were not looked for" if tries_left else "are not looked for any more"
                self.on_trouble(f"problems {hope}: {printable(f'{type(error).__name__}: {error}')}")
            self._check = HealthCheck(on_series=self._note)  # what failed may have left anything in the old one
            with self._changed:
                self._changed.wait_for(lambda: self._closed, TRIED_APART)

    def _work(self) -> None:
        lasting: float | None = None
        while (snapshot := self._next(lasting)) is not None:
            start = time.thread_time()  # breaks are nobody's loss
            if not self.judged.histograms:
                # Decoding may take seconds at first, and a NaN is news at once.
                self._say(self._judge(snapshot, histograms=False))
            self._say(self._judge(snapshot, histograms=True))
            lasting = until_change(snapshot.runs.values(), self._clock())
            with self._changed:
                pause = max(LEAST_PAUSE, min(PAUSE_SHARE * (time.thread_time() - start), _LONGEST_PAUSE))
                self._changed.wait_for(lambda: self._closed, pause)

    def _next(self, lasting: float | None) -> StoreSnapshot | None:
        """The snapshot to judge, when there is one, or the last one again after so many seconds; None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._wanted is not None or self._closed, lasting)
            snapshot, self._wanted = self._wanted or self.judged.snapshot, None
            return None if self._closed else snapshot

    def _note(self, done: int, total: int) -> None:
        """So many of the series that have changed are judged: let others have their turn, and say how far the first
        check is, of a hundred thousand series half a minute.
        """
        self._breaks.take()
        if not self.judged.histograms and total >= _MANY and done % (total // _PARTS) == 0:
            self._say(Judged(share=min(done // (total // _PARTS) / _PARTS, 1.0)))

    def _judge(self, snapshot: StoreSnapshot, *, histograms: bool) -> Judged:
        now = self._clock()
        findings = self._check.findings(snapshot, now, _InTurns(self._breaks) if histograms else None)
        states = {name: run_state(**signs_of_life(run, now)) for name, run in snapshot.runs.items()}
        live = frozenset(name for name, state in states.items() if state is RunState.LIVE)
        stalled = {finding.run for finding in findings if finding.rule == STALLED}
        over = frozenset(
            name
            for name, run in snapshot.runs.items()
            if run.ended or (states[name] in (RunState.STALLED, RunState.DONE) and name not in stalled)
        )
        progress = live_progress({name: self._check.series_of(name) for name in live}, snapshot.runs, now, self._target)
        return Judged(findings, progress, live, over, histograms, snapshot=snapshot)

    def _say(self, judged: Judged) -> None:
        is_news = judged != self.judged
        self.judged = judged
        if is_news and not self._closed:
            self.on_judged()


class _Breaks:
    """Breaks after each few milliseconds of work: the screen and the reader want their turn."""

    def __init__(self) -> None:
        self._since = time.perf_counter()

    def take(self) -> None:
        """A break, if one is due."""
        if time.perf_counter() - self._since > _TURN:
            time.sleep(_TURN)
            self._since = time.perf_counter()


class _InTurns:
    """Gives digests, with a break after each few that had to be decoded."""

    def __init__(self, breaks: _Breaks) -> None:
        self._breaks = breaks

    def __call__(self, ref: BlobRef) -> Digest | None:
        found = digest_at(ref)
        self._breaks.take()
        return found


def live_progress(
    live: Mapping[str, Sequence[ScalarSeries]], runs: Mapping[str, RunSummary], now: float, target: int | None
) -> Mapping[str, Progress]:
    """How far each live run is by its series, of those that tell it."""
    found = {name: run_progress(series, hparams_near(name, runs), now, target) for name, series in live.items()}
    return {name: progress for name, progress in found.items() if progress is not None}


def until_change(runs: Iterable[RunSummary], now: float) -> float:
    """Seconds until silence alone changes the state of a run."""
    lasting = (next_state_change(**signs_of_life(run, now)) for run in runs)
    return min(max(min((one for one in lasting if one is not None), default=math.inf), 0.0) + 0.01, _LONGEST_WAIT)
