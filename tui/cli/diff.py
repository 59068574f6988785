"""`tbtui diff`: what tells two runs apart, as tables or as JSON."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping, Sequence
from typing import Any

from logging_lib.tfevents.hparams import HParam
from tui.analysis.hparams.run_names import hparams_of_name
from tui.analysis.hparams.sessions import Session, Sessions, sessions_of
from tui.analysis.run_diff import (
    HParamDiff,
    MetricDiff,
    Moment,
    Pair,
    RunDiff,
    Standing,
    TextDiff,
    candidates,
    run_diff,
    session_of,
)
from tui.analysis.text_diff import SKIPPED
from tui.cli.errors import CommandError
from tui.cli.help_text import LOGDIR_HELP
from tui.cli.json_number import json_number
from tui.cli.json_text import json_text
from tui.cli.logged_hparams import text_at, texts_with_hparams
from tui.cli.output import results
from tui.cli.reading import ProblemLines, read_logdir, tell
from tui.cli.table import table
from tui.render.numbers import duration, number, percent, plural
from tui.render.text import printable, printable_whole
from tui.store.snapshot import StoreSnapshot

_NONE = "-"
_MOST_NAMED = 10
_MOST_LINES = 200
"""Lines of a text's changes that are printed."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `diff` to the command line."""
    parser = subparsers.add_parser(
        "diff",
        help="what tells two runs apart: hparams, metrics, texts",
        description="What tells two runs apart: hparams that differ; metrics, last, best, and at the last step that "
        "both have reached; lines of texts.",
    )
    parser.add_argument("logdir", metavar="LOGDIR", help=LOGDIR_HELP)
    parser.add_argument("first", metavar="RUN", help="a run, or a part of its name that no other run has")
    parser.add_argument("second", metavar="RUN", help="another one")
    parser.add_argument("--all", action="store_true", help="also hparams and metrics that are the same")
    parser.add_argument("--json", action="store_true", help="a JSON object with everything")


def run(arguments: argparse.Namespace) -> int:
    """Print the difference; returns the exit code, 1 where there are no runs."""
    snapshot = read_logdir(arguments.logdir)
    if not snapshot.runs:
        tell(f"no event files under {printable(arguments.logdir)}")
        return 1
    sessions = sessions_of(snapshot)
    first, second = (_session(snapshot, sessions, name) for name in (arguments.first, arguments.second))
    if first.run == second.run:
        raise CommandError(f"{printable(first.name)} is compared with itself; give two runs")
    problems = ProblemLines()
    hparams = _hparams(snapshot, first, second)
    found = run_diff(snapshot, first, second, lambda ref: text_at(ref, problems), hparams)
    problems.end()
    with results(None) as stream:
        stream.write(json_text(_as_object(found)) + "\n" if arguments.json else _as_text(found, arguments))
    return 0


def _session(snapshot: StoreSnapshot, sessions: Sessions, name: str) -> Session:
    """What a RUN argument means.

    Raises:
        CommandError: no run, or several.
    """
    names = [session.name for session in sessions.rows]
    # A part of a session's name is a part of the names of the runs below it, too.
    found = [name] if name in snapshot.runs else candidates(names, name) or candidates(snapshot.runs, name)
    if len(found) == 1:
        return session_of(snapshot, sessions, found[0])
    listed = ", ".join((found or names)[:_MOST_NAMED]) + (", ..." if len(found or names) > _MOST_NAMED else "")
    if found:
        raise CommandError(printable(f"{name} may be {listed}; give more of the name"))
    raise CommandError(printable(f"no run is called {name}; there are {listed}"))


def _hparams(
    snapshot: StoreSnapshot, first: Session, second: Session
) -> tuple[Mapping[str, HParam], Mapping[str, HParam]]:
    """Those that were logged; of runs without any, those in their names and texts."""
    if first.hparams or second.hparams:
        return first.hparams, second.hparams
    texts = texts_with_hparams(snapshot)
    a, b = ({k: v for run in s.runs for k, v in texts.get(run, {}).items()} for s in (first, second))
    return {**hparams_of_name(first.run), **a}, {**hparams_of_name(second.run), **b}


# As text


def _as_text(found: RunDiff, arguments: argparse.Namespace) -> str:
    parts = [
        f"A  {printable(found.first)}\nB  {printable(found.second)}\n",
        _hparam_part(found.hparams, everything=arguments.all),
        _metric_part(found.metrics, everything=arguments.all),
        *(_text_part(item) for item in found.texts),
    ]
    return "\n".join(part for part in parts if part)


