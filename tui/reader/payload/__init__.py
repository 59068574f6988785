"""Decodes one blob when it is shown or exported: reads its record again, by file, offset and length.

One file a kind of data, each with a function for both encodings where two exist. All raise PayloadError, whatever the
bytes are.
"""

from tui.reader.payload.audio import AudioClip, read_audio
from tui.reader.payload.embedding import Metadata, embedding_shape, read_embedding, read_metadata
from tui.reader.payload.graph import Graph, GraphNode, read_graph
from tui.reader.payload.histogram import LoggedHistogram, read_histogram, read_logged_histogram
from tui.reader.payload.image import read_image
from tui.reader.payload.keras_model import KerasLayer, read_keras_model
from tui.reader.payload.layout import Category, Chart, Layout, Margin, read_layout
from tui.reader.payload.mesh import MeshPart, mesh_part, read_mesh
from tui.reader.payload.node_attributes import Attributes, NodeAttributes
from tui.reader.payload.pr_curve import PrCurve, read_pr_curve
from tui.reader.payload.record import PayloadError, read_event, read_value
from tui.reader.payload.run_metadata import DeviceStats, NodeStats, RunMetadata, read_run_metadata
from tui.reader.payload.tensor import read_tensor
from tui.reader.payload.text import read_text

__all__ = [
    "Attributes",
    "AudioClip",
    "Category",
    "Chart",
    "DeviceStats",
    "Graph",
    "GraphNode",
    "KerasLayer",
    "Layout",
    "LoggedHistogram",
    "Margin",
    "MeshPart",
    "Metadata",
    "NodeAttributes",
    "NodeStats",
    "PayloadError",
    "PrCurve",
    "RunMetadata",
    "embedding_shape",
    "mesh_part",
    "read_audio",
    "read_embedding",
    "read_event",
    "read_graph",
    "read_histogram",
    "read_image",
    "read_keras_model",
    "read_layout",
    "read_logged_histogram",
    "read_mesh",
    "read_metadata",
    "read_pr_curve",
    "read_run_metadata",
    "read_tensor",
    "read_text",
    "read_value",
]
