"""Tailing a file: growth, truncation at every byte, damage, and files that go away."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logging_lib.tfevents.proto import event_pb2
from logging_lib.tfevents.record import HEADER_BYTES, RecordDecoder
from tests import builders
from tui.model import Batch, Forgotten, Gone, Problem, Recovered, RunActivity, ScalarBatch
from tui.reader import event_file, stream
from tui.reader.continuity import SAMPLE_BYTES
from tui.reader.decode import EventDecoder
from tui.reader.event_file import EventFileReader, looks_like_events
from tui.reader.stream import EventStream

EVENTS = [builders.version_event(), *builders.points("a", range(5)), *builders.points("b", range(2))]
ALL_STEPS = {"a": [0, 1, 2, 3, 4], "b": [0, 1]}


def reader_of(path: Path) -> EventFileReader:
    return EventFileReader(EventDecoder("run", str(path), {}))


def read(reader: EventFileReader) -> list[Batch]:
    """Look once and read all that is there: what is told about the file, then the data."""
    batches = reader.look()
    while reader.pending:
        batches += reader.read()
    return [*batches, *reader.take()]


def steps(batches: list[Batch]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for batch in batches:
        if isinstance(batch, ScalarBatch):
            found.setdefault(batch.key.tag, []).extend(batch.steps.tolist())
    return found


def problems(batches: list[Batch]) -> list[Problem]:
    return [batch for batch in batches if isinstance(batch, Problem)]


def test_truncated_at_every_byte_then_grown(tmp_path: Path) -> None:
    data = builders.records(EVENTS)
    path = tmp_path / builders.FILE_NAME
    for cut in range(len(data) + 1):
        path.write_bytes(data[:cut])
        reader = reader_of(path)
        batches = read(reader)
        assert not problems(batches)
        with path.open("ab") as file:
            file.write(data[cut:])
        batches += read(reader)
        assert (steps(batches), problems(batches)) == (ALL_STEPS, [])
        path.unlink()


@given(st.lists(st.integers(0, 12), max_size=60))
def test_any_chunks_give_the_same_points(tmp_path_factory: pytest.TempPathFactory, sizes: list[int]) -> None:
    path = builders.write(tmp_path_factory.mktemp("chunks") / builders.FILE_NAME, [])
    data = builders.records(EVENTS)
    reader = reader_of(path)
    batches = read(reader)
    for size in [*sizes, len(data)]:
        with path.open("ab") as file:
            file.write(data[path.stat().st_size :][:size])
        batches += read(reader)
    assert steps(batches) == ALL_STEPS


def test_small_chunks_carry_records_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "CHUNK_BYTES", 7)
    assert steps(read(reader_of(builders.write(tmp_path / builders.FILE_NAME, EVENTS)))) == ALL_STEPS


def test_nothing_is_read_twice(tmp_path: Path) -> None:
    path = builders.write(tmp_path / builders.FILE_NAME, EVENTS)
    reader = reader_of(path)
    assert steps(read(reader)) == ALL_STEPS
    assert read(reader) == []
    builders.append(path, [builders.scalar_event("a", 9, 1.0)])
    assert steps(read(reader)) == {"a": [9]}


def test_a_damaged_payload_is_skipped_and_reported(tmp_path: Path) -> None:
    path = builders.write(tmp_path / builders.FILE_NAME, EVENTS)
    data = bytearray(path.read_bytes())
    start = len(builders.records(EVENTS[:2]))
    size = len(builders.record(EVENTS[2]))
    data[start + HEADER_BYTES + 3] ^= 1
    path.write_bytes(data)
    batches = read(reader_of(path))
    assert steps(batches) == {"a": [0, 2, 3, 4], "b": [0, 1]}
    assert problems(batches) == [Problem(str(path), start, f"payload fails its CRC; {size} bytes skipped")]


def test_every_flipped_byte_costs_its_record_only(tmp_path: Path) -> None:
    events = list(builders.points("a", range(4)))
    data = builders.records(events)
    starts = [len(builders.records(events[:n])) for n in range(5)]
    path = tmp_path / builders.FILE_NAME
    for position in range(len(data)):
        damaged = bytearray(data)
        damaged[position] ^= 0x40
        path.write_bytes(damaged)
        batches = read(reader_of(path))
        victim = max(n for n in range(4) if starts[n] <= position)
        assert steps(batches) == {"a": [n for n in range(4) if n != victim]}
        assert [problem.offset for problem in problems(batches)] == [starts[victim]]
        path.unlink()


def test_garbage_at_the_end_is_reported_once_and_reading_goes_on_behind_it(tmp_path: Path) -> None:
    path = builders.write(tmp_path / builders.FILE_NAME, EVENTS)
    start = path.stat().st_size
    with path.open("ab") as file:
        file.write(b"\xff" * 100)
    reader = reader_of(path)
    batches = read(reader)
    expected = [Problem(str(path), start, "record header fails its CRC, and no record follows")]
    assert problems(batches) == expected
    builders.append(path, [builders.scalar_event("a", 9, 1.0)])
    later = read(reader)
    assert (steps(later), problems(later)) == ({"a": [9]}, [])


def test_a_file_of_garbage_is_one_problem(tmp_path: Path) -> None:
    path = tmp_path / builders.FILE_NAME
    path.write_text("this is no event file\n" * 10)
    reader = reader_of(path)
    assert problems(read(reader)) == [Problem(str(path), 0, "record header fails its CRC, and no record follows")]
    assert read(reader) == []


def begins_again(path: Path) -> list[Batch]:
    """What is told when all that was read is void."""
    return [Forgotten("run", str(path)), RunActivity("run", str(path), 0, None, None)]


OTHER_EVENTS = [builders.version_event(builders.WALL_TIME + 9), *builders.points("c", range(3))]


@pytest.mark.parametrize("count", [1, 20], ids=["shorter", "longer"])
def test_another_file_in_its_place_is_read_instead(tmp_path: Path, count: int) -> None:
    path = builders.write(tmp_path / builders.FILE_NAME, EVENTS)
    reader = reader_of(path)
    read(reader)
    builders.write(tmp_path / "other", [builders.scalar_event("c", 1, 1.0)] * count).replace(path)
    batches = read(reader)
    assert batches[:2] == begins_again(path)
    assert (steps(batches), problems(batches)) == ({"c": [1] * count}, [])
    builders.append(path, [builders.scalar_event("c", 2, 1.0)])
    batches = read(reader)
    assert (steps(batches), len(batches)) == ({"c": [2]}, 2)


@pytest.mark.parametrize("tail", [b"", b"\x05\0\0", builders.record(EVENTS[1])[:20]])
def test_a_copy_that_took_its_place_is_read_on(tmp_path: Path, tail: bytes) -> None:
    """As rsync updates a file, again and again; an open tail may have become anything."""
    path = builders.write(tmp_path / builders.FILE_NAME, EVENTS)
    with path.open("ab") as file:
        file.write(tail)
    reader = reader_of(path)
    assert steps(read(reader)) == ALL_STEPS
    events = list(EVENTS)
    for step in (7, 8):
        events.append(builders.scalar_event("a", step, 1.0))
        builders.write(tmp_path / "copy", events).replace(path)
        batches = read(reader)
        assert (steps(batches), problems(batches)) == ({"a": [step]}, [])
    builders.append(path, [builders.scalar_event("a", 9, 1.0)])
    assert steps(read(reader)) == {"a": [9]}


def test_a_file_without_a_record_yet_may_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / builders.FILE_NAME
    path.write_bytes(builders.records(EVENTS)[:10])
    reader = reader_of(path)
    assert read(reader) == []
    builders.write(tmp_path / "copy", EVENTS).replace(path)
    batches = read(reader)
    assert (steps(batches), problems(batches)) == (ALL_STEPS, [])


def test_a_file_replaced_between_look_and_read_is_noticed(tmp_path: Path) -> None:
    path = builders.write(tmp_path / builders.FILE_NAME, EVENTS)
    reader = reader_of(path)
    read(reader)
    builders.append(path, EVENTS)
    reader.look()
    builders.write(tmp_path / "other", [builders.scalar_event("c", 1, 1.0)] * 20).replace(path)
    assert reader.read() == begins_again(path)
    assert not reader.pending
    assert steps(list(reader.take())) == {"c": [1] * 20}


def test_what_was_read_but_not_taken_is_void_too(tmp_path: Path) -> None:
    path = builders.write(tmp_path / builders.FILE_NAME, [*EVENTS, b"no event"])
    reader = reader_of(path)
    reader.look()
    reader.read()
    builders.write(tmp_path / "other", OTHER_EVENTS).replace(path)
    batches = read(reader)
    assert batches[:2] == begins_again(path)
    assert (steps(batches), problems(batches)) == ({"c": [0, 1, 2]}, [])
    assert [batch.events for batch in batches if isinstance(batch, RunActivity)] == [0, 4]


def test_a_file_that_was_rewritten_in_place_is_read_again(tmp_path: Path) -> None:
    """Cut to nothing and longer than before by the next look, or exactly as long."""
    path = builders.write(tmp_path / builders.FILE_NAME, EVENTS)
    reader = reader_of(path)
    read(reader)
    builders.write(path, OTHER_EVENTS * 5)
    batches = read(reader)
    assert batches[:2] == begins_again(path)
    assert (steps(batches), problems(batches)) == ({"c": [0, 1, 2] * 5}, [])
    size = path.stat().st_size
    builders.write(path, [builders.scalar_event("c", 7, 1.0, wall_time=8.0)] * (size // 53 + 1))
    os.truncate(path, size)
    os.utime(path, (5, 5))
    batches = read(reader)
    assert batches[:2] == begins_again(path)
    assert set(steps(batches)["c"]) == {7}
    os.utime(path, (6, 6))
    assert read(reader) == []


def test_a_repaired_tail_is_read_without_beginning_again(tmp_path: Path) -> None:
    """The unfinished record was cut off, and others were written, longer than the file was."""
    path = builders.write(tmp_path / builders.FILE_NAME, EVENTS)
    size = path.stat().st_size
    reader = reader_of(path)
    with path.open("ab") as file:
        file.write(builders.record(OTHER_EVENTS[1])[:30])
    assert steps(read(reader)) == ALL_STEPS
    os.truncate(path, size)
    assert read(reader) == []
    with path.open("ab") as file:
        file.write(builders.record(OTHER_EVENTS[1])[:30])
    assert read(reader) == []
    os.truncate(path, size)
    builders.append(path, builders.points("d", range(3)))
    batches = read(reader)
    assert (steps(batches), problems(batches)) == ({"d": [0, 1, 2]}, [])


@pytest.mark.parametrize("size", [0, 10, 100, 250])
def test_a_file_that_shrank_is_read_again_and_told_until_it_is_as_long(tmp_path: Path, size: int) -> None:
    path = builders.write(tmp_path / builders.FILE_NAME, EVENTS)
    before = path.stat().st_size
    reader = reader_of(path)
    read(reader)
    os.truncate(path, size)
    batches = read(reader)
    shrank = Problem(str(path), None, f"file shrank from {before} to {size} bytes; it was read again from its start")
    assert batches[:3] == [*begins_again(path), shrank]
    whole = [n for n in range(8) if len(builders.records(EVENTS[: n + 1])) <= size]
    assert steps(batches) == ({"a": list(range(len(whole) - 1))} if len(whole) > 1 else {})
    assert read(reader) == []
    for count in range(1, len(EVENTS)):
        builders.write(path, EVENTS[:count])
        assert not any(isinstance(batch, Recovered) for batch in read(reader))
    builders.write(path, EVENTS)
    assert read(reader)[0] == Recovered(str(path))


@pytest.mark.parametrize("size", [0, 10, None])
def test_a_shorter_file_that_begins_with_something_else_is_no_problem(tmp_path: Path, size: int | None) -> None:
    """A training run that was begun anew writes to the same name; it may be seen at any moment."""
    path = builders.write(tmp_path / builders.FILE_NAME, EVENTS)
    reader = reader_of(path)
    read(reader)
    data = builders.records(OTHER_EVENTS)
    path.write_bytes(data[:size])
    assert len(problems(read(reader))) == (size is not None)
    path.write_bytes(data)
    os.utime(path, (5, 5))
    batches = read(reader)
    assert (Recovered(str(path)) in batches) == (size is not None)
    assert problems(batches) == []
    assert len(data) < len(builders.records(EVENTS))


def test_zeros_at_the_end_may_become_records(tmp_path: Path) -> None:
    """As on NFS, where a file may be longer before the data arrives, at any byte."""
    data = builders.records(EVENTS)
    path = tmp_path / builders.FILE_NAME
    for cut in range(len(data)):
        path.write_bytes(data[:cut].ljust(len(data) + 20, b"\0"))
        reader = reader_of(path)
        batches = read(reader)
        # Some zeros belong to the record that was cut.
        zeros = len(data[:cut].rstrip(b"\0"))
        assert problems(batches) == [zeros_from(path, zeros)]
        assert read(reader) == []
        with path.open("r+b") as file:
            file.write(data)
        os.truncate(path, len(data))
        os.utime(path, (cut, cut))
        later = read(reader)
        assert (later[0], problems(later)) == (Recovered(str(path)), [])
        assert steps([*batches, *later]) == ALL_STEPS
        assert not any(isinstance(batch, Forgotten) for batch in later)
        path.unlink()


def zeros_from(path: Path, offset: int) -> Problem:
    reason = f"zeros, which are not written yet or were lost in a crash, from byte {offset} to its end"
    return Problem(str(path), None, reason)


def test_zeros_before_a_record_are_damage(tmp_path: Path) -> None:
    path = builders.write(tmp_path / builders.FILE_NAME, EVENTS)
    start = path.stat().st_size
    with path.open("ab") as file:
        file.write(bytes(5000))
    reader = reader_of(path)
    assert problems(read(reader)) == [zeros_from(path, start)]
    assert reader.offset == start
    path.rename(tmp_path / "aside")
    read(reader)
    (tmp_path / "aside").rename(path)
    assert read(reader) == [Recovered(str(path)), zeros_from(path, start)]
    builders.append(path, [builders.scalar_event("a", 9, 1.0)])
    batches = read(reader)
    assert steps(batches) == {"a": [9]}
    assert problems(batches) == [Problem(str(path), start, "record header fails its CRC; 5000 bytes skipped")]


def test_a_hole_that_is_filled_later_is_read_again(tmp_path: Path) -> None:
    """Blocks of a network file may arrive in any order."""
    events = [*builders.points("a", range(300))]
    data = builders.records(events)
    path = tmp_path / builders.FILE_NAME
    path.write_bytes(data[:4096] + bytes(4096) + data[8192:])
    reader = reader_of(path)
    batches = read(reader)
    assert len(problems(batches)) == 1
    assert 150 < len(steps(batches)["a"]) < 250
    assert read(reader) == []
    path.write_bytes(data)
    batches = read(reader)
    assert batches[:2] == begins_again(path)
    assert (steps(batches), problems(batches)) == ({"a": list(range(300))}, [])
    builders.append(path, [builders.scalar_event("a", 300, 1.0)])
    assert (steps(batches := read(reader)), len(batches)) == ({"a": [300]}, 2)


def test_damage_that_stays_is_not_read_again(tmp_path: Path) -> None:
    path = builders.write(tmp_path / builders.FILE_NAME, EVENTS)
    data = bytearray(path.read_bytes())
    data[70] ^= 1
    path.write_bytes(data)
    reader = reader_of(path)
    assert len(problems(read(reader))) == 1
    for step in range(3):
        builders.append(path, [builders.scalar_event("d", step, 1.0)])
        batches = read(reader)
        assert (steps(batches), problems(batches), len(batches)) == ({"d": [step]}, [], 2)


def test_a_tail_of_garbage_that_is_cut_off_is_no_problem_any_more(tmp_path: Path) -> None:
    path = builders.write(tmp_path / builders.FILE_NAME, EVENTS)
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(b"\xff" * 100)
    reader = reader_of(path)
    assert len(problems(read(reader))) == 1
    os.truncate(path, size)
    batches = read(reader)
    assert batches[:2] == begins_again(path)
    assert steps(batches) == ALL_STEPS
    for tail in (builders.record(OTHER_EVENTS[1])[:30], builders.records(builders.points("d", range(3)))):
        os.truncate(path, size)
        with path.open("ab") as file:
            file.write(tail)
        batches = read(reader)
    assert (steps(batches), problems(batches)) == ({"d": [0, 1, 2]}, [])


def test_a_copy_of_a_damaged_file_is_read_on(tmp_path: Path) -> None:
    """Its damage is told once, also where it reaches to the end."""
    path = tmp_path / builders.FILE_NAME
    data = bytearray(builders.records(EVENTS) + b"\xff" * 100)
    data[70] ^= 1
    path.write_bytes(data)
    reader = reader_of(path)
    assert len(problems(read(reader))) == 2
    copy = tmp_path / "copy"
    copy.write_bytes(data + builders.records(OTHER_EVENTS))
    copy.replace(path)
    batches = read(reader)
    assert (steps(batches), problems(batches)) == ({"c": [0, 1, 2]}, [])
    assert not any(isinstance(batch, Forgotten) for batch in batches)


def test_bytes_that_cannot_be_read_once_more_are_not_counted_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That what was read is void is told also where reading anew fails."""
    path = builders.write(tmp_path / builders.FILE_NAME, EVENTS)
    reader = reader_of(path)
    read(reader)

    def refuse(*arguments: object) -> None:
        raise OSError(5, "Input/output error")

    builders.write(tmp_path / "other", OTHER_EVENTS).replace(path)
    with monkeypatch.context() as patch:
        patch.setattr(EventStream, "read", refuse)
        assert read(reader) == [
            *begins_again(path),
            Problem(str(path), None, "file cannot be read: Input/output error"),
        ]
    batches = read(reader)
    assert batches[0] == Recovered(str(path))
    assert (steps(batches), problems(batches)) == ({"c": [0, 1, 2]}, [])


