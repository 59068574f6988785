"""Healthy curves of many kinds: hardly any rule ever fires, whatever the noise and however long they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.tui.analysis.health.curves import Floats, decay, fired, judged, noisy, running_mean, series
from tui.store.snapshot import ScalarSeries

LENGTHS = (30, 60, 100, 300, 2000)
SIZES = (0.01, 0.05, 0.2)
SEEDS = 40


def smoothed(curve: Floats) -> Floats:
    """An exponential moving average."""
    smooth = curve.copy()
    for at in range(1, len(curve)):
        smooth[at] = 0.95 * smooth[at - 1] + 0.05 * curve[at]
    return smooth


def falls(count: int, seed: int, size: float) -> list[ScalarSeries]:
    rate = float(np.random.default_rng(seed).choice([2, 10, 50, 400]))
    return [series(noisy(decay(count, rate=rate), seed, size))]


def falls_in_steps(count: int, seed: int, size: float) -> list[ScalarSeries]:
    """The learning rate is divided a few times."""
    return [series(noisy(2.0 * 0.3 ** (np.arange(count) * 4 // count), seed, size))]


def cyclic_rate(count: int, seed: int, size: float) -> list[ScalarSeries]:
    """The learning rate swings, and the loss with it."""
    rate = np.abs((np.arange(count) * 6 / count) % 1 * 2 - 1)
    return [series(noisy(decay(count) * (1 + rate / 2), seed, size)), series(0.01 + rate, "lr")]


def warm_restarts(count: int, seed: int, size: float) -> list[ScalarSeries]:
    """The learning rate jumps up and falls, and the loss with it."""
    since = np.arange(count) * 5 / count % 1
    return [series(noisy(decay(count) + 0.5 * np.exp(-5 * since), seed, size)), series(np.exp(-since), "lr")]


def curriculum(count: int, seed: int, size: float) -> list[ScalarSeries]:
    """The data become harder a few times: the loss jumps up, and falls again."""
    return [series(noisy(0.2 + 1.8 * np.exp(-6 * (np.arange(count) * 4 / count % 1)), seed, size))]


def means_of_epochs(count: int, seed: int, size: float) -> list[ScalarSeries]:
    return [series(running_mean(noisy(decay(count), seed, size), max(count // 8, 10)))]


def both_fall(count: int, seed: int, size: float) -> list[ScalarSeries]:
    """The validation loss falls with the training loss, at another pace and to another level."""
    steps = np.linspace(0, count - 1, min(count, 40)).astype(int)
    val = noisy(decay(count, end=0.4, rate=20.0)[steps], seed + 1000, 0.05)
    return [series(noisy(decay(count), seed, size)), series(val, "val/loss", steps=steps)]


def smooth(count: int, seed: int, size: float) -> list[ScalarSeries]:
    return [series(smoothed(noisy(decay(count), seed, size)))]


HEALTHY = (
    falls,
    falls_in_steps,
    cyclic_rate,
    warm_restarts,
    curriculum,
    means_of_epochs,
    both_fall,
    smooth,
)


def every(kind: Callable[[int, int, float], list[ScalarSeries]]) -> Iterator[list[ScalarSeries]]:
    for seed in range(SEEDS):
        yield kind(LENGTHS[seed % len(LENGTHS)], seed, SIZES[seed % len(SIZES)])


@pytest.mark.parametrize("kind", HEALTHY)
def test_nothing_is_found(kind: Callable[[int, int, float], list[ScalarSeries]]) -> None:
    assert Counter(rule for curves in every(kind) for rule in fired(*curves)) == {}


def test_noise_about_one_level_is_a_plateau_and_nothing_else() -> None:
    found = Counter(rule for seed in range(60) for rule in fired(series(noisy(np.ones(300), seed, 0.2))))
    assert set(found) == {"plateau"}
    # Sixteen parts are compared with the rest by three standard errors: some noise looks as if it had moved.
    assert found["plateau"] > 45


@pytest.mark.parametrize("tag", ["lr", "rollout/ep_rew_mean", "loss/discriminator", "kl", "epoch", "grad_norm"])
def test_what_need_not_fall_is_not_judged_as_if_it_had_to(tag: str) -> None:
    values = noisy(np.ones(300), 1, 0.2) + np.where(np.arange(300) == 150, 30.0, 0.0) + np.arange(300) / 20
    assert fired(series(values, tag)) == []


def test_losses_beside_rewards_are_an_agents_and_not_judged() -> None:
    rising = noisy(1 + np.arange(300) / 30, 1)
    assert fired(series(rising, "train/loss")) == ["divergence"]
    assert fired(series(rising, "train/loss"), series(rising, "rollout/ep_rew_mean")) == []


@given(
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.integers(1, 400),
    st.sampled_from(["loss", "val_loss", "acc", "grad_norm"]),
)
def test_a_constant_says_nothing(value: float, count: int, tag: str) -> None:
    assert fired(series(np.full(count, value, np.float32), tag)) == []


@settings(deadline=None)
@given(
    hnp.arrays(np.float64, st.integers(1, 300), elements=st.floats(allow_nan=True, allow_infinity=True)),
    st.sampled_from(["loss", "train/loss", "val/loss", "acc", "grad_norm", "x"]),
    st.booleans(),
)
def test_any_values_in_any_order_are_judged(values: Floats, tag: str, backwards: bool) -> None:
    steps = np.arange(len(values))[:: -1 if backwards else 1]
    every = [series(values, tag, steps=steps), series(values[::-1].copy(), "loss/train")]
    assert {finding.rule for finding in judged(*every)} <= {
        *("nan-inf", "spike", "divergence", "plateau", "overfitting", "step-back"),
        *("exploding-gradients", "vanishing-gradients"),
    }


@pytest.mark.parametrize("scale", [1e-30, 1e-6, 1e6, 2.0**60, 1e30])
@pytest.mark.parametrize("kind", [*HEALTHY])
def test_the_unit_of_a_value_changes_nothing(
    kind: Callable[[int, int, float], list[ScalarSeries]], scale: float
) -> None:
    (first, *_) = kind(300, 3, 0.2)
    ill = np.array(first.values, np.float64)
    ill[200] *= 40
    plain, scaled = (fired(series(ill * factor, first.key.tag)) for factor in (1.0, scale))
    assert plain == scaled == ["spike"]


def test_short_series_say_nothing() -> None:
    rising = np.exp(np.arange(29))
    spiked = np.where(np.arange(59) == 30, 100.0, noisy(np.ones(59), 1))
    flat = noisy(np.ones(99), 1)
    assert fired(series(rising)) == fired(series(spiked)) == fired(series(flat)) == []
    assert fired(series(np.arange(7.0) + 1, "val/loss"), series(8 - np.arange(7.0))) == []
