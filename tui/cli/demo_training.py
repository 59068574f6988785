"""The demo's training: a process that logs finished runs at once, and goes on with two live ones.

Run: python -m tui.cli.demo_training DIR [--interval SECONDS] [--remove]. It writes a line when the past is written,
and ends when its stdin does: the pipe closes when the process that holds the other end ends, however it ends. Its last
line is JSON: how many summaries it logged of each kind, by the names of their plugins.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import itertools
import json
import select
import shutil
import sys
import time
from collections import Counter
from pathlib import Path

from logging_lib.tfevents import plugins
from logging_lib.tfevents.hparams import Metric, experiment_summary, session_end_summary, session_start_summary
from logging_lib.writer import SummaryWriter
from tui.cli.demo_model import FINISHED, LAYERS, LIVE, LOG_EVERY, VALIDATE_EVERY, Model, Recipe

INTERVAL = 0.3
_FLUSH_SECS = 0.1
_HISTOGRAM_EVERY = 400
_PICTURE_EVERY = 2000
_LIVE_POINTS = [recipe.points // share for recipe, share in zip(LIVE, (2, 5), strict=True)]
_VALIDATION_TAGS = ("Loss/val", "Accuracy/val")
_METRICS = [Metric(tag) for tag in _VALIDATION_TAGS]


class Training:
    """One run: logs its points in order, each with the wall time it is given, and counts in `logged`, by plugin."""

    def __init__(self, directory: Path, recipe: Recipe, start_time: float, logged: Counter[str]) -> None:
        self.recipe = recipe
        self._logged = logged
        self._model = Model(recipe)
        path = directory / recipe.name
        self._writer = SummaryWriter(path, flush_secs=_FLUSH_SECS, start_time=start_time)
        start = session_start_summary(recipe.hparams, group_name=recipe.name, start_time=start_time)
        self._writer.add_summary(experiment_summary(recipe.hparams, _METRICS), 0, start_time)
        self._writer.add_summary(start, 0, start_time)
        self._writer.add_text("config", self._model.config_text(), 0, start_time)
        self._logged[plugins.TEXT] += 1

    def log(self, point: int, wall_time: float) -> None:
        """Log all that this point's step has."""
        step = point * LOG_EVERY
        validates = step % VALIDATE_EVERY == 0
        for tag, values in self._model.curves.items():
            if validates or tag not in _VALIDATION_TAGS:
                self._writer.add_scalar(tag, float(values[point]), step, wall_time)
                self._logged[plugins.SCALARS] += 1
        if step % _HISTOGRAM_EVERY == 0:
            self._log_histograms(step, wall_time)
        if step % _PICTURE_EVERY == 0:
            self._log_pictures(step, wall_time)

    def end(self, wall_time: float) -> None:
        """Log how the session ended, and close the file."""
        status = "SUCCESS" if self.recipe.diverges_at is None else "FAILURE"
        self._writer.add_summary(session_end_summary(status, end_time=wall_time), 0, wall_time)
        self.close()

    def close(self) -> None:
        """Close the file of a run that has not ended."""
        self._writer.close()

    def _log_histograms(self, step: int, wall_time: float) -> None:
        for layer in LAYERS:
            self._writer.add_histogram(f"Weights/{layer}", self._model.weights(layer, step), step, walltime=wall_time)
            self._writer.add_histogram(
                f"Gradients/{layer}", self._model.gradients(layer, step), step, walltime=wall_time
            )
            self._logged[plugins.HISTOGRAMS] += 2

    def _log_pictures(self, step: int, wall_time: float) -> None:
        self._writer.add_image("Confusion/val", self._model.confusion(step), step, wall_time, dataformats="HWC")
        self._writer.add_images("Filters/conv1", self._model.filters(step), step, wall_time)
        self._writer.add_text("samples", self._model.samples_text(step), step, wall_time)
        self._logged.update({plugins.IMAGES: 2, plugins.TEXT: 1})


class Sweep:
    """All runs below one directory: those that are over, and the live ones. `logged` counts summaries by plugin."""

    def __init__(self, directory: Path, interval: float) -> None:
        self.logged: Counter[str] = Counter()
        self._directory = directory
        self._interval = interval
        self._live: list[tuple[Training, int]] = []
        self._seeds = itertools.count(1)

    def write_past(self, now: float) -> None:
        """Write what happened before `now`: live runs first, since those are what moves."""
        for recipe, points in zip(LIVE, _LIVE_POINTS, strict=True):
            self._live.append((self._trained(recipe, points, now), points))
        end = now - max(_LIVE_POINTS) * self._interval
        for recipe in reversed(FINISHED):  # one after the other, the last ending where the first live one starts
            self._trained(recipe, recipe.points, end).end(end)
            end -= recipe.points * self._interval

    def step(self) -> None:
        """Log one more point of each live run; one that ends makes room for the same recipe with another seed."""
        for index, (training, point) in enumerate(self._live):
            now = time.time()
            training.log(point, now)
            self._live[index] = (training, point + 1)
            if point + 1 == training.recipe.points:
                training.end(now)
                self._live[index] = (self._begun(self._another(training.recipe), now), 0)

    def close(self) -> None:
        """Close the files of the live runs."""
        for training, _ in self._live:
            training.close()

    def _trained(self, recipe: Recipe, points: int, now: float) -> Training:
        start = now - points * self._interval
        training = self._begun(recipe, start)
        for point in range(points):
            training.log(point, start + point * self._interval)
        return training

    def _begun(self, recipe: Recipe, start: float) -> Training:
        return Training(self._directory, recipe, start, self.logged)

    def _another(self, recipe: Recipe) -> Recipe:
        seed = next(self._seeds)
        return dataclasses.replace(recipe, name=f"{recipe.name.partition('_seed')[0]}_seed{seed}", seed=seed)


def main() -> None:
    """Write the past, say so, and train until stdin ends."""
    parser = argparse.ArgumentParser(prog="python -m tui.cli.demo_training", description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--interval", type=float, default=INTERVAL, help="seconds between points (default %(default)s)")
    parser.add_argument("--remove", action="store_true", help="remove the directory at the end")
    arguments = parser.parse_args()
    sweep = Sweep(arguments.directory, arguments.interval)
    try:
        _train(sweep, arguments.interval)
        sweep.close()
        _say(json.dumps(sweep.logged))
    finally:
        sweep.close()
        if arguments.remove:
            shutil.rmtree(arguments.directory, ignore_errors=True)  # the parent, which made it, may do so right now


def _train(sweep: Sweep, interval: float) -> None:
    sweep.write_past(time.time())
    _say("ready")
    while not select.select([sys.stdin], [], [], interval)[0]:  # nobody writes to it: readable is ended
        sweep.step()


def _say(line: str) -> None:
    with contextlib.suppress(BrokenPipeError):  # who would hear it is gone: stdin has ended as well
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
