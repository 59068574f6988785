"""Opens files that are to be read whole or from the start: regular ones, and no other kind."""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader


def open_regular(path: str) -> BufferedReader:
    """The file at `path`. A FIFO or device would keep its reader waiting, perhaps for ever.

    Raises:
        OSError: there is no regular file, or it cannot be read; `strerror` says why.
    """
    try:
        file = open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK))  # noqa: SIM115
    except ValueError as error:  # a NUL in the path
        raise OSError(errno.EINVAL, "no file can have that name") from error
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "no regular file")
    return file
