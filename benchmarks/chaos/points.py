"""What of a logdir should be exported, found without any reader: by looking for records at every byte."""

from __future__ import annotations

import struct
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from crc32c import crc32c

from benchmarks.chaos.acts import event_files
from logging_lib.tfevents.proto import event_pb2

Point = tuple[str, str, int, str]


def scanned(logdir: Path) -> Counter[Point]:
    """The scalars of every record that stands anywhere in a file with the CRCs that it should have."""
    points: Counter[Point] = Counter()
    for path in event_files([logdir]):
        run = str(path.parent.relative_to(logdir))
        for payload in _payloads(path.read_bytes()):
            event = event_pb2.Event.FromString(payload)
            for value in event.summary.value:
                if value.HasField("simple_value"):
                    points[run, value.tag, event.step, str(np.float32(value.simple_value))] += 1
    return points


def _payloads(data: bytes) -> Iterator[bytes]:
    place = 0
    while place + 16 <= len(data):
        (length, crc) = struct.unpack_from("<QI", data, place)
        end = place + 12 + length
        if crc == _masked(data[place : place + 8]) and end + 4 <= len(data):
            payload = data[place + 12 : end]
            if struct.unpack_from("<I", data, end)[0] == _masked(payload):
                yield payload
                place = end + 4
                continue
        place += 1


def _masked(data: bytes) -> int:
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def exported(logdir: Path, prefix: tuple[str, ...]) -> Counter[Point]:
    """The points by `tbtui export`, which begins with `prefix`."""
    command = (*prefix, sys.executable, "-m", "tui", "export", "--superseded", str(logdir))
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[1:]
    rows = (line.split(",") for line in lines)
    return Counter((run, tag, int(step), str(np.float32(value))) for run, tag, step, _, value, _ in rows)


def compared(logdir: Path, prefix: tuple[str, ...]) -> str | None:
    """Print how many they are; what differs, None where nothing does."""
    found, expected = exported(logdir, prefix), scanned(logdir)
    print(f"{logdir.name}: {found.total()} points exported, {expected.total()} found by a scan of every byte")
    if found == expected:
        return None
    missing, more = list((expected - found).items()), list((found - expected).items())
    return f"{logdir.name}: {len(missing)} missing: {missing[:3]}, {len(more)} too many: {more[:3]}"
