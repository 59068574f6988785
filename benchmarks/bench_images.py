"""Gigabytes of images: start-up and memory with and without them, and going through all their steps and back.

    python -m benchmarks.bench_images [--gigabytes 5] [--steps 1000] [--data DIRECTORY]

The images are PNGs of about 5 MB that do not compress, a few different ones over and over; they are deleted afterwards
unless --data tells where they are kept. Through a pseudo-terminal: from the key's byte going in to the first block of
the next picture coming out. The file is read once before, so that the disk is not what is measured. CPU is that of the
thread that draws, and of all others, as the kernel counts it: other work on the machine adds little to it.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.bench_keys import Screen
from tests import builders
from tests.builders import Value

SIDE, DIFFERENT = 1290, 8
PICTURE_BYTES = 4.77e6  # about
POINTS = 1100
COLUMNS, LINES = 160, 45
_BLOCK = "▀".encode()


def pictures() -> list[bytes]:
    """PNGs of noise, each in another tint."""
    random = np.random.default_rng(0)
    files = []
    for place in range(DIFFERENT):
        x = np.arange(SIDE)[:, None, None]
        tint = 96 + 32 * np.sin(x / 90 + place * np.array([1.0, 2.1, 3.3]))
        noise = random.integers(-60, 60, (SIDE, SIDE, 3)) + random.integers(
            -60, 60, (SIDE // 86, SIDE // 86, 1)
        ).repeat(86, axis=0).repeat(86, axis=1)
        file = io.BytesIO()
        Image.fromarray((tint + noise).clip(0, 255).astype(np.uint8)).save(file, "PNG", compress_level=1)
        files.append(file.getvalue())
    return files


def write(directory: Path, gigabytes: float) -> None:
    """A run of POINTS scalars, and so many gigabytes of images of one tag beside them, evenly."""
    files = pictures() if gigabytes else []
    images = round(gigabytes * 1e9 / PICTURE_BYTES)
    path = builders.write(directory / "run" / builders.FILE_NAME, [builders.version_event()])
    with path.open("ab") as file:
        for step in range(POINTS):
            file.write(builders.record(builders.scalar_event("loss", step, 1 / (step + 1))))
            if step < images:
                value = Value(tag="samples")
                value.image.encoded_image_string = files[step % DIFFERENT]
                file.write(builders.record(builders.event(value, step=step)))
    print(f"{path.stat().st_size / 1e9:.2f} GB, {images} images", file=sys.stderr)


def memory(pid: int) -> float:
    """Megabytes resident."""
    (line,) = (line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1e3


def cpu_times(pid: int) -> tuple[float, float]:
    """Milliseconds of the main thread, and of all others."""
    times = {task.name: _ran(task) for task in Path(f"/proc/{pid}/task").iterdir()}
    main = times.pop(str(pid))
    return main, sum(times.values())


def _ran(task: Path) -> float:
    try:
        return int((task / "schedstat").read_text().split()[0]) / 1e6
    except OSError:  # it ended just now
        return 0.0


def measure(directory: Path, steps: int) -> float:
    """Print start-up, memory, and the times of steps; returns seconds until all was read."""
    start = time.perf_counter()
    with Screen.tbtui("--fresh", str(directory), columns=COLUMNS, lines=LINES) as screen:
        wanted = b"Images" if steps else b"loss"
        screen.until(lambda: wanted in screen.output and not screen.loading)
        took = time.perf_counter() - start
        screen.until_silent(0.5)
        print(f"all read after {took:.2f} s, {memory(screen.process.pid):.0f} MB resident")
        if steps:
            screen.answer(b"2", b"samples")
            screen.answer(b"\r", _BLOCK)
            screen.until_silent(0.5)
            screen.press(b"\x1b[H")
            scrub(screen, "on", b"\x1b[C", steps)
            scrub(screen, "back", b"\x1b[D", steps)
            screen.answer(b"g", b"step")
            for _ in range(steps // 10):
                screen.press(b"\x1b[6~")
                screen.until_silent(0.1)
            print(f"through the grid of all steps: {memory(screen.process.pid):.0f} MB resident")
    return took


def scrub(screen: Screen, name: str, key: bytes, steps: int) -> None:
    """Go through the steps, and print what each takes."""
    times: list[float] = []
    screen.until_silent(0.5)
    before, cpu_before = screen.written, cpu_times(screen.process.pid)
    for _ in range(steps):
        times.append(screen.answer(key, _BLOCK))
        screen.until_silent(0.03)
    drawing, others = (
        (after - earlier) / steps for after, earlier in zip(cpu_times(screen.process.pid), cpu_before, strict=True)
    )
    sent, cuts = (screen.written - before) / steps / 1e3, statistics.quantiles(times, n=20)
    print(f"{steps} {name}: median {statistics.median(times):.0f} ms, 95 % within {cuts[-1]:.0f} ms; ", end="")
    print(f"CPU {drawing:.0f} ms drawing, {others:.0f} ms in other threads; {sent:.0f} kB a step; ", end="")
    print(f"{memory(screen.process.pid):.0f} MB resident")


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gigabytes", type=float, default=5)
    parser.add_argument("--steps", type=int, default=1000, help="to go through, at most as many as there are images")
    parser.add_argument("--data", type=Path, help="where the logs are kept between runs")
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        data = arguments.data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name, gigabytes in (("without", 0.0), ("with", arguments.gigabytes)):
            directory = data / f"{name}-{gigabytes:g}"
            if not directory.exists():
                write(directory, gigabytes)
        without = measure(data / "without-0", 0)
        images = round(arguments.gigabytes * 1e9 / PICTURE_BYTES)
        with_images = measure(data / f"with-{arguments.gigabytes:g}", min(arguments.steps, images - 1))
        print(f"{with_images - without:.2f} s more with images than without")


if __name__ == "__main__":
    main()
