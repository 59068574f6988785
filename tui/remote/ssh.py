"""Directories on an SSH server, by SFTP."""

from __future__ import annotations

import errno
import posixpath
import threading
from collections.abc import Iterator
from typing import Any

from tui.remote.address import Address
from tui.remote.store import CONNECT_SECONDS, PIECE_BYTES, READ_SECONDS, Entry, Listed, Stream, UnexpectedError

_HOME = "/~"
_KEEPALIVE = 10.0


class SshStore:
    """A directory on a host. ~/.ssh/config, the agent and known_hosts are heeded, as by `ssh`."""

    flat = False

    def __init__(self, address: Address) -> None:
        self._fs = _file_system(address)
        path = address.path or "/"
        # As in git's URLs, `/~/runs` is below the home directory, where SFTP's relative paths begin.
        self._root = (path[len(_HOME) :].lstrip("/") or ".") if f"{path}/".startswith(f"{_HOME}/") else path
        self._lock = threading.Lock()
        # Directories elsewhere that symbolic links lead to, and the link by which each goes.
        self._claimed: dict[str, str] = {}
        if self._fs.info(self._root, timeout=READ_SECONDS)["type"] != "directory":
            raise NotADirectoryError(errno.ENOTDIR, "no directory")
        self._real_root = self._real(self._root)

    def list_tree(self) -> Iterator[Listed]:
        """There is no such request: a directory at a time."""
        raise NotImplementedError

    def list_directory(self, directory: str) -> Listed:
        """One request; one more for each symbolic link, two where that leads to a directory."""
        path = posixpath.join(self._root, directory)
        files: list[Entry] = []
        directories: list[str] = []
        for item in self._fs.ls(path, detail=True, timeout=READ_SECONDS):
            last = posixpath.basename(item["name"])
            name = f"{directory}/{last}" if directory else last
            kind = item["type"]
            if kind == "link":
                item, kind = self._followed(path, last)
            if kind == "file":
                files.append(Entry(name, item["size"], item["mtime"].timestamp() if item["mtime"] else None))
            elif kind == "directory":
                directories.append(name)
        return Listed(files, directories)

    def open(self, name: str, start: int, end: int, entry: Entry, unless: str | None) -> Stream | None:
        file = self._fs.open(posixpath.join(self._root, name), "rb")
        assert entry.size is not None
        return _FileStream(file, start, min(end, entry.size), entry.size, entry.mtime)

    def close(self) -> None:
        """End the connection."""
        self._fs.loop.call_soon_threadsafe(self._fs.client.abort)

    def _followed(self, directory: str, last: str) -> tuple[Any, str]:
        """What a symbolic link leads to. A directory below the logdir goes by its own name, others by one link."""
        path = posixpath.join(directory, last)
        try:
            item = self._fs.info(path, timeout=READ_SECONDS)
            if item["type"] != "directory":
                return item, item["type"]
            real = self._real(path)
        except (FileNotFoundError, PermissionError):  # it leads nowhere, or where nobody may look
            return {}, ""
        inside = f"{real}/".startswith(f"{self._real_root.rstrip('/')}/")
        around = f"{self._real_root}/".startswith(f"{real.rstrip('/')}/")
        with self._lock:
            return item, "" if inside or around or self._claimed.setdefault(real, path) != path else "directory"

    def _real(self, path: str) -> str:
        from fsspec.asyn import sync

        async def ask() -> str:
            async with self._fs.client.start_sftp_client(path_errors="surrogateescape") as sftp:
                return str(await sftp.realpath(path))

        real: str = sync(self._fs.loop, ask, timeout=READ_SECONDS)
        return real


class _FileStream:
    """A remote file, read up to the size that the listing told."""

    def __init__(self, file: Any, start: int, stop: int, total: int, mtime: float | None) -> None:
        self.start, self.total, self.mtime = start, total, mtime
        self.tag: str | None = None
        self._file, self._at, self._stop = file, start, stop
        file.seek(start, timeout=READ_SECONDS)

    def read(self) -> bytes:
        """The next bytes; none at the end.

        Raises:
            UnexpectedError: the file has become shorter.
        """
        if self._at >= self._stop:
            return b""
        # Twice a piece: SFTP fetches the blocks of one read side by side.
        data: bytes = self._file.read(min(2 * PIECE_BYTES, self._stop - self._at), timeout=2 * READ_SECONDS)
        if not data:
            raise UnexpectedError(f"the file ended at byte {self._at} of {self._stop}")
        self._at += len(data)
        return data

    def close(self) -> None:
        """Close it on the server."""
        self._file.close()


def _file_system(address: Address) -> Any:
    from sshfs import SSHFileSystem

    host, _, port = address.place.partition(":")
    given = {"username": address.user, "password": address.password, "port": int(port) if port else 0}
    return SSHFileSystem(
        host,
        skip_instance_cache=True,
        # Its own default is to trust every host.
        known_hosts=(),
        connect_timeout=CONNECT_SECONDS,
        login_timeout=2 * CONNECT_SECONDS,
        keepalive_interval=_KEEPALIVE,
        keepalive_count_max=3,
        sftp_client_kwargs={"path_errors": "surrogateescape"},
        **{name: value for name, value in given.items() if value},
    )
