"""What a report says, however it is written: texts, tables and charts, all names as in the files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.cli.charts import Chart
from tui.render.palette import RunStyle

MISSING = "–"
"""Stands in cells without a value."""
MOST_OTHERS = 200
"""Tags that are named of those that are not drawn."""
_LONGEST = 300


def short(text: str, most: int = _LONGEST) -> str:
    """A text from a file, without its middle where it is longer than anybody reads."""
    return text if len(text) <= most else f"{text[: most - most // 3 - 1]}…{text[-(most // 3) :]}"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table. `code`: its text is from a file; else it is ours, and has no signs of Markdown.

    `strong`: the best of its column. `styles`: the marks of the curves that are drawn of it. `level`: "error" or
    "warning" where it tells of something bad.
    """

    text: str
    code: bool = False
    strong: bool = False
    styles: tuple[RunStyle, ...] = ()
    level: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """The top of a column; `numbers` are aligned to the right; `code` is as in Cell."""

    text: str
    numbers: bool = False
    code: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of as many cells as there are headings; the first cell names the row. `note` says what is not in it."""

    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Best:
    """The best value of a metric by its goal (min or max), the session that has it, and the step of it."""

    tag: str
    goal: str
    value: str
    name: str
    step: int


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that looks wrong: a severity's word, where, the rule, and a sentence."""

    severity: str
    place: str
    rule: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """Everything on the page, from its top to its end.

    `made` says when and by what, "" where that is not wanted. `legend` has the runs that are drawn, with their styles;
    `chart_notes` are about all charts. `others` are the tags that are not drawn.
    """

    title: str
    made: str
    summary: tuple[str, ...]
    bests: tuple[Best, ...]
    findings: tuple[Found, ...]
    more_findings: int
    runs: Table
    charts: tuple[Chart, ...]
    legend: tuple[tuple[str, RunStyle], ...]
    chart_notes: tuple[str, ...]
    associations: Table | None
    histograms: Table | None
    others: Sequence[str]
