"""A logdir with everything in it: all kinds of data, logs of other tools, damage, links, and what is none of these."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

import numpy as np

from logging_lib import SummaryWriter
from logging_lib.summary.graph import graph_event
from tests import builders
from tests.tui.app.graph_logs import torch_nodes

PIXELS = np.arange(3 * 8 * 8, dtype=np.uint8).reshape(3, 8, 8)


def rich_logdir(place: Path) -> Path:
    """Write it, with the same names each time; returns the directory."""
    logdir = place / "logs"
    for number, name in enumerate(("first", "second")):
        _every_kind(logdir / name, number)
    _restarted(logdir / "restarted")
    _of_others(logdir / "others")
    _damaged(logdir / "damaged")
    _no_logs(logdir)
    return logdir


def _every_kind(directory: Path, number: int) -> None:
    with SummaryWriter(directory) as writer:
        for step in range(20):
            writer.add_scalar("Loss/train", 1 / (step + 1) + number, step)
            writer.add_scalar("Loss/val", float("nan") if number and step > 15 else 1 / (step + 1), step)
        writer.add_scalars("both", {"a": 0.5, "b": 0.25}, 1)
        for step in (1, 2):
            writer.add_histogram("weights", np.array([1.0, 2.0, 4.0 + step]), step)
            writer.add_image("image", PIXELS, step)
            writer.add_text("text", "**bold** [link](https://example.org)", step)
            writer.add_pr_curve("curve", np.array([1, 0, 1]), np.array([0.9, 0.2, 0.6]), step)
        writer.add_video("video", np.stack([np.stack([PIXELS] * 3)]), 1)
        writer.add_audio("audio", np.linspace(-1, 1, 100), 1, sample_rate=8000)
        writer.add_tensor("tensor", np.arange(6).reshape(2, 3), 1)
        writer.add_mesh("mesh", np.eye(4, 3, dtype=np.float32)[None], faces=np.array([[[0, 1, 2]]]), global_step=1)
        writer.add_custom_scalars({"group": {"chart": ["Multiline", ["Loss/.*"]]}})
        writer.add_embedding(
            np.eye(6, dtype=np.float32), list("uvwxyz"), np.zeros((6, 3, 4, 4), np.float32), global_step=1
        )
        writer.add_hparams({"lr": 0.1 * (number + 1), "amp": True}, {"metric": 0.5 + number}, run_name="trial")
    builders.write(directory / "graph" / builders.FILE_NAME, [graph_event(torch_nodes(2 + number))])


def _restarted(directory: Path) -> None:
    builders.write(directory / builders.FILE_NAME, builders.points("Loss/train", range(10)))
    later = [builders.scalar_event("Loss/train", step, 3.0, builders.WALL_TIME + 900 + step) for step in range(5, 12)]
    builders.write(directory / builders.FILE_NAME.replace("1700000000", "1700000900"), later)


def _of_others(directory: Path) -> None:
    for name, text in {
        "csv/metrics.csv": "step,loss\n0,1.0\n1,0.5\n",
        "csv/hparams.yaml": "lr: 0.1\n",
        "lines/history.jsonl": '{"step": 0, "loss": 1.0}\n{"step": 1, "loss": 0.5}\n',
        "trainer/trainer_state.json": json.dumps({"log_history": [{"step": 1, "loss": 0.5}], "global_step": 1}),
        "mlflow/meta.yaml": "run_id: abc\nrun_name: a\nstart_time: 1700000000000\n",
        "mlflow/metrics/loss": "1700000000000 0.5 0\n1700000001000 0.25 1\n",
        "mlflow/params/lr": "0.1",
    }.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)


def _damaged(directory: Path) -> None:
    path = builders.write(directory / builders.FILE_NAME, builders.points("Loss/train", range(30)))
    data = bytearray(path.read_bytes())
    data[700:704] = b"\xff" * 4
    path.write_bytes(bytes(data[:-5]))
    builders.write(directory / "empty" / builders.FILE_NAME, [])
    (directory / "garbage").mkdir()
    (directory / "garbage" / builders.FILE_NAME).write_bytes(bytes(range(256)) * 9)
    (directory / "config").mkdir()
    builders.write(directory / "config" / builders.FILE_NAME, builders.points("Loss/train", range(3)))
    (directory / "config" / "projector_config.pbtxt").write_text("embeddings { no config")


def _no_logs(logdir: Path) -> None:
    (logdir / "model.pt").write_bytes(b"weights")
    (logdir / "empty").mkdir()
    (logdir / "hard link").hardlink_to(logdir / "model.pt")
    (logdir / "linked").symlink_to("first", target_is_directory=True)
    (logdir / "circle").symlink_to(".", target_is_directory=True)
    (logdir / "nowhere").symlink_to("gone")
    (logdir / f"{builders.FILE_NAME}.link").symlink_to(f"restarted/{builders.FILE_NAME}")
    os.mkfifo(logdir / f"{builders.FILE_NAME}.pipe")
    with contextlib.suppress(OSError):  # not every file system has these
        os.setxattr(logdir / "model.pt", "user.note", b"mine")
        os.setxattr(logdir / "first", "user.note", b"mine")
