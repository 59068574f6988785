"""Text (Markdown): a string -> Summary."""

from __future__ import annotations

from logging_lib.tfevents.plugins import text_metadata
from logging_lib.tfevents.proto import summary_pb2, tensor_pb2


def text(tag: str, content: str) -> summary_pb2.Summary:
    """A string tensor of shape [1] under `<tag>/text_summary`. Source: torch.utils.tensorboard.summary.text."""
    tensor = tensor_pb2.TensorProto(
        dtype=tensor_pb2.DT_STRING,
        tensor_shape=tensor_pb2.TensorShapeProto(dim=[tensor_pb2.TensorShapeProto.Dim(size=1)]),
        string_val=[content.encode("utf-8", "backslashreplace")],  # lone surrogates, from undecodable file names
    )
    return summary_pb2.Summary(
        value=[summary_pb2.Summary.Value(tag=f"{tag}/text_summary", metadata=text_metadata(), tensor=tensor)]
    )
