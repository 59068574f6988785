"""A run read alone has what the logdir's reader finds in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from logging_lib.tfevents.proto import summary_pb2
from tests import builders
from tests.tui.reader.peers.logs import exit_, frames, history, run
from tui.ingest.ingester import Ingester
from tui.model import Problem, RunActivity
from tui.reader.named_logdir import LogDir
from tui.reader.one_run import read_run
from tui.reader.peers.names import Kind, PeerFile
from tui.reader.skim import LEAST_BYTES
from tui.store.snapshot import StoreSnapshot
from tui.store.store import Store


def stored(*args: object) -> StoreSnapshot:
    store = Store()
    for batch in read_run(*args):  # type: ignore[arg-type]
        store.apply(batch)
    return store.snapshot()


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Two files of a run; the second names no plugin any more, and holds a long record, damaged where it is skimmed."""
    image = summary_pb2.Summary.Image(encoded_image_string=bytes(LEAST_BYTES))
    first = builders.write(tmp_path / "run" / f"{builders.FILE_NAME}.1", [*builders.points("loss", range(30))])
    second = builders.write(
        tmp_path / "run" / f"{builders.FILE_NAME}.2",
        [
            builders.event(builders.Value(tag="i", image=image), step=3),
            builders.event(builders.Value(tag="i", image=image), step=4),
            *builders.points("loss", range(30, 60)),
        ],
    )
    data = bytearray(second.read_bytes())
    data[LEAST_BYTES // 2] ^= 1
    second.write_bytes(data)
    return [str(first), str(second)]


def test_it_is_what_the_logdir_has_of_it(tmp_path: Path, files: list[str]) -> None:
    snapshot, whole = stored("run", files), Ingester([LogDir("", tmp_path)]).read_all()
    assert snapshot.runs == whole.runs and snapshot.problems == whole.problems != ()
    assert snapshot.scalars.keys() == whole.scalars.keys() and snapshot.blobs.keys() == whole.blobs.keys()
    ((_, series),), ((_, other),) = snapshot.scalars.items(), whole.scalars.items()
    assert series.current().steps.tolist() == other.current().steps.tolist() == list(range(60))


def test_other_runs_and_files_are_not_looked_at(tmp_path: Path, files: list[str]) -> None:
    builders.write(tmp_path / "run" / f"{builders.FILE_NAME}.3", builders.points("more", range(3)))
    snapshot = stored("name", files[:1])
    assert [(key.run, key.tag, len(series.steps)) for key, series in snapshot.scalars.items()] == [("name", "loss", 30)]


def test_a_file_without_events_and_one_that_is_gone(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    paths = [str(tmp_path / "empty"), str(tmp_path / "gone")]
    batches = list(read_run("run", paths))
    assert batches[:2] == [RunActivity("run", path, 0, None, None) for path in paths]
    assert Problem(paths[1], None, "file is gone; what was read of it stays") in batches


def test_files_of_another_tool(tmp_path: Path) -> None:
    path = tmp_path / "run.wandb"
    path.write_bytes(frames([run({"lr": 0.5}), history(2, {"loss": 1.5}), exit_(0)]))
    snapshot = stored("run", [], [PeerFile(Kind.WANDB, str(path), "")])
    assert [(key.tag, series.values.tolist()) for key, series in snapshot.scalars.items()] == [("loss", [1.5])]
    assert snapshot.runs["run"].ended
