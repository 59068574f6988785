"""The layout of custom scalars: which tags share a chart."""

from __future__ import annotations

from dataclasses import dataclass

from google.protobuf.message import DecodeError

from logging_lib.tfevents.proto import layout_pb2
from tui.model import BlobRef
from tui.reader.payload.record import not_shown, only_string_of, read_value

MOST_PARTS = 10_000
"""Categories, charts and tags of a layout: a tag takes two bytes in a file, and much more time than that to match."""


@dataclass(frozen=True, slots=True)
class Margin:
    """Three tags: a value and the bounds of the band around it."""

    value: str
    lower: str
    upper: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Either `tags`, regular expressions for tags whose lines it shows, or `margins`, bands."""

    title: str
    tags: tuple[str, ...]
    margins: tuple[Margin, ...]


@dataclass(frozen=True, slots=True)
class Category:
    """A group of charts, `closed` at first where its writer says so."""

    title: str
    charts: tuple[Chart, ...]
    closed: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """Categories in the order they are shown."""

    categories: tuple[Category, ...]


def read_layout(ref: BlobRef) -> Layout:
    """A custom scalars layout.

    Raises:
        PayloadError: as `read_value`, or the value holds no layout, or one of more than MOST_PARTS parts.
    """
    try:
        layout = layout_pb2.Layout.FromString(only_string_of(ref, read_value(ref)))
    except DecodeError as error:
        raise not_shown(ref, "string that holds no layout") from error
    if _parts(layout) > MOST_PARTS:
        raise not_shown(ref, f"layout of more than {MOST_PARTS} categories, charts and tags")
    return Layout(tuple(_category(category) for category in layout.category))


def _parts(layout: layout_pb2.Layout) -> int:
    charts = [chart for category in layout.category for chart in category.chart]
    tags = sum(len(chart.multiline.tag) + len(chart.margin.series) for chart in charts)
    return len(layout.category) + len(charts) + tags


def _category(category: layout_pb2.Category) -> Category:
    return Category(category.title, tuple(_chart(chart) for chart in category.chart), category.closed)


def _chart(chart: layout_pb2.Chart) -> Chart:
    margins = tuple(Margin(series.value, series.lower, series.upper) for series in chart.margin.series)
    return Chart(chart.title, tuple(chart.multiline.tag), margins)