def test_a_change_that_was_taken_back_before_it_was_read(tmp_path: Path) -> None:
    path = builders.write(tmp_path / builders.FILE_NAME, EVENTS)
    reader = reader_of(path)
    read(reader)
    path.rename(tmp_path / "aside")
    builders.write(path, OTHER_EVENTS)
    assert reader.look() == []
    assert reader.pending
    (tmp_path / "aside").rename(path)
    assert reader.look() == []
    assert not reader.pending


LONG_EVENT = event_pb2.Event(graph_def=b"graph" * SAMPLE_BYTES)  # zeros at the end of a file are not taken for data


@pytest.mark.parametrize(
    "tail",
    [b"", builders.record(OTHER_EVENTS[1])[:20], builders.record(LONG_EVENT)[: 2 * SAMPLE_BYTES]],
    ids=["whole", "a record that had begun", "a long one"],
)
def test_a_copy_may_take_its_place_between_look_and_read(tmp_path: Path, tail: bytes) -> None:
    """What had begun behind the last whole record may be another one in the copy."""
    path = builders.write(tmp_path / builders.FILE_NAME, EVENTS)
    with path.open("ab") as file:
        file.write(tail)
    reader = reader_of(path)
    assert steps(read(reader)) == ALL_STEPS
    builders.append(path, [builders.scalar_event("a", 9, 1.0)])
    reader.look()
    builders.write(tmp_path / "copy", [*EVENTS, builders.scalar_event("a", 9, 1.0), LONG_EVENT]).replace(path)
    assert [told for told in reader.read() if isinstance(told, Problem)] == []
    batches = list(reader.take())
    assert (steps(batches), problems(batches)) == ({"a": [9]}, [])


