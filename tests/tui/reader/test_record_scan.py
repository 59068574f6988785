"""Headers are found wherever records stand, and the first damaged record, whichever it is."""

from __future__ import annotations

import random
from itertools import accumulate

import numpy as np
import pytest

from logging_lib.tfevents.crc32c import mask
from logging_lib.tfevents.record import FRAME_BYTES, encode_header, encode_record
from tests import builders
from tui.reader.record_scan import (
    Bytes,
    Chain,
    Headers,
    RecordScanner,
    first_damaged,
    header_crcs,
    leaves_zero,
    mask_all,
    unmask,
)

# Headers of these lengths look like zeros and are not looked for.
MISSED = [0, *np.flatnonzero(header_crcs() >> np.uint32(16) == 0).tolist()]


def buffer_of(*payloads: bytes) -> Bytes:
    return np.frombuffer(bytearray(builders.records(payloads)), np.uint8)


def chain_of(buffer: Bytes, start: int = 0) -> Chain:
    chain = RecordScanner().find(buffer, start, len(buffer)).chain(start)
    assert chain is not None
    return chain


def is_found(header: bytes, before: bytes = b"") -> bool:
    """Whether a header is found that stands behind other bytes."""
    data = np.frombuffer(before + header + bytes(1 << 16) + bytes(4), np.uint8)
    headers = RecordScanner().find(data, 0, len(before + header))
    headers.end = len(data)
    return headers.chain(len(before)) is not None


def lengths_at(headers: Headers, start: int) -> list[int]:
    chain = headers.chain(start)
    return [] if chain is None else chain.lengths.tolist()


def test_header_crcs() -> None:
    stored = header_crcs().astype("<u4").tobytes()
    assert (header_crcs().shape, header_crcs().dtype) == ((1 << 16,), np.uint32)
    assert stored == b"".join(encode_header(length)[8:] for length in range(1 << 16))


def test_masks_of_crcs() -> None:
    crcs = np.array([0, 1, 0x7FFF, 0x8000, 0xDEADBEEF, 0xFFFFFFFF], np.uint32)
    assert mask_all(crcs).tolist() == [mask(int(crc)) for crc in crcs]
    assert unmask(mask_all(crcs)).tolist() == crcs.tolist()


def test_records_one_behind_the_other() -> None:
    buffer = buffer_of(b"a", b"bc" * 20, b"a" * 65535)
    chain = chain_of(buffer)
    assert chain.positions.tolist() == [0, 17, 73]
    assert chain.lengths.tolist() == [1, 40, 65535]
    assert (len(chain), chain.end) == (3, len(buffer))
    assert chain.payload(buffer, 1).tobytes() == b"bc" * 20
    assert chain.payload(buffer, 2).tobytes() == b"a" * 65535
    first = chain.first(2)
    assert (first.positions.tolist(), first.lengths.tolist(), first.end) == ([0, 17], [1, 40], 73)
    assert len(chain.first(9)) == 3


def test_every_length_but_a_few() -> None:
    rng = random.Random(0)
    for length in [*range(300), *rng.sample(range(300, 1 << 16), 500), 65535, *MISSED]:
        assert is_found(encode_header(length), b"\x07" * 3) == (length not in MISSED)
    assert len(MISSED) < 5


@pytest.mark.parametrize("length", [1 << 16, (1 << 16) + 5, 1 << 32, (1 << 64) - 1])
def test_longer_records_are_not_found(length: int) -> None:
    assert not is_found(encode_header(length))


def test_headers_are_looked_for_in_a_part() -> None:
    buffer = buffer_of(b"one", b"two", b"three")
    scanner = RecordScanner()
    assert lengths_at(scanner.find(buffer, 0, 59), 0) == [3, 3, 5]
    assert lengths_at(scanner.find(buffer, 0, 59), 19) == [3, 5]
    assert lengths_at(scanner.find(buffer, 0, 59), 38) == [5]
    assert lengths_at(scanner.find(buffer, 1, 59), 0) == []
    assert lengths_at(scanner.find(buffer, 1, 59), 19) == [3, 5]
    for end, lengths in {
        58: [3, 3],
        50: [3, 3],
        49: [3, 3],
        38: [3, 3],
        37: [3],
        19: [3],
        18: [],
        11: [],
        0: [],
    }.items():
        headers = scanner.find(buffer, 0, end)
        assert headers.end == end
        assert lengths_at(headers, 0) == lengths
    assert scanner.find(buffer, 0, 18).chain(0) is None
    for start in (1, 18, 20, 58, 59, 99):
        assert lengths_at(scanner.find(buffer, 0, 59), start) == []
    assert lengths_at(scanner.find(buffer, 59, 59), 59) == []


