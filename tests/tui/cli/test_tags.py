"""`tbtui tags`: one line a tag over all runs, and its JSON."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from logging_lib.tfevents import plugins
from logging_lib.tfevents.hparams import SessionStart
from logging_lib.tfevents.plugins import summary_metadata
from logging_lib.tfevents.proto import event_pb2, summary_pb2
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tests.tui.cli.commands import only_line, tbtui

Value = summary_pb2.Summary.Value


def tagged(name: str, value: float) -> Value:
    metadata = summary_metadata(plugins.SCALARS, display_name="Loss!", description="how bad")
    return Value(tag=name, simple_value=value, metadata=metadata)


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    a = [
        builders.session_start(SessionStart({"lr": 0.1})),
        builders.event(tagged("loss", 0.1), step=1, wall_time=10.0),
        builders.scalar_event("loss", 2, math.nan, 11.0),
        builders.event(Value(tag="h", histo=summary_pb2.HistogramProto(min=1)), step=7),
        builders.event(builders.tensor("mine", to_tensor_proto(np.zeros((2, 3), "f4")), "my plugin"), step=1),
        builders.event(builders.tensor("bare", to_tensor_proto(np.zeros(4, "i8")))),
        event_pb2.Event(graph_def=b"\x0a\x00"),
    ]
    b = [
        builders.scalar_event("loss", 5, 8.0, 5.0),
        builders.scalar_event("loss", 6, -0.25, 6.0),
        builders.event(builders.tensor("wide", to_tensor_proto(np.float64(0.1)), plugins.SCALARS)),
        builders.scalar_event("\x1b[2J", 0, math.inf, 1.0),
    ]
    builders.write(tmp_path / "a" / builders.FILE_NAME, a)
    builders.write(tmp_path / "b" / builders.FILE_NAME, b)
    (tmp_path / "projector_config.pbtxt").write_text('embeddings { tensor_name: "words" tensor_shape: [10, 3] }')
    return tmp_path


def test_the_table(logdir: Path) -> None:
    shown = tbtui("tags", logdir)
    assert (shown.returncode, shown.stderr) == (0, "")
    lines = shown.stdout.splitlines()
    rows = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines]
    assert rows == [
        ["tag", "kind", "runs", "points", "last step", "last", "min@step", "max@step", "bytes"],
        ["\\x1b[2J", "scalars", "1", "1", "0", "inf", "-", "-", "-"],
        ["loss", "scalars", "2", "4", "6", "NaN", "-0.25@6", "8@5", "-"],
        ["wide", "scalars", "1", "1", "0", "0.1", "0.1@0", "0.1@0", "-"],
        ["h", "histograms", "1", "1", "7", "-", "-", "-", "29 B"],
        ["_hparams_/session_start_info", "hparams", "1", "1", "-", "-", "-", "-", "-"],
        ["__run_graph__", "graphs", "1", "1", "0", "-", "-", "-", "4 B"],
        ["words", "projector", "1", "1", "-", "-", "-", "-", "-"],
        ["bare", "tensor int64 [4]", "1", "1", "0", "-", "-", "-", rows[8][-1]],
        ["mine", "my plugin float32 [2, 3]", "1", "1", "1", "-", "-", "-", rows[9][-1]],
    ]


def by_tag(logdir: Path, *options: str) -> dict[str, dict[str, Any]]:
    shown = tbtui("tags", logdir, "--json", *options)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.isascii()
    return {item["tag"]: item for item in json.loads(shown.stdout)}


def test_json(logdir: Path) -> None:
    tags = by_tag(logdir)
    assert tags["loss"] == {
        "tag": "loss",
        "kind": "scalars",
        "runs": ["a", "b"],
        "points": 4,
        "last_step": 6,
        "last": "NaN",
        "last_run": "a",
        "min": -0.25,
        "min_step": 6,
        "min_run": "b",
        "max": 8.0,
        "max_step": 5,
        "max_run": "b",
        "dtype": None,
        "shape": None,
        "bytes": None,
        "display_name": "Loss!",
        "description": "how bad",
    }
    assert (tags["wide"]["last"], tags["wide"]["dtype"], tags["wide"]["shape"]) == (0.1, "float64", [])
    assert (tags["bare"]["kind"], tags["bare"]["dtype"], tags["bare"]["shape"]) == ("", "int64", [4])
    assert (tags["mine"]["kind"], tags["mine"]["dtype"], tags["mine"]["shape"]) == ("my plugin", "float32", [2, 3])
    assert (tags["words"]["kind"], tags["words"]["runs"], tags["words"]["shape"]) == ("projector", ["."], [10, 3])
    assert (tags["\x1b[2J"]["last"], tags["\x1b[2J"]["max"]) == ("Infinity", None)
    assert tags["h"]["bytes"] == 29
    assert set(tags) == {"\x1b[2J", "loss", "wide", "h", *("_hparams_/session_start_info", "__run_graph__")} | {
        *("words", "bare", "mine")
    }


def test_a_float32_has_the_digits_it_needs(logdir: Path) -> None:
    loss = by_tag(logdir, "--run", "^a$", "--tag", "loss")["loss"]
    assert (loss["runs"], loss["min"], loss["max"], loss["points"]) == (["a"], 0.1, 0.1, 2)


def test_superseded_points_do_not_count(tmp_path: Path) -> None:
    first = [builders.scalar_event("a", step, 100.0 - step, 10.0 + step) for step in range(5)]
    again = [builders.scalar_event("a", step, 1.0, 100.0 + step) for step in (2, 3)]
    builders.write(tmp_path / builders.FILE_NAME, first)
    builders.write(tmp_path / "events.out.tfevents.1700000099.host.2.0", again)
    tag = by_tag(tmp_path)["a"]
    assert (tag["points"], tag["last_step"], tag["min"], tag["min_step"], tag["max"]) == (4, 3, 1.0, 2, 100.0)


def test_a_record_of_several_blobs_of_a_tag_is_counted_once(tmp_path: Path) -> None:
    value = Value(tag="h", histo=summary_pb2.HistogramProto(min=1))
    event = builders.event(value, value)
    builders.write(tmp_path / builders.FILE_NAME, [event])
    tag = by_tag(tmp_path)["h"]
    assert (tag["points"], tag["bytes"]) == (2, len(event.SerializeToString()))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--tag", "none"], "no tags match --run and --tag; `tbtui ls` lists the runs"),
        (["--run", "("], "--run ( is no regular expression: missing ), unterminated subpattern at position 0"),
    ],
)
def test_what_matches_nothing(logdir: Path, options: list[str], message: str) -> None:
    shown = tbtui("tags", logdir, *options)
    assert (shown.returncode, shown.stdout) == (2 if "(" in options else 1, "")
    assert only_line(shown.stderr) == f"tbtui: {message}"


def test_nothing_there(tmp_path: Path) -> None:
    shown = tbtui("tags", tmp_path, "--json")
    assert (shown.returncode, json.loads(shown.stdout)) == (1, [])
    assert only_line(shown.stderr) == f"tbtui: no event files under {tmp_path}"
    builders.write(tmp_path / builders.FILE_NAME, [builders.version_event()])
    shown = tbtui("tags", tmp_path)
    assert (shown.returncode, shown.stdout, only_line(shown.stderr)) == (1, "", f"tbtui: no tags under {tmp_path}")
