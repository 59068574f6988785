"""What the health rules found, as the screen looks it up: by run, by tag, by series. Never changed once made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property

from rich.style import Style

from tui.analysis.health import RULES, Finding, Severity
from tui.analysis.health.rules import DAMAGED, NAN_INF, STALLED
from tui.analysis.run_state import RunState
from tui.app.parts import Part
from tui.app.theme import Look
from tui.model import Problem
from tui.store.snapshot import RunSummary

ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTE)
"""The worst first."""
MARKS: Mapping[Severity, str] = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.NOTE: "·"}
"""One cell that tells how bad it is where colours do not show."""

_SAID = {RunState.STALLED: STALLED, RunState.NAN: NAN_INF}
"""The rule that says of a run what its state says too."""


@dataclass(frozen=True)
class Findings:
    """All that was found, and which of it the user has dismissed (`identity`): that is listed, but marked nowhere.

    Nor are notes: what carries a mark is for somebody to look at.
    """

    every: tuple[Finding, ...] = ()
    dismissed: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def marked(self) -> tuple[Finding, ...]:
        """The errors and warnings that are not dismissed."""
        return tuple(
            finding
            for finding in self.every
            if finding.severity is not Severity.NOTE and identity(finding) not in self.dismissed
        )

    @cached_property
    def of_series(self) -> Mapping[tuple[str, str], Sequence[Finding]]:
        """(run, tag) -> the marked findings that name a step of it."""
        found: dict[tuple[str, str], list[Finding]] = {}
        for finding in self.marked:
            if finding.tag and finding.step is not None:
                found.setdefault((finding.run, finding.tag), []).append(finding)
        return found

    @cached_property
    def of_tags(self) -> Mapping[str, Mapping[str, Severity]]:
        """Tag -> the runs in which something was found there, with the worst of it."""
        found: dict[str, dict[str, Severity]] = {}
        for finding in self.marked:
            for tag in (finding.tag, *finding.others) if finding.tag else ():
                in_runs = found.setdefault(tag, {})
                in_runs[finding.run] = worst([finding.severity, *filter(None, [in_runs.get(finding.run)])])
        return found

    @cached_property
    def _of_runs(self) -> Mapping[str, Sequence[Finding]]:
        found: dict[str, list[Finding]] = {}
        for finding in self.marked:
            found.setdefault(finding.run, []).append(finding)
        return found

    @property
    def runs(self) -> Iterable[str]:
        """The runs in which something is marked."""
        return self._of_runs.keys()

    def of_runs(self, runs: Iterable[str], beside: RunState) -> Severity | None:
        """The worst of what was found in these runs besides what their state says; None where that is nothing."""
        known, said = self._of_runs, _SAID.get(beside)
        found = [one.severity for run in runs for one in known.get(run, ()) if one.rule != said] if known else []
        return worst(found) if found else None

    def of_tag(self, tag: str, runs: Set[str]) -> Severity | None:
        """The worst of what was found at a tag in these runs."""
        known = self.of_tags.get(tag)
        found = [severity for run, severity in known.items() if run in runs] if known else []
        return worst(found) if found else None

    def problems(self, damaged: Sequence[Problem], runs: Mapping[str, RunSummary]) -> tuple[int, Severity]:
        """How many problems the header tells of, and how bad the worst is: each damaged record is one."""
        found = [finding.severity for finding in self.marked if finding.rule != DAMAGED]
        of = {path: run.name for run in runs.values() for path in run.paths} if self.dismissed and damaged else {}
        records = sum(one.count for one in damaged if identity_of_record(one, of) not in self.dismissed)
        severities = [*found, *([RULES[DAMAGED].severity] if records else [])]
        return len(found) + records, worst(severities) if severities else Severity.NOTE


NO_FINDINGS = Findings()


def worst(severities: Sequence[Severity]) -> Severity:
    """The worst of some, at least one."""
    return min(severities, key=ORDER.index)


def identity(finding: Finding) -> str:
    """What tells a finding from the others, and is the same while its numbers change: a rule finds one thing a run."""
    return f"{finding.rule}\t{finding.run}"


def identity_of_record(problem: Problem, run_of: Mapping[str, str]) -> str:
    """That of a damaged record: of its run, whose name `run_of` gives for a path, or of the path without one."""
    return f"{DAMAGED}\t{run_of.get(problem.path, problem.path)}"


def severity_style(severity: Severity, look: Look) -> Style:
    """The style of a mark."""
    return {Severity.ERROR: look.error, Severity.WARNING: look.warning, Severity.NOTE: look.dim}[severity]


def mark_part(severity: Severity, look: Look) -> Part:
    """The mark of a severity."""
    return MARKS[severity], severity_style(severity, look)


def with_mark(parts: list[Part], severity: Severity | None, look: Look) -> list[Part]:
    """A line that starts with a blank, with the mark in its place."""
    if severity is None:
        return parts
    (text, style), *rest = parts
    return [mark_part(severity, look), (text[1:], style), *rest]
