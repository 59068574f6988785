"""Rule plateau."""

from __future__ import annotations

import numpy as np
import pytest

from tests.builders import WALL_TIME
from tests.tui.analysis.health.curves import decay, fired, judged, noisy, series


def test_a_loss_that_never_improved() -> None:
    (found,) = judged(series(noisy(np.full(400, 1.61), 1), "loss"))
    assert (found.rule, found.step, found.severity) == ("plateau", 0, "note")
    assert found.text.startswith("no improvement in all 400 points: noise about 1.6")
    assert found.text.endswith(" from step 0 on")


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("first", [3, 30, 200])
def test_one_that_improved_at_the_start_is_done_not_stuck(first: int, seed: int) -> None:
    values = noisy(np.full(1000, 0.5), seed, 0.1)
    values[:first] *= 3
    assert fired(series(values)) == []


def test_a_live_run_that_no_longer_improves() -> None:
    values = noisy(np.concatenate([decay(200, rate=20), np.full(800, 0.2)]), 1)
    assert fired(series(values)) == []
    (found,) = judged(series(values), now=WALL_TIME + 1000)
    assert (found.rule, found.step) == ("plateau", 250)
    assert found.text == "no improvement in the last 750 points: about 0.1998 since step 250"
    falling = noisy(decay(1000, rate=2), 1)
    assert fired(series(falling), now=WALL_TIME + 1000) == []


def test_all_losses_and_scores_of_a_live_run_must_rest() -> None:
    resting, falling = noisy(np.concatenate([decay(200), np.full(800, 0.2)]), 1), noisy(decay(1000, rate=2), 1)
    now = WALL_TIME + 1000
    assert fired(series(resting, "loss/a"), series(falling, "loss/b"), now=now) == []
    assert fired(series(resting, "loss/a"), series(1 - falling / 3, "acc"), now=now) == []
    assert fired(series(resting, "loss/a"), series(1 - resting / 3, "acc"), now=now) == ["plateau"]


def test_never_improved_is_told_of_a_run_whose_losses_are_all_flat() -> None:
    flat = noisy(np.ones(300), 1)
    assert fired(series(flat, "loss/a"), series(noisy(decay(300), 1), "loss/b")) == []
    (found,) = judged(series(flat, "loss/a"), series(flat, "loss"))
    assert (found.tag, found.others) == ("loss", ("loss/a",))


def test_what_is_broken_is_on_no_plateau() -> None:
    flat = noisy(np.ones(300), 1)
    flat[250] = np.nan
    assert fired(series(flat)) == ["nan-inf"]
