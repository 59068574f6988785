"""WAV files: what their headers say, and their samples as numbers."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_RIFF = struct.Struct("<4sI4s")
_CHUNK = struct.Struct("<4sI")
# Encoding, channels, frames a second, bytes a second, bytes a frame; bits a sample follow where the chunk has them.
_FORMAT = struct.Struct("<HHIIH")
_BITS = struct.Struct("<H")
# A header has a handful of chunks before its sound; one of millions is there to keep its reader busy.
_MOST_CHUNKS = 256
_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
# Where the chunk of an extensible format has the encoding in its place.
_SUBFORMAT_AT = 24
_ENCODINGS = {2: "ADPCM", 6: "A-law", 7: "µ-law", 0x11: "IMA ADPCM", 0x55: "MP3"}
_INTEGERS: dict[int, str] = {1: "u1", 2: "<i2", 4: "<i4"}
_FLOATS: dict[int, str] = {4: "<f4", 8: "<f8"}


@dataclass(frozen=True, slots=True)
class WavForm:
    """How a WAV holds its samples.

    `rate` is in frames a second; `frames` counts the samples of each channel that are there, whatever the header
    claims; `start` is the byte of the first. `encoding` is the header's number and `frame_bytes` those of all channels.
    """

    rate: int
    channels: int
    frames: int
    encoding: int
    frame_bytes: int
    start: int

    @property
    def sample_bytes(self) -> int:
        """The bytes of one sample; 0 where frames do not consist of whole ones."""
        return 0 if self.frame_bytes % self.channels else self.frame_bytes // self.channels

    @property
    def words(self) -> str:
        """The encoding in words: `16-bit PCM`."""
        bits = f"{8 * self.sample_bytes}-bit "
        if self.encoding in (_PCM, _FLOAT):
            return bits + ("PCM" if self.encoding == _PCM else "float")
        return _ENCODINGS.get(self.encoding, f"encoding {self.encoding}")

    @property
    def full_scale(self) -> float:
        """The greatest sample that an integer can hold, for floats 1; as `samples` gives it."""
        if self.encoding == _FLOAT:
            return 1.0
        return 1.0 - 2.0 ** (1 - 8 * self.sample_bytes)

    @property
    def readable(self) -> bool:
        """Whether `samples` knows the encoding."""
        if self.encoding == _FLOAT:
            return self.sample_bytes in _FLOATS
        return self.encoding == _PCM and (self.sample_bytes in _INTEGERS or self.sample_bytes == 3)


def is_wav(data: bytes) -> bool:
    """Whether these are the first bytes of a WAV."""
    return data[:4] == b"RIFF" and data[8:12] == b"WAVE"


def wav_form(data: bytes) -> WavForm | None:
    """What the header of a WAV says; None where it does not tell.

    No size is believed beyond the bytes that are there.
    """
    if not is_wav(data):
        return None
    form: tuple[int, int, int, int] | None = None
    position = _RIFF.size
    for _ in range(_MOST_CHUNKS):
        if position + _CHUNK.size > len(data):
            return None
        name, size = _CHUNK.unpack_from(data, position)
        position += _CHUNK.size
        if name == b"fmt " and position + _FORMAT.size <= len(data):
            encoding, channels, rate, _, frame_bytes = _FORMAT.unpack_from(data, position)
            if encoding == _EXTENSIBLE and size >= _SUBFORMAT_AT + 2 and position + _SUBFORMAT_AT + 2 <= len(data):
                (encoding,) = _BITS.unpack_from(data, position + _SUBFORMAT_AT)
            form = rate, channels, frame_bytes, encoding
        if name == b"data":
            if form is None or 0 in form[:3]:
                return None
            rate, channels, frame_bytes, encoding = form
            frames = min(size, len(data) - position) // frame_bytes
            return WavForm(rate, channels, frames, encoding, frame_bytes, position)
        position += size + size % 2
    return None


def samples(data: bytes, form: WavForm, first: int = 0, last: int | None = None) -> npt.NDArray[np.float32]:
    """The frames from `first` up to `last` as float32[channels, n]; full scale is 1, and floats are as they are.

    ValueError for an encoding that is not `readable`.
    """
    if not form.readable:
        raise ValueError(f"a WAV with {form.words}")
    last = form.frames if last is None else min(last, form.frames)
    first = min(max(first, 0), last)
    part = memoryview(data)[form.start + first * form.frame_bytes : form.start + last * form.frame_bytes]
    size = form.sample_bytes
    if form.encoding == _FLOAT:
        with np.errstate(over="ignore", invalid="ignore"):  # of floats files hold any
            flat = np.frombuffer(part, np.dtype(_FLOATS[size])).astype(np.float32)
    elif size == 3:
        padded = np.zeros((len(part) // 3, 4), np.uint8)  # three bytes are the upper ones of four
        padded[:, 1:] = np.frombuffer(part, np.uint8).reshape(-1, 3)
        flat = padded.view("<i4").reshape(-1).astype(np.float32) / np.float32(2**31)
    elif size == 1:
        flat = (np.frombuffer(part, np.uint8).astype(np.float32) - np.float32(128)) / np.float32(128)
    else:
        flat = np.frombuffer(part, np.dtype(_INTEGERS[size])).astype(np.float32) / np.float32(2 ** (8 * size - 1))
    return np.ascontiguousarray(flat.reshape(-1, form.channels).T)
