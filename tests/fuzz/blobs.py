"""Targets of what events hold: tensors, histograms, pictures, sounds, texts, curves, meshes, layouts.

The input is one event, without its frame; where TensorBoard reads such data, it is to read the same.
"""

from __future__ import annotations

import io
import math
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
from google.protobuf.message import DecodeError
from google.protobuf.unknown_fields import UnknownFieldSet
from tensorboard import data_compat
from tensorboard.compat.proto import event_pb2 as tb_event
from tensorboard.compat.proto import summary_pb2 as tb_summary
from tensorboard.compat.proto import tensor_pb2 as tb_tensor
from tensorboard.plugins.custom_scalar import layout_pb2 as tb_layout
from tensorboard.util import tensor_util

from logging_lib.tfevents.histogram import Buckets
from logging_lib.tfevents.proto import event_pb2, summary_pb2
from logging_lib.tfevents.record import HEADER_BYTES
from tests import builders
from tests.fuzz import blob_seeds
from tests.fuzz.mutation import changed_message
from tests.fuzz.target import Target, assert_harmless, stored
from tui.analysis.percentiles import percentiles
from tui.app.distributions import read_distribution
from tui.app.meshes import MeshSource, PartSource, read_whole
from tui.app.meshes import read_picture as read_mesh_picture
from tui.app.pr_curves import plane_of, read_pr_facts, read_pr_outline
from tui.app.sounds import read_sounds
from tui.app.tensor_previews import facts, read_preview, value_lines
from tui.app.texts import Rendered, Source, read_facts
from tui.model import BlobRef
from tui.reader import payload
from tui.reader.payload import PayloadError
from tui.reader.payload.picture import MOST_PIXELS, read_picture
from tui.reader.payload.wav import samples, wav_form

_SMALL = 32
_OBSOLETE = 3
_SECOND_READER_KNOWS = {1, 2, 3, 4, 5, 6, 8, 9, 10, 17, 18, 19}
"""The dtypes that TensorBoard makes arrays of as we do: not unsigned of 32 and 64 bits, nor bfloat16 and strings."""


@contextmanager
def blobs(data: bytes) -> Iterator[list[tuple[BlobRef, tb_summary.Summary.Value]]]:
    """Each value of the event, where it lies and as TensorBoard has it; none where it is no event.

    Not those with a kind that was obsolete before TensorFlow 1.0: for TensorBoard it undoes what stands before it, and
    we do not know it.
    """
    try:
        values = tb_event.Event.FromString(data).summary.value
        own = event_pb2.Event.FromString(data).summary.value
    except DecodeError:
        values, own = [], []
    with stored(builders.FILE_NAME, builders.record(data)) as path:
        places = (BlobRef(str(path), HEADER_BYTES, len(data), item) for item in range(len(values)))
        found = zip(places, values, own, strict=True)
        yield [(place, value) for place, value, ours in found if not _has_obsolete(ours)][:8]


def _has_obsolete(value: summary_pb2.Summary.Value) -> bool:
    return any(field.field_number == _OBSOLETE for field in UnknownFieldSet(value))


def tried(read: Callable[[BlobRef], Any], ref: BlobRef) -> Any:
    """What is read, or None where it is refused, in one line."""
    try:
        return read(ref)
    except PayloadError as error:
        assert "\n" not in str(error), str(error)
        return None


def check_tensors(data: bytes) -> None:
    """A tensor is what TensorBoard makes of it, or is refused; a preview of it is harmless and finite in size."""
    with blobs(data) as found:
        for ref, value in found:
            array = tried(payload.read_tensor, ref)
            if array is None:
                continue
            if value.tensor.dtype in _SECOND_READER_KNOWS and (expected := _as_tensorboard(value.tensor)) is not None:
                _assert_same(array, expected)
            preview = tried(read_preview, ref)
            if preview is not None:
                for line in (facts(preview), *value_lines(preview, data[-1] % 100)):
                    assert_harmless(line, "preview")


def _as_tensorboard(tensor: tb_tensor.TensorProto) -> npt.NDArray[Any] | None:
    """None where TensorBoard takes it for damaged."""
    try:
        with np.errstate(all="ignore"):
            return np.asarray(tensor_util.make_ndarray(tensor))
    except (ValueError, TypeError, IndexError, OverflowError, MemoryError):
        return None


def _assert_same(ours: npt.NDArray[Any], theirs: npt.NDArray[Any]) -> None:
    assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape), (ours, theirs)
    kind = "c" if ours.dtype.kind == "c" else ours.dtype.kind
    same = ours == theirs
    if kind in "fc":  # all NaN are one
        same = same | (np.isnan(ours) & np.isnan(theirs))
    assert np.all(same), (ours, theirs)


def check_histograms(data: bytes) -> None:
    """Buckets are TensorBoard's, except for those that it cannot place; all that is told of them is in order."""
    with blobs(data) as found:
        for ref, value in found:
            logged = tried(payload.read_logged_histogram, ref)
            if logged is None:
                continue
            _assert_as_tensorboard(logged.buckets, value)
            measured = read_distribution(ref)
            assert measured.total >= 0 and (math.isnan(measured.lost) or 0 <= measured.lost <= 1)
            points = percentiles(measured.buckets)
            if points is not None:
                assert np.isfinite(points).all()
                assert (np.diff(points / 2) >= -1e-9 * np.abs(points).max()).all(), points


