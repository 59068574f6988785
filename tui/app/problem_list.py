"""What the Problems tab lists: findings and damaged records, the worst first, and how wide its columns are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from tui.analysis.health import RULES, Finding, Severity
from tui.analysis.health.rules import DAMAGED
from tui.app.catalog import natural_key
from tui.app.findings import ORDER, Findings, identity, identity_of_record
from tui.app.selection import Filter
from tui.model import Problem
from tui.render.cells import width
from tui.render.text import printable
from tui.store.snapshot import StoreSnapshot

_GAP = 2
_RUN_LEAST, _RUN_MOST = 8, 28
LINK = "link"
_TAG_LEAST, _TAG_MOST = 8, 32
_TEXT_LEAST = 20
_LONGEST_STEP = 9
_MARGIN = 6  # the severity's mark and the run's, and blanks about them and at the end


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """One line: a finding, or a damaged record (without a `finding`). `run` is None where no run has the file.

    `text` and `place`, what it is about in full, are yet to be made printable.
    """

    severity: Severity
    rule: str
    run: str | None
    tag: str
    step: int | None
    text: str
    place: str
    identity: str
    dismissed: bool
    finding: Finding | None = None
    count: int = 1

    @property
    def said(self) -> str:
        """All that a filter is matched with."""
        return f"{self.run or ''} {self.tag} {self.rule} {self.text} {self.place}"


def problem_rows(
    findings: Findings, snapshot: StoreSnapshot, runs: Collection[str], pattern: Filter
) -> list[ProblemRow]:
    """The rows of some runs, and of files that are no run's, that a filter lets through: the worst first.

    Damaged records come one by one, instead of the one finding that there is of them; what is dismissed comes last.
    """
    shown = frozenset(runs)
    rows = [*_of_findings(findings), *_of_records(findings, snapshot)]
    kept = [row for row in rows if (row.run is None or row.run in shown) and pattern.matches(row.said)]
    return sorted(kept, key=_rank)


def _rank(row: ProblemRow) -> tuple[object, ...]:
    """Records, of which there may be many, follow the findings as bad as they are, in the order of the store."""
    severity = row.dismissed, ORDER.index(row.severity)
    if row.finding is None:
        return *severity, True
    return *severity, False, natural_key(row.run or ""), list(RULES).index(row.rule)


def _of_findings(findings: Findings) -> Iterable[ProblemRow]:
    for finding in findings.every:
        if finding.rule != DAMAGED:
            known = identity(finding)
            yield ProblemRow(
                finding.severity, finding.rule, finding.run, finding.tag, finding.step, finding.text,
                _place(finding), known, known in findings.dismissed, finding,
            )  # fmt: skip


def _place(finding: Finding) -> str:
    step = "" if finding.step is None else f"  step {finding.step}"
    return f"{finding.run}{f'  {finding.tag}' if finding.tag else ''}{step}"


def _of_records(findings: Findings, snapshot: StoreSnapshot) -> Iterable[ProblemRow]:
    run_of = {path: run.name for run in snapshot.runs.values() for path in run.paths} if snapshot.problems else {}
    for problem in snapshot.problems:
        known = identity_of_record(problem, run_of)
        yield ProblemRow(
            RULES[DAMAGED].severity, _rule(problem), run_of.get(problem.path), "", None, reason(problem), problem.path,
            known, known in findings.dismissed, count=problem.count,
        )  # fmt: skip


def _rule(problem: Problem) -> str:
    """What it is called: only of a remote logdir's link the path is an address, its files are those of the mirror."""
    return LINK if "://" in problem.path else DAMAGED


def rule_text(rule: str) -> str:
    """What a rule looks for."""
    return "a remote logdir, or a part of it, cannot be read" if rule == LINK else RULES[rule].about


def reason(problem: Problem) -> str:
    """Where in its file a record is, and why it could not be read."""
    return problem.reason if problem.offset is None else f"at byte {problem.offset}: {problem.reason}"


@dataclass(frozen=True, slots=True)
class ProblemColumns:
    """Cells of each column, 0 for one that is left out."""

    run: int
    tag: int
    step: int
    rule: int
    text: int

    @classmethod
    def fitting(cls, cells: int, rows: Sequence[ProblemRow], longest_run: int) -> ProblemColumns:
        """Columns for `cells` cells: run and rule at least, then what was found, the tag, its step."""
        rule = max((len(row.rule) for row in rows), default=0)
        tag = min(max((width(printable(row.tag)) for row in rows), default=0), _TAG_MOST)
        step = max((len(step_text(row.step)) for row in rows), default=0)
        left = cells - _MARGIN
        if left < _RUN_LEAST + 2 * _GAP + rule + _TEXT_LEAST:
            return cls(max(left - rule - _GAP, _RUN_LEAST), 0, 0, rule if left >= rule + _GAP + _RUN_LEAST else 0, 0)
        run = max(min(longest_run, _RUN_MOST, left // 4), _RUN_LEAST)
        left -= run + rule + _GAP
        tag = min(tag, max(left - _TEXT_LEAST - 2 * _GAP, 0))
        tag = tag if tag >= min(_TAG_LEAST, max((width(printable(row.tag)) for row in rows), default=0)) else 0
        left -= tag + _GAP if tag else 0
        step = step if left >= _TEXT_LEAST + 2 * _GAP + step else 0
        left -= step + _GAP if step else 0
        return cls(run, tag, step, rule, max(left - _GAP, 0))


def step_text(step: int | None) -> str:
    """A step with all digits, as far as these are few."""
    if step is None:
        return ""
    text = str(step)
    return text if len(text) <= _LONGEST_STEP else f"{step:.3e}"
