"""The numbers of the demo's training runs: curves, weights, pictures and texts, all from a seed."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]

STEPS = 8000
LOG_EVERY = 5
VALIDATE_EVERY = 100
LAYERS = {"conv1": 864, "conv2": 2304, "fc": 1280}
CLASSES = ("plane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
_NAN_AFTER, _STOPPED_AFTER = 300, 800  # steps after a run begins to diverge
_START_LOSS = float(np.log(len(CLASSES)))
_IMAGES_PER_SECOND = 5200.0
_CELL = 12  # pixels of one cell of the confusion matrix


@dataclass(frozen=True)
class Recipe:
    """One run: its hparams, and how it fares.

    `speed` is how fast the loss falls, `floor` where to; from the share `overfits_at` of the steps on, the
    validation loss rises; at the step `diverges_at` the loss explodes, and ends in NaN.
    """

    name: str
    lr: float
    optimizer: str
    batch_size: int
    dropout: float
    speed: float
    floor: float
    overfits_at: float = 1.0
    diverges_at: int | None = None
    seed: int = 0

    @property
    def points(self) -> int:
        """How many points the run logs before it ends; one that diverges is stopped some time after."""
        end = STEPS if self.diverges_at is None else self.diverges_at + _STOPPED_AFTER
        return min(STEPS, end) // LOG_EVERY

    @property
    def hparams(self) -> dict[str, bool | float | str | None]:
        """What a session start holds."""
        return {
            "lr": self.lr,
            "optimizer": self.optimizer,
            "batch_size": self.batch_size,
            "dropout": self.dropout,
            "augment": self.dropout > 0,
        }


FINISHED = (
    Recipe("lr_0.1_sgd", 0.1, "sgd", 128, 0.0, speed=90, floor=0.20, diverges_at=2600),
    Recipe("lr_0.01_sgd", 0.01, "sgd", 128, 0.3, speed=40, floor=0.24),
    Recipe("lr_0.01_adam", 0.01, "adam", 64, 0.0, speed=160, floor=0.06, overfits_at=0.22),
    Recipe("lr_0.001_adam", 0.001, "adam", 64, 0.2, speed=110, floor=0.12, overfits_at=0.75),
)
LIVE = (
    Recipe("lr_0.003_adamw", 0.003, "adamw", 64, 0.1, speed=130, floor=0.09, overfits_at=0.40),
    Recipe("lr_0.0003_adamw", 0.0003, "adamw", 32, 0.1, speed=45, floor=0.11),
)


class Model:
    """What a run of `recipe` would log at each step; nothing here depends on the clock."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self._rng = np.random.default_rng([recipe.seed, zlib.crc32(recipe.name.encode())])

    @cached_property
    def curves(self) -> Mapping[str, Floats]:
        """Each tag's values, shape [STEPS // LOG_EVERY], one for each logged step."""
        steps = np.arange(0, STEPS, LOG_EVERY)
        x = steps / STEPS
        smooth = self._loss(x)
        train = self._noisy(smooth, 0.9 / np.sqrt(self.recipe.batch_size))
        val = self._noisy(smooth * 1.06 + 0.05, 0.015)
        overfit = 1.1 * np.maximum(0, x - self.recipe.overfits_at) ** 1.3
        curves = {
            "Loss/train": train,
            "Loss/val": val + overfit,
            "Accuracy/train": self._accuracy(train, 0.01),
            "Accuracy/val": self._accuracy(val + 0.15 * overfit, 0.006),
            "Optim/lr": self.recipe.lr * np.minimum(1, steps / 300) * 0.5 * (1 + np.cos(np.pi * x)),
            "Optim/grad_norm": self._noisy(0.3 + 2.5 * smooth / _START_LOSS, 0.25),
            "System/throughput": self._throughput(len(steps)),
        }
        if self.recipe.diverges_at is not None:
            _diverge(curves, steps, self.recipe.diverges_at)
        return curves

    def weights(self, layer: str, step: int) -> Floats:
        """A layer's weights: they spread and shift as the training goes on; all NaN once it has diverged."""
        x = step / STEPS
        spread = 0.05 + 0.09 * np.sqrt(x) * self.recipe.lr**0.1
        values: Floats = self._layer(layer, 0) * spread * (1 + x * self._layer(layer, 2) ** 2) + 0.06 * x
        return values * self._blow_up(step)

    def gradients(self, layer: str, step: int) -> Floats:
        """A layer's gradients: heavy tails that shrink as the training goes on."""
        scale = 0.02 / (1 + self.recipe.speed * step / STEPS) ** 0.5
        rng = np.random.default_rng([step, zlib.crc32(layer.encode())])
        values: Floats = rng.standard_t(4, LAYERS[layer]) * scale
        return values * self._blow_up(step)

    def confusion(self, step: int) -> Bytes:
        """A confusion matrix as blue squares, uint8 [height, width, 3]; rows are the true classes."""
        accuracy = self.curves["Accuracy/val"][step // LOG_EVERY]
        rng = np.random.default_rng([step, 1])
        shares = rng.dirichlet(np.full(len(CLASSES), 0.7), len(CLASSES)) * (1 - accuracy)
        shares[np.diag_indices(len(CLASSES))] += accuracy * rng.uniform(0.9, 1.0, len(CLASSES))
        light = 1 - np.clip(shares, 0, 1)[:, :, np.newaxis]
        pixels = np.array([8, 48, 107]) * (1 - light) + 255 * light
        cells: Bytes = pixels.astype(np.uint8).repeat(_CELL, axis=0).repeat(_CELL, axis=1)
        cells[::_CELL] = cells[:, ::_CELL] = 200
        return cells

    def filters(self, step: int) -> Floats:
        """Eight filters of the first layer in colour, float [8, 3, 30, 30] of 0 to 1: noise that becomes stripes."""
        noise = self._layer("conv1", 3)[: 8 * 3 * 36].reshape(8, 3, 6, 6)
        angle = np.arange(8)[:, np.newaxis, np.newaxis] * np.pi / 8
        y, x = np.mgrid[0:6, 0:6]
        stripes = np.sin(1.6 * (x * np.cos(angle) + y * np.sin(angle)))[:, np.newaxis] * np.ones((1, 3, 1, 1))
        share = np.sqrt(step / STEPS)
        values = 0.5 + 0.25 * (noise * (1 - share) + 1.6 * stripes * share)
        pixels: Floats = np.clip(values, 0, 1).repeat(5, axis=2).repeat(5, axis=3)
        return pixels

    def config_text(self) -> str:
        """The run's settings as a Markdown table."""
        rows = {
            **self.recipe.hparams,
            "epochs": STEPS // 400,
            "parameters": sum(LAYERS.values()),
            "seed": self.recipe.seed,
        }
        return "\n".join(["| setting | value |", "| --- | --- |", *(f"| {key} | {rows[key]} |" for key in rows)])

    def samples_text(self, step: int) -> str:
        """What the model thinks of four images, as a Markdown table."""
        accuracy = self.curves["Accuracy/val"][step // LOG_EVERY]
        rng = np.random.default_rng([step, 2])
        lines = [
            f"Predictions at step **{step}**",
            "",
            "| image | truth | prediction | p |",
            "| --- | --- | --- | --- |",
        ]
        for number in rng.integers(0, 10_000, 4):
            truth, other = rng.choice(len(CLASSES), 2, replace=False)
            guess = truth if rng.random() < accuracy else other
            mark = "" if guess == truth else " ✗"
            sure = rng.uniform(0.4, 0.99)
            lines.append(f"| test/{number:05d}.png | {CLASSES[truth]} | {CLASSES[guess]}{mark} | {sure:.2f} |")
        return "\n".join(lines)

    def _loss(self, x: Floats) -> Floats:
        return self.recipe.floor + (_START_LOSS - self.recipe.floor) * (1 + self.recipe.speed * x) ** -1.1

    def _noisy(self, values: Floats, share: float) -> Floats:
        """Batch noise: most of it independent, some of it lasting a few steps."""
        noise = self._rng.normal(0, share, len(values) + 4)
        return values * np.exp(0.8 * noise[4:] + np.convolve(noise, np.full(5, 0.2), "valid"))

    def _accuracy(self, loss: Floats, noise: float) -> Floats:
        chance = 1 / len(CLASSES)
        share = np.exp(-0.9 * loss) * 1.03 + self._rng.normal(0, noise, len(loss))
        return np.clip(share, chance * 0.7, 0.998)

    def _throughput(self, length: int) -> Floats:
        warm = 1 - 0.6 * np.exp(-np.arange(length) / 12)
        dips = np.where(self._rng.random(length) < 0.02, self._rng.uniform(0.5, 0.8, length), 1)
        batch = np.sqrt(self.recipe.batch_size / 128)
        speed: Floats = _IMAGES_PER_SECOND * batch * warm * dips * self._rng.normal(1, 0.015, length)
        return speed

    def _layer(self, layer: str, kind: int) -> Floats:
        key = zlib.crc32(f"{self.recipe.name}/{layer}".encode())
        return np.random.default_rng([self.recipe.seed, key, kind]).standard_normal(LAYERS[layer])

    def _blow_up(self, step: int) -> float:
        start = self.recipe.diverges_at
        if start is None or step < start:
            return 1.0
        return float(np.exp((step - start) / 60)) if step < start + _NAN_AFTER else float("nan")


def _diverge(curves: dict[str, Floats], steps: npt.NDArray[np.int64], start: int) -> None:
    """From `start` on the loss grows without bound, until it is no number any more."""
    late = np.maximum(0, steps - start)
    gone = late >= _NAN_AFTER
    for tag in ("Loss/train", "Loss/val", "Optim/grad_norm"):
        curves[tag] = np.where(gone, np.nan, curves[tag] * np.exp(np.minimum(late, _NAN_AFTER) / 35))
    chance = 1 / len(CLASSES)
    for tag in ("Accuracy/train", "Accuracy/val"):
        curves[tag] = chance + (curves[tag] - chance) * np.exp(-late / 40)
