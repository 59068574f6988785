"""Logdirs to measure readers on, written once and kept: `python -m benchmarks.work DIRECTORY [NAME...]`.

What a writer would write, byte for byte, from prepared parts: an event a scalar, step 0 left out as proto3 does.
Values are a noisy falling loss, wall times some milliseconds apart.
"""

from __future__ import annotations

import argparse
import shutil
import struct
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from logging_lib.summary.histogram import histogram
from logging_lib.tfevents.crc32c import masked_crc32c
from logging_lib.tfevents.plugins import SCALARS
from logging_lib.tfevents.proto import event_pb2, summary_pb2, tensor_pb2

WALL_TIME = 1_700_000_000.0
FILE_NAME = "events.out.tfevents.1700000000.host.1.0"
LOSS_TAGS = [
    "train/loss", "train/accuracy", "train/lr", "train/grad_norm", "train/epoch", "train/tokens",
    "loss/policy", "loss/value", "loss/entropy", "perf/step_time",
]  # fmt: skip
TF2_TAGS = ["epoch_loss", "epoch_accuracy", "batch_loss", "learning_rate", "evaluation_loss_vs_iterations"]
EVALUATION_TAGS = [f"eval/{name}" for name in ("loss", "accuracy", "f1", "perplexity", "calibration_error")]
GROUPS = ("train", "val", "test", "ema")
MEASURES = ("loss", "accuracy", "precision", "recall", "f1", "perplexity")

_WALL_TIME = struct.Struct("<cd")
_FLOAT = struct.Struct("<f")
_LENGTH = struct.Struct("<Q")
_CRC = struct.Struct("<I")
_MARK = _FLOAT.pack(123.456)


@dataclass(frozen=True, slots=True)
class Work:
    """One thing to measure: `write` fills a directory with it."""

    title: str
    write: Callable[[Path], None]


def prepare(name: str, data: Path) -> Path:
    """The logdir of that name below `data`, written unless it is there."""
    path = data / name
    if not path.exists():
        unfinished = data / f"{name}.part"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        start = time.perf_counter()
        WORKS[name].write(unfinished)
        unfinished.rename(path)
        print(f"wrote {path} in {time.perf_counter() - start:.1f} s", file=sys.stderr)
    return path


def plain_value(tag: str) -> summary_pb2.Summary.Value:
    """A scalar as torch and tensorboardX write it."""
    return summary_pb2.Summary.Value(tag=tag, simple_value=_FLOAT.unpack(_MARK)[0])


def tf2_value(tag: str) -> summary_pb2.Summary.Value:
    """A scalar as tf.summary.scalar writes it: float32 as tensor_content, the metadata on every event."""
    tensor = tensor_pb2.TensorProto(dtype=tensor_pb2.DT_FLOAT, tensor_content=_MARK)
    tensor.tensor_shape.SetInParent()
    plugin_data = summary_pb2.SummaryMetadata.PluginData(plugin_name=SCALARS)
    metadata = summary_pb2.SummaryMetadata(plugin_data=plugin_data)
    return summary_pb2.Summary.Value(tag=tag, tensor=tensor, metadata=metadata)


class Log:
    """Builds one event file in memory, event by event; `write` puts it where it belongs."""

    def __init__(self, seed: int = 0, value_of: Callable[[str], summary_pb2.Summary.Value] = plain_value) -> None:
        self._value_of = value_of
        self._parts: dict[str, tuple[bytes, bytes]] = {}
        self._frames = bytearray(frame(event_pb2.Event(wall_time=WALL_TIME, file_version="brain.Event:2")))
        self._wall_time = WALL_TIME
        self._noise = np.random.default_rng(seed).random(1 << 16, np.float32).tolist()
        self._count = 0

    def scalars(self, tags: Sequence[str], step: int) -> None:
        """One point of each tag."""
        field = b"\x10" + _varint(step) if step else b""
        falling = 1 / (1 + step / 1000)
        for tag in tags:
            head, tail = self._parts.get(tag) or self._part(tag)
            noise = self._next_noise()
            value = _FLOAT.pack(falling + 0.1 * noise)
            payload = b"".join((_WALL_TIME.pack(b"\t", self._wall_time), field, head, value, tail))
            self._frames += b"".join((_header(len(payload)), payload, _CRC.pack(masked_crc32c(payload))))

    def summary(self, summary: summary_pb2.Summary, step: int) -> None:
        """One event with any summary."""
        self._next_noise()
        self._frames += frame(event_pb2.Event(wall_time=self._wall_time, step=step, summary=summary))

    def write(self, directory: Path) -> None:
        """Write what was logged as the one event file of a run."""
        directory.mkdir(parents=True, exist_ok=True)
        (directory / FILE_NAME).write_bytes(self._frames)

    def _part(self, tag: str) -> tuple[bytes, bytes]:
        """What stands before and behind the value in an event's summary field."""
        event = event_pb2.Event(summary=summary_pb2.Summary(value=[self._value_of(tag)]))
        head, mark, tail = event.SerializeToString().partition(_MARK)
        assert mark
        self._parts[tag] = head, tail
        return head, tail

    def _next_noise(self) -> float:
        """A number in [0, 1), after which time has passed."""
        noise: float = self._noise[self._count & 0xFFFF]
        self._count += 1
        self._wall_time += 1e-4 + 1e-3 * noise
        return noise


