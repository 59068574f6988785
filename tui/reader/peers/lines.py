"""Texts of lines: splits what was appended, waits for the end of a line, and passes over lines that are too long."""

from __future__ import annotations

from abc import ABC, abstractmethod

from tui.reader.peers.rows import Rows
from tui.reader.peers.tail import CHUNK_BYTES

_BOM = b"\xef\xbb\xbf"


class LineParser(ABC):
    """A Parser of a text whose lines stand for themselves."""

    def __init__(self, rows: Rows, /) -> None:
        self.refused = False
        self._rows = rows
        self._skipping = False

    def feed(self, data: bytes, offset: int) -> int:
        """Parse whole lines; the last one waits for its end."""
        end = data.rfind(b"\n") + 1
        if not end:
            if not self._skipping and len(data) < CHUNK_BYTES:
                return 0
            if not self._skipping:
                self._rows.tell(offset, f"line is longer than {CHUNK_BYTES >> 20} MiB; it is left out")
            self._skipping = True
            return len(data)
        start = data.find(b"\n") + 1 if self._skipping else 0
        self._skipping = False
        for line in data[start : end - 1].split(b"\n"):
            if self.refused:
                break
            text = line.removeprefix(_BOM) if offset + start == 0 else line
            if stripped := text.strip():
                self._line(stripped, offset + start)
            start += len(line) + 1
        return end

    @abstractmethod
    def _line(self, line: bytes, offset: int) -> None:
        """Add a line's data; it is not empty, and stands without white space around it."""