def test_a_buffer_may_end_anywhere() -> None:
    data = builders.records([b"one", b"two", b"three"])
    for end in range(len(data) + 1):
        buffer = np.frombuffer(bytearray(data[:end]), np.uint8)
        whole = [length for length, behind in ((3, 19), (3, 38), (5, 59)) if behind <= end]
        assert lengths_at(RecordScanner().find(buffer, 0, end), 0) == whole


def test_what_was_looked_at_before_leaves_no_trace() -> None:
    scanner = RecordScanner()
    scanner.find(buffer_of(*[b"x" * 9] * 50), 0, 50 * 25)
    scanner.find(np.zeros(1000, np.uint8), 0, 1000)
    for size in range(60):
        data = np.frombuffer(b"\x01" * size + encode_record(b"123456789"), np.uint8)
        headers = scanner.find(data, 0, len(data))
        assert [start for start in range(len(data)) if lengths_at(headers, start)] == [size]
        headers = scanner.find(np.full(size, 255, np.uint8), 0, size)
        assert [start for start in range(size) if lengths_at(headers, start)] == []


def test_a_header_that_fails_its_crc_is_none() -> None:
    whole = encode_header(300)
    assert is_found(whole)
    for bit in range(8 * len(whole)):
        data = bytearray(whole)
        data[bit // 8] ^= 1 << bit % 8
        assert not is_found(bytes(data))


@pytest.mark.parametrize("garbage", [b"?", bytes(12), encode_header(0), encode_record(b"x")[:-1], encode_record(b"")])
def test_a_chain_ends_where_something_else_stands(garbage: bytes) -> None:
    before, after = builders.records([b"one", b"two"]), builders.records([b"three"])
    data = np.frombuffer(before + garbage + after, np.uint8)
    headers = RecordScanner().find(data, 0, len(data))
    # The header of a record that is cut off is one still; its payload's CRC will fail.
    assert lengths_at(headers, 0) == [3, 3, *([1] if garbage[:1] == b"\x01" else [])]
    assert lengths_at(headers, len(before)) == ([1] if garbage[:1] == b"\x01" else [])
    assert lengths_at(headers, len(before + garbage)) == [5]


def test_records_inside_a_record_are_left_alone() -> None:
    inner = builders.records([b"inner"] * 5)
    buffer = buffer_of(b"one", b"two", inner, b"three", b"four")
    chain = chain_of(buffer)
    assert chain.lengths.tolist() == [3, 3, len(inner)]
    chain = chain_of(buffer, chain.end)
    assert chain.lengths.tolist() == [5, 4]


@pytest.mark.parametrize("sizes", [[5], [40] * 40, [1, 300, 2, 41, 41, 65535, 9, 70, 3]])
def test_the_first_damaged_record(sizes: list[int]) -> None:
    rng = random.Random(1)
    buffer = buffer_of(*(rng.randbytes(size) for size in sizes))
    chain, scanner = chain_of(buffer), RecordScanner()
    assert chain.lengths.tolist() == sizes
    before = buffer.tobytes()
    assert scanner.intact(buffer, chain) == len(sizes)
    starts = [0, *accumulate(size + FRAME_BYTES for size in sizes)]
    for record, start in enumerate(starts[:-1]):
        payload = range(start + 12, starts[record + 1])
        for place in {payload[0], payload[len(payload) // 2], *payload[-5:]}:
            buffer[place] ^= 1 << rng.randrange(8)
            damaged = buffer.tobytes()
            assert scanner.intact(buffer, chain) == record
            assert scanner.intact(buffer, chain.first(record + 1)) == record
            assert buffer.tobytes() == damaged
            if record:
                assert scanner.intact(buffer, chain.first(record)) == record
            buffer[:] = np.frombuffer(before, np.uint8)


def test_the_first_of_several_damaged_records() -> None:
    buffer = buffer_of(*[b"payload"] * 30)
    chain = chain_of(buffer)
    for record in (29, 20, 13, 12, 3, 0):
        buffer[int(chain.positions[record]) + 12] ^= 255
        assert RecordScanner().intact(buffer, chain) == record


def test_registers_bring_a_crc_back_to_zero() -> None:
    scanner = RecordScanner()
    payload = b"some payload"
    header, footer = encode_record(payload)[:12], encode_record(payload)[-4:]
    crc = int(unmask(np.frombuffer(footer, "<u4"))[0]) ^ scanner.register(len(payload))
    whole = np.frombuffer(header + payload + crc.to_bytes(4, "little"), np.uint8)
    assert leaves_zero(whole)
    assert not leaves_zero(whole[:-1])
    rows = np.concatenate([whole, whole, whole])
    assert first_damaged(rows, np.arange(4) * len(whole)) == 3
    rows[len(whole) + 13] ^= 1
    assert first_damaged(rows, np.arange(4) * len(whole)) == 1
