"""Cells of pictures: the right block, the nearest colours, characters as dense as the picture is bright."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tui.render.half_blocks import (
    ASCII_INK,
    SHADES,
    Glyphs,
    PictureCells,
    among_256,
    colour_cells,
    grey_cells,
    luma,
    marked,
    runs,
)
from tui.render.to_ascii import to_ascii

Array = np.ndarray
BLACK, WHITE, RED, BLUE = (0, 0, 0), (255, 255, 255), (252, 0, 0), (0, 0, 252)
QUARTERS = dict(zip(" ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█", ([at >> q & 1 for q in range(4)] for at in range(16)), strict=True))
rasters = st.tuples(st.integers(1, 6), st.integers(1, 6)).flatmap(
    lambda size: arrays(np.uint8, (2 * size[0], 2 * size[1], 3))
)


def raster(*rows: list[tuple[int, int, int]]) -> Array:
    return np.array(rows, np.uint8)


def text(cells: PictureCells) -> str:
    return "\n".join("".join(map(chr, row)) for row in cells.chars)


def drawn(cells: PictureCells) -> Array:
    """The raster that the cells show."""
    assert cells.inks is not None and cells.papers is not None
    height, width = cells.chars.shape
    inked = np.array([QUARTERS[chr(char)] for char in cells.chars.ravel()], bool).reshape(height, width, 4, 1)
    quarters = np.where(inked, cells.inks[:, :, None], cells.papers[:, :, None])
    return quarters.reshape(height, width, 2, 2, 3).transpose(0, 2, 1, 3, 4).reshape(2 * height, 2 * width, 3)


def test_two_pixels_a_cell() -> None:
    cells = colour_cells(raster([RED, RED, BLACK, BLACK], [BLUE, BLUE, BLACK, BLACK]))
    assert text(cells) == "▀ "
    assert cells.inks is not None and cells.papers is not None
    assert cells.inks[0, 0].tolist() == list(RED) and cells.papers[0].tolist() == [list(BLUE), [0, 0, 0]]


@pytest.mark.parametrize("inked", [[1, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 1, 1, 0]])
@pytest.mark.parametrize("negative", [False, True])
def test_every_pattern_is_drawn_as_it_is(inked: list[int], negative: bool) -> None:
    flat = [WHITE if bit != negative else BLACK for bit in inked]
    wanted = raster(flat[:2], flat[2:])
    cells = colour_cells(wanted)
    assert text(cells) not in " ▀█"
    assert drawn(cells).tolist() == wanted.tolist()


def test_slight_edges_are_not_worth_another_block() -> None:
    assert text(colour_cells(raster([(100, 100, 100), (104, 100, 100)], [(160, 0, 0), (160, 0, 0)]))) == "▀"


@given(rasters)
def test_cells_are_at_least_as_near_as_half_blocks(wanted: Array) -> None:
    found = drawn(colour_cells(wanted)).astype(float)
    halves = wanted.astype(float).reshape(len(wanted), -1, 2, 3).mean(2).repeat(2, axis=1)
    error = ((found - wanted) ** 2).reshape(len(wanted) // 2, 2, -1, 2, 3).sum((1, 3, 4))
    of_halves = ((halves - wanted) ** 2).reshape(len(wanted) // 2, 2, -1, 2, 3).sum((1, 3, 4))
    # Colours are off by six levels at most, in each of a cell's twelve numbers.
    assert (np.sqrt(error) <= np.sqrt(of_halves) + np.sqrt(12 * 6.0**2) + 1e-6).all()


@given(arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3))))
def test_colours_are_off_by_little(colours: Array) -> None:
    raster = colours.repeat(2, axis=0).repeat(2, axis=1)
    cells = colour_cells(raster)
    assert set(text(cells)) <= {" ", "\n"}
    assert np.abs(drawn(cells).astype(int) - raster).max() <= 4  # of so few all are fine: rounded by 2, or 2.5 off


def test_many_runs_are_made_fewer() -> None:
    noise = np.random.default_rng(0).integers(110, 120, (120, 200, 3)).astype(np.uint8)
    cells = colour_cells(noise)
    assert runs(cells) < 2500
    assert np.abs(drawn(cells).astype(float) - noise).max() <= 12


@pytest.mark.parametrize("level", range(0, 256, 5))
def test_flat_greys_stay_flat(level: int) -> None:
    cells = colour_cells(np.full((4, 40, 3), level, np.uint8))
    assert runs(cells) == 2 and cells.papers is not None and abs(int(cells.papers[0, 0, 0]) - level) <= 2


@given(arrays(np.uint8, (20, 3)))
def test_among_256_the_nearest(colours: Array) -> None:
    levels = (0, 95, 135, 175, 215, 255)
    palette = [(r, g, b) for r in levels for g in levels for b in levels]
    palette += [(level,) * 3 for level in range(8, 248, 10)]
    distances = ((colours[:, None].astype(int) - np.array(palette)) ** 2).sum(-1)
    found = ((among_256(colours).astype(int) - colours) ** 2).sum(-1)
    np.testing.assert_array_equal(found, distances.min(1))


def test_in_256_colours() -> None:
    cells = colour_cells(raster([(250, 3, 2), (250, 3, 2)], [(90, 91, 92), (90, 91, 92)]), many=True)
    assert cells.inks is not None and cells.papers is not None
    assert cells.inks[0, 0].tolist() == [255, 0, 0] and cells.papers[0, 0].tolist() == [88, 88, 88]


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize(("glyphs", "shades"), [(SHADES, " ░▒▓█"), (ASCII_INK, " @")])
def test_flat_brightness_by_density(glyphs: Glyphs, shades: str, dark: bool) -> None:
    for at, shade in enumerate(shades):
        share = at / (len(shades) - 1)
        level = round(255 * (share if dark else 1 - share))
        assert text(grey_cells(np.full((2, 4, 3), level, np.uint8), glyphs, dark=dark)) == shade * 2


def test_shapes_in_one_colour() -> None:
    steps = raster([WHITE, BLACK, BLACK, BLACK], [WHITE, WHITE, BLACK, BLACK])
    assert text(grey_cells(steps, SHADES, dark=True)) == "▙ "
    assert text(grey_cells(steps, SHADES, dark=False)) == "▝█"
    assert text(grey_cells(steps, ASCII_INK, dark=True)) == "L "


def test_characters_of_ascii_are() -> None:
    assert ASCII_INK.characters.isascii() and len(ASCII_INK.characters) == len(ASCII_INK.ink)
    assert len(set(SHADES.characters)) == len(SHADES.ink)
    # Whoever filters all strips for ASCII finds a sign for each.
    assert "?" not in to_ascii(SHADES.characters)


def test_a_mark_is_seen_on_any_colour() -> None:
    cells = colour_cells(raster([BLACK, BLACK, WHITE, WHITE], [BLACK, BLACK, WHITE, WHITE]))
    first, second = marked(cells, 0, 0), marked(cells, 1, 0)
    assert (text(first), text(second), text(cells)) == ("+ ", " +", "  ")
    assert first.inks is not None and second.inks is not None
    assert first.inks[0, 0].tolist() == [255] * 3 and second.inks[0, 1].tolist() == [0] * 3
    assert text(marked(grey_cells(np.zeros((2, 2, 3), np.uint8), SHADES, dark=True), 0, 0, "x")) == "x"


def test_brightness() -> None:
    assert luma(np.array([WHITE, BLACK, (255, 0, 0)], np.uint8)) == pytest.approx([255, 0, 76.245])
