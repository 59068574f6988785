"""`tbtui export` gives exactly what TensorBoard's own event loader reads: every point, NaN and infinity included."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.util import tensor_util

from tests.tui.cli.commands import tbtui
from tui.reader.logdir import LogDir, discover

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
ODD_VALUES = [0.1, -0.0, 1e-45, 3.4028235e38, math.nan, math.inf, -math.inf, 1 / 3, 16777217.0, 123456.789]

# Points are compared as text, so that NaN equals itself and -0.0 differs from 0.0.
Points = dict[tuple[str, str], list[tuple[int, str, str]]]


def loaded(logdir: Path) -> Points:
    """Scalars by run and tag as TensorBoard's loader reads them: step, wall time, value in its stored width."""
    points: Points = {}
    for run, paths in sorted(discover(LogDir("", logdir)).runs.items()):
        plugin_of: dict[str, str] = {}
        for path in paths:
            for event in EventFileLoader(path).Load():
                for value in event.summary.value:
                    plugin = plugin_of.setdefault(value.tag, value.metadata.plugin_data.plugin_name)
                    if plugin == "scalars":
                        number = tensor_util.make_ndarray(value.tensor).reshape(-1)[0]
                        point = (event.step, repr(event.wall_time), text_of(number))
                        points.setdefault((run, value.tag), []).append(point)
    return points


def text_of(number: Any) -> str:
    """A number as export gives it, which keeps 32 bits for the floats that have no more."""
    narrow = isinstance(number, np.floating) and number.dtype.itemsize <= 4
    return repr(float(str(np.float32(number)))) if narrow else repr(float(number))


def exported_csv(logdir: Path) -> Points:
    shown = tbtui("export", logdir)
    assert "Traceback" not in shown.stderr
    rows = csv.reader(io.StringIO(shown.stdout, newline=""))
    points: Points = {}
    for run, tag, step, wall_time, value in list(rows)[1:]:
        points.setdefault((run, tag), []).append((int(step), wall_time, value))
    return points


def exported_jsonl(logdir: Path) -> Points:
    points: Points = {}
    for line in tbtui("export", logdir, "--format", "jsonl").stdout.splitlines():
        point = json.loads(line)
        numbers = (repr(float(point[name])) for name in ("wall_time", "value"))
        points.setdefault((point["run"], point["tag"]), []).append((point["step"], *numbers))
    return points


def compare(logdir: Path) -> Points:
    expected = loaded(logdir)
    exported = exported_csv(logdir)
    assert exported == expected
    # Tags come in order of first appearance, runs by name.
    assert list(exported) == list(expected)
    assert exported_jsonl(logdir) == expected
    return expected


def write_torch(logdir: Path) -> None:
    torch = pytest.importorskip("torch")
    tensorboard = pytest.importorskip("torch.utils.tensorboard")
    with tensorboard.SummaryWriter(str(logdir), purge_step=3) as writer:
        for step, value in enumerate(ODD_VALUES):
            writer.add_scalar("plain", value, step)
            writer.add_scalar("new/style", value, step, new_style=True)
            writer.add_scalar("new/double", value, step, new_style=True, double_precision=True)
            writer.add_scalars("both", {"train": value, "val": -value}, step)
            writer.add_scalar("again", value, step % 3, walltime=1e9 - step)
        writer.add_histogram("h", torch.arange(10.0), 1)
        writer.add_text("words", "some *text*", 1)
        writer.add_image("picture", torch.zeros(3, 4, 4, dtype=torch.uint8), 1)
        writer.add_hparams({"lr": 0.1, "on": True, "name": "x"}, {"hparam/loss": 0.25}, run_name="session")


def write_tensorboardx(logdir: Path) -> None:
    tensorboard_x = pytest.importorskip("tensorboardX")
    with tensorboard_x.SummaryWriter(str(logdir)) as writer:
        for step, value in enumerate(ODD_VALUES):
            writer.add_scalar("a/loss", value, step)
            writer.add_scalar("weird tag [1]", value, step)
        writer.add_histogram("h", np.arange(10.0), 1)
        writer.add_text("words", "text", 1)


def write_tensorboard(logdir: Path) -> None:
    from tensorboard.compat.proto import event_pb2, summary_pb2
    from tensorboard.plugins.histogram.summary_v2 import histogram_pb
    from tensorboard.plugins.scalar.summary_v2 import scalar_pb
    from tensorboard.summary import Writer
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    writer = Writer(str(logdir / "writer"))
    for step, value in enumerate(ODD_VALUES):
        writer.add_scalar("loss", value, step, wall_time=1e9 + step)
    writer.close()
    files = EventFileWriter(str(logdir / "protos"), filename_suffix=".v2")
    for step, value in enumerate(ODD_VALUES):
        summary = summary_pb2.Summary()
        for tag in ("loss", "loss/again"):
            (one,) = scalar_pb(tag, value).value
            if step:
                one.ClearField("metadata")
            summary.value.append(one)
        summary.value.extend(histogram_pb("h", np.arange(5.0)).value)
        files.add_event(event_pb2.Event(wall_time=1e9 + step / 3, step=step, summary=summary))
    files.close()


@pytest.mark.parametrize(
    ("write", "runs", "points"),
    [
        (write_torch, {".", "both_train", "both_val", "session"}, 4 * len(ODD_VALUES) + 2 * len(ODD_VALUES) + 1),
        (write_tensorboardx, {"."}, 2 * len(ODD_VALUES)),
        (write_tensorboard, {"writer", "protos"}, 3 * len(ODD_VALUES)),
    ],
)
def test_files_of_other_writers(tmp_path: Path, write: Callable[[Path], None], runs: set[str], points: int) -> None:
    write(tmp_path)
    found = compare(tmp_path)
    assert {run for run, _ in found} == runs
    assert sum(map(len, found.values())) == points


def projects() -> Iterator[Path]:
    if CORPUS.is_dir():
        yield from sorted(path for path in CORPUS.iterdir() if path.is_dir())


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real logs is not here")
@pytest.mark.parametrize("project", projects(), ids=lambda path: path.name)
def test_real_logs(project: Path) -> None:
    compare(project)
