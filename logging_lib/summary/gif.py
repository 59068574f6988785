"""Frames -> an animated GIF: each frame whole and with the colors that suit it, looping for ever.

Pillow's own writer of animations merges equal frames into one, so that a reader counts fewer than were logged. Here
it compresses and chooses colors; the file around that is written here. Source: the GIF89a specification, and for the
loop Netscape's application extension.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from logging_lib.summary.pixels import Bytes

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_SIDE = 0xFFFF
_MAX_DELAY = 0xFFFF
# Browsers play what should last 0.01 s ten times slower, so the fastest is 50 frames a second.
_MIN_DELAY = 2
_COLORS = 256
_CODE_BITS = 8
_LOOP = b"!\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<HB", 0, 0)
_TRAILER = b";"
# Two rounds bring the root mean square of the error to 0.8 (photos) to 1.2 (smooth gradients) of what Pillow's median
# cut leaves, in 0.4 (128 x 128 pixels) to 0.1 (512 x 512) of its time. Its k-means leaves an eighth less at best, and
# takes four to ten times as long as median cut.
_REFINEMENTS = 2


def checked_fps(fps: float) -> float:
    """Frames a second as a float.

    Raises:
        TypeError, ValueError: no number, not above 0, or so few that a frame would last longer than a GIF can tell.
    """
    number = float(fps)
    if not 100 / _MAX_DELAY <= number < float("inf"):
        raise ValueError(f"fps {fps} is not at least 1 in {_MAX_DELAY / 100} s")
    return number


def delays(frames: int, fps: float) -> list[int]:
    """How long each frame is shown, in 0.01 s: the roundings even out, so that the whole lasts frames / fps.

    Above 50 frames a second it lasts longer: viewers do not play faster.
    """
    starts = np.rint(np.arange(frames + 1) * max(100 / fps, _MIN_DELAY)).astype(int)
    durations: list[int] = np.diff(starts).tolist()
    return durations


def gif(frames: Iterable[Bytes], durations: Sequence[int]) -> bytes:
    """A GIF of frames [height, width, 1 or 3], grey or RGB, all of one size.

    A frame of up to 256 colors is exact; of more, it is as near as `_quantized` comes.
    """
    parts: list[bytes] = []
    common: bytes | None = None
    for frame, duration in zip(frames, durations, strict=True):
        table, indices = _indexed(frame)
        if common is None:
            common = table
            parts += _header(frame.shape[1], frame.shape[0], common)
        parts += _frame(indices, duration, b"" if table == common else table)
    return b"".join([*parts, _TRAILER])


def _header(width: int, height: int, table: bytes) -> list[bytes]:
    return [b"GIF89a", struct.pack("<HHBBB", width, height, 0x80 | _table_size(table), 0, 0), table, _LOOP]


def _frame(indices: Bytes, duration: int, table: bytes) -> list[bytes]:
    """Extension, descriptor and data of a frame; the file's own color table where this one is empty."""
    from PIL import Image

    height, width = indices.shape
    flags = 0x80 | _table_size(table) if table else 0
    return [
        b"!\xf9\x04" + struct.pack("<BHBB", 0, duration, 0, 0),
        b"," + struct.pack("<HHHHB", 0, 0, width, height, flags),
        table,
        bytes([_CODE_BITS]),
        Image.fromarray(np.ascontiguousarray(indices)).tobytes("gif", "L", _CODE_BITS, 0),
        b"\0",
    ]


def _table_size(table: bytes) -> int:
    """A color table's size as its flags have it: 2 ** (size + 1) colors."""
    return (len(table) // 3 - 1).bit_length() - 1


def _indexed(frame: Bytes) -> tuple[bytes, Bytes]:
    """A color table, and each pixel's index in it."""
    from PIL import Image

    if frame.shape[2] == 1:
        return _table(np.arange(_COLORS, dtype=np.uint8).repeat(3).reshape(_COLORS, 3)), frame[..., 0]
    picture = Image.fromarray(np.ascontiguousarray(frame))
    colors: Any = picture.getcolors(_COLORS)
    if colors is None:
        return _quantized(picture)
    palette = np.array(sorted(color for _, color in colors), np.uint8)
    return _table(palette), np.searchsorted(_numbers(palette), _numbers(frame)).astype(np.uint8)


def _numbers(colors: Bytes) -> npt.NDArray[np.integer]:
    """One number for each color of [..., 3], in the order of the colors."""
    wide = colors.astype(np.uint32)
    return wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2]


def _table(palette: Bytes) -> bytes:
    """[n, 3] as a color table, which has 2, 4, 8 ... 256 entries."""
    entries = max(2, 1 << (len(palette) - 1).bit_length())
    return palette.tobytes().ljust(3 * entries, b"\0")


def _quantized(picture: Image) -> tuple[bytes, Bytes]:
    """256 colors by an octree, then moved twice to the mean of the pixels that are nearest to them (k-means)."""
    from PIL.Image import Dither, Quantize

    pixels = np.asarray(picture).reshape(-1, 3)
    chosen = picture.quantize(_COLORS, method=Quantize.FASTOCTREE)
    nearest = picture.quantize(palette=chosen, dither=Dither.NONE)
    for _ in range(_REFINEMENTS):
        nearest = picture.quantize(palette=_means(pixels, nearest), dither=Dither.NONE)
    return _table(_palette(nearest)), np.asarray(nearest)


def _means(pixels: Bytes, nearest: Image) -> Image:
    """An image whose palette is the mean color of the pixels at each index; that of no pixel stays."""
    from PIL import Image

    palette = _palette(nearest)
    indices = np.asarray(nearest).reshape(-1)
    counts = np.bincount(indices, minlength=len(palette))
    sums = np.stack([np.bincount(indices, pixels[:, band], len(palette)) for band in range(3)], axis=1)
    used = counts > 0
    palette[used] = np.rint(sums[used] / counts[used, np.newaxis])
    moved = Image.new("P", (1, 1))
    moved.putpalette(palette.tobytes())
    return moved


def _palette(picture: Image) -> Bytes:
    return np.array(picture.getpalette(), np.uint8).reshape(-1, 3)
