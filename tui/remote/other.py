"""Every other protocol that fsspec knows, as its file systems show it: gs, hdfs, abfs, memory..."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from tui.remote.address import Address
from tui.remote.store import PIECE_BYTES, READ_SECONDS, Entry, Listed, Stream, UnexpectedError

_FLAT = frozenset({"gs", "gcs", "abfs", "abfss", "az", "adl", "oss", "oci"})
_LIST_SECONDS = 60.0
_TIMES = ("mtime", "updated", "LastModified", "last_modified", "created")
_TAGS = ("etag", "ETag", "generation", "content_md5", "md5Hash")


class OtherStore:
    """A directory of a file system of fsspec's."""

    def __init__(self, address: Address) -> None:
        from fsspec.core import url_to_fs

        self.flat = address.protocol in _FLAT
        self._fs, root = url_to_fs(_url(address), skip_instance_cache=True, use_listings_cache=False)
        self._root = str(root)

    def list_tree(self) -> Iterator[Listed]:
        """As few requests as the file system makes of it."""
        found = self._fs.find(self._root, detail=True, **self._within(_LIST_SECONDS))
        yield Listed([self._entry(info) for info in found.values() if info.get("type") == "file"], [])

    def list_directory(self, directory: str) -> Listed:
        path = f"{self._root.rstrip('/')}/{directory}" if directory else self._root
        infos = self._fs.ls(path, detail=True, **self._within(_LIST_SECONDS))
        files = [self._entry(info) for info in infos if info.get("type") == "file"]
        return Listed(files, [self._relative(info) for info in infos if info.get("type") == "directory"])

    def open(self, name: str, start: int, end: int, entry: Entry, unless: str | None) -> Stream | None:
        assert entry.size is not None
        read = partial(self._fs.cat_file, f"{self._root.rstrip('/')}/{name}", **self._within(2 * READ_SECONDS))
        return _Ranges(read, start, min(end, entry.size), entry)

    def close(self) -> None:
        """These end their connections when they are forgotten."""

    def _within(self, seconds: float) -> dict[str, float]:
        """The timeout of a call, where the file system runs on fsspec's loop; others have their own."""
        return {"timeout": seconds} if getattr(self._fs, "async_impl", False) else {}

    def _relative(self, info: dict[str, Any]) -> str:
        return str(info["name"])[len(self._root.rstrip("/")) :].strip("/")

    def _entry(self, info: dict[str, Any]) -> Entry:
        tag = next((str(info[key]) for key in _TAGS if info.get(key)), None)
        return Entry(self._relative(info), info.get("size"), _epoch(info), tag)


class _Ranges:
    """A file read range by range."""

    def __init__(self, read: Callable[..., bytes], start: int, stop: int, entry: Entry) -> None:
        self.start, self.total, self.mtime, self.tag = start, entry.size or 0, entry.mtime, entry.tag
        self._read, self._at, self._stop = read, start, stop

    def read(self) -> bytes:
        """The next range; none at the end.

        Raises:
            UnexpectedError: it is shorter than was asked for.
        """
        if self._at >= self._stop:
            return b""
        end = min(self._at + 2 * PIECE_BYTES, self._stop)
        data = self._read(start=self._at, end=end)
        if len(data) != end - self._at:
            raise UnexpectedError(f"{len(data)} bytes came of {end - self._at} at byte {self._at}")
        self._at = end
        return data

    def close(self) -> None:
        """Nothing stays open."""


def _url(address: Address) -> str:
    """As it was given: what stands for a host and what for a directory each file system knows of its own."""
    user, password = (quote(text, safe="", errors="surrogateescape") for text in (address.user, address.password))
    user += f":{password}" if password else ""
    path = address.path if address.path.startswith("/") or not address.path else f"/{address.path}"
    return f"{address.protocol}://{user}{'@' if user else ''}{address.place}{path}"


def _epoch(info: dict[str, Any]) -> float | None:
    for key in _TIMES:
        time = info.get(key)
        if isinstance(time, datetime):
            return time.timestamp()
        if isinstance(time, int | float):
            return float(time)
        if isinstance(time, str):
            try:
                return datetime.fromisoformat(time).timestamp()
            except ValueError:
                continue
    return None
