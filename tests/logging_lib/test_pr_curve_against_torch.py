"""Precision-recall curves are torch's, number by number; what torch drops without a word is an error."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from tensorboard.plugins.pr_curve.pr_curves_plugin import PrCurvesPlugin
from torch.utils.tensorboard import SummaryWriter as TorchWriter
from torch.utils.tensorboard.summary import compute_curve as torch_curve

from logging_lib import SummaryWriter
from logging_lib.summary.pr_curve import compute_curve
from tests.logging_lib.event_files import summaries
from tests.logging_lib.shown_blobs import only_blob
from tests.logging_lib.tensorboard_plugins import plugin, served
from tests.logging_lib.test_against_torch import written
from tests.logging_lib.test_media_on_devices import Later
from tui.reader import payload

RANDOM = np.random.default_rng(0)
LABELS = RANDOM.integers(0, 2, 500)
PREDICTIONS = RANDOM.random(500).astype(np.float32)
WEIGHTS = RANDOM.integers(0, 5, 500)
RAW = [[5, 4.5, 3, 0], [5, 3, 1, 0], [0, 2, 4, 5], [0, 1, 2, 5], [0.5, 0.6, 0.75, 0.0], [1.0, 0.8, 0.6, 0.0]]

CALLS: dict[str, Callable[[Any], None]] = {
    "arrays": lambda w: w.add_pr_curve("c/d", LABELS, PREDICTIONS, 3),
    "no step": lambda w: w.add_pr_curve("c", LABELS, PREDICTIONS),
    "tensors": lambda w: w.add_pr_curve("c", torch.from_numpy(LABELS), torch.from_numpy(PREDICTIONS), 3),
    "bool labels": lambda w: w.add_pr_curve("c", LABELS == 1, PREDICTIONS.astype(np.float64), 3),
    "float labels": lambda w: w.add_pr_curve("c", LABELS.astype(np.float32), PREDICTIONS.astype(np.float16), 3),
    "labels between": lambda w: w.add_pr_curve("c", PREDICTIONS[::-1].copy(), PREDICTIONS, 3),
    "two dimensions": lambda w: w.add_pr_curve("c", LABELS.reshape(50, 10), PREDICTIONS.reshape(50, 10), 3),
    "7 thresholds": lambda w: w.add_pr_curve("c", LABELS, PREDICTIONS, 3, num_thresholds=7),
    "1 threshold": lambda w: w.add_pr_curve("c", LABELS, PREDICTIONS, 3, num_thresholds=1),
    "more thresholds than there may be": lambda w: w.add_pr_curve("c", LABELS, PREDICTIONS, 3, num_thresholds=500),
    "weights": lambda w: w.add_pr_curve("c", LABELS, PREDICTIONS, 3, 20, WEIGHTS),
    "one weight": lambda w: w.add_pr_curve("c", LABELS, PREDICTIONS, 3, 20, weights=0.5),
    "a weight a column": lambda w: w.add_pr_curve(
        "c", LABELS.reshape(250, 2), PREDICTIONS.reshape(250, 2), 3, 20, np.array([1.0, 2.0])
    ),
    "none true": lambda w: w.add_pr_curve("c", np.zeros(9), PREDICTIONS[:9], 3),
    "all true": lambda w: w.add_pr_curve("c", np.ones(9), PREDICTIONS[:9], 3),
    "predictions of 0 and 1": lambda w: w.add_pr_curve("c", np.array([0, 1, 1]), np.array([0, 1, 0]), 3),
    "nothing": lambda w: w.add_pr_curve("c", np.zeros(0), np.zeros(0), 3),
    "raw": lambda w: w.add_pr_curve_raw("c", *map(np.array, RAW), 3, num_thresholds=4),
    "raw tensors": lambda w: w.add_pr_curve_raw("c", *map(torch.tensor, RAW), 3, num_thresholds=4),
    "raw lists": lambda w: w.add_pr_curve_raw("c", *RAW, 3, num_thresholds=4, weights=7),
    "raw, of another number": lambda w: w.add_pr_curve_raw("c", *RAW, num_thresholds=1000),
    "raw, in float64": lambda w: w.add_pr_curve_raw("c", *[[0.1, 1 / 3, 1e300]] * 6, 3),
}


@pytest.mark.parametrize("name", CALLS)
def test_same_events(tmp_path: Path, name: str) -> None:
    ours = written(SummaryWriter, tmp_path / "ours", CALLS[name])
    assert ours == written(TorchWriter, tmp_path / "torch", CALLS[name])
    assert len(ours["."][1].summary.value[0].tensor.float_val) % 6 == 0


SAMPLES = st.integers(1, 60).flatmap(
    lambda n: st.tuples(
        hnp.arrays(np.float64, n, elements=st.sampled_from([0.0, 1.0])),
        hnp.arrays(st.sampled_from([np.float32, np.float64]), n, elements=st.floats(0, 1, width=32)),
        hnp.arrays(np.float64, n, elements=st.floats(0, 10)) | st.none(),
    )
)


@given(SAMPLES, st.integers(1, 127))
def test_curves_are_torchs(samples: tuple[Any, Any, Any], num_thresholds: int) -> None:
    labels, predictions, weights = samples
    ours = compute_curve(labels, predictions, num_thresholds, weights)
    theirs = torch_curve(labels, predictions, num_thresholds, weights)
    if weights is None:
        assert ours.tolist() == theirs.tolist()
    else:  # sums of fractions
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


def test_predictions_that_are_no_numbers_count_nowhere(tmp_path: Path) -> None:
    """As in torch on x86, with a warning there; elsewhere it counts them at the first threshold."""
    curve = compute_curve(np.array([1, 0, 1]), np.array([np.nan, 0.2, 0.9]), 3)
    assert curve[:4].tolist() == [[1, 1, 0], [1, 0, 0], [0, 1, 1], [0, 0, 1]]
    with SummaryWriter(tmp_path) as writer:
        writer.add_pr_curve("diverged", [0, 1], [np.nan, np.nan])
    assert set(summaries(tmp_path)[0].summary.value[0].tensor.float_val) == {0.0}


def test_predictions_that_miss_0_or_1_by_a_rounding(tmp_path: Path) -> None:
    """torch drops the first one."""
    with SummaryWriter(tmp_path) as writer:
        writer.add_pr_curve("c", [0, 1], [-1e-9, 1 + 1e-7], num_thresholds=2)
    values = summaries(tmp_path)[0].summary.value[0].tensor.float_val
    assert list(values)[:8] == [1, 1, 1, 0, 0, 1, 0, 0]


def test_bfloat16_predictions_keep_their_range(tmp_path: Path) -> None:
    """torch goes through float16."""
    predictions = torch.tensor([0.25, 0.5, 1.0], dtype=torch.bfloat16)
    with SummaryWriter(tmp_path) as writer:
        writer.add_pr_curve("c", torch.tensor([True, False, True]), predictions, num_thresholds=5)
    assert list(summaries(tmp_path)[0].summary.value[0].tensor.float_val)[:10] == [2, 2, 1, 1, 1, 1, 1, 1, 0, 0]


def test_later_changes_do_not_reach_what_was_logged(tmp_path: Path) -> None:
    labels, predictions, weights = np.array([1, 0]), np.array([0.9, 0.1]), np.array([1.0, 2.0])
    row = np.arange(2.0)
    with SummaryWriter(tmp_path, flush_secs=3600) as writer:
        writer.add_pr_curve("c", labels, predictions, num_thresholds=2, weights=weights)
        writer.add_pr_curve_raw("d", *[row] * 6)
        for array in (labels, predictions, weights, row):
            array[:] = 0
    first, second = (list(event.summary.value[0].tensor.float_val) for event in summaries(tmp_path))
    assert first[:4] == [1, 0, 2, 0]
    assert second[:2] == [0, 1]


def test_tensors_on_a_device_are_read_behind_the_queue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Values are checked there, too, where all that can be done is to tell."""
    monkeypatch.setattr("logging_lib.calls.pr_curve.captured_array", Later)
    with SummaryWriter(tmp_path) as writer:
        writer.add_pr_curve("c", [1, 0], [0.9, 0.1], num_thresholds=2, weights=[3, 4])
        writer.add_pr_curve_raw("d", *[[1, 2]] * 6)
        with pytest.raises(ValueError, match="labels of shape"):
            writer.add_pr_curve("e", [1, 0, 1], [0.9, 0.1])
        writer.add_pr_curve("f", [1, 7], [0.9, 0.1])
    first, second = (list(event.summary.value[0].tensor.float_val) for event in summaries(tmp_path))
    assert first[:4] == [3, 0, 4, 0]
    assert second == [1, 2] * 6
    assert any("labels must be 0 to 1, and are 1 to 7" in record.getMessage() for record in caplog.records)