@pytest.mark.parametrize("size", [20, SAMPLE_BYTES])
def test_a_record_that_had_begun_may_become_another_in_place(tmp_path: Path, size: int) -> None:
    """What is short is read again: another writer went on there, and the file is longer than it was."""
    path = builders.write(tmp_path / builders.FILE_NAME, EVENTS)
    whole = path.stat().st_size
    with path.open("ab") as file:
        file.write(builders.record(LONG_EVENT)[:size])
    reader = reader_of(path)
    assert steps(read(reader)) == ALL_STEPS
    with path.open("r+b") as file:
        file.seek(whole)
        file.write(builders.records(builders.points("d", range(2000))))
    batches = read(reader)
    assert (steps(batches), problems(batches)) == ({"d": list(range(2000))}, [])


def test_a_record_too_large_for_memory_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(decoder: RecordDecoder, data: bytes) -> None:
        raise MemoryError

    path = builders.write(tmp_path / builders.FILE_NAME, EVENTS)
    reader = reader_of(path)
    monkeypatch.setattr(RecordDecoder, "feed", refuse)
    reason = "not enough memory for a record of this file; it is read no further"
    assert read(reader) == [Problem(str(path), None, reason)]
    assert read(reader) == []
    monkeypatch.undo()
    builders.append(path, OTHER_EVENTS)
    assert read(reader) == []
    builders.write(tmp_path / "other", OTHER_EVENTS).replace(path)
    assert steps(read(reader)) == {"c": [0, 1, 2]}


