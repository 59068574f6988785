"""Samples of WAV files of every width, as other programs write them."""

from __future__ import annotations

import io
import struct
import wave

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.reader.payload.wav import WavForm, is_wav, samples, wav_form

FULL = {1: 128, 2: 1 << 15, 3: 1 << 23, 4: 1 << 31}


def wav(values: list[list[int]], width: int, rate: int = 8000) -> bytes:
    """A file of integer frames, written by the standard library."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(len(values[0]))
        file.setsampwidth(width)
        file.setframerate(rate)
        for frame in values:
            for value in frame:
                shifted = value + 128 if width == 1 else value
                file.writeframesraw(shifted.to_bytes(width, "little", signed=width > 1))
    return out.getvalue()


def with_format(encoding: int, bits: int, channels: int, data: bytes, extra: bytes = b"") -> bytes:
    frame = channels * bits // 8
    form = struct.pack("<HHIIHH", encoding, channels, 8000, 8000 * frame, frame, bits) + extra
    return b"RIFF\0\0\0\0WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data


def form_of(data: bytes) -> WavForm:
    form = wav_form(data)
    assert form is not None
    return form


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_integers_of_every_width(width: int) -> None:
    least, most = -FULL[width], FULL[width] - 1
    data = wav([[least, most], [0, 1], [-1, most // 2]], width)
    form = form_of(data)
    assert form.words == f"{8 * width}-bit PCM"
    expected = np.array([[least, 0, -1], [most, 1, most // 2]], np.float64) / FULL[width]
    assert samples(data, form).dtype == np.float32
    np.testing.assert_allclose(samples(data, form), expected.astype(np.float32), rtol=1e-7)
    assert form.full_scale == (FULL[width] - 1) / FULL[width]


@pytest.mark.parametrize(("bits", "dtype"), [(32, "<f4"), (64, "<f8")])
def test_floats(bits: int, dtype: str) -> None:
    values: npt.NDArray[np.float64] = np.array([[0.5, -2.0], [1.0, np.nan]])
    data = with_format(3, bits, 2, values.astype(dtype).tobytes())
    form = form_of(data)
    assert (form.words, form.full_scale) == (f"{bits}-bit float", 1.0)
    np.testing.assert_array_equal(samples(data, form), values.T.astype(np.float32))


def test_floats_that_32_bits_cannot_hold() -> None:
    signalling = b"\x01\0\0\0\0\0\xf0\x7f"  # a NaN that complains when it is used
    data = with_format(3, 64, 1, np.array([1e300, -1e300]).tobytes() + signalling)
    np.testing.assert_array_equal(samples(data, form_of(data)), [[np.inf, -np.inf, np.nan]])


def test_the_extensible_format_names_its_encoding_further_on() -> None:
    extra = struct.pack("<HHIH", 22, 16, 3, 1) + b"\0" * 14
    form = form_of(with_format(0xFFFE, 16, 1, b"\1\0\2\0", extra))
    assert (form.encoding, form.words, form.frames) == (1, "16-bit PCM", 2)


def test_the_extensible_format_may_be_cut_short() -> None:
    """Of a chunk too small for it, and of a file that ends in it, no encoding is made up."""
    extra = struct.pack("<HHIH", 22, 16, 3, 1)
    assert form_of(with_format(0xFFFE, 16, 1, b"\1\0\2\0", extra)).words == "16-bit PCM"
    assert form_of(with_format(0xFFFE, 16, 1, b"\1\0\2\0", extra[:-2])).words == "encoding 65534"


def test_a_long_format_of_another_encoding_is_not_taken_for_an_extensible_one() -> None:
    mp3 = struct.pack("<HHIHHH", 12, 1, 2, 144, 1, 1393)
    assert form_of(with_format(0x55, 8, 1, b"\1\2", mp3)).words == "MP3"


@pytest.mark.parametrize("extra", [b"", struct.pack("<HHIH", 22, 16, 3, 1) + b"\0" * 14])
def test_a_file_that_ends_anywhere_has_the_frames_that_are_there(extra: bytes) -> None:
    data = with_format(0xFFFE if extra else 1, 16, 2, bytes(range(16)), extra)
    start = len(data) - 16
    for cut in range(len(data)):
        form = wav_form(data[:cut])
        if cut < start:
            assert form is None
        else:
            assert form == WavForm(8000, 2, (cut - start) // 4, 1, 4, start)


def test_only_the_first_twelve_bytes_tell_a_wav() -> None:
    assert is_wav(b"RIFF\xff\xff\xff\xffWAVE")
    for other in (b"RIFF\0\0\0\0WAV", b"RIFF\0\0\0\0AVI ", b"RIFX\0\0\0\0WAVE", b""):
        assert not is_wav(other)


@pytest.mark.parametrize(("encoding", "words"), [(6, "A-law"), (7, "µ-law"), (99, "encoding 99"), (0, "encoding 0")])
def test_other_encodings_are_named(encoding: int, words: str) -> None:
    data = with_format(encoding, 8, 1, b"\1\2")
    form = form_of(data)
    assert form.words == words and not form.readable
    with pytest.raises(ValueError, match=words):
        samples(data, form)


def test_frames_that_are_no_whole_samples_are_not_read() -> None:
    form = WavForm(8000, 2, 4, 1, 3, 44)
    assert not form.readable


@given(st.integers(-5, 40), st.integers(-5, 40))
def test_a_part_is_that_part_of_the_whole(first: int, last: int) -> None:
    data = wav([[i, -i] for i in range(30)], 2)
    form = form_of(data)
    whole = samples(data, form)
    np.testing.assert_array_equal(samples(data, form, first, last), whole[:, max(first, 0) : max(last, 0)])
