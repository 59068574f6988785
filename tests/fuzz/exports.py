"""The target of what is exported: read back, it is what an independent reader finds in the event file."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from google.protobuf.message import DecodeError
from tensorboard.compat.proto import event_pb2 as tb_event

from logging_lib.tfevents import plugins
from logging_lib.tfevents.record import Record, RecordDecoder
from tests import builders
from tests.fuzz.logs import drained, file_of, file_seeds, reader_of
from tests.fuzz.mutation import changed_file
from tests.fuzz.target import Target, assert_harmless, stored
from tui.cli.export.blobs import histogram_table, text_table
from tui.cli.export.choice import Choice, kept
from tui.cli.export.lines import write_csv, write_jsonl
from tui.cli.export.parquet import write_parquet
from tui.cli.export.scalars import scalar_table
from tui.cli.export.table import Table
from tui.cli.reading import ProblemLines
from tui.reader.payload import read_histogram
from tui.store.snapshot import BlobSeries, ScalarSeries, StoreSnapshot
from tui.store.store import Store

_EVERYTHING = Choice(re.compile(""), re.compile(""))
Point = tuple[int, float, float]


class _Silence(ProblemLines):
    def tell(self, message: str, count: int = 1) -> None:
        """Nobody reads it."""


def check_export(data: bytes) -> None:
    """CSV, JSON lines and Parquet hold every point in the order of the file, of each tag that has only plain ones."""
    log = file_of(data)
    with stored(builders.FILE_NAME, log) as path:
        store = Store()
        for batch in drained(reader_of(str(path), fast=True)):
            store.apply(batch)
        snapshot = store.snapshot()
        _check_scalars(snapshot, _points(log))
        _check_blobs(snapshot)


def _points(log: bytes) -> dict[str, list[Point]]:
    """Points by tag as TensorBoard's own messages have them, of the tags whose values are all of the first encoding."""
    found: dict[str, list[Point]] = defaultdict(list)
    others: set[str] = set()
    for record in RecordDecoder().feed(log):
        if not isinstance(record, Record):
            continue
        try:
            event = tb_event.Event.FromString(record.payload)
        except DecodeError:
            continue
        for value in event.summary.value:
            if value.WhichOneof("value") == "simple_value":
                found[value.tag].append((event.step, event.wall_time, value.simple_value))
            else:
                others.add(value.tag)
    return {tag: points for tag, points in found.items() if tag not in others}


def _series(snapshot: StoreSnapshot) -> list[ScalarSeries]:
    return kept(_EVERYTHING.series(snapshot.scalars, plugins.SCALARS), superseded=True)[0]


def _check_scalars(snapshot: StoreSnapshot, expected: dict[str, list[Point]]) -> None:
    series = _series(snapshot)
    if not series:
        assert not expected
        return
    stream = io.StringIO(newline="")
    rows = write_csv(stream, scalar_table(series, flagged=True), escape=False)
    read = list(csv.DictReader(io.StringIO(stream.getvalue(), newline=""), strict=True))
    assert len(read) == rows == sum(len(one.steps) for one in series)
    _assert_points(
        [(row["tag"], (int(row["step"]), float(row["wall_time"]), float(row["value"]))) for row in read], expected
    )
    lines = io.StringIO()
    write_jsonl(lines, scalar_table(series, flagged=False))
    objects = [json.loads(line) for line in lines.getvalue().splitlines()]
    _assert_points([(o["tag"], (o["step"], float(o["wall_time"]), float(o["value"]))) for o in objects], expected)
    if rows % 8 == 1:  # it takes longer than all others together
        _check_parquet(series, expected)


def _check_parquet(series: Sequence[ScalarSeries], expected: dict[str, list[Point]]) -> None:
    import pyarrow.parquet as pq

    file = io.BytesIO()
    write_parquet(file, scalar_table(series, flagged=False))
    columns = pq.read_table(io.BytesIO(file.getvalue())).to_pydict()
    points = zip(columns["step"], columns["wall_time"], columns["value"], strict=True)
    _assert_points(list(zip(columns["tag"], points, strict=True)), expected)


def _assert_points(read: Sequence[tuple[str, Point]], expected: dict[str, list[Point]]) -> None:
    found: dict[str, list[Point]] = defaultdict(list)
    for tag, point in read:
        if tag in expected:
            found[tag].append(point)
    assert found.keys() == expected.keys(), (found.keys(), expected.keys())
    for tag, points in expected.items():
        assert len(found[tag]) == len(points)
        for ours, theirs in zip(found[tag], points, strict=True):
            assert ours[0] == theirs[0] and _same(ours[1], theirs[1]), (tag, ours, theirs)
            assert _same(ours[2], theirs[2], narrow=True), (tag, ours, theirs)


def _same(ours: float, theirs: float, *, narrow: bool = False) -> bool:
    with np.errstate(over="ignore"):
        ours = float(np.float32(ours)) if narrow else ours
    return ours == theirs or (math.isnan(ours) and math.isnan(theirs))


def _check_blobs(snapshot: StoreSnapshot) -> None:
    histograms = _of(snapshot, plugins.HISTOGRAMS)
    if histograms:
        lines = _as_lines(histogram_table(histograms, _Silence(), flagged=False))
        first = next((item for item in lines if item["tag"] == histograms[0].key.tag), None)
        if first is not None and len(histograms[0].refs) == 1:
            counts = [float(count) for count in first["count"]]
            assert np.array_equal(counts, read_histogram(histograms[0].refs[0]).counts, equal_nan=True)
    texts = _of(snapshot, plugins.TEXT)
    if texts:
        _as_lines(text_table(texts, _Silence(), flagged=False))


def _of(snapshot: StoreSnapshot, plugin: str) -> list[BlobSeries]:
    return kept(_EVERYTHING.series(snapshot.blobs, plugin), superseded=True)[0]


def _as_lines(table: Table) -> list[dict[str, list[float]]]:
    lines = io.StringIO()
    write_jsonl(lines, table)
    for line in lines.getvalue().splitlines():
        assert_harmless(line, "JSON")
    return [json.loads(line) for line in lines.getvalue().splitlines()]


TARGETS = (Target("export", check_export, file_seeds, changed_file),)
