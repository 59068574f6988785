"""Targets of event files: framing, tailing, the fast path, events and everything that decodes a blob."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from logging_lib.tfevents import plugins
from logging_lib.tfevents.hparams import SessionStart
from logging_lib.tfevents.proto import event_pb2
from logging_lib.tfevents.record import Damage, Record, RecordDecoder
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tests.fuzz import blob_seeds
from tests.fuzz.mutation import Node, changed_file, changed_message, parsed, written
from tests.fuzz.target import REPEATED, SEPARATOR, Target, assert_harmless, stored
from tests.tui.reader.outcome import Outcome, outcome_of
from tui.app import distributions, graphs, pr_curves, sounds, tensor_previews, texts
from tui.model import Batch, BlobBatch, BlobRef, Problem
from tui.reader import payload
from tui.reader.decode import EventDecoder
from tui.reader.event_file import EventFileReader
from tui.reader.payload import PayloadError
from tui.reader.payload.picture import read_picture, read_picture_facts

_NAME = builders.FILE_NAME
_UNFRAMED = b"\xfe"
_DOUBLE = struct.Struct("<d")

_READERS: tuple[Callable[[BlobRef], Any], ...] = (
    payload.read_audio,
    payload.read_graph,
    payload.read_histogram,
    payload.read_image,
    payload.read_keras_model,
    payload.read_layout,
    payload.read_logged_histogram,
    payload.read_mesh,
    payload.read_pr_curve,
    payload.read_run_metadata,
    payload.read_tensor,
    payload.read_text,
    payload.read_value,
    read_picture,
    read_picture_facts,
    distributions.read_distribution,
    graphs.read_keras,
    graphs.read_model,
    graphs.read_profile,
    pr_curves.read_pr_facts,
    pr_curves.read_pr_outline,
    sounds.read_sounds,
    tensor_previews.read_preview,
    texts.read_facts,
    texts.read_source,
)


def file_seeds() -> list[bytes]:
    """Files of points, of one kind of everything, of tensors, of records that are damaged or many times there."""
    plain = [event.SerializeToString() for event in (builders.version_event(), *builders.points("loss", range(40)))]
    own = blob_seeds.own_events()
    kinds = ("<f4", "<f8", "<f2", "<i4", "?")
    tensors = [builders.tensor(f"t{kind}", to_tensor_proto(np.array(0.5, kind)), plugins.SCALARS) for kind in kinds]
    several = builders.event(builders.scalar("a", 1.5), builders.scalar("b", 2.5), step=7).SerializeToString()
    start = event_pb2.Event(step=3, session_log={"status": "START"}).SerializeToString()
    again = [point.SerializeToString() for point in builders.points("loss", range(5))]
    many = [REPEATED + bytes([200]) + part for part in (plain[1], several)]
    many += [REPEATED + bytes([90]) + builders.event(value, step=1).SerializeToString() for value in tensors]
    session = builders.session_start(SessionStart({"lr": 0.1})).SerializeToString()
    return [
        SEPARATOR.join(plain),
        SEPARATOR.join(own[:12]),
        SEPARATOR.join(own[12:]),
        _UNFRAMED + builders.record(plain[1]),
        SEPARATOR.join([*again, start, *again[2:], session, builders.session_end("SUCCESS").SerializeToString()]),
        *many,
        SEPARATOR.join([plain[0], many[0], start, many[1], _UNFRAMED + b"damage", many[2]]),
    ]


def file_of(data: bytes) -> bytes:
    """Parts become records with right checksums. By their first byte, some stay as they are, and some events are there
    many times, one step and second later each time: what is many times there is read in another way."""
    return b"".join(_framed(part) for part in data.split(SEPARATOR))


def _framed(part: bytes) -> bytes:
    if part[:1] == _UNFRAMED:
        return part[1:]
    if part[:1] == REPEATED and len(part) > 2 and (nodes := parsed(part[2:])):
        return b"".join(builders.record(_later(nodes, number)) for number in range(part[1]))
    return builders.record(part)


def _later(nodes: list[Node], number: int) -> bytes:
    """The event with its step and wall time moved."""
    moved = []
    for node in nodes:
        if isinstance(node.value, int):
            value: int | bytes = node.value + number if node.number == 2 else node.value
        elif node.number == 1 and node.wire_type == 1:
            value = _DOUBLE.pack(_DOUBLE.unpack(node.value)[0] + number)
        else:
            value = node.value
        moved.append(Node(node.number, node.wire_type, value, node.below))
    return written(moved)


def check_records(data: bytes) -> None:
    """However a file is cut, the same records and damage come out, none longer than the file."""
    log = file_of(data)
    whole = list(RecordDecoder().feed(log))
    middle = data[0] * len(log) // 256 if data else 0
    decoder = RecordDecoder()
    pieces = [*decoder.feed(log[:middle]), *decoder.feed(log[middle:])]
    assert [_shape(item) for item in whole if isinstance(item, Record)] == [
        _shape(item) for item in pieces if isinstance(item, Record)
    ]
    assert sum(len(item.payload) for item in whole if isinstance(item, Record)) <= len(log)


def _shape(item: Record | Damage) -> tuple[int, bytes | None]:
    return item.offset, item.payload if isinstance(item, Record) else None


def check_files(data: bytes) -> None:
    """The fast path reads what the ordinary one reads, and what a file that grows gives in the end."""
    log = file_of(data)
    with stored(_NAME, log) as path:
        fast, plain = _read(str(path), fast=True), _read(str(path), fast=False)
        assert fast.scalars == plain.scalars and fast.blobs == plain.blobs and fast.tags == plain.tags
        assert fast.problems == plain.problems and fast.events == plain.events
        assert repr(fast.hparams) == repr(plain.hparams)  # NaN may be among them
        middle = data[0] * len(log) // 256 if data else 0
        path.write_bytes(log[:middle])
        grown = _read_growing(str(path), log)
        assert grown.scalars == plain.scalars and grown.blobs == plain.blobs
    for batch in fast.others:
        if isinstance(batch, Problem):
            assert "\n" not in batch.reason


def reader_of(path: str, *, fast: bool) -> EventFileReader:
    return EventFileReader(EventDecoder("run", path, {}), fast=fast)


def drained(reader: EventFileReader) -> Iterable[Batch]:
    yield from reader.look()
    while reader.pending:
        yield from reader.read()
        yield from reader.take()
    while reader.unchecked:
        yield from reader.check()


def _read(path: str, *, fast: bool) -> Outcome:
    return outcome_of(drained(reader_of(path, fast=fast)))


def _read_growing(path: str, log: bytes) -> Outcome:
    reader = reader_of(path, fast=True)
    batches = list(drained(reader))
    Path(path).write_bytes(log)
    return outcome_of([*batches, *drained(reader)])


def check_events(data: bytes) -> None:
    """An intact record of any bytes: events decode or are Problems; a blob decodes or says in a line why not."""
    with stored(_NAME, builders.record(data)) as path:
        for batch in list(drained(reader_of(str(path), fast=True))):
            if isinstance(batch, BlobBatch):
                for ref in batch.refs[:4]:
                    _decode(ref)


def _event_seeds() -> list[bytes]:
    return [*blob_seeds.own_events(), *blob_seeds.graphs(), *blob_seeds.curves()]


def _decode(ref: BlobRef) -> None:
    for read in _READERS:
        try:
            read(ref)
        except PayloadError as error:
            assert_harmless(str(error), str(read))


TARGETS = (
    Target("records", check_records, file_seeds, changed_file),
    Target("files", check_files, file_seeds, changed_file),
    Target("events", check_events, _event_seeds, changed_message),
)
