"""What each tab of other data than scalars costs, to open and a key: processor time, and bytes to a 160x45 terminal.

    python -m benchmarks.bench_tabs [--keys 12] [--data DIRECTORY] [TAB...]

One log directory a tab, with much of its kind of data and one scalar. `last byte` is from the key's byte going into the
pseudo-terminal to the last byte of its answer coming out, `drawing` the processor time of the thread that draws,
`others` that of all others, `bytes` what was sent; medians of so many presses, of which each is waited for until
nothing has come for a while. Other work on the machine makes `last byte` longer, and hardly anything else.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks import bench_keys
from benchmarks.bench_images import cpu_times
from logging_lib import SummaryWriter
from logging_lib.summary.graph import graph_event
from tests import builders
from tests.tui.app.graph_logs import torch_nodes

COLUMNS, LINES = 160, 45
SILENCE = 0.3
DOWN, RIGHT, LEFT = b"\x1b[B", b"\x1b[C", b"\x1b[D"
SHIFT_RIGHT, ENTER, NEXT_TAB = b"\x1b[1;2C", b"\r", b"}"


def histograms(directory: Path) -> None:
    """4 runs of 10,000 steps."""
    for run in range(4):
        random = np.random.default_rng(run)
        shapes = [random.normal(0.001 * step, 0.1 / (1 + step / 50), 2048).astype(np.float32) for step in range(200)]
        with SummaryWriter(directory / f"run{run}") as writer:
            writer.add_scalar("loss", 1.0, 0)
            for step in range(10_000):
                writer.add_histogram("layer/weight", shapes[step // 50], step)


def images(directory: Path) -> None:
    """60 steps of 640 x 480."""
    y, x = np.mgrid[0:480, 0:640] / 640
    with SummaryWriter(directory / "run") as writer:
        writer.add_scalar("loss", 1.0, 0)
        for step in range(60):
            waves = [np.sin(9 * x + step / 9 + i) * np.cos(7 * y - step / 7 - i) for i in range(3)]
            writer.add_image("sample", (127 + 120 * np.stack(waves)).astype(np.uint8), step)


def sounds(directory: Path) -> None:
    """20 steps of ten seconds."""
    at = np.arange(441_000) / 44_100
    with SummaryWriter(directory / "run") as writer:
        writer.add_scalar("loss", 1.0, 0)
        for step in range(20):
            writer.add_audio("voice", np.sin(440 * at * (1 + step / 20)) * np.exp(-at % 1.7), step)


def texts(directory: Path) -> None:
    """50 steps of 1,000 lines of Markdown."""
    with SummaryWriter(directory / "run") as writer:
        writer.add_scalar("loss", 1.0, 0)
        for step in range(50):
            lines = [
                f"## Sample {i}" if i % 9 == 0 else f"- **token {i}** of step {step}: `{i * step % 97}`"
                for i in range(1000)
            ]
            writer.add_text("samples", "\n".join(lines), step)


def pr_curves(directory: Path) -> None:
    """4 runs of 100 steps, 127 thresholds."""
    for run in range(4):
        random = np.random.default_rng(run)
        labels = random.random(2000) < 0.3
        with SummaryWriter(directory / f"run{run}") as writer:
            writer.add_scalar("loss", 1.0, 0)
            for step in range(100):
                scores = np.clip(labels * step / 100 + random.normal(0.3, 0.2, 2000), 0, 1)
                writer.add_pr_curve("class", labels, scores, step)


def graphs(directory: Path) -> None:
    """10,003 nodes, as torch traces a chain of layers."""
    events = [builders.scalar_event("loss", 0, 1.0), graph_event(torch_nodes(3_333))]
    builders.write(directory / "run" / builders.FILE_NAME, events)


def custom(directory: Path) -> None:
    """4 runs of 20 tags by 1,000 steps in 10 charts."""
    for run in range(4):
        with SummaryWriter(directory / f"run{run}") as writer:
            charts = {f"chart{i}": ["Multiline", [f"tag{i}[ab]"]] for i in range(10)}
            writer.add_custom_scalars({"all": charts})
            for step in range(1000):
                for i in range(10):
                    writer.add_scalar(f"tag{i}a", np.sin(step / 50 + i + run), step)
                    writer.add_scalar(f"tag{i}b", np.cos(step / 50 + i + run), step)


def projector(directory: Path) -> None:
    """10,000 points of 64 dimensions, with labels."""
    random = np.random.default_rng(0)
    centres = random.normal(0, 4, (10, 64))
    kinds = random.integers(0, 10, 10_000)
    with SummaryWriter(directory / "run") as writer:
        writer.add_scalar("loss", 1.0, 0)
        points = (centres[kinds] + random.normal(0, 1, (10_000, 64))).astype(np.float32)
        writer.add_embedding(
            points,
            [[f"point {i}", f"kind {k}"] for i, k in enumerate(kinds.tolist())],
            metadata_header=["name", "kind"],
        )


def meshes(directory: Path) -> None:
    """A ball of 20,000 faces, at 20 steps."""
    rows, columns = 100, 101
    a, b = np.meshgrid(np.linspace(0, np.pi, rows), np.linspace(0, 2 * np.pi, columns))
    ball = np.stack([np.sin(a) * np.cos(b), np.sin(a) * np.sin(b), np.cos(a)], -1).reshape(-1, 3).astype(np.float32)
    corner = (np.arange(columns - 1)[:, None] * rows + np.arange(rows - 1)).reshape(-1)
    faces = np.concatenate([corner[:, None] + [0, rows, 1], corner[:, None] + [1, rows, rows + 1]]).astype(np.int32)
    with SummaryWriter(directory / "run") as writer:
        writer.add_scalar("loss", 1.0, 0)
        for step in range(20):
            writer.add_mesh("ball", ball[None] * np.float32(1 + step / 20), faces=faces[None], global_step=step)


def others(directory: Path) -> None:
    """Tensors of 60 tags that no plugin is known for, at 50 steps."""
    with SummaryWriter(directory / "run") as writer:
        writer.add_scalar("loss", 1.0, 0)
        for step in range(50):
            for tag in range(60):
                writer.add_tensor(f"tensor{tag}", np.arange(100.0).reshape(10, 10) * step, step)


class Press(NamedTuple):
    """Keys that are measured, and what they do; those that lead to another view are pressed once."""

    name: str
    keys: bytes
    once: bool = False


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab: what writes its data, and what is pressed in its full view, one after the other."""

    write: Callable[[Path], None]
    presses: Sequence[Press]


