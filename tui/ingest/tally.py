"""How many bytes are read, wait to be read, and are still to be checked, of all files."""

from __future__ import annotations

from tui.reader.log_reader import LogReader


class Tally:
    """Running totals: adding up thousands of files at each commit would cost more than reading a point."""

    def __init__(self) -> None:
        self.bytes_read = 0
        """Bytes read of all files."""
        self.bytes_total = 0
        """Bytes read, and those that wait to be read."""
        self.bytes_unchecked = 0
        """Of those read, the ones that were passed over and are still to be checked."""
        self._counted: dict[LogReader, tuple[int, int]] = {}
        self._unchecked: dict[LogReader, int] = {}

    @property
    def next_unchecked(self) -> LogReader | None:
        """The reader whose data are checked next: the one that passed over some last."""
        return next(reversed(self._unchecked), None)

    def count(self, reader: LogReader) -> None:
        """A reader has read, or there is more to read."""
        before = self._counted.get(reader, (0, 0))
        now = (reader.offset, max(reader.size, reader.offset) if reader.pending else reader.offset)
        if now != before:
            self._counted[reader] = now
            self.bytes_read += now[0] - before[0]
            self.bytes_total += now[1] - before[1]

    def count_unchecked(self, reader: LogReader) -> None:
        """A reader has passed over data, or checked some."""
        unchecked = reader.unchecked.bytes
        self.bytes_unchecked += unchecked - self._unchecked.get(reader, 0)
        if unchecked:
            self._unchecked[reader] = unchecked
        else:
            self._unchecked.pop(reader, None)

    def leave_unchecked(self, reader: LogReader) -> None:
        """What a reader passed over cannot be checked now."""
        self.bytes_unchecked -= self._unchecked.pop(reader, 0)

    def drop(self, reader: LogReader) -> None:
        """A reader is no more."""
        self.leave_unchecked(reader)
        read, total = self._counted.pop(reader, (0, 0))
        self.bytes_read -= read
        self.bytes_total -= total
