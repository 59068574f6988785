"""`tbtui check`: what looks wrong in the runs of a logdir, for eyes and for scripts."""

from __future__ import annotations

import argparse
import re
import threading
import time
from collections.abc import Collection, Sequence

from tui.analysis.health import RULES, Finding, HealthCheck
from tui.analysis.run_state import RunState, next_state_change, run_state, signs_of_life
from tui.app.histogram_digests import digest_at
from tui.cli.errors import CommandError
from tui.cli.help_text import LOGDIR_HELP
from tui.cli.json_text import json_text
from tui.cli.output import results
from tui.cli.pattern import pattern
from tui.cli.reading import fetched_logdirs, read_logdirs, start_links, tell
from tui.cli.table import table
from tui.ingest.ingester import Ingester
from tui.render.text import printable
from tui.store.snapshot import RunSummary, StoreSnapshot

_NONE = "-"
_HEADINGS = ("run", "tag", "step", "rule", "why")
_LEAST_PAUSE = 0.5
# A check is followed by a pause so many times as long: who waits for a training must not take its processor.
_PAUSE_SHARE = 10
_LONGEST_WAIT = 3600.0
_DESCRIPTION = """Judge the runs by rules that would rather miss something than cry wolf. A line a finding: run, tag,
step, rule, and why it fired."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `check` to the command line."""
    rules = "\n".join(f"  {rule.name:<19}  {rule.severity.value}: {rule.about}" for rule in RULES.values())
    parser = subparsers.add_parser(
        "check",
        help="tell what looks wrong; exit code 1 if anything does",
        description=_DESCRIPTION,
        epilog=f"rules:\n{rules}",
    )
    parser.add_argument("logdirs", metavar="LOGDIR", nargs="+", help=LOGDIR_HELP)
    parser.add_argument("--rule", metavar="NAME", action="append", choices=[*RULES], help="only this rule; repeatable")
    parser.add_argument("--ignore", metavar="NAME", action="append", choices=[*RULES], help="not this rule; repeatable")
    parser.add_argument("--run", metavar="RE", dest="run_re", default="", help="only runs in which this regex is found")
    parser.add_argument("--json", action="store_true", help="a JSON list with one object a finding")
    parser.add_argument("--watch", action="store_true", help="wait until a rule fires or all runs have ended")


def run(arguments: argparse.Namespace) -> int:
    """Print the findings; returns the exit code, 1 where there are some, or no run to judge."""
    run_re = pattern("--run", arguments.run_re)
    rules = [name for name in arguments.rule or RULES if name not in (arguments.ignore or ())]
    if not rules:
        raise CommandError("--ignore leaves no rule of those that --rule asks for")
    check = _Check(rules, run_re)
    nothing_judged = False
    if arguments.watch:
        found = _watch(arguments.logdirs, check)
    else:
        snapshot = read_logdirs(arguments.logdirs)
        if not snapshot.runs:
            tell(f"no event files under {printable(', '.join(arguments.logdirs))}")
        elif not check.runs_of(snapshot):
            tell("no run matches --run; `tbtui ls` lists the runs")
        found = check.findings(snapshot)
        nothing_judged = not check.runs_of(snapshot)
    with results(None) as stream:
        if arguments.json:
            stream.write(json_text([_as_object(finding) for finding in found]) + "\n")
        elif found:
            stream.write(table(_HEADINGS, [_as_row(finding) for finding in found], names=len(_HEADINGS)))
    return 1 if found or nothing_judged else 0


class _Check:
    """The rules and runs that were asked for; remembers what it found, for the next snapshot of the same logdirs."""

    def __init__(self, rules: Collection[str], run_re: re.Pattern[str]) -> None:
        self._check = HealthCheck(rules)
        self._run_re = run_re

    def runs_of(self, snapshot: StoreSnapshot) -> list[RunSummary]:
        """The runs that were asked for."""
        return [run for name, run in snapshot.runs.items() if self._run_re.search(name)]

    def findings(self, snapshot: StoreSnapshot) -> list[Finding]:
        """What is wrong in them now. Other runs are judged too: the training loss of a validation run is in one."""
        found = self._check.findings(snapshot, time.time(), digest_at)
        return [finding for finding in found if self._run_re.search(finding.run)]


def _watch(arguments: Sequence[str], check: _Check) -> list[Finding]:
    """Wait until a rule fires, or all runs have ended; returns the findings.

    Nothing is judged before all that was there at the start has been read. Without any run it waits for one.

    Raises:
        CommandError: reading has stopped.
    """
    news = threading.Event()
    logdirs = fetched_logdirs(arguments)
    ingester = Ingester(logdirs, on_commit=lambda version: news.set())
    ingester.start()
    links = start_links(logdirs)
    try:
        while True:
            news.clear()
            status, snapshot = ingester.status, ingester.snapshot
            if status.error is not None:
                raise CommandError(printable(status.error))
            start = time.monotonic()
            if not status.loading:
                if found := check.findings(snapshot):
                    return found
                if _have_ended(check.runs_of(snapshot)):
                    return []
            # Sleeping can be interrupted, and a burst of commits is looked at once.
            time.sleep(max(_LEAST_PAUSE, _PAUSE_SHARE * (time.monotonic() - start)))
            news.wait(_until_change(check.runs_of(snapshot)))
    finally:
        ingester.stop()
        for link in links:
            link.stop()


def _have_ended(runs: Sequence[RunSummary]) -> bool:
    """Whether nothing more is to come, when no rule has fired: a run that has fallen silent has ended too.

    One that has logged nothing yet may just have begun, but nobody waits for it when all others have ended.
    """
    now = time.time()
    begun = [run for run in runs if run.last_wall_time is not None or run.deleted]
    return bool(begun) and all(run_state(**signs_of_life(run, now)) is not RunState.LIVE for run in begun)


def _until_change(runs: Sequence[RunSummary]) -> float:
    """Seconds until silence alone changes the state of a run."""
    now = time.time()
    lasting = (next_state_change(**signs_of_life(run, now)) for run in runs)
    return min((max(seconds, 0.0) for seconds in lasting if seconds is not None), default=_LONGEST_WAIT)


def _as_object(finding: Finding) -> dict[str, object]:
    return {
        "run": finding.run,
        "tag": finding.tag,
        "step": finding.step,
        "wall_time": finding.wall_time,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "text": finding.text,
        "others": list(finding.others),
    }


def _as_row(finding: Finding) -> tuple[str, ...]:
    step = _NONE if finding.step is None else str(finding.step)
    return finding.run, finding.tag or _NONE, step, finding.rule, finding.text
