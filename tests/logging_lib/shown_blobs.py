"""Reads event files back with the viewer's reader, for the writer's tests."""

from __future__ import annotations

from pathlib import Path

from tui.ingest.ingester import Ingester
from tui.model import BlobRef, SeriesKey
from tui.reader.named_logdir import LogDir


def only_blob(logdir: Path, tag: str, plugin: str) -> tuple[int, BlobRef]:
    """Step and place of a tag's only point."""
    snapshot = Ingester([LogDir("", logdir)]).read_all()
    assert snapshot.problems == ()
    series = snapshot.blobs[SeriesKey(".", tag, plugin)]
    (ref,) = series.refs
    return int(series.steps[0]), ref
