"""SummaryWriter.add_custom_scalars, add_custom_scalars_multilinechart, add_custom_scalars_marginchart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from logging_lib.arguments import About
from logging_lib.calls.sink import EventSink


class CustomScalarsCalls(EventSink):
    """The layout of the custom scalars, which collect scalars of several tags in one chart."""

    def add_custom_scalars(self, layout: Mapping[str, object]) -> None:
        """Log which tags share a chart; at any time, and once a writer: viewers show one layout a run.

        Args:
            layout: `{category: {chart: ["Multiline", tags]}}`, where tags may be regular expressions, or
                `{category: {chart: ["Margin", [value, lower, upper]]}}`.
        """
        from logging_lib.summary.custom_scalars import LAYOUT_TAG, custom_scalars

        with About(call="add_custom_scalars"):
            summary = custom_scalars(layout)
        self._log_event(LAYOUT_TAG, lambda: summary, None)

    def add_custom_scalars_multilinechart(
        self, tags: Sequence[str], category: str = "default", title: str = "untitled"
    ) -> None:
        """Log a layout of one chart, with a line a tag. Like the other one, it calls nothing that a subclass has."""
        CustomScalarsCalls.add_custom_scalars(self, {category: {title: ["Multiline", tags]}})

    def add_custom_scalars_marginchart(
        self, tags: Sequence[str], category: str = "default", title: str = "untitled"
    ) -> None:
        """Log a layout of one chart, with a band: three tags, for the value and its lower and upper bound."""
        CustomScalarsCalls.add_custom_scalars(self, {category: {title: ["Margin", tags]}})
