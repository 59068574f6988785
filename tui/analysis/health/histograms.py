"""Rules on histograms of gradients and activations, and which histograms they need to see."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from typing import NamedTuple

from logging_lib.tfevents.histogram import Buckets
from tui.analysis.buckets import filled
from tui.analysis.distribution import moments, share_of_zero
from tui.analysis.health.findings import Finding, many, share, short
from tui.analysis.health.rules import DEAD_UNITS, EXPLODING, NAN_INF, RULES, VANISHING, Thresholds
from tui.analysis.tag_traits import traits
from tui.model import BlobRef, SeriesKey
from tui.store.snapshot import BlobSeries

RULES_ON_HISTOGRAMS = frozenset((NAN_INF, EXPLODING, VANISHING, DEAD_UNITS))

_SPREAD = 8
"""About so many histograms of a series are looked at besides the last ones."""


class Digest(NamedTuple):
    """What is kept of a histogram: how many values it counts, how many others are not finite, the share of zeros,
    and the root of the mean square, None for an empty one."""

    values: float
    not_finite: float
    zeros: float
    rms: float | None


Digests = Callable[[BlobRef], Digest | None]
"""Gives the digest of a histogram; None while it is not decoded yet, or where it cannot be."""


def digest(buckets: Buckets, num: float | None = None) -> Digest:
    """The digest of a histogram; `num` is how many values were counted, those no bucket can hold included."""
    total = filled(buckets).total
    known = moments(buckets)
    # Written from floats, the number may be off by a little; one value of millions is not told from that.
    missing = num - total if num is not None and math.isfinite(num) else 0.0
    return Digest(
        total,
        missing if missing > max(0.5, 1e-9 * total) else 0.0,
        share_of_zero(buckets) or 0.0,
        None if known is None else math.hypot(known.mean, known.std),
    )


class Seen(NamedTuple):
    """The histograms of a series that are known: places in the current series, ascending, and their digests.

    `complete` tells whether these are all that rules look at.
    """

    key: SeriesKey
    series: BlobSeries
    places: tuple[int, ...]
    digests: tuple[Digest, ...]
    complete: bool

    def last(self, count: int) -> tuple[Digest, ...]:
        """Those of the last so many places of the series, () where one of them is not known."""
        start = len(self.series.steps) - count
        return self.digests[-count:] if start >= 0 and start in self.places[-count:][:1] else ()


def seen(series: BlobSeries, digests: Digests, limits: Thresholds) -> Seen:
    """The histograms that rules look at, as far as `digests` gives them.

    Of gradients and activations these are the last ones and some evenly spaced before them, at multiples of a power
    of two: as a series grows, hardly any is looked at that was not before. Of others only the last one.
    """
    current = series.current()
    about, n = traits(series.key.tag), len(current.steps)
    last = limits.histograms_last if about.gradient or about.activation else 1
    stride = 1 << max(n // _SPREAD - 1, 0).bit_length()
    earlier = range(0, max(n - last, 0), stride) if about.gradient else ()
    places = [*earlier, *range(max(n - last, 0), n)]
    known = [(at, found) for at in places if (found := digests(current.refs[at])) is not None]
    ats, decoded = tuple(at for at, _ in known), tuple(found for _, found in known)
    return Seen(series.key, current, ats, decoded, len(known) == len(places))


def not_finite(known: Seen) -> Finding | None:
    """Rule nan-inf: values in the newest known histogram that no bucket holds."""
    bad = [(at, found) for at, found in zip(known.places, known.digests, strict=True) if found.not_finite]
    if not bad:
        return None
    at, found = bad[0]
    text = f"{found.not_finite:.0f} of {found.values + found.not_finite:.0f} values are NaN or infinite at step "
    return _finding(NAN_INF, known, at, f"{text}{known.series.steps[at]}")


def dead_units(known: Seen, limits: Thresholds) -> Finding | None:
    """Activations that are all zero in the last histograms."""
    last = known.last(limits.histograms_last)
    if not last or not traits(known.key.tag).activation or not all(_is_zero(one, limits.dead_zeros) for one in last):
        return None
    at = known.places[-len(last)]
    return _finding(DEAD_UNITS, known, at, f"{share(last[-1].zeros)} of the activations are zero {_since(known, at)}")


def exploding(known: Seen, limits: Thresholds) -> Finding | None:
    """Gradients whose last histograms are all far wider than those before were."""
    last = known.last(limits.histograms_last)
    before = [one.rms for one in known.digests[: -len(last) or None] if one.rms]
    if not traits(known.key.tag).gradient or not last or len(before) < limits.histograms_before:
        return None
    usual = statistics.median(before)
    now = min(one.rms or 0.0 for one in last)
    if now <= limits.exploding_ratio * usual:
        return None
    at = known.places[-len(last)]
    text = f"root mean square {short(now)} {_since(known, at)}, {share(now / usual)} the usual {short(usual)}"
    return _finding(EXPLODING, known, at, text)


def vanishing(of_run: Sequence[Seen], limits: Thresholds) -> list[Finding]:
    """Gradients of a run that are all zero in the last histograms, or far below those of the other tags."""
    found: list[Finding] = []
    gradients = [known for known in of_run if traits(known.key.tag).gradient and known.last(limits.histograms_last)]
    sizes = {known.key: max(one.rms or 0.0 for one in known.last(limits.histograms_last)) for known in gradients}
    usual = statistics.median(sizes.values()) if len(sizes) > limits.vanishing_beside else 0.0
    for known in gradients:
        last = known.last(limits.histograms_last)
        at = known.places[-len(last)]
        if all(_is_zero(one, limits.vanishing_zeros) for one in last):
            text = f"{share(last[-1].zeros)} of the gradients are zero {_since(known, at)}"
        elif sizes[known.key] < limits.vanishing_ratio * usual:
            text = (
                f"root mean square {short(sizes[known.key])} {_since(known, at)}, beside {short(usual)}, the median of "
                f"{many(len(sizes), 'tag')} of gradients"
            )
        else:
            continue
        found.append(_finding(VANISHING, known, at, text))
    return found


def _is_zero(one: Digest, least: float) -> bool:
    return one.values > 0 and not one.not_finite and one.zeros >= least


def _since(known: Seen, at: int) -> str:
    """From a place on, which is that of one of the last histograms."""
    steps = known.series.steps
    return f"in the last {many(len(steps) - at, 'histogram')}, steps {steps[at]} to {steps[-1]}"


def _finding(rule: str, known: Seen, at: int, text: str) -> Finding:
    time = float(known.series.wall_times[at])
    step = int(known.series.steps[at])
    when = time if math.isfinite(time) else None
    return Finding(rule, known.key.run, known.key.tag, step, when, text, RULES[rule].severity)
