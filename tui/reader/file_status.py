"""What a file system answers about a file, where another client of a file server may change it at any time."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from typing import TypeVar

_Argument = TypeVar("_Argument")
_Result = TypeVar("_Result")


def once_more_if_stale(do: Callable[[_Argument], _Result], argument: _Argument) -> _Result:
    """What `do` returns. Another client of a file server may have replaced the file: looked up anew, it is found."""
    try:
        return do(argument)
    except OSError as error:
        if error.errno != errno.ESTALE:
            raise
    return do(argument)


def opened_status(path: str) -> os.stat_result:
    """What a stat shows of a file that was opened: the truth, where one that was not is answered from memory."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        return os.fstat(descriptor)
    finally:
        os.close(descriptor)


def is_gone(path: str) -> bool:
    """Whether there is no such file."""
    try:
        os.stat(path)  # noqa: PTH116 - a plain string
    except (FileNotFoundError, NotADirectoryError):
        return True
    return False
