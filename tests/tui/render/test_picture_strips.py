"""Cells of pictures as strips: as wide as they are, in as few segments as colours allow."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from rich.style import Style

from tui.render.half_blocks import PictureCells, colour_cells
from tui.render.picture_strips import picture_strips

INK = Style(color="#d8dbe4", bgcolor="#11131a")


def test_cells_without_colours_are_one_segment() -> None:
    cells = PictureCells(np.array([[ord("a"), ord("b")], [ord("░"), ord(" ")]], np.uint32))
    first, second = picture_strips(cells, INK)
    assert [(segment.text, segment.style) for segment in first] == [("ab", INK)]
    assert [(segment.text, segment.style) for segment in second] == [("░ ", INK)]


def test_cells_in_the_same_colours_are_one_segment() -> None:
    red, blue = (255, 0, 0), (0, 0, 255)
    cells = PictureCells(
        np.array([[ord("▀"), ord("▘"), ord(" "), ord(" ")]], np.uint32),
        np.array([[red, red, red, blue]], np.uint8),
        np.array([[blue, blue, blue, blue]], np.uint8),
    )
    (strip,) = picture_strips(cells, INK)
    assert strip.cell_length == 4
    assert [(segment.text, str(segment.style)) for segment in strip] == [
        ("▀▘", "#ff0000 on #0000ff"),
        ("  ", "#ff0000 on #0000ff"),  # blanks: whatever their ink is
    ]


@given(arrays(np.uint8, st.tuples(st.just(4), st.sampled_from([2, 6, 20]), st.just(3))))
def test_strips_show_every_cell(raster: np.ndarray) -> None:
    cells = colour_cells(raster)
    assert cells.inks is not None and cells.papers is not None
    strips = picture_strips(cells, INK)
    assert len(strips) == 2
    for y, strip in enumerate(strips):
        assert strip.cell_length == raster.shape[1] // 2
        x = 0
        for text, style, _ in strip:
            assert style is not None and style.color is not None and style.bgcolor is not None
            for character in text:
                assert ord(character) == cells.chars[y, x]
                assert style.bgcolor.triplet == tuple(cells.papers[y, x])
                assert character == " " or style.color.triplet == tuple(cells.inks[y, x])
                x += 1