STEP = Press("a step back", LEFT)
TABS = {
    "histograms": Tab(
        histograms,
        (
            STEP,
            Press("cursor", b","),
            Press("4 runs side by side", b" ", once=True),
            Press("a step", LEFT),
            Press("cursor", b","),
            Press("heatmap", b"g", once=True),
            Press("a step", LEFT),
            Press("cursor", b","),
            Press("percentiles", b"g", once=True),
            Press("a step", LEFT),
            Press("bars", b"g", once=True),
            Press("a step", LEFT),
            Press("cursor", b","),
        ),
    ),
    "images": Tab(
        images,
        (
            STEP,
            Press("zoom in", b"+", once=True),
            Press("pan", SHIFT_RIGHT),
            Press("all steps", b"0g", once=True),
            Press("a step", LEFT),
        ),
    ),
    "audio": Tab(sounds, (STEP, Press("cursor", b"."), Press("zoom in", b"+"), Press("pan", SHIFT_RIGHT))),
    "text": Tab(
        texts,
        (
            STEP,
            Press("scroll", b"d"),
            Press("search", b"/", once=True),
            Press("its first letter", b"t", once=True),
            Press("close the search", b"\r", once=True),
            Press("next match", b"n"),
            Press("source", b"g", once=True),
        ),
    ),
    "PR curves": Tab(pr_curves, (STEP, Press("threshold", b","), Press("zoom in", b"+"))),
    "graphs": Tab(
        graphs,
        (
            Press("unfold a level", b"+", once=True),
            Press("unfold a level", b"+", once=True),
            Press("down", DOWN),
            Press("to the end", b"\x1b[F", once=True),
            Press("search", b"/", once=True),
            Press("its first letter", b"7", once=True),
            Press("close the search", b"\r", once=True),
            Press("next match", b"n"),
            Press("into the node", ENTER, once=True),
        ),
    ),
    "custom scalars": Tab(custom, (Press("cursor", b","), Press("zoom in", b"+"))),
    "projector": Tab(
        projector,
        (
            Press("next point", DOWN),
            Press("to the right", RIGHT),
            Press("colours", b"C", once=True),
            Press("other axes", b"g"),
            Press("zoom in", b"+"),
        ),
    ),
    "meshes": Tab(
        meshes, (STEP, Press("turn", SHIFT_RIGHT), Press("zoom in", b"+"), Press("next view", b"g", once=True))
    ),
    "other data": Tab(others, (Press("down", DOWN), Press("values", ENTER, once=True))),
}


