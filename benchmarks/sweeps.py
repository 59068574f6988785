"""Sweeps of thousands of runs, written in a minute or two: `python -m benchmarks.sweeps DIRECTORY [RUNS TAGS STEPS]`.

Ordinary event files, one a run, as torch and tensorboardX write them: an event a scalar. Runs lie in directories by
model and optimizer, each was trained an hour after the one before. What is there already is kept.
"""

from __future__ import annotations

import argparse
import os
import shutil
import struct
import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.work import FILE_NAME, WALL_TIME, frame
from logging_lib.tfevents.crc32c import masked_crc32c
from logging_lib.tfevents.proto import event_pb2, summary_pb2
from logging_lib.tfevents.record import FOOTER_BYTES, HEADER_BYTES

GROUPS = ("train", "val", "perf", "grad", "optim")
MEASURES = ("loss", "acc", "top5", "f1", "lr", "norm", "mean", "std", "time", "mem")
_MODELS, _OPTIMIZERS = ("resnet50", "vit_b16", "convnext"), ("adam", "sgd")
_APART, _STEP_SECONDS = 3600.0, 0.06

Bytes = npt.NDArray[np.uint8]


def run_name(number: int) -> str:
    """Where a run lies below the logdir."""
    return f"{_MODELS[number % 3]}/{_OPTIMIZERS[number // 3 % 2]}/run{number:04}"


def tag_name(number: int) -> str:
    """Tags in groups of ten, and more of those where five do not suffice."""
    group, measure = divmod(number, len(MEASURES))
    return f"{GROUPS[group] if group < len(GROUPS) else f'layer{group}'}/{MEASURES[measure]}"


class Sweep:
    """Writes runs of one shape: the records of a step are laid out once, and filled in for all steps of one length."""

    def __init__(self, tags: int, steps: int) -> None:
        self._tags = [tag_name(number) for number in range(tags)]
        self._steps = steps
        # A step's varint has another length from there on; step 0 is left out as proto3 does.
        bounds = [bound for bound in (0, 1, 1 << 7, 1 << 14, 1 << 21) if bound < steps] + [steps]
        self._stretches = [_Stretch(self._tags, *pair) for pair in pairwise(bounds)]

    def write(self, number: int, directory: Path) -> None:
        """Write one run's event file."""
        random = np.random.default_rng(number)
        start = WALL_TIME + number * _APART
        shape = self._steps, len(self._tags)
        seconds = _STEP_SECONDS * (
            np.arange(shape[0])[:, None] + 0.01 * np.arange(shape[1]) + 0.5 * random.random((shape[0], 1))
        )
        falling = 1 / (1 + np.arange(self._steps) / (0.05 + random.random()) / self._steps)
        values = (falling[:, None] + 0.05 * random.random(shape)).astype("<f4")
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / FILE_NAME
        with path.open("wb") as file:
            file.write(frame(event_pb2.Event(wall_time=start, file_version="brain.Event:2")))
            for stretch in self._stretches:
                file.write(stretch.fill(start + seconds, values))
        os.utime(path, (start + 60.0, start + 60.0))


class _Stretch:
    """The records of steps `first` up to `end`, whose varints have one length."""

    def __init__(self, tags: list[str], first: int, end: int) -> None:
        self._steps = slice(first, end)
        row, self._places = bytearray(), []
        for tag in tags:
            value = summary_pb2.Summary.Value(tag=tag, simple_value=1.0)
            record = frame(event_pb2.Event(wall_time=1.0, step=first, summary=summary_pb2.Summary(value=[value])))
            payload = len(row) + HEADER_BYTES
            value_at = len(row) + record.rindex(struct.pack("<f", 1.0))
            self._places.append((payload, value_at, len(row) + len(record) - FOOTER_BYTES))
            row += record
        self._rows: Bytes = np.tile(np.frombuffer(bytes(row), np.uint8), (end - first, 1))
        rest = np.arange(first, end)
        for place in range(max(1, -(-first.bit_length() // 7)) if first else 0):
            digit = (rest & 0x7F) | (0x80 if (first >> 7 * (place + 1)) else 0)
            for payload, _, _ in self._places:
                self._rows[:, payload + 10 + place] = digit
            rest = rest >> 7

    def fill(self, wall_times: npt.NDArray[np.float64], values: npt.NDArray[np.float32]) -> memoryview:
        """The bytes, with these wall times and values of shape [all steps, tags]."""
        times = np.ascontiguousarray(wall_times[self._steps].T).view(np.uint8).reshape(len(self._places), -1, 8)
        numbers = np.ascontiguousarray(values[self._steps].T).view(np.uint8).reshape(len(self._places), -1, 4)
        for number, (payload, value, _) in enumerate(self._places):
            self._rows[:, payload + 1 : payload + 9] = times[number]
            self._rows[:, value : value + 4] = numbers[number]
        flat = memoryview(self._rows.reshape(-1))
        width = self._rows.shape[1]
        starts = range(0, len(flat), width)
        for payload, _, end in self._places:
            checks = [masked_crc32c(flat[start + payload : start + end]) for start in starts]
            self._rows[:, end : end + FOOTER_BYTES] = np.array(checks, "<u4").view(np.uint8).reshape(-1, FOOTER_BYTES)
        return flat


def prepare(data: Path, runs: int, tags: int, steps: int) -> Path:
    """The logdir of so many runs below `data`, written unless it is there."""
    path = data / f"{runs}x{tags}x{steps}"
    if not path.exists():
        unfinished = data / f"{path.name}.part"
        shutil.rmtree(unfinished, ignore_errors=True)
        start = time.perf_counter()
        sweep = Sweep(tags, steps)
        for number in range(runs):
            sweep.write(number, unfinished / run_name(number))
        unfinished.rename(path)
        print(f"wrote {path} in {time.perf_counter() - start:.1f} s", file=sys.stderr)
    return path


def main() -> None:
    """Write one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("shape", type=int, nargs="*", default=(2000, 50, 1000), metavar="RUNS TAGS STEPS")
    arguments = parser.parse_args()
    if len(arguments.shape) != 3:
        parser.error("RUNS, TAGS and STEPS go together")
    print(prepare(arguments.directory, *arguments.shape))


if __name__ == "__main__":
    main()
