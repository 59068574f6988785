"""The small pictures of an embedding's points."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.tui.app.embeddings import words
from tests.tui.app.screens import opened, shown, until
from tui.app import sprites
from tui.app.sprites import SpriteFile, SpriteQuery, sprite_query
from tui.model import Embedding
from tui.reader.payload import PayloadError


def sprite(path: Path, *, across: int = 5, count: int = 24, size: tuple[int, int] = (4, 2)) -> str:
    """Pictures in rows; all pixels of a point's picture have its number as their grey."""
    rows = -(-count // across)
    numbers = np.arange(rows * across, dtype=np.uint8).reshape(rows, across)
    Image.fromarray(numbers.repeat(size[1], axis=0).repeat(size[0], axis=1)).save(path)
    return str(path)


def test_a_picture_is_cut_out_of_the_sprite(tmp_path: Path) -> None:
    path, files = sprite(tmp_path / "sprite.png"), SpriteFile()
    for point in (0, 4, 5, 23):
        found = files.picture(SpriteQuery(path, (4, 2), point))
        assert (found.facts.size, found.is_whole) == ((4, 2), True)
        np.testing.assert_array_equal(found.pixels, np.full((2, 4, 1), point, np.uint8))
    sprite(tmp_path / "sprite.png", across=3)
    os.utime(tmp_path / "sprite.png", ns=(1, 1))
    assert files.picture(SpriteQuery(path, (4, 2), 23)).pixels.max() == 23  # it is read again


@pytest.mark.parametrize("size, point", [((4, 2), 25), ((21, 2), 0), ((4, 11), 0)])
def test_a_picture_that_is_not_there(tmp_path: Path, size: tuple[int, int], point: int) -> None:
    path = sprite(tmp_path / "sprite.png")
    with pytest.raises(PayloadError, match=rf"sprite.png: no picture of point {point} of {size[0]}x{size[1]} pixels"):
        SpriteFile().picture(SpriteQuery(path, size, point))


def test_a_sprite_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.png").write_text("no picture")
    with pytest.raises(PayloadError, match="no picture"):
        SpriteFile().picture(SpriteQuery(str(tmp_path / "x.png"), (4, 2), 0))
    with pytest.raises(PayloadError, match=r"lost\.png: No such file"):
        SpriteFile().picture(SpriteQuery(str(tmp_path / "lost.png"), (4, 2), 0))
    monkeypatch.setattr(sprites, "MOST_BYTES", 9)
    with pytest.raises(PayloadError, match="a sprite of more than 9 bytes"):
        SpriteFile().picture(SpriteQuery(str(tmp_path / "x.png"), (4, 2), 0))


@pytest.mark.parametrize("size", [(), (4,), (0, 4), (4, 2, 1)])
def test_a_sprite_without_a_size_has_no_pictures(size: tuple[int, ...]) -> None:
    assert sprite_query(Embedding("words", (), "t", None, None, "sprite.png", size), 3) is None
    assert sprite_query(Embedding("words", (), "t", None, None, None, (4, 2)), 3) is None


async def test_the_picture_of_the_point_at_the_cursor(tmp_path: Path) -> None:
    directory = words(tmp_path)
    sprite(directory / "sprite.png", size=(32, 16))
    config = directory / "projector_config.pbtxt"
    named = 'bookmarks_path: "b.txt" sprite { image_path: "sprite.png" single_image_dim: [32, 16] } }'
    config.write_text(config.read_text().rstrip().removesuffix("}") + named)
    async with opened(tmp_path, size=(150, 40)) as pilot:
        await pilot.press("2", "enter")
        await until(pilot, lambda: "There are bookmarks" in shown(pilot, "#projection"))
        await pilot.press("end")
        await until(pilot, lambda: "nearest by" in shown(pilot, "#projection"))
        lines = shown(pilot, "#projection").splitlines()
        nearest = next(at for at, line in enumerate(lines) if "nearest by" in line)
        field = next(at for at, line in enumerate(lines) if "size " in line[-42:])
        assert nearest - field == 2 + 8 + 1  # 16 pixels in 8 lines
        (directory / "sprite.png").write_text("none any more")
        await pilot.press("comma")
        await until(pilot, lambda: "13 bytes that are no picture" in shown(pilot, "#projection"))
