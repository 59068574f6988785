"""What `tbtui export` gives, read back, and values of every kind to export."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from logging_lib.tfevents import plugins
from logging_lib.tfevents.proto import summary_pb2
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tests.tui.cli.commands import tbtui

Value = summary_pb2.Summary.Value
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02"


def csv_lines(logdir: Path, *options: object) -> list[str]:
    """The lines of a CSV that is exported without a word on stderr."""
    shown = tbtui("export", logdir, *options)
    assert (shown.returncode, shown.stderr) == (0, "")
    return shown.stdout.splitlines()


def csv_rows(logdir: Path, *options: object) -> list[list[str]]:
    """The rows of a CSV below its header."""
    shown = tbtui("export", logdir, *options)
    return list(csv.reader(io.StringIO(shown.stdout, newline="")))[1:]


def json_rows(logdir: Path, *options: object) -> list[dict[str, Any]]:
    """The objects of JSON lines."""
    shown = tbtui("export", logdir, "--format", "jsonl", *options)
    assert shown.returncode == 0, shown.stderr
    return [json.loads(line) for line in shown.stdout.splitlines()]


def parquet_rows(logdir: Path, *options: object) -> list[dict[str, Any]]:
    """The rows of a Parquet file."""
    path = logdir.parent / "rows.parquet"
    shown = tbtui("export", logdir, "--format", "parquet", "-o", path, *options)
    assert shown.returncode == 0, shown.stderr
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


def histogram(tag: str, rows: list[list[float]]) -> Value:
    """A histogram in the second encoding: rows of left edge, right edge, count."""
    return builders.tensor(tag, to_tensor_proto(np.array(rows, np.float64).reshape(-1, 3)), plugins.HISTOGRAMS)


def old_histogram(tag: str, limits: list[float], counts: list[float], low: float, high: float) -> Value:
    """A histogram in the first encoding."""
    proto = summary_pb2.HistogramProto(min=low, max=high, bucket_limit=limits, bucket=counts)
    return Value(tag=tag, histo=proto)


def strings(tag: str, plugin: str, values: Any) -> Value:
    """A tensor of strings of any shape."""
    return builders.tensor(tag, to_tensor_proto(np.array(values, object)), plugin)


def image(tag: str, *images: bytes) -> Value:
    """Images in the second encoding, with the width and height that writers put before them."""
    return strings(tag, plugins.IMAGES, [b"3", b"2", *images])