class Cost(NamedTuple):
    """What a key took: ms until the last byte, of the drawing thread and of others; bytes."""

    until_last: float
    drawing: float
    others: float
    bytes: float


class Screen(bench_keys.Screen):
    """The program on a terminal, with the time when something came last."""

    last = 0.0

    def _take(self) -> None:
        super()._take()
        self.last = time.perf_counter()

    def cost(self, keys: bytes) -> Cost:
        """Of typing these."""
        before, cpu = self.written, cpu_times(self.process.pid)
        start = self.last = time.perf_counter()
        self.press(keys)
        self.until_silent(SILENCE)
        drawing, others = (after - earlier for after, earlier in zip(cpu_times(self.process.pid), cpu, strict=True))
        return Cost((self.last - start) * 1e3, drawing, others, self.written - before)


def measure(logdir: Path, tab: Tab, times: int) -> Iterator[tuple[str, Cost]]:
    """What opening and the keys cost."""
    with Screen.tbtui("--fresh", str(logdir), columns=COLUMNS, lines=LINES) as screen:
        screen.until(lambda: b"Scalars" in screen.output and not screen.loading)
        screen.until_silent(1.0)
        yield "the tab", screen.cost(NEXT_TAB)
        yield "the full view", screen.cost(ENTER)
        for press in tab.presses:
            costs = [screen.cost(press.keys) for _ in range(1 if press.once else times)]
            yield press.name, Cost(*(statistics.median(values) for values in zip(*costs, strict=True)))


def prepared(name: str, data: Path) -> Path:
    """The log directory of a tab below `data`, written unless it is there."""
    logdir = data / name.replace(" ", "_")
    if not logdir.exists():
        unfinished = logdir.with_suffix(".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        TABS[name].write(unfinished)
        unfinished.rename(logdir)
    return logdir


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", type=int, default=12, help="how often each is pressed")
    parser.add_argument("--data", type=Path, help="where the logs are kept between runs")
    parser.add_argument("tabs", nargs="*", metavar="TAB", default=list(TABS), help=", ".join(TABS))
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        data = arguments.data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        print("| tab | key | last byte, ms | drawing, ms | others, ms | bytes |")
        print("| --- | --- | --- | --- | --- | --- |")
        for name in arguments.tabs:
            print(f"{name}: {TABS[name].write.__doc__}", file=sys.stderr)
            for key, cost in measure(prepared(name, data), TABS[name], arguments.keys):
                print(f"| {name} | {key} | " + " | ".join(f"{value:.0f}" for value in cost) + " |", flush=True)


if __name__ == "__main__":
    main()