def _assert_as_tensorboard(buckets: Buckets, value: tb_summary.Summary.Value) -> None:
    if value.WhichOneof("value") != "histo" or not (math.isfinite(value.histo.min) and math.isfinite(value.histo.max)):
        return
    if not all(count >= 0 for count in value.histo.bucket):
        return
    with np.errstate(all="ignore"):
        expected = tensor_util.make_ndarray(data_compat.migrate_value(value).tensor)
        ours = np.column_stack([buckets.left, buckets.right, buckets.counts]).astype(np.float32)
    assert ours.shape == expected.shape and np.array_equal(ours, expected, equal_nan=True), (ours, expected)


def check_media(data: bytes) -> None:
    """Pictures are no larger than allowed, sounds are those of Python's own WAV reader, texts move no cursor."""
    with blobs(data) as found:
        for ref, _ in found:
            _check_picture(ref)
            for clip in tried(payload.read_audio, ref) or []:
                _check_sound(clip.encoded)
            tried(read_sounds, ref)
            _check_text(ref, data[-1] % 120 + 1)


def _check_picture(ref: BlobRef) -> None:
    whole = tried(read_picture, ref)
    if whole is None:
        return
    height, width, channels = whole.pixels.shape
    assert (width, height) == whole.facts.size and width * height <= MOST_PIXELS and channels in (1, 2, 3, 4)
    assert whole.pixels.dtype in (np.uint8, np.uint16)
    last = tried(lambda ref: read_picture(ref, -1, -1, lambda size: (min(size[0], 3), 2)), ref)
    assert last is None or last.pixels.shape[:2] == (2, min(last.facts.size[0], 3))


def _check_sound(encoded: bytes) -> None:
    form = wav_form(encoded)
    if form is None:
        return
    assert form.start + form.frames * form.frame_bytes <= len(encoded)
    if not form.readable:
        return
    ours = samples(encoded, form)
    assert ours.shape == (form.channels, form.frames)
    try:
        with wave.open(io.BytesIO(encoded)) as theirs:
            rate, channels, size = theirs.getframerate(), theirs.getnchannels(), theirs.getsampwidth()
            frames = theirs.readframes(min(form.frames, theirs.getnframes()))
    except (wave.Error, EOFError, ZeroDivisionError, RuntimeError):
        return
    if (rate, channels, size) == (form.rate, form.channels, form.sample_bytes) and size == 2:
        expected = np.frombuffer(frames[: len(frames) // (2 * channels) * 2 * channels], "<i2")
        first = ours.T.reshape(-1)[: len(expected)]
        assert np.array_equal(first, expected.astype(np.float32) / np.float32(32768)), (first, expected)


def _check_text(ref: BlobRef, cells: int) -> None:
    told = tried(read_facts, ref)
    if told is None:
        return
    assert told.lines >= 0
    assert_harmless(told.head, "headline")
    for read in (Rendered(cells), Source(cells)):
        page = read(ref)
        for line in range(min(len(page), 200)):
            assert_harmless(page.line_text(line), "page")


def check_curves(data: bytes) -> None:
    """Curves and meshes are of finite size and stay in their ranges; layouts are TensorBoard's."""
    with blobs(data) as found:
        for ref, value in found:
            curve = tried(read_pr_facts, ref)
            if curve is not None:
                assert curve.best is None or 0 <= curve.best < len(curve.recall)
                outline = read_pr_outline(ref)
                assert (np.diff(outline.recall) >= 0).all() and not np.isnan(outline.precision).any()
                plane_of([curve])
            _check_mesh([place for place, _ in found], ref)
            layout = tried(payload.read_layout, ref)
            if layout is not None:
                theirs = tb_layout.Layout.FromString(next(iter(value.tensor.string_val), b""))
                assert [category.title for category in layout.categories] == [item.title for item in theirs.category]
                assert [[(chart.title, chart.tags) for chart in category.charts] for category in layout.categories] == [
                    [(chart.title, tuple(chart.multiline.tag)) for chart in item.chart] for item in theirs.category
                ]


def _check_mesh(refs: list[BlobRef], vertices: BlobRef) -> None:
    parts = [PartSource(ref, b"") for ref in refs]
    others: list[PartSource | None] = [None, *parts[:2]]
    for faces in others:
        for colours in others:
            source = MeshSource(PartSource(vertices, b""), faces, colours, 1)
            picture = tried(read_mesh_picture, source)  # type: ignore[arg-type]
            if picture is None:
                continue
            count = len(picture.points)
            assert count <= picture.vertices
            lengths = np.linalg.norm(picture.points, axis=1)
            assert lengths[np.isfinite(lengths)].max(initial=0.0) <= 1.0001 and not np.isinf(picture.points).any()
            assert picture.drawn.size == 0 or 0 <= picture.drawn.min() <= picture.drawn.max() < count
            whole = read_whole(source)
            assert whole.faces.size == 0 or 0 <= whole.faces.min() <= whole.faces.max() < len(whole.vertices)


TARGETS = (
    Target("tensors", check_tensors, blob_seeds.tensors, changed_message),
    Target("histograms", check_histograms, blob_seeds.histograms, changed_message),
    Target("media", check_media, blob_seeds.media, changed_message),
    Target("curves", check_curves, blob_seeds.curves, changed_message),
)
