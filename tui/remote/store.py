"""What the ways to a remote directory have in common, whatever the protocol: listing, and reading from an offset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
# What is read at once, and appears in the mirror at once.
PIECE_BYTES = 1 << 21


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a listing, by its name relative to the logdir.

    `size` in bytes is None where a listing does not tell; `mtime` is epoch seconds; `tag` is another for each content
    (an ETag), None where there is none.
    """

    name: str
    size: int | None
    mtime: float | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A part of the tree: files, and the directories that are to be listed on their own."""

    files: list[Entry]
    directories: list[str]


class Stream(Protocol):
    """The bytes of a file from `start` on. `total` is the file's size, `mtime` and `tag` as in Entry."""

    start: int
    total: int
    mtime: float | None
    tag: str | None

    def read(self) -> bytes:
        """The next bytes; none at the end of what was asked for."""
        ...

    def close(self) -> None:
        """Read no further."""
        ...


class RemoteStore(Protocol):
    """A remote directory. Its methods block, for as long as the timeouts say, and may be called from any thread.

    They raise FileNotFoundError, PermissionError and other exceptions of their protocol, which `trouble` explains.
    `flat` tells whether `list_tree` takes fewer requests than listing each directory.
    """

    flat: bool

    def list_tree(self) -> Iterator[Listed]:
        """Everything, page by page."""
        ...

    def list_directory(self, directory: str) -> Listed:
        """The files and directories directly in a directory, whose relative name is empty for the logdir itself."""
        ...

    def open(self, name: str, start: int, end: int, entry: Entry, unless: str | None) -> Stream | None:
        """Read from `start` to `end` or the file's end; None where its tag is still `unless`, or `start` is beyond it.

        `entry` is what the listing said.
        """
        ...

    def close(self) -> None:
        """End the connections."""
        ...


class UnexpectedError(OSError):
    """The server answered what cannot be made use of; the message says what."""


class BeyondError(Exception):
    """A file ends before the offset that it was to be read from."""
