"""Records: framing, growing files, truncation, damage at every bit and byte."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader

from logging_lib.tfevents import record as record_module
from logging_lib.tfevents.crc32c import masked_crc32c
from logging_lib.tfevents.record import (
    FRAME_BYTES,
    HEADER_BYTES,
    MAX_PAYLOAD_BYTES,
    Damage,
    Record,
    RecordDecoder,
    _Header,
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
    assert (decoder.offset, decoder.pending, decoder.open_damage) == (len(encoded), 0, None)


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
        if (left := decoder.open_damage) is not None:  # the last record: nothing follows that would end its damage
            assert (damages, hit, left.offset, left.length) == ([], len(PAYLOADS) - 1, start, len(FILE) - start)
        else:
            assert hit < len(PAYLOADS) - 1
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
        hit = record_of_byte(position)
        assert payloads_of(decode(FILE[:position] + FILE[position + 1 :])) == PAYLOADS[:hit] + PAYLOADS[hit + 1 :]


TORN = encode_record(b"i" * 500)


@pytest.mark.parametrize("cut", range(HEADER_BYTES, len(TORN)))
def test_a_torn_record_swallows_none_of_those_behind_it(cut: int) -> None:
    """Its writer died in the middle of it, and another one went on at once; at every byte of the record."""
    behind = [bytes([n]) * (30 + n * n) for n in range(20)]
    data = FILE + TORN[:cut] + b"".join(map(encode_record, behind))
    items = decode(data)
    assert payloads_of(items) == PAYLOADS + behind
    assert [item for item in items if isinstance(item, Damage)] == [Damage(len(FILE), cut, "payload fails its CRC")]


def test_a_torn_record_that_seems_to_end_where_another_begins() -> None:
    behind = [b"x" * 40] * 20
    data = TORN[:12] + b"".join(map(encode_record, behind))
    assert len(TORN) - 12 == 9 * (40 + FRAME_BYTES)
    assert decode(data)[0] == Damage(0, 12, "payload fails its CRC")
    assert payloads_of(decode(data)) == behind


@pytest.mark.parametrize("inner", [FILE, FILE[:20], TORN[:20]], ids=["whole", "cut", "longer than the outer one"])
def test_records_within_a_damaged_payload_are_not_the_files_own(inner: bytes) -> None:
    damaged = bytearray(encode_record(b"a file: " + inner))
    damaged[HEADER_BYTES] ^= 1
    items = decode(bytes(damaged) + FILE)
    assert items[0] == Damage(0, len(damaged), "payload fails its CRC")
    assert payloads_of(items) == PAYLOADS


def test_a_torn_record_may_be_followed_by_damage() -> None:
    data = TORN[:100] + b"\xff" * 600 + FILE
    assert decode(data)[0] == Damage(0, 700, "payload fails its CRC")
    assert payloads_of(decode(data)) == PAYLOADS


def test_a_damaged_last_record_stays_open_until_the_next_one() -> None:
    damaged = bytearray(encode_record(b"some payload"))
    damaged[HEADER_BYTES] ^= 1
    decoder = RecordDecoder()
    assert list(decoder.feed(FILE + damaged)) == decode(FILE)
    damage = Damage(len(FILE), len(damaged), "payload fails its CRC")
    assert decoder.open_damage == damage
    following = encode_record(b"next")
    assert list(decoder.feed(following[:5])) == []
    record = Record(len(FILE) + len(damaged) + HEADER_BYTES, b"next")
    assert list(decoder.feed(following[5:])) == [damage, record]
    assert decoder.open_damage is None


class NaiveDecoder(RecordDecoder):
    """Tries every byte, one by one."""

    def _search(self, start: int) -> int:
        while self._header_at(start)[0] is _Header.BAD:
            start += 1
        return start


# What a quick search might stumble over: zeros of any length, halves of headers, good and damaged records.
fragments = st.one_of(
    st.binary(max_size=20),
    st.integers(0, 40).map(bytes),
    st.integers(0, 300).map(lambda n: struct.pack("<Q", n)),
    st.integers(0, 3).map(lambda n: encode_record(b"abc"[:n])[: HEADER_BYTES + n]),
    strategies.payloads.map(encode_record),
    strategies.payloads.map(lambda payload: bytes(3) + encode_record(payload)[:-1] + b"?"),
)


@given(st.lists(fragments, max_size=12).map(b"".join), st.data())
def test_the_search_finds_what_trying_each_byte_finds(encoded: bytes, data: st.DataObject) -> None:
    naive, whole = NaiveDecoder(), RecordDecoder()
    expected = list(naive.feed(encoded))
    assert list(whole.feed(encoded)) == expected
    for stride in (16, 20):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(record_module, "_STRIDE", stride)
            pieced = RecordDecoder()
            found = [item for piece in data.draw(strategies.pieces(encoded)) for item in pieced.feed(piece)]
        assert found == expected
        assert (pieced.offset, pieced.open_damage) == (naive.offset, naive.open_damage)


@pytest.mark.parametrize("lead", [b"\0", b"\xff", b"\1\0\0\0", b"\0\0\0\0\1"])
def test_no_place_in_a_search_is_left_out(lead: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the next header stands, as the search sees it in pieces of 16 bytes; of every width of length."""
    monkeypatch.setattr(record_module, "_STRIDE", 16)
    for size in (0, 7, 256, 65536, 1 << 24, MAX_PAYLOAD_BYTES):
        length = struct.pack("<Q", size)
        header = length + struct.pack("<I", masked_crc32c(length))
        for start in range(1, 80):
            noise = b"\xff" + (lead * start)[: start - 1]
            # At least as many bytes follow as an empty record has.
            assert decode(noise + header + b"????")[0] == Damage(0, start, "record header fails its CRC")


@pytest.mark.parametrize(
    "noise", [bytes(1 << 20), b"\xff" * (1 << 20), (bytes(4) + b"\1") * (1 << 18)], ids=["zeros", "ones", "near misses"]
)
def test_a_long_search_breathes_and_can_be_ended_and_taken_up_again(noise: bytes) -> None:
    """What `breathe` raises loses nothing: the search begins again where the damage does."""
    breaths = 0

    def breathe() -> None:
        nonlocal breaths
        breaths += 1
        if breaths == 2:
            raise InterruptedError

    decoder = RecordDecoder(breathe=breathe)
    with pytest.raises(InterruptedError):
        list(decoder.feed(noise + FILE))
    expected = [Damage(0, len(noise), "record header fails its CRC")]
    items = list(decoder.feed(b""))
    assert [item for item in items if isinstance(item, Damage)] == expected
    assert payloads_of(items) == PAYLOADS
    assert breaths >= 5


@pytest.mark.parametrize("before", [b"", FILE])
def test_absurd_length_with_right_crc_is_damage(before: bytes) -> None:
    length = struct.pack("<Q", MAX_PAYLOAD_BYTES + 1)
    header = length + struct.pack("<I", masked_crc32c(length))
    start = len(before)
    assert decode(before + header + encode_record(b"next")) == [
        *decode(before),
        Damage(start, len(header), f"record claims {MAX_PAYLOAD_BYTES + 1} bytes"),
        Record(start + len(header) + HEADER_BYTES, b"next"),
    ]
