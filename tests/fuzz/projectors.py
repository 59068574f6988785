"""The target of the projector: its config, the files that this names, and the little pictures of a sprite."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from tests.fuzz.blob_seeds import picture
from tests.fuzz.target import SEPARATOR, Target, assert_harmless, scratch, stored
from tui.app.sprites import SpriteFile, sprite_query
from tui.model import ProjectorInfo
from tui.reader.payload import PayloadError, embedding_shape, read_embedding, read_metadata
from tui.reader.projector import ProjectorError, read_projector
from tui.render.text import printable

_POINTS, _SPRITE = "points.tsv", "sprite.png"
_CONFIG = b"""embeddings {
  tensor_name: "a:0" tensor_shape: 2 tensor_shape: 2 tensor_path: "points.tsv" metadata_path: "points.tsv"
  sprite { image_path: "sprite.png" single_image_dim: 2 single_image_dim: 2 }
}
"""


def check_projector(data: bytes) -> None:
    """A config names files of its own directory, or none; the files are points, or are refused in a line.

    The parts of the input are the config, the points and the sprite.
    """
    config, points, sprite, *_ = [*data.split(SEPARATOR, 2), b"", b""]
    with stored("projector_config.pbtxt", config) as path, stored(_POINTS, points), stored(_SPRITE, sprite):
        try:
            info, problem = read_projector("run", str(path))
        except ProjectorError as error:
            assert "\n" not in str(error)
            info, problem = ProjectorInfo("run", str(path), "", ()), None
        if problem is not None:
            assert_harmless(printable(problem.reason), "problem")
        _assert_inside(info)
        _check_sprites(info)
        shapes = [(), (2, 2), *(item.shape for item in info.embeddings[:4])]
        for shape in shapes:
            _check_points(str(scratch() / _POINTS), points, shape)


def _assert_inside(info: ProjectorInfo) -> None:
    for item in info.embeddings:
        for path in (item.tensor_path, item.metadata_path, item.bookmarks_path, item.sprite_path):
            assert path is None or path.startswith(f"{scratch()}/")


def _check_sprites(info: ProjectorInfo) -> None:
    for item in info.embeddings[:4]:
        for point in (0, 3, 1 << 40):
            query = sprite_query(item, point)
            if query is not None:
                try:
                    found = SpriteFile().picture(query)
                except PayloadError as error:
                    assert_harmless(printable(str(error)), "sprite")  # its path may have any characters
                else:
                    assert found.pixels.shape[1::-1] == query.size


def _check_points(path: str, data: bytes, shape: tuple[int, ...]) -> None:
    told, read = None, None
    try:
        told = embedding_shape(path, shape)
    except PayloadError as error:
        assert_harmless(printable(str(error)), "points")
    try:
        read = read_embedding(path, shape)
    except PayloadError as error:
        assert_harmless(printable(str(error)), "points")
    if read is not None:
        assert read.ndim == 2 and read.dtype == np.float32
        # A text as long as raw numbers of the shape in the config is taken for these, until all of it is read; and
        # numpy ends lines at any carriage return.
        unsure = len(data) == 4 * math.prod(shape) or b"\r" in data.replace(b"\r\n", b"")
        assert told in (None, read.shape) or unsure, (told, read.shape)
        expected = _slowly(data)
        if expected is not None:
            assert np.array_equal(read, expected, equal_nan=True), (read, expected)
    found = read_metadata(path)
    lines = [line for line in data.decode("utf-8", errors="replace").split("\n") if line.removesuffix("\r")]
    assert len(found.rows) + bool(found.header) == len(lines)


def _slowly(data: bytes) -> npt.NDArray[np.float32] | None:
    """The numbers of a table, read by Python; None where there is a line that is none."""
    rows = []
    for line in data.decode("latin-1").split("\n"):
        if not line.strip(" \r"):
            continue
        try:
            rows.append([float(field) for field in line.split("\t")])
        except ValueError:
            return None
    if not rows or len({len(row) for row in rows}) != 1 or not all(math.isfinite(n) for row in rows for n in row):
        return None
    with np.errstate(over="ignore"):
        return np.array(rows).astype(np.float32)


def _seeds() -> list[bytes]:
    sprite = picture("RGB", "PNG", (4, 4))
    table = b"0.5\t-1e3\r\n3\tnan\n"
    return [
        SEPARATOR.join([_CONFIG, b"1\t2\n3\t4\n", sprite]),
        SEPARATOR.join([_CONFIG.replace(b"points", b"../points"), table, sprite]),
        SEPARATOR.join([_CONFIG, np.arange(4, dtype="<f4").tobytes(), sprite]),
        SEPARATOR.join([_CONFIG.replace(b"sprite.png", b"a\\nb\\033.png"), table, sprite]),
        SEPARATOR.join([b"", b"name\tlabel\na\t1\n\xff\t\n"]),
        b'model_checkpoint_path: "x" embeddings { bookmarks_path: "\\000" tensor_path: "a/../b" }',
    ]


TARGETS = (Target("projector", check_projector, _seeds),)
