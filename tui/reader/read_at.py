"""Reads bytes at a place in a file, all of them."""

from __future__ import annotations

import os
from io import FileIO


def read_at(file: FileIO, length: int, offset: int) -> bytes:
    """The bytes there; fewer only where the file ends: a file system may give them in parts.

    Raises:
        OSError: they cannot be read.
    """
    data = os.pread(file.fileno(), length, offset)
    while data and len(data) < length:
        more = os.pread(file.fileno(), length - len(data), offset + len(data))
        if not more:
            break
        data += more
    return data
