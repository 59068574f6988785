"""Plugin names, and the SummaryMetadata that marks a tag as a plugin's data."""

from __future__ import annotations

from logging_lib.tfevents.proto import summary_pb2

SCALARS = "scalars"
HISTOGRAMS = "histograms"
IMAGES = "images"
AUDIO = "audio"
TEXT = "text"
HPARAMS = "hparams"
PR_CURVES = "pr_curves"
MESH = "mesh"
CUSTOM_SCALARS = "custom_scalars"
TENSOR = "tensor"  # what torch calls tensors that are logged as they are; TensorBoard has no such plugin
GRAPHS = "graphs"
# TensorFlow's own summary operations write the next three, as strings of a whole message; TAGGED is what TensorBoard
# calls the events that have a field of their own for it.
GRAPH_RUN_METADATA = "graph_run_metadata"
GRAPH_RUN_METADATA_GRAPH = "graph_run_metadata_graph"
GRAPH_KERAS_MODEL = "graph_keras_model"
GRAPH_TAGGED_RUN_METADATA = "graph_tagged_run_metadata"
PROJECTOR = "projector"

_DATA_CLASSES = {
    SCALARS: summary_pb2.DATA_CLASS_SCALAR,
    HISTOGRAMS: summary_pb2.DATA_CLASS_TENSOR,
    TEXT: summary_pb2.DATA_CLASS_TENSOR,
    PR_CURVES: summary_pb2.DATA_CLASS_TENSOR,
    HPARAMS: summary_pb2.DATA_CLASS_TENSOR,
    IMAGES: summary_pb2.DATA_CLASS_BLOB_SEQUENCE,
    AUDIO: summary_pb2.DATA_CLASS_BLOB_SEQUENCE,
}


def summary_metadata(
    plugin: str, content: bytes = b"", *, display_name: str = "", description: str = ""
) -> summary_pb2.SummaryMetadata:
    """Metadata for the first event of a tag (readers keep the first they see).

    Args:
        plugin: one of the names above, or any other plugin's.
        content: the plugin's own serialized message.
    """
    return summary_pb2.SummaryMetadata(
        plugin_data=summary_pb2.SummaryMetadata.PluginData(plugin_name=plugin, content=content),
        display_name=display_name,
        summary_description=description,
        data_class=_DATA_CLASSES.get(plugin, summary_pb2.DATA_CLASS_UNKNOWN),
    )


def text_metadata() -> summary_pb2.SummaryMetadata:
    """Metadata of a text tag as torch writes it: version 0 of TextPluginData, of which no byte is stored."""
    return summary_metadata(TEXT)