def test_viewers(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_pr_curve("c/d", [1, 0, 1], [0.9, 0.4, 0.6], 3, num_thresholds=3)
    (shown,) = json.loads(served(plugin(PrCurvesPlugin, tmp_path), "/pr_curves", run=".", tag="c/d"))["."]
    assert (shown["step"], shown["thresholds"], shown["recall"]) == (3, [0.0, 0.5], [1.0, 1.0])
    step, ref = only_blob(tmp_path, "c/d", "pr_curves")
    curve = payload.read_pr_curve(ref)
    assert step == 3
    assert curve.true_positives.tolist() == [2, 2, 0]
    assert curve.false_positives.tolist() == [1, 0, 0]
    assert curve.precision.tolist() == [pytest.approx(2 / 3), 1, 0]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda w: w.add_pr_curve("t", [0, 1], [0.5]),
            ValueError,
            r"labels of shape \[2\] for .* \[1\]",
        ),
        (lambda w: w.add_pr_curve("t", [0, 2], [0.5, 1]), ValueError, "labels must be 0 to 1, and are 0 to 2"),
        (lambda w: w.add_pr_curve("t", [0, -1], [0.5, 1]), ValueError, "labels must be 0 to 1, and are -1 to 0"),
        (lambda w: w.add_pr_curve("t", [0, 1], [0.5, 7]), ValueError, "predictions must be 0 to 1, and are 0.5 to 7"),
        (lambda w: w.add_pr_curve("t", [0, 1], [np.nan, -3]), ValueError, "predictions must be 0 to 1, and are -3"),
        (
            lambda w: w.add_pr_curve("t", [0, 1], [0, np.inf]),
            ValueError,
            "predictions must .* 0 to inf",
        ),
        (lambda w: w.add_pr_curve("t", [0, 1], [0, 1j]), TypeError, "complex"),
        (lambda w: w.add_pr_curve("t", "01", [0, 1]), TypeError, "expected numbers, got str"),
        (lambda w: w.add_pr_curve("t", [0, 1], [0, 1], num_thresholds=0), ValueError, "num_thresholds is 0"),
        (lambda w: w.add_pr_curve("t", [0, 1], [0, 1], num_thresholds=9.0), TypeError, "float"),
        (lambda w: w.add_pr_curve("t", [0, 1], [0, 1], weights=[1, 2, 3]), ValueError, r"weights of shape \[3\] for"),
        (lambda w: w.add_pr_curve("t", [0, 1], [0, 1], weights=[[1], [2]]), ValueError, r"weights of shape \[2, 1\]"),
        (lambda w: w.add_pr_curve("t", [0, 1], [0, 1], 1 << 63), ValueError, "does not fit in 64 bits"),
        (lambda w: w.add_pr_curve_raw("t", *[[1, 2]] * 5, [1]), ValueError, r"recall of shape \[1\]"),
        (lambda w: w.add_pr_curve_raw("t", *[[1, 2]] * 5, [[1], [2]]), ValueError, r"recall of shape \[2, 1\]"),
        (lambda w: w.add_pr_curve_raw("t", *[[]] * 6), ValueError, r"true_positive_counts of shape \[0\]"),
        (lambda w: w.add_pr_curve_raw("t", *[1] * 6), ValueError, r"true_positive_counts of shape \[\]"),
        (lambda w: w.add_pr_curve_raw("t", *[[1]] * 6, num_thresholds=-1), ValueError, "num_thresholds is -1"),
    ],
)
def test_bad_arguments_raise_at_the_call(tmp_path: Path, call: Any, error: type[Exception], message: str) -> None:
    with SummaryWriter(tmp_path) as writer, pytest.raises(error, match=f"^tag 't': .*{message}"):
        call(writer)
    assert summaries(tmp_path) == []


@pytest.mark.parametrize("weights", [np.inf, -np.inf, 1.7e308])
def test_weights_of_any_size_are_no_warning(weights: float) -> None:
    """Of those on the writer's thread nobody knows which call they are about."""
    found = compute_curve(np.array([0, 1, 1]), np.array([0.1, 0.9, 0.9]), 3, np.array(weights))
    assert found.shape == (6, 3) and not np.isfinite(found[0, 0])
