"""Boxes, edges and turns of meshes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tui.analysis.mesh_shape import Box, bounding_box, edges_of, from_centre, turned, usable_faces

CORNERS = np.array([[0, 0, 0], [2, 0, 0], [0, 3, 0], [0, 0, 6]], np.float32)


def test_the_box_of_finite_vertices() -> None:
    lost = np.array([[np.nan, 99, 0], [0, np.inf, 0]], np.float32)
    box = bounding_box(np.concatenate([CORNERS, lost]))
    assert box is not None
    assert (box.low, box.high) == ((0, 0, 0), (2, 3, 6))
    assert (box.size, box.centre, box.radius) == ((2, 3, 6), (1, 1.5, 3), 3.5)
    assert bounding_box(lost) is None
    assert bounding_box(np.empty((0, 3))) is None


def test_integers_and_the_largest_numbers_have_a_box() -> None:
    assert bounding_box(np.array([[1, 2, 3]], np.int64)) == Box((1, 2, 3), (1, 2, 3))
    box = bounding_box(np.array([[3e38, -3e38, 0], [-3e38, 3e38, 0]], np.float32))
    assert box is not None
    assert box.centre == (0, 0, 0)
    assert math.isfinite(box.radius)


def test_faces_of_vertices_that_are_not_there_are_left_out() -> None:
    vertices = CORNERS.copy()
    vertices[3] = np.nan
    faces = [[0, 1, 2], [0, 1, 3], [0, 1, 4], [-1, 0, 1], [0, 1.5, 2], [0, np.nan, 1], [2, 1, 0]]
    assert usable_faces(np.array(faces), vertices).tolist() == [[0, 1, 2], [2, 1, 0]]
    assert usable_faces(np.empty((0, 3)), vertices).shape == (0, 3)


def test_each_side_is_an_edge_once() -> None:
    assert edges_of(np.array([[0, 1, 2], [2, 1, 3]], np.int32)).tolist() == [[0, 1], [0, 2], [1, 2], [1, 3], [2, 3]]
    assert edges_of(np.empty((0, 3), np.int32)).shape == (0, 2)


@given(arrays(np.int32, st.tuples(st.integers(1, 8), st.just(3)), elements=st.integers(0, 2**31 - 1)))
def test_edges_are_the_set_of_sides(faces: np.ndarray) -> None:
    sides = {tuple(sorted((int(face[a]), int(face[b])))) for face in faces for a, b in ((0, 1), (1, 2), (2, 0))}
    assert [tuple(edge) for edge in edges_of(faces).tolist()] == sorted(sides)


@pytest.mark.parametrize(
    ("yaw", "pitch", "expected"),
    [
        (0, 0, [1, 2, 3]),
        (90, 0, [3, 2, -1]),  # its front, at greater z, goes to the right
        (0, 90, [1, -3, 2]),  # its top comes to the eye
        (180, 0, [-1, 2, -3]),
    ],
)
def test_turns(yaw: float, pitch: float, expected: list[float]) -> None:
    vertices = np.array([[1, 2, 3]], np.float32)
    np.testing.assert_allclose(turned(vertices, yaw, pitch), [expected], atol=1e-12)
    assert not np.isfinite(turned(np.array([[np.inf, 2, 3]]), yaw, pitch)).all()


@given(st.floats(-360, 360), st.floats(-90, 90))
def test_a_turn_changes_no_distance(yaw: float, pitch: float) -> None:
    moved = turned(CORNERS, yaw, pitch)
    np.testing.assert_allclose(np.linalg.norm(moved, axis=1), np.linalg.norm(CORNERS.astype(float), axis=1), rtol=1e-9)


def test_vertices_are_seen_from_the_centre_of_their_box() -> None:
    vertices = np.array([[3, 7, -1], [np.nan, 0, 0], [3, 1, 7], [3, 4, 3]])
    box = bounding_box(vertices)
    assert box is not None
    expected = [[0, 0.6, -0.8], [np.nan] * 3, [0, -0.6, 0.8], [0, 0, 0]]
    np.testing.assert_allclose(from_centre(vertices, box), expected, rtol=1e-6)
    one = np.array([[3.0, 4.0, 5.0]])
    box = bounding_box(one)
    assert box is not None
    np.testing.assert_array_equal(from_centre(one, box), [[0, 0, 0]])
