"""The layout of custom scalars, which tags share a chart: nested dicts -> Summary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from logging_lib.arguments import check_tag
from logging_lib.tfevents.plugins import CUSTOM_SCALARS, summary_metadata
from logging_lib.tfevents.proto import layout_pb2, summary_pb2, tensor_pb2

LAYOUT_TAG = "custom_scalars__config__"


def custom_scalars(layout: Mapping[str, object]) -> summary_pb2.Summary:
    """A layout: `{category: {chart: [kind, tags]}}`, in that order on the screen.

    The kind, in upper or lower case, is "Multiline", a line a tag (each a regular expression for tags), or "Margin",
    three tags: a value, and the lower and upper bound of a band around it. Source:
    torch.utils.tensorboard.summary.custom_scalars, to which any other kind is Multiline.

    Raises:
        TypeError: something is no dict, list or str where one is expected.
        ValueError: another kind, a margin that has not three tags, or a name that no file can hold.
    """
    categories = [
        layout_pb2.Category(
            title=_name(category, "a category"),
            chart=[_chart(title, chart) for title, chart in _mapping(charts, f"category {category!r}").items()],
        )
        for category, charts in _mapping(layout, "a layout").items()
    ]
    content = layout_pb2.Layout(category=categories).SerializeToString()
    tensor = tensor_pb2.TensorProto(dtype=tensor_pb2.DT_STRING, string_val=[content])
    tensor.tensor_shape.SetInParent()  # without it a strict reader sees no shape instead of rank 0
    metadata = summary_metadata(CUSTOM_SCALARS)
    return summary_pb2.Summary(value=[summary_pb2.Summary.Value(tag=LAYOUT_TAG, metadata=metadata, tensor=tensor)])


def _chart(title: object, chart: object) -> layout_pb2.Chart:
    title = _name(title, "a chart")
    if not isinstance(chart, (list, tuple)) or len(chart) != 2:
        raise TypeError(f'chart {title!r} must be ["Multiline" or "Margin", tags]')
    kind, tags = str(chart[0]).lower(), _tags(title, chart[1])
    if kind == "multiline":
        return layout_pb2.Chart(title=title, multiline=layout_pb2.MultilineChartContent(tag=tags))
    if kind != "margin":
        raise ValueError(f'chart {title!r} is of kind {chart[0]!r}, neither "Multiline" nor "Margin"')
    if len(tags) != 3:
        raise ValueError(f"chart {title!r} has {len(tags)} tags; a margin chart needs 3: value, lower, upper")
    series = layout_pb2.MarginChartContent.Series(value=tags[0], lower=tags[1], upper=tags[2])
    return layout_pb2.Chart(title=title, margin=layout_pb2.MarginChartContent(series=[series]))


def _tags(title: str, tags: object) -> list[str]:
    if isinstance(tags, str) or not isinstance(tags, Iterable):
        raise TypeError(f"the tags of chart {title!r} must be a list, got {type(tags).__name__}")
    kept = list(tags)
    for tag in kept:
        check_tag(tag)
    return kept


def _name(name: object, what: str) -> str:
    if not isinstance(name, str):
        raise TypeError(f"the name of {what} must be a str, got {type(name).__name__}")
    name.encode()  # no lone surrogates
    return name


def _mapping(value: object, what: str) -> Mapping[object, object]:
    if not isinstance(value, Mapping):
        raise TypeError(f"{what} must be a dict, got {type(value).__name__}")
    return value