def test_damage_at_the_end_names_its_reason(tmp_path: Path) -> None:
    path = builders.write(tmp_path / builders.FILE_NAME, EVENTS)
    data = bytearray(path.read_bytes())
    data[-6] ^= 1
    path.write_bytes(data)
    reader = reader_of(path)
    start = len(builders.records(EVENTS[:-1]))
    batches = read(reader)
    assert steps(batches) == {"a": [0, 1, 2, 3, 4], "b": [0]}
    assert problems(batches) == [Problem(str(path), start, "payload fails its CRC, and no record follows")]
    builders.append(path, [builders.scalar_event("b", 2, 1.0)])
    batches = read(reader)
    assert (steps(batches), problems(batches)) == ({"b": [2]}, [])


def test_a_file_that_is_gone_is_reported_once(tmp_path: Path) -> None:
    path = builders.write(tmp_path / builders.FILE_NAME, EVENTS)
    reader = reader_of(path)
    read(reader)
    path.rename(tmp_path / "aside")
    assert read(reader) == [Problem(str(path), None, "file is gone; what was read of it stays"), Gone(str(path))]
    assert read(reader) == []
    (tmp_path / "aside").rename(path)
    assert read(reader) == [Recovered(str(path))]
    builders.append(path, [builders.scalar_event("a", 9, 1.0)])
    assert steps(read(reader)) == {"a": [9]}


