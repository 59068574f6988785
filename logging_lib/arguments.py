"""Checks a call's arguments: what can never be written is a TypeError or ValueError that names the tag, in one line."""

from __future__ import annotations

import math
import os
import reprlib
import time
from types import TracebackType
from typing import SupportsFloat, SupportsInt, TypeGuard

_INT64 = 1 << 63


class About:
    """`with About(tag):` turns whatever is raised inside into a TypeError or ValueError that begins with the tag.

    Libraries of tensors raise RuntimeError, NotImplementedError and others for what is a bad argument here. A class,
    because a generator's context manager costs more than the rest of a call.
    """

    __slots__ = ("_call", "_tag")

    def __init__(self, tag: object = "", call: str = "") -> None:
        """Name the tag, or the call where it has no tag."""
        self._tag = tag
        self._call = call

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Name the error's subject; what is no Exception (Ctrl+C) passes."""
        if isinstance(error, Exception):
            tag = repr(self._tag) if isinstance(self._tag, str) else reprlib.repr(self._tag)
            message = " ".join(f"{self._call or f'tag {tag}'}: {error}".split())
            raise (TypeError if isinstance(error, TypeError) else ValueError)(message) from error


def check_tag(tag: object) -> None:
    """Refuse what no file can hold as a tag.

    Raises:
        TypeError: not a str.
        ValueError: a lone surrogate, which UTF-8 has not.
    """
    check_text("a tag", tag)


def check_text(name: str, text: object) -> None:
    """Refuse an argument that no file can hold as text.

    Raises:
        TypeError: not a str.
        ValueError: a lone surrogate, which UTF-8 has not.
    """
    if not isinstance(text, str):
        raise TypeError(f"{name} must be a str, got {type(text).__name__}")
    if not text.isascii():
        text.encode()


def check_number(name: str, value: object) -> None:
    """Refuse an option that is no number.

    Raises:
        TypeError: as it says.
    """
    if not isinstance(value, SupportsFloat):
        raise TypeError(f"{name} must be a number, got {type(value).__name__}")


def is_step(step: object) -> TypeGuard[int | None]:
    """Whether a step can be stored as it is."""
    return step is None or (type(step) is int and -_INT64 <= step < _INT64)


def as_step(step: SupportsInt | None) -> int | None:
    """A step as the file stores it.

    Raises:
        TypeError, ValueError, OverflowError: no integer can be made of it, or none of 64 bits.
    """
    if step is None:
        return None
    number = int(step)
    if not is_step(number):
        raise ValueError(f"step {number} does not fit in 64 bits")
    return number


def as_wall_time(wall_time: SupportsFloat | None) -> float:
    """Epoch seconds; now for None.

    Raises:
        TypeError: no number.
        ValueError: not finite: a reader of TensorBoard gives the whole file up for it.
    """
    if wall_time is None:
        return time.time()
    seconds = float(wall_time)
    if not math.isfinite(seconds):
        raise ValueError(f"walltime {seconds} is no time")
    return seconds


def check_run_name(name: object) -> None:
    """Refuse what cannot name a sub-run's directory.

    Raises:
        TypeError: not a str.
        ValueError: a null character, or characters that the file system cannot take.
    """
    if not isinstance(name, str):
        raise TypeError(f"a run's name must be a str, got {type(name).__name__}")
    if "\0" in name:
        raise ValueError(f"a run's name cannot hold a null character: {name!r}")
    os.fsencode(name)
