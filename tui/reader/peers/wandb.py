"""wandb's transaction log, `run-*.wandb`: LevelDB's framing around protobuf records.

Source: https://github.com/google/leveldb/blob/main/doc/log_format.md, with a header of 7 bytes and zlib's CRC.
"""

from __future__ import annotations

import json
import math
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf.message import DecodeError

from logging_lib.tfevents.hparams import HParam, SessionEnd, SessionStart
from tui.reader.peers.json_rows import loads
from tui.reader.peers.numbers import number_of, step_of, time_of
from tui.reader.peers.rows import Rows
from tui.reader.peers.wandb_messages import Record

_MAGIC = b":W&B\xe1\xbe"
_HEADER_BYTES = 7
_BLOCK_BYTES = 1 << 15
_FRAME = struct.Struct("<IHB")
_FULL, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4
_MOST_RECORD_BYTES = 64 << 20
_LONGEST_HPARAM = 200


class WandbParser:
    """Reads the records; what fails its CRC is told, and the next block is read."""

    def __init__(self, rows: Rows, /) -> None:
        self.refused = False
        self._rows = rows
        # Of a record that is in several frames, those before.
        self._parts: bytearray | None = None
        # Up to here nothing is read, since a frame before it was damaged.
        self._skip_to = 0
        self._config: dict[str, Any] = {}
        self._start = ("", 0.0)

    def feed(self, data: bytes, offset: int) -> int:
        """Parse whole frames; the last one waits for its end."""
        place = 0
        if not offset:
            if len(data) < _HEADER_BYTES:
                return 0
            self.refused = not data.startswith(_MAGIC)
            if self.refused:
                self._rows.tell(0, "file has no header of wandb's")
                return len(data)
            self._rows.accept()
            place = _HEADER_BYTES
        while place < len(data) and (used := self._frame(data, place, offset + place)):
            place += used
        return min(place, len(data))

    def _frame(self, data: bytes, place: int, offset: int) -> int:
        """Parse the frame at `place`; returns its length with padding behind it, 0 where it is not all there."""
        left = _BLOCK_BYTES - offset % _BLOCK_BYTES
        if offset < self._skip_to or left < _FRAME.size:
            return left
        if len(data) - place < _FRAME.size:
            return 0
        crc: int
        length: int
        kind: int
        crc, length, kind = _FRAME.unpack_from(data, place)
        if not (crc or length or kind):
            return self._zeros(data[place : place + left + 1], offset, left)
        if length > left - _FRAME.size:
            return self._damage(offset, left, "frame is longer than its block")
        end = place + _FRAME.size + length
        if end > len(data):
            return 0
        if zlib.crc32(data[place + _FRAME.size - 1 : end]) != crc:
            return self._damage(offset, left, "frame fails its CRC")
        self._add_part(kind, data[place + _FRAME.size : end], offset)
        return _FRAME.size + length

    def _zeros(self, data: bytes, offset: int, left: int) -> int:
        """Zeros may still be filled in, unless something follows them; a writer fills the end of a block with some."""
        if len(data) <= left and not data.strip(b"\0"):
            return 0
        self._parts = None
        self._skip_to = offset + left
        return left

    def _damage(self, offset: int, left: int, reason: str) -> int:
        self._rows.tell(offset, f"{reason}; read on at the next block")
        self._parts = None
        self._skip_to = offset + left
        return left

    def _add_part(self, kind: int, part: bytes, offset: int) -> None:
        if kind in (_FULL, _FIRST):
            self._parts = bytearray()
        elif self._parts is None:  # the rest of a record whose begin was damaged
            return
        self._parts += part
        if len(self._parts) > _MOST_RECORD_BYTES:
            self._rows.tell(offset, f"record is longer than {_MOST_RECORD_BYTES >> 20} MiB; it is left out")
            self._parts = None
        elif kind in (_FULL, _LAST):
            record, self._parts = bytes(self._parts), None
            try:
                self._add(record)
            except (DecodeError, ValueError, RecursionError) as error:
                self._rows.tell(offset, f"record cannot be read: {error}; it is left out")

    def _add(self, data: bytes) -> None:
        record = Record.FromString(data)
        if record.HasField("history"):
            self._add_history(record.history)
        elif record.HasField("run"):
            run = record.run
            start = run.start_time.seconds + run.start_time.nanos / 1e9
            self._start = (_text(run.run_group or run.display_name), start)
            self._add_config(run.config)
        elif record.HasField("config"):
            self._add_config(record.config)
        elif record.HasField("exit"):
            status = "FAILURE" if record.exit.exit_code else "SUCCESS"
            self._rows.end(SessionEnd(status, self._rows.last_wall_time))

    def _add_history(self, history: Any) -> None:
        step = history.step.num if history.HasField("step") else None
        time = math.nan
        media: set[bytes] = set()
        values: list[tuple[bytes, bytes, float]] = []
        for item in history.item:
            key = item.key or b"/".join(item.nested_key)
            number = _number(item.value_json)
            if number is None:
                if len(item.nested_key) > 1 and item.nested_key[-1] == b"_type":
                    media.add(item.nested_key[0])
            elif key == b"_step":
                step = step_of(number) if step is None else step
            elif key == b"_timestamp":
                time = time_of(number) or math.nan
            elif not key.startswith(b"_"):
                values.append((item.nested_key[0] if item.nested_key else key, key, number))
        if step is None:
            raise ValueError("history without a step")
        # What an image or a histogram consists of are no metrics.
        self._rows.add(step, time, [(_text(tag), number) for first, tag, number in values if first not in media])

    def _add_config(self, config: Any) -> None:
        for item in config.update:
            if not (name := _name(item)).startswith("_wandb"):
                self._config[name] = loads(item.value_json)
        for item in config.remove:
            self._config.pop(_name(item), None)
        self._rows.start(SessionStart(dict(_hparams(self._config, "")), *self._start))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _name(item: Any) -> str:
    return _text(item.key or b".".join(item.nested_key))


def _number(text: bytes) -> float | None:
    """The number that a value in JSON is; NaN and infinities are texts there."""
    try:
        return float(text)
    except ValueError:
        return number_of(_text(text[1:-1])) if text[:1] == b'"' else None


def _hparams(config: Mapping[str, Any], before: str) -> Iterator[tuple[str, HParam]]:
    for name, value in config.items():
        if isinstance(value, Mapping):
            yield from _hparams(value, f"{before}{name}.")
        elif isinstance(value, list):
            yield before + name, json.dumps(value)[:_LONGEST_HPARAM]
        elif type(value) is int:
            yield before + name, number_of(value)
        else:
            yield before + name, value
