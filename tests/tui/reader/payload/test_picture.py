"""Images as pixels: every kind as Pillow has it, limits, and what is no image."""

from __future__ import annotations

import io
import re
import zlib
from pathlib import Path
from struct import pack

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from logging_lib.tfevents import plugins
from logging_lib.tfevents.proto import summary_pb2
from tests.tui.reader.payload.stored import Value, store, strings
from tui.ingest.ingester import Ingester
from tui.model import BlobRef
from tui.reader.named_logdir import LogDir
from tui.reader.payload import PayloadError, read_image
from tui.reader.payload.picture import MOST_PIXELS, PictureFacts, decode_picture, read_picture, read_picture_facts

CORPUS = Path(__file__).parents[5] / "shared" / "corpus"
WITH_IMAGES = ("4105Project+Yolov5", "Nivesara+project_fashion_mnist")


def encoded(image: Image.Image, format: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def stored(tmp_path: Path, *items: bytes) -> BlobRef:
    """One image in the first encoding, several in the second."""
    if len(items) == 1:
        return store(tmp_path, Value(tag="i", image=summary_pb2.Summary.Image(encoded_image_string=items[0])))
    return store(tmp_path, strings(b"1", b"1", *items, plugin=plugins.IMAGES))


def gradient(*channels: int, dtype: type = np.uint8) -> np.ndarray:
    """5 x 7 pixels that all differ."""
    shape = (5, 7, *channels)
    return (
        (np.arange(np.prod(shape)) * (60000 // np.prod(shape) if dtype is np.uint16 else 1))
        .reshape(shape)
        .astype(dtype)
    )


@pytest.mark.parametrize(
    ("image", "mode"),
    [
        (Image.fromarray(gradient()), "L"),
        (Image.fromarray(gradient(2)), "LA"),
        (Image.fromarray(gradient(3)), "RGB"),
        (Image.fromarray(gradient(4)), "RGBA"),
        (Image.fromarray(gradient(dtype=np.uint16)), "I;16"),
        (Image.fromarray(gradient()).convert("1"), "1"),
        (Image.fromarray(gradient(3)).quantize(4), "P"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_mode(tmp_path: Path, image: Image.Image, mode: str) -> None:
    data = encoded(image)
    picture = read_picture(stored(tmp_path, data))
    opened = Image.open(io.BytesIO(data)).mode
    assert opened == mode or (opened, mode) == ("I", "I;16")  # older Pillow's
    assert picture.facts == PictureFacts((7, 5), "PNG", opened, 1, 1, len(data))
    assert picture.is_whole and picture.nbytes == picture.pixels.nbytes
    expected = np.asarray({"1": image.convert("L"), "P": image.convert("RGB")}.get(mode, image))
    np.testing.assert_array_equal(picture.pixels, expected.reshape(5, 7, -1))
    assert picture.pixels.dtype == (np.uint16 if mode == "I;16" else np.uint8)


@pytest.mark.parametrize("mode", ["L", "P", "RGB"])
def test_a_transparent_colour_becomes_alpha(tmp_path: Path, mode: str) -> None:
    image = Image.new("RGB", (2, 1), (9, 9, 9)).convert(mode)
    image.putpixel((1, 0), {"L": 200, "P": 1, "RGB": (200, 200, 200)}[mode])
    transparent = {"L": 200, "P": 1, "RGB": (200, 200, 200)}[mode]
    pixels = read_picture(stored(tmp_path, encoded(image, transparency=transparent))).pixels
    assert pixels.shape == (1, 2, 4)
    assert pixels[0, :, 3].tolist() == [255, 0]


@pytest.mark.parametrize("format", ["JPEG", "GIF", "WEBP", "BMP"])
def test_other_formats(tmp_path: Path, format: str) -> None:
    data = encoded(Image.fromarray(gradient(3)), format)
    picture = read_picture(stored(tmp_path, data))
    assert (picture.facts.format, picture.facts.frames) == (format, 1)
    np.testing.assert_array_equal(picture.pixels[..., :3], np.asarray(Image.open(io.BytesIO(data)).convert("RGB")))


def test_colours_of_print_become_rgb(tmp_path: Path) -> None:
    data = encoded(Image.new("CMYK", (3, 2), (10, 20, 30, 40)), "JPEG")
    picture = read_picture(stored(tmp_path, data))
    assert picture.facts.mode == "CMYK" and picture.pixels.shape == (2, 3, 3)


def moving(*greys: int) -> bytes:
    frames = [Image.new("L", (3, 2), grey) for grey in greys]
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100)


def test_frames(tmp_path: Path) -> None:
    ref = stored(tmp_path, moving(0, 100, 200))
    assert read_picture_facts(ref).frames == 3
    for wanted, frame, grey in ((0, 0, 0), (1, 1, 100), (2, 2, 200), (3, 2, 200), (-1, 2, 200)):
        picture = read_picture(ref, frame=wanted)
        assert picture.frame == frame
        assert (picture.pixels[..., 0] == grey).all()


def test_pictures_of_one_entry(tmp_path: Path) -> None:
    ref = stored(tmp_path, *(encoded(Image.new("L", (size, 1), size)) for size in (1, 2, 3)))
    for wanted, item in ((0, 0), (1, 1), (2, 2), (9, 2), (-1, 2)):
        picture = read_picture(ref, wanted)
        assert picture.item == item and picture.facts.items == 3
        assert picture.facts.size == (item + 1, 1) and (picture.pixels == item + 1).all()
        assert read_picture_facts(ref, wanted) == picture.facts


def test_the_first_picture_and_its_first_frame_unless_another_is_asked_for(tmp_path: Path) -> None:
    red, blue, gray = (Image.new("RGB", (size, 1), colour) for size, colour in ((1, "red"), (2, "blue"), (3, "gray")))
    moving = encoded(red, "GIF", save_all=True, append_images=[Image.new("RGB", (1, 1), "blue")])
    ref = stored(tmp_path, moving, encoded(blue), encoded(gray))
    first = read_picture(ref)
    assert (read_picture_facts(ref), first.facts.size, first.facts.frames) == (first.facts, (1, 1), 2)
    assert (first.item, first.frame, first.pixels[0, 0, 0]) == (0, 0, 255)


def test_the_bytes_of_a_file_as_a_picture() -> None:
    image = Image.new("RGB", (3, 2), (1, 2, 3))
    picture = decode_picture(encoded(image))
    assert picture.pixels.tolist() == [[[1, 2, 3]] * 3] * 2
    assert picture.facts == PictureFacts((3, 2), "PNG", "RGB", 1, 1, len(encoded(image)))
    assert (picture.item, picture.frame, picture.is_whole) == (0, 0, True)
    moving = encoded(image, "GIF", save_all=True, append_images=[Image.new("RGB", (3, 2), "red")])
    assert (decode_picture(moving).facts.frames, decode_picture(moving).frame) == (2, 0)
    with pytest.raises(PayloadError, match=r"^4097x4097: 17 megapixels, more than 16$"):
        decode_picture(encoded(Image.new("1", (4097, 4097))))
    with pytest.raises(PayloadError):
        decode_picture(b"no picture")


def test_an_entry_without_pictures(tmp_path: Path) -> None:
    ref = store(tmp_path, strings(b"1", b"1", plugin=plugins.IMAGES))
    with pytest.raises(PayloadError, match=r"^no pictures in this entry$"):
        read_picture(ref)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_made_smaller_on_the_way(tmp_path: Path, dtype: type) -> None:
    pixels = np.array([[0, 100, 40, 40], [200, 100, 40, 80]], dtype)
    sizes: list[tuple[int, int]] = []

    def half(size: tuple[int, int]) -> tuple[int, int]:
        sizes.append(size)
        return 2, 1

    picture = read_picture(stored(tmp_path, encoded(Image.fromarray(pixels))), smaller=half)
    assert sizes == [(4, 2)]
    assert picture.pixels.tolist() == [[[100], [50]]] and picture.pixels.dtype == dtype
    assert not picture.is_whole and picture.facts.size == (4, 2)


def claiming(width: int, height: int) -> bytes:
    """A PNG whose header says that it is this large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    header = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_a_large_one_is_not_decoded(tmp_path: Path) -> None:
    ref = stored(tmp_path, claiming(8000, 6000))
    with pytest.raises(PayloadError) as error:
        read_picture(ref)
    assert str(error.value) == "8000x6000: 48 megapixels, more than 16"
    assert read_picture_facts(ref).size == (8000, 6000)
    with pytest.raises(PayloadError, match=r"2000000000x2000000000|damaged"):
        read_picture(stored(tmp_path, claiming(2_000_000_000, 2_000_000_000)))


def test_the_largest_one_is_decoded(tmp_path: Path) -> None:
    picture = read_picture(stored(tmp_path, encoded(Image.new("1", (MOST_PIXELS // 1000, 1000)))))
    assert picture.pixels.size == MOST_PIXELS


def test_a_late_frame_of_a_large_one_is_not_decoded(tmp_path: Path) -> None:
    frames = [Image.new("1", (4000, 3000), grey % 2) for grey in range(24)]
    ref = stored(tmp_path, encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    with pytest.raises(PayloadError, match="frame 24 needs all before it: more than 256 megapixels"):
        read_picture(ref, frame=23)


def growing(*sizes: tuple[int, int], disposal: int = 0) -> bytes:
    """A GIF with a frame of each size, all of one colour; the first one's is the picture's."""
    control = b"!\xf9\x04" + bytes([disposal << 2]) + b"\0\0\0\0"
    frames = [control + b"," + pack("<HHHHB", 0, 0, *size, 0) + b"\x02\x02\x44\x01\0" for size in sizes]
    return b"GIF89a" + pack("<HHBBB", *sizes[0], 0x80, 0, 0) + bytes(6) + b"".join(frames) + b";"


@pytest.mark.parametrize("disposal", [0, 2, 3])
def test_a_frame_that_makes_a_small_picture_large_is_not_decoded(tmp_path: Path, disposal: int) -> None:
    ref = stored(tmp_path, growing((1, 1), (20_000, 30_000), disposal=disposal))
    assert read_picture_facts(ref).size == (1, 1)
    assert read_picture(ref).pixels.shape == (1, 1, 3)
    with pytest.raises(PayloadError, match=r"^20000x30000: 600 megapixels, more than 16$"):
        read_picture(ref, frame=-1)


@pytest.mark.parametrize("version", [b"GIF87a", b"GIF89a"])
@pytest.mark.parametrize("screen", [(1, 1), (60_000, 60_000)])
def test_a_large_moving_one_is_not_even_opened(tmp_path: Path, screen: tuple[int, int], version: bytes) -> None:
    """Pillow makes room for what is to take the place of its first frame as soon as it is opened: gigabytes."""
    data = growing((60_000, 60_000), disposal=2)
    ref = stored(tmp_path, version + pack("<HH", *screen) + data[10:])
    with pytest.raises(PayloadError, match=r"^60000x60000: 3600 megapixels, more than 16$"):
        read_picture_facts(ref)


@pytest.mark.parametrize("most", [599, 600])
def test_frames_count_by_what_they_grow_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr("tui.reader.payload.picture._MOST_IN_FRAMES", most)
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # these have their first pixel only
    ref = stored(tmp_path, growing((1, 2), (20, 10), (20, 10), (20, 10)))
    if most == 600:
        assert read_picture(ref, frame=3).pixels.shape == (10, 20, 3)
    else:
        with pytest.raises(PayloadError, match="frame 4 needs all before it"):
            read_picture(ref, frame=3)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "an empty picture"),
        (b"hello", r"5 bytes that are no picture \(PNG, JPEG, GIF, WEBP, BMP\)"),
        (encoded(Image.fromarray(gradient(3)))[:-30], "a damaged picture: .*(truncated|broken).*"),
        (encoded(Image.new("RGB", (90, 90)), "TIFF"), r"\d+ bytes that are no picture .*"),
    ],
)
def test_what_is_no_picture(tmp_path: Path, data: bytes, why: str) -> None:
    with pytest.raises(PayloadError) as error:
        read_picture(stored(tmp_path, data))
    assert re.fullmatch(why, str(error.value))


def test_an_error_without_words_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Image.Image:
        raise KeyError

    monkeypatch.setattr(Image, "open", fail)
    with pytest.raises(PayloadError, match=r"^a damaged picture: KeyError$"):
        read_picture(stored(tmp_path, b"hello"))


WHOLE = [
    encoded(Image.fromarray(gradient(3))), encoded(Image.fromarray(gradient(3)), "JPEG"), moving(0, 50, 9),
    encoded(Image.fromarray(gradient(3)), "BMP"), encoded(Image.fromarray(gradient(3)), "WEBP"),
]  # fmt: skip


@given(st.sampled_from(WHOLE), st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=3)), max_size=4), st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
def test_damaged_ones_raise_nothing_else(
    tmp_path: Path, whole: bytes, changes: list[tuple[int, bytes]], data: st.DataObject
) -> None:
    damaged = bytearray(whole)
    for place, put in changes:
        damaged[place : place + len(put)] = put
    cut = data.draw(st.integers(0, len(damaged)))
    try:
        read_picture(stored(tmp_path, bytes(damaged[:cut])), frame=data.draw(st.integers(-1, 3)))
    except PayloadError as error:
        assert str(error)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="there is no corpus beside this checkout")
@pytest.mark.parametrize("project", WITH_IMAGES)
def test_logged_ones_are_as_pillow_has_them(project: str) -> None:
    snapshot = Ingester([LogDir("", CORPUS / project)]).read_all()
    refs = [ref for key, series in snapshot.blobs.items() if key.plugin == plugins.IMAGES for ref in series.refs]
    assert len(refs) == (12 if "Yolo" in project else 400)
    for ref in refs:
        picture = read_picture(ref)
        with Image.open(io.BytesIO(read_image(ref)[0])) as image:
            assert picture.facts.size == image.size
            np.testing.assert_array_equal(picture.pixels.squeeze(2) if image.mode == "L" else picture.pixels, image)
