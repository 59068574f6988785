"""Logs that wandb, MLflow, Lightning and Transformers themselves write are read to the last number."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import tui

STEPS = 48

WANDB = """
import wandb, numpy as np, math
run = wandb.init(project="p", name="named", config={"lr": 0.1, "net": {"act": "relu", "layers": [1, 2]}, "amp": True})
for step in range(STEPS):
    row = {"train/loss": math.exp(-step / 10), "nested": {"a": step}, "text": "t" * step * 200}
    row["odd"] = [float("nan"), float("inf"), -float("inf"), 0.5][step % 4]
    if step == 7:
        row["image"] = wandb.Image(np.zeros((8, 8, 3), np.uint8))
        row["counts"] = wandb.Histogram([1, 2, 3])
    run.log(row)
run.config.update({"late": "yes"})
run.summary["best"] = 1.5
run.finish(exit_code=0)
"""

MLFLOW = """
import mlflow, math
mlflow.set_tracking_uri("file:./mlruns")
mlflow.set_experiment("exp")
with mlflow.start_run(run_name="named"):
    mlflow.log_params({"lr": 0.1, "opt": "adam", "model/depth": 3})
    mlflow.set_tag("note", "x")
    for step in range(STEPS):
        mlflow.log_metric("train/loss", math.exp(-step / 10), step=step)
        mlflow.log_metric("odd", [float("nan"), float("inf"), -float("inf"), 0.5][step % 4], step=step)
"""

LIGHTNING = """
from lightning.pytorch.loggers import CSVLogger
logger = CSVLogger(".", name="lightning_logs", flush_logs_every_n_steps=10)
logger.log_hyperparams({"lr": 0.1, "net": {"width": 4}})
for step in range(STEPS):
    logger.log_metrics({"train_loss": math.exp(-step / 10), "epoch": step // 10}, step)
    if step == 25:  # a metric that comes up has the whole file written again
        logger.log_metrics({"val_loss": float("nan")}, step)
logger.finalize("success")
"""

TRANSFORMERS = """
from transformers import TrainerState
state = TrainerState(max_steps=STEPS)
import os
for step in range(1, STEPS + 1):
    state.global_step, state.epoch = step, step / 10
    state.log_history.append({"loss": math.exp(-step / 10), "epoch": step / 10, "step": step})
    if step % 12 == 0:
        os.makedirs(f"out/checkpoint-{step}")
        state.save_to_json(f"out/checkpoint-{step}/trainer_state.json")
"""


def write(script: str, directory: Path) -> None:
    """Run a training's script in the directory."""
    own = {"WANDB_MODE": "offline", "WANDB_SILENT": "true", "MLFLOW_ALLOW_FILE_STORE": "true", "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"import math\nSTEPS = {STEPS}\n{script}"],
        cwd=directory,
        env=os.environ | own | {"HOME": str(directory)},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def values(logs: tui.Logs, tag: str) -> dict[int, float]:
    [series] = tui.series(logs, tag=tag)
    return dict(zip(series.steps.tolist(), series.values.tolist(), strict=True))


def check_odd(found: dict[int, float]) -> None:
    assert list(found) == list(range(STEPS))
    for step, value in found.items():
        expected = [math.nan, math.inf, -math.inf, 0.5][step % 4]
        assert value == expected or (math.isnan(value) and math.isnan(expected))


def test_wandb(tmp_path: Path) -> None:
    write(WANDB, tmp_path)
    logs = tui.open(tmp_path)
    assert logs.problems == ()
    assert logs.tags == ("nested/a", "odd", "train/loss")
    assert values(logs, "train/loss") == {step: math.exp(-step / 10) for step in range(STEPS)}
    assert values(logs, "nested/a") == {step: float(step) for step in range(STEPS)}
    check_odd(values(logs, "odd"))
    [(name, run)] = logs.runs.items()
    assert name.startswith("wandb/offline-run-")
    config = {"lr": 0.1, "net.act": "relu", "net.layers": "[1, 2]", "amp": True, "late": "yes"}
    assert logs.hparams == {name: config}
    assert run.start is not None
    assert run.end is not None
    assert run.first_wall_time is not None
    assert (run.start.group_name, run.end.status) == ("named", "SUCCESS")
    assert abs(run.first_wall_time - run.start.start_time) < 60
    check_commands(tmp_path, tags=3)
    check_growing(Path(run.paths[0]).read_bytes(), tmp_path / "growing")


def test_mlflow(tmp_path: Path) -> None:
    write(MLFLOW, tmp_path)
    logs = tui.open(tmp_path)
    assert logs.problems == ()
    assert logs.tags == ("odd", "train/loss")
    assert values(logs, "train/loss") == {step: math.exp(-step / 10) for step in range(STEPS)}
    check_odd(values(logs, "odd"))
    [(name, run)] = logs.runs.items()
    assert logs.hparams == {name: {"lr": 0.1, "opt": "adam", "model/depth": 3.0}}
    assert run.start is not None
    assert run.end is not None
    assert (run.start.group_name, run.end.status) == ("named", "SUCCESS")
    assert run.start.start_time <= (run.first_wall_time or 0) <= (run.last_wall_time or 0) <= run.end.end_time + 1
    check_commands(tmp_path, tags=2)


def test_lightning(tmp_path: Path) -> None:
    write(LIGHTNING, tmp_path)
    logs = tui.open(tmp_path)
    assert logs.problems == ()
    assert list(logs.runs) == ["lightning_logs/version_0"]
    assert values(logs, "train_loss") == {step: math.exp(-step / 10) for step in range(STEPS)}
    [(step, value)] = values(logs, "val_loss").items()
    assert step == 25
    assert math.isnan(value)
    assert logs.hparams == {"lightning_logs/version_0": {"lr": 0.1, "net.width": 4.0}}


def test_transformers(tmp_path: Path) -> None:
    write(TRANSFORMERS, tmp_path)
    logs = tui.open(tmp_path)
    assert logs.problems == ()
    assert list(logs.runs) == ["out"]
    assert values(logs, "loss") == {step: math.exp(-step / 10) for step in range(1, STEPS + 1)}
    assert values(logs, "epoch")[STEPS] == STEPS / 10
    assert logs.runs["out"].ended


def check_growing(data: bytes, directory: Path) -> None:
    """The log gives the same where it comes in pieces, each read when it is there."""
    directory.mkdir()
    logs = tui.open(directory)
    for start in range(0, len(data), 4999):
        with (directory / "run.wandb").open("ab") as file:
            file.write(data[start : start + 4999])
        logs.refresh()
    assert logs.problems == ()
    assert values(logs, "train/loss") == {step: math.exp(-step / 10) for step in range(STEPS)}
    assert logs.runs["."].ended


def check_commands(directory: Path, tags: int) -> None:
    """`tbtui ls` and `tbtui export` show the run as any other."""
    command = [sys.executable, "-m", "tui"]
    done = subprocess.run([*command, "ls", "."], cwd=directory, capture_output=True, text=True, timeout=60, check=True)
    _, line = done.stdout.splitlines()
    assert line.split()[1:5] == ["done", str(tags), str(STEPS * tags), str(STEPS - 1)]
    options = ["export", ".", "--tag", "^train/loss$", "--format", "jsonl"]
    done = subprocess.run([*command, *options], cwd=directory, capture_output=True, text=True, timeout=60, check=True)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["step"], row["value"]) for row in rows] == [(step, math.exp(-step / 10)) for step in range(STEPS)]
