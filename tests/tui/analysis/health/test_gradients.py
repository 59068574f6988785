"""Rules exploding-gradients, vanishing-gradients and dead-units, and NaN in histograms."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from logging_lib.tfevents.histogram import EMPTY, Buckets
from tests.builders import WALL_TIME
from tests.tui.analysis.health.curves import LONG_AFTER, fired, judged, series, snapshot
from tests.tui.analysis.histograms import buckets
from tui.analysis.health import Digest, Finding, HealthCheck, digest
from tui.model import BlobRef, SeriesKey
from tui.store.snapshot import BlobSeries

FINE = Digest(100.0, 0.0, 0.1, 1e-3)
DEAD = Digest(100.0, 0.0, 1.0, 0.0)


def sized(rms: float) -> Digest:
    return Digest(100.0, 0.0, 0.0, rms)


def histograms(tag: str, count: int, version: int = 2) -> BlobSeries:
    """Histograms at every tenth step, which lie at the file's offsets 0, 1, 2..."""
    steps = np.arange(count) * 10
    refs = [BlobRef(tag, at, 1, 0) for at in range(count)]
    return BlobSeries(SeriesKey("run", tag, "histograms"), version, steps, WALL_TIME + steps, refs)


def judge(digests: Mapping[str, Sequence[Digest | None]]) -> list[Finding]:
    """What is found in the histograms of these tags."""
    every = [histograms(tag, len(found)) for tag, found in digests.items()]
    return list(HealthCheck().findings(snapshot(*every), LONG_AFTER, lambda ref: digests[ref.path][ref.offset]))


def test_a_digest() -> None:
    found = digest(buckets((-1, 0, 1), (0, 0, 2), (0, 1, 1)), 6.0)
    assert (found.values, found.not_finite, found.zeros) == (4.0, 2.0, 0.5)
    assert found.rms == pytest.approx(math.sqrt(0.125))
    assert digest(EMPTY) == Digest(0.0, 0.0, 0.0, None)
    assert digest(buckets((0, 0, 7)), math.nan) == Digest(7.0, 0.0, 1.0, 0.0)
    # Counts are written as floats.
    assert digest(buckets((0, 1, 1e7)), 1e7 + 1e-3).not_finite == 0


def test_gradients_that_stay_a_hundred_times_as_large() -> None:
    (found,) = judge({"gradients/a": [*[sized(0.01)] * 5, sized(2.0), sized(3.0), sized(4.0)]})
    assert (found.rule, found.tag, found.step) == ("exploding-gradients", "gradients/a", 50)
    assert found.text == "root mean square 2 in the last 3 histograms, steps 50 to 70, 200 times the usual 0.01"


@pytest.mark.parametrize(
    "sizes",
    [
        [0.01] * 7 + [5.0],  # once is a spike
        [0.01] * 5 + [0.5] * 3,
        [0.01, 0.01, 5.0, 5.0, 5.0],  # nothing yet to compare with
        [5.0, 5.0],
    ],
)
def test_what_is_no_explosion(sizes: list[float]) -> None:
    assert judge({"gradients/a": [sized(size) for size in sizes]}) == []
    assert judge({"weights/a": [*[sized(0.01)] * 5, *[sized(9.0)] * 3]}) == []


def test_gradients_that_are_all_zero() -> None:
    (found,) = judge({"a.weight/grad": [FINE, DEAD, DEAD, DEAD], "b.weight/grad": [FINE] * 4})
    assert (found.rule, found.tag, found.step) == ("vanishing-gradients", "a.weight/grad", 10)
    assert found.text == "100 % of the gradients are zero in the last 3 histograms, steps 10 to 30"
    assert judge({"a.weight/grad": [FINE, DEAD, DEAD, FINE]}) == []
    assert judge({"a.weight/grad": [DEAD, DEAD]}) == []
    assert judge({"a.weight": [DEAD] * 5}) == []