def _hparam_part(hparams: Sequence[HParamDiff], *, everything: bool) -> str:
    if not hparams:
        return "no hparams\n"
    shown = [item for item in hparams if everything or item.standing is not Standing.SAME]
    same = len(hparams) - len(shown)
    rows = [(item.name, _value(item.first), _value(item.second)) for item in shown]
    listed = table(("hparam", "A", "B"), rows, names=3) if rows else ""
    return listed + (f"{plural(same, 'hparam')} {'is' if same == 1 else 'are'} the same\n" if same else "")


def _metric_part(metrics: Sequence[MetricDiff], *, everything: bool) -> str:
    if not metrics:
        return "no scalars\n"
    shown = [item for item in metrics if everything or item.standing is not Standing.SAME]
    same = len(metrics) - len(shown)
    rows = [(item.tag, *_metric_cells(item)) for item in shown]
    heads = ("metric", "last A", "last B", "best A", "best B", "at step", "A", "B", "B - A", "", "after", "A", "B")
    listed = table(heads, rows, names=1) if rows else ""
    return listed + (f"{plural(same, 'metric')} {'is' if same == 1 else 'are'} the same\n" if same else "")


def _metric_cells(item: MetricDiff) -> list[str]:
    cells = [_moment(moment, at_step=False) for moment in item.last]
    cells += [_moment(moment, at_step=True) for moment in item.best]
    step = item.same_step
    cells += [_NONE] * 3 if step is None else [str(int(step.at)), number(step.first), number(step.second)]
    change = item.change
    if change is None or not math.isfinite(change.value):
        cells += [_NONE, _NONE]
    else:
        cells += [number(change.value), percent(change.fraction)]
    time = item.same_time
    return cells + ([_NONE] * 3 if time is None else [duration(time.at), number(time.first), number(time.second)])


def _text_part(item: TextDiff) -> str:
    title = f"text {printable(item.tag)}"
    if item.standing in (Standing.FIRST, Standing.SECOND):
        return f"{title}: only in {'A' if item.standing is Standing.FIRST else 'B'}\n"
    if item.changes is None:
        return f"{title}: differs, too much of it to list\n"
    shown = item.changes[:_MOST_LINES]
    lines = [
        f"  … {line} equal lines" if mark == SKIPPED else f"{mark} {printable_whole(line)}" for mark, line in shown
    ]
    rest = len(item.changes) - len(shown)
    return "\n".join([title, *lines, *([f"  … and {rest} more lines"] if rest else [])]) + "\n"


def _value(value: HParam) -> str:
    match value:
        case None:
            return _NONE
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case _:
            return number(value)


def _moment(moment: Moment | None, *, at_step: bool) -> str:
    if moment is None:
        return _NONE
    return f"{number(moment.value)}@{moment.step}" if at_step else number(moment.value)


# As JSON


def _as_object(found: RunDiff) -> dict[str, Any]:
    return {
        "runs": [found.first, found.second],
        "hparams": [
            {"name": item.name, "a": _json(item.first), "b": _json(item.second), "standing": item.standing.value}
            for item in found.hparams
        ],
        "metrics": [_metric_object(item) for item in found.metrics],
        "texts": [
            {
                "tag": item.tag,
                "standing": item.standing.value,
                "changes": None if item.changes is None else [list(change) for change in item.changes],
            }
            for item in found.texts
        ],
    }


def _metric_object(item: MetricDiff) -> dict[str, Any]:
    return {
        "tag": item.tag,
        "standing": item.standing.value,
        "last": [_moment_object(moment) for moment in item.last],
        "best": [_moment_object(moment) for moment in item.best],
        "at_step": _pair_object(item.same_step, "step"),
        "at_time": _pair_object(item.same_time, "seconds"),
    }


def _moment_object(moment: Moment | None) -> dict[str, Any] | None:
    if moment is None:
        return None
    return {"value": _json(moment.value), "step": moment.step, "seconds": _json(moment.seconds)}


def _pair_object(pair: Pair | None, where: str) -> dict[str, Any] | None:
    if pair is None:
        return None
    at = int(pair.at) if where == "step" else _json(pair.at)
    return {where: at, "a": _json(pair.first), "b": _json(pair.second)}


def _json(value: HParam) -> HParam:
    return json_number(value) if isinstance(value, float) else value
