"""Pixels reach the terminal: whatever is drawn over them, taken away and shown again, it shows what it should."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from functools import partial
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region, Size
from textual.strip import Strip

from tests.tui.app.pixel_terminal import PixelTerminal
from tests.tui.render.test_sixel import rounded
from tui.app.output.album import Album, CellSize, KittyPicture, PixelPicture, SixelPicture
from tui.app.output.pixels import KittyOutput, PixelOutput, SixelOutput
from tui.app.output.stage import Stage, Update
from tui.render.kitty import MOST_CELLS, placeholder, through_tmux, transmission
from tui.render.pieces import piece_strips, with_mark
from tui.render.sixel import indexed, sixel

WIDTH, HEIGHT = 12, 7
SIZE = Size(WIDTH, HEIGHT)
CELL = CellSize(2, 5)
CONSOLE = Console(color_system="truecolor", force_terminal=True)
INK = Style(color="#d8dbe4", bgcolor="#11131a")
PROTOCOLS = [KittyOutput, SixelOutput]


def drawn(seed: int, columns: int, rows: int) -> np.ndarray:
    """A picture that fills so many cells; no two cells are alike."""
    shape = rows * CELL.height, columns * CELL.width, 3
    return np.random.default_rng(seed).integers(0, 4, shape).astype(np.uint8) * 85


def made(rgb: np.ndarray, number: int, *, kitty: bool) -> PixelPicture:
    rows, columns = rgb.shape[0] // CELL.height, rgb.shape[1] // CELL.width
    if kitty:
        file = BytesIO()
        Image.fromarray(rgb).save(file, "PNG")
        return KittyPicture(number, columns, rows, rgb.shape[0] * rgb.shape[1], file.getvalue())
    pixels = indexed(rgb)
    return SixelPicture(number, columns, rows, CELL, pixels, sixel(pixels))


class Shown:
    """A stage, the terminal that it draws on, and pictures for it."""

    def __init__(self, protocol: type[PixelOutput], **options: object) -> None:
        self.album = Album(first=70_000)
        self.output = protocol(self.album, **options)
        self.stage = Stage(erases_in_colour=True, pixels=self.output)
        self.terminal = PixelTerminal(WIDTH, HEIGHT, CELL)
        self.kitty = protocol is KittyOutput
        self.rgb: dict[int, np.ndarray] = {}
        self.pictures: list[PixelPicture] = []
        self.sent = ""

    def add(self, seed: int, columns: int, rows: int) -> list[Strip]:
        """The strips of a new picture."""
        rgb = drawn(seed, columns, rows)
        picture = self.album.add(partial(made, rgb, kitty=self.kitty))
        self.pictures.append(picture)
        self.rgb[picture.number] = rgb if self.kitty else rounded(rgb)
        return piece_strips(picture.number, columns, rows, INK)

    def show(self, update: Update) -> None:
        """Send an update, in as many parts as it may come in."""
        frame = self.stage.frame(update, SIZE, CONSOLE)
        self.sent = frame.before + frame.text
        for part in (frame.before, frame.text[: len(frame.text) // 2], frame.text[len(frame.text) // 2 :]):
            self.terminal.feed(part)

    def assert_shows(self, rows: Sequence[Strip]) -> None:
        """The screen shows these rows: of each piece its dots, except on the last row by sixel."""
        for y, strip in enumerate(rows):
            x = 0
            for text, style, _ in strip:
                piece = (style or Style()).meta.get("picture")
                for char in text:
                    dots = self.terminal.cell_dots(x, y)
                    if piece is None or (not self.kitty and y == HEIGHT - 1):
                        assert dots is None
                        assert self.terminal.screen.buffer[y][x].data == (char if piece is None else " ")
                    else:
                        number, row = piece
                        column = ord(char) - 0xF0000
                        expected = self.rgb[number][
                            row * CELL.height : (row + 1) * CELL.height, column * CELL.width : (column + 1) * CELL.width
                        ]
                        assert dots is not None
                        assert (dots == expected).all()
                    x += 1


def screen_of(strips: Sequence[Strip], left: int = 0, top: int = 0, text: str = "") -> list[Strip]:
    """Rows of the screen with strips somewhere on it, and text all around."""
    rows = []
    for y in range(HEIGHT):
        around = Strip([Segment((text * WIDTH)[:WIDTH] or " " * WIDTH, INK)])
        if top <= y < top + len(strips):
            strip = strips[y - top]
            rows.append(Strip.join([around.crop(0, left), strip, around.crop(left + strip.cell_length, WIDTH)]))
        else:
            rows.append(around)
    return rows


def whole(rows: Sequence[Strip]) -> LayoutUpdate:
    return LayoutUpdate([[row] for row in rows], Region(0, 0, WIDTH, HEIGHT))


@st.composite
def updates(draw: st.DrawFn) -> list[tuple[str, tuple[int, ...]]]:
    """What happens: a picture (one of three) is shown somewhere, a box goes over part of the screen, or all is sent
    anew."""
    place = st.tuples(st.integers(0, 2), st.integers(0, WIDTH - 4), st.integers(0, HEIGHT - 2))
    box = st.tuples(
        st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1), st.integers(1, WIDTH), st.integers(1, HEIGHT)
    )
    shows = st.tuples(st.just("picture"), place)
    covers = st.tuples(st.just("box"), box)
    return draw(st.lists(shows | covers | st.just(("forget", ())), min_size=1, max_size=6))


@pytest.mark.parametrize("protocol", PROTOCOLS)
@settings(max_examples=60, deadline=None)
@given(happenings=updates())
def test_the_screen_shows_what_was_drawn(
    protocol: type[PixelOutput], happenings: list[tuple[str, tuple[int, ...]]]
) -> None:
    shown = Shown(protocol)
    pictures = [shown.add(seed, columns, rows) for seed, (columns, rows) in enumerate([(4, 2), (3, 3), (4, 5)])]
    rows = screen_of([], text="ab")
    shown.show(whole(rows))
    for kind, arguments in happenings:
        if kind == "picture":
            which, left, top = arguments
            rows = screen_of(pictures[which][: HEIGHT - top], left, top, text=".")
            shown.show(whole(rows))
        elif kind == "box":
            left, top, width, height = arguments
            width, height = min(width, WIDTH - left), min(height, HEIGHT - top)
            box = Strip([Segment("x" * width, INK)])
            rows = [
                Strip.join([row.crop(0, left), box, row.crop(left + width, WIDTH)]) if top <= y < top + height else row
                for y, row in enumerate(rows)
            ]
            chops = [{0: row.crop(0, left), left: row.crop(left, WIDTH)} if left else {0: row} for row in rows]
            ends = [[left, WIDTH] if left else [WIDTH]] * HEIGHT
            shown.show(ChopsUpdate(chops, [(y, left, left + width) for y in range(top, top + height)], ends))
        else:
            shown.stage.forget()
            shown.terminal.wipe()
            shown.show(whole(rows))
        shown.assert_shows(rows)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_nothing_is_sent_again_unless_it_changed(protocol: type[PixelOutput]) -> None:
    shown = Shown(protocol)
    picture = shown.add(1, 4, 3)
    shown.show(whole(screen_of(picture, 2, 1)))
    first = len(shown.sent)
    shown.show(whole(screen_of(picture, 2, 1)))
    assert shown.sent == ""
    shown.show(whole(screen_of(with_mark(picture, 1, 1, INK), 2, 1)))
    assert shown.sent.startswith("\x1b[3;4H\x1b[38;2;216;219;228;48;2;17;19;26m+") and len(shown.sent) < 80
    shown.show(whole(screen_of(picture, 2, 1)))
    shown.assert_shows(screen_of(picture, 2, 1))
    assert len(shown.sent) < first / 2


def test_kitty_sends_a_picture_once() -> None:
    shown = Shown(KittyOutput)
    picture = shown.add(1, 4, 3)
    for left in (0, 5, 2):
        shown.show(whole(screen_of(picture, left)))
    shown.show(whole(screen_of([])))
    shown.show(whole(screen_of(picture, 1)))
    assert shown.terminal.transmitted == [70_001] and shown.terminal.deleted == []
    assert len(shown.output.held) == 1


def test_kitty_deletes_what_is_shown_no_more_beyond_a_limit() -> None:
    dots = 4 * 2 * CELL.width * CELL.height
    shown = Shown(KittyOutput, most_dots=2 * dots)
    pictures = [shown.add(seed, 4, 2) for seed in range(4)]
    for picture in pictures[:3]:
        shown.show(whole(screen_of(picture)))
    assert shown.terminal.deleted == [70_001]
    shown.show(whole(screen_of(pictures[1])))
    shown.show(whole(screen_of(pictures[3])))
    assert shown.terminal.deleted == [70_001, 70_003]
    assert list(shown.terminal.images) == [70_002, 70_004]
    # Those on the screen stay, however large they are.
    rows = [Strip.join(strips) for strips in zip(*pictures[:3], strict=True)]
    shown.show(whole(screen_of(rows)))
    assert sorted(shown.terminal.images) == [70_001, 70_002, 70_003]
    shown.assert_shows(screen_of(rows))


def test_kitty_leaves_nothing_behind() -> None:
    shown = Shown(KittyOutput)
    for seed in range(3):
        shown.show(whole(screen_of(shown.add(seed, 4, 2))))
    shown.terminal.feed(shown.stage.end())
    assert shown.terminal.images == {}
    assert shown.stage.end() == ""
    # And all is sent anew when the program goes on.
    rows = screen_of(piece_strips(shown.pictures[0].number, 4, 2, INK))
    shown.show(whole(rows))
    shown.assert_shows(rows)


def test_what_the_terminal_may_have_lost_is_sent_anew() -> None:
    shown = Shown(KittyOutput)
    rows = screen_of(shown.add(0, 4, 2))
    shown.show(whole(rows))
    shown.stage.forget()
    shown.show(whole(rows))
    assert shown.terminal.transmitted == [70_001, 70_001] and shown.terminal.deleted == [70_001]
    shown.assert_shows(rows)


def test_sixel_draws_a_picture_at_once_and_what_was_covered_in_one_piece() -> None:
    shown = Shown(SixelOutput)
    picture = shown.add(1, 6, 5)
    rows = screen_of(picture, 3, 1)
    shown.show(whole(rows))
    assert shown.terminal.sixels == [(3, 1, 12, 25)]
    box = Strip([Segment("xx", INK)])
    covered = [
        Strip.join([row.crop(0, 5), box, row.crop(7, WIDTH)]) if 2 <= y < 5 else row for y, row in enumerate(rows)
    ]
    shown.show(whole(covered))
    shown.assert_shows(covered)
    shown.show(whole(rows))
    assert shown.terminal.sixels[1:] == [(5, 2, 4, 15)]
    shown.assert_shows(rows)


def test_a_picture_that_nobody_holds_is_blank() -> None:
    shown = Shown(KittyOutput)
    strips = shown.add(1, 4, 3)
    shown.pictures.clear()
    shown.show(whole(screen_of(strips)))
    assert shown.terminal.area is None and shown.sent.isascii()


def test_without_an_output_pieces_are_blank() -> None:
    stage = Stage(erases_in_colour=True)
    frame = stage.frame(whole(screen_of(piece_strips(5, 4, 3, INK), text=".")), SIZE, CONSOLE)
    assert frame.text.isascii() and "...." in frame.text


def test_in_a_row_that_textual_writes_pieces_are_blank() -> None:
    shown = Shown(SixelOutput)
    strip = shown.add(1, 4, 1)[0]
    link = Strip([Segment("docs", Style(link="https://example.org"))])
    rows = [Strip.join([strip, link]).adjust_cell_length(WIDTH), *screen_of([])[1:]]
    shown.show(whole(rows))
    assert "docs" in shown.terminal.text and shown.terminal.area is None


@given(st.binary(min_size=1, max_size=10_000))
def test_chunks_are_put_together_again(data: bytes) -> None:
    sequences = transmission(9, data, 30, 20)
    parts = [sequence[3:-2].partition(";") for sequence in sequences]
    assert b64decode("".join(part for _, _, part in parts), validate=True) == data
    assert parts[0][0].startswith("a=T,U=1,f=100,i=9,c=30,r=20,q=2,m=")
    assert all(head == f"q=2,m={int(at < len(parts) - 1)}" for at, (head, _, _) in enumerate(parts) if at)
    assert all(len(part) <= 4096 for _, _, part in parts)


def test_every_placeholder_is_another() -> None:
    assert MOST_CELLS == 297
    assert len({placeholder(row, column) for row in (0, 5, 296) for column in range(MOST_CELLS)}) == 3 * MOST_CELLS
    assert placeholder(0, 296) == "\U0010eeee\u0305\U0001d244"


def test_tmux_hands_it_on() -> None:
    assert through_tmux("\x1b_Ga=d\x1b\\") == "\x1bPtmux;\x1b\x1b_Ga=d\x1b\x1b\\\x1b\\"
    shown = Shown(KittyOutput, in_tmux=True)
    frame = shown.stage.frame(whole(screen_of(shown.add(0, 4, 2))), SIZE, CONSOLE)
    assert frame.before.startswith("\x1bPtmux;\x1b\x1b_Ga=T,") and "\x1bPtmux" not in frame.text


def test_numbers_are_colours() -> None:
    album = Album(first=(1 << 24) - 2)
    numbers = [album.add(partial(made, drawn(0, 1, 1), kitty=True)).number for _ in range(3)]
    assert numbers == [(1 << 24) - 1, 1, 2]
