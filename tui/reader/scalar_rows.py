"""Decodes regular logs: a training loop that writes the same tags in the same order fills its file like a matrix.

A row of the matrix is one pass of the loop, its columns are bytes. As long as no length changes (only the step's
varint grows, at 128, 16384, ...) every row agrees with the first in all bytes but those of the times, the values and
the CRCs of these.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from logging_lib.tfevents.record import FRAME_BYTES, HEADER_BYTES, encode_header
from tui.reader.decode import EventDecoder
from tui.reader.record_scan import Bytes, RecordScanner, first_damaged, leaves_zero, unmask
from tui.reader.scalar_layout import Layout

_UINT32 = np.dtype("<u4")
_FLOAT64 = np.dtype("<f8")
_SEVEN_BITS = np.uint8(0x7F)


class RowTemplate:
    """One pass of a loop: where everything lies in the bytes of a row.

    `tags` are all different.
    """

    def __init__(self, layouts: Sequence[Layout], scanner: RecordScanner) -> None:
        lengths = [layout.geometry.length for layout in layouts]
        starts = np.cumsum([0, *(length + FRAME_BYTES for length in lengths)], dtype=np.intp)
        self.scalars = tuple(scalar for layout in layouts for scalar in layout.scalars)
        self.tags = [scalar.tag for scalar in self.scalars]
        self.size = int(starts[-1])
        self.last_length = lengths[-1]
        self.latest_run = 0
        """How many rows there were in a row when it was last used; as many are expected next time."""
        self.head = encode_header(lengths[0])
        self._constant = np.zeros(self.size, np.uint8)
        self._mask = np.zeros(self.size, np.uint8)
        for start, layout in zip(starts.tolist(), layouts, strict=False):
            payload = slice(start + HEADER_BYTES, start + HEADER_BYTES + layout.geometry.length)
            self._constant[start : payload.start] = np.frombuffer(encode_header(layout.geometry.length), np.uint8)
            self._mask[start : payload.start] = 0xFF
            self._constant[payload], self._mask[payload] = layout.constant, layout.mask
        payloads = starts[:-1] + HEADER_BYTES
        self._footers = _columns(payloads + lengths, _UINT32.itemsize)
        self._registers = np.array([scanner.register(length) for length in lengths], np.uint32)
        self._wall_times = _WallTimes(payloads, layouts)
        self._steps = _Steps(payloads, layouts)
        self._numbers = _Numbers(payloads, layouts)

    def matching(self, rows: Bytes, scratch: Bytes) -> int:
        """How many of the rows, uint8[n, size], from the first on agree with the template in all that must not vary."""
        differing = scratch[: rows.size].reshape(rows.shape)
        np.bitwise_and(rows, self._mask, out=differing)
        np.bitwise_xor(differing, self._constant, out=differing)
        return len(rows) if not differing.max() else int((differing.reshape(-1) != 0).argmax()) // self.size

    def intact(self, rows: Bytes) -> tuple[int, int]:
        """How many rows from the first on match their CRCs (see RecordScanner.intact), and the last one's CRC.

        The CRCs of these rows are not left as they were.
        """
        masked = rows.take(self._footers, axis=1)
        registers = unmask(masked.view(_UINT32)) ^ self._registers
        rows[:, self._footers] = registers.view(np.uint8)
        count = len(rows)
        if not leaves_zero(rows.reshape(-1)):
            count = first_damaged(rows.reshape(-1), np.arange(count + 1) * self.size)
            rows[count:, self._footers] = masked[count:]
        return count, int(masked.view(_UINT32)[count - 1, -1])

    def decode(self, rows: Bytes, decoder: EventDecoder) -> None:
        """Add what intact, matching rows hold."""
        steps, wall_times = self._steps.of(rows), self._wall_times.of(rows)
        decoder.note_events(wall_times)
        for tag, record, values in zip(self.tags, self._numbers.records, self._numbers.of(rows), strict=True):
            decoder.add_points(tag, steps[record], wall_times[record], values)


class _Numbers:
    """The numbers of a row, in the order of its scalars; `records` tells which record holds each."""

    def __init__(self, payloads: npt.NDArray[np.intp], layouts: Sequence[Layout]) -> None:
        self.records: list[int] = []
        starts: dict[np.dtype[Any], list[int]] = {}
        kept_as: dict[np.dtype[Any], np.dtype[Any]] = {}
        # Each number's dtype, and its place among those of this dtype.
        self._places: list[tuple[np.dtype[Any], int]] = []
        for record, (start, layout) in enumerate(zip(payloads.tolist(), layouts, strict=True)):
            for scalar in layout.scalars:
                alike = starts.setdefault(scalar.dtype, [])
                self.records.append(record)
                self._places.append((scalar.dtype, len(alike)))
                alike.append(start + scalar.offset)
                kept_as[scalar.dtype] = scalar.kept_as
        self._columns = [(dtype, kept_as[dtype], _columns(np.array(s), dtype.itemsize)) for dtype, s in starts.items()]

    def of(self, rows: Bytes) -> list[npt.NDArray[Any]]:
        """An array [n] for each number."""
        # A series' points side by side: it is worth the copy.
        values = {
            dtype: np.ascontiguousarray(rows.take(columns, axis=1).view(dtype).T, kept_as)
            for dtype, kept_as, columns in self._columns
        }
        return [values[dtype][place] for dtype, place in self._places]


class _WallTimes:
    """The wall times of a row's records; 0 where a record leaves its own out."""

    def __init__(self, payloads: npt.NDArray[np.intp], layouts: Sequence[Layout]) -> None:
        offsets = [layout.geometry.wall_time for layout in layouts]
        self._held = [record for record, offset in enumerate(offsets) if offset is not None]
        self._records = len(layouts)
        starts = [int(payloads[record]) + (offsets[record] or 0) for record in self._held]
        self._columns = _columns(np.array(starts, np.intp), _FLOAT64.itemsize)

    def of(self, rows: Bytes) -> npt.NDArray[np.float64]:
        """float64[records, n]."""
        held = rows.take(self._columns, axis=1).view(_FLOAT64).T
        if len(self._held) == self._records:
            return np.ascontiguousarray(held, np.float64)
        wall_times = np.zeros((self._records, len(rows)))
        wall_times[self._held] = held
        return wall_times


