"""Where a command's results go: stdout, or a file that appears whole or not at all."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO, TypeVar

from tui.cli.errors import CommandError
from tui.render.text import printable

_Stream = TypeVar("_Stream", TextIO, BinaryIO)


@contextmanager
def results(path: str | None) -> Iterator[TextIO]:
    """A text stream for results: the file at `path`, stdout where it is None.

    Names that are no valid UTF-8 are written as the bytes they are, except on a terminal. An error while writing
    leaves an earlier file at `path` as it was.

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


def _open_text(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", errors="surrogateescape", newline="")


def _open_binary(path: Path) -> BinaryIO:
    return path.open("wb")


@contextmanager
def _file(path: Path, opened: Callable[[Path], _Stream]) -> Iterator[_Stream]:
    target = path.resolve()
    if target.exists() and not target.is_file():
        # A device or a pipe is written to, never replaced.
        with opened(target) as stream:
            yield stream
        return
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with opened(partial) as stream:
            yield stream
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
