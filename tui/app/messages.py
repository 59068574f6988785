"""The app's vocabulary: every message, in one place. Data goes down by data_bind, messages go up."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message


@dataclass
class Committed(Message):
    """The ingest thread committed a snapshot. Carries a version, never data, so that messages may coalesce."""

    version: int


@dataclass
class BlobsLoaded(Message):
    """Blobs that a widget asked for are decoded now."""


@dataclass
class RunFocused(Message):
    """The cursor of the runs pane is on this run."""

    run: str


@dataclass
class RunToggled(Message):
    """Show or hide this run."""

    run: str


@dataclass
class TagOpened(Message):
    """Show this tag of the present tab in its full view; None goes back to the rows."""

    tag: str | None


@dataclass
class CursorMoved(Message):
    """The chart cursor is at `x` on the present axis; None takes it away."""

    x: float | None


@dataclass
class GroupToggled(Message):
    """Fold or unfold a group of tags."""

    group: str


@dataclass
class TagExpanded(Message):
    """Open or close a tag's line into one line a run."""

    tag: str


@dataclass
class FilterEdited(Message):
    """The text of the filter line changed; `pane` is "runs" or "tags"."""

    pane: str
    text: str


@dataclass
class FilterDone(Message):
    """The filter line of a pane was left."""

    pane: str
