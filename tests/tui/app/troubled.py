"""A log directory in which much goes wrong, each run in a way of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests import builders
from tests.builders import WALL_TIME

STEPS = 120
NAN_STEP, SPIKE_STEP = 60, 50
Curve = Callable[[int], float]


def wobbling(step: int) -> float:
    """A loss that falls, with what passes for noise."""
    return 2.0 - step / 128 + (step * 7 % 5) / 64


def troubled(logdir: Path) -> Path:
    """Runs `damaged`, `fine`, `nan` and `spiky`, which one would expect of them; all of them end.

    In all of it a rule finds an error, a warning and two damaged records.
    """
    curves: dict[str, Curve] = {
        "damaged": wobbling,
        "fine": wobbling,
        "nan": lambda step: wobbling(step) if step < NAN_STEP else float("nan"),
        "spiky": lambda step: wobbling(step) + 8.0 * (step == SPIKE_STEP),
    }
    for name, curve in curves.items():
        events = [builders.version_event()]
        for step in range(STEPS):
            values = builders.scalar("Loss/train", curve(step)), builders.scalar("lr", 0.5)
            events.append(builders.event(*values, step=step, wall_time=WALL_TIME + step))
        path = builders.write(logdir / name / builders.FILE_NAME, [*events, builders.session_end("SUCCESS")])
        if name == "damaged":
            data = bytearray(path.read_bytes())
            for at in (len(data) // 2, len(data) // 4 * 3):
                data[at] ^= 255
            path.write_bytes(data)
    return logdir
