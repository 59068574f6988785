"""What precision-recall curves come to: numbers worked out by hand, and by scikit-learn's definition."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as np_st

from tui.analysis.pr import average_precision, best_place, defined, f1_scores

NAN = math.nan


def array(*values: float) -> npt.NDArray[np.float64]:
    return np.array(values, np.float64)


def test_the_area_is_a_sum_of_steps() -> None:
    # 1.0 -> 0.5 at precision 0.5, 0.5 -> 0.25 at 0.8, 0.25 -> 0 at 1.
    assert average_precision(array(0.5, 0.8, 1.0), array(1.0, 0.5, 0.25)) == pytest.approx(0.25 + 0.2 + 0.25)


def test_the_area_does_not_depend_on_which_end_the_thresholds_start_at() -> None:
    assert average_precision(array(1.0, 0.8, 0.5), array(0.25, 0.5, 1.0)) == pytest.approx(0.7)


def test_of_points_with_equal_recall_the_highest_threshold_counts() -> None:
    """As in scikit-learn: its precision is what the step below starts from."""
    assert average_precision(array(0.5, 0.25, 1.0), array(1.0, 1.0, 0.5)) == pytest.approx(0.125 + 0.5)


def test_areas_of_few_points() -> None:
    assert average_precision(array(0.75), array(1.0)) == 0.75
    assert average_precision(array(0.75), array(0.0)) == 0.0
    assert math.isnan(average_precision(array(), array()))
    assert average_precision(array(1e300), array(1e300)) == math.inf


def by_scores(labels: npt.NDArray[np.bool_], scores: npt.NDArray[np.float64]) -> float:
    """Average precision as scikit-learn computes it, with every score as a threshold."""
    area = recall_before = 0.0
    for threshold in sorted(set(scores.tolist()), reverse=True):
        positive = scores >= threshold
        precision, recall = labels[positive].mean(), labels[positive].sum() / labels.sum()
        area += (recall - recall_before) * precision
        recall_before = recall
    return float(area)


@given(
    np_st.arrays(np.bool_, 30).filter(lambda labels: labels.any()),
    np_st.arrays(np.float64, 30, elements=st.sampled_from([i / 16 for i in range(17)])),
)
def test_the_area_is_scikit_learns(labels: npt.NDArray[np.bool_], scores: npt.NDArray[np.float64]) -> None:
    """Where every score is one of the thresholds, as they are logged: 0 to 1, evenly."""
    positive = scores >= np.linspace(0, 1, 17)[:, np.newaxis]
    tp, fp = (positive & labels).sum(axis=1), (positive & ~labels).sum(axis=1)
    precision, recall = tp / np.maximum(tp + fp, 1e-7), tp / labels.sum()
    on_curve = defined(tp, fp, precision, recall)
    assert on_curve.tolist() == positive.any(axis=1).tolist()
    assert average_precision(precision[on_curve], recall[on_curve]) == pytest.approx(by_scores(labels, scores))


def test_nothing_predicted_positive_is_off_the_curve() -> None:
    tp, fp = array(3, 1, 0), array(2, 0, 0)
    assert defined(tp, fp, array(0.6, 1, 0), array(1, 0.5, 0)).tolist() == [True, True, False]


def test_ratios_that_are_no_numbers_are_off_the_curve() -> None:
    ones = np.ones(3)
    assert defined(ones, ones, array(NAN, 1, 1), array(1, math.inf, 1)).tolist() == [False, False, True]


def test_a_curve_without_counts_has_all_its_points() -> None:
    zeros = np.zeros(2)
    assert defined(zeros, zeros, array(0.5, 1), array(1, 0.5)).tolist() == [True, True]
    nans = np.full(2, NAN)
    assert defined(nans, nans, array(0.5, 1), array(1, NAN)).tolist() == [True, False]
    assert defined(zeros + 1.7e308, zeros + 1.7e308, array(0.5, 1), array(1, 1)).tolist() == [True, True]


def test_f1_is_the_harmonic_mean() -> None:
    scores = f1_scores(array(0.5, 1, 0, NAN), array(1, 1, 0, 1))
    assert scores[:3].tolist() == [pytest.approx(2 / 3), 1, 0]
    assert math.isnan(scores[3])
    assert math.isnan(f1_scores(array(1.7e308), array(1.7e308))[0])


def test_the_best_place() -> None:
    assert best_place(array(NAN, 0.5, 0.75, 0.75)) == 2
    assert best_place(array(NAN, NAN)) is None
    assert best_place(array()) is None
