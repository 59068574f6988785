"""What the rules say of a single scalar series."""

from __future__ import annotations

from dataclasses import dataclass

from tui.analysis.health.curve import curve_of, noise
from tui.analysis.health.divergence import divergence
from tui.analysis.health.findings import Finding
from tui.analysis.health.nonfinite import nan_inf
from tui.analysis.health.norms import gradient_norm
from tui.analysis.health.plateau import never_improved, no_longer_improves
from tui.analysis.health.restarts import step_back
from tui.analysis.health.rules import Thresholds
from tui.analysis.health.spike import spike
from tui.analysis.statistics import goal
from tui.analysis.tag_traits import place_of, traits
from tui.store.snapshot import ScalarSeries


@dataclass(frozen=True, slots=True)
class Course:
    """What the course of one curve shows; what is None was not found, or is not looked for in such a tag.

    `resting` counts only while the run is live. `may_diverge`, `may_never` and `may_rest` tell that it was looked for,
    in a curve long enough: whether a run does so is decided by all of its curves.
    """

    norm: Finding | None = None
    spike: Finding | None = None
    divergence: Finding | None = None
    never: Finding | None = None
    resting: Finding | None = None
    may_diverge: bool = False
    may_never: bool = False
    may_rest: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """What single points of one series show."""

    nan_inf: Finding | None
    step_back: Finding | None


NOTHING = Course()


def points_of(series: ScalarSeries, limits: Thresholds) -> Points:
    """The rules that hold for any tag."""
    return Points(nan_inf(series, limits), step_back(series, limits))


def course_of(series: ScalarSeries, limits: Thresholds, *, in_contest: bool) -> Course:
    """The rules on the course of a curve, which hold for losses, scores and norms of gradients.

    `in_contest` tells that the run is a training of agents or adversaries, of whose losses nothing can be expected.
    """
    key, about = series.key, traits(series.key.tag)
    if about.gradient and not about.loss:
        return Course(norm=gradient_norm(key, curve_of(series), limits))
    if in_contest or not (about.loss or about.score):
        return NOTHING
    curve = curve_of(series)
    may_rest = len(curve) * limits.plateau_live_last >= limits.plateau_points and noise(curve.values) > 0
    resting = no_longer_improves(key, curve, goal(key.tag) or "min", limits)
    if not about.loss:
        return Course(resting=resting, may_rest=may_rest)
    on_validation = (about.split or place_of(key.run)[1]) == "val"
    return Course(
        spike=spike(key, curve, limits),
        divergence=None if on_validation else divergence(key, curve, limits),
        never=never_improved(key, curve, limits),
        resting=resting,
        may_diverge=not on_validation and len(curve) >= limits.divergence_points,
        may_never=len(curve) >= limits.plateau_points and noise(curve.values) > 0,
        may_rest=may_rest,
    )
