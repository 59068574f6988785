"""PR curves of all writers read back as what was logged: torch, tensorboardX, TensorBoard's own plugin, and ours."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import tensorboard.compat
import tensorboardX
from tensorboard.compat.proto import event_pb2, summary_pb2, types_pb2
from tensorboard.plugins.pr_curve import summary as plugin_summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util import tensor_util

import logging_lib
from tests.logging_lib.shown_blobs import only_blob
from tests.missing import Package
from tui.reader.payload import PrCurve, read_pr_curve

THRESHOLDS = 9
_random = np.random.default_rng(3)
LABELS = _random.integers(0, 2, 200)
SCORES = np.clip(LABELS * 0.3 + _random.random(200) * 0.7, 0, 1)
WEIGHTS = _random.integers(1, 4, 200).astype(np.float64)
RAW = [[5, 4.5, 3, 0], [5, 3, 1, 0], [0, 2, 4, 5], [0, 1, 2, 5], [0.5, 0.625, 0.75, 0.0], [1.0, 0.875, 0.5, 0.0]]

Write = Callable[[Any], None]
WRITES: dict[str, Write] = {
    "curve": lambda w: w.add_pr_curve("c", LABELS, SCORES, 3, num_thresholds=THRESHOLDS),
    "weights": lambda w: w.add_pr_curve("c", LABELS, SCORES, 3, num_thresholds=THRESHOLDS, weights=WEIGHTS),
    "raw": lambda w: w.add_pr_curve_raw("c", *map(np.array, RAW), 3, num_thresholds=4),
}
WRITERS = {
    "ours": logging_lib,
    "torch": Package("torch.utils.tensorboard"),
    "tensorboardX": tensorboardX,
}


def counted(weights: npt.NDArray[np.float64]) -> list[npt.NDArray[np.float64]]:
    """What a curve of the samples has to say at each threshold: those at or above it are predicted positive."""
    # Writers put a score into the highest bin whose lower bound it reaches.
    positive = np.floor(SCORES * (THRESHOLDS - 1)) >= np.arange(THRESHOLDS)[:, np.newaxis]
    true = LABELS == 1
    tp, fp = (positive & true) @ weights, (positive & ~true) @ weights
    tn, fn = (~positive & ~true) @ weights, (~positive & true) @ weights
    return [tp, fp, tn, fn, tp / np.maximum(tp + fp, 1e-7), tp / np.maximum(tp + fn, 1e-7)]


LOGGED = {"curve": counted(np.ones(200)), "weights": counted(WEIGHTS), "raw": [np.array(row) for row in RAW]}


def rows(curve: PrCurve) -> list[npt.NDArray[np.float64]]:
    return [
        curve.true_positives, curve.false_positives, curve.true_negatives, curve.false_negatives, curve.precision,
        curve.recall,
    ]  # fmt: skip


def check(logdir: Path, tag: str, logged: list[npt.NDArray[np.float64]]) -> None:
    step, ref = only_blob(logdir, tag, "pr_curves")
    curve = read_pr_curve(ref)
    assert step == 3
    assert curve.thresholds.tolist() == np.linspace(0, 1, len(logged[0])).tolist()
    for found, wanted in zip(rows(curve), logged, strict=True):
        assert found.tolist() == wanted.astype(np.float32).tolist()


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("kind", WRITES)
def test_what_writers_log(tmp_path: Path, writer: str, kind: str) -> None:
    with WRITERS[writer].SummaryWriter(str(tmp_path)) as opened:
        WRITES[kind](opened)
    check(tmp_path, "c", LOGGED[kind])


@pytest.fixture
def just_enough_tensorflow(monkeypatch: pytest.MonkeyPatch) -> None:
    """What TensorBoard's plugin takes of TensorFlow where it computes nothing with it: the protos."""
    assert tensorboard.compat.tf.io  # its own stand-in, which it looks for once, and which is not to be this one
    tf = ModuleType("tensorflow.compat.v1")
    for name, value in (
        ("Summary", summary_pb2.Summary),
        ("SummaryMetadata", summary_pb2.SummaryMetadata),
        ("float32", types_pb2.DT_FLOAT),
        ("make_tensor_proto", lambda values, dtype: tensor_util.make_tensor_proto(values, dtype=np.float32)),
    ):
        setattr(tf, name, value)
    compat = ModuleType("tensorflow.compat")
    compat.v1 = tf  # type: ignore[attr-defined]
    for module in (ModuleType("tensorflow"), compat, tf):
        monkeypatch.setitem(sys.modules, module.__name__, module)


@pytest.mark.usefixtures("just_enough_tensorflow")
@pytest.mark.parametrize("kind", WRITES)
def test_what_tensorboards_own_plugin_logs(tmp_path: Path, kind: str) -> None:
    if kind == "raw":
        made = plugin_summary.raw_data_pb("c", *map(np.array, RAW), num_thresholds=4)
    else:
        weights = WEIGHTS if kind == "weights" else None
        made = plugin_summary.pb("c", LABELS == 1, SCORES, num_thresholds=THRESHOLDS, weights=weights)
    writer = EventFileWriter(str(tmp_path))
    writer.add_event(event_pb2.Event(step=3, wall_time=1.0, summary=made))
    writer.close()
    check(tmp_path, "c/pr_curves", LOGGED[kind])
