"""Every encoding of an event as batches."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

from logging_lib.tfevents import plugins
from logging_lib.tfevents.hparams import EXPERIMENT_TAG, SessionEnd, SessionStart
from logging_lib.tfevents.proto import event_pb2, summary_pb2, tensor_pb2
from logging_lib.tfevents.record import Record
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tui.model import (
    Batch,
    BlobBatch,
    BlobRef,
    HParamsInfo,
    Origin,
    Problem,
    RunActivity,
    ScalarBatch,
    SeriesKey,
    TagInfo,
    TensorType,
)
from tui.reader.decode import META_GRAPH_TAG, RUN_GRAPH_TAG, EventDecoder
from tui.reader.scalar_layout import layout_of

PATH = "file"
pb = tensor_pb2


def decode(*events: event_pb2.Event | bytes, tag_plugins: dict[str, str] | None = None) -> list[Batch]:
    """All batches of a file of these events; the offset of a record is its number times 1000."""
    decoder = EventDecoder("run", PATH, {} if tag_plugins is None else tag_plugins)
    for number, item in enumerate(events):
        payload = item if isinstance(item, bytes) else item.SerializeToString()
        decoder.add(Record(1000 * number, payload))
    return list(decoder.take())


def scalars(batches: list[Batch]) -> dict[str, ScalarBatch]:
    return {batch.key.tag: batch for batch in batches if isinstance(batch, ScalarBatch)}


def blobs(batches: list[Batch]) -> dict[SeriesKey, BlobBatch]:
    return {batch.key: batch for batch in batches if isinstance(batch, BlobBatch)}


def problems(batches: list[Batch]) -> list[Problem]:
    return [batch for batch in batches if isinstance(batch, Problem)]


def number_tensor(dtype: int, shape: tuple[int, ...] = (), **fields: object) -> pb.TensorProto:
    dims = [pb.TensorShapeProto.Dim(size=size) for size in shape]
    return pb.TensorProto(dtype=dtype, tensor_shape=pb.TensorShapeProto(dim=dims), **fields)


def test_simple_values_are_grouped_by_tag_in_file_order() -> None:
    events = [
        builders.scalar_event("a", 3, 0.5, 10.0),
        builders.event(builders.scalar("a", math.nan), builders.scalar("b", math.inf), step=-1, wall_time=math.nan),
        builders.scalar_event("a", 3, 0.1, 9.0),
    ]
    found = scalars(decode(*events))
    assert list(found) == ["a", "b"]
    a = found["a"]
    assert a.key == SeriesKey("run", "a", plugins.SCALARS)
    assert a.steps.tolist() == [3, -1, 3]
    np.testing.assert_array_equal(a.wall_times, [10.0, math.nan, 9.0])
    np.testing.assert_array_equal(a.values, np.array([0.5, math.nan, 0.1], np.float32))
    assert a.values.dtype == np.float32
    assert found["b"].values.tolist() == [math.inf]


@pytest.mark.parametrize("shape", [(), (1,)])
@pytest.mark.parametrize(
    ("dtype", "field", "stored", "expected", "kept"),
    [
        (pb.DT_FLOAT, "float_val", 0.1, float(np.float32(0.1)), np.float32),
        (pb.DT_DOUBLE, "double_val", 0.1, 0.1, np.float64),
        (pb.DT_HALF, "half_val", 0x3555, float(np.float16(1 / 3)), np.float32),
        (pb.DT_BFLOAT16, "half_val", 0x3FC0, 1.5, np.float32),
        (pb.DT_INT8, "int_val", -7, -7.0, np.float64),
        (pb.DT_UINT8, "int_val", 200, 200.0, np.float64),
        (pb.DT_INT16, "int_val", -700, -700.0, np.float64),
        (pb.DT_UINT16, "int_val", 65535, 65535.0, np.float64),
        (pb.DT_INT32, "int_val", -70000, -70000.0, np.float64),
        (pb.DT_UINT32, "uint32_val", 4294967295, 4294967295.0, np.float64),
        (pb.DT_INT64, "int64_val", -(1 << 53), float(-(1 << 53)), np.float64),
        (pb.DT_UINT64, "uint64_val", 1 << 63, float(1 << 63), np.float64),
        (pb.DT_BOOL, "bool_val", True, 1.0, np.float64),
    ],
)
def test_scalar_tensors_of_every_dtype(
    dtype: int, field: str, stored: object, expected: float, kept: type, shape: tuple[int, ...]
) -> None:
    proto = number_tensor(dtype, shape, **{field: [stored]})
    batch = scalars(decode(builders.event(builders.tensor("t", proto, plugins.SCALARS), step=4)))["t"]
    assert (batch.values.tolist(), batch.steps.tolist(), batch.values.dtype) == ([expected], [4], kept)


@pytest.mark.parametrize("name", ["f2", "f4", "f8", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "?"])
def test_scalar_tensors_as_raw_bytes(name: str) -> None:
    proto = to_tensor_proto(np.array(1, name))
    assert scalars(decode(builders.event(builders.tensor("t", proto, plugins.SCALARS))))["t"].values.tolist() == [1.0]


def test_only_the_first_event_of_a_tag_names_its_plugin() -> None:
    proto = to_tensor_proto(np.float32([[1, 2, 3]]))
    first = builders.event(builders.tensor("h", proto, plugins.HISTOGRAMS, b"content"))
    later = builders.event(builders.tensor("h", proto), step=1)
    other = builders.event(builders.tensor("h", proto, plugins.TEXT), step=2)
    batches = decode(first, later, other)
    key = SeriesKey("run", "h", plugins.HISTOGRAMS)
    assert blobs(batches)[key].steps.tolist() == [0, 1, 2]
    assert [batch for batch in batches if isinstance(batch, TagInfo)] == [
        TagInfo(key, "", "", b"content", TensorType("float32", (1, 3)))
    ]


def test_files_of_a_run_share_what_is_known_of_tags() -> None:
    known: dict[str, str] = {}
    decode(builders.event(builders.tensor("t", to_tensor_proto(np.zeros((2, 3))), "mesh")), tag_plugins=known)
    batches = decode(builders.event(builders.tensor("t", to_tensor_proto(np.zeros((2, 3))))), tag_plugins=known)
    assert list(blobs(batches)) == [SeriesKey("run", "t", "mesh")]


def test_a_number_whose_metadata_was_lost_is_a_scalar() -> None:
    events = [builders.event(builders.tensor("t", to_tensor_proto(np.float64(0.1))), step=step) for step in (1, 2)]
    batches = decode(*events)
    assert scalars(batches)["t"].values.tolist() == [0.1, 0.1]
    assert not blobs(batches)


def test_other_tensors_without_metadata_are_kept() -> None:
    batches = decode(builders.event(builders.tensor("t", to_tensor_proto(np.zeros(3)))))
    assert list(blobs(batches)) == [SeriesKey("run", "t", "")]


def infos(batches: list[Batch]) -> list[TagInfo]:
    return [batch for batch in batches if isinstance(batch, TagInfo)]


def test_the_type_of_a_tensor_that_nobody_explains_is_passed_on_once() -> None:
    events = [builders.event(builders.tensor("t", to_tensor_proto(np.zeros((2, 3), "f2")))) for _ in range(2)]
    assert infos(decode(*events)) == [TagInfo(SeriesKey("run", "t", ""), "", "", b"", TensorType("float16", (2, 3)))]
    number = builders.event(builders.tensor("n", to_tensor_proto(np.float64(1))))
    assert infos(decode(number)) == []


@pytest.mark.parametrize(
    ("proto", "expected"),
    [
        (to_tensor_proto(np.array([["a"]], object)), TensorType("string", (1, 1))),
        (number_tensor(pb.DT_BFLOAT16, (2,)), TensorType("bfloat16", (2,))),
        (number_tensor(99, (2,)), TensorType("dtype 99", (2,))),
        (number_tensor(pb.DT_FLOAT, (-1, 2)), TensorType("float32", None)),
        (number_tensor(pb.DT_FLOAT, (1 << 40, 2)), TensorType("float32", None)),
        (number_tensor(pb.DT_FLOAT, (1,) * 255), TensorType("float32", None)),
    ],
)
def test_the_type_of_an_unknown_plugins_tensor(proto: pb.TensorProto, expected: TensorType) -> None:
    batches = decode(builders.event(builders.tensor("t", proto, "mine", b"content")))
    assert infos(batches) == [TagInfo(SeriesKey("run", "t", "mine"), "", "", b"content", expected)]
    assert list(blobs(batches)) == [SeriesKey("run", "t", "mine")]


def test_a_number_that_a_plugin_of_its_own_logs_is_that_plugin_s() -> None:
    batches = decode(builders.event(builders.tensor("t", to_tensor_proto(np.float32(1.0)), "own")))
    key = SeriesKey("run", "t", "own")
    assert [batch for batch in batches if isinstance(batch, TagInfo)] == [
        TagInfo(key, "", "", b"", TensorType("float32", ()))
    ]
    assert (list(blobs(batches)), scalars(batches)) == ([key], {})


def test_metadata_without_a_plugin_belongs_to_the_scalars_that_the_value_is() -> None:
    value = builders.tensor("n", to_tensor_proto(np.float64(1)))
    value.metadata.display_name = "shown"
    key = SeriesKey("run", "n", plugins.SCALARS)
    assert infos(decode(builders.event(value))) == [TagInfo(key, "shown", "", b"", TensorType("float64", ()))]


@pytest.mark.parametrize("named", ["scalars", "text", ""])
def test_what_the_first_number_of_a_tag_says_about_it(named: str) -> None:
    """Its field tells that it is a scalar, whatever its metadata name; a tensor's type has no part in it."""
    metadata = plugins.summary_metadata(named, b"content", display_name="Name", description="words")
    known: dict[str, str] = {}
    decoder = EventDecoder("run", PATH, known)
    value = builders.Value(tag="t", simple_value=0.5, metadata=metadata)
    for step in (1, 2):
        decoder.add(Record(0, builders.event(value, step=step).SerializeToString()))
    info, batch, _ = decoder.take()
    assert info == TagInfo(SeriesKey("run", "t", "scalars"), "Name", "words", b"content", None)
    assert isinstance(batch, ScalarBatch) and batch.steps.tolist() == [1, 2]
    assert known == {"t": "scalars"}
    decoder.restart()
    assert known == {}


