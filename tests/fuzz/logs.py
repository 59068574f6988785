"""Targets of event files: framing, tailing, the fast path, events and everything that decodes a blob."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from logging_lib.tfevents.record import Damage, Record, RecordDecoder
from tests import builders
from tests.fuzz.target import SEPARATOR, Target, assert_harmless, stored
from tests.tui.reader.outcome import Outcome, outcome_of
from tui.app import distributions, graphs, pr_curves, sounds, tensor_previews, texts
from tui.model import Batch, BlobBatch, BlobRef, Problem
from tui.reader import payload
from tui.reader.decode import EventDecoder
from tui.reader.event_file import EventFileReader
from tui.reader.payload import PayloadError
from tui.reader.payload.picture import read_picture, read_picture_facts

_NAME = builders.FILE_NAME
_UNFRAMED = 0xFE

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


@cache
def own_events() -> tuple[bytes, ...]:
    """The payloads of one of everything that our writer can log."""
    from tests.logging_lib.every_kind import write_every_kind  # takes torch, which an input from a file does without

    found: list[bytes] = []
    with TemporaryDirectory() as name:
        directory = Path(name)
        write_every_kind(directory)
        for path in sorted(directory.rglob("*tfevents*")):
            records = RecordDecoder().feed(path.read_bytes())
            found += [item.payload for item in records if isinstance(item, Record)]
    return tuple(found)


def _file_seeds() -> list[bytes]:
    plain = [event.SerializeToString() for event in (builders.version_event(), *builders.points("loss", range(40)))]
    return [SEPARATOR.join(plain), SEPARATOR.join(own_events()[:12]), bytes([_UNFRAMED]) + builders.record(plain[1])]


def _file_of(data: bytes) -> bytes:
    """Parts become records; those that begin with a certain byte stay as they are."""
    parts = data.split(SEPARATOR)
    return b"".join(part[1:] if part[:1] == bytes([_UNFRAMED]) else builders.record(part) for part in parts)


def check_records(data: bytes) -> None:
    """However a file is cut, the same records and damage come out, none longer than the file."""
    log = _file_of(data)
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
    log = _file_of(data)
    with stored(_NAME, log) as path:
        fast, plain = _read(str(path), fast=True), _read(str(path), fast=False)
        assert fast.scalars == plain.scalars and fast.blobs == plain.blobs and fast.tags == plain.tags
        assert fast.problems == plain.problems and fast.hparams == plain.hparams and fast.events == plain.events
        middle = data[0] * len(log) // 256 if data else 0
        path.write_bytes(log[:middle])
        grown = _read_growing(str(path), log)
        assert grown.scalars == plain.scalars and grown.blobs == plain.blobs
    for batch in fast.others:
        if isinstance(batch, Problem):
            assert "\n" not in batch.reason


def _reader(path: str, *, fast: bool) -> EventFileReader:
    return EventFileReader(EventDecoder("run", path, {}), fast=fast)


def _drained(reader: EventFileReader) -> Iterable[Batch]:
    yield from reader.look()
    while reader.pending:
        yield from reader.read()
        yield from reader.take()
    while reader.unchecked:
        yield from reader.check()


def _read(path: str, *, fast: bool) -> Outcome:
    return outcome_of(_drained(_reader(path, fast=fast)))


def _read_growing(path: str, log: bytes) -> Outcome:
    reader = _reader(path, fast=True)
    batches = list(_drained(reader))
    Path(path).write_bytes(log)
    return outcome_of([*batches, *_drained(reader)])


def check_events(data: bytes) -> None:
    """An intact record of any bytes: events decode or are Problems; a blob decodes or says in a line why not."""
    with stored(_NAME, builders.record(data)) as path:
        for batch in list(_drained(_reader(str(path), fast=True))):
            if isinstance(batch, BlobBatch):
                for ref in batch.refs[:4]:
                    _decode(ref)


def _decode(ref: BlobRef) -> None:
    for read in _READERS:
        try:
            read(ref)
        except PayloadError as error:
            assert_harmless(str(error), str(read))


TARGETS = (
    Target("records", check_records, _file_seeds),
    Target("files", check_files, _file_seeds),
    Target("events", check_events, lambda: list(own_events())),
)