def frame(event: event_pb2.Event) -> bytes:
    """The record of an event."""
    payload = event.SerializeToString()
    return b"".join((_header(len(payload)), payload, _CRC.pack(masked_crc32c(payload))))


@cache
def _header(length: int) -> bytes:
    packed = _LENGTH.pack(length)
    return packed + _CRC.pack(masked_crc32c(packed))


@cache
def _varint(number: int) -> bytes:
    digits = bytearray()
    while number >= 0x80:
        digits.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*digits, number])


def one_run(steps: int, tags: Sequence[str] = LOSS_TAGS) -> Callable[[Path], None]:
    """A training loop that logs the same tags at every step, into one file."""

    def write(directory: Path) -> None:
        log = Log()
        for step in range(steps):
            log.scalars(tags, step)
        log.write(directory)

    return write


def many_runs(runs: int, tags: int, steps: int) -> Callable[[Path], None]:
    """The same training loop run many times, as a sweep does."""

    def write(directory: Path) -> None:
        names = [LOSS_TAGS[number] if number < len(LOSS_TAGS) else f"layer{number}/norm" for number in range(tags)]
        for run in range(runs):
            log = Log(run)
            for step in range(steps):
                log.scalars(names, step)
            log.write(directory / f"sweep/run{run:03}")

    return write


def grouped(runs: int, groups: int, tags: int, steps: int) -> Callable[[Path], None]:
    """Runs of a training that logs so many groups of so many tags each."""
    names = [f"{GROUPS[group]}/{MEASURES[tag]}" for group in range(groups) for tag in range(tags)]

    def write(directory: Path) -> None:
        for run in range(runs):
            log = Log(run)
            for step in range(steps):
                log.scalars(names, step)
            log.write(directory / f"run{run}")

    return write


def histograms(directory: Path) -> None:
    """The weights and gradients of a model, as torch's add_histogram stores them; ten shapes a tag."""
    log = Log()
    summaries = {tag: list(_drifting(tag)) for tag in (f"layer{n // 2}/{'wg'[n % 2]}" for n in range(50))}
    for step in range(200):
        for shapes in summaries.values():
            log.summary(shapes[step % len(shapes)], step)
    log.write(directory)


def _drifting(tag: str, size: int = 4096, shapes: int = 10) -> Iterator[summary_pb2.Summary]:
    random = np.random.default_rng(len(tag))
    for shape in range(shapes):
        yield histogram(tag, random.normal(0.01 * shape, 0.1 / (1 + shape), size).astype(np.float32))


def tf2_tensors(directory: Path) -> None:
    """A training under TensorFlow 2: 500,000 points."""
    log = Log(value_of=tf2_value)
    for step in range(100_000):
        log.scalars(
            ("epoch_loss", "epoch_accuracy", "batch_loss", "learning_rate", "evaluation_loss_vs_iterations"), step
        )
    log.write(directory)


def irregular(directory: Path) -> None:
    """Tags in another order at every step, an evaluation every 97 steps, a histogram every 500: 1,002,580 scalars."""
    log = Log()
    random = np.random.default_rng(0)
    tags = [*LOSS_TAGS, *(f"model/layer{n}/{'weight' * (n % 3)}norm" for n in range(10))]
    weights = list(_drifting("layer0/w"))
    for step in range(50_000):
        log.scalars([tags[number] for number in random.permutation(len(tags)).tolist()], step)
        if step % 97 == 0:
            log.scalars(EVALUATION_TAGS, step)
        if step % 500 == 0:
            log.summary(weights[step // 500 % len(weights)], step)
    log.write(directory)


WORKS = {
    "W1": Work("one run, 10 tags x 100,000 steps", one_run(100_000)),
    "W2": Work("100 runs x 20 tags x 1,000 steps", many_runs(100, 20, 1_000)),
    "W3": Work("50 histograms x 200 steps", histograms),
    "W4": Work("TF2 tensor scalars, 5 tags x 100,000 steps", tf2_tensors),
    "W5": Work("irregular: 20 tags in random order x 50,000 steps, evaluations, histograms", irregular),
    # For the benchmarks of keys, memory, tails and bytes, not of peers.
    "long": Work("one run, 10 tags x 800,000 steps", one_run(800_000)),
    "4M": Work("one run, 10 tags x 400,000 steps", one_run(400_000)),
    "4M-runs": Work("200 runs x 20 tags x 1,000 steps", many_runs(200, 20, 1_000)),
    "4x24": Work("4 runs x 24 tags x 1,000 steps", grouped(4, 4, 6, 1_000)),
    "1000-runs": Work("1,000 runs x 5 tags x 20 steps", many_runs(1_000, 5, 20)),
}
PEERS_WORKS = ("W1", "W2", "W3", "W4", "W5")


def main() -> None:
    """Write what was asked for, else all that peers are measured on."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", default=PEERS_WORKS, help=", ".join(WORKS))
    arguments = parser.parse_args()
    for name in arguments.names:
        prepare(name, arguments.directory)


if __name__ == "__main__":
    main()
