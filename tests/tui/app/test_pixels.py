"""Images in pixels, from the log to a terminal that decodes them."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import struct
import sys
import termios
import time
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np
import pytest
from PIL import Image

from tests.terminal import Terminal
from tests.tui.app.pixel_terminal import PixelTerminal
from tests.tui.app.test_images import logged, squares, stored
from tests.tui.render.test_sixel import rounded
from tui.analysis.image_view import image_view
from tui.app.blobs import BlobCache
from tui.app.output.album import Album, CellSize, KittyPicture, SixelPicture
from tui.app.output.cell_size import cell_size
from tui.app.output.terminal_app import TerminalApp
from tui.app.picture_pixels import Encode
from tui.app.picture_reading import ReadDifference, ReadPicture
from tui.app.pictures import InPixels, Pictures
from tui.app.settings import Settings
from tui.app.terminal_kind import FULL, Pixels
from tui.app.theme import DARK
from tui.reader.payload.picture import read_picture
from tui.render.pieces import piece_of

CELL = CellSize(9, 18)
BACKGROUND = tuple(int(DARK.background[at : at + 2], 16) for at in (1, 3, 5))
LEFT, RIGHT, ENTER = b"\x1b[D", b"\x1b[C", b"\r"


class PixelSession(Terminal):
    """tbtui on a terminal with pixels."""

    @classmethod
    def of(cls, logdir: Path, images: str) -> Self:
        session = cls.tbtui(str(logdir), "--fresh", "--images", images, cell=CELL)
        session.pixels = PixelTerminal(100, 30, CELL)
        session.screen = session.pixels.screen
        session.decoder = codecs.getincrementaldecoder("utf-8")()
        return session

    pixels: PixelTerminal
    decoder: codecs.IncrementalDecoder

    def _take(self) -> None:
        data = os.read(self._master, 1 << 16)
        self.output += data
        self.pixels.feed(self.decoder.decode(data))

    def shows(self, expected: np.ndarray) -> bool:
        """Whether the only picture on the screen is this one, its pixels enlarged; beside it is background."""
        try:
            shown = None if self.pixels.area is None else self.pixels.picture(*self.pixels.area)
        except AssertionError:  # in the middle of a repaint, or never a picture: then time runs out
            return False
        if shown is None:
            return False
        for scale in (shown.shape[1] // len(expected) - 1, shown.shape[1] // len(expected)):
            size = scale * len(expected)
            large = expected.repeat(scale, axis=0).repeat(scale, axis=1)
            rest = shown.copy()
            rest[:size, :size] = self.background
            if shown.shape[0] >= size and (shown[:size, :size] == large).all() and (rest == self.background).all():
                return True
        return False

    background: np.ndarray | tuple[int, ...] = BACKGROUND


@pytest.mark.parametrize("images", ["kitty", "sixel"])
def test_a_session(tmp_path: Path, images: str) -> None:
    as_sent = rounded if images == "sixel" else np.asarray
    with PixelSession.of(logged(tmp_path), images) as session:
        session.background = as_sent(np.array(BACKGROUND))
        session.until_shown("2 Images")
        session.press(b"2")
        session.until_shown("samples")
        session.press(b"\x1b[F" + ENTER)  # the last tag
        of_step = {step: as_sent(squares(step)) for step in range(4)}  # those of the first run
        session.until(lambda: session.shows(of_step[3]))
        for keys, step in ((LEFT, 2), (LEFT, 1), (RIGHT, 2), (b"?", None), (b"?", 2), (b"1", None), (b"2", 2)):
            session.press(keys)
            if step is None:
                session.until(lambda: session.pixels.area is None)
            else:
                session.until(lambda: session.shows(of_step[step]))  # noqa: B023 - it is called at once
        session.until_silent(0.3)
        before = session.written
        session.press(b"y")  # nothing that concerns images
        session.read(0.3)
        assert session.written - before < 2000 and session.shows(of_step[2])
        session.press(b"q")
        assert session.end() == 0
        if images == "kitty":
            # Those that were shown before were still there: each was sent once.
            assert len(session.pixels.transmitted) == len(set(session.pixels.transmitted)) == 3
        assert session.pixels.images == {}
        assert session.output.rfind(b"\x1b_G") < session.output.rfind(b"\x1b[?1049l")
        assert not re.search(rb"\x1b_G[^;\x1b]*a=q", session.output)


@pytest.mark.parametrize("cell", [CELL, CellSize(8, 17), CellSize(20, 41)])
def test_a_picture_is_what_pillow_makes_of_it(tmp_path: Path, cell: CellSize) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (700, 900, 3)).astype(np.uint8)
    ref = stored(tmp_path, pixels)
    album, blobs = Album(), BlobCache()
    pictures = Pictures(blobs, in_pixels=InPixels(Pixels.KITTY, lambda: cell, album))
    room = pictures.room(60, 20)
    view = image_view((900, 700), room)
    width = min(round(900 * view.scale * cell.width), view.columns * cell.width)
    height = min(round(700 * view.scale * cell.width), view.rows * cell.height)
    scaled = Image.fromarray(pixels).resize(
        (width, height), Image.Resampling.BOX if width < 900 else Image.Resampling.BILINEAR
    )
    expected = np.full((view.rows * cell.height, view.columns * cell.width, 3), BACKGROUND, np.uint8)
    expected[:height, :width] = np.asarray(scaled)
    encode = Encode(view, Pixels.KITTY, cell, BACKGROUND, album)
    assert abs(width / height - 9 / 7) < 0.01
    reduced = pictures.reading(room=room)(ref)
    assert (encode.filled(reduced) == expected).all()
    assert (encode.filled(read_picture(ref)) == expected).all()
    kitty, sixel = encode(reduced), replace(encode, pixels=Pixels.SIXEL)(reduced)
    assert isinstance(kitty, KittyPicture) and isinstance(sixel, SixelPicture)
    assert (kitty.columns, kitty.rows) == (sixel.columns, sixel.rows) == (view.columns, view.rows)
    assert album.get(kitty.number) is kitty and kitty.number != sixel.number


def test_a_difference_in_pixels(tmp_path: Path) -> None:
    a, b = squares(0), squares(10)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    found = ReadDifference(stored(tmp_path / "b", b))(stored(tmp_path / "a", a))
    view = image_view(
        (8, 8), Pictures(BlobCache(), in_pixels=InPixels(Pixels.SIXEL, lambda: CELL, Album())).room(16, 8)
    )
    filled = Encode(view, Pixels.SIXEL, CELL, BACKGROUND, Album()).filled(found)
    expected = (np.abs(a.astype(int) - b) * found.difference.gain).clip(0, 255)
    assert (filled == expected.repeat(18, axis=0).repeat(18, axis=1)).all()


def test_a_mark_is_seen_on_everything(tmp_path: Path) -> None:
    picture = ReadPicture()(stored(tmp_path, squares(0)))
    view = image_view((8, 8), Pictures(BlobCache()).room(16, 4), 1, (4, 4))
    encode = Encode(view, Pixels.KITTY, CELL, BACKGROUND, Album())
    marked, plain = replace(encode, mark=(3, 1)).filled(picture), encode.filled(picture)
    changed = np.argwhere((marked != plain).any(axis=2))
    assert changed.min(axis=0).tolist() >= [18, 27 - 2] and changed.max(axis=0).tolist() < [36, 36 + 2]
    assert (marked[27, 31] == 255).all() and (marked[26, 34] == 0).all()


def test_without_a_stage_there_are_no_pixels() -> None:
    kind = replace(FULL, pixels=Pixels.KITTY)
    assert TerminalApp(Settings(images="kitty"), kind).kind.pixels is Pixels.KITTY
    assert TerminalApp(Settings(images="kitty", diff=False), kind).kind.pixels is None


def test_sixel_by_itself_only_where_the_size_of_cells_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = replace(FULL, pixels=Pixels.SIXEL)
    monkeypatch.setattr("tui.app.output.terminal_app.cell_size", lambda: None)
    assert TerminalApp(Settings(), kind).kind.pixels is None
    assert TerminalApp(Settings(images="sixel"), kind).kind.pixels is Pixels.SIXEL
    monkeypatch.setattr("tui.app.output.terminal_app.cell_size", lambda: CELL)
    assert TerminalApp(Settings(), kind).kind.pixels is Pixels.SIXEL


@pytest.mark.parametrize(
    ("window", "cell"),
    [
        ((30, 100, 900, 540), CellSize(9, 18)),
        ((30, 100, 904, 548), CellSize(9, 18)),  # with a margin around the cells
        ((30, 100, 0, 0), None),
        ((0, 0, 900, 540), None),
        ((30, 100, 80, 24), None),
    ],
)
def test_the_size_of_a_cell(
    monkeypatch: pytest.MonkeyPatch, window: tuple[int, int, int, int], cell: CellSize | None
) -> None:
    ours, theirs = pty.openpty()
    try:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *window))
        with open(theirs, "w", closefd=False) as terminal:
            monkeypatch.setattr(sys, "__stderr__", terminal)
            assert cell_size() == cell
    finally:
        os.close(ours)
        os.close(theirs)


def test_the_size_of_a_cell_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "file").open("w") as file:
        monkeypatch.setattr(sys, "__stderr__", file)
        assert cell_size() is None
    assert cell_size() is None  # closed
    monkeypatch.setattr(sys, "__stderr__", None)
    assert cell_size() is None


def test_pictures_are_made_on_the_worker_and_once(tmp_path: Path) -> None:
    album, blobs = Album(), BlobCache()
    cells = [CELL]
    pictures = Pictures(blobs, in_pixels=InPixels(Pixels.SIXEL, lambda: cells[0], album))
    picture = pictures.reading()(stored(tmp_path, squares(0)))
    room = pictures.room(30, 10)
    assert pictures.body(picture, room, DARK)[0].text.strip() == "reading…"  # asked for the first time
    while (found := pictures.shown(picture, room, DARK)) is None:
        time.sleep(0.001)
    assert pictures.shown(picture, room, DARK) == found
    piece = piece_of(next(style for text, style, _ in found[0] if text.strip()))
    assert piece is not None and isinstance(album.get(piece.number), SixelPicture)
    cells[0] = CellSize(10, 20)
    assert pictures.shown(picture, pictures.room(30, 10), DARK) is None  # other cells, another picture
    blobs.close()
