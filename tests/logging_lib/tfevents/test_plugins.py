"""A tag's metadata, as TensorBoard's own plugins make it."""

from __future__ import annotations

import pytest
from tensorboard.compat.proto import summary_pb2 as tb_summary
from tensorboard.plugins.audio import metadata as audio
from tensorboard.plugins.histogram import metadata as histogram
from tensorboard.plugins.image import metadata as image
from tensorboard.plugins.pr_curve import metadata as pr_curve
from tensorboard.plugins.scalar import metadata as scalar
from tensorboard.plugins.text import metadata as text

from logging_lib.tfevents import plugins
from logging_lib.tfevents.proto import summary_pb2

THEIRS = {
    plugins.SCALARS: scalar.create_summary_metadata("name", "words"),
    plugins.HISTOGRAMS: histogram.create_summary_metadata("name", "words"),
    plugins.IMAGES: image.create_summary_metadata("name", "words"),
    plugins.AUDIO: audio.create_summary_metadata("name", "words", encoding=3),
    plugins.TEXT: text.create_summary_metadata("name", "words"),
    plugins.PR_CURVES: pr_curve.create_summary_metadata("name", "words", num_thresholds=5),
}


# TensorBoard itself adds these only when it reads (dataclass_compat.py).
CLASSES = {
    plugins.SCALARS: tb_summary.DATA_CLASS_SCALAR,
    plugins.IMAGES: tb_summary.DATA_CLASS_BLOB_SEQUENCE,
    plugins.AUDIO: tb_summary.DATA_CLASS_BLOB_SEQUENCE,
}


@pytest.mark.parametrize("plugin", THEIRS)
def test_metadata_are_tensorboards(plugin: str) -> None:
    theirs = THEIRS[plugin]
    ours = plugins.summary_metadata(plugin, theirs.plugin_data.content, display_name="name", description="words")
    theirs.data_class = CLASSES.get(plugin, tb_summary.DATA_CLASS_TENSOR)
    assert tb_summary.SummaryMetadata.FromString(ours.SerializeToString()) == theirs


def test_metadata_of_a_plugin_that_has_no_more_to_say() -> None:
    ours = plugins.summary_metadata(plugins.HPARAMS)
    assert ours.plugin_data.plugin_name == "hparams"
    assert (ours.plugin_data.content, ours.display_name, ours.summary_description) == (b"", "", "")
    assert ours.data_class == summary_pb2.DATA_CLASS_TENSOR
    assert plugins.summary_metadata("my_own").data_class == summary_pb2.DATA_CLASS_UNKNOWN


def test_text_has_tensorboards_metadata() -> None:
    ours = plugins.text_metadata()
    assert ours == plugins.summary_metadata(plugins.TEXT, text.create_summary_metadata("", "").plugin_data.content)
    assert (ours.plugin_data.plugin_name, ours.data_class) == ("text", summary_pb2.DATA_CLASS_TENSOR)
