"""Opens files that are to be read: regular ones, and no other kind."""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader, FileIO
from pathlib import Path


def open_regular(path: str) -> BufferedReader:
    """The file at `path`. A FIFO or device would keep its reader waiting, perhaps for ever.

    Raises:
        OSError: there is no regular file, or it cannot be read; `strerror` says why.
    """
    try:
        file = open(path, "rb", opener=_open_at_once)  # noqa: SIM115
    except ValueError as error:  # a NUL in the path
        raise OSError(errno.EINVAL, "no file can have that name") from error
    _check(file)
    return file


def open_unbuffered(path: str | Path) -> FileIO:
    """The same, without a buffer: for a file that grows, in whose place something else may be by now.

    Raises:
        OSError: as above.
    """
    file = FileIO(path, opener=_open_at_once)
    _check(file)
    return file


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def _check(file: FileIO | BufferedReader) -> None:
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "no regular file")