def test_a_file_that_goes_before_all_was_read_keeps_what_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "CHUNK_BYTES", 100)
    path = builders.write(tmp_path / builders.FILE_NAME, EVENTS)
    reader = reader_of(path)
    reader.look()
    reader.read()
    path.unlink()
    batches = reader.read()
    assert not reader.pending
    batches += [*reader.look(), *reader.take()]
    assert batches[:2] == [Problem(str(path), None, "file is gone; what was read of it stays"), Gone(str(path))]
    assert steps(batches) == {"a": [0]}
    builders.write(path, EVENTS)
    assert read(reader)[0] == Recovered(str(path))


@pytest.mark.timeout(20)  # a reader that opens a FIFO waits for ever, and with it all that are read by its thread
@pytest.mark.parametrize("kind", ["FIFO", "directory", "socket", "link to itself", "link to nothing"])
def test_something_else_in_the_place_of_a_file_holds_up_nobody(tmp_path: Path, kind: str) -> None:
    path = builders.write(tmp_path / builders.FILE_NAME, EVENTS)
    reader = reader_of(path)
    read(reader)
    aside = path.rename(tmp_path / "aside")
    match kind:
        case "FIFO":
            os.mkfifo(path)
        case "directory":
            path.mkdir()
        case "socket":
            os.mknod(path, stat.S_IFSOCK | 0o600)
        case "link to itself":
            path.symlink_to(path)
        case "link to nothing":
            path.symlink_to(tmp_path / "nothing")
    told = read(reader)
    assert (len(problems(told)), steps(told)) == (1, {})
    assert read(reader) == []
    if kind == "directory":
        path.rmdir()
    else:
        path.unlink()
    aside.rename(path)
    builders.append(path, builders.points("a", range(5, 7)))
    told = read(reader)
    assert (told[0], steps(told)) == (Recovered(str(path)), {"a": [5, 6]})


