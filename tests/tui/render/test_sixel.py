"""Sixel is read back as the picture it was made of, in its colours rounded to hundredths."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.tui.render.sixel_decoder import decoded
from tui.render.sixel import Indexed, indexed, sixel

shapes = st.tuples(st.integers(1, 20), st.integers(1, 40))


def rounded(rgb: np.ndarray) -> np.ndarray:
    """Colours as a terminal has them that is told hundredths."""
    return np.round(np.round(rgb / 255 * 100) * 255 / 100).astype(int)


def shown(picture: Indexed) -> np.ndarray:
    """What a terminal shows of the sequence."""
    text = sixel(picture)
    assert text.isascii() and text.startswith("\x1bP") and text.endswith("\x1b\\")
    return decoded(text[2:-2])


@given(
    st.integers(1, 5).flatmap(lambda n: arrays(np.uint8, shapes, elements=st.integers(0, n - 1))), st.integers(0, 99)
)
def test_what_is_shown_is_the_picture(places: np.ndarray, seed: int) -> None:
    palette = np.random.default_rng(seed).integers(0, 256, (5, 3)).astype(np.uint8)
    assert (shown(Indexed(places, palette)) == rounded(palette[places])).all()


@given(arrays(np.uint8, shapes))
def test_all_256_colours(places: np.ndarray) -> None:
    palette = np.arange(256, dtype=np.uint8)[:, None].repeat(3, axis=1)
    assert (shown(Indexed(places, palette)) == rounded(palette[places])).all()


@settings(max_examples=30)
@given(arrays(np.uint8, st.tuples(st.integers(1, 30), st.integers(1, 30), st.just(3)), elements=st.integers(0, 255)))
def test_few_colours_are_kept_as_they_are(rgb: np.ndarray) -> None:
    few = rgb // 64 * 85  # 4 ** 3 of them
    found = indexed(few)
    assert (found.palette[found.places] == few).all()
    assert (shown(found) == rounded(few)).all()


def test_many_colours_come_near_enough() -> None:
    y, x = np.mgrid[:200, :300]
    rgb = np.stack([x * 255 // 300, y * 255 // 200, (x + y) * 255 // 500], axis=2).astype(np.uint8)
    found = indexed(rgb)
    assert len(found.palette) <= 256
    error = found.palette[found.places].astype(int) - rgb
    assert np.sqrt((error**2).mean()) < 9
    assert (shown(found) == rounded(found.palette[found.places])).all()


def test_a_part_has_the_colours_of_the_whole() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (60, 80, 3)).astype(np.uint8)
    whole = indexed(rgb)
    part = whole.part(8, 12, 30, 20)
    assert (shown(part) == shown(whole)[12:32, 8:38]).all()


def test_in_slabs() -> None:
    places = np.random.default_rng(1).integers(0, 3, (600, 50)).astype(np.uint8)
    palette = np.array([[0, 0, 0], [255, 255, 255], [255, 0, 0]], np.uint8)
    assert (shown(Indexed(places, palette)) == rounded(palette[places])).all()


@pytest.mark.parametrize(
    ("places", "text"),
    [
        ([[0]], '\x1bP0;1q"1;1;1;1#0;2;0;0;0#0@\x1b\\'),
        ([[1] * 9], '\x1bP0;1q"1;1;9;1#1;2;100;100;100#1!9@\x1b\\'),
        ([[0, 1, 1]] * 7, '\x1bP0;1q"1;1;3;7#0;2;0;0;0#1;2;100;100;100#0~$#1?~~-#0@$#1?@@\x1b\\'),
    ],
)
def test_as_it_is_written(places: list[list[int]], text: str) -> None:
    palette = np.array([[0, 0, 0], [255, 255, 255]], np.uint8)
    assert sixel(Indexed(np.array(places, np.uint8), palette)) == text


def test_pillow_is_asked_for_no_dithering() -> None:
    flat = np.full((50, 50, 3), (13, 57, 201), np.uint8)
    noise = np.random.default_rng(2).integers(0, 256, (50, 50, 3)).astype(np.uint8)
    found = indexed(np.concatenate([flat, noise]))
    assert len(np.unique(found.places[:50])) == 1
