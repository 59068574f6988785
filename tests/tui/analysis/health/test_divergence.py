"""Rule divergence."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tui.analysis.health.curves import Floats, decay, fired, judged, noisy, series


def rises_again(count: int = 500, best: int = 250, to: float = 3.0) -> Floats:
    """A loss that falls to 0.2 and then rises steadily."""
    return np.concatenate([decay(best), np.linspace(0.2, to, count - best)])


def test_a_loss_that_rises_for_long_is_told_with_the_step_from_which_it_rose() -> None:
    (found,) = judged(series(noisy(rises_again(), 1), "loss"))
    assert (found.rule, found.tag) == ("divergence", "loss")
    assert found.step is not None
    assert 200 < found.step < 270
    assert found.text.startswith(
        "the median of the last 20 % of the points is 2.485, 11.6 times up from the best, 0.1977"
    )
    assert found.text.endswith(f" up to step {found.step}, and is not coming back")


@pytest.mark.parametrize("seed", range(5))
def test_also_one_that_never_fell_and_one_that_exploded_at_once(seed: int) -> None:
    assert fired(series(noisy(np.exp(np.arange(300) / 60), seed))) == ["divergence"]
    exploded = np.concatenate([decay(200), np.full(150, 2.3)])
    assert fired(series(noisy(exploded, seed))) == ["divergence"]


def test_negative_losses_diverge_upwards() -> None:
    likelihood = np.concatenate([-np.linspace(1, 50, 200), np.linspace(-50, 30, 200)])
    assert fired(series(likelihood + np.random.default_rng(1).standard_normal(400), "nll")) == ["divergence"]
    assert fired(series(-likelihood + np.random.default_rng(1).standard_normal(400), "nll")) == []


@pytest.mark.parametrize(
    "curve",
    [
        np.concatenate([decay(250), decay(250, start=1.9)]),  # jumps up, and comes back
        np.concatenate([decay(450), np.full(50, 3.0)]),  # not for long yet
        np.concatenate([decay(250), np.linspace(0.2, 0.9, 250)]),  # less than half of what it had fallen
        decay(400, end=0.2) + np.linspace(0, 0.1, 400),
    ],
)
def test_what_is_none(curve: Floats) -> None:
    assert fired(series(noisy(curve, 1))) == []


def test_validation_may_rise_and_is_judged_beside_training_only() -> None:
    assert fired(series(noisy(rises_again(), 1), "val/loss")) == []
    assert fired(series(noisy(rises_again(), 1), "epoch_loss", run="logs/validation")) == []
    assert fired(series(noisy(rises_again(), 1), "epoch_loss", run="logs/train")) == ["divergence"]


def test_one_term_of_several_may_rise() -> None:
    rising, falling = noisy(rises_again(), 1), noisy(decay(500), 2)
    terms = [series(rising, "loss/box"), series(falling, "loss/class"), series(falling, "loss/total")]
    assert fired(*terms) == []
    (found,) = judged(series(rising, "loss/box"), series(rising, "loss/total"), series(falling, "loss/class"))
    assert (found.tag, found.others) == ("loss/box", ("loss/total",))
    assert found.text.endswith("; 1 other tag too")


@pytest.mark.parametrize("seed", range(20))
def test_noise_that_wanders_is_none(seed: int) -> None:
    steps = np.random.default_rng(seed).standard_normal(1000)
    wandering = np.zeros(1000)
    for at in range(1, 1000):
        wandering[at] = 0.9 * wandering[at - 1] + 0.1 * steps[at]
    assert "divergence" not in fired(series(np.exp(wandering)))
