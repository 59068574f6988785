"""A response's body as a Stream: what S3 and HTTP have in common."""

from __future__ import annotations

import re
from typing import Any

from tui.remote.store import PIECE_BYTES, READ_SECONDS, UnexpectedError

# Longer than any file's, and Python makes no number of thousands of digits.
SIZE = re.compile("[0-9]{1,20}")
_CONTENT_RANGE = re.compile(f"bytes ({SIZE.pattern})-({SIZE.pattern})/({SIZE.pattern})")


class BodyStream:
    """Bytes `start` up to `stop` of a file, out of an asynchronous body that is read on fsspec's loop."""

    def __init__(
        self, loop: Any, body: Any, start: int, stop: int, total: int, mtime: float | None, tag: str | None
    ) -> None:
        self.start, self.total, self.mtime, self.tag = start, total, mtime, tag
        self._loop, self._body = loop, body
        self._at, self._stop = start, stop

    def read(self) -> bytes:
        """The next bytes; none at the end.

        Raises:
            UnexpectedError: the body ended early.
        """
        from fsspec.asyn import sync

        if self._at >= self._stop:
            return b""
        data: bytes = sync(self._loop, self._gather, min(PIECE_BYTES, self._stop - self._at), timeout=2 * READ_SECONDS)
        if not data:
            raise UnexpectedError(f"the answer ended at byte {self._at} of {self._stop}")
        self._at += len(data)
        return data

    async def _gather(self, most: int) -> bytes:
        """At most so many bytes; a socket gives them in small parts."""
        parts: list[bytes] = []
        while most > 0 and (part := await self._body.read(most)):
            parts.append(part)
            most -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Give the connection back: to the pool where all was read, else it is cut."""
        close = self._body.close
        self._loop.call_soon_threadsafe(close)


def content_range(text: str) -> tuple[int, int, int]:
    """First byte, the one behind the last, and the file's size, of a Content-Range.

    Raises:
        UnexpectedError: it is none.
    """
    found = _CONTENT_RANGE.fullmatch(text.strip())
    if found is None:
        raise UnexpectedError(f"the answer's range is not told ({text[:60]!r})")
    first, last, total = (int(number) for number in found.groups())
    return first, last + 1, total
