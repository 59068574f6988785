"""Files that are there whole or not at all: written beside their place, under a name that nobody can have taken."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

_SHARED = stat.S_ISVTX | stat.S_IWOTH
_MOST_LINKS = 40  # as Linux has it
_MOST_NUMBERS = 10_000


class PartFile:
    """A new file in a directory, under a name of its own until it has become another one.

    What was written is stored by then; whoever opens one closes it, by `part_file`.
    """

    def __init__(self, directory: Path) -> None:
        self.path = directory / f".tbtui-{secrets.token_hex(8)}.part"
        # With O_EXCL a link that somebody put there is an error, and leads nowhere.
        self._descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        self._is_taken = False

    def binary(self) -> BinaryIO:
        """The stream to write it with, which is to be closed before it takes a place."""
        self._is_taken = True
        return os.fdopen(self._descriptor, "wb")

    def text(self) -> TextIO:
        """As `binary`, for text; what is no UTF-8 in names is written as the bytes it was."""
        self._is_taken = True
        return os.fdopen(self._descriptor, "w", encoding="utf-8", errors="surrogateescape", newline="")

    def allow(self, mode: int) -> None:
        """Let those read and write it that `mode` says, before anything is in it."""
        os.fchmod(self._descriptor, mode)

    def replace(self, target: Path) -> None:
        """Take the place of whatever is called `target`; a link is replaced, not followed."""
        self.path.replace(target)

    def become(self, target: Path) -> None:
        """Be the file `target`, which is new.

        Raises:
            FileExistsError: there is something of this name, be it a link that leads nowhere.
        """
        try:
            os.link(self.path, target)
        except FileExistsError:
            raise
        except OSError:  # no hard links on this file system: take the name first, then the place
            os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666))
            try:
                self.path.replace(target)
            except OSError:
                target.unlink(missing_ok=True)
                raise

    def become_one(self, target: Path) -> Path:
        """Be a new file called `target`, or `name-2.csv`, ... where there is one already; returns which.

        Raises:
            FileExistsError: there are thousands of that name.
        """
        for number in range(1, _MOST_NUMBERS + 1):
            path = target if number == 1 else target.with_name(f"{target.stem}-{number}{target.suffix}")
            try:
                self.become(path)
            except FileExistsError:
                continue
            return path
        raise FileExistsError(f"{_MOST_NUMBERS} files called {target.stem} already")

    def discard(self) -> None:
        """Take away what has no other name."""
        if not self._is_taken:
            os.close(self._descriptor)
        self.path.unlink(missing_ok=True)


@contextmanager
def part_file(directory: Path) -> Iterator[PartFile]:
    """A part file, which is gone at the end unless it took a place.

    Raises:
        OSError: none can be made there.
    """
    part = PartFile(directory)
    try:
        yield part
    finally:
        part.discard()


def followed(path: Path) -> Path:
    """The file that a path which the user named means: where it is a link, what that leads to.

    Raises:
        PermissionError: it is a link that another user put into a directory that all may write to, as /tmp is; Linux
            would not follow it either, where fs.protected_symlinks is on.
        OSError: it leads in circles.
    """
    for _ in range(_MOST_LINKS):
        if not path.is_symlink():
            return Path(os.path.realpath(path))
        link, place = path.lstat(), path.parent.stat()
        if place.st_mode & _SHARED == _SHARED and link.st_uid not in (os.geteuid(), place.st_uid):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        path = path.parent / path.readlink()
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


def write_new(target: Path, data: bytes) -> None:
    """Write a new file.

    Raises:
        FileExistsError: there is something of this name.
        OSError: it cannot be written; then it is not there.
    """
    with part_file(target.parent) as part:
        with part.binary() as stream:
            stream.write(data)
        part.become(target)
