"""Percentiles are those of TensorBoard's distributions dashboard: of made-up histograms and of real logs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from tensorboard import data_compat
from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader
from tensorboard.plugins.distribution import compressor
from tensorboard.util import tensor_util

from logging_lib.tfevents.filename import is_event_filename
from logging_lib.tfevents.histogram import EMPTY, Buckets, buckets_from_proto
from tests.tui.analysis.histograms import BROKEN, HOLED, POINT, WIDEST, any_rows, buckets, contiguous, rows, separate
from tui.analysis.percentiles import BASIS_POINTS, MEDIAN, percentiles

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
PROJECTS = ("Nivesara+project_fashion_mnist", "AP-IT-GH+jumper-Gh0stage")


def test_the_basis_points_are_tensorboards() -> None:
    assert BASIS_POINTS == compressor.NORMAL_HISTOGRAM_BPS
    assert BASIS_POINTS[MEDIAN] == 5000


@pytest.mark.parametrize(
    ("histogram", "points", "expected"),
    [
        (buckets((0, 10, 4)), [0, 2500, 10000], [0.0, 2.5, 10.0]),
        (HOLED, [0, 2500, 4999, 5000, 7500, 10000], [0.0, 0.5, 0.9998, 2.0, 3.5, 5.0]),
        (buckets((0, 1, 0), (1, 2, 0), (2, 4, 2)), [0, 5000, 10000], [0.0, 2.0, 4.0]),
        (POINT, [0, 5000, 10000], [2.0, 2.0, 2.0]),
        (buckets((0, 0, 5), (0, 1, 5)), [4999, 7500], [0.0, 0.5]),
        (WIDEST, [0, 5000, 10000], [-1.7e308, 0.0, 1.7e308]),
        (POINT, [], []),
        (buckets((0, 10, 5), (1, 2, 5)), [0, 2500, 5000, 10000], [0.0, 5.0, 10.0, 10.0]),
    ],
)
def test_percentiles(histogram: Buckets, points: list[int], expected: list[float]) -> None:
    found = percentiles(histogram, points)
    assert found is not None
    assert found.tolist() == pytest.approx(expected)


@pytest.mark.parametrize("histogram", [EMPTY, BROKEN, buckets((0, 1, 0))])
def test_an_empty_histogram_has_none(histogram: Buckets) -> None:
    assert percentiles(histogram) is None


def assert_as_tensorboard(histogram: Buckets) -> None:
    """The very same numbers, not just close ones."""
    found = percentiles(histogram)
    expected = compressor.compress_histogram(np.array(rows(histogram)), BASIS_POINTS)
    assert found is not None
    assert found.tolist() == [value for _, value in expected]


@given(contiguous())
def test_percentiles_are_tensorboards(histogram: Buckets) -> None:
    assert_as_tensorboard(histogram)
    found = percentiles(histogram)
    assert found is not None
    assert (np.diff(found) >= -1e-9).all()


@given(separate())
def test_so_they_are_with_gaps_and_single_values(histogram: Buckets) -> None:
    if histogram.total:
        assert_as_tensorboard(histogram)


@given(any_rows)
def test_any_buckets_are_taken(table: list[tuple[float, float, float]]) -> None:
    found = percentiles(buckets(*table))
    assert found is None or np.isfinite(found).all()
    assert found is None or (np.diff(found / 2) >= -1e-9 * np.abs(found).max()).all()


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real logs is not here")
@pytest.mark.parametrize("project", PROJECTS)
def test_buckets_and_percentiles_of_real_logs_are_tensorboards(project: str) -> None:
    compared = 0
    files = sorted(path for path in (CORPUS / project).rglob("*") if is_event_filename(path.name))
    for event in (event for file in files for event in LegacyEventFileLoader(str(file)).Load()):
        for value in event.summary.value:
            if value.WhichOneof("value") == "histo":
                histogram = buckets_from_proto(value.histo)
                migrated = tensor_util.make_ndarray(data_compat.migrate_value(value).tensor)
                assert np.float32(rows(histogram)).tolist() == migrated.tolist()  # it keeps them in 32 bits
                assert_as_tensorboard(histogram)
                compared += 1
    assert compared > 100
