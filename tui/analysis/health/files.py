"""Rules stalled and damaged: what a run's files tell, whatever is logged in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tui.analysis.health.findings import Finding, many
from tui.analysis.health.rules import DAMAGED, RULES, STALLED
from tui.analysis.run_state import RunState, run_state, signs_of_life
from tui.model import Problem
from tui.store.snapshot import RunSummary


def stalled(run: RunSummary, now: float) -> Finding | None:
    """A run that has logged, is silent for far longer than usual, and for less than a day: see `run_state`."""
    time = run.last_wall_time
    if time is None or time > now or run_state(**signs_of_life(run, now)) is not RunState.STALLED:
        return None
    usual = "" if run.interval is None else f", an event came every {_seconds(run.interval)}"
    text = f"silent for {_seconds(now - time)}{usual}"
    return Finding(STALLED, run.name, "", run.last_step, time, text, RULES[STALLED].severity)


def damaged(run: RunSummary, problems: Mapping[str, list[Problem]]) -> Finding | None:
    """Records of a run's files, or whole files, that cannot be read; `problems` are by path."""
    found = [problem for path in run.paths for problem in problems.get(path, ())]
    if not found:
        return None
    first = next((problem for problem in found if problem.offset is not None), found[0])
    place = "" if first.offset is None else f" at byte {first.offset}"
    total = sum(problem.count for problem in found)
    more = f"; {many(total, 'problem')} in all" if total > 1 else ""
    text = f"{first.path}{place}: {first.reason}{more}"
    return Finding(DAMAGED, run.name, "", None, None, text, RULES[DAMAGED].severity)


def by_path(problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    """Problems by the file that they are about."""
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        found.setdefault(problem.path, []).append(problem)
    return found


def _seconds(seconds: float) -> str:
    """A duration in the largest unit of which there are two."""
    for size, unit in ((86400.0, "days"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.3g} s"
