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
from tensorboard.plugins.hparams import metadata
from tensorboard.util import tensor_util

from tests.tui.cli.commands import tbtui
from tui.reader.logdir import discover
from tui.reader.named_logdir import LogDir

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
ODD_VALUES = [0.1, -0.0, 1e-45, 3.4028235e38, math.nan, math.inf, -math.inf, 1 / 3, 16777217.0, 123456.789]

Loaded = dict[str, list[tuple[str, Any, Any]]]
# By run and tag: step, wall time, and the rest. Numbers are text, so that NaN equals itself and -0.0 differs from 0.0.
Cells = dict[tuple[str, str], list[tuple[int, str, Any]]]


def load(logdir: Path) -> Loaded:
    """What TensorBoard's loader reads, by plugin: run, event and value, in the order of files."""
    found: Loaded = {}
    for run, paths in sorted(discover(LogDir("", logdir)).runs.items()):
        plugin_of: dict[str, str] = {}
        for path in paths:
            for event in EventFileLoader(path).Load():
                for value in event.summary.value:
                    plugin = plugin_of.setdefault(value.tag, value.metadata.plugin_data.plugin_name)
                    found.setdefault(plugin, []).append((run, event, value))
    return found


def expected_cells(loaded: Loaded, kind: str, cells_of: Callable[[np.ndarray], list[Any]]) -> Cells:
    """A plugin's data by run and tag: step, wall time, and a cell a row; a tensor may make several rows, or none."""
    series: Cells = {}
    for run, event, value in loaded.get(kind, ()):
        for cell in cells_of(tensor_util.make_ndarray(value.tensor)):
            series.setdefault((run, value.tag), []).append((event.step, repr(event.wall_time), cell))
    return series


def text_of(number: Any) -> str:
    """A number as export gives it, which keeps 32 bits for the floats that have no more."""
    is_narrow = isinstance(number, np.floating) and number.dtype.itemsize <= 4
    return repr(float(str(np.float32(number)))) if is_narrow else repr(float(number))


def exported_csv(logdir: Path) -> Cells:
    shown = tbtui("export", logdir, "--superseded")
    assert "Traceback" not in shown.stderr
    rows = csv.reader(io.StringIO(shown.stdout, newline=""))
    points: Cells = {}
    for run, tag, step, wall_time, value, _ in list(rows)[1:]:
        points.setdefault((run, tag), []).append((int(step), wall_time, value))
    return points


def exported(logdir: Path, *options: object) -> list[dict[str, Any]]:
    """The objects of JSON lines, of superseded points too."""
    shown = tbtui("export", logdir, "--superseded", "--format", "jsonl", "--kind", *options)
    assert "Traceback" not in shown.stderr
    return [json.loads(line) for line in shown.stdout.splitlines()]


def exported_jsonl(logdir: Path) -> Cells:
    points: Cells = {}
    for point in exported(logdir, "scalars"):
        numbers = (repr(float(point[name])) for name in ("wall_time", "value"))
        points.setdefault((point["run"], point["tag"]), []).append((point["step"], *numbers))
    return points


def compare_scalars(logdir: Path, loaded: Loaded) -> Cells:
    expected = expected_cells(loaded, "scalars", lambda tensor: [text_of(tensor.reshape(-1)[0])])
    in_csv = exported_csv(logdir)
    assert in_csv == expected
    # Tags come in order of first appearance, runs by name.
    assert list(in_csv) == list(expected)
    assert exported_jsonl(logdir) == expected
    return expected


def in_series(rows: list[dict[str, Any]], cell_of: Callable[[dict[str, Any]], Any]) -> Cells:
    """Rows by run and tag: step, wall time, and what is made of the others."""
    series: Cells = {}
    for row in rows:
        point = (row["step"], repr(float(row["wall_time"])), cell_of(row))
        series.setdefault((row["run"], row["tag"]), []).append(point)
    return series


def narrow(numbers: list[Any]) -> list[str]:
    """Numbers in 32 bits, to which TensorBoard's loader cuts the histograms of the first encoding."""
    return [text_of(np.float32(number)) for number in numbers]


def nested_texts(tensor: np.ndarray) -> Any:
    decoded = np.vectorize(lambda item: item.decode("utf-8", "replace"), otypes=[object])(tensor)
    return decoded[0] if decoded.shape == (1,) else decoded.tolist()


