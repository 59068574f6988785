"""`tbtui status`: one line on the runs of a logdir, for the status bar of tmux and the like."""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from collections.abc import Sequence

from tui.analysis.main_metric import best_of, main_metric
from tui.analysis.progress import Progress, hparams_near, run_progress
from tui.analysis.run_state import RunState, run_state, signs_of_life
from tui.cli.help_text import LOGDIR_HELP
from tui.cli.output import results
from tui.cli.pattern import pattern
from tui.cli.reading import read_logdirs, tell
from tui.render.cells import fit, width
from tui.render.numbers import duration, number, rate
from tui.render.text import printable
from tui.store.snapshot import RunSummary, ScalarSeries, StoreSnapshot

_ANY = re.compile("")
_BETWEEN = " · "
_LONGEST_NAME = 24
_TOLD_STATES = (RunState.STALLED, RunState.NAN, RunState.DELETED)
_MOST_DIGITS = 18
_DESCRIPTION = """One line: how many runs are live, the best value so far of the metric that matters most (validation
before training, loss before accuracy; of agents the reward) and the run that has it, steps per second, and the time
left of the live run that takes longest. Put #(tbtui status LOGDIR) into status-right of tmux."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `status` to the command line."""
    parser = subparsers.add_parser("status", help="one line for a status bar", description=_DESCRIPTION)
    parser.add_argument("logdirs", metavar="LOGDIR", nargs="+", help=LOGDIR_HELP)
    parser.add_argument("--run", metavar="RE", dest="run_re", default="", help="only runs in which this regex is found")
    parser.add_argument("--tag", metavar="RE", dest="tag_re", default="", help="a tag in which this regex is found")
    parser.add_argument(
        "--target",
        metavar="STEP",
        type=_step,
        help="the step at which a run is done; default: as hparams such as max_steps or epochs say",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the line; returns the exit code, 1 where there are no runs."""
    run_re, tag_re = pattern("--run", arguments.run_re), pattern("--tag", arguments.tag_re)
    # It is printed every few seconds, and tells nothing of images.
    snapshot = read_logdirs(arguments.logdirs, check=False)
    runs = [run for name, run in snapshot.runs.items() if run_re.search(name)]
    if not runs:
        shown = printable(", ".join(arguments.logdirs))
        tell("no run matches --run; `tbtui ls` lists the runs" if snapshot.runs else f"no event files under {shown}")
        return 1
    with results(None) as stream:
        stream.write(status_line(snapshot, runs, tag_re, arguments.target) + "\n")
    return 0


def status_line(
    snapshot: StoreSnapshot, runs: Sequence[RunSummary], tag_re: re.Pattern[str] = _ANY, target: int | None = None
) -> str:
    """The line on some of a snapshot's runs, of which there is one at least; the best value is of a tag that matches.

    `target` is the step at which a run is done; None: as its hparams say.
    """
    names = {one.name for one in runs}
    scalars = [series for key, series in snapshot.scalars.items() if key.run in names]
    chosen = [series for series in scalars if tag_re.search(series.key.tag)]
    now = time.time()
    return _BETWEEN.join(
        [_states(runs, now), *_best(chosen, snapshot), *_progress(runs, scalars, snapshot, now, target)]
    )


def _step(text: str) -> int:
    if not text.isdecimal() or len(text) > _MOST_DIGITS or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{printable(text)} is no step: a whole number above 0")
    return int(text)


def _states(runs: Sequence[RunSummary], now: float) -> str:
    """How many of the runs are live, and how many are in a state that somebody should look at."""
    states = Counter(run_state(**signs_of_life(run, now)) for run in runs)
    told = [f"{states[state]} {state.value}" for state in _TOLD_STATES if states[state]]
    return ", ".join([f"{states[RunState.LIVE]}/{len(runs)} live", *told])


def _best(scalars: Sequence[ScalarSeries], snapshot: StoreSnapshot) -> list[str]:
    """The best value so far of what the runs are judged by."""
    metric = main_metric(scalars, [run.experiment for run in snapshot.runs.values() if run.experiment is not None])
    best = best_of(metric, scalars) if metric is not None else None
    if metric is None or best is None:
        return []
    whose = f" ({_cut(best.run)})" if len(snapshot.runs) > 1 else ""
    return [f"{printable(metric.tag)} {number(best.value)}{whose}"]


def _cut(name: str) -> str:
    """The end of a long name: its beginning is what all runs share."""
    name = printable(name)
    return name if width(name) <= _LONGEST_NAME else fit(name, _LONGEST_NAME, keep="end")


def _progress(
    runs: Sequence[RunSummary], scalars: Sequence[ScalarSeries], snapshot: StoreSnapshot, now: float, target: int | None
) -> list[str]:
    """How fast the live run goes that takes longest, and how long still; nothing where none is live."""
    live = [run.name for run in runs if run_state(**signs_of_life(run, now)) is RunState.LIVE]
    known = [
        progress
        for name in live
        if (progress := _of_run(name, scalars, snapshot, now, target)) is not None and progress.per_second is not None
    ]
    if not known:
        return []
    slowest = max(known, key=lambda one: -1.0 if one.seconds_left is None else one.seconds_left)
    left = [] if slowest.seconds_left is None else [f"{duration(slowest.seconds_left)} left"]
    return [rate(slowest.per_second or 0.0, "step"), *left]


def _of_run(
    name: str, scalars: Sequence[ScalarSeries], snapshot: StoreSnapshot, now: float, target: int | None
) -> Progress | None:
    of_run = [series for series in scalars if series.key.run == name]
    return run_progress(of_run, hparams_near(name, snapshot.runs), now, target)
