"""Meshes as dots."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tui.analysis.mesh_shape import edges_of
from tui.render import wireframe
from tui.render.canvas import Canvas
from tui.render.raster import NO_OWNER, Raster
from tui.render.wireframe import COLOURS, Solid, colour_owners, draw_edges, draw_faces, draw_vertices, owner_colour


def solid(points: list[tuple[float, float, float]], faces: list[tuple[int, int, int]], owners: int = 0) -> Solid:
    table = np.array(faces, np.int32).reshape(-1, 3)
    return Solid(np.array(points, float), edges_of(table), table, np.full(len(points), owners, np.int16))


def text(raster: Raster | None, width: int = 8, height: int = 4) -> list[str]:
    assert raster is not None
    canvas = Canvas(width, height)
    canvas.draw(raster, 0, 0)
    return [row.rstrip() for row in canvas.rows]


TRIANGLE = [(0.0, 0.0, 0.0), (15.0, 0.0, 0.0), (0.0, 15.0, 0.0)]


def test_the_edges_of_a_triangle() -> None:
    assert text(draw_edges(solid(TRIANGLE, [(0, 1, 2)]), 8, 4)) == ["⡏⠉⠉⠉⠉⠉⡩⠋", "⡇   ⡠⠊", "⡇ ⡠⠊", "⡧⠊"]


def test_what_lies_behind_a_face_is_hidden() -> None:
    behind = [(5.0, 2.0, -9.0), (5.0, 5.0, -9.0), (2.0, 5.0, -9.0)]
    alone = text(draw_edges(solid(TRIANGLE, [(0, 1, 2)]), 8, 4))
    both = [*TRIANGLE, *behind]
    assert text(draw_edges(solid(both, [(0, 1, 2), (3, 4, 5)]), 8, 4)) == alone
    before = [(x, y, 9.0) for x, y, _ in behind]
    assert text(draw_edges(solid([*TRIANGLE, *before], [(0, 1, 2), (3, 4, 5)]), 8, 4)) != alone


def test_nothing_is_hidden_where_the_faces_are_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wireframe, "MOST_DOTS", 10)
    behind = [(5.0, 2.0, -9.0), (5.0, 5.0, -9.0), (2.0, 5.0, -9.0)]
    both = solid([*TRIANGLE, *behind], [(0, 1, 2), (3, 4, 5)])
    assert "".join(text(draw_edges(both, 8, 4))).count("⡇") >= 2
    assert draw_faces(both, 8, 4) is None


def test_of_very_many_edges_some_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(0.0, y, 0.0) for y in (1.0, 5.0, 9.0, 13.0)]
    points = np.array([*rows, *((15.0, y, 0.0) for _, y, _ in rows)])
    edges = np.array([[at, at + 4] for at in range(4)], np.int32)
    lines = Solid(points, edges, np.empty((0, 3), np.int32), np.zeros(8, np.int16))
    assert text(draw_edges(lines, 8, 4)) == ["⠒" * 8] * 4
    monkeypatch.setattr(wireframe, "MOST_EDGE_DOTS", 63)
    assert text(draw_edges(lines, 8, 4)) == ["⠒" * 8, "", "⠒" * 8, ""]


def test_edges_that_leave_the_picture_are_cut_at_its_sides() -> None:
    line = Solid(
        np.array([[-1e6, 6.0, 0], [1e6, 6.0, 0]]), np.array([[0, 1]], np.int32), np.empty((0, 3), np.int32),
        np.zeros(2, np.int16),
    )  # fmt: skip
    assert text(draw_edges(line, 8, 4)) == ["", "⠤⠤⠤⠤⠤⠤⠤⠤", "", ""]
    outside = Solid(line.points + np.array([0, 99, 0]), line.edges, line.faces, line.owners)
    assert text(draw_edges(outside, 8, 4)) == [""] * 4


def test_faces_are_brighter_towards_the_light() -> None:
    """Flat towards the eye, and turned away from the upper left."""
    away = [(0.0, 0.0, 30.0), (15.0, 0.0, 0.0), (0.0, 15.0, 0.0)]
    lit = [(0.0, 0.0, -8.0), (15.0, 0.0, 0.0), (0.0, 15.0, 0.0)]
    counts = [
        int(np.unpackbits(raster.codes).sum())
        for raster in (draw_faces(solid(points, [(0, 1, 2)]), 8, 4) for points in (away, TRIANGLE, lit))
        if raster is not None
    ]
    assert counts[0] < counts[1] < counts[2]


def test_vertices_behind_the_middle_are_faint() -> None:
    points = [(0.0, 0.0, 1.0), (6.0, 4.0, -1.0), (99.0, 0.0, 0.0)]
    raster = draw_vertices(solid(points, []), 8, 4)
    assert text(raster) == ["⠁", "   ⠁", "", ""]
    assert (bool(raster.faint[0, 0]), bool(raster.faint[1, 3])) == (False, True)


def test_a_cell_has_the_colour_of_what_is_nearest() -> None:
    points = np.array([[0, 0, 1.0], [1, 1, 5.0], [0, 2, 3.0]])
    cloud = Solid(points, np.empty((0, 2), np.int32), np.empty((0, 3), np.int32), np.array([1, 2, 3], np.int16))
    assert draw_vertices(cloud, 2, 1).owners.tolist() == [[2, NO_OWNER]]


def test_colours_go_to_the_nearest_of_a_cube() -> None:
    colours = np.array([[0, 0, 0], [255, 255, 255], [255, 0, 128], [25, 26, 254]], np.uint8)
    owners = colour_owners(colours)
    assert [owner_colour(int(owner)) for owner in owners] == ["#000000", "#ffffff", "#ff0099", "#0033ff"]
    assert owners.max() == COLOURS - 1


@given(
    arrays(np.float64, (6, 3), elements=st.floats(-50, 50)),
    arrays(np.int32, st.tuples(st.integers(0, 5), st.just(3)), elements=st.integers(0, 5)),
    st.integers(1, 12),
    st.integers(1, 8),
)
def test_any_mesh_at_any_size(points: np.ndarray, faces: np.ndarray, width: int, height: int) -> None:
    shape = Solid(points, edges_of(faces), faces, np.zeros(6, np.int16))
    for raster in (draw_edges(shape, width, height), draw_faces(shape, width, height), draw_vertices(shape, 1, 1)):
        assert raster is not None
        assert ((raster.codes != 0) == (raster.owners != NO_OWNER)).all()