def clips_of(tensor: np.ndarray) -> list[Any]:
    """Clips and their labels, which the first encoding does not have."""
    return [[clip, ""] for clip in tensor] if tensor.ndim == 1 else [[clip, text.decode()] for clip, text in tensor]


def compare_others(logdir: Path, loaded: Loaded, out: Path) -> dict[str, int]:
    """Compares all that is no scalar; returns how many rows there were of each kind that there is."""
    histograms = in_series(
        exported(logdir, "histograms"), lambda row: [narrow(row[name]) for name in ("left", "right", "count")]
    )
    assert histograms == expected_cells(
        loaded, "histograms", lambda tensor: [[narrow(column) for column in tensor.reshape(-1, 3).T.tolist()]]
    )
    texts = in_series(exported(logdir, "text"), lambda row: row["text"])
    assert texts == expected_cells(loaded, "text", lambda tensor: [nested_texts(tensor)])
    images = in_series(indexed(logdir, "images", out), lambda row: (out / "images" / row["file"]).read_bytes())
    assert images == expected_cells(loaded, "images", lambda tensor: tensor[2:].tolist())
    audio = in_series(
        indexed(logdir, "audio", out), lambda row: [(out / "audio" / row["file"]).read_bytes(), row["label"]]
    )
    assert audio == expected_cells(loaded, "audio", clips_of)
    kinds = {"histograms": histograms, "text": texts, "images": images, "audio": audio}
    counts = {kind: sum(map(len, found.values())) for kind, found in kinds.items()}
    counts["hparams"] = compare_hparams(logdir, loaded)
    return {kind: count for kind, count in counts.items() if count}


def indexed(logdir: Path, kind: str, out: Path) -> list[dict[str, Any]]:
    """The index of media that were exported to a directory."""
    exported(logdir, kind, "-o", out / kind)
    index = out / kind / "index.jsonl"
    return [json.loads(line) for line in index.read_text().splitlines()] if index.exists() else []


def compare_hparams(logdir: Path, loaded: Loaded) -> int:
    """Compares hparams by session; returns the number of sessions."""
    expected = {}
    for run, _, value in loaded.get("hparams", ()):
        if value.tag == metadata.SESSION_START_INFO_TAG:
            start = metadata.parse_session_start_info_plugin_data(value.metadata.plugin_data.content)
            expected[run] = {
                f"hparams.{name}": getattr(item, item.WhichOneof("kind"))
                for name, item in start.hparams.items()
                if item.WhichOneof("kind") != "null_value"
            }
    found = {
        row["run"]: {name: cell for name, cell in row.items() if name.startswith("hparams.") and cell is not None}
        for row in exported(logdir, "hparams")
    }
    assert found == expected
    return len(found)


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
        writer.add_audio("sound", torch.zeros(9), 1, sample_rate=8000)
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
    ("write", "runs", "points", "others"),
    [
        (
            write_torch,
            {".", "both_train", "both_val", "session"},
            4 * len(ODD_VALUES) + 2 * len(ODD_VALUES) + 1,
            {"histograms": 1, "text": 1, "images": 1, "audio": 1, "hparams": 1},
        ),
        (write_tensorboardx, {"."}, 2 * len(ODD_VALUES), {"histograms": 1, "text": 1}),
        (write_tensorboard, {"writer", "protos"}, 3 * len(ODD_VALUES), {"histograms": len(ODD_VALUES)}),
    ],
)
def test_files_of_other_writers(
    tmp_path: Path, write: Callable[[Path], None], runs: set[str], points: int, others: dict[str, int]
) -> None:
    logdir = tmp_path / "logs"
    write(logdir)
    loaded = load(logdir)
    found = compare_scalars(logdir, loaded)
    assert {run for run, _ in found} == runs
    assert sum(map(len, found.values())) == points
    assert compare_others(logdir, loaded, tmp_path) == others


def projects() -> Iterator[Path]:
    if CORPUS.is_dir():
        yield from sorted(path for path in CORPUS.iterdir() if path.is_dir())


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real logs is not here")
@pytest.mark.parametrize("project", projects(), ids=lambda path: path.name)
def test_real_logs(project: Path, tmp_path: Path) -> None:
    loaded = load(project)
    compare_scalars(project, loaded)
    compare_others(project, loaded, tmp_path)