def test_first_encodings_of_histograms_images_and_audio() -> None:
    value = summary_pb2.Summary.Value
    event = builders.event(
        value(tag="h", histo=summary_pb2.HistogramProto(min=1)),
        value(tag="i", image=summary_pb2.Summary.Image(width=1)),
        value(tag="a", audio=summary_pb2.Summary.Audio(sample_rate=1)),
        step=5,
        wall_time=6.0,
    )
    found = blobs(decode(builders.version_event(), event))
    size = len(event.SerializeToString())
    refs = {key: list(batch.refs) for key, batch in found.items()}
    assert refs == {
        SeriesKey("run", "h", plugins.HISTOGRAMS): [BlobRef(PATH, 1000, size, 0)],
        SeriesKey("run", "i", plugins.IMAGES): [BlobRef(PATH, 1000, size, 1)],
        SeriesKey("run", "a", plugins.AUDIO): [BlobRef(PATH, 1000, size, 2)],
    }
    assert all(batch.steps.tolist() == [5] and batch.wall_times.tolist() == [6.0] for batch in found.values())


def test_graphs_and_run_metadata_are_blobs() -> None:
    trace = event_pb2.TaggedRunMetadata(tag="step1", run_metadata=b"m")
    batches = decode(
        event_pb2.Event(graph_def=b"g"),
        event_pb2.Event(meta_graph_def=b"g"),
        event_pb2.Event(tagged_run_metadata=trace),
    )
    assert list(blobs(batches)) == [
        SeriesKey("run", RUN_GRAPH_TAG, plugins.GRAPHS),
        SeriesKey("run", META_GRAPH_TAG, plugins.GRAPHS),
        SeriesKey("run", "step1", plugins.GRAPH_TAGGED_RUN_METADATA),
    ]