class _Steps:
    """The steps of a row's records: varints, 0 where a record leaves its own out."""

    def __init__(self, payloads: npt.NDArray[np.intp], layouts: Sequence[Layout]) -> None:
        self._records = len(layouts)
        # For each place in a varint: which records have it, and in which column.
        self._bytes: list[tuple[list[int], npt.NDArray[np.intp]]] = []
        for place in range(max(layout.geometry.step_bytes for layout in layouts)):
            records = [n for n, layout in enumerate(layouts) if layout.geometry.step_bytes > place]
            columns = [int(payloads[n]) + (layouts[n].geometry.step or 0) + place for n in records]
            self._bytes.append((records, np.array(columns, np.intp)))

    def of(self, rows: Bytes) -> npt.NDArray[np.int64]:
        """int64[records, n]."""
        steps = np.zeros((len(rows), self._records), np.int64)
        for place, (records, columns) in enumerate(self._bytes):
            bits = (rows.take(columns, axis=1) & _SEVEN_BITS).astype(np.int64)
            bits <<= 7 * place
            if len(records) == self._records:
                steps |= bits
            else:
                steps[:, records] |= bits
        return np.ascontiguousarray(steps.T)


class RowTemplates:
    """The latest row templates, which all files share: the runs of one script have the same."""

    _MOST = 16

    def __init__(self, scanner: RecordScanner) -> None:
        self._scanner = scanner
        self._latest: OrderedDict[tuple[Layout, ...], RowTemplate] = OrderedDict()

    def of(self, layouts: Sequence[Layout]) -> RowTemplate:
        """The template of a row of these layouts."""
        key = tuple(layouts)
        template = self._latest.get(key)
        if template is None:
            template = self._latest[key] = RowTemplate(layouts, self._scanner)
            if len(self._latest) > self._MOST:
                self._latest.popitem(last=False)
        self._latest.move_to_end(key)
        return template

    def fitting(self, buffer: Bytes, start: int, scratch: Bytes) -> RowTemplate | None:
        """A template that the bytes at `start` agree with."""
        head = buffer[start : start + HEADER_BYTES].tobytes()
        for key in reversed(self._latest):
            template = self._latest[key]
            if template.head != head:
                continue
            row = buffer[start : start + template.size].reshape(1, -1)
            if row.size == template.size and template.matching(row, scratch):
                self._latest.move_to_end(key)
                return template
        return None


def _columns(starts: npt.NDArray[np.intp], width: int) -> npt.NDArray[np.intp]:
    """The columns of numbers that start at some columns and are `width` bytes wide, one number after the other."""
    return (starts[:, None] + np.arange(width)).ravel()
