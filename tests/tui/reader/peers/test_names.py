"""Which files are logs of other tools, which belong together, and which stand back for others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import builders
from tui.reader.logdir import discover
from tui.reader.named_logdir import LogDir
from tui.reader.peers.names import Kind, PeerFile, is_log_name


def found(logdir: Path) -> dict[str, list[tuple[str, str]]]:
    """By run, the files of other tools: their kind and their path."""
    peers = discover(LogDir("", logdir)).peers
    return {
        run: [(file.kind.name, os.path.relpath(file.path, logdir)) for file in files] for run, files in peers.items()
    }


def touch(logdir: Path, *names: str) -> None:
    for name in names:
        path = logdir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_each_tool_is_known_by_the_names_of_its_files(tmp_path: Path) -> None:
    touch(tmp_path, "w/run-1.wandb", "w/files/requirements.txt", "c/metrics.csv", "c/hparams.yaml", "c/other.csv")
    touch(
        tmp_path,
        "j/train_log.jsonl",
        "j/wandb-history.jsonl",
        "p/progress.csv",
        "y/results.csv",
        "t/trainer_state.json",
    )
    assert found(tmp_path) == {
        "w": [("WANDB", "w/run-1.wandb")],
        "c": [("HPARAMS", "c/hparams.yaml"), ("CSV", "c/metrics.csv")],
        "j": [("JSON_LINES", "j/train_log.jsonl"), ("JSON_LINES", "j/wandb-history.jsonl")],
        "p": [("CSV", "p/progress.csv")],
        "y": [("CSV", "y/results.csv")],
        "t": [("TRAINER_STATE", "t/trainer_state.json")],
    }


def test_data_and_settings_are_no_logs(tmp_path: Path) -> None:
    touch(tmp_path, "train.jsonl", "data/catalog.jsonl", "blog.jsonl", "hparams.yaml", "meta.yaml", "metrics.json")
    (tmp_path / "metrics.csv").mkdir()
    os.mkfifo(tmp_path / "run.wandb")
    assert found(tmp_path) == {}


def test_directories_called_metrics_in_one_another(tmp_path: Path) -> None:
    """The run is the innermost one that a metrics directory belongs to; a longer name is another directory."""
    touch(tmp_path, "metrics/meta.yaml", "metrics/metrics/a", "metrics/metrics/metrics/b", "metrics/metricsx/c")
    touch(
        tmp_path,
        "o/meta.yaml",
        "o/metrics/f",
        "o/metrics/in/meta.yaml",
        "o/metrics/in/metrics/d",
        "o/metrics/in/metrics/m/e",
    )
    paths = {run: sorted(path for _, path in files) for run, files in found(tmp_path).items()}
    assert paths == {
        "metrics": ["metrics/meta.yaml", "metrics/metrics/a", "metrics/metrics/metrics/b"],
        "o": ["o/meta.yaml", "o/metrics/f"],
        "o/metrics/in": ["o/metrics/in/meta.yaml", "o/metrics/in/metrics/d", "o/metrics/in/metrics/m/e"],
    }


def test_metrics_at_the_root_of_a_logdir(tmp_path: Path) -> None:
    touch(tmp_path, "meta.yaml", "metrics/loss")
    assert found(tmp_path) == {".": [("MLFLOW", "meta.yaml"), ("MLFLOW_METRIC", "metrics/loss")]}


def test_metrics_of_mlflow_are_those_below_a_run_s_directory(tmp_path: Path) -> None:
    touch(tmp_path, "mlruns/0/meta.yaml", "mlruns/0/ab/meta.yaml", "mlruns/0/ab/params/lr", "mlruns/0/ab/tags/x")
    touch(tmp_path, "mlruns/0/ab/metrics/loss", "mlruns/0/ab/metrics/train/metrics/acc", "mlruns/0/ab/artifacts/a.txt")
    touch(tmp_path, "mlruns/0/ab/metrics/.hidden", "mlruns/0/empty/meta.yaml", "elsewhere/metrics/loss")
    peers = discover(LogDir("", tmp_path)).peers
    assert list(peers) == ["mlruns/0/ab"]
    assert [(file.kind.name, file.tag) for file in peers["mlruns/0/ab"]] == [
        ("MLFLOW", ""),
        ("MLFLOW_METRIC", "loss"),
        ("MLFLOW_METRIC", "train/metrics/acc"),
    ]
    assert list(discover(LogDir("", tmp_path / "mlruns/0/ab")).peers) == ["."]


def test_a_directory_with_event_files_is_theirs_alone(tmp_path: Path) -> None:
    touch(tmp_path, "version_0/metrics.csv", "version_0/hparams.yaml", "version_1/metrics.csv")
    builders.write(tmp_path / "version_0" / builders.FILE_NAME, [])
    assert list(found(tmp_path)) == ["version_1"]


def test_of_several_tools_in_one_directory_one_is_read(tmp_path: Path) -> None:
    touch(tmp_path, "a/run.wandb", "a/metrics.csv", "a/metrics.jsonl", "b/metrics.jsonl", "b/trainer_state.json")
    touch(tmp_path, "c/meta.yaml", "c/metrics.csv")
    kinds = {run: {kind for kind, _ in files} for run, files in found(tmp_path).items()}
    assert kinds == {"a": {"WANDB"}, "b": {"JSON_LINES"}, "c": {"CSV"}}


def test_of_a_trainer_s_states_the_newest_is_read_as_the_training_s(tmp_path: Path) -> None:
    touch(tmp_path, *(f"out/checkpoint-{step}/trainer_state.json" for step in (20, 100, 40)))
    assert found(tmp_path) == {"out": [("TRAINER_STATE", "out/checkpoint-100/trainer_state.json")]}
    touch(tmp_path, "out/trainer_state.json")
    newest = tmp_path / "out" / "checkpoint-100" / "trainer_state.json"
    os.utime(newest, (1, 1))
    assert found(tmp_path) == {"out": [("TRAINER_STATE", "out/trainer_state.json")]}
    os.utime(newest, (2e9, 2e9))
    assert found(tmp_path) == {"out": [("TRAINER_STATE", "out/checkpoint-100/trainer_state.json")]}


def test_of_checkpoints_the_one_of_most_steps_is_the_newest(tmp_path: Path) -> None:
    touch(tmp_path, *(f"out/checkpoint-{steps}/trainer_state.json" for steps in (9, 100, 20)))
    for steps, mtime in ((9, 3e9), (100, 1e9), (20, 2e9)):
        os.utime(tmp_path / "out" / f"checkpoint-{steps}" / "trainer_state.json", (mtime, mtime))
    assert found(tmp_path) == {"out": [("TRAINER_STATE", "out/checkpoint-100/trainer_state.json")]}


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("run-1.wandb", True),
        ("metrics.csv", True),
        ("train_log.jsonl", True),
        ("meta.yaml", True),
        ("hparams.yaml", True),
        ("trainer_state.json", True),
        ("other.csv", False),
        ("metrics.json", False),
        ("catalog.jsonl", False),
        ("", False),
    ],
)
def test_names_that_are_read_wherever_they_are(name: str, read: bool) -> None:
    assert is_log_name(name) is read


def test_a_trainer_s_state_stands_for_the_one_before() -> None:
    assert [kind for kind in Kind if PeerFile(kind, "file").replaces] == [Kind.TRAINER_STATE]


@pytest.mark.parametrize("where", ["out", "out/runs/Nov22_host"])
def test_a_training_with_event_files_is_shown_by_these(where: str, tmp_path: Path) -> None:
    touch(tmp_path, "out/checkpoint-20/trainer_state.json", "other/trainer_state.json")
    builders.write(tmp_path / where / builders.FILE_NAME, [])
    assert list(found(tmp_path)) == ["other"]


def test_a_link_to_the_newest_run_is_no_second_run(tmp_path: Path) -> None:
    touch(tmp_path, "wandb/run-1/run-1.wandb")
    (tmp_path / "wandb" / "latest-run").symlink_to("run-1")
    assert list(found(tmp_path)) == ["wandb/run-1"]
