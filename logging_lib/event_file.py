"""One event file being written: names it, starts it with a file version, appends whole records, starts another."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from pathlib import Path

from logging_lib.telling import warn
from logging_lib.tfevents.filename import make_event_filename
from logging_lib.tfevents.record import encode_record
from logging_lib.tfevents.wire import bytes_field, event_start

FILE_VERSION = "brain.Event:2"
_SOURCE = "tbtui.logging_lib"
# Fields of Event and SourceMetadata (event.proto).
_FILE_VERSION, _SOURCE_METADATA, _WRITER = 3, 10, 1

# After these the descriptor is as good as before; after any other (EIO, ESTALE, ENOTCONN...) who knows.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# What NFS and FUSE call a file that was deleted while it is open, until it is closed.
_DELETED_NAMES = (".nfs", ".fuse_hidden")


class EventFile:
    """An event file in `directory`, created by `open()` or the first `append()`, kept open until `close()`.

    `start_time`, in its name and first event, is the time of creation unless given (epoch seconds). `paths` are the
    files it has been so far: where a file was deleted or can be written no more, the next append creates another one,
    and the directory if need be. A file that was renamed, or whose directory was, is followed.

    Not for several threads at once. Invariant: the first `_end` bytes of the file are whole records, unless somebody
    else truncated it; what lies behind them is the torn rest of a failed append, which is cut off before anything
    is appended. Where it cannot be, the file is left: a torn record is harmless at the end of a file, and only there.
    """

    def __init__(self, directory: str, suffix: str = "", start_time: float | None = None) -> None:
        self.directory = directory
        self.suffix = suffix
        self.paths: list[Path] = []
        self._start_time = start_time
        self._descriptor: int | None = None
        self._identity = (0, 0)
        self._counts_links = True
        self._end = 0
        self._torn = False
        self._told_deleted = False

    def open(self) -> None:
        """Create the directory and the file.

        Raises:
            OSError: either cannot be created or written.
        """
        self._ready()

    def append(self, records: bytes) -> None:
        """Hand whole records to the operating system.

        Raises:
            OSError: they could not be written, and are to be appended again; no part of them can be read.
        """
        self._write(self._ready(), records)
        if self._is_deleted():
            self._leave()
            self._write(self._ready(), records)
            self._tell_deleted()

    def sync(self) -> None:
        """Have what was appended stored on the disk, if the file is open.

        Raises:
            OSError: it could not be, or not all of it.
        """
        if self._descriptor is not None:
            os.fsync(self._descriptor)

    def close(self) -> None:
        """Close the file, if it is open.

        Raises:
            OSError: the last bytes could not be stored.
        """
        self._mend()
        self._release()

    def disown(self) -> None:
        """In a forked child: leave the file to the parent. The next append here creates one of this process's own."""
        self._leave()

    def _ready(self) -> int:
        """The descriptor of a file that ends with a whole record."""
        if self._torn:
            self._mend()
        if self._descriptor is None or not self._owns(self._descriptor):
            self._descriptor = self._create()
        return self._descriptor

    def _owns(self, descriptor: int) -> bool:
        """False where somebody has closed it, as when all descriptors are closed; it may be another file's by now."""
        try:
            status = os.fstat(descriptor)
        except OSError as error:
            return error.errno != errno.EBADF
        return (status.st_dev, status.st_ino) == self._identity

    def _create(self) -> int:
        start = time.time() if self._start_time is None else self._start_time
        version = encode_record(_version_event(start))
        try:
            directory = Path(self.directory)
            directory.mkdir(parents=True, exist_ok=True)
            path, descriptor = _open_new(directory, start, self.suffix)
        except ValueError as error:  # a character that no path can have
            raise OSError(errno.EINVAL, str(error), self.directory) from error
        try:
            _write_all(descriptor, version)
            status = os.fstat(descriptor)
        except BaseException:
            with contextlib.suppress(OSError):  # the reason is on its way to the caller
                os.close(descriptor)
                path.unlink()
            raise
        self.paths.append(path)
        self._identity = (status.st_dev, status.st_ino)
        # Some FUSE file systems always say 0; so does any, where the file was deleted since it was opened.
        self._counts_links = status.st_nlink > 0
        self._end = len(version)
        self._torn = False
        return descriptor

    def _write(self, descriptor: int, data: bytes) -> None:
        self._torn = True
        try:
            _write_all(descriptor, data)
        except OSError as error:
            self._mend()
            if error.errno not in _FULL or self._is_deleted():
                self._leave()  # also since a deleted file takes up space until it is closed
            raise
        self._torn = False
        self._end += len(data)

    def _mend(self) -> None:
        """Cut off the torn rest of an append; leave the file where that is not possible."""
        if self._descriptor is None or not self._torn:
            return
        try:
            size = os.fstat(self._descriptor).st_size
            if size > self._end:
                os.ftruncate(self._descriptor, self._end)
            is_whole = size >= self._end  # else somebody truncated it, maybe in the middle of a record
        except OSError:
            is_whole = False
        self._torn = False
        if not is_whole:
            self._leave()

    def _is_deleted(self) -> bool:
        """Whether nobody will find what is written here."""
        if self._descriptor is None:
            return False
        try:
            if os.fstat(self._descriptor).st_nlink == 0 and self._counts_links:
                return True
        except OSError:
            return False  # the next append will tell
        try:
            self.paths[-1].stat()
        except (FileNotFoundError, NotADirectoryError):
            return not _has_moved(self._descriptor)
        except OSError:
            pass  # likewise
        return False

    def _tell_deleted(self) -> None:
        if not self._told_deleted:
            self._told_deleted = True
            warn("%s was deleted; what is logged now is in %s", self.paths[-2], self.paths[-1])

    def _leave(self) -> None:
        """Let the next append create another file."""
        self._torn = False
        with contextlib.suppress(OSError):  # it was told when it was written
            self._release()

    def _release(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None and self._owns(descriptor):
            os.close(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _open_new(directory: Path, wall_time: float, suffix: str) -> tuple[Path, int]:
    """A file that did not exist: another container may have our host name, process id and second."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)
    while True:
        path = directory / make_event_filename(wall_time, suffix)
        try:
            return path, os.open(path, flags, 0o666)
        except FileExistsError:
            continue


def _has_moved(descriptor: int) -> bool:
    """Whether a file that is not at its path any more has another one, as far as the system tells (Linux does)."""
    try:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        return not path.name.startswith(_DELETED_NAMES) and os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False


def _version_event(wall_time: float) -> bytes:
    """The first event of a file, encoded."""
    source = bytes_field(_WRITER, _SOURCE.encode())
    version = bytes_field(_FILE_VERSION, FILE_VERSION.encode())
    return event_start(wall_time) + version + bytes_field(_SOURCE_METADATA, source)
