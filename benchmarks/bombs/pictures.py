"""Bombs in images, videos and sounds: pixels, frames and samples that their headers claim."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable
from pathlib import Path

from benchmarks.bombs.bomb import Bomb, Value, event, field, log, scalars, varint
from logging_lib.tfevents import plugins
from logging_lib.tfevents.plugins import summary_metadata

_WAYS = ("export", "report", "check", "screen")
_IMAGES = (("export", ("--kind", "images")),)
_AUDIO = (("export", ("--kind", "audio")),)
_PNG = b"\x89PNG\r\n\x1a\n"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _zeros(megabytes: int) -> bytes:
    """So many compressed zeros."""
    packer = zlib.compressobj(9)
    return b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(megabytes)), packer.flush()])


def png(width: int, height: int, data: bytes, *more: bytes, depth: int = 8, colour: int = 2) -> bytes:
    """A PNG whose header says this, and whose compressed pixels are these."""
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"".join((_PNG, header, *more, _chunk(b"IDAT", data), _chunk(b"IEND", b"")))


def _gif(width: int, height: int, frames: int) -> bytes:
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"!\xf9\x04\0\x05\0\0\0," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\0"
    return head + frame * frames + b";"


def _jpeg(width: int, height: int) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.new("L", (8, 8)).save(file, "JPEG")
    data = file.getvalue()
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def _webp(side: int) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.new("L", (side, side)).save(file, "WEBP", quality=1, method=0)
    return file.getvalue()


def _bmp(width: int, height: int) -> bytes:
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + header + bytes(64)


def _tiff(width: int, height: int) -> bytes:
    entries = [(256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (279, 4, 1)]
    tags = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(entries)) + tags + bytes(4)


def _apng(frames: int) -> bytes:
    """Frames of 4000 x 4000, each of some KB."""
    data = _zeros(46)
    parts = [_chunk(b"acTL", struct.pack(">II", frames, 0))]
    for number in range(frames):
        parts.append(_chunk(b"fcTL", struct.pack(">IIIIIHHBB", 2 * number, 4000, 4000, 0, 0, 1, 10, 0, 0)))
        parts.append(_chunk(b"fdAT", struct.pack(">I", 2 * number + 1) + data))
    return png(4000, 4000, data, *parts)


def _wav(
    length: int, rate: int = 8000, channels: int = 1, bits: int = 8, encoding: int = 1, sound: bytes = b"\1" * 99
) -> bytes:
    frame = channels * bits // 8 & 0xFFFF
    form = struct.pack("<HHIIHH", encoding, channels, rate, rate * frame & 0xFFFFFFFF, frame, bits)
    return b"RIFF\xff\xff\xff\xffWAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", length) + sound


def _image(directory: Path, *items: bytes) -> None:
    values = (event(Value(tag=f"i{number}", image={"encoded_image_string": item})) for number, item in enumerate(items))
    log(directory / "run", [*values, *scalars(9)])


def _audio(directory: Path, *items: bytes) -> None:
    values = (event(Value(tag=f"a{number}", audio={"encoded_audio_string": item})) for number, item in enumerate(items))
    log(directory / "run", [*values, *scalars(9)])


def _strings(directory: Path, plugin: str, items: Iterable[bytes], count: int) -> None:
    """One entry of many items, in the second encoding."""
    head = Value(tag="many", metadata=summary_metadata(plugin, b"")).SerializeToString()
    shape = field(2, field(2, b"\x08" + varint(count)))
    tensor = b"\x08\x07" + shape + b"".join(field(8, item) for item in items)
    log(directory / "run", [event(head + field(8, tensor)), *scalars(9)])


BOMBS = (
    Bomb(
        "png-claim",
        "a PNG of 10^10 pixels",
        lambda d: _image(d, png(100_000, 100_000, _zeros(1))),
        _WAYS,
        "100000x100000: 10000 megapixels, more than 16",
        _IMAGES,
    ),
    Bomb(
        "png-idat",
        "a PNG of 8 x 8 with 1 GB of pixels",
        lambda d: _image(d, png(8, 8, _zeros(1024))),
        _WAYS,
        arguments=_IMAGES,
    ),
    Bomb(
        "png-text",
        "a PNG with compressed texts and a profile of 1 GB each",
        lambda d: _image(
            d,
            png(8, 8, _zeros(1), _chunk(b"zTXt", b"a\0\0" + _zeros(1024))),
            png(8, 8, _zeros(1), _chunk(b"iCCP", b"a\0\0" + _zeros(1024))),
            png(8, 8, _zeros(1), _chunk(b"iTXt", b"a\0\1\0\0\0" + _zeros(1024))),
        ),
        _WAYS,
        arguments=_IMAGES,
    ),
    Bomb(
        "png-largest",
        "PNGs of just 16 megapixels, each of some KB",
        lambda d: _image(d, *[png(4000, 4000, _zeros(62), colour=6) for _ in range(40)]),
        _WAYS,
        arguments=_IMAGES,
        megabytes=700,
    ),
    Bomb(
        "png-long",
        "PNGs of 16,000,000 x 1 and 1 x 16,000,000",
        lambda d: _image(d, png(16_000_000, 1, _zeros(46)), png(1, 16_000_000, _zeros(62))),
        _WAYS,
        arguments=_IMAGES,
        megabytes=700,
    ),
    Bomb(
        "apng",
        "an APNG of 200 frames of 16 megapixels",
        lambda d: _image(d, _apng(200)),
        _WAYS,
        arguments=_IMAGES,
        megabytes=700,
    ),
    Bomb("gif-frames", "a GIF of 10^5 frames", lambda d: _image(d, _gif(1, 1, 100_000)), _WAYS, arguments=_IMAGES),
    Bomb(
        "gif-canvas",
        "a GIF of 2,000 frames on 16 megapixels",
        lambda d: _image(d, _gif(4000, 4000, 2000)),
        _WAYS,
        arguments=_IMAGES,
        megabytes=700,
    ),
    Bomb(
        "gif-claim",
        "a GIF of 65,535 x 65,535",
        lambda d: _image(d, _gif(65_535, 65_535, 1)),
        _WAYS,
        "4295 megapixels, more than 16",
        _IMAGES,
    ),
    Bomb(
        "other-claims",
        "JPEG, BMP, TIFF and WebP of up to 4 * 10^9 pixels",
        lambda d: _image(d, _jpeg(65_500, 65_500), _bmp(2**31 - 1, 2**31 - 1), _tiff(2**31, 2**31), _webp(8_000)),
        _WAYS,
        "megapixels, more than 16",
        _IMAGES,
    ),
    Bomb(
        "image-items",
        "10^6 empty images in one entry",
        lambda d: _strings(d, plugins.IMAGES, [b"1", b"1", *[b""] * 10**6], 10**6 + 2),
        _WAYS,
        "1000000 images in one entry, more than 10000",
        _IMAGES,
    ),
    Bomb(
        "images-tags",
        "20,000 tags of an image each",
        lambda d: _image(d, *[png(8, 8, _zeros(1))] * 20_000),
        _WAYS,
        arguments=_IMAGES,
    ),
    Bomb(
        "wav-claims",
        "WAVs that claim 4 GB, no rate, 65,535 channels, 0 bits",
        lambda d: _audio(
            d,
            _wav(2**32 - 1),
            _wav(99, rate=0),
            _wav(99, rate=2**32 - 1),
            _wav(99, channels=65_535),
            _wav(99, channels=0),
            _wav(99, bits=0),
            _wav(99, bits=65_535),
            _wav(99, encoding=0xFFFE),
        ),
        _WAYS,
        arguments=_AUDIO,
    ),
    Bomb(
        "wav-long",
        "WAVs of 64 MB of 1 and of 65,535 channels",
        lambda d: _audio(
            d, _wav(2**32 - 1, sound=b"\1\2" * (32 << 20)), _wav(2**32 - 1, 1, 65_535, sound=b"\1" * (64 << 20))
        ),
        _WAYS,
        arguments=_AUDIO,
    ),
    Bomb(
        "wav-chunks",
        "a WAV of 10^6 empty chunks",
        lambda d: _audio(d, b"RIFF\0\0\0\0WAVE" + b"junk\0\0\0\0" * 10**6),
        _WAYS,
        arguments=_AUDIO,
    ),
    Bomb(
        "audio-items",
        "10^6 empty sounds in one entry",
        lambda d: _strings(d, plugins.AUDIO, [b""] * 10**6, 10**6),
        _WAYS,
        "1000000 sounds in one entry, more than 10000",
        _AUDIO,
    ),
)
