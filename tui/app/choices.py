"""The choices among a few that the user has: what each may be, in the order that its key goes through."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TypeVar

_Choice = TypeVar("_Choice", bound=Enum)


class Tab(StrEnum):
    """The tabs, in order, named as they are shown."""

    SCALARS = "Scalars"
    HISTOGRAMS = "Histograms"
    IMAGES = "Images"
    AUDIO = "Audio"
    TEXT = "Text"
    PR_CURVES = "PR curves"
    HPARAMS = "HParams"
    GRAPHS = "Graphs"
    CUSTOM = "Custom"
    PROJECTOR = "Projector"
    MESHES = "Meshes"
    OTHER = "Other data"
    PROBLEMS = "Problems"


SCALAR_TABS = frozenset((Tab.SCALARS, Tab.CUSTOM))
"""The tabs whose charts are of scalars."""


class Density(StrEnum):
    """How the list of scalar tags is shown; the value is the page's id."""

    ROWS = "rows"
    CARDS = "cards"
    TABLE = "table"


class Fit(StrEnum):
    """Which runs the x axis reaches to the end of; by progress each run goes from 0 to 100 %."""

    LONGEST = "longest"
    FOCUSED = "focused"
    PROGRESS = "progress"


class Measure(StrEnum):
    """The number of a series that stands in the table of runs and tags; MEAN is that of the last few points."""

    LAST = "last"
    MIN = "min"
    MAX = "max"
    MEAN = "mean"


class RunOrder(StrEnum):
    """What the runs pane is sorted by; values are those of the tag in `Selection.order_tag`."""

    NAME = "name"
    EVENT = "last event"
    LAST = "last value"
    BEST = "best value"


class Spread(StrEnum):
    """What the band about the mean of several runs shows."""

    MIN_MAX = "min to max"
    STD = "± std"


@dataclass(frozen=True, slots=True)
class Aggregation:
    """Runs drawn as one: those in which the groups of `pattern` (or all of its match) are equal; without a pattern
    those with equal hparams, whatever their seed.
    """

    pattern: str | None = None
    spread: Spread = Spread.MIN_MAX


def following(choice: _Choice) -> _Choice:
    """The next choice, round and round."""
    all_of = list(type(choice))
    return all_of[(all_of.index(choice) + 1) % len(all_of)]