def test_hparams_come_from_the_metadata() -> None:
    start = SessionStart({"lr": 0.1, "on": True, "name": "x"}, "group", 5.0)
    batches = decode(builders.session_start(start), builders.session_end("SUCCESS"))
    found = [batch for batch in batches if isinstance(batch, HParamsInfo)]
    assert found == [HParamsInfo("run", PATH, start), HParamsInfo("run", PATH, SessionEnd("SUCCESS"))]
    assert not scalars(batches) and not blobs(batches) and not problems(batches)


def test_graphs_are_the_first_and_only_data_of_their_events() -> None:
    tagged = event_pb2.TaggedRunMetadata(tag="step1", run_metadata=b"x")
    events = [event_pb2.Event(graph_def=b"g"), event_pb2.Event(meta_graph_def=b"m")]
    events.append(event_pb2.Event(tagged_run_metadata=tagged))
    refs = [ref for batch in blobs(decode(*events)).values() for ref in batch.refs]
    assert refs == [BlobRef(PATH, 1000 * number, event.ByteSize(), 0) for number, event in enumerate(events)]


def session_of(step: int) -> event_pb2.Event:
    return event_pb2.Event(step=step, session_log=event_pb2.SessionLog(status=event_pb2.SessionLog.START))


def test_a_session_that_starts_ends_the_batches_of_the_one_before_it() -> None:
    decoder = EventDecoder("run", PATH, {})
    for event in (
        builders.scalar_event("a", 1, 0.5),
        session_of(5),
        builders.scalar_event("a", 5, 0.25),
        session_of(0),
        builders.scalar_event("a", 6, 0.125),
    ):
        decoder.add(Record(0, event.SerializeToString()))
    found = [(b.key, b.origin, b.steps.tolist()) for b in decoder.take() if isinstance(b, ScalarBatch)]
    key = SeriesKey("run", "a", "scalars")
    assert found == [(key, Origin(PATH, 0, None), [1]), (key, Origin(PATH, 1, 5), [5]), (key, Origin(PATH, 2), [6])]
    decoder.restart()
    decoder.add(Record(0, builders.scalar_event("a", 7, 1.0).SerializeToString()))
    assert [batch.origin for batch in decoder.take() if isinstance(batch, ScalarBatch)] == [Origin(PATH)]


