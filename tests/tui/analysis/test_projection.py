"""Principal components against the singular value decomposition, neighbours against every distance."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tui.analysis import projection
from tui.analysis.projection import Distance, nearest_to, neighbours, next_towards, principal_components

RNG = np.random.default_rng(7)


def cloud(points: int, dimensions: int) -> np.ndarray:
    """Points of different spread in each dimension, turned."""
    spread = np.linspace(5, 1, dimensions)
    turn = np.linalg.qr(RNG.normal(size=(dimensions, dimensions)))[0]
    return np.asarray((RNG.normal(size=(points, dimensions)) * spread) @ turn + 100, np.float32)


@pytest.mark.parametrize(("points", "dimensions"), [(60, 5), (5, 60), (40, 12), (12, 40), (30, 2), (9, 1)])
def test_components_are_those_of_the_singular_value_decomposition(points: int, dimensions: int) -> None:
    table = cloud(points, dimensions)
    found = principal_components(table)
    centred = table.astype(np.float64) - table.astype(np.float64).mean(axis=0)
    _, values, axes = np.linalg.svd(centred, full_matrices=False)
    k = min(projection.COMPONENTS, len(values))
    np.testing.assert_allclose(np.abs(found.coordinates[:, :k]), np.abs(centred @ axes[:k].T), atol=1e-3)
    shares = values[:k] ** 2 / (values**2).sum()
    np.testing.assert_allclose(found.explained[:k], shares, atol=1e-9)
    assert found.coordinates.shape == (points, max(2, min(projection.COMPONENTS, dimensions)))
    assert not found.coordinates[:, k:].any() and not found.explained[k:].any()
    assert found.sampled == points


def test_the_same_points_look_the_same() -> None:
    """The sign of an axis is not left to chance: its largest weight is positive."""
    line = np.array([[0, 0, 0], [1, -2, 0], [2, -4, 0]], np.float32)
    found = principal_components(line)
    np.testing.assert_allclose(found.coordinates[:, 0], np.array([1, 0, -1]) * math.sqrt(5), rtol=1e-6)
    np.testing.assert_allclose(found.explained, [1, 0, 0], atol=1e-12)
    assert not found.coordinates[:, 1:].any()


def test_points_that_are_not_finite_are_nowhere_and_change_nothing() -> None:
    table = cloud(20, 4)
    clean = principal_components(table[2:])
    table[0, 1], table[1, 3] = np.nan, np.inf
    found = principal_components(table)
    assert np.isnan(found.coordinates[:2]).all()
    np.testing.assert_array_equal(found.coordinates[2:], clean.coordinates)
    assert found.sampled == 18


@pytest.mark.parametrize(
    "table", [np.full((3, 2), np.nan), np.full((4, 3), 2.5), np.array([[3e38, -3e38]]), np.zeros((2, 1))]
)
def test_points_without_any_spread(table: np.ndarray) -> None:
    found = principal_components(table.astype(np.float32))
    assert not np.nan_to_num(found.coordinates).any()
    assert not found.explained.any()


def test_the_largest_numbers_do_not_overflow() -> None:
    found = principal_components(np.array([[3e38, 0], [-3e38, 0], [0, 1]], np.float32))
    assert found.explained.tolist() == [1.0, 0.0]
    np.testing.assert_allclose(found.coordinates[:, 0], [3e38, -3e38, 0], rtol=1e-6)


@pytest.mark.parametrize(("points", "dimensions", "sampled"), [(300, 3, 100), (300, 30, 20), (50, 3, 50)])
def test_many_points_are_sampled(monkeypatch: pytest.MonkeyPatch, points: int, dimensions: int, sampled: int) -> None:
    monkeypatch.setattr(projection, "_MOST_ROWS", 100)
    monkeypatch.setattr(projection, "_MOST_SIDE", 20)
    table = cloud(points, dimensions)
    found, again = principal_components(table), principal_components(table)
    assert found.sampled == sampled
    np.testing.assert_array_equal(found.coordinates, again.coordinates)
    assert np.isfinite(found.coordinates).all()


tables = arrays(np.float32, st.tuples(st.integers(1, 12), st.integers(1, 4)), elements=st.integers(-3, 3))


@given(tables, st.data(), st.sampled_from(Distance), st.integers(1, 5))
def test_neighbours_are_the_least_distant(table: np.ndarray, data: st.DataObject, by: Distance, most: int) -> None:
    at = data.draw(st.integers(0, len(table) - 1))

    def far(other: int) -> float:
        a, b = table[at].astype(float), table[other].astype(float)
        if by is Distance.EUCLIDEAN:
            return math.dist(a, b)
        lengths = math.hypot(*a) * math.hypot(*b)
        return 1 - float(a @ b) / lengths if lengths else math.nan

    expected = sorted(d for other in range(len(table)) if other != at and not math.isnan(d := far(other)))[:most]
    places, distances = neighbours(table, at, by, most)
    np.testing.assert_allclose(distances, expected, atol=1e-12)
    np.testing.assert_allclose([far(int(place)) for place in places], expected, atol=1e-12)
    assert at not in places and len(set(places.tolist())) == len(places)


def test_of_equally_distant_points_the_first_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "_NUMBERS_AT_ONCE", 4)  # in several parts
    table = np.array([[0, 0], [1, 0], [0, 1], [-1, 0], [np.nan, 0], [0, 3]], np.float32)
    places, distances = neighbours(table, 0, Distance.EUCLIDEAN, 2)
    assert (places.tolist(), distances.tolist()) == ([1, 2], [1.0, 1.0])
    places, distances = neighbours(table, 1, Distance.COSINE, 9)
    assert (places.tolist(), distances.tolist()) == ([2, 5, 3], [1.0, 1.0, 2.0])


X, Y = np.array([0.0, 5, 9, 1, np.nan, 0.5]), np.array([0.0, 1, 0, 6, 0, 0])


@pytest.mark.parametrize(
    ("start", "towards", "expected"),
    [
        (0, (1, 0), 1),  # 5 along and 1 beside is nearer than 9 along
        (1, (1, 0), 2),
        (2, (1, 0), None),
        (2, (-1, 0), 1),
        (0, (0, 1), 3),
        (3, (0, -1), 5),  # straight below rather than to the side
        (0, (0, -1), None),
        (1, (0, -1), 2),  # 45 degrees off, since nothing lies in the way
    ],
)
def test_the_next_point_in_a_direction(start: int, towards: tuple[int, int], expected: int | None) -> None:
    assert next_towards(X, Y, (X[start], Y[start]), towards) == expected


def test_a_point_too_near_to_be_told_apart_is_passed() -> None:
    assert next_towards(X, Y, (0.0, 0.0), (1, 0), least=0.5) == 5
    assert next_towards(X, Y, (0.0, 0.0), (1, 0), least=6.0) == 2


def test_the_point_nearest_to_a_place() -> None:
    assert nearest_to(X, Y, (8.0, 0.5)) == 2
    assert nearest_to(np.array([np.nan]), np.array([0.0]), (0, 0)) is None