def test_a_file_in_place_of_the_one_that_was_gone_is_read(tmp_path: Path) -> None:
    path = builders.write(tmp_path / builders.FILE_NAME, EVENTS)
    reader = reader_of(path)
    read(reader)
    path.rename(tmp_path / "aside")
    read(reader)
    builders.write(path, OTHER_EVENTS)
    batches = read(reader)
    # Forgotten withdraws all that was said about the file.
    assert batches[:2] == begins_again(path)
    assert (steps(batches), problems(batches)) == ({"c": [0, 1, 2]}, [])


def test_another_name_of_the_same_file(tmp_path: Path) -> None:
    path = builders.write(tmp_path / builders.FILE_NAME, EVENTS)
    reader = reader_of(path)
    read(reader)
    link = tmp_path / "link"
    link.hardlink_to(path)
    assert not reader.is_now(str(link))
    path.unlink()
    assert reader.is_now(str(link))
    assert not reader.is_now(str(tmp_path / "missing"))
    link.write_bytes(builders.records(OTHER_EVENTS) * 3)
    assert not reader.is_now(str(link))  # as a new file may have an old one's inode


def test_an_unreadable_file_is_reported_once_and_read_when_it_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = builders.write(tmp_path / builders.FILE_NAME, EVENTS)
    reader = reader_of(path)

    # Permissions do not stop root, as whom tests may run.
    def refuse(path: str) -> object:
        raise PermissionError(13, "Permission denied", path)

    with monkeypatch.context() as patch:
        patch.setattr(event_file, "open_unbuffered", refuse)
        assert read(reader) == [Problem(str(path), None, "file cannot be read: Permission denied")]
        assert not reader.pending
        assert read(reader) == []
    batches = read(reader)
    assert batches[0] == Recovered(str(path))
    assert steps(batches) == ALL_STEPS


def test_breathing_happens_within_a_chunk(tmp_path: Path) -> None:
    path = builders.write(tmp_path / builders.FILE_NAME, builders.points("a", range(1000)))
    breaths: list[None] = []
    reader = EventFileReader(EventDecoder("run", str(path), {}), breathe=lambda: breaths.append(None), fast=False)
    read(reader)
    assert len(breaths) >= 10


def test_what_an_event_file_looks_like(tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("not at all an event file, though it is long enough")
    empty = tmp_path / "empty"
    empty.touch()
    assert looks_like_events(builders.write(tmp_path / "events", EVENTS))
    assert not looks_like_events(text)
    assert not looks_like_events(empty)
