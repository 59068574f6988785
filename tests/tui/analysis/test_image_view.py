"""Fitting an image into cells, zooming through scales, the window at the edges."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.analysis.image_view import CLOSEST, ImageView, Room, fit_scale, image_view, scale_text, scales

sizes = st.tuples(st.integers(1, 6000), st.integers(1, 6000))
rooms = st.builds(Room, st.integers(1, 300), st.integers(1, 100))
dotted = st.builds(
    lambda columns, rows, width, height: Room(columns, rows, height / width, width),
    st.integers(1, 300), st.integers(1, 100), st.integers(4, 20), st.integers(8, 40),
)  # fmt: skip


@pytest.mark.parametrize(
    ("size", "room", "scale", "columns", "rows"),
    [
        ((28, 28), Room(120, 40), 2, 56, 28),
        ((64, 64), Room(120, 40), 1, 64, 32),
        ((640, 480), Room(120, 40), 1 / 6, 107, 40),
        ((480, 640), Room(120, 40), 1 / 8, 60, 40),
        ((3, 3), Room(120, 40), 26, 78, 39),
        ((5000, 3), Room(120, 40), 0.024, 120, 1),
        ((1, 1), Room(1, 1), 1, 1, 1),
    ],
)
def test_all_of_an_image_fits(size: tuple[int, int], room: Room, scale: float, columns: int, rows: int) -> None:
    view = image_view(size, room)
    assert view.scale == pytest.approx(scale)
    assert (view.left, view.top, view.width, view.height) == (0, 0, *size)
    assert (view.columns, view.rows) == (columns, rows)


@given(sizes, rooms | dotted, st.integers(0, 20), st.tuples(st.integers(0, 5999), st.integers(0, 5999)))
@example((1, 1), Room(1, 1, 0.5, 16), 1, (0, 0))
def test_a_view_stays_in_its_room_and_in_the_image(
    size: tuple[int, int], room: Room, zoom: int, at: tuple[int, int]
) -> None:
    at = min(at[0], size[0] - 1), min(at[1], size[1] - 1)
    view = image_view(size, room, zoom, at)
    assert 1 <= view.columns <= room.columns and 1 <= view.rows <= room.rows
    assert 0 <= view.left <= view.left + view.width <= size[0]
    assert 0 <= view.top <= view.top + view.height <= size[1]
    assert view.scale * room.dots < 3 or view.scale * room.dots == pytest.approx(round(view.scale * room.dots))
    assert room.dots > 1 or view.reduces or view.scale == int(view.scale)
    assert view.left <= at[0] < view.left + view.width and view.top <= at[1] < view.top + view.height
    column, row = view.cell_of(*at)
    assert 0 <= column < view.columns and 0 <= row < view.rows


@given(sizes, rooms | dotted)
def test_the_aspect_is_kept(size: tuple[int, int], room: Room) -> None:
    view = image_view(size, room)
    if view.columns > 8 and view.lines > 8:
        assert view.columns / view.lines * 2 / room.aspect == pytest.approx(size[0] / size[1], rel=0.15)


@given(sizes, rooms | dotted)
def test_scales_grow_from_all_to_single_pixels(size: tuple[int, int], room: Room) -> None:
    found = scales(size, room)
    assert found[0] == fit_scale(size, room)
    assert found == sorted(set(found))
    assert found[-1] <= max(CLOSEST, found[0])
    if room.columns >= 48 and room.rows * room.aspect >= 48:
        assert found[-1] > CLOSEST / 2


def test_zooming_in_about_a_pixel() -> None:
    size, room = (640, 480), Room(120, 40)
    assert scales(size, room) == [1 / 6, 0.25, 0.5, 1, 2, 4, 8, 16]
    assert image_view(size, room, 3, (100, 100)) == ImageView(40, 60, 120, 80, 1)
    assert image_view(size, room, 7, (100, 100)) == ImageView(97, 98, 7, 5, 16)
    assert image_view(size, room, 99, (639, 0)) == ImageView(633, 0, 7, 5, 16)
    assert image_view(size, room, -1) == image_view(size, room)


def test_zooming_in_to_the_dots_of_a_screen() -> None:
    size, room = (640, 480), Room(120, 40, aspect=2, dots=9)
    assert [round(scale * 9, 2) for scale in scales(size, room)] == [1.5, 2, 4, 8, 16, 32, 64, 128]
    assert image_view(size, room, 1, (0, 0)) == ImageView(0, 0, 540, 360, 2 / 9, 2, 9)
    assert fit_scale((28, 28), room) == 25 / 9  # 720 / 28 dots


@given(st.tuples(st.integers(1, 300), st.integers(1, 300)), st.integers(0, 8), st.data())
def test_the_pixel_under_a_cell_is_found_again(size: tuple[int, int], zoom: int, data: st.DataObject) -> None:
    view = image_view(size, Room(60, 20), zoom)
    column, row = data.draw(st.integers(0, view.columns - 1)), data.draw(st.integers(0, view.rows - 1))
    pixel = view.pixel_at(column, row)
    assert pixel is not None
    if view.scale >= 2:
        found = view.cell_of(*pixel)
        assert abs(found[0] - column) <= view.scale / 2 and abs(found[1] - row) <= view.scale / 4 + 1
    assert view.pixel_at(view.columns, 0) is None and view.pixel_at(-1, 0) is None
    assert view.pixel_at(0, view.rows) is None


@pytest.mark.parametrize(
    ("scale", "text"),
    [
        (1, "1:1"),
        (1.5, "1.5:1"),
        (12.3, "12:1"),
        (16, "16:1"),
        (0.5, "1:2"),
        (0.25, "1:4"),
        (1 / 7.5, "1:7.5"),
        (1 / 37.6, "1:38"),
    ],
)
def test_scales_are_written(scale: float, text: str) -> None:
    assert scale_text(scale) == text
