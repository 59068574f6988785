"""From what was found in single series to what is worth reading of a run: at most one finding of each rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tui.analysis.health.courses import Course, Points
from tui.analysis.health.findings import Finding, one_of
from tui.analysis.health.histograms import Seen, dead_units, exploding, not_finite, vanishing
from tui.analysis.health.rules import EXPLODING, Thresholds
from tui.analysis.tag_traits import words


def of_points(points: Sequence[Points], seen: Sequence[Seen]) -> list[Finding]:
    """NaN and infinite values, and steps that go back."""
    bad = _given([*(one.nan_inf for one in points), *map(not_finite, seen)])
    return one_of(bad, _earliest) + one_of(_given(one.step_back for one in points), _plainest)


def of_courses(courses: Sequence[Course], *, is_live: bool, is_broken: bool) -> list[Finding]:
    """Spikes, divergence and plateaus.

    A term of a loss may rise or rest while the others fall: a run diverges if half of its losses do so at least, and
    is on a plateau if all are. Of one that diverges nothing else is worth telling, nor is a plateau of one that has
    gone NaN.
    """
    diverging = _given(course.divergence for course in courses)
    never = _given(course.never for course in courses)
    resting = _given(course.resting for course in courses)
    if diverging and 2 * len(diverging) >= sum(course.may_diverge for course in courses):
        return one_of(diverging, _plainest)
    found = one_of(_given(course.spike for course in courses), _plainest)
    if is_broken:
        return found
    if len(never) == sum(course.may_never for course in courses):
        found += one_of(never, _plainest)
    elif is_live and len(resting) == sum(course.may_rest for course in courses):
        found += one_of(resting, _plainest)
    return found


def of_pairs(found: Iterable[Finding | None]) -> list[Finding]:
    """Overfitting."""
    return one_of(_given(found), _plainest)


def of_histograms(seen: Sequence[Seen], norms: Iterable[Finding | None], limits: Thresholds) -> list[Finding]:
    """Gradients that explode or vanish, by histograms and by norms, and dead units."""
    growing = _given(exploding(known, limits) for known in seen)
    fading = vanishing(seen, limits)
    for finding in _given(norms):
        (growing if finding.rule == EXPLODING else fading).append(finding)
    dead = _given(dead_units(known, limits) for known in seen)
    return one_of(growing, _earliest) + one_of(fading, _earliest) + one_of(dead, _earliest)


def _given(found: Iterable[Finding | None]) -> list[Finding]:
    return [finding for finding in found if finding is not None]


def _plainest(finding: Finding) -> tuple[int, str]:
    """The tag with the fewest words first: `loss` says more than `loss/classifier/aux`."""
    return len(words(finding.tag)), finding.tag


def _earliest(finding: Finding) -> tuple[float, int]:
    """By wall time, since tags may count their steps in different units; those without one last."""
    time = finding.wall_time
    return float("inf") if time is None else time, finding.step or 0
