"""Rule overfitting, and which tags are one measure on two sets of data."""

from __future__ import annotations

import numpy as np
import pytest

from tests.builders import WALL_TIME
from tests.tui.analysis.health.curves import Floats, decay, fired, judged, noisy, series
from tui.analysis.health.pairs import Pair, pairs_by_name
from tui.analysis.tag_traits import place_of, words
from tui.model import SeriesKey

EPOCHS = np.arange(40)
RISES = np.where(EPOCHS < 12, 1.0 - EPOCHS / 20, 0.45 + (EPOCHS - 12) / 40)


def falling(count: int = 40) -> Floats:
    return noisy(decay(count, end=0.01, rate=3), 1, 0.02)


def test_the_best_step_and_both_changes_are_told() -> None:
    (found,) = judged(series(falling()), series(RISES, "val/loss"))
    assert (found.rule, found.tag, found.step) == ("overfitting", "val/loss", 11)
    end = float(np.median(RISES[-9:]))
    assert found.text.startswith(f"rose {100 * (end - 0.45) / 0.45:.0f} % from its best, 0.45 at step 11, to {end:.4g}")
    assert ", while train/loss fell " in found.text


@pytest.mark.parametrize("seed", range(5))
def test_noise_does_not_hide_it(seed: int) -> None:
    assert fired(series(noisy(falling(), seed)), series(noisy(RISES, seed, 0.05), "val/loss")) == ["overfitting"]


def test_training_logged_by_batch_and_validation_by_epoch() -> None:
    """Steps of the same unit, and steps of different ones, which the wall times bring together."""
    batches = noisy(decay(4000, end=0.01, rate=3), 1)
    assert fired(series(batches), series(RISES, "val/loss", steps=EPOCHS * 100)) == ["overfitting"]
    by_epoch = series(RISES, "val/loss", wall_times=WALL_TIME + EPOCHS * 100)
    assert fired(series(batches), by_epoch) == ["overfitting"]
    unordered = series(RISES, "val/loss", wall_times=WALL_TIME + EPOCHS[::-1] * 100)
    assert fired(series(batches), unordered) == []


@pytest.mark.parametrize(
    ("train", "val"),
    [
        (np.full(40, 0.5), RISES),  # nothing is learnt: that is another trouble
        (falling()[::-1].copy(), RISES),
        (falling(), np.where(EPOCHS < 12, RISES, 0.47)),  # it rests
        (falling(), np.where(EPOCHS < 36, 1.0 - EPOCHS / 50, 0.5)),  # not for long yet
        (falling(), np.where(EPOCHS < 30, RISES, 0.5)),  # it came back
        (falling(), 0.45 + 0.003 * np.sin(EPOCHS)),
    ],
)
def test_what_is_none(train: Floats, val: Floats) -> None:
    assert "overfitting" not in fired(series(train), series(val, "val/loss"))


@pytest.mark.parametrize("seed", range(20))
def test_validation_noise_about_one_level_is_none(seed: int) -> None:
    val = noisy(np.full(20, 0.4), seed, 0.1)
    assert fired(series(falling(20)), series(val, "val/loss")) == []


def test_without_the_other_side_nothing_is_told() -> None:
    assert fired(series(RISES, "val/loss")) == []


def test_the_training_run_of_keras_is_named() -> None:
    every = [series(falling(), "epoch_loss", "logs/a/train"), series(RISES, "epoch_loss", "logs/a/validation")]
    (found,) = judged(*every)
    assert (found.run, found.tag) == ("logs/a/validation", "epoch_loss")
    assert ", while that of logs/a/train fell " in found.text


def key(run: str, tag: str) -> SeriesKey:
    return SeriesKey(run, tag, "scalars")


@pytest.mark.parametrize(
    ("train", "val"),
    [
        (key("a", "train/loss"), key("a", "val/loss")),
        (key("a", "loss"), key("a", "val_loss")),
        (key("a", "Loss/train"), key("a", "Loss/test")),
        (key("a", "train_loss_epoch"), key("a", "valid_loss")),
        (key("a", "trainLoss"), key("a", "validationLoss")),
        (key("a/train", "epoch_loss"), key("a/validation", "epoch_loss")),
        (key("train", "loss"), key("eval", "loss")),
        (key("loss_train", "loss"), key("loss_val", "loss")),
        (key("a", "training/box_loss"), key("a", "eval/box_loss")),
    ],
)
def test_pairs(train: SeriesKey, val: SeriesKey) -> None:
    others = [key("b", "train/loss"), key("a", "lr"), key("a/x", "val/acc"), key("c", "loss/discriminator")]
    assert pairs_by_name([(one, 10) for one in (train, *others, val)]) == [Pair(train, val)]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (key("a", "train/loss"), key("b", "val/loss")),
        (key("a", "train/box_loss"), key("a", "val/cls_loss")),
        (key("a", "train/acc"), key("a", "val/acc")),
        (key("a", "train/lr"), key("a", "val/lr")),
        (key("a", "val/loss"), key("a", "test/loss")),
        (key("train", "loss"), key("contest", "loss")),
    ],
)
def test_no_pairs(a: SeriesKey, b: SeriesKey) -> None:
    assert pairs_by_name([(a, 10), (b, 10)]) == []


def test_of_two_training_losses_the_one_logged_as_often() -> None:
    by_step, by_epoch, val = key("a", "train_loss_step"), key("a", "train_loss_epoch"), key("a", "val_loss")
    assert pairs_by_name([(by_step, 900), (by_epoch, 10), (val, 9)]) == [Pair(by_epoch, val)]


def test_words_and_places() -> None:
    assert words("trainLoss/step_1 F1-mAP50") == ("train", "loss", "step", "1", "f1", "m", "ap50")
    assert [place_of(run) for run in ("a/train", "a", "validation", "x/loss_val", "a/b_test2")] == [
        ("a", "train"),
        ("a", None),
        ("", "val"),
        ("x/loss", "val"),
        ("a/b_test2", None),
    ]
