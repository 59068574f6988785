"""The app's vocabulary: every message, in one place. Data goes down by data_bind, messages go up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from tui.app.blob_steps import Place
from tui.app.hparam_choices import HParamChoices

if TYPE_CHECKING:  # the first frame does without the rules
    from tui.analysis.health import Finding


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
class StepChosen(Message):
    """Show the blobs of this step, or those before it, in every view; None shows the newest."""

    step: Place | None


@dataclass
class CursorMoved(Message):
    """The chart cursor is at `x` on the present axis; None takes it away."""

    x: float | None


@dataclass
class MarkMoved(Message):
    """The mark, from which differences and ranges count, is at `x` on the present axis; None takes it away."""

    x: float | None


@dataclass
class Zoomed(Message):
    """Show this stretch of the present axis in every chart, to the end where that is infinite; None shows all of it."""

    zoom: tuple[float, float] | None


@dataclass
class TagPinned(Message):
    """Pin a tag on top of the list, or unpin it."""

    tag: str


@dataclass
class RunPinned(Message):
    """Pin a run on top of the pane, or unpin it."""

    run: str


@dataclass
class RunFolded(Message):
    """Fold or unfold the runs below this directory; with `/` at its end."""

    directory: str


@dataclass
class RunsToggled(Message):
    """Show all of these runs, or hide them when all are shown."""

    runs: tuple[str, ...]


@dataclass
class Noticed(Message):
    """Say this in the line of keys until the next key: what was copied or written, or why it was not."""

    text: str
    failed: bool = False


@dataclass
class TableSorted(Message):
    """Sort the table by a tag, the best run first; again: last; once more, or None: in the runs' own order."""

    tag: str | None


@dataclass
class GroupToggled(Message):
    """Fold or unfold a group of tags."""

    group: str


@dataclass
class PicturesListed(Message):
    """List the tags of images as a grid of their pictures, or in lines."""

    as_grid: bool


@dataclass
class TagExpanded(Message):
    """Open or close a tag's line into one line a run."""

    tag: str


@dataclass
class HParamsChosen(Message):
    """Show the sessions like this."""

    choices: HParamChoices


@dataclass
class OnlyRunsShown(Message):
    """Show these runs and no others, in every tab; with the same again, all."""

    runs: tuple[str, ...]


@dataclass
class Judged(Message):
    """The health rules have come to something new."""


@dataclass
class FindingOpened(Message):
    """Show where this was found: the step of its tag, or the run."""

    finding: Finding


@dataclass
class ProblemDismissed(Message):
    """Mark this no more, by its `findings.identity`; or again, if it was dismissed."""

    identity: str


@dataclass
class FilterEdited(Message):
    """The text of the filter line changed; `pane` is "runs", "tags" or "sessions", "search" for what is searched for
    in the page, or "groups" for how runs are put together."""

    pane: str
    text: str


@dataclass
class FilterDone(Message):
    """The filter line of a pane was left; `cleared` takes the filter, or the grouping, away."""

    pane: str
    cleared: bool = False
