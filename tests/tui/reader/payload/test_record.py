"""Blobs decoded when shown, and files that changed meanwhile."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from logging_lib.tfevents import plugins
from logging_lib.tfevents.proto import event_pb2, summary_pb2
from logging_lib.tfevents.record import HEADER_BYTES
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tests.tui.reader.payload.stored import Value, store, strings
from tui.model import BlobRef
from tui.reader.payload import PayloadError, read_event, read_histogram, read_image, read_text, read_value


def test_the_value_at_its_place_in_the_event(tmp_path: Path) -> None:
    ref = store(tmp_path, builders.scalar("a", 1), builders.scalar("b", 2))
    assert read_value(ref).tag == "b"
    assert read_value(ref._replace(item=0)).tag == "a"
    with pytest.raises(PayloadError, match="no summary value 2"):
        read_value(ref._replace(item=2))


def test_an_event_that_is_no_summary(tmp_path: Path) -> None:
    event = event_pb2.Event(graph_def=b"graph")
    path = builders.write(tmp_path / builders.FILE_NAME, [event])
    ref = BlobRef(str(path), HEADER_BYTES, len(event.SerializeToString()), 0)
    assert read_event(ref).graph_def == b"graph"


def test_a_record_in_its_place_that_is_no_event(tmp_path: Path) -> None:
    path = builders.write(tmp_path / builders.FILE_NAME, [b"\xff\xff\xff"])
    with pytest.raises(PayloadError, match=r"changed since it was read \(at byte 12\)$"):
        read_event(BlobRef(str(path), HEADER_BYTES, 3, 0))


def test_histograms_of_both_encodings(tmp_path: Path) -> None:
    first = summary_pb2.HistogramProto(min=-1, max=2, bucket_limit=[0, 1, 1e308], bucket=[1, 0, 3])
    for value in (
        Value(tag="h", histo=first),
        builders.tensor("h", to_tensor_proto(np.array([[-1, 0, 1], [0, 1, 0], [1, 2, 3]], np.float32)), "histograms"),
    ):
        buckets = read_histogram(store(tmp_path, value))
        assert buckets.left.tolist() == [-1, 0, 1]
        assert buckets.right.tolist() == [0, 1, 2]
        assert buckets.counts.tolist() == [1, 0, 3]


def test_text_keeps_its_shape(tmp_path: Path) -> None:
    table = np.array([["a", "ü"], ["c", "d"]], object)
    value = builders.tensor("t", to_tensor_proto(table), plugins.TEXT)
    assert read_text(store(tmp_path, value)).tolist() == [["a", "ü"], ["c", "d"]]
    scalar = builders.tensor("t", to_tensor_proto(np.array("x", object)), plugins.TEXT)
    assert read_text(store(tmp_path, scalar)).tolist() == "x"
    assert read_text(store(tmp_path, strings(b"\xff!"))).tolist() == ["\ufffd!"]


def test_images_of_both_encodings(tmp_path: Path) -> None:
    image = summary_pb2.Summary.Image(width=3, height=2, encoded_image_string=b"png")
    assert read_image(store(tmp_path, Value(tag="i", image=image))) == [b"png"]
    assert read_image(store(tmp_path, strings(b"3", b"2", b"png", b"jpeg"))) == [b"png", b"jpeg"]


@pytest.mark.parametrize(
    ("reader", "value", "message"),
    [
        (read_histogram, builders.tensor("t", to_tensor_proto(np.zeros(3))), r"not \[k, 3\]"),
        (read_histogram, Value(tag="t", histo=summary_pb2.HistogramProto(bucket=[1])), "0 limits and 1 counts"),
        (read_text, builders.tensor("t", to_tensor_proto(np.zeros(3))), "not of strings"),
        (read_text, builders.scalar("t", 1), "value is no tensor"),
        (read_image, strings(b"3"), "without width and height"),
    ],
)
def test_a_value_that_cannot_be_shown_is_one_line(tmp_path: Path, reader: object, value: Value, message: str) -> None:
    assert callable(reader)
    with pytest.raises(PayloadError, match=message) as raised:
        reader(store(tmp_path, value))
    assert "\n" not in str(raised.value)


def test_a_file_that_changed_or_went_away(tmp_path: Path) -> None:
    ref = store(tmp_path, builders.scalar("a", 1))
    path = Path(ref.path)
    data = bytearray(path.read_bytes())
    data[ref.offset] ^= 1
    path.write_bytes(data)
    with pytest.raises(PayloadError, match="changed since it was read"):
        read_value(ref)
    path.write_bytes(data[: ref.offset + 3])
    with pytest.raises(PayloadError, match="changed since it was read"):
        read_value(ref)
    path.unlink()
    with pytest.raises(PayloadError, match="No such file"):
        read_value(ref)
    os.mkfifo(path)  # which would keep its reader waiting
    with pytest.raises(PayloadError, match="no regular file"):
        read_value(ref)


def test_a_tensor_of_too_many_strings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.reader.payload.record.MOST_STRINGS", 3)
    assert read_text(store(tmp_path, strings(*[b""] * 3))).shape == (3,)
    ref = store(tmp_path, strings(*[b""] * 4))
    with pytest.raises(PayloadError) as error:
        read_text(ref)
    assert str(error.value) == f"{ref.path}: tensor of 4 strings, more than 3 (at byte {ref.offset})"
