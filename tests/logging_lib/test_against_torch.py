"""The same calls on our writer and on torch's give the same events, wall times aside."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import HistogramProto
from tensorboard.plugins.hparams import plugin_data_pb2
from torch.utils.tensorboard import SummaryWriter as TorchWriter
from torch.utils.tensorboard import summary as torch_summary

from logging_lib import SummaryWriter
from logging_lib.summary.histogram import checked_bins, histogram, tensorflow_edges
from logging_lib.summary.image import image
from tests.logging_lib.event_files import raw_events

RANDOM = np.random.default_rng(0)
NORMAL = RANDOM.normal(size=(50, 7)).astype(np.float32)
PIXELS = RANDOM.random((3, 5, 4)).astype(np.float32) * 1.4 - 0.2
BYTES = RANDOM.integers(0, 256, (3, 5, 4), dtype=np.uint8)
BATCH = RANDOM.random((11, 3, 4, 2)).astype(np.float32)

CALLS: dict[str, Callable[[Any], None]] = {
    "scalar": lambda w: w.add_scalar("a/b", 0.1, 3),
    "scalar without step": lambda w: w.add_scalar("a", 1),
    "scalar NaN": lambda w: w.add_scalar("a", float("nan"), 1),
    "scalar beyond float32": lambda w: w.add_scalar("a", 1e300, 1),
    "scalar numpy": lambda w: w.add_scalar("a", np.float64(0.3), np.int64(5)),
    "scalar array": lambda w: w.add_scalar("a", np.array([[2.5]]), 5),
    "scalar tensor": lambda w: w.add_scalar("a", torch.tensor(0.3, requires_grad=True), torch.tensor(2)),
    "scalar bool": lambda w: w.add_scalar("a", True, 1),
    "scalar new style": lambda w: w.add_scalar("a", 0.1, 3, new_style=True),
    "scalar double": lambda w: w.add_scalar("a", 0.1, 3, new_style=True, double_precision=True),
    "scalar double, old style": lambda w: w.add_scalar("a", 0.1, 3, double_precision=True),
    "scalars": lambda w: w.add_scalars("m/n", {"x": 0.5, "y": torch.tensor(2)}, 3),
    "histogram": lambda w: w.add_histogram("h", NORMAL, 1),
    "histogram tensor": lambda w: w.add_histogram("h", torch.from_numpy(NORMAL).requires_grad_(), 1),
    "histogram of ints": lambda w: w.add_histogram("h", np.arange(-50, 50), 1),
    "histogram of zeros": lambda w: w.add_histogram("h", np.zeros(9), 1),
    "histogram of one": lambda w: w.add_histogram("h", np.array([1e-13]), 1),
    "histogram auto": lambda w: w.add_histogram("h", NORMAL, 1, bins="auto"),
    "histogram 17 bins": lambda w: w.add_histogram("h", NORMAL, 1, bins=17),
    "histogram edges": lambda w: w.add_histogram("h", NORMAL, 1, bins=[-2.0, -1.0, 0.5, 3.0]),
    "histogram max_bins": lambda w: w.add_histogram("h", NORMAL, 1, max_bins=50),
    "histogram max_bins 1": lambda w: w.add_histogram("h", NORMAL, 1, bins=10, max_bins=1),
    "histogram beyond edges given": lambda w: w.add_histogram("h", np.array([-9.0, 0.5, 7.0]), 1, bins=[0.0, 1.0]),
    "image": lambda w: w.add_image("i", PIXELS, 1),
    "image bytes": lambda w: w.add_image("i", BYTES, 1),
    "image tensor": lambda w: w.add_image("i", torch.from_numpy(BYTES), 1),
    "image HWC": lambda w: w.add_image("i", BYTES.transpose(1, 2, 0), 1, dataformats="HWC"),
    "image WHC": lambda w: w.add_image("i", BYTES.transpose(2, 1, 0), 1, dataformats="WHC"),
    "image HW": lambda w: w.add_image("i", PIXELS[0], 1, dataformats="HW"),
    "image WH, lower case": lambda w: w.add_image("i", PIXELS[0], 1, dataformats="wh"),
    "image grey": lambda w: w.add_image("i", BYTES[:1], 1),
    "image RGBA": lambda w: w.add_image("i", np.concatenate([BYTES, BYTES[:1]]), 1),
    "image ints are 0 to 1": lambda w: w.add_image("i", np.eye(4, dtype=np.int64), 1, dataformats="HW"),
    "image float64": lambda w: w.add_image("i", PIXELS.astype(np.float64) / 3, 1),
    "images": lambda w: w.add_images("i", BATCH, 1),
    "images grey": lambda w: w.add_images("i", BATCH[:, :1], 1),
    "images NHWC": lambda w: w.add_images("i", BATCH.transpose(0, 2, 3, 1), 1, dataformats="NHWC"),
    "images, fewer than a row": lambda w: w.add_images("i", BATCH[:3], 1),
    "text": lambda w: w.add_text("t", "# title\né", 4),
    "hparams": lambda w: w.add_hparams(
        {"lr": 0.1, "n": 3, "o": "adam", "x": None, "t": torch.tensor([2.0])},
        {"m": 0.5, "l": torch.tensor(1.0)},
        {"o": ["adam", "sgd"], "n": [1, 2, 3]},
        run_name="trial",
        global_step=2,
    ),
}


def normal_form(event: Event) -> Event:
    """The event without what may differ: wall time, writer's name, data class, the null tensor, PNG bytes."""
    event.ClearField("wall_time")
    event.ClearField("source_metadata")
    for value in event.summary.value:
        value.metadata.ClearField("data_class")
        if value.metadata.plugin_data.plugin_name == "hparams":
            value.ClearField("tensor")
        if value.HasField("tensor") and not value.tensor.tensor_shape.dim:
            value.tensor.tensor_shape.SetInParent()
        if value.HasField("image"):
            pixels = Image.open(io.BytesIO(value.image.encoded_image_string))
            value.image.encoded_image_string = pixels.mode.encode() + np.asarray(pixels).tobytes()
        if not value.metadata.ByteSize():
            value.ClearField("metadata")
    return event


