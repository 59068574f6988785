"""What is said of pictures: size, kind, bytes; the value of a pixel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np

from tui.analysis.image_pixels import ImageDifference, Pixels
from tui.analysis.image_view import scale_text
from tui.reader.payload.picture import Picture, PictureFacts
from tui.render.cells import fit
from tui.render.numbers import bytes_, number, plural

Align: TypeAlias = Literal["left", "right"]
_MODES = {
    "1": "1 bit", "L": "grey", "LA": "grey+alpha", "P": "palette", "I;16": "grey 16", "I;16B": "grey 16", "I": "grey 16"
}  # fmt: skip
_COLUMNS: Sequence[tuple[int, Align]] = ((12, "left"), (11, "left"), (5, "left"), (9, "right"))


def mode_text(mode: str) -> str:
    """What Pillow's mode means."""
    return _MODES.get(mode, mode)


def size_text(facts: PictureFacts) -> str:
    """Width and height."""
    return f"{facts.size[0]}x{facts.size[1]}"


def row_text(facts: PictureFacts, cells: int) -> str:
    """A row's columns: size, mode, format, bytes, and how many pictures and frames where there are more than one."""
    columns = (size_text(facts), mode_text(facts.mode), facts.format, bytes_(facts.encoded))
    return fit("  ".join([_in_columns(columns, cells), *_many(facts)]), cells)


def row_heads(cells: int) -> str:
    """What stands above `row_text`."""
    return fit(_in_columns(("size", "pixels", "file", "bytes"), cells), cells)


def _in_columns(texts: Sequence[str], cells: int) -> str:
    """The texts in as many columns as there is room for, none of them in part; the first in any case."""
    fitted = [fit(text, wide, align=align) for text, (wide, align) in zip(texts, _COLUMNS, strict=True)]
    while len(fitted) > 1 and sum(map(len, fitted)) > cells:
        fitted.pop()
    return "".join(fitted)


def _many(facts: PictureFacts) -> list[str]:
    many = [(facts.items, "picture"), (facts.frames, "frame")]
    return [plural(count, noun) for count, noun in many if count > 1]


def facts_text(picture: Picture, scale: float) -> str:
    """The line under a picture: what it is, how large it is shown, which of the entry's pictures and frames it is."""
    facts = picture.facts
    parts = [f"{size_text(facts)} {mode_text(facts.mode)} {facts.format}", bytes_(facts.encoded)]
    parts.append(scale_text(scale))
    if facts.items > 1:
        parts.append(f"picture {picture.item + 1} of {facts.items}")
    if facts.frames > 1:
        parts.append(f"frame {picture.frame + 1} of {facts.frames}")
    return "  ".join(parts)


def pixel_text(pixels: Pixels, x: int, y: int) -> str:
    """The value of a pixel: its channels, and alpha where there is one."""
    values = np.asarray(pixels[y, x]).tolist()
    if len(values) in (2, 4):
        return f"{' '.join(map(str, values[:-1]))} alpha {values[-1]}"
    return " ".join(map(str, values))


def difference_texts(difference: ImageDifference) -> list[str]:
    """How different two pictures are, and how much brighter than that the difference is shown."""
    if not difference.max:
        return ["equal"]
    x, y = difference.at
    share = f"{100 * difference.share:.3g} % of pixels differ"
    return [f"max {difference.max} at {x} {y}", f"mean {number(difference.mean)}", share, f"shown x{difference.gain}"]


def fitting_text(texts: Sequence[str], cells: int) -> str:
    """As many of the texts as fit, two blanks apart; the first in any case."""
    kept = list(texts)
    while len(kept) > 1 and len("  ".join(kept)) > cells:
        kept.pop()
    return "  ".join(kept)
