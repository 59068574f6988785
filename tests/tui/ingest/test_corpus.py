"""Logs of real trainings, where they are at hand: everything in them is read, and read again as payloads."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from logging_lib.tfevents import plugins
from tui.ingest.ingester import Ingester
from tui.reader import payload
from tui.reader.named_logdir import LogDir
from tui.reader.payload import PayloadError

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
PROJECTS = sorted(path for path in CORPUS.iterdir() if path.is_dir()) if CORPUS.is_dir() else []
READERS = {
    plugins.HISTOGRAMS: payload.read_histogram,
    plugins.IMAGES: payload.read_image,
    plugins.AUDIO: payload.read_audio,
    plugins.TEXT: payload.read_text,
    plugins.PR_CURVES: payload.read_pr_curve,
    plugins.CUSTOM_SCALARS: payload.read_layout,
    plugins.MESH: payload.read_mesh,
    plugins.GRAPHS: payload.read_graph,
    plugins.GRAPH_RUN_METADATA: payload.read_run_metadata,
    plugins.GRAPH_RUN_METADATA_GRAPH: payload.read_run_metadata,
    plugins.GRAPH_TAGGED_RUN_METADATA: payload.read_run_metadata,
    plugins.GRAPH_KERAS_MODEL: payload.read_keras_model,
}


@pytest.mark.skipif(not PROJECTS, reason="there is no corpus beside this checkout")
@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: path.name)
def test_every_blob_is_readable(project: Path) -> None:
    snapshot = Ingester([LogDir("", project)]).read_all()
    failed: Counter[str] = Counter()
    for key, series in snapshot.blobs.items():
        for ref in series.refs:
            try:
                READERS.get(key.plugin, payload.read_tensor)(ref)
            except PayloadError as error:
                failed[f"{key.plugin}: {str(error).partition(': ')[2]}"] += 1
    assert not failed
    assert all(problem.offset is not None for problem in snapshot.problems)
