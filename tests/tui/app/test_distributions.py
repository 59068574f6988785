"""Histograms as they are decoded for the screen: what they tell, and which values are in no bucket."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader

from logging_lib.tfevents.histogram import EMPTY, buckets_from_proto, histogram_proto
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tests.missing import Package
from tests.tui.analysis.histograms import buckets
from tests.tui.reader.payload.stored import store
from tui.app.distributions import distribution, read_distribution
from tui.reader.payload import LoggedHistogram

torch, torch_tensorboard = Package("torch"), Package("torch.utils.tensorboard")
EVEN = buckets((0, 1, 10), (1, 2, 10))


def test_measures_of_a_histogram() -> None:
    found = distribution(LoggedHistogram(EVEN))
    assert found.measures is not None
    assert (found.total, found.lost) == (20.0, 0.0)
    assert found.measures.span == (0.0, 2.0)
    assert found.measures.core == pytest.approx((0.1, 1.9))
    assert found.measures.moments.mean == 1.0
    assert found.measures.percentiles.tolist()[::4] == [0.0, 1.0, 2.0]
    assert found.nbytes > EVEN.counts.nbytes


def test_one_without_values_has_no_measures() -> None:
    assert distribution(LoggedHistogram(EMPTY)).measures is None
    assert distribution(LoggedHistogram(buckets((0, 1, 0)))).measures is None
    assert distribution(LoggedHistogram(EMPTY, num=5.0, total=math.nan)).lost == 1.0


@pytest.mark.parametrize(
    ("num", "total", "lost"),
    [(20.0, 20.0, 0.0), (25.0, math.nan, 0.2), (20.0, math.inf, math.nan), (None, None, 0.0), (math.nan, 1.0, 0.0)],
)
def test_what_was_counted_and_is_in_no_bucket_is_lost(num: float | None, total: float | None, lost: float) -> None:
    assert distribution(LoggedHistogram(EVEN, num, total)).lost == pytest.approx(lost, nan_ok=True)


def test_both_encodings_are_read(tmp_path: Path) -> None:
    proto = histogram_proto([1, 2], [3, 1], minimum=0, maximum=2, num=5, total=math.nan, sum_squares=1)
    first = read_distribution(store(tmp_path, builders.Value(tag="h", histo=proto)))
    assert (first.total, first.lost) == (4.0, 0.2)
    table = np.array([[0, 1, 3], [1, 2, 1]], np.float64)
    second = read_distribution(store(tmp_path, builders.tensor("h", to_tensor_proto(table), "histograms")))
    assert (second.total, second.lost) == (4.0, 0.0)


def test_the_share_of_nan_and_infinities_that_torch_was_given(tmp_path: Path) -> None:
    values = torch.arange(100, dtype=torch.float32)
    values[:7] = math.nan
    with torch_tensorboard.SummaryWriter(str(tmp_path)) as writer:
        writer.add_histogram("h", values)
    (file,) = tmp_path.iterdir()
    events = [event for event in LegacyEventFileLoader(str(file)).Load() if event.summary.value]
    histo = events[0].summary.value[0].histo
    assert distribution(LoggedHistogram(buckets_from_proto(histo), histo.num, histo.sum)).lost == pytest.approx(0.07)


def test_the_spread_of_values_that_torch_put_into_one_bucket(tmp_path: Path) -> None:
    weights = np.random.default_rng(0).normal(1, 1e-3, 512)
    with torch_tensorboard.SummaryWriter(str(tmp_path)) as writer:
        writer.add_histogram("norm/weight", weights)
    (file,) = tmp_path.iterdir()
    events = [event for event in LegacyEventFileLoader(str(file)).Load() if event.summary.value]
    histo = builders.Value(tag="h").histo.FromString(events[0].summary.value[0].histo.SerializeToString())
    measures = read_distribution(store(tmp_path, builders.Value(tag="h", histo=histo))).measures
    assert measures is not None
    assert measures.moments == pytest.approx((weights.mean(), weights.std()), rel=1e-9)