def written(make: Callable[[str], Any], directory: Path, call: Callable[[Any], None]) -> dict[str, list[Event]]:
    """Events by sub-run."""
    with make(str(directory)) as writer:
        call(writer)
    runs = sorted({path.parent for path in directory.rglob("*tfevents*")})
    return {str(run.relative_to(directory)): [normal_form(event) for event in raw_events(run)] for run in runs}


def encoded(events: dict[str, list[Event]]) -> dict[str, list[bytes]]:
    return {run: [event.SerializeToString(deterministic=True) for event in of_run] for run, of_run in events.items()}


@pytest.mark.parametrize("name", CALLS)
def test_same_events(tmp_path: Path, name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # numpy's, in torch's code
        theirs = written(TorchWriter, tmp_path / "torch", CALLS[name])
    ours = written(SummaryWriter, tmp_path / "ours", CALLS[name])
    # protobuf 4's NaN does not equal itself.
    assert ours == theirs or encoded(ours) == encoded(theirs)
    assert any(event.HasField("summary") for events in ours.values() for event in events)


def test_same_purge_events(tmp_path: Path) -> None:
    def log(writer: Any) -> None:
        writer.add_scalar("x", 1.0, 12)

    ours = written(lambda path: SummaryWriter(path, purge_step=10), tmp_path / "ours", log)
    assert ours == written(lambda path: TorchWriter(path, purge_step=10), tmp_path / "torch", log)


@pytest.mark.parametrize("value", [True, np.True_, torch.tensor(True)])
def test_bool_hparams_are_bools(tmp_path: Path, value: Any) -> None:
    """Unlike torch's, which stores the number 1."""
    events = written(SummaryWriter, tmp_path, lambda w: w.add_hparams({"amp": value}, {}, run_name="r"))["r"]
    data = plugin_data_pb2.HParamsPluginData.FromString(events[2].summary.value[0].metadata.plugin_data.content)
    assert data.session_start_info.hparams["amp"].bool_value is True


def test_default_edges_are_torchs(tmp_path: Path) -> None:
    with TorchWriter(str(tmp_path)) as writer:
        assert tensorflow_edges().tolist() == writer.default_bins


BINS: st.SearchStrategy[Any] = st.one_of(
    st.just("tensorflow"),
    st.integers(1, 40),
    st.sampled_from(["sqrt", "sturges"]),
    st.lists(st.floats(-100, 100), min_size=2, max_size=6, unique=True).map(sorted),
)


@settings(max_examples=200)
@given(
    hnp.arrays(st.sampled_from([np.float32, np.float64, np.int16]), hnp.array_shapes(max_dims=2, max_side=20)).filter(
        lambda values: np.isfinite(values).all() and np.abs(values.astype(float)).max() < 1e18
    ),
    BINS,
    st.none() | st.integers(1, 60),
)
def test_histograms_are_torchs(values: np.ndarray, bins: Any, max_bins: int | None) -> None:
    proto = histogram("h", values, checked_bins(bins, max_bins), max_bins).value[0].histo
    ours = HistogramProto.FromString(proto.SerializeToString())
    try:
        theirs = torch_summary.make_histogram(
            values.astype(float), tensorflow_edges().tolist() if bins == "tensorflow" else bins, max_bins
        )
    except (ValueError, RuntimeWarning) as error:
        if "is empty" in str(error):  # no value lies between the edges given
            assert (list(ours.bucket), list(ours.bucket_limit), ours.num) == ([], [], values.size)
        else:
            # numpy 2.0 divides by the width of such bins, which is 0.
            assert isinstance(error, RuntimeWarning) or "Too many bins for data range" in str(error)
            assert list(ours.bucket) == [0, values.size]
    else:
        if _of_no_width(values, bins):
            assert list(ours.bucket) == [0, values.size]
            return
        if not sum(theirs.bucket):  # as above; torch keeps one empty bucket where there is but one
            del theirs.bucket[:], theirs.bucket_limit[:]
        assert ours == theirs


def _of_no_width(values: np.ndarray, bins: Any) -> bool:
    """Whether numpy makes bins of no width, as those before 2.1 do where the later ones refuse."""
    if bins == "tensorflow" or np.ndim(bins):
        return False
    edges = np.histogram_bin_edges(values.astype(float), bins)
    return not bool((edges[:-1] < edges[1:]).all())


@pytest.mark.parametrize(
    ("values", "filled"),
    [([-1e25, 1.0, 1e30], [1, 1, 1]), ([1e21, 1e22, 3.0], [1, 2]), ([-1e21], [1]), ([2.0, 1e308], [1, 1])],
)
def test_default_buckets_hold_values_beyond_their_edges(values: list[float], filled: list[float]) -> None:
    """torch leaves them out, though it counts them, and raises where there are no others."""
    histo = histogram("h", np.array(values)).value[0].histo
    assert [count for count in histo.bucket if count] == filled
    assert histo.num == len(values)
    assert histo.bucket_limit[0] <= min(values)
    assert histo.bucket_limit[-1] >= max(values)
    assert sorted(histo.bucket_limit) == list(histo.bucket_limit)
    merged = histogram("h", np.array(values), max_bins=7).value[0].histo
    assert sum(merged.bucket) == len(values)


def test_values_too_close_for_any_bins_share_one() -> None:
    histo = histogram("h", np.full(3, 1e300), 4).value[0].histo
    assert list(histo.bucket) == [0, 3]
    assert histo.bucket_limit[0] < histo.bucket_limit[1] == 1e300


@pytest.mark.parametrize("bins", ["tensorflow", "auto", 5])
def test_histograms_of_values_that_are_not_finite(bins: Any) -> None:
    """torch raises for most of these, which would end the training that it was to watch diverge."""
    some = histogram("h", np.array([1.0, np.nan, 2.0, np.inf, 2.0]), bins).value[0].histo
    assert sum(some.bucket) == 3.0
    assert (some.num, some.bucket_limit[0] <= 1.0, some.bucket_limit[-1] >= 2.0) == (5.0, True, True)
    assert np.isnan([some.min, some.max, some.sum, some.sum_squares]).all()
    none = histogram("h", np.array([np.nan, -np.inf]), bins).value[0].histo
    assert (list(none.bucket), list(none.bucket_limit), none.num) == ([], [], 2.0)


def test_bfloat16_histogram_keeps_its_range(tmp_path: Path) -> None:
    """torch goes through float16, where 1e30 is infinite."""
    with SummaryWriter(tmp_path) as writer:
        writer.add_histogram("h", torch.tensor([1.0, 1e30], dtype=torch.bfloat16), bins=4)
    histo = raw_events(tmp_path)[1].summary.value[0].histo
    assert (histo.min, histo.max) == (1.0, float(torch.tensor(1e30, dtype=torch.bfloat16)))
    assert list(histo.bucket) == [0.0, 1.0, 0.0, 0.0, 1.0]


def test_image_pixels_that_are_no_numbers_are_black_and_infinite_ones_white() -> None:
    summary = image("i", np.array([[np.nan, np.inf, -np.inf, 0.5]]), "HW")
    pixels = np.asarray(Image.open(io.BytesIO(summary.value[0].image.encoded_image_string)))
    assert pixels[0].tolist() == [[0] * 3, [255] * 3, [0] * 3, [127] * 3]
