"""A short look at a value of a plugin that nobody here knows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from tui.analysis.tensor_summary import Element, TensorSummary, summarised
from tui.model import BlobRef
from tui.reader.payload import PayloadError, read_tensor
from tui.render.cells import fit
from tui.render.cells import width as width_of
from tui.render.numbers import bytes_, count, number
from tui.render.text import printable

MOST_BYTES = 256 << 20
_GAP = "  "
_CELL_MOST = 24


@dataclass(frozen=True, slots=True)
class Preview:
    """What a value is; `size` the bytes of its record."""

    tensor: TensorSummary
    size: int


def read_preview(ref: BlobRef) -> Preview:
    """The preview of a blob.

    Raises:
        PayloadError: as `read_tensor`, or it is too large.
    """
    if ref.length > MOST_BYTES:
        raise PayloadError(f"{ref.path}: a value of {bytes_(ref.length)}, {bytes_(MOST_BYTES)} at most")
    return Preview(summarised(read_tensor(ref)), ref.length)


def facts(preview: Preview) -> str:
    """Dtype, shape, bytes and extremes in a line."""
    tensor = preview.tensor
    parts = [f"{tensor.dtype} {list(tensor.shape)}", bytes_(preview.size)]
    if tensor.low is not None and tensor.mean is not None and tensor.high is not None:
        parts += [f"min {number(tensor.low)}", f"mean {number(tensor.mean)}", f"max {number(tensor.high)}"]
    if tensor.not_finite:
        parts.append(f"{count(tensor.not_finite)} NaN or infinite")
    return _GAP.join(parts)


def value_lines(preview: Preview, cells: int) -> list[str]:
    """The first values in columns, as many as fit in `cells`; more of them are told of by `…`."""
    tensor = preview.tensor
    if not tensor.rows:
        return ["no values"]
    texts = [[_text(value) for value in row] for row in tensor.rows]
    columns = tensor.shape[-1] if tensor.shape else 1
    most = max(cells - 2, 1) if columns == 1 else min(_CELL_MOST, max(cells - 2, 1))
    size = min(max(width_of(text) for row in texts for text in row), most)
    fitting = max(1, (cells - 2 + len(_GAP)) // (size + len(_GAP)))
    align: Literal["left", "right"] = "left" if tensor.dtype == "string" else "right"
    more = " …" if columns > min(fitting, len(texts[0])) else ""
    lines = [_GAP.join(fit(text, size, align=align) for text in row[:fitting]) + more for row in texts]
    total = math.prod(tensor.shape[:-1])
    return [*lines, *([f"… {count(total - len(lines))} more rows"] if total > len(lines) else [])]


def _text(value: Element) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return number(value)
    return printable(str(value))