def test_gradients_far_below_the_others() -> None:
    every = {f"grad/{layer}": [sized(10.0**-layer)] * 5 for layer in range(1, 9)}
    (found,) = judge(every | {"grad/first": [sized(1e-12)] * 5})
    assert (found.rule, found.tag) == ("vanishing-gradients", "grad/first")
    assert found.text.endswith(", beside 1e-05, the median of 9 tags of gradients")
    assert judge({"grad/a": [sized(1.0)] * 5, "grad/b": [sized(1e-12)] * 5}) == []
    assert judge(every) == []


def test_a_layer_that_is_off() -> None:
    (found,) = judge({"activations/relu1": [FINE, DEAD, DEAD, DEAD], "activations/relu2": [FINE] * 4})
    assert (found.rule, found.tag, found.step) == ("dead-units", "activations/relu1", 10)
    assert found.text == "100 % of the activations are zero in the last 3 histograms, steps 10 to 30"
    sparse = Digest(100.0, 0.0, 0.97, 1.0)
    assert judge({"activations/relu1": [sparse] * 9}) == []


def test_values_that_no_bucket_holds() -> None:
    (found,) = judge({"weights/a": [FINE, FINE._replace(not_finite=5.0)]})
    assert (found.rule, found.tag, found.step) == ("nan-inf", "weights/a", 10)
    assert found.text == "5 of 105 values are NaN or infinite at step 10"


def test_what_is_not_decoded_is_not_judged_until_it_is() -> None:
    known: dict[int, Digest] = dict.fromkeys(range(2), FINE)
    asked: list[int] = []

    def digest_at(ref: BlobRef) -> Digest | None:
        asked.append(ref.offset)
        return known.get(ref.offset)

    check, shown = HealthCheck(), snapshot(histograms("grad/a", 5))
    assert check.findings(shown, LONG_AFTER, digest_at) == ()
    known |= dict.fromkeys(range(2, 5), DEAD)
    assert [found.step for found in check.findings(shown, LONG_AFTER, digest_at)] == [20]
    asked.clear()
    assert len(check.findings(shown, LONG_AFTER, digest_at)) == 1
    assert asked == []
    assert check.findings(shown, LONG_AFTER) == ()


@pytest.mark.parametrize("count", [1, 3, 11, 100, 4321])
def test_few_of_many_histograms_are_looked_at_and_hardly_another_as_they_grow(count: int) -> None:
    def asked(histogram_count: int, tag: str) -> set[int]:
        places: set[int] = set()

        def digest_at(ref: BlobRef) -> Digest:
            places.add(ref.offset)
            return FINE

        HealthCheck().findings(snapshot(histograms(tag, histogram_count)), LONG_AFTER, digest_at)
        return places

    assert len(asked(count, "grad/a")) <= 19
    assert asked(count, "grad/a") >= {count - 1}
    assert asked(count, "weights/a") == {count - 1}
    assert len(asked(count + 1, "grad/a") - asked(count, "grad/a")) <= 3


def test_norms_that_are_scalars() -> None:
    norm = np.concatenate([np.full(90, 0.5), np.full(10, 80.0)]) * np.exp(np.sin(np.arange(100)) / 5)
    (found,) = judged(series(norm, "train/grad_norm"))
    assert (found.rule, found.step) == ("exploding-gradients", 90)
    assert found.text.startswith("at least 65.")
    assert " in the last 10 points, since step 90, " in found.text
    (found,) = judged(series(1e-3 * np.where(np.arange(100) < 90, norm, 0.0), "grad/norm"))
    assert (found.rule, found.step) == ("vanishing-gradients", 90)
    assert found.text.startswith("at most 0 in the last 10 points, since step 90, beside the usual 0.0005")
    spiky = np.where(np.arange(100) % 9 == 0, 80.0, 0.5)
    assert fired(series(spiky, "train/grad_norm")) == fired(series(norm[:29], "train/grad_norm")) == []
    assert fired(series(np.zeros(99), "train/grad_norm")) == fired(series(norm - 1, "train/grad_norm")) == []


def test_any_buckets_have_a_digest() -> None:
    every = Buckets(np.array([-math.inf, 0, math.nan]), np.array([0, 1, 2]), np.array([1.0, -1.0, 5.0]))
    assert digest(every, math.inf) == Digest(0.0, 0.0, 0.0, None)
