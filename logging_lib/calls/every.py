"""All the calls in one class."""

from __future__ import annotations

from logging_lib.calls.audio import AudioCalls
from logging_lib.calls.custom_scalars import CustomScalarsCalls
from logging_lib.calls.embedding import EmbeddingCalls
from logging_lib.calls.figure import FigureCalls
from logging_lib.calls.graph import GraphCalls
from logging_lib.calls.histogram import HistogramCalls
from logging_lib.calls.hparams import HParamsCalls
from logging_lib.calls.image import ImageCalls
from logging_lib.calls.mesh import MeshCalls
from logging_lib.calls.pr_curve import PRCurveCalls
from logging_lib.calls.scalar import ScalarCalls
from logging_lib.calls.scalar_export import ScalarExportCalls
from logging_lib.calls.summary import SummaryCalls
from logging_lib.calls.system import SystemCalls
from logging_lib.calls.tensor import TensorCalls
from logging_lib.calls.text import TextCalls
from logging_lib.calls.video import VideoCalls


class EveryCall(
    ScalarCalls,
    HistogramCalls,
    ImageCalls,
    FigureCalls,
    VideoCalls,
    AudioCalls,
    MeshCalls,
    TextCalls,
    TensorCalls,
    HParamsCalls,
    SummaryCalls,
    GraphCalls,
    PRCurveCalls,
    CustomScalarsCalls,
    EmbeddingCalls,
    ScalarExportCalls,
    SystemCalls,
):
    """What can be logged."""
