"""Reading logs of other tools: processor time by format, from a file of 10 metrics x 50,000 steps to a snapshot.

    python -m benchmarks.bench_other_logs

A file of MLflow's is one metric, so it is 500,000 steps of one. Prints the least time of three readings.
"""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from logging_lib import SummaryWriter
from tests.tui.reader.peers.logs import frames, history
from tui.ingest.ingester import Ingester
from tui.reader.named_logdir import LogDir

STEPS = 50_000
TAGS = [f"train/metric_{number}" for number in range(10)]
POINTS = STEPS * len(TAGS)


def rows() -> Iterator[tuple[int, dict[str, float]]]:
    """The same rows for every format."""
    numbers = random.Random(0)
    for step in range(STEPS):
        yield step, {tag: numbers.random() for tag in TAGS}


def write_events(logdir: Path) -> None:
    """Event files, to compare with."""
    with SummaryWriter(str(logdir)) as writer:
        for step, row in rows():
            for tag, value in row.items():
                writer.add_scalar(tag, value, step)


def write_wandb(logdir: Path) -> None:
    """A log of wandb's."""
    (logdir / "run-1.wandb").write_bytes(frames(history(step, row) for step, row in rows()))


def write_mlflow(logdir: Path) -> None:
    """A metric of MLflow's."""
    (logdir / "metrics").mkdir()
    (logdir / "meta.yaml").write_text("run_id: ab\n", encoding="utf-8")
    values = (value for _, row in rows() for value in row.values())
    lines = (f"{1_700_000_000_000 + step} {value!r} {step}\n" for step, value in enumerate(values))
    (logdir / "metrics" / "loss").write_text("".join(lines), encoding="utf-8")


def write_csv(logdir: Path) -> None:
    """Lightning's CSV."""
    lines = (f"{step}," + ",".join(map(repr, row.values())) + "\n" for step, row in rows())
    (logdir / "metrics.csv").write_text(f"step,{','.join(TAGS)}\n" + "".join(lines), encoding="utf-8")


def write_json_lines(logdir: Path) -> None:
    """JSON lines."""
    lines = (json.dumps({"step": step, **row}) + "\n" for step, row in rows())
    (logdir / "metrics.jsonl").write_text("".join(lines), encoding="utf-8")


def write_trainer_state(logdir: Path) -> None:
    """A Trainer's state, indented as Transformers does."""
    log = [{**row, "step": step} for step, row in rows()]
    (logdir / "trainer_state.json").write_text(json.dumps({"log_history": log}, indent=2), encoding="utf-8")


FORMATS: dict[str, Callable[[Path], None]] = {
    "event file": write_events,
    "wandb": write_wandb,
    "MLflow": write_mlflow,
    "CSV": write_csv,
    "JSON lines": write_json_lines,
    "Trainer state": write_trainer_state,
}


def least_seconds(logdir: Path) -> float:
    """The least processor time of three readings."""
    taken = []
    for _ in range(3):
        start = time.process_time()
        snapshot = Ingester([LogDir("", logdir)]).read_all()
        taken.append(time.process_time() - start)
        assert sum(len(series.steps) for series in snapshot.scalars.values()) == POINTS
    return min(taken)


def main() -> None:
    """Print the table."""
    print("format            MB      s   million points/s")
    for name, write in FORMATS.items():
        with tempfile.TemporaryDirectory() as directory:
            write(Path(directory))
            size = sum(path.stat().st_size for path in Path(directory).rglob("*") if path.is_file())
            seconds = least_seconds(Path(directory))
            print(f"{name:<14} {size / 1e6:5.1f}  {seconds:5.2f}   {POINTS / seconds / 1e6:16.2f}")


if __name__ == "__main__":
    main()
