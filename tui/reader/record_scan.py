"""Finds and checks many records at once, in numpy: where headers stand, and whether payloads match their CRCs.

For payloads under 64 KiB; the ordinary way of `logging_lib.tfevents.record` reads longer ones, and judges damage.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from crc32c import crc32c

from logging_lib.tfevents.crc32c import MASK_DELTA
from logging_lib.tfevents.record import FRAME_BYTES, HEADER_BYTES, encode_header

Bytes = npt.NDArray[np.uint8]
Positions = npt.NDArray[np.int64]
Lengths = npt.NDArray[np.uint16]

_LENGTH_BYTES = 8
_LENGTHS = 1 << 16
# The length's bytes that are zero in every header this module finds: its last six.
_ZEROS_FROM = 2
# The last two bytes of a header.
_CRC_END = 10
_ALL_ONES = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Chain:
    """Records that follow one another: where their headers start in a buffer, and their payloads' lengths, [n]."""

    positions: Positions
    lengths: Lengths

    def __len__(self) -> int:
        return len(self.positions)

    def first(self, count: int) -> Chain:
        """The first so many records."""
        return Chain(self.positions[:count], self.lengths[:count])

    def payload(self, buffer: Bytes, place: int) -> Bytes:
        """One record's payload, as it lies in the buffer."""
        start = int(self.positions[place]) + HEADER_BYTES
        return buffer[start : start + int(self.lengths[place])]

    @property
    def end(self) -> int:
        """Where the last record ends."""
        return int(self.positions[-1]) + int(self.lengths[-1]) + FRAME_BYTES


class Headers:
    """Positions before `end` at which a header with a right CRC stands, in order; most are of records, few by chance.

    The bytes of a record may hold a header themselves (an event file logged as text); a chain ends with such a
    record.
    """

    def __init__(self, positions: Positions, lengths: Lengths, end: int) -> None:
        self.end = end
        self._positions = positions
        self._lengths = lengths
        self._ends = positions + lengths + FRAME_BYTES
        # Places of headers whose records do not end where the next header stands.
        self._breaks = np.flatnonzero(self._ends[:-1] != positions[1:])

    def chain(self, start: int) -> Chain | None:
        """The records from `start` on, one right behind the other, that end by `end`; None where there is none."""
        first = int(self._positions.searchsorted(start))
        if first == len(self._positions) or self._positions[first] != start:
            return None
        place = int(self._breaks.searchsorted(first))
        stop = int(self._breaks[place]) + 1 if place < len(self._breaks) else len(self._positions)
        if self._ends[stop - 1] > self.end:
            stop -= 1
        return Chain(self._positions[first:stop], self._lengths[first:stop]) if stop > first else None