@pytest.mark.parametrize(("dimensions", "shape"), [(254, (1,) * 254), (255, None)])
def test_a_type_has_as_many_dimensions_as_tensorflow_allows(dimensions: int, shape: tuple[int, ...] | None) -> None:
    proto = number_tensor(pb.DT_FLOAT, (1,) * dimensions, float_val=[1.0])
    (info,) = (b for b in decode(builders.event(builders.tensor("t", proto, "own"))) if isinstance(b, TagInfo))
    assert info.tensor == TensorType("float32", shape)


def test_activity_tells_events_and_finite_wall_times() -> None:
    times = [math.nan, 7.0, 5.0, math.inf, 6.0]
    activity = decode(*(builders.scalar_event("a", 0, 0, time) for time in times))[-1]
    assert activity == RunActivity("run", PATH, 5, 5.0, 7.0)
    assert decode(builders.scalar_event("a", 0, 0, math.nan))[-1] == RunActivity("run", PATH, 1, None, None)
    assert decode() == []


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (
            builders.tensor("t", to_tensor_proto(np.zeros(2)), plugins.SCALARS),
            "tensor of shape [2] is no number",
        ),
        (builders.tensor("t", to_tensor_proto(np.array(1j)), plugins.SCALARS), "of complex128 is no number"),
        (builders.tensor("t", to_tensor_proto(np.array(b"x", object)), plugins.SCALARS), "of object is no number"),
        (builders.tensor("t", number_tensor(pb.DT_FLOAT, tensor_content=b"abc"), plugins.SCALARS), "tensor of 3 bytes"),
        (builders.tensor("t", number_tensor(pb.DT_FLOAT, float_val=[1, 2]), plugins.SCALARS), "tensor of 2 elements"),
        (builders.tensor("t", number_tensor(99, float_val=[1]), plugins.SCALARS), "tensor of unknown dtype 99"),
        (summary_pb2.Summary.Value(tag="t"), "'t' holds no data"),
        (builders.tensor(EXPERIMENT_TAG, pb.TensorProto(), plugins.HPARAMS, b"\xff"), "holds no hparams"),
    ],
)
def test_a_malformed_value_is_a_problem_and_the_others_are_read(value: builders.Value, reason: str) -> None:
    batches = decode(
        builders.version_event(), builders.event(builders.scalar("good", 1), value, builders.scalar("good", 2))
    )
    assert scalars(batches)["good"].values.tolist() == [1.0, 2.0]
    (problem,) = problems(batches)
    assert (problem.path, problem.offset) == (PATH, 1000)
    assert reason in problem.reason


