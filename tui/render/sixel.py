"""Pictures in sixel, a terminal's oldest way to show pixels: bands of six lines, a colour at a time, run by run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

MOST_COLOURS = 256
"""Every terminal that speaks sixel today has at least so many at a time."""
_BAND = 6
_SLAB = 48 * _BAND  # lines at a time: it bounds the memory that is taken on the way
_COLOUR, _COLUMN = 22, 6  # bits below the colour and below the column in the number that stands for a piece
_LONGEST_LITERAL = 3  # pieces: more of a kind are shorter as a run
MOST_ACROSS = 1 << (_COLOUR - _COLUMN)


@dataclass(frozen=True, slots=True, eq=False)
class Indexed:
    """A picture in few colours: `places` uint8[height, width] are rows of `palette` uint8[n, 3], RGB."""

    places: npt.NDArray[np.uint8]
    palette: npt.NDArray[np.uint8]

    def part(self, left: int, top: int, width: int, height: int) -> Indexed:
        """The pixels of a rectangle, in the same colours."""
        return Indexed(self.places[top : top + height, left : left + width], self.palette)


def indexed(rgb: npt.NDArray[np.uint8]) -> Indexed:
    """An RGB picture [height, width, 3] in at most MOST_COLOURS colours: its own, or those that suit it best.

    Nothing is dithered: what is of one colour must look so, and it would take many more bytes.
    """
    from PIL import Image  # not before there is an image: start-up does without it

    image, plain = Image.fromarray(rgb), Image.Dither.NONE
    if image.getcolors(MOST_COLOURS) is not None:
        found = image.quantize(MOST_COLOURS, method=Image.Quantize.MEDIANCUT, dither=plain)  # exact, if there are few
    else:
        # The octree finds colours soon, and assigns them badly.
        octree = image.quantize(MOST_COLOURS, method=Image.Quantize.FASTOCTREE, dither=plain)
        found = image.quantize(palette=octree, dither=plain)
    palette = np.array(found.getpalette(), np.uint8).reshape(-1, 3)
    return Indexed(np.asarray(found), palette)


def sixel(picture: Indexed) -> str:
    """The sequence that draws a picture with its upper left pixel in that of the cell at the cursor. Where the cursor
    is afterwards, terminals differ.

    Colours are rounded to hundredths of full brightness, for that is how sixel tells them.
    """
    height, width = picture.places.shape
    percent = (picture.palette.astype(np.int32) * 100 + 127) // 255
    used = np.unique(picture.places)
    registers = "".join(f"#{place};2;{';'.join(map(str, percent[place].tolist()))}" for place in used.tolist())
    # The first numbers: pixels are square, those that are not drawn stay as they are.
    return f'\x1bP0;1q"1;1;{width};{height}{registers}{"-".join(_bands(picture.places))}\x1b\\'


def _bands(places: npt.NDArray[np.uint8]) -> Iterator[str]:
    """Some bands at a time, without the sign that goes on to the next one behind the last."""
    for top in range(0, len(places), _SLAB):
        yield _written(_pieces(places[top : top + _SLAB]))


def _pieces(places: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """What there is to draw: for each band, colour and column with it, in this order, a number of these and of the
    lines of the band, as bits, that have the colour there."""
    height, width = places.shape
    missing = -height % _BAND
    whole = np.concatenate([places, np.zeros((missing, width), np.uint8)]) if missing else places
    lines = whole.reshape(-1, _BAND, width)
    bands, columns = np.arange(len(lines))[:, None], np.arange(width) << _COLUMN
    found = []
    for first in range(_BAND):
        colour = lines[:, first]
        is_first = np.ones(colour.shape, bool)
        for above in range(first):
            is_first &= lines[:, above] != colour
        bits = np.full(colour.shape, 1 << first, np.int64)
        for below in range(first + 1, _BAND):
            bits |= (lines[:, below] == colour).astype(np.int64) << below
        if missing:  # the last band is not drawn below the picture
            bits[-1] &= (1 << _BAND - missing) - 1
        pieces = bands << _COLOUR + 8 | colour.astype(np.int64) << _COLOUR | columns | bits
        found.append(pieces[is_first & (bits > 0)])
    return np.sort(np.concatenate(found))


def _written(pieces: npt.NDArray[np.int64]) -> str:
    """The pieces as runs: `$` goes back to the left edge for another colour, `-` to the next band."""
    colour, column = pieces >> _COLOUR, pieces >> _COLUMN & MOST_ACROSS - 1
    continues = (colour[1:] == colour[:-1]) & (pieces[1:] - pieces[:-1] == 1 << _COLUMN)
    starts = np.concatenate([[0], np.flatnonzero(~continues) + 1])
    lengths = np.diff(np.append(starts, len(pieces)))
    colour, left, sign = colour[starts], column[starts], pieces[starts] & 63
    is_new = np.concatenate([[True], colour[1:] != colour[:-1]])
    skipped = left - np.where(is_new, 0, np.concatenate([[0], (left + lengths)[:-1]]))
    texts = np.empty((len(starts), 3), object)
    texts[:, 0] = ""
    texts[is_new, 0] = _heads(colour[is_new])
    texts[:, 1] = _runs(skipped, np.zeros_like(sign))
    texts[:, 2] = _runs(lengths, sign)
    return "".join(texts.ravel().tolist())


def _heads(colours: npt.NDArray[np.int64]) -> list[str]:
    """What stands before each colour of each band."""
    found, before = [], int(colours[0]) >> 8
    for band, colour in zip((colours >> 8).tolist(), (colours & 255).tolist(), strict=True):
        found.append(f"{'$' if band == before else '-'}#{colour}")
        before = band
    found[0] = found[0][1:]
    return found


def _runs(lengths: npt.NDArray[np.int64], signs: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
    """Each sign so many times. Few differ, so each is made once."""
    wanted = lengths << _COLUMN | signs
    places = np.zeros(int(wanted.max()) + 1, np.int64)
    places[wanted] = 1
    different = np.flatnonzero(places)
    places[different] = np.arange(len(different))
    texts = np.array([_run(number >> _COLUMN, chr(63 + (number & 63))) for number in different.tolist()], object)
    return np.asarray(texts[places[wanted]])


def _run(length: int, sign: str) -> str:
    return sign * length if length <= _LONGEST_LITERAL else f"!{length}{sign}"
