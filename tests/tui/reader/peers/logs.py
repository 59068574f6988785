"""Files of other tools, made by hand from the descriptions of their formats, and a store that follows one."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tui.model import Batch, Forgotten, Problem
from tui.reader.peers.names import Kind, PeerFile
from tui.reader.peers.opening import open_peer
from tui.store.snapshot import StoreSnapshot
from tui.store.store import Store

_BLOCK = 1 << 15
_FRAME_HEADER = 7


class Follower:
    """A file that is read as it grows."""

    def __init__(self, path: Path, kind: Kind, tag: str = "") -> None:
        self.reader = open_peer("run", PeerFile(kind, str(path), tag))
        self.store = Store()
        self.told: list[Batch] = []

    def look(self) -> StoreSnapshot:
        """Read what is new."""
        self._apply(self.reader.look())
        while self.reader.pending:
            self._apply(self.reader.read())
        self._apply(self.reader.take())
        return self.store.snapshot()

    def points(self) -> dict[str, list[tuple[int, float]]]:
        """Steps and values of each tag, after a look."""
        series = self.look().scalars
        return {key.tag: list(zip(s.steps.tolist(), s.values.tolist(), strict=True)) for key, s in series.items()}

    def reasons(self) -> list[str]:
        """The problems that stand."""
        return [problem.reason for problem in self.look().problems]

    def count(self, kind: type[Forgotten] | type[Problem]) -> int:
        """How many batches of a kind were told so far."""
        return sum(isinstance(batch, kind) for batch in self.told)

    def _apply(self, batches: Iterable[Batch]) -> None:
        for batch in batches:
            self.told.append(batch)
            self.store.apply(batch)


def follow(path: Path, kind: Kind, text: str | bytes, tag: str = "") -> Follower:
    """A follower of a new file with this content."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return Follower(path, kind, tag)


def varint(number: int) -> bytes:
    """A protobuf varint; negative numbers as 64 bits."""
    number &= (1 << 64) - 1
    parts = bytearray()
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*parts, number])


def part(field: int, data: bytes) -> bytes:
    """A field with bytes: a text or a message."""
    return varint(field << 3 | 2) + varint(len(data)) + data


def whole(field: int, number: int) -> bytes:
    """A field with a whole number."""
    return varint(field << 3) + varint(number)


def item(name: str | Sequence[str], value: object, *, field: int = 1) -> bytes:
    """A HistoryItem or ConfigItem; a name in parts is a nested key."""
    key = part(1, name.encode()) if isinstance(name, str) else b"".join(part(2, one.encode()) for one in name)
    return part(field, key + part(16, value if isinstance(value, bytes) else json.dumps(value).encode()))


def history(step: int, values: Mapping[str, object], time: float = 1.7e9) -> bytes:
    """A Record with a row of history, keys as wandb writes them."""
    items = [item([name], value) for name, value in values.items()]
    items += [item(["_timestamp"], time + step), item(["_step"], step)]
    return whole(1, step) + part(2, b"".join(items) + part(2, whole(1, step)))


def run(config: Mapping[str, object], name: str = "", group: str = "") -> bytes:
    """A Record that begins a run."""
    items = b"".join(item(key, value) for key, value in config.items())
    start = part(17, whole(1, 1_700_000_000) + whole(2, 500_000_000))
    return part(17, part(1, b"id") + part(4, items) + part(6, group.encode()) + part(8, name.encode()) + start)


def exit_(code: int) -> bytes:
    """A Record that ends a run."""
    return part(18, whole(1, code) if code else b"")


def frames(records: Iterable[bytes], *, start: int = 0) -> bytes:
    """LevelDB's framing of records, with wandb's header where they begin the file."""
    out = bytearray(b":W&B\xe1\xbe\0" if start == 0 else b"")
    for record in records:
        rest, first = record, True
        while True:
            left = _BLOCK - (start + len(out)) % _BLOCK
            if left < _FRAME_HEADER:
                out += bytes(left)
                continue
            data, rest = rest[: left - _FRAME_HEADER], rest[left - _FRAME_HEADER :]
            kind = (2 if rest else 1) if first else (3 if rest else 4)
            out += struct.pack("<IHB", zlib.crc32(bytes([kind]) + data), len(data), kind) + data
            first = False
            if not rest:
                break
    return bytes(out)
