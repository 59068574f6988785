"""The target of pictures as a terminal takes them, in sixel, by kitty's protocol and in blocks: decoded again."""

from __future__ import annotations

import re
from base64 import b64decode

import numpy as np

from tests.fuzz.draw import Draw
from tests.fuzz.target import Target
from tests.tui.render.sixel_decoder import decoded
from tests.tui.render.test_sixel import rounded
from tui.render.cells import width
from tui.render.half_blocks import ASCII_INK, SHADES, PictureCells, colour_cells, grey_cells
from tui.render.kitty import MOST_CELLS, deletion, placeholder, through_tmux, transmission
from tui.render.picture_strips import picture_strips
from tui.render.sixel import MOST_COLOURS, Indexed, indexed, sixel

_TRANSMISSION = re.compile(r"\x1b_G([a-zA-Z0-9=,]*)(?:;([A-Za-z0-9+/=]*))?\x1b\\")
_TMUX = re.compile(r"\x1bPtmux;(.*)\x1b\\", re.DOTALL)
_MOST_SIDE = 40


def check_pixels(data: bytes) -> None:
    """A terminal shows the pixels that were given, and all sequences are whole."""
    draw = Draw(data)
    height, across = draw.integer(1, _MOST_SIDE), draw.integer(1, _MOST_SIDE)
    colours = draw.pick((1, 2, 7, 256))
    few = np.resize(np.frombuffer(draw.raw(3 * colours).ljust(3, b"\0"), np.uint8), (colours, 3))
    content = draw.raw(height * across) or b"\0"
    places = (np.resize(np.frombuffer(content, np.uint8), (height, across)) % np.int64(colours)).astype(np.uint8)
    picture = Indexed(places, few)
    assert (_shown(picture) == rounded(few[places])).all()
    left, top = draw.integer(0, across - 1), draw.integer(0, height - 1)
    part = picture.part(left, top, draw.integer(1, across), draw.integer(1, height))
    assert (_shown(part) == rounded(few[part.places])).all()
    rgb = np.resize(np.frombuffer(data, np.uint8), (height, across, 3)) if data else few[places]
    _check_indexed(rgb)
    _check_kitty(draw, data)
    _check_blocks(rgb)


def _shown(picture: Indexed) -> np.ndarray[tuple[int, ...], np.dtype[np.int_]]:
    text = sixel(picture)
    assert text.isascii() and text.startswith("\x1bP") and text.endswith("\x1b\\") and "\x1b" not in text[2:-2]
    return decoded(text[2:-2])


def _check_indexed(rgb: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> None:
    found = indexed(rgb)
    assert len(found.palette) <= MOST_COLOURS and found.places.shape == rgb.shape[:2]
    if len(np.unique(rgb.reshape(-1, 3), axis=0)) <= MOST_COLOURS:
        assert (found.palette[found.places] == rgb).all(), "few colours are kept as they are"


def _check_kitty(draw: Draw, data: bytes) -> None:
    number, columns, rows = draw.integer(1, (1 << 24) - 1), draw.integer(1, MOST_CELLS), draw.integer(1, MOST_CELLS)
    png = (data or b"x") * draw.integer(1, 5)
    sequences = transmission(number, png, columns, rows)
    found = [_TRANSMISSION.fullmatch(sequence) for sequence in sequences]
    assert all(found)
    heads = [dict(pair.split("=") for pair in match[1].split(",")) for match in found if match]
    assert [head["m"] for head in heads] == ["1"] * (len(heads) - 1) + ["0"] and {head["q"] for head in heads} == {"2"}
    assert (heads[0]["i"], heads[0]["c"], heads[0]["r"]) == (str(number), str(columns), str(rows))
    assert b64decode("".join(match[2] for match in found if match), validate=True) == png
    for sequence in (*sequences, deletion(number)):
        wrapped = _TMUX.fullmatch(through_tmux(sequence))
        assert wrapped and wrapped[1].replace("\x1b\x1b", "\x1b") == sequence
    cell = placeholder(draw.integer(0, MOST_CELLS - 1), draw.integer(0, MOST_CELLS - 1))
    assert len(cell) == 3 and width(cell) == 1


def _check_blocks(rgb: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> None:
    even = rgb[: len(rgb) // 2 * 2, : rgb.shape[1] // 2 * 2]
    if not even.size:
        return
    for many in (False, True):
        _check_cells(colour_cells(even, many=many))
    for glyphs in (SHADES, ASCII_INK):
        _check_cells(grey_cells(even, glyphs, dark=bool(even[0, 0, 0] & 1)))


def _check_cells(cells: PictureCells) -> None:
    from rich.style import Style

    strips = picture_strips(cells, Style(color="#ffffff"))
    assert len(strips) == len(cells.chars) and {strip.cell_length for strip in strips} == {cells.chars.shape[1]}


def _seeds() -> list[bytes]:
    chance = np.random.default_rng(1)
    return [bytes([5, 6, kind]) + chance.integers(0, 256, 200).astype(np.uint8).tobytes() for kind in range(4)] + [b""]


TARGETS = (Target("pixels", check_pixels, _seeds),)
