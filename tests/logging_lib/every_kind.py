"""One of everything that a SummaryWriter can log."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from logging_lib import SummaryWriter

PIXELS = np.arange(3 * 8 * 8, dtype=np.uint8).reshape(3, 8, 8)


def write_every_kind(directory: Path) -> None:
    """Into the run `run`, and sub-runs where a call makes some."""
    with SummaryWriter(directory / "run") as writer:
        for step in range(3):
            writer.add_scalar("scalar", step / 4, step)
        writer.add_scalar("double", 0.1, 1, new_style=True, double_precision=True)
        writer.add_scalars("scalars", {"a": 0.5, "b": torch.tensor(0.25, dtype=torch.bfloat16)}, 1)
        writer.add_histogram("histogram", np.array([1.0, 2.0, 4.0]), 1)
        writer.add_histogram_raw("raw", 0.0, 1.0, 2, 1.0, 1.0, [0.5, 1.0], [1, 1], 1)
        writer.add_image("image", PIXELS, 1)
        writer.add_image_with_boxes("boxes", PIXELS, np.array([[1, 1, 5, 5]]), 1)
        writer.add_video("video", np.stack([np.stack([PIXELS] * 3)]), 1)
        writer.add_audio("audio", np.linspace(-1, 1, 100), 1, sample_rate=8000)
        writer.add_text("text", "**bold**", 1)
        writer.add_tensor("tensor", torch.arange(6).reshape(2, 3), 1)
        writer.add_pr_curve("curve", np.array([1, 0, 1]), np.array([0.9, 0.2, 0.6]), 1)
        writer.add_mesh("mesh", np.zeros((1, 4, 3), np.float32), faces=np.array([[[0, 1, 2]]]), global_step=1)
        writer.add_custom_scalars({"group": {"chart": ["Multiline", ["scalar"]]}})
        writer.add_embedding(np.eye(3, dtype=np.float32), ["x", "y", "z"], global_step=1)
        writer.add_graph(torch.nn.Linear(3, 2), torch.zeros(1, 3))
        writer.add_hparams({"lr": 0.1, "amp": True}, {"metric": 0.5}, run_name="trial")
