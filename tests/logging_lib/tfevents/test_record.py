"""Records: framing, growing files, truncation, damage at every bit and byte."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader

from logging_lib.tfevents.crc32c import mask, masked_crc32c, unmask
from logging_lib.tfevents.record import (
    FRAME_BYTES,
    HEADER_BYTES,
    MAX_PAYLOAD_BYTES,
    Damage,
    Record,
    RecordDecoder,
    encode_record,
)
from tests import strategies

KNOWN_PAYLOAD = b"\x1a\x11CRC test, one two"
PAYLOADS = [b"first", b"", b"the second record", b"third", b"x" * 30]
FILE = b"".join(map(encode_record, PAYLOADS))


def decode(data: bytes) -> list[Record | Damage]:
    return list(RecordDecoder().feed(data))


def payloads_of(items: list[Record | Damage]) -> list[bytes]:
    return [item.payload for item in items if isinstance(item, Record)]


def test_known_crc() -> None:
    assert masked_crc32c(KNOWN_PAYLOAD) == 0x5794D08A


@given(st.integers(0, 0xFFFFFFFF))
def test_unmask_undoes_mask(crc: int) -> None:
    assert 0 <= mask(crc) <= 0xFFFFFFFF
    assert unmask(mask(crc)) == crc


def test_known_record_bytes() -> None:
    length = struct.pack("<Q", 19)
    expected = length + struct.pack("<I", masked_crc32c(length)) + KNOWN_PAYLOAD + struct.pack("<I", 0x5794D08A)
    assert encode_record(KNOWN_PAYLOAD) == expected
    assert decode(expected) == [Record(HEADER_BYTES, KNOWN_PAYLOAD)]


@given(st.lists(strategies.payloads, max_size=8), st.data())
def test_roundtrip_in_any_pieces(payloads: list[bytes], data: st.DataObject) -> None:
    encoded = b"".join(map(encode_record, payloads))
    decoder = RecordDecoder()
    items = [item for piece in data.draw(strategies.pieces(encoded)) for item in decoder.feed(piece)]
    assert payloads_of(items) == payloads
    assert len(items) == len(payloads)
    assert all(encoded[i.offset : i.offset + len(i.payload)] == i.payload for i in items if isinstance(i, Record))
    assert (decoder.offset, decoder.pending, decoder.searching_from) == (len(encoded), 0, None)


def test_tensorboard_reads_our_records(tmp_path: Path) -> None:
    path = tmp_path / "events.out.tfevents.1"
    path.write_bytes(FILE)
    assert list(RawEventFileLoader(str(path)).Load()) == PAYLOADS


@pytest.mark.parametrize("cut", range(len(FILE) + 1))
def test_truncated_anywhere_then_resumed(cut: int) -> None:
    decoder = RecordDecoder()
    before = list(decoder.feed(FILE[:cut]))
    assert all(isinstance(item, Record) for item in before)
    assert payloads_of(before) == PAYLOADS[: len(before)]
    assert decoder.offset + decoder.pending == cut
    assert decoder.offset == sum(len(payload) + FRAME_BYTES for payload in PAYLOADS[: len(before)])
    assert payloads_of(before + list(decoder.feed(FILE[cut:]))) == PAYLOADS


@pytest.mark.parametrize("start", [1000, 1 << 40])
def test_offsets_count_from_where_decoding_began(start: int) -> None:
    damaged = bytes([FILE[0] ^ 1]) + FILE[1:]
    items = list(RecordDecoder(start).feed(damaged))
    assert items[0] == Damage(start, len(PAYLOADS[0]) + FRAME_BYTES, "record header fails its CRC")
    assert items[1] == Record(start + len(PAYLOADS[0]) + FRAME_BYTES + HEADER_BYTES, b"")


def record_of_byte(position: int) -> int:
    end = 0
    for index, payload in enumerate(PAYLOADS):
        end += len(payload) + FRAME_BYTES
        if position < end:
            return index
    raise AssertionError(position)


@pytest.mark.parametrize("position", range(len(FILE)))
def test_any_flipped_bit_loses_only_its_record(position: int) -> None:
    hit = record_of_byte(position)
    start = sum(len(payload) + FRAME_BYTES for payload in PAYLOADS[:hit])
    for bit in range(8):
        damaged = bytearray(FILE)
        damaged[position] ^= 1 << bit
        decoder = RecordDecoder()
        items = list(decoder.feed(bytes(damaged)))
        assert payloads_of(items) == PAYLOADS[:hit] + PAYLOADS[hit + 1 :]
        damages = [item for item in items if isinstance(item, Damage)]
        if decoder.searching_from is not None:  # the last record's header: nothing follows that would end the search
            assert (damages, hit, decoder.searching_from) == ([], len(PAYLOADS) - 1, start)
        else:
            assert [(d.offset, d.length) for d in damages] == [(start, len(PAYLOADS[hit]) + FRAME_BYTES)]


@pytest.mark.parametrize("value", [0x00, 0xFF])
def test_any_overwritten_byte_keeps_the_others(value: int) -> None:
    for position in range(len(FILE)):
        damaged = bytearray(FILE)
        damaged[position] = value
        hit = record_of_byte(position)
        kept = PAYLOADS if damaged == FILE else PAYLOADS[:hit] + PAYLOADS[hit + 1 :]
        assert payloads_of(decode(bytes(damaged))) == kept


@given(st.binary(max_size=60), st.lists(strategies.payloads, min_size=1, max_size=4), st.data())
def test_resynchronises_after_garbage(garbage: bytes, payloads: list[bytes], data: st.DataObject) -> None:
    """A header may hide at the garbage's end by chance of 1 in 2**32, not in any example worth waiting for."""
    encoded = garbage + b"".join(map(encode_record, payloads))
    decoder = RecordDecoder()
    items = [item for piece in data.draw(strategies.pieces(encoded)) for item in decoder.feed(piece)]
    damage = [Damage(0, len(garbage), "record header fails its CRC")] if garbage else []
    assert [item for item in items if isinstance(item, Damage)] == damage
    assert payloads_of(items) == payloads


def test_a_removed_byte_loses_its_record_only() -> None:
    for position in range(len(FILE)):
        kept = payloads_of(decode(FILE[:position] + FILE[position + 1 :]))
        hit = record_of_byte(position)
        # Where the payload check eats the first byte of the next header, that next record goes too.
        alternatives = [PAYLOADS[:hit] + PAYLOADS[hit + 1 :], PAYLOADS[:hit] + PAYLOADS[hit + 2 :]]
        assert kept in alternatives


def test_absurd_length_with_right_crc_is_damage() -> None:
    length = struct.pack("<Q", MAX_PAYLOAD_BYTES + 1)
    header = length + struct.pack("<I", masked_crc32c(length))
    items = decode(header + encode_record(b"next"))
    assert items == [
        Damage(0, len(header), "record header fails its CRC"),
        Record(len(header) + HEADER_BYTES, b"next"),
    ]
