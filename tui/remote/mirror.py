"""The local copy of a remote directory: files that grow as their bytes come, and what is known of each remote file."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from tui.remote.names import PART_PREFIX, is_safe

OVERLAP_BYTES = 256
"""So many bytes that are here already are fetched again, to see that what comes continues them."""
_INDEX = "index.json"
_FILES = "files"


class Known(NamedTuple):
    """The remote file that the whole of a local file is a copy of."""

    size: int
    mtime: float | None
    tag: str | None


class Mirror:
    """The files below `files` in a directory of the cache, named as in the remote directory.

    What a file holds is always a beginning of what the remote file held: bytes are appended as they come, and other
    content takes the file's place when it is whole. Each file is written by one thread at a time.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.files = directory / _FILES
        self._known: dict[str, Known] = {}
        self._sizes: dict[str, int] = {}
        self._changed = False
        self._lock = threading.Lock()

    def load(self) -> None:
        """Find what is here. To be called by who holds the mirror's lock, before anything is changed."""
        self.files.mkdir(parents=True, exist_ok=True)
        self._sizes = {}
        for directory, _, names in os.walk(self.files):
            within = os.path.relpath(directory, self.files)
            for name in names:
                path = Path(directory, name)
                if name.startswith(PART_PREFIX):  # whoever wrote it is gone
                    path.unlink(missing_ok=True)
                else:
                    self._sizes[name if within == "." else f"{within}/{name}"] = path.stat().st_size
        self._known = {name: known for name, known in self._read_index() if self._sizes.get(name) == known.size}

    def save(self) -> None:
        """Keep what is known for the next time."""
        with self._lock:
            known, changed, self._changed = dict(self._known), self._changed, False
        if changed:
            write_json(self.directory / _INDEX, known)

    @property
    def total_bytes(self) -> int:
        """What all files take."""
        with self._lock:
            return sum(self._sizes.values())

    @property
    def names(self) -> list[str]:
        """Of all files."""
        with self._lock:
            return list(self._sizes)

    def size(self, name: str) -> int | None:
        """Bytes of a file that are here; None where nothing of it is, which an empty file is not."""
        return self._sizes.get(name)

    def known(self, name: str) -> Known | None:
        """What the file is a whole copy of, None where it is none."""
        return self._known.get(name)

    def path(self, name: str) -> Path:
        """Where a file lies.

        Raises:
            ValueError: its name is none for a file in the mirror.
        """
        if not is_safe(name):
            raise ValueError(name)
        return self.files / name

    def tail(self, name: str) -> bytes:
        """The last bytes of a file, those that are to be fetched again."""
        with self.path(name).open("rb") as file:
            size = self._sizes[name]
            file.seek(max(0, size - OVERLAP_BYTES))
            return file.read(OVERLAP_BYTES)

    def append(self, name: str, data: bytes, mtime: float | None) -> None:
        """Add bytes to a file, which is made if there is none."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab", buffering=0) as file:
            try:
                write_all(file, data)
            finally:  # also of a disk that is full: what was written counts
                with self._lock:
                    self._sizes[name] = file.tell()
        _set_time(path, mtime)

    def note(self, name: str, known: Known) -> None:
        """The file is a whole copy of this remote file."""
        if self._known.get(name) != known:
            with self._lock:
                self._known[name], self._changed = known, True
            if (path := self.path(name)).exists():
                _set_time(path, known.mtime)

    def new_part(self, name: str) -> tuple[BinaryIO, Path]:
        """A file beside the one of this name, for content that is to take its place."""
        parent = self.path(name).parent
        parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(prefix=PART_PREFIX, dir=parent)
        return os.fdopen(handle, "wb", buffering=0), Path(part)

    def replace(self, name: str, part: Path, known: Known) -> None:
        """Put a part in the file's place."""
        size = part.stat().st_size
        _set_time(part, known.mtime)
        part.replace(self.path(name))
        with self._lock:
            self._sizes[name], self._known[name], self._changed = size, known, True

    def remove(self, name: str) -> None:
        """The remote file is no more; directories that are empty without it go too."""
        path = self.path(name)
        path.unlink(missing_ok=True)
        with self._lock:
            self._sizes.pop(name, None)
            self._known.pop(name, None)
            self._changed = True
        with suppress(OSError):  # something else is in it
            for parent in path.parents:
                if parent == self.files:
                    break
                parent.rmdir()

    def _read_index(self) -> Iterator[tuple[str, Known]]:
        """A damaged index is as none: the files are compared with the remote ones anew."""
        try:
            with (self.directory / _INDEX).open(encoding="utf-8") as file:
                items = json.load(file).items()
            for name, (size, mtime, tag) in items:
                yield name, Known(int(size), None if mtime is None else float(mtime), None if tag is None else str(tag))
        except (OSError, ValueError, TypeError, AttributeError):
            return


def write_json(path: Path, value: object) -> None:
    """Write a file that is there whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_text(json.dumps(value, ensure_ascii=True), encoding="ascii")
    part.replace(path)


def remove_mirror(directory: Path) -> None:
    """Remove a mirror and all that is in it."""
    shutil.rmtree(directory, ignore_errors=True)


def write_all(file: BinaryIO, data: bytes) -> None:
    """Write every byte to a file without a buffer."""
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]


def _set_time(path: Path, mtime: float | None) -> None:
    """As the remote file has it: whether a run is still alive is told by it. One that no file can have is left out."""
    if mtime is not None:
        with suppress(ValueError, OverflowError):
            os.utime(path, (mtime, mtime))
