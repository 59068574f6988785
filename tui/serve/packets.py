"""What goes between a server and a screen's process: packets of a type, a length and a payload, as Textual has them."""

from __future__ import annotations

import json
from asyncio import IncompleteReadError, StreamReader
from collections.abc import Mapping
from typing import NamedTuple

DATA, META = b"D", b"M"
_READY = b"__GANGLION__\n"  # what the driver writes before its first packet


class Packet(NamedTuple):
    """DATA is what a terminal sends or is sent, META is about it, in JSON."""

    kind: bytes
    payload: bytes


def packet(kind: bytes, payload: bytes) -> bytes:
    """A packet's bytes."""
    return kind + len(payload).to_bytes(4, "big") + payload


def meta(**message: object) -> bytes:
    """The bytes of a packet of META."""
    return packet(META, json.dumps(message).encode())


def meta_type(payload: bytes) -> str:
    """What a packet of META is about."""
    message = json.loads(payload)
    return str(message.get("type")) if isinstance(message, Mapping) else ""


async def is_ready(stream: StreamReader) -> bool:
    """Wait for packets to come; False where the process ended, or writes something else."""
    return await stream.readline() == _READY


async def read_packet(stream: StreamReader) -> Packet | None:
    """The next packet; None at the end."""
    try:
        head = await stream.readexactly(5)
        return Packet(head[:1], await stream.readexactly(int.from_bytes(head[1:], "big")))
    except IncompleteReadError:
        return None
