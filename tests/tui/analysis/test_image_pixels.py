"""Rasters of views, pixels over the background, differences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from tui.analysis.image_pixels import (
    as_rgba,
    dots_size,
    image_difference,
    over,
    raster_size,
    seen,
    seen_difference,
    seen_difference_in_dots,
    seen_in_dots,
)
from tui.analysis.image_view import ImageView, Room, image_view

Array = np.ndarray


def pixels(*rows: list[int] | list[list[int]]) -> Array:
    array = np.array(rows, np.uint8)
    return array[:, :, None] if array.ndim == 2 else array


@pytest.mark.parametrize(
    ("given", "rgba"),
    [
        (pixels([7]), [7, 7, 7, 255]),
        (pixels([[7, 9]]), [7, 7, 7, 9]),
        (pixels([[1, 2, 3]]), [1, 2, 3, 255]),
        (pixels([[1, 2, 3, 4]]), [1, 2, 3, 4]),
        (np.array([[[0x1234]]], np.uint16), [0x12, 0x12, 0x12, 255]),
    ],
)
def test_every_kind_of_pixel_as_rgba(given: Array, rgba: list[int]) -> None:
    assert as_rgba(given).tolist() == [[rgba]] and as_rgba(given).dtype == np.uint8


def test_pixels_are_repeated() -> None:
    raster = seen(pixels([1, 2], [3, 4]), ImageView(0, 0, 2, 2, 2))
    assert raster[..., 0].tolist() == [[1] * 4 + [2] * 4] * 2 + [[3] * 4 + [4] * 4] * 2


def test_pixels_are_averaged() -> None:
    raster = seen(pixels([10, 20, 30, 40], [10, 20, 30, 40], [0] * 4, [4] * 4), ImageView(0, 0, 4, 4, 0.5))
    assert raster[..., 0].tolist() == [[10, 20, 30, 40], [2] * 4]


def test_what_cannot_be_seen_has_no_colour() -> None:
    raster = seen(pixels([[200, 0, 0, 255], [0, 200, 0, 0]]), ImageView(0, 0, 2, 1, 0.5))
    assert raster.shape == (1, 2, 4)
    half = seen(np.array([[[200, 0, 0, 255]], [[0, 200, 0, 0]]], np.uint8), ImageView(0, 0, 1, 2, 0.5))
    assert half[0, 0].tolist() == [199, 0, 0, 128]  # Pillow rounds twice


@given(st.tuples(st.integers(1, 90), st.integers(1, 90)), st.integers(0, 9), st.integers(1, 40), st.integers(1, 20))
def test_a_raster_has_the_size_of_its_view(size: tuple[int, int], zoom: int, columns: int, rows: int) -> None:
    view = image_view(size, Room(columns, rows), zoom)
    array = np.zeros((size[1], size[0], 3), np.uint8)
    assert seen(array, view).shape[1::-1] == raster_size(view)
    assert seen_difference(image_difference(array, array), view).shape[1::-1] == raster_size(view)
    assert over(seen(array, view), (0, 0, 0)).shape == (2 * view.rows, 2 * view.columns, 3)


def test_over_the_background() -> None:
    raster = np.array([[[100, 100, 100, 255], [100, 100, 100, 0], [100, 0, 0, 51]]], np.uint8)
    assert over(raster, (10, 20, 30)).tolist() == [
        [[100, 100, 100], [10, 20, 30], [28, 16, 24]],
        [[10, 20, 30]] * 3,  # the other half of the cells
    ]


def test_a_difference() -> None:
    found = image_difference(pixels([10, 20], [30, 40]), pixels([10, 25], [30, 10]))
    assert found.pixels[..., 0].tolist() == [[0, 5], [0, 30]]
    assert (found.max, found.at, found.mean, found.share) == (30, (1, 1), 35 / 4, 0.5)
    assert found.gain == 8  # 240 of 255


def test_no_difference() -> None:
    found = image_difference(pixels([1, 2]), pixels([1, 2]))
    assert (found.max, found.at, found.mean, found.share, found.gain) == (0, (0, 0), 0, 0, 1)


def test_few_large_differences_do_not_hide_the_usual_ones() -> None:
    a, b = np.zeros((100, 10, 1), np.uint8), np.full((100, 10, 1), 3, np.uint8)
    b[0, 0] = 255
    found = image_difference(a, b)
    assert (found.max, found.gain) == (255, 64)
    raster = seen_difference(found, ImageView(0, 0, 10, 100, 1))
    assert raster[..., 0].min() == 192 and raster[0, 0, 0] == 255


@pytest.mark.parametrize("other", [pixels([[1, 2, 3]]), np.array([[[256]]], np.uint16)])
def test_other_channels_or_depths(other: Array) -> None:
    found = image_difference(pixels([1]), other)
    assert found.pixels.tolist() == ([[[0, 1, 2]]] if other.shape[2] == 3 else [[[0, 0, 0]]])


def test_sixteen_bits_are_compared_as_they_are() -> None:
    found = image_difference(np.array([[[1000]]], np.uint16), np.array([[[1003]]], np.uint16))
    assert (found.max, found.gain) == (3, 1 << 14)
    assert seen_difference(found, ImageView(0, 0, 1, 1, 1))[0, 0, 0] == 192


def test_a_difference_of_alpha_is_seen() -> None:
    found = image_difference(pixels([[9, 9, 9, 255]]), pixels([[9, 9, 9, 55]]))
    assert found.pixels.tolist() == [[[200, 200, 200]]]


def test_a_single_pixel_is_seen_where_many_share_a_cell() -> None:
    a = np.zeros((60, 60, 3), np.uint8)
    b = a.copy()
    b[31, 17] = 200
    raster = seen_difference(image_difference(a, b), image_view((60, 60), Room(6, 3)))
    assert raster[3, 3, :3].tolist() == [200] * 3 and np.count_nonzero(raster[..., 0]) == 1


def test_sizes_must_agree() -> None:
    with pytest.raises(ValueError, match="sizes differ: 2x1 and 1x1"):
        image_difference(pixels([1, 2]), pixels([1]))


images = arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.sampled_from([1, 3])))


@given(images, st.data())
def test_differences_are_symmetric_and_exact(a: Array, data: st.DataObject) -> None:
    b = data.draw(arrays(np.uint8, a.shape))
    found, other = image_difference(a, b), image_difference(b, a)
    expected = np.abs(a.astype(int) - b)
    np.testing.assert_array_equal(found.pixels, expected)
    np.testing.assert_array_equal(other.pixels, expected)
    assert found.max == expected.max() and found.mean == pytest.approx(expected.mean())
    x, y = found.at
    assert expected[y, x].max() == found.max
    assert found.gain == 1 or found.gain & (found.gain - 1) == 0


def test_dots_of_a_view() -> None:
    view = image_view((640, 480), Room(120, 40, aspect=2, dots=9))
    assert dots_size(view, (9, 18)) == (960, 720)
    assert dots_size(image_view((5000, 3), Room(120, 40, aspect=2, dots=9)), (9, 18)) == (1080, 1)


@pytest.mark.parametrize(
    ("size", "how"),
    [
        ((60, 40), Image.Resampling.NEAREST),
        ((30, 20), Image.Resampling.NEAREST),
        ((45, 30), Image.Resampling.BILINEAR),
        ((100, 67), Image.Resampling.NEAREST),
        ((20, 13), Image.Resampling.BOX),
    ],
)
def test_a_window_in_dots_is_scaled_as_pillow_does(size: tuple[int, int], how: Image.Resampling) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (40, 50, 3)).astype(np.uint8)
    view = ImageView(10, 15, 30, 20, 1.0)
    expected = np.asarray(Image.fromarray(pixels[15:35, 10:40]).resize(size, how))
    found = seen_in_dots(pixels, view, size)
    assert (found[..., :3] == expected).all() and (found[..., 3] == 255).all()


def test_a_single_pixel_that_differs_is_seen_in_dots() -> None:
    a = np.zeros((40, 50, 3), np.uint8)
    b = a.copy()
    b[21, 33] = 200
    difference = image_difference(a, b)
    view = image_view((50, 40), Room(10, 4))
    small = seen_difference_in_dots(difference, view, (20, 16))
    assert small[..., 0].max() == 200 * difference.gain and np.count_nonzero(small[..., 0]) == 1
    large = seen_difference_in_dots(difference, view, (100, 80))
    assert np.count_nonzero(large[..., 0]) == 4
