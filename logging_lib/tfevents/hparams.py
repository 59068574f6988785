"""Hyperparameters: session start, session end and experiment <-> the hparams plugin's data.

Source: tensorboard/plugins/hparams/{api,plugin_data}.proto. The data sits in the metadata of three tags; their
values are null tensors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from google.protobuf import struct_pb2

from logging_lib.tfevents.plugins import HPARAMS, summary_metadata
from logging_lib.tfevents.proto import plugin_data_pb2 as pb
from logging_lib.tfevents.proto import summary_pb2, tensor_pb2

EXPERIMENT_TAG = "_hparams_/experiment"
SESSION_START_TAG = "_hparams_/session_start_info"
SESSION_END_TAG = "_hparams_/session_end_info"

HParam = bool | float | str | None


@dataclass(frozen=True, slots=True)
class SessionStart:
    """A training session's hparams. `start_time` is in seconds since the epoch, 0 where unknown."""

    hparams: Mapping[str, HParam]
    group_name: str = ""
    start_time: float = 0.0


@dataclass(frozen=True, slots=True)
class SessionEnd:
    """How and when a session ended: `status` is UNKNOWN, SUCCESS, FAILURE or RUNNING."""

    status: str
    end_time: float = 0.0


@dataclass(frozen=True, slots=True)
class Metric:
    """A scalar that a session is judged by: the tag, in the sub-run `group` of the session's run."""

    tag: str
    group: str = ""
    display_name: str = ""


@dataclass(frozen=True, slots=True)
class Experiment:
    """What an experiment declares: names of hparams, and metrics."""

    hparams: Sequence[str]
    metrics: Sequence[Metric]


def decode_hparams(content: bytes) -> SessionStart | SessionEnd | Experiment | None:
    """What a plugin content holds, or None for an empty one.

    Raises:
        google.protobuf.message.DecodeError: the bytes are no HParamsPluginData.
    """
    data = pb.HParamsPluginData.FromString(content)
    match data.WhichOneof("data"):
        case "session_start_info":
            start = data.session_start_info
            # A protobuf map has no order, and hands its entries out in another one each time.
            values = {name: _from_value(start.hparams[name]) for name in sorted(start.hparams)}
            return SessionStart(values, start.group_name, start.start_time_secs)
        case "session_end_info":
            end = data.session_end_info
            name = pb.Status.Name(end.status) if end.status in pb.Status.values() else "STATUS_UNKNOWN"
            return SessionEnd(name.removeprefix("STATUS_"), end.end_time_secs)
        case "experiment":
            metrics = [Metric(m.name.tag, m.name.group, m.display_name) for m in data.experiment.metric_infos]
            return Experiment([info.name for info in data.experiment.hparam_infos], metrics)
        case _:
            return None


def session_start_summary(
    hparams: Mapping[str, HParam], *, group_name: str = "", start_time: float = 0.0
) -> summary_pb2.Summary:
    """A summary that starts a session. None is stored as null."""
    info = pb.SessionStartInfo(group_name=group_name, start_time_secs=start_time)
    for name, value in hparams.items():
        info.hparams[name].CopyFrom(_to_value(value))
    return _summary(SESSION_START_TAG, pb.HParamsPluginData(session_start_info=info))


def session_end_summary(status: str, *, end_time: float = 0.0) -> summary_pb2.Summary:
    """A summary that ends a session with a status name of `SessionEnd`."""
    info = pb.SessionEndInfo(status=f"STATUS_{status}", end_time_secs=end_time)
    return _summary(SESSION_END_TAG, pb.HParamsPluginData(session_end_info=info))


def experiment_summary(
    hparams: Mapping[str, HParam],
    metrics: Sequence[Metric],
    *,
    domains: Mapping[str, Sequence[HParam]] | None = None,
) -> summary_pb2.Summary:
    """A summary that declares an experiment's hparams (types and, where given, discrete domains) and metrics."""
    experiment = pb.Experiment(
        hparam_infos=[_hparam_info(name, value, (domains or {}).get(name)) for name, value in hparams.items()],
        metric_infos=[
            pb.MetricInfo(name=pb.MetricName(group=m.group, tag=m.tag), display_name=m.display_name) for m in metrics
        ],
    )
    return _summary(EXPERIMENT_TAG, pb.HParamsPluginData(experiment=experiment))


def _hparam_info(name: str, value: HParam, domain: Sequence[HParam] | None) -> pb.HParamInfo:
    match value:
        case bool():
            kind = pb.HPARAM_TYPE_BOOL
        case int() | float():
            kind = pb.HPARAM_TYPE_FLOAT64
        case str():
            kind = pb.HPARAM_TYPE_STRING
        case _:
            kind = pb.HPARAM_TYPE_UNSET
    info = pb.HParamInfo(name=name, type=kind)
    if domain is not None:
        info.domain_discrete.values.extend(_to_value(item) for item in domain)
    return info


def _summary(tag: str, data: pb.HParamsPluginData) -> summary_pb2.Summary:
    shape = tensor_pb2.TensorShapeProto(dim=[tensor_pb2.TensorShapeProto.Dim(size=0)])
    null = tensor_pb2.TensorProto(dtype=tensor_pb2.DT_FLOAT, tensor_shape=shape)
    metadata = summary_metadata(HPARAMS, data.SerializeToString())
    return summary_pb2.Summary(value=[summary_pb2.Summary.Value(tag=tag, metadata=metadata, tensor=null)])


def _from_value(value: struct_pb2.Value) -> HParam:
    match value.WhichOneof("kind"):
        case "bool_value":
            return value.bool_value
        case "number_value":
            return value.number_value
        case "string_value":
            return value.string_value
        case None | "null_value":
            return None
        case _:  # lists and structs are not hparams in any writer's API; show what is there
            return str(value).strip()


def _to_value(value: HParam) -> struct_pb2.Value:
    match value:
        case None:
            return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
        case bool():
            return struct_pb2.Value(bool_value=value)
        case int() | float():
            return struct_pb2.Value(number_value=value)
        case _:
            return struct_pb2.Value(string_value=value)
