"""Where a command's results go: stdout, or a file that appears whole or not at all."""

from __future__ import annotations

import errno
import io
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO, TypeVar

from tui.cli.errors import CommandError
from tui.render.text import printable
from tui.whole_file import PartFile, followed, part_file

_Stream = TypeVar("_Stream", TextIO, BinaryIO)


@contextmanager
def results(path: str | None) -> Iterator[TextIO]:
    """A text stream for results: the file at `path`, stdout where it is None.

    Names that are no valid UTF-8 are written as the bytes they are, except on a terminal. An error while writing
    leaves an earlier file at `path` as it was; who may read that one may read the new one.

    Raises:
        CommandError: the stream cannot be written.
        BrokenPipeError: stdout was closed early.
    """
    with _errors_told(path):
        if path is None:
            yield _stdout()
            sys.stdout.flush()
        else:
            with _file(Path(path), _open_text) as stream:
                yield stream


@contextmanager
def binary_results(path: str | None) -> Iterator[BinaryIO]:
    """As `results`, for bytes.

    Raises:
        CommandError: the stream cannot be written.
        BrokenPipeError: stdout was closed early.
    """
    with _errors_told(path):
        if path is None:
            yield sys.stdout.buffer
            sys.stdout.flush()
        else:
            with _file(Path(path), _open_binary) as stream:
                yield stream


@contextmanager
def _errors_told(path: str | None) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CommandError(f"cannot write {printable(path or 'stdout')}: {error.strerror}") from error


def _stdout() -> TextIO:
    if isinstance(sys.stdout, io.TextIOWrapper):
        if sys.stdout.isatty():
            sys.stdout.reconfigure(errors="backslashreplace")
        else:
            sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")
    return sys.stdout


@contextmanager
def _file(path: Path, opened: Callable[[PartFile | Path], _Stream]) -> Iterator[_Stream]:
    """A stream for the file that was named: where that is a link, for the file it leads to."""
    target = followed(path)
    if target.exists() and not target.is_file():
        # A device or a pipe is written to, never replaced.
        with opened(target) as stream:
            yield stream
        return
    with part_file(target.parent) as part:
        if target.exists():
            if not os.access(target, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            part.allow(stat.S_IMODE(target.stat().st_mode) & 0o777)
        with opened(part) as stream:
            yield stream
        part.replace(target)


def _open_text(place: PartFile | Path) -> TextIO:
    if isinstance(place, PartFile):
        return place.text()
    return place.open("w", encoding="utf-8", errors="surrogateescape", newline="")


def _open_binary(place: PartFile | Path) -> BinaryIO:
    return place.binary() if isinstance(place, PartFile) else place.open("wb")
