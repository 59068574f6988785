"""What a rule has found: where, and why it fired."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple


class Severity(StrEnum):
    """How bad it is if it is true; the value is the word that is shown."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Finding(NamedTuple):
    """One thing that looks wrong in one run.

    `rule` is the name of a rule in RULES. `tag` is "" where it is about the whole run. `step` is where to look, None
    where no step is meant, `wall_time` the epoch seconds of the point there, None where there is none or it has none.
    `text` is one sentence with numbers. `others` are the run's other tags in which the rule fired. All names are as in
    the files, in `text` too: escape before showing.
    """

    rule: str
    run: str
    tag: str
    step: int | None
    wall_time: float | None
    text: str
    severity: Severity
    others: tuple[str, ...] = ()


def one_of(findings: Sequence[Finding], prominent: Callable[[Finding], Any]) -> list[Finding]:
    """The findings of one rule in one run as one: the most prominent (the least by that), which names the others."""
    if len(findings) < 2:
        return list(findings)
    chosen = min(findings, key=prominent)
    others = tuple(finding.tag for finding in findings if finding is not chosen)
    return [chosen._replace(text=f"{chosen.text}; {many(len(others), 'other tag')} too", others=others)]


def short(value: float) -> str:
    """A number with four significant digits."""
    return f"{value:.4g}"


def share(fraction: float) -> str:
    """A fraction, 0 or more, as a percentage that never says 0 % or 100 % of what is only nearly so."""
    points = 100 * fraction
    if points >= 1000:
        return f"{fraction:.3g} times"
    if 0 < points < 1 or 99 < points < 100:
        return f"{points:.2g} %" if points < 1 else f"{min(points, 99.99):.4g} %"
    return f"{points:.0f} %"


def many(count: int, noun: str) -> str:
    """How many of what: `1 point`, `3 points`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
