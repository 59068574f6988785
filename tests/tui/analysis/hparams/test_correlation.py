"""Rank correlations and effect sizes against scipy 1.16's values, and what is not said about few sessions."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logging_lib.tfevents.hparams import HParam
from tui.analysis.hparams.cells import cells_of
from tui.analysis.hparams.correlation import (
    Association,
    Kind,
    Reason,
    association,
    associations,
    incomplete_beta,
    ranks,
)


def between(hparam: Sequence[HParam], metric: Sequence[HParam]) -> Association:
    return association(cells_of(hparam), cells_of(metric))


@pytest.mark.parametrize(
    ("x", "y", "rho", "p"),
    [
        # scipy.stats.spearmanr
        (
            [0.1, 0.01, 0.001, 0.1, 0.01, 0.001, 0.5],
            [0.9, 0.7, 0.75, 0.95, 0.6, 0.3, 1.2],
            0.8260009854911466,
            0.022033804689003966,
        ),
        ([1, 2, 3, 4, 5, 6, 7, 8], [3, 1, 4, 1, 5, 9, 2, 6], 0.5030030300035688, 0.203876682008432),
        ([1, 2, 3, 4, 5], [2, 1, 4, 3, 5], 0.8, 0.10408803866182788),
        ([1, 2, 3, 4, 5], [5, 4, 3, 2, 1], -1.0, 0.0),
    ],
)
def test_spearman(x: list[HParam], y: list[HParam], rho: float, p: float) -> None:
    found = between(x, y)
    assert (found.kind, found.n, found.reason) == (Kind.RANK, len(x), None)
    assert found.strength == pytest.approx(rho, abs=1e-12)
    assert found.p == pytest.approx(p, abs=1e-9)


def test_effect_size() -> None:
    groups = {"adam": [1.0, 1.2, 0.9, 1.1], "sgd": [2.0, 2.1, 1.7], "lion": [1.5, 1.4, 1.6]}
    names = [name for name, found in groups.items() for _ in found]
    found = between(names, [value for values in groups.values() for value in values])
    # scipy.stats.f_oneway: F = 30.122340425531945 with 2 and 7 degrees of freedom.
    assert (found.kind, found.n) == (Kind.EFFECT, 10)
    assert found.eta == pytest.approx(0.8959025470653379, abs=1e-12)
    assert found.strength == pytest.approx(0.8534684333593142, abs=1e-12)
    assert found.p == pytest.approx(0.0003639488584309681, abs=1e-12)


@pytest.mark.parametrize(
    ("a", "b", "x", "expected"),
    [
        # scipy.special.betainc
        (2.5, 0.5, 0.3, 0.018927124071945658),
        (100, 0.5, 0.99, 0.1567758654244408),
        (0.5, 1000, 0.001, 0.842752725733276),
        (1, 1, 0.25, 0.25),
        (3, 2, 0.0, 0.0),
        (3, 2, 1.0, 1.0),
    ],
)
def test_incomplete_beta(a: float, b: float, x: float, expected: float) -> None:
    assert incomplete_beta(a, b, x) == pytest.approx(expected, rel=1e-9)


def test_ranks_share_ties() -> None:
    assert ranks(cells_of([3.0, 1.0, 3.0, 2.0, 3.0]).numbers).tolist() == [4.0, 1.0, 4.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("hparam", "metric", "n", "reason"),
    [
        ([1, 2, 3, 4], [1, 2, 3, 4], 4, Reason.FEW),
        ([1, 2, 3, 4, None], [1, 2, 3, 4, 5], 4, Reason.FEW),
        ([1, 2, 3, 4, 5], [1, 2, 3, 4, math.nan], 4, Reason.FEW),
        ([1, 2, 3, 4, math.nan], [1, 2, 3, 4, 5], 4, Reason.FEW),
        ([], [], 0, Reason.FEW),
        ([1] * 6, [1, 2, 3, 4, 5, 6], 6, Reason.CONSTANT),
        (["a"] * 6, [1, 2, 3, 4, 5, 6], 6, Reason.CONSTANT),
        ([1, 2, 3, 4, 5], [7] * 5, 5, Reason.METRIC_CONSTANT),
        (["a", "b", "c", "a", "b"], [1, 2, 3, 4, 5], 5, Reason.TOO_MANY_VALUES),
    ],
)
def test_no_number_is_better_than_a_wrong_one(
    hparam: list[HParam], metric: list[HParam], n: int, reason: Reason
) -> None:
    found = between(hparam, metric)
    assert (found.n, found.reason) == (n, reason)
    assert math.isnan(found.strength)
    assert not found.sure


def test_flags_are_ranked_and_mixed_values_are_categories() -> None:
    assert between([True, False, True, False, True], [2, 1, 2, 1, 2]).strength == pytest.approx(1.0)
    mixed = between(["auto", 0.1, "auto", 0.1, 0.2, 0.2], [1, 2, 1, 2, 3, 3])
    assert (mixed.kind, mixed.strength) == (Kind.EFFECT, 1.0)


def test_one_of_many_is_less_sure() -> None:
    metric = cells_of([0.9, 0.7, 0.75, 0.95, 0.6, 0.3, 1.2])
    goes_with = cells_of([0.1, 0.01, 0.001, 0.1, 0.01, 0.001, 0.5])
    constant = cells_of([1.0] * 7)
    other = cells_of([1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0])
    assert [item.sure for item in associations([goes_with, constant], metric)] == [True, False]
    assert [item.sure for item in associations([goes_with, other, other], metric)] == [False, False, False]


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.floats(-1e300, 1e300)), min_size=6, max_size=30))
def test_an_effect_is_a_share(pairs: list[tuple[str, float]]) -> None:
    found = between([name for name, _ in pairs], [value for _, value in pairs])
    if found.reason is None:
        assert 0.0 <= found.strength <= found.eta + 1e-9 <= 1.0 + 1e-8
        assert 0.0 <= found.p <= 1.0
