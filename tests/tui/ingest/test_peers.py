"""Logs of other tools beside event files: found, followed, dropped where others take their place, exported."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests import builders
from tests.tui.reader.peers.logs import exit_, frames, history, run
from tui.cli import main as cli
from tui.ingest.ingester import Ingester
from tui.reader.named_logdir import LogDir
from tui.store.snapshot import StoreSnapshot

CSV = "epoch,step,loss\n0,1,0.5\n0,2,0.25\n"


def ingester_of(logdir: Path) -> Ingester:
    return Ingester([LogDir("", logdir)], poll_seconds=0.02, rescan_seconds=0.02)


def points(snapshot: StoreSnapshot) -> dict[tuple[str, str], list[tuple[int, float]]]:
    return {
        (key.run, key.tag): list(zip(series.steps.tolist(), series.values.tolist(), strict=True))
        for key, series in snapshot.scalars.items()
    }


def trainer_state(directory: Path, steps: int) -> None:
    directory.mkdir(parents=True)
    log = [{"loss": 1 / step, "step": step} for step in range(1, steps + 1)]
    (directory / "trainer_state.json").write_text(json.dumps({"log_history": log}))


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    """A run of every tool, one of which Lightning logged to both of its loggers."""
    builders.write(tmp_path / "events" / builders.FILE_NAME, builders.points("loss", range(3)))
    builders.write(tmp_path / "both" / builders.FILE_NAME, builders.points("loss", range(3)))
    for name in ("both", "csv"):
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "metrics.csv").write_text(CSV)
        (tmp_path / name / "hparams.yaml").write_text("lr: 0.1\nwidth: 4\n")
    (tmp_path / "wandb" / "offline-run-1").mkdir(parents=True)
    log = frames([run({"lr": 0.2}), history(1, {"loss": 3.0}), exit_(0)])
    (tmp_path / "wandb" / "offline-run-1" / "run-1.wandb").write_bytes(log)
    (tmp_path / "wandb" / "latest-run").symlink_to("offline-run-1")
    of_mlflow = tmp_path / "mlruns" / "0" / "ab"
    for name in ("metrics/train", "params"):
        (of_mlflow / name).mkdir(parents=True)
    (of_mlflow / "meta.yaml").write_text("run_id: ab\nstatus: 1\n")
    (of_mlflow / "params" / "lr").write_text("0.3")
    (of_mlflow / "metrics" / "train" / "loss").write_text("1700000000000 0.125 7\n")
    trainer_state(tmp_path / "hf" / "checkpoint-2", 2)
    (tmp_path / "jsonl").mkdir()
    (tmp_path / "jsonl" / "metrics.jsonl").write_text('{"step": 4, "loss": 1}\n')
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "log.jsonl").write_text('{"text": "no metrics"}\n' * 20)
    return tmp_path


def test_all_are_read_and_shown_once(logdir: Path) -> None:
    snapshot = ingester_of(logdir).read_all()
    assert points(snapshot) == {
        ("events", "loss"): [(0, 0.0), (1, 0.5), (2, 1.0)],
        ("both", "loss"): [(0, 0.0), (1, 0.5), (2, 1.0)],
        ("csv", "epoch"): [(1, 0.0), (2, 0.0)],
        ("csv", "loss"): [(1, 0.5), (2, 0.25)],
        ("wandb/offline-run-1", "loss"): [(1, 3.0)],
        ("mlruns/0/ab", "train/loss"): [(7, 0.125)],
        ("hf", "loss"): [(1, 1.0), (2, 0.5)],
        ("jsonl", "loss"): [(4, 1.0)],
    }
    assert list(snapshot.runs) == ["both", "csv", "events", "hf", "jsonl", "mlruns/0/ab", "wandb/offline-run-1"]
    assert snapshot.problems == ()
    starts = {name: run.start and dict(run.start.hparams) for name, run in snapshot.runs.items()}
    assert {name: start for name, start in starts.items() if start} == {
        "csv": {"lr": 0.1, "width": 4.0},
        "wandb/offline-run-1": {"lr": 0.2},
        "mlruns/0/ab": {"lr": 0.3},
    }


def test_they_are_followed_as_they_grow(logdir: Path) -> None:
    ingester = ingester_of(logdir)
    ingester.start()
    try:
        wait_for(ingester, ("wandb/offline-run-1", "loss"), [(1, 3.0)])
        with (logdir / "csv" / "metrics.csv").open("a") as file:
            file.write("1,3,0.125\n")
        wait_for(ingester, ("csv", "loss"), [(1, 0.5), (2, 0.25), (3, 0.125)])
        with (logdir / "wandb" / "offline-run-1" / "run-1.wandb").open("ab") as log:
            log.write(frames([history(2, {"loss": 2.0})], start=log.tell()))
        wait_for(ingester, ("wandb/offline-run-1", "loss"), [(1, 3.0), (2, 2.0)])
        (logdir / "mlruns" / "0" / "ab" / "metrics" / "acc").write_text("1700000000000 1 8\n")
        wait_for(ingester, ("mlruns/0/ab", "acc"), [(8, 1.0)])
        trainer_state(logdir / "hf" / "checkpoint-3", 3)
        wait_for(ingester, ("hf", "loss"), [(1, 1.0), (2, 0.5), (3, 1 / 3)])
        assert ingester.snapshot.runs["hf"].paths == (str(logdir / "hf" / "checkpoint-3" / "trainer_state.json"),)
    finally:
        ingester.stop()


def wait_for(ingester: Ingester, series: tuple[str, str], expected: list[tuple[int, float]]) -> None:
    until = time.monotonic() + 30
    while points(ingester.snapshot).get(series) != expected:
        assert time.monotonic() < until, points(ingester.snapshot).get(series)
        time.sleep(0.01)


def test_a_checkpoint_that_is_removed_leaves_the_next_one_s_points(logdir: Path) -> None:
    ingester = ingester_of(logdir)
    ingester.read_all()
    (logdir / "hf" / "checkpoint-2" / "trainer_state.json").unlink()
    trainer_state(logdir / "hf" / "checkpoint-3", 3)
    snapshot = ingester.read_all()
    assert points(snapshot)["hf", "loss"] == [(1, 1.0), (2, 0.5), (3, 1 / 3)]
    assert not snapshot.runs["hf"].gone


def test_event_files_that_come_later_take_the_run(logdir: Path) -> None:
    ingester = ingester_of(logdir)
    assert ("csv", "epoch") in points(ingester.read_all())
    builders.write(logdir / "csv" / builders.FILE_NAME, builders.points("loss", [9]))
    snapshot = ingester.read_all()
    assert {key: found for key, found in points(snapshot).items() if key[0] == "csv"} == {("csv", "loss"): [(9, 4.5)]}
    assert (snapshot.runs["csv"].start, snapshot.runs["csv"].points) == (None, 1)


def test_a_directory_that_is_renamed_takes_its_run_along(logdir: Path) -> None:
    ingester = ingester_of(logdir)
    ingester.read_all()
    (logdir / "csv").rename(logdir / "renamed")
    (logdir / "wandb" / "offline-run-1").rename(logdir / "wandb" / "moved")
    snapshot = ingester.read_all()
    assert {"renamed", "wandb/moved"} <= set(snapshot.runs)
    assert not {"csv", "wandb/offline-run-1"} & set(snapshot.runs)
    assert points(snapshot)["renamed", "loss"] == [(1, 0.5), (2, 0.25)]


def test_only_new_bytes_are_read(logdir: Path) -> None:
    ingester = ingester_of(logdir)
    ingester.read_all()
    before = ingester.status.bytes_read
    with (logdir / "csv" / "metrics.csv").open("a") as file:
        file.write("1,3,0.125\n")
    ingester.read_all()
    assert ingester.status.bytes_read - before == len("1,3,0.125\n")
    assert ingester.status.bytes_read == ingester.status.bytes_total


def test_problems_name_the_file_and_the_line(logdir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = logdir / "csv" / "metrics.csv"
    with path.open("a") as file:
        file.write("1,3\n1,4,0.0625\n")
    assert cli.main(["export", str(logdir), "--run", "csv", "--tag", "loss"]) == 0
    out, err = capsys.readouterr()
    rows = ["csv,loss,1,nan,0.5", "csv,loss,2,nan,0.25", "csv,loss,4,nan,0.0625"]
    assert out.splitlines() == ["run,tag,step,wall_time,value", *rows]
    assert err == f"tbtui: {path} at byte {len(CSV)}: 2 cells under 3 names; the line is left out\n"


def test_commands_list_them(logdir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ls", str(logdir)]) == 0
    lines = {line.split()[0]: line.split() for line in capsys.readouterr().out.splitlines()[1:]}
    assert lines["wandb/offline-run-1"][1:4] == ["done", "1", "1"]
    assert cli.main(["hparams", str(logdir)]) == 0
    cells = {line.split()[0]: line.split()[1:3] for line in capsys.readouterr().out.splitlines() if line}
    assert (cells["run"], cells["csv"], cells["wandb/offline-run-1"]) == (["lr", "width"], ["0.1", "4"], ["0.2", "-"])


def test_their_points_are_kept_under_a_limit_of_memory(tmp_path: Path) -> None:
    rows = "".join(f"{step},{step / 2}\n" for step in range(1000))
    for name in ("csv", "event"):
        (tmp_path / name).mkdir()
    (tmp_path / "csv" / "metrics.csv").write_text(f"step,loss\n{rows}")
    builders.write(tmp_path / "event" / builders.FILE_NAME, builders.points("loss", range(1000)))
    ingester = Ingester([LogDir("", tmp_path)], memory_limit=100)
    ingester.start()
    try:
        wait_for(ingester, ("csv", "loss"), [(step, step / 2) for step in range(1000)])
        until = time.monotonic() + 30
        while len(points(ingester.snapshot)["event", "loss"]) == 1000:
            assert time.monotonic() < until
            time.sleep(0.01)
        assert len(points(ingester.snapshot)["csv", "loss"]) == 1000
    finally:
        ingester.stop()
