"""Types and sizes of media by their own bytes."""

from __future__ import annotations

import io
import wave

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tui.reader.media_types import extension, image_size


def encoded(form: str, **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 7), "red").save(out, form, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "ending", "size"),
    [
        (encoded("PNG"), "png", (300, 7)),
        (encoded("GIF"), "gif", (300, 7)),
        (encoded("JPEG"), "jpg", (300, 7)),
        (encoded("JPEG", progressive=True, icc_profile=b"x" * 200_000, comment=b"c"), "jpg", (300, 7)),
        (encoded("BMP"), "bmp", None),
        (encoded("WEBP"), "webp", None),
        (b"fLaC", "flac", None),
        (b"OggS", "ogg", None),
        (b"ID3", "mp3", None),
        (b"RIFF", "bin", None),
        (b"", "bin", None),
        (b"<svg/>", "bin", None),
    ],
)
def test_types_and_sizes(data: bytes, ending: str, size: tuple[int, int] | None) -> None:
    assert (extension(data), image_size(data)) == (ending, size)


def test_wav() -> None:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
    assert extension(out.getvalue()) == "wav"


@pytest.mark.parametrize("form", ["PNG", "GIF", "JPEG"])
def test_cut_short(form: str) -> None:
    """No size is made up: it is right as soon as it is there."""
    data = encoded(form)
    known = {"PNG": 24, "GIF": 10, "JPEG": data.find(b"\xff\xc0") + 9}[form]
    assert [image_size(data[:end]) for end in range(len(data))] == [None] * known + [(300, 7)] * (len(data) - known)


@given(st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF"]), st.binary(max_size=60))
def test_any_bytes(magic: bytes, rest: bytes) -> None:
    assert extension(magic + rest) in {"jpg", "png", "gif", "wav", "webp", "bin"}
    size = image_size(magic + rest)
    assert size is None or all(0 <= side < 1 << 32 for side in size)


def test_a_jpeg_that_is_filled_up() -> None:
    data = encoded("JPEG")
    for bytes_ in (100, 101):
        assert image_size(data[:2] + b"\xff" * bytes_ + data[2:]) == (300, 7)


def test_jpegs_that_never_end() -> None:
    assert image_size(b"\xff\xd8" + b"\xff" * 1_000_000) is None
    assert image_size(b"\xff\xd8\xff" + b"\xe0\x00\x02\xff" * 500_000) is None
    assert image_size(b"\xff\xd8\xff\xe0\x00\x00" * 100) is None
