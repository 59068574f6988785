"""The small pictures of an embedding's points: cut out of the sprite, one file that has them all in rows."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import NamedTuple

from tui.model import Embedding
from tui.reader.payload import PayloadError
from tui.reader.payload.picture import Picture, decode_picture
from tui.reader.regular_file import open_regular

MOST_BYTES = 64 << 20
"""Of a sprite's file."""


class SpriteQuery(NamedTuple):
    """The picture of a point, by its place in the file of points: `size` are its width and height in pixels."""

    path: str
    size: tuple[int, int]
    point: int


def sprite_query(embedding: Embedding, point: int) -> SpriteQuery | None:
    """Where the picture of a point is; None without a sprite."""
    size = embedding.sprite_size
    if embedding.sprite_path is None or len(size) != 2 or min(size) < 1:
        return None
    return SpriteQuery(embedding.sprite_path, (int(size[0]), int(size[1])), point)


class SpriteFile:
    """Reads sprites, and holds the last one, until its file is written anew."""

    def __init__(self) -> None:
        self._last: tuple[tuple[str, int, int], Picture] | None = None

    def picture(self, query: SpriteQuery) -> Picture:
        """The picture of a point. They lie in rows, from the left, as many as the sprite is wide for.

        Raises:
            PayloadError: the sprite cannot be read, or has no picture of this point.
        """
        sprite = self._sprite(query.path)
        width, height = query.size
        across = sprite.facts.size[0] // width
        row, column = divmod(query.point, across) if across else (0, 0)
        pixels = sprite.pixels[row * height : (row + 1) * height, column * width : (column + 1) * width]
        if not across or pixels.shape[:2] != (height, width):
            raise PayloadError(f"{query.path}: no picture of point {query.point} of {width}x{height} pixels")
        return Picture(pixels.copy(), replace(sprite.facts, size=query.size))

    def _sprite(self, path: str) -> Picture:
        try:
            with open_regular(path) as file:
                status = os.fstat(file.fileno())
                stamp = path, status.st_mtime_ns, status.st_size
                if self._last is not None and self._last[0] == stamp:
                    return self._last[1]
                self._last = None  # its memory is free for the next
                data = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise PayloadError(f"{path}: {error.strerror}") from error
        if len(data) > MOST_BYTES:
            raise PayloadError(f"{path}: a sprite of more than {MOST_BYTES} bytes")
        self._last = stamp, decode_picture(data)
        return self._last[1]