class RecordScanner:
    """Finds headers and checks payloads. It keeps memory for its work: one thread at a time."""

    def __init__(self) -> None:
        # By payload length: what a footer is combined with (see `register`), where known.
        self._known = np.zeros(_LENGTHS, np.bool_)
        self._registers = np.zeros(_LENGTHS, np.uint32)
        self._scratch = tuple(np.empty(0, np.uint8) for _ in range(3))

    def find(self, buffer: Bytes, start: int, end: int) -> Headers:
        """The headers that stand in `buffer[start:end]`, whole."""
        candidates = self._candidates(buffer[start:end])
        candidates += start
        lengths = _at(buffer, np.dtype("<u2"), candidates)
        good = _at(buffer, np.dtype("<u4"), candidates + _LENGTH_BYTES) == header_crcs()[lengths]
        return Headers(candidates[good], lengths[good], end)

    def register(self, length: int) -> int:
        """What a footer's unmasked CRC has to be combined with to leave the CRC's register at zero."""
        self._learn(np.array([length], np.uint16))
        return int(self._registers[length])

    def intact(self, buffer: Bytes, chain: Chain) -> int:
        """How many records from the first one on match their payload's CRC. `buffer` is changed only meanwhile.

        A CRC's register that stands at zero before a record and goes over its header, its payload and then over
        what it holds itself is at zero again. So with such values in place of the footers one CRC of all records
        tells whether all of them are right, at the speed of memory; a damaged one leaves a register that no intact
        record brings back to zero. (Two damaged ones may cancel out with the chance that a CRC always leaves: one in
        2**32.) With damage, halving finds the first.
        """
        places = chain.positions + chain.lengths + HEADER_BYTES
        masked = _at(buffer, np.dtype("<u4"), places)
        self._learn(chain.lengths)
        footers = np.ndarray((len(buffer) - 3,), "<u4", buffer.data, 0, (1,))
        footers[places] = unmask(masked) ^ self._registers[chain.lengths]
        try:
            return first_damaged(buffer, np.append(chain.positions, chain.end))
        finally:
            footers[places] = masked

    def _candidates(self, data: Bytes) -> Positions:
        """Where a header may start: six zero bytes follow two others. None that ends behind `data`.

        It misses the headers of the few lengths whose CRC ends in two zero bytes; these are read by themselves.
        """
        size = len(data)
        if size < HEADER_BYTES:
            return np.empty(0, np.int64)
        if len(self._scratch[0]) < size:
            self._scratch = tuple(np.empty(size, np.uint8) for _ in self._scratch)
        zero, two, more = (array[:size] for array in self._scratch)
        np.equal(data, 0, out=zero.view(np.bool_))
        np.bitwise_and(zero[:-1], zero[1:], out=two[:-1])
        np.bitwise_and(two[:-3], two[2:-1], out=more[:-3])  # runs of four
        np.bitwise_and(more[:-5], two[4:-1], out=zero[:-5])  # of six
        # A length of zero, or a CRC that ends in zeros, seldom is one of a record; arrays of numbers are full of such.
        candidates = zero[_ZEROS_FROM : size - HEADER_BYTES + _ZEROS_FROM + 1]
        np.bitwise_or(two[: len(candidates)], two[_CRC_END : _CRC_END + len(candidates)], out=more[: len(candidates)])
        np.greater(candidates, more[: len(candidates)], out=candidates.view(np.bool_))
        return np.flatnonzero(candidates.view(np.bool_))

    def _learn(self, lengths: Lengths) -> None:
        # A set: np.unique imports numpy.ma, which takes longer than a small file.
        for length in set(lengths[~self._known[lengths]].tolist()):
            # crc32c() starts from the complement of what it is given, and returns the register's complement.
            after_header = ~crc32c(encode_header(length), _ALL_ONES) & _ALL_ONES
            self._registers[length] = crc32c(bytes(length), after_header)
            self._known[length] = True


@cache
def header_crcs() -> npt.NDArray[np.uint32]:
    """The masked CRC in the header of every payload under 64 KiB, uint32[length].

    A CRC is linear: that of a length's bytes is that of zeros, changed by what each byte changes by itself.
    """
    zeros = crc32c(bytes(_LENGTH_BYTES))
    low, high = (
        np.array([crc32c(number.to_bytes(_LENGTH_BYTES, "little")) ^ zeros for number in numbers], np.uint32)
        for numbers in (range(1 << 8), range(0, 1 << 16, 1 << 8))
    )
    return mask_all((high[:, None] ^ low ^ np.uint32(zeros)).ravel())


def first_damaged(buffer: Bytes, starts: Positions) -> int:
    """How many stretches, from each start to the next, leave a CRC's register at zero before the first that does not.

    The last of `starts`, int64[n + 1], is the end of the last stretch.
    """
    low, high = 0, len(starts) - 1
    if leaves_zero(buffer[starts[low] : starts[high]]):
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if leaves_zero(buffer[starts[low] : starts[middle]]):
            low = middle
        else:
            high = middle
    return low


def leaves_zero(data: Bytes) -> bool:
    """Whether a CRC's register that starts at zero ends there."""
    return bool(crc32c(data.data, _ALL_ONES) == _ALL_ONES)


def mask_all(crcs: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """CRCs as they are stored (see `logging_lib.tfevents.crc32c`)."""
    return ((crcs >> np.uint32(15)) | (crcs << np.uint32(17))) + np.uint32(MASK_DELTA)


def unmask(crcs: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """CRCs as they were before they were masked (see `logging_lib.tfevents.crc32c`)."""
    rotated = crcs - np.uint32(MASK_DELTA)
    return (rotated >> np.uint32(17)) | (rotated << np.uint32(15))


def _at(buffer: Bytes, dtype: np.dtype[np.unsignedinteger], places: Positions) -> npt.NDArray[np.unsignedinteger]:
    """The numbers that lie at any places of a buffer."""
    return np.ndarray((max(len(buffer) - dtype.itemsize + 1, 0),), dtype, buffer.data, 0, (1,))[places]
