"""Reads a small file of another tool that is written anew as a whole: each time it has changed, from its start."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from io import FileIO

from tui.model import Batch, Forgotten
from tui.reader.continuity import State
from tui.reader.peers.rows import Rows
from tui.reader.peers.tail import TailReader

MOST_BYTES = 64 << 20
_RECENT = 2.0


class NoParser:
    """A whole file is not parsed piece by piece."""

    refused = False

    def __init__(self, rows: Rows, /) -> None:
        pass

    def feed(self, data: bytes, offset: int) -> int:
        """All of it is done with."""
        return len(data)


class WholeReader(TailReader):
    """A LogReader of such a file. What cannot be read of it, being half written, leaves what was read before."""

    def __init__(self, run: str, path: str, parse: Callable[[bytes, Rows], None], beside: str | None = None) -> None:
        """
        Args:
            run: the run's name.
            path: the file.
            parse: adds what the bytes hold to the rows; raises ValueError where they are not what they should be.
            beside: a directory whose files are read with this one, when its entries have changed.
        """
        super().__init__(run, path, NoParser)
        self._parse = parse
        self._beside = beside
        self._beside_mtime = 0.0

    def look(self, *, opened: bool = False) -> list[Batch]:
        """Notice whether the file, or the directory beside it, has changed."""
        told = super().look(opened=opened)
        if self._beside is not None and not self._changed and not self._blocked:
            self._changed = _mtime(self._beside) != self._beside_mtime
        return told

    def _read_on(self, file: FileIO, told: list[Batch]) -> None:
        state = State.of(os.fstat(file.fileno()))
        self.size, self.identity = state.size, state.identity
        self._state, self._changed = state, False
        if state.size > MOST_BYTES:
            self._blocked = True
            told += self._complaint.say(f"file is larger than {MOST_BYTES >> 20} MiB; it is not read")
            return
        if self._beside is not None:
            mtime = _mtime(self._beside)
            # What has just been made may not have been written yet: it is looked at again.
            self._beside_mtime = mtime if abs(time.time() - mtime) > _RECENT else -1.0
        rows = Rows(self.run, self.path)
        try:
            self._parse(os.pread(file.fileno(), state.size, 0), rows)
        except ValueError as error:
            told += self._complaint.say(f"file cannot be read: {error}")
            return
        told += self._complaint.say(None)
        if self._offset:
            told.append(Forgotten(self.run, self.path))
        self._rows, self._offset = rows, state.size
        if rows.accepted:
            rows.note_written(self.mtime)


def _mtime(path: str) -> float:
    """When a directory's entries changed last; 0 where it is not there."""
    try:
        return os.stat(path).st_mtime  # noqa: PTH116 - polled by the thousand
    except OSError:
        return 0.0
