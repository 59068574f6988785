"""`tbtui ls`: the runs of a logdir as a table or as JSON."""

from __future__ import annotations

import argparse
import time

from tui.analysis.run_state import run_state, signs_of_life
from tui.cli.help_text import LOGDIR_HELP
from tui.cli.json_text import json_text
from tui.cli.output import results
from tui.cli.reading import read_logdir, tell
from tui.cli.table import table
from tui.render.numbers import duration
from tui.render.text import printable
from tui.shown_paths import shown
from tui.store.snapshot import RunSummary

_HEADINGS = ("run", "state", "tags", "points", "last step", "last event", "problems")
_NONE = "-"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `ls` to the command line."""
    parser = subparsers.add_parser(
        "ls",
        help="list runs: state, tags, points, last step, last event, problems",
        description="List runs: state, tags, points of scalars, last step, last event, and how much could not be read.",
    )
    parser.add_argument("logdir", metavar="LOGDIR", help=LOGDIR_HELP)
    parser.add_argument("--json", action="store_true", help="a JSON list with one object a run")


def run(arguments: argparse.Namespace) -> int:
    """Print the runs; returns the exit code, 1 where there are none."""
    snapshot = read_logdir(arguments.logdir)
    now = time.time()
    runs = list(snapshot.runs.values())
    if not runs:
        tell(f"no event files under {printable(arguments.logdir)}")
    with results(None) as stream:
        if arguments.json:
            stream.write(json_text([_as_object(run, now) for run in runs]) + "\n")
        elif runs:
            stream.write(table(_HEADINGS, [_as_row(run, now) for run in runs], names=2))
    return 0 if runs else 1


def _state(run: RunSummary, now: float) -> str:
    return run_state(**signs_of_life(run, now)).value


def _as_object(run: RunSummary, now: float) -> dict[str, object]:
    return {
        "run": run.name,
        "state": _state(run, now),
        "tags": run.tags,
        "points": run.points,
        "last_step": run.last_step,
        "first_event": run.first_wall_time,
        "last_event": run.last_wall_time,
        "problems": run.problems,
        "files": [shown(path) for path in run.paths],
        "gone": list(run.gone),
    }


def _as_row(run: RunSummary, now: float) -> tuple[str, ...]:
    age = _NONE if run.last_wall_time is None else f"{duration(now - run.last_wall_time)} ago"
    step = _NONE if run.last_step is None else str(run.last_step)
    return (
        run.name,
        _state(run, now),
        str(run.tags),
        str(run.points),
        step,
        age,
        str(run.problems),
    )
