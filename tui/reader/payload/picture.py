"""Images as arrays of pixels: decoded by Pillow, within limits, and made smaller on the way where that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tui.model import BlobRef
from tui.reader.payload.image import read_image
from tui.reader.payload.record import PayloadError

if TYPE_CHECKING:
    from PIL import Image

MOST_PIXELS = 16_000_000
MOST_FRAMES = 10_000
_MOST_IN_FRAMES = 16 * MOST_PIXELS
"""Pixels of the frames before one, which have to be decoded for it."""
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
_AS_IT_IS = ("L", "LA", "RGB", "RGBA")
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What a picture is: its `size`, width and height; `format` and `mode` as Pillow calls them; how many `frames` it
    has, and how many `encoded` bytes; and how many pictures (`items`) there are in its entry."""

    size: Size
    format: str
    mode: str
    frames: int
    items: int
    encoded: int


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Picture:
    """One picture of an entry.

    `pixels` [height, width, channels] are grey, grey and alpha, RGB or RGBA, uint8, or uint16 for grey of 16 bits; or
    the same made smaller. It is the entry's picture `item`, and of that the frame `frame`.
    """

    pixels: npt.NDArray[Any]
    facts: PictureFacts
    item: int = 0
    frame: int = 0

    @property
    def nbytes(self) -> int:
        """Bytes that it takes in memory."""
        return self.pixels.nbytes

    @property
    def is_whole(self) -> bool:
        """Whether it has all of its pixels."""
        return self.pixels.shape[1::-1] == self.facts.size


def read_picture_facts(ref: BlobRef, item: int = 0) -> PictureFacts:
    """What a picture of an entry is, by its header. Arguments and errors are those of `read_picture`."""
    with _opened(ref, item) as (_, facts):
        return facts


def read_picture(
    ref: BlobRef, item: int = 0, frame: int = 0, smaller: Callable[[Size], Size | None] = lambda size: None
) -> Picture:
    """A picture of an entry; places beyond the last are the last.

    Args:
        item: which of the entry's pictures; -1 is the last.
        frame: which frame, where that one moves; -1 is the last.
        smaller: given the size, what it is reduced to (each pixel the mean of those in its area); None for not at all.

    Raises:
        PayloadError: as `read_image`, or it is no picture, a damaged one, or a larger one than MOST_PIXELS.
    """
    with _opened(ref, item) as (image, facts):
        _check_size(facts.size)
        at = _place(frame, facts.frames)
        _seek(image, at)
        return Picture(_pixels(image, smaller(facts.size)), facts, _place(item, facts.items), at)


def decode_picture(encoded: bytes) -> Picture:
    """The picture that a file's bytes are; of one that moves, its first frame.

    Raises:
        PayloadError: it is no picture, a damaged one, or a larger one than MOST_PIXELS.
    """
    with _image(encoded, 1) as (image, facts):
        _check_size(facts.size)
        return Picture(_pixels(image, None), facts)


@contextmanager
def _opened(ref: BlobRef, item: int) -> Iterator[tuple[Image.Image, PictureFacts]]:
    items = read_image(ref)
    if not items:
        raise PayloadError("no pictures in this entry")
    with _image(items[_place(item, len(items))], len(items)) as opened:
        yield opened


@contextmanager
def _image(encoded: bytes, items: int) -> Iterator[tuple[Image.Image, PictureFacts]]:
    """Pillow's image, nothing of it decoded yet; whatever goes wrong with it becomes a PayloadError."""
    from PIL import Image  # not before there is an image: start-up does without it

    # Ours is lower and is checked first; Pillow's own would put a warning on the screen.
    Image.MAX_IMAGE_PIXELS = None
    try:
        is_gif = encoded.startswith((b"GIF87a", b"GIF89a"))
        file = BytesIO(encoded)
        with _bounded_gif()(file) if is_gif else Image.open(file, formats=_FORMATS) as image:
            format, mode = image.format or "", image.mode
            yield image, PictureFacts(image.size, format, mode, _frames(image), items, len(encoded))
    except PayloadError:
        raise
    except Exception as error:
        raise PayloadError(_why(encoded, error)) from error


def _place(wanted: int, count: int) -> int:
    """The last for a place beyond it, and for -1."""
    return count - 1 if wanted < 0 else min(wanted, count - 1)


def _check_size(size: Size) -> None:
    width, height = size
    if width * height > MOST_PIXELS:
        most = MOST_PIXELS // 1_000_000
        raise PayloadError(f"{width}x{height}: {width * height / 1e6:.0f} megapixels, more than {most}")


def _frames(image: Image.Image) -> int:
    """How many frames there are, at most `MOST_FRAMES`."""
    return min(int(getattr(image, "n_frames", 1)), MOST_FRAMES)


def _seek(image: Image.Image, frame: int) -> None:
    if not frame:
        return
    pixels = frame * image.width * image.height
    for at in range(1, frame + 1):
        if pixels > _MOST_IN_FRAMES:
            raise PayloadError(
                f"frame {frame + 1} needs all before it: more than {_MOST_IN_FRAMES // 1_000_000} megapixels"
            )
        before = image.width * image.height
        image.seek(at)
        pixels += (frame - at + 1) * (image.width * image.height - before)


@cache
def _bounded_gif() -> Callable[[BytesIO], Image.Image]:
    """Pillow's GIFs grow with a frame that is larger, and make room for what takes its place as soon as they meet it,
    the first one while they are opened: these refuse."""
    from PIL.GifImagePlugin import GifImageFile

    class BoundedGif(GifImageFile):
        @property
        def _size(self) -> Size:
            return self.__dict__["_size"]  # type: ignore[no-any-return]

        @_size.setter
        def _size(self, size: Size) -> None:
            _check_size(size)
            self.__dict__["_size"] = size

    return BoundedGif


def _pixels(image: Image.Image, size: Size | None) -> npt.NDArray[Any]:
    if image.mode.startswith("I"):
        return _of_sixteen_bits(image, size)
    plain = _plain(image)
    if size is not None:
        from PIL import Image

        plain = plain.resize(size, Image.Resampling.BOX)
    array = np.asarray(plain)
    return array[:, :, None] if array.ndim == 2 else array


def _plain(image: Image.Image) -> Image.Image:
    """The image in one of the modes that are kept: palettes are resolved, other colour spaces become RGB."""
    if "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode in _AS_IT_IS:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _of_sixteen_bits(image: Image.Image, size: Size | None) -> npt.NDArray[Any]:
    array = np.asarray(image).astype(np.uint16)
    if size is not None:
        from PIL import Image

        reduced = Image.fromarray(array.astype(np.float32)).resize(size, Image.Resampling.BOX)
        array = np.asarray(reduced).round().astype(np.uint16)
    return array[:, :, None]


def _why(encoded: bytes, error: Exception) -> str:
    from PIL import UnidentifiedImageError

    if isinstance(error, UnidentifiedImageError):
        return f"{len(encoded)} bytes that are no picture ({', '.join(_FORMATS)})" if encoded else "an empty picture"
    return f"a damaged picture: {error}" if str(error) else f"a damaged picture: {type(error).__name__}"