@pytest.mark.parametrize("plugin", [plugins.SCALARS, None])
def test_only_the_shape_of_a_large_tensor_is_looked_at(plugin: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """33 bytes that stand for 2 GB."""

    def refuse(tensor: pb.TensorProto) -> None:
        raise AssertionError(tensor)

    monkeypatch.setattr("tui.reader.scalar_number.from_tensor_proto", refuse)
    proto = number_tensor(pb.DT_DOUBLE, (1 << 28,), double_val=[1.0])
    batches = decode(builders.event(builders.tensor("t", proto, plugin)))
    assert not scalars(batches)
    if plugin is None:
        assert list(blobs(batches)) == [SeriesKey("run", "t", "")]
    else:
        assert problems(batches) == [Problem(PATH, 0, "scalar 't': tensor of shape [268435456] is no number")]


def test_an_event_too_large_for_memory_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(content: bytes) -> None:
        raise MemoryError

    monkeypatch.setattr("tui.reader.decode.decode_hparams", refuse)
    batches = decode(builders.session_end("SUCCESS"), builders.scalar_event("a", 1, 1.0))
    size = len(builders.session_end("SUCCESS").SerializeToString())
    assert problems(batches) == [Problem(PATH, 0, f"record of {size} bytes needs more memory than there is")]
    assert scalars(batches)["a"].steps.tolist() == [1]


def test_of_a_run_of_very_many_tags_the_first_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.reader.decode.MOST_TAGS", 3)
    proto = number_tensor(pb.DT_FLOAT, (2,), float_val=[1.0, 2.0])
    batches = decode(
        builders.event(*(builders.scalar(f"t{number}", number) for number in range(5))),
        builders.event(builders.tensor("h", proto, plugins.HISTOGRAMS), builders.scalar("t1", 7)),
    )
    assert {tag: batch.values.tolist() for tag, batch in scalars(batches).items()} == {
        "t0": [0.0], "t1": [1.0, 7.0], "t2": [2.0],
    }  # fmt: skip
    assert not blobs(batches)
    assert problems(batches) == [Problem(PATH, 0, "more than 3 tags in this run; the others are left out")]


def test_an_event_of_very_many_values_that_are_wrong_is_told_of_some_times() -> None:
    same = [builders.Value(tag="a")] * 1000
    others = [builders.Value(tag=f"b{number}") for number in range(1000)]
    found = problems(decode(builders.event(*same), builders.event(*others, *same), builders.event(*same)))
    offsets = [problem.offset for problem in found]
    assert [offsets.count(offset) for offset in sorted(set(filter(None, offsets)) | {0})] == [1, 101, 1]
    reasons = [problem.reason for problem in found[1:-1]]
    assert reasons[:100] == [f"summary value 'b{number}' holds no data" for number in range(100)]
    assert reasons[100] == "more values of this event cannot be read"


def test_a_record_too_large_to_be_parsed_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def parsed(content: bytes) -> event_pb2.Event:
        if len(content) > 1000:
            raise MemoryError
        return event_pb2.Event.FromString(content)

    proto = SimpleNamespace(Event=SimpleNamespace(FromString=parsed))
    monkeypatch.setattr("tui.reader.parsed.event_pb2", proto)
    batches = decode(bytes(2000), builders.scalar_event("a", 1, 1.0))
    assert problems(batches) == [Problem(PATH, 0, "record of 2000 bytes needs more memory than there is")]
    assert scalars(batches)["a"].steps.tolist() == [1]


def test_a_record_that_is_no_event_is_a_problem() -> None:
    batches = decode(b"\xff\xff", builders.scalar_event("a", 1, 1.0))
    assert problems(batches) == [Problem(PATH, 0, "record holds no event")]
    assert scalars(batches)["a"].steps.tolist() == [1]


def test_narrow_and_wide_points_of_one_tag_are_kept_wide() -> None:
    wide = builders.event(builders.tensor("t", to_tensor_proto(np.float64(0.1)), plugins.SCALARS))
    batch = scalars(decode(builders.scalar_event("t", 0, 0.5), wide))["t"]
    assert (batch.values.dtype, batch.values.tolist()) == (np.float64, [0.5, 0.1])


def test_take_forgets_what_it_gave() -> None:
    decoder = EventDecoder("run", PATH, {})
    decoder.add(Record(0, builders.scalar_event("a", 1, 1.0).SerializeToString()))
    assert len(list(decoder.take())) == 2
    assert list(decoder.take()) == []


def test_enough_is_collected_by_events_and_by_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    """With many tags it takes more events to have some of each, up to a bound; what is no event counts too."""
    monkeypatch.setattr("tui.reader.decode._EVENTS_PER_TAKE", 10)
    monkeypatch.setattr("tui.reader.decode._EVENTS_PER_SERIES", 4)
    monkeypatch.setattr("tui.reader.decode._MOST_EVENTS_PER_TAKE", 100)

    def needed(payload_of: Callable[[int], bytes]) -> int:
        decoder = EventDecoder("run", PATH, {})
        count = 0
        while not decoder.full:
            decoder.add(Record(count, payload_of(count)))
            count += 1
        assert not EventDecoder("run", PATH, {}).full
        list(decoder.take())
        assert not decoder.full
        return count

    def point(tags: int) -> Callable[[int], bytes]:
        return lambda n: builders.scalar_event(f"t{n % tags}", n, 1.0).SerializeToString()

    assert [needed(point(tags)) for tags in (1, 2, 5, 20, 30)] == [10, 10, 20, 80, 100]
    assert needed(lambda n: b"\xff\xff") == 10


def test_activity_of_events_without_themselves() -> None:
    decoder = EventDecoder("run", PATH, {})
    decoder.note_events(np.array([math.nan, -math.inf]))
    assert list(decoder.take()) == [RunActivity("run", PATH, 2, None, None)]
    decoder.note_events(np.array([5.0, math.nan, 4.0]))
    assert list(decoder.take()) == [RunActivity("run", PATH, 3, 4.0, 5.0)]
    decoder.note_events(np.array([math.inf, 2.0]))
    decoder.add(Record(0, builders.scalar_event("t", 1, 0.5, 9.0).SerializeToString()))
    decoder.note_events(np.array([3.0, 7.0]))
    assert list(decoder.take())[1:] == [RunActivity("run", PATH, 5, 2.0, 9.0)]


@pytest.mark.parametrize(
    ("value", "admitted_if_known_as"),
    [
        (builders.scalar("t", 0.5), {None, "", "scalars", "histograms"}),
        (
            builders.Value(tag="t", simple_value=0.5, metadata=plugins.summary_metadata("scalars", display_name="T")),
            {"scalars", "histograms"},
        ),
        (builders.tensor("t", to_tensor_proto(np.float32(0.5))), {"scalars"}),
        (builders.tensor("t", to_tensor_proto(np.float32(0.5)), "scalars"), {"scalars"}),
    ],
    ids=["number", "number with metadata", "tensor", "tensor with metadata"],
)
def test_events_that_tell_more_than_numbers_are_not_added_without_themselves(
    value: summary_pb2.Summary.Value, admitted_if_known_as: set[str | None]
) -> None:
    layout = layout_of(builders.event(value, step=1).SerializeToString())
    assert layout is not None
    for known in (None, "", "scalars", "histograms"):
        decoder = EventDecoder("run", PATH, {} if known is None else {"t": known})
        assert decoder.admits(layout.scalars) == (known in admitted_if_known_as)


def test_points_added_without_their_events_are_those_of_a_scalar_until_a_restart() -> None:
    known: dict[str, str] = {"named": "scalars"}
    decoder = EventDecoder("run", PATH, known)
    arrays = np.array([1, 2]), np.array([10.0, 11.0]), np.array([0.5, 0.25], np.float32)
    for tag in ("new", "named", "new"):
        decoder.add_points(tag, *arrays)
    assert known == {"named": "scalars", "new": "scalars"}
    found = scalars(list(decoder.take()))
    assert [(tag, batch.steps.tolist(), batch.values.tolist()) for tag, batch in found.items()] == [
        ("new", [1, 2, 1, 2], [0.5, 0.25, 0.5, 0.25]),
        ("named", [1, 2], [0.5, 0.25]),
    ]
    decoder.restart()
    assert known == {"named": "scalars"}
