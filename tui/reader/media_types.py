"""What an encoded image or sound is, by its own first bytes."""

from __future__ import annotations

import struct

_PNG = b"\x89PNG\r\n\x1a\n"
_MAGIC = (
    (_PNG, "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"BM", "bmp"),
    (b"fLaC", "flac"),
    (b"OggS", "ogg"),
    (b"ID3", "mp3"),
    (b"\xff\xfb", "mp3"),
    (b"\xff\xf3", "mp3"),
    (b"\xff\xf2", "mp3"),
)
_RIFF_FORMS = {b"WAVE": "wav", b"WEBP": "webp"}
_PNG_SIZE = struct.Struct(">II")
_GIF_SIZE = struct.Struct("<HH")
_JPEG_LENGTH = struct.Struct(">H")
_JPEG_SIZE = struct.Struct(">HH")
# Start of frame: all of C0 to CF but those that are tables.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# A picture has some ten segments before its frame, one with a large colour profile some hundreds.
_MOST_SEGMENTS = 4096


def extension(data: bytes) -> str:
    """The usual ending of such a file's name, without the dot; `bin` where the bytes are of no known type."""
    if data[:4] == b"RIFF":
        return _RIFF_FORMS.get(data[8:12], "bin")
    return next((name for magic, name in _MAGIC if data.startswith(magic)), "bin")


def image_size(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a PNG, GIF or JPEG, None for what is none or is cut short."""
    match extension(data):
        case "png" if data[12:16] == b"IHDR" and len(data) >= 24:
            width, height = _PNG_SIZE.unpack_from(data, 16)
        case "gif" if len(data) >= 10:
            width, height = _GIF_SIZE.unpack_from(data, 6)
        case "jpg":
            return _jpeg_size(data)
        case _:
            return None
    return width, height


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    position = 2
    for _ in range(_MOST_SEGMENTS):
        # A segment: FF, its marker, two bytes of length that count themselves. FF may be repeated to fill up.
        if position + 9 > len(data) or data[position] != 0xFF:
            return None
        marker = data[position + 1]
        if marker in _JPEG_FRAMES:
            height, width = _JPEG_SIZE.unpack_from(data, position + 5)
            return width, height
        position += 1 if marker == 0xFF else 2 + _JPEG_LENGTH.unpack_from(data, position + 2)[0]
    return None
