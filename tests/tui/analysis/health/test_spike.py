"""Rule spike."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tui.analysis.health.curves import decay, fired, judged, noisy, running_mean, series


def test_a_spike_is_told_with_its_step_and_height() -> None:
    values = noisy(decay(500), 1)
    values[300] = 9.0
    (found,) = judged(series(values, steps=np.arange(500) * 10))
    assert (found.rule, found.run, found.tag, found.step) == ("spike", "run", "train/loss", 3000)
    assert found.wall_time == 1_700_000_000.0 + 3000
    around = float(np.median(values[288:300]))
    assert found.text.startswith("9 at step 3000 is ")
    assert found.text.endswith(f" robust deviations above the {max(around, np.median(values[301:313])):.4g} around it")


def test_of_several_the_largest_is_told_and_neighbours_count_as_one() -> None:
    values = noisy(decay(500), 1)
    values[[100, 300, 301, 302]] = 9.0
    values[400] = 20.0
    (found,) = judged(series(values))
    assert found.step == 400
    assert found.text.endswith("; the largest of 3 spikes")


def test_the_step_is_that_of_the_point_whatever_else_is_there() -> None:
    """Superseded points, NaN, steps out of order and far apart."""
    values = noisy(decay(400), 1)
    values[250] = 50.0
    steps = np.cumsum(np.random.default_rng(1).integers(1, 50, 400))
    values[100], void = np.nan, np.arange(400) < 20
    found = judged(series(values, "loss", steps=steps, superseded=void))
    assert [(one.rule, one.step) for one in found if one.rule != "step-back"] == [
        ("nan-inf", steps[100]),
        ("spike", steps[250]),
    ]
    swapped = np.arange(400)
    swapped[[10, 11]] = [11, 10]
    found = judged(series(values[swapped], "loss", steps=steps[swapped]))
    assert [(one.rule, one.step) for one in found if one.rule == "spike"] == [("spike", steps[250])]


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (300, 0.001),  # downwards there is nothing to fear
        (495, 9.0),  # nobody knows yet whether it comes back
        (5, 9.0),
    ],
)
def test_what_is_no_spike(at: int, value: float) -> None:
    values = noisy(decay(500), 1)
    values[at] = value
    assert fired(series(values)) == []


def test_a_step_from_one_level_to_another_is_none() -> None:
    values = noisy(np.where(np.arange(600) < 300, 0.2, 2.0) * decay(600, end=0.02), 1)
    assert "spike" not in fired(series(values))


def test_an_excursion_that_lasts_is_none() -> None:
    values = noisy(np.ones(600) + 9 * (abs(np.arange(600) - 300) < 20), 1)
    assert "spike" not in fired(series(values))


@pytest.mark.parametrize("seed", range(10))
def test_noise_with_a_long_tail_has_none(seed: int) -> None:
    random = np.random.default_rng(seed)
    assert "spike" not in fired(series(decay(3000) * random.gamma(4.0, 0.25, 3000)))
    assert "spike" not in fired(series(decay(3000) * np.exp(random.laplace(scale=0.3, size=3000))))
    assert "spike" not in fired(series(running_mean(random.gamma(4.0, 0.25, 3000), 300)))


def test_values_of_both_signs_are_judged_by_their_range() -> None:
    values = np.random.default_rng(1).standard_normal(500) - np.arange(500) / 50
    assert fired(series(values, "nll_loss")) == []
    values[250] = 40.0
    assert fired(series(values, "nll_loss")) == ["spike"]


def test_where_most_values_are_equal_nothing_can_be_told() -> None:
    values = np.zeros(500)
    values[[100, 200, 300]] = 1.0
    assert fired(series(values, "errors")) == []


def test_a_spike_among_millions_is_found() -> None:
    values = noisy(decay(300_000), 1)
    values[123_456] = 9.0
    assert [(one.rule, one.step) for one in judged(series(values))] == [("spike", 123_456)]
