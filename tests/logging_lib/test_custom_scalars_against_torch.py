"""Layouts of custom scalars are torch's, and TensorBoard shows them; what is no layout is an error."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tensorboard.context import RequestContext
from tensorboard.plugins.custom_scalar.custom_scalars_plugin import CustomScalarsPlugin
from tensorboard.plugins.custom_scalar.layout_pb2 import Layout
from tensorboard.plugins.scalar.scalars_plugin import ScalarsPlugin
from torch.utils.tensorboard import SummaryWriter as TorchWriter

from logging_lib import SummaryWriter
from tests.logging_lib.event_files import summaries
from tests.logging_lib.shown_blobs import only_blob
from tests.logging_lib.tensorboard_plugins import plugin
from tests.logging_lib.test_against_torch import written
from tui.reader import payload

LAYOUT = {
    "losses": {"both": ["Multiline", ["loss/train", "loss/val"]], "all": ["Multiline", [r"loss/.*"]]},
    "é": {"band": ["Margin", ("acc", "acc/low", "acc/high")]},
    "empty": {},
}

CALLS: dict[str, Callable[[Any], None]] = {
    "layout": lambda w: w.add_custom_scalars(LAYOUT),
    "nothing": lambda w: w.add_custom_scalars({}),
    "no tags": lambda w: w.add_custom_scalars({"c": {"x": ("Multiline", [])}}),
    "multilinechart": lambda w: w.add_custom_scalars_multilinechart(["a", "b"]),
    "multilinechart, named": lambda w: w.add_custom_scalars_multilinechart(["a", "b"], "category", title="title"),
    "marginchart": lambda w: w.add_custom_scalars_marginchart(["a", "b", "c"]),
    "marginchart, named": lambda w: w.add_custom_scalars_marginchart(["a", "b", "c"], "category", "title"),
    "lower case": lambda w: w.add_custom_scalars({"c": {"x": ["multiline", ["a"]]}}),
}


@pytest.mark.parametrize("name", CALLS)
def test_same_events(tmp_path: Path, name: str) -> None:
    ours = written(SummaryWriter, tmp_path / "ours", CALLS[name])
    assert ours == written(TorchWriter, tmp_path / "torch", CALLS[name])
    assert [value.tag for value in ours["."][1].summary.value] == ["custom_scalars__config__"]


def test_a_margin_in_lower_case_is_one(tmp_path: Path) -> None:
    """Three lines in torch."""
    with SummaryWriter(tmp_path) as writer:
        writer.add_custom_scalars({"c": {"x": ["margin", ["v", "l", "u"]]}})
    (content,) = summaries(tmp_path)[0].summary.value[0].tensor.string_val
    (series,) = Layout.FromString(content).category[0].chart[0].margin.series
    assert (series.value, series.lower, series.upper) == ("v", "l", "u")


def test_later_changes_do_not_reach_what_was_logged(tmp_path: Path) -> None:
    tags = ["a", "b"]
    with SummaryWriter(tmp_path, flush_secs=3600) as writer:
        writer.add_custom_scalars_multilinechart(tags)
        tags.append("c")
    (content,) = summaries(tmp_path)[0].summary.value[0].tensor.string_val
    assert Layout.FromString(content).category[0].chart[0].multiline.tag == ["a", "b"]


def test_viewers(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_custom_scalars(LAYOUT)
        writer.add_scalar("loss/train", 0.5, 1)
    shown = plugin(CustomScalarsPlugin, tmp_path, scalars=plugin(ScalarsPlugin, tmp_path))
    categories = json.loads(shown.layout_impl(RequestContext(), ""))["category"]
    assert [category["title"] for category in categories] == ["losses", "é", "empty"]
    assert categories[0]["chart"][0]["multiline"] == {"tag": ["loss/train", "loss/val"]}
    layout = payload.read_layout(only_blob(tmp_path, "custom_scalars__config__", "custom_scalars")[1])
    assert [category.title for category in layout.categories] == ["losses", "é", "empty"]
    assert layout.categories[1].charts == (payload.Chart("band", (), (payload.Margin("acc", "acc/low", "acc/high"),)),)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda w: w.add_custom_scalars([1]), TypeError, "a layout must be a dict, got list"),
        (lambda w: w.add_custom_scalars({"c": []}), TypeError, "category 'c' must be a dict, got list"),
        (lambda w: w.add_custom_scalars({5: {}}), TypeError, "the name of a category must be a str, got int"),
        (lambda w: w.add_custom_scalars({"c": {5: []}}), TypeError, "the name of a chart must be a str, got int"),
        (lambda w: w.add_custom_scalars({"c": {"x": ["a", "b", "c"]}}), TypeError, r"chart 'x' must be \[\"Multi"),
        (lambda w: w.add_custom_scalars({"c": {"x": "ab"}}), TypeError, r"chart 'x' must be \[\"Multiline\" or"),
        (lambda w: w.add_custom_scalars({"c": {"x": ["Line", []]}}), ValueError, "chart 'x' is of kind 'Line'"),
        (lambda w: w.add_custom_scalars({"c": {"x": [None, []]}}), ValueError, "chart 'x' is of kind None"),
        (lambda w: w.add_custom_scalars({"\ud800": {}}), ValueError, "surrogates"),
        (lambda w: w.add_custom_scalars_multilinechart("abc"), TypeError, "tags of chart 'untitled' must be a list"),
        (lambda w: w.add_custom_scalars_multilinechart(["\ud800"]), ValueError, "surrogates"),
        (lambda w: w.add_custom_scalars_multilinechart([5]), TypeError, "a tag must be a str, got int"),
        (lambda w: w.add_custom_scalars_marginchart(["a", "b"]), ValueError, "chart 'untitled' has 2 tags; .* 3"),
    ],
)
def test_bad_layouts_raise_at_the_call(tmp_path: Path, call: Any, error: type[Exception], message: str) -> None:
    with SummaryWriter(tmp_path) as writer, pytest.raises(error, match=f"^add_custom_scalars: .*{message}"):
        call(writer)
    assert summaries(tmp_path) == []
