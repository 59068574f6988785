"""add_embedding's files: torch's numbers, labels, pictures and config, and what the projector makes of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image
from torch.utils.tensorboard import SummaryWriter as TorchWriter

from logging_lib import SummaryWriter, projector
from logging_lib.summary.embedding import metadata_tsv, sprite_columns, tensors_tsv
from tests.logging_lib.event_files import summaries
from tests.logging_lib.test_media_on_devices import Later
from tui.reader.payload import read_embedding, read_metadata

RANDOM = np.random.default_rng(0)
POINTS = RANDOM.normal(size=(10, 3)).astype(np.float32)
LABELS = [f"label {number}" for number in range(10)]
ROWS = [[f"word {number}", number, number / 3] for number in range(10)]
PICTURES = torch.from_numpy(RANDOM.random((10, 3, 4, 5)).astype(np.float32) * 1.4 - 0.2)
GREY = torch.from_numpy(RANDOM.random((10, 1, 4, 4)).astype(np.float32))

CALLS: dict[str, Callable[[Any], None]] = {
    "array": lambda w: w.add_embedding(POINTS),
    "tensor": lambda w: w.add_embedding(torch.from_numpy(POINTS).requires_grad_(), global_step=3),
    "float64": lambda w: w.add_embedding(POINTS.astype(np.float64) / 3, global_step=3),
    "float16": lambda w: w.add_embedding(POINTS.astype(np.float16), global_step=3),
    "ints": lambda w: w.add_embedding(np.arange(-6, 6).reshape(4, 3), global_step=3),
    "odd numbers": lambda w: w.add_embedding(np.array([[np.nan, np.inf], [-np.inf, 1e-45], [-0.0, 3e38]], np.float32)),
    "no tag": lambda w: w.add_embedding(POINTS, LABELS, tag=""),
    "one point": lambda w: w.add_embedding(POINTS[:1]),
    "labels": lambda w: w.add_embedding(POINTS, LABELS, tag="words", global_step=12345),
    "labels of other types": lambda w: w.add_embedding(POINTS[:6], [1, 0.5, None, True, "é", np.float32(0.1)]),
    "labels in an array": lambda w: w.add_embedding(POINTS, np.arange(10)),
    "labels that are lists": lambda w: w.add_embedding(POINTS, ROWS),
    "columns": lambda w: w.add_embedding(POINTS, ROWS, metadata_header=["word", "number", "third"]),
    "an empty header": lambda w: w.add_embedding(POINTS, LABELS, metadata_header=[]),
    "a header alone": lambda w: w.add_embedding(POINTS, metadata_header=["word"]),
    "pictures": lambda w: w.add_embedding(POINTS, LABELS, PICTURES, 3, "words"),
    "grey pictures": lambda w: w.add_embedding(POINTS, label_img=GREY),
    "one picture": lambda w: w.add_embedding(POINTS[:1], label_img=PICTURES[:1]),
    "a tag that is no name of a directory": lambda w: w.add_embedding(POINTS, tag=r"a/b\c%d é"),
    "a negative step": lambda w: w.add_embedding(POINTS, global_step=-7),
    "a long step": lambda w: w.add_embedding(POINTS, global_step=123456789),
    "several": lambda w: (
        w.add_embedding(POINTS, LABELS, global_step=1),
        w.add_embedding(POINTS, label_img=PICTURES, global_step=2),
        w.add_embedding(POINTS, tag="other", global_step=2),
    ),
}


def files(directory: Path) -> dict[str, Any]:
    """All but event files by name: tables of numbers as such, pictures as pixels, else the bytes."""
    found: dict[str, Any] = {}
    for path in sorted(directory.rglob("*")):
        name = str(path.relative_to(directory))
        if path.name == "tensors.tsv":
            found[name] = read_embedding(str(path))
        elif path.name == "sprite.png":
            found[name] = np.asarray(Image.open(path))
        elif path.is_file() and "tfevents" not in path.name:
            found[name] = path.read_bytes()
    return found


@pytest.mark.parametrize("name", CALLS)
def test_same_files(tmp_path: Path, name: str) -> None:
    for make in (SummaryWriter, TorchWriter):
        with make(str(tmp_path / make.__module__)) as writer:
            CALLS[name](writer)
    ours, theirs = (files(tmp_path / make.__module__) for make in (SummaryWriter, TorchWriter))
    assert ours.keys() == theirs.keys()
    for path, content in theirs.items():
        if path.endswith("sprite.png"):  # theirs in 64 bits, ours in 32 as add_image's in both
            assert ours[path].shape == content.shape
            assert np.abs(ours[path].astype(int) - content).max() <= 1
        elif isinstance(content, np.ndarray):
            np.testing.assert_array_equal(ours[path], content)
        else:
            assert ours[path] == content
    assert summaries(tmp_path / SummaryWriter.__module__) == []


@given(
    hnp.arrays(np.float32, hnp.array_shapes(min_dims=2, max_dims=2, max_side=5), elements=st.floats(width=32))
    | hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=5), elements=st.floats())
)
def test_numbers_are_kept_exactly(points: Any) -> None:
    lines = b"".join(tensors_tsv(points)).decode().splitlines()
    # By way of 64 bits, as the projector has it.
    read = np.array([[float(number) for number in line.split("\t")] for line in lines]).astype(points.dtype)
    np.testing.assert_array_equal(read, points)


def test_many_points_are_written_in_pieces() -> None:
    points = np.arange(5000.0, dtype=np.float32).reshape(2500, 2)
    pieces = list(tensors_tsv(points))
    assert len(pieces) == 3
    assert np.loadtxt(b"".join(pieces).decode().splitlines(), np.float32).tolist() == points.tolist()


def test_types_whose_text_torch_cannot_read_back(tmp_path: Path) -> None:
    """torch writes True and False, and bfloat16 by way of float16."""
    with SummaryWriter(tmp_path) as writer:
        writer.add_embedding(np.array([[True, False]]), tag="bools")
        writer.add_embedding(torch.tensor([[1e30]], dtype=torch.bfloat16), tag="bfloat16")
        writer.add_embedding([[1, 2.5]], tag="lists")
    assert (tmp_path / "00000/bools/tensors.tsv").read_text() == "1\t0\n"
    bfloat16 = np.float32((tmp_path / "00000/bfloat16/tensors.tsv").read_text())
    assert bfloat16 == float(torch.tensor(1e30).bfloat16())
    assert (tmp_path / "00000/lists/tensors.tsv").read_text() == "1.0\t2.5\n"


FIELDS = st.text(st.characters(codec="utf-8") | st.sampled_from("\t\n\r\ufeff \\"), max_size=4)


@given(st.lists(st.tuples(FIELDS), min_size=1) | st.lists(st.tuples(FIELDS, FIELDS), min_size=1))
def test_each_row_of_metadata_stays_one_line(rows: list[tuple[str, ...]]) -> None:
    """torch tears them: a label with a line end, or a blank one, shifts all labels behind it."""
    lines = metadata_tsv(rows).decode().split("\n")
    assert lines.pop() == ""
    assert len(lines) == len(rows)
    for line, row in zip(lines, rows, strict=True):
        fields = line.split("\t")
        assert len(fields) == len(row)
        assert not is_blank(line)
        if not (is_blank("".join(row)) or set("\t\n\r") & set("".join(row))):
            assert fields == list(row)


def is_blank(line: str) -> bool:
    """Whether the projector, in JavaScript, skips the line."""
    return re.fullmatch(r"[\s\ufeff]*", line) is not None


def test_odd_labels(tmp_path: Path) -> None:
    labels = ["a\tb", "c\nd\r\n", "", "  ", "\udcff", r"\n", torch.tensor(7), torch.ones(2)]
    with SummaryWriter(tmp_path) as writer:
        writer.add_embedding(np.eye(8), labels)
        writer.add_embedding(np.eye(2), torch.tensor([0.1, 3]), tag="tensor")
        rows = torch.tensor([[1, 2], [3, 4]])
        writer.add_embedding(np.eye(2), rows, tag="columns", metadata_header=("x", "y\tz"))
    metadata = read_metadata(str(tmp_path / "00000/default/metadata.tsv"))
    assert metadata.header == ()
    assert [label for (label,) in metadata.rows] == [
        r"a\tb",
        r"c\nd\r\n",
        '""',
        '"  "',
        r"\udcff",
        r"\n",
        "7",
        "tensor([1., 1.])",
    ]
    assert (tmp_path / "00000/tensor/metadata.tsv").read_text() == "0.1\n3.0\n"
    assert (tmp_path / "00000/columns/metadata.tsv").read_text() == "x\ty\\tz\n1\t2\n3\t4\n"


def test_a_header_of_one_column_is_left_out(tmp_path: Path) -> None:
    """In torch's file it is the first point's label."""
    with SummaryWriter(tmp_path) as writer:
        writer.add_embedding(np.eye(2), [["a"], ["b"]], metadata_header=["word"])
        writer.add_embedding(np.eye(2), ["7", "8"], tag="plain", metadata_header=["digit"])  # torch takes one letter
    assert (tmp_path / "00000/default/metadata.tsv").read_text() == "a\nb\n"
    assert (tmp_path / "00000/plain/metadata.tsv").read_text() == "7\n8\n"


def test_pictures_of_bytes(tmp_path: Path) -> None:
    """torch takes them for numbers of 0 to 1: all white. It fails for an array, and for pictures that are tall."""
    pixels = RANDOM.integers(0, 256, (3, 1, 6, 2), dtype=np.uint8)
    with SummaryWriter(tmp_path) as writer:
        writer.add_embedding(POINTS[:3], label_img=pixels)
    sprite = np.asarray(Image.open(tmp_path / "00000/default/sprite.png"))
    assert sprite.shape == (6, 6, 3)
    for number in range(3):
        cell = sprite[:6, number * 2 : number * 2 + 2]
        assert (cell == pixels[number, 0, :, :, np.newaxis]).all()


@given(st.integers(1, 500), st.integers(1, 40), st.integers(1, 40))
def test_sprites_have_room_below_only(number: int, height: int, width: int) -> None:
    """The projector finds a picture by the sprite's width and its number."""
    columns = sprite_columns(number, height, width)
    rows = -(-number // columns)
    assert rows * height <= columns * width
    if height <= width:
        assert columns == int(np.ceil(number**0.5))


def test_a_sprite_that_browsers_cannot_draw(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projector, "LARGEST_SPRITE", 9)
    with SummaryWriter(tmp_path) as writer:
        writer.add_embedding(np.eye(2), label_img=np.zeros((2, 1, 1, 5), np.uint8))
    assert [record.getMessage() for record in caplog.records] == [
        "the pictures of embedding 'default:00000' make 10 pixels a side; TensorBoard shows none above 9"
    ]


def test_tensors_on_a_device_are_read_behind_the_queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("logging_lib.calls.embedding.captured_array", Later)
    with SummaryWriter(tmp_path) as writer:
        writer.add_embedding(POINTS, LABELS, np.full((10, 1, 2, 2), 255, np.uint8))
    folder = tmp_path / "00000/default"
    assert read_embedding(str(folder / "tensors.tsv")).tobytes() == POINTS.tobytes()
    assert np.asarray(Image.open(folder / "sprite.png"))[0, 0].tolist() == [255] * 3


def test_later_changes_do_not_reach_what_was_logged(tmp_path: Path) -> None:
    points, pixels, labels = POINTS.copy(), np.full((10, 1, 2, 2), 255, np.uint8), list(LABELS)
    with SummaryWriter(tmp_path, flush_secs=3600) as writer:
        writer.add_embedding(points, labels, pixels)
        points[:], pixels[:], labels[:] = 0, 0, ["x"] * 10
    folder = tmp_path / "00000/default"
    assert read_embedding(str(folder / "tensors.tsv")).tobytes() == POINTS.tobytes()
    assert (folder / "metadata.tsv").read_text().splitlines() == LABELS
    assert np.asarray(Image.open(folder / "sprite.png"))[0, 0].tolist() == [255] * 3


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda w: w.add_embedding([1.0]), ValueError, r"mat must be \[points, dimensions\], and is of shape \[1\]"),
        (lambda w: w.add_embedding(np.ones((0, 3))), ValueError, r"mat must be .* \[0, 3\]"),
        (lambda w: w.add_embedding(np.ones((3, 0))), ValueError, r"mat must be .* \[3, 0\]"),
        (lambda w: w.add_embedding([["a"]]), TypeError, "expected numbers, got list"),
        (lambda w: w.add_embedding([[1j]]), TypeError, "complex"),
        (lambda w: w.add_embedding(POINTS, ["a"]), ValueError, "1 rows of metadata for 10 points"),
        (lambda w: w.add_embedding(POINTS, 5), TypeError, "int"),
        (lambda w: w.add_embedding(POINTS[:1], [["a"]], metadata_header=["x", "y"]), ValueError, "row 0 .* 1 columns"),
        (lambda w: w.add_embedding(POINTS[:1], ["ab"], metadata_header=["x", "y"]), TypeError, "a header .* got str"),
        (lambda w: w.add_embedding(POINTS[:1], [5], metadata_header=["x", "y"]), TypeError, "a header .* got int"),
        (lambda w: w.add_embedding(POINTS, label_img=np.ones((9, 3, 2, 2))), ValueError, r"label_img must be \[10, 1 "),
        (lambda w: w.add_embedding(POINTS, label_img=np.ones((10, 4, 2, 2))), ValueError, "label_img must be"),
        (lambda w: w.add_embedding(POINTS, label_img=np.ones((10, 2, 2))), ValueError, "label_img must be"),
        (lambda w: w.add_embedding(POINTS, label_img=np.ones((10, 3, 0, 2))), ValueError, "label_img must be"),
        (lambda w: w.add_embedding(POINTS, global_step="x"), ValueError, "invalid literal"),
        (lambda w: w.add_embedding(POINTS, tag="a\0b"), ValueError, "null character"),
        (lambda w: w.add_embedding(POINTS, tag="\ud800"), ValueError, "surrogates"),
        (lambda w: w.add_embedding(POINTS, tag=5), TypeError, "a tag must be a str, got int"),
    ],
)
def test_bad_arguments_raise_at_the_call(tmp_path: Path, call: Any, error: type[Exception], message: str) -> None:
    with SummaryWriter(tmp_path) as writer, pytest.raises(error, match=f"^tag .*: .*{message}"):
        call(writer)
    assert [path for path in tmp_path.iterdir() if "tfevents" not in path.name] == []
