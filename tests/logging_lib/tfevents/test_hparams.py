"""HParams plugin data: our bytes read by tensorboard's parser, tensorboard's bytes read by ours."""

from __future__ import annotations

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from tensorboard.plugins.hparams import api_pb2, metadata, plugin_data_pb2
from tensorboard.util import tensor_util

from logging_lib.tfevents.hparams import (
    EXPERIMENT_TAG,
    SESSION_END_TAG,
    SESSION_START_TAG,
    Experiment,
    HParam,
    Metric,
    SessionEnd,
    SessionStart,
    decode_hparams,
    experiment_summary,
    session_end_summary,
    session_start_summary,
)
from logging_lib.tfevents.proto import summary_pb2
from tests import strategies


def content_of(summary: summary_pb2.Summary, tag: str) -> bytes:
    (value,) = summary.value
    assert value.tag == tag
    assert value.metadata.plugin_data.plugin_name == metadata.PLUGIN_NAME
    return value.metadata.plugin_data.content


def test_tags_are_tensorboards() -> None:
    assert EXPERIMENT_TAG == metadata.EXPERIMENT_TAG
    assert SESSION_START_TAG == metadata.SESSION_START_INFO_TAG
    assert SESSION_END_TAG == metadata.SESSION_END_INFO_TAG


def test_the_value_is_tensorboards_null_tensor() -> None:
    (value,) = session_end_summary("SUCCESS").value
    assert value.tensor.SerializeToString() == metadata.NULL_TENSOR.SerializeToString()
    assert tensor_util.make_ndarray(metadata.NULL_TENSOR).shape == (0,)


@given(strategies.hparam_dicts)
def test_session_start_roundtrip(hparams: dict[str, HParam]) -> None:
    summary = session_start_summary(hparams, group_name="group", start_time=12.5)
    content = content_of(summary, SESSION_START_TAG)
    assert decode_hparams(content) == SessionStart(hparams, "group", 12.5)
    theirs = metadata.parse_session_start_info_plugin_data(content)
    assert (theirs.group_name, theirs.start_time_secs) == ("group", 12.5)
    for name, value in hparams.items():
        kind = theirs.hparams[name].WhichOneof("kind")
        assert (
            kind
            == {bool: "bool_value", float: "number_value", str: "string_value", type(None): "null_value"}[type(value)]
        )
        assert value is None or getattr(theirs.hparams[name], kind) == value


@pytest.mark.parametrize("status", ["UNKNOWN", "SUCCESS", "FAILURE", "RUNNING"])
def test_session_end_roundtrip(status: str) -> None:
    content = content_of(session_end_summary(status, end_time=99.5), SESSION_END_TAG)
    assert decode_hparams(content) == SessionEnd(status, 99.5)
    theirs = metadata.parse_session_end_info_plugin_data(content)
    assert (api_pb2.Status.Name(theirs.status), theirs.end_time_secs) == (f"STATUS_{status}", 99.5)


def test_experiment_roundtrip() -> None:
    hparams: dict[str, HParam] = {"lr": 0.1, "layers": 3, "optimizer": "adam", "amp": True, "seed": None}
    metrics = [Metric("Loss/val"), Metric("Accuracy/val", "eval", "accuracy")]
    summary = experiment_summary(hparams, metrics, domains={"optimizer": ["adam", "sgd"], "amp": [True, False]})
    content = content_of(summary, EXPERIMENT_TAG)
    assert decode_hparams(content) == Experiment(list(hparams), metrics)
    theirs = metadata.parse_experiment_plugin_data(content)
    assert [(info.name, api_pb2.DataType.Name(info.type)) for info in theirs.hparam_infos] == [
        ("lr", "DATA_TYPE_FLOAT64"),
        ("layers", "DATA_TYPE_FLOAT64"),
        ("optimizer", "DATA_TYPE_STRING"),
        ("amp", "DATA_TYPE_BOOL"),
        ("seed", "DATA_TYPE_UNSET"),
    ]
    assert [value.string_value for value in theirs.hparam_infos[2].domain_discrete.values] == ["adam", "sgd"]
    assert [value.bool_value for value in theirs.hparam_infos[3].domain_discrete.values] == [True, False]
    assert not theirs.hparam_infos[0].HasField("domain_discrete")
    assert [(m.name.group, m.name.tag, m.display_name) for m in theirs.metric_infos] == [
        ("", "Loss/val", ""),
        ("eval", "Accuracy/val", "accuracy"),
    ]


def test_reads_what_tensorboard_writes() -> None:
    start = plugin_data_pb2.SessionStartInfo(group_name="g", start_time_secs=3.0)
    start.hparams["lr"].number_value = 0.5
    start.hparams["list"].list_value.values.add().number_value = 1.0
    content = plugin_data_pb2.HParamsPluginData(session_start_info=start).SerializeToString()
    decoded = decode_hparams(content)
    assert isinstance(decoded, SessionStart)
    assert decoded.hparams["lr"] == 0.5
    assert "number_value: 1" in str(decoded.hparams["list"])


def test_empty_unknown_and_damaged_contents() -> None:
    assert decode_hparams(b"") is None
    end = plugin_data_pb2.HParamsPluginData(session_end_info=plugin_data_pb2.SessionEndInfo(status=1))
    unknown = end.SerializeToString().replace(b"\x08\x01", b"\x08\x63")
    assert decode_hparams(unknown) == SessionEnd("UNKNOWN")
    with pytest.raises(DecodeError):
        decode_hparams(b"\xff\xff")
