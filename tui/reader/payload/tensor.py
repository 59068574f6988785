"""Any tensor, for plugins that nobody here knows."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from tui.model import BlobRef
from tui.reader.payload.record import read_value, tensor_of


def read_tensor(ref: BlobRef) -> npt.NDArray[Any]:
    """A tensor in its shape: numbers of its dtype (bfloat16 as float32), strings as an object array of bytes.

    Raises:
        PayloadError: as `read_value`, or the value is no tensor or one that does not fit its shape.
    """
    return tensor_of(ref, read_value(ref))
