"""Writes a file that is never seen half done."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path


def write_whole(path: Path, pieces: Iterable[bytes]) -> None:
    """Replace the file at `path`, which is the old one until all pieces of the new one are written.

    Raises:
        OSError: it could not be written; the old one is still there.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with temporary.open("xb") as file:
            file.writelines(pieces)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
