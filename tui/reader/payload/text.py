"""Texts: Markdown, or tables of it."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from tui.model import BlobRef
from tui.reader.payload.record import read_value, strings_of


def read_text(ref: BlobRef) -> npt.NDArray[Any]:
    """A text as an object array of str, in the shape it was logged: () and [n] are Markdown, [n, m] is a table.

    Raises:
        PayloadError: as `read_value`, or the value is no string tensor.
    """
    array = strings_of(ref, read_value(ref))
    flat = array.reshape(-1)
    # Text is decoded in place: `array` is this call's own.
    flat[:] = [item.decode("utf-8", errors="replace") for item in flat.tolist()]
    return array
