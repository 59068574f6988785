"""The title of the full histogram view: what is shown, what is not to be seen, and the ways to show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.strip import Strip

from tui.app.blob_steps import StepLine
from tui.app.blob_title import RUN_LEAST, TAG_MARGINS, Ways, run_parts, title_line
from tui.app.histograms import View, is_superseded
from tui.app.parts import Part, cells_of, superseded_notes
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.theme import Look
from tui.render.cells import width as cells_in
from tui.render.numbers import plural
from tui.render.text import printable
from tui.store.snapshot import BlobSeries


@dataclass(frozen=True, slots=True)
class Title:
    """What the title tells of.

    `series` is the focused run's, with its `line`; `page` are those shown of `every` one. `waits` tells that the chosen
    step is being read.
    """

    series: BlobSeries
    line: StepLine
    page: Sequence[BlobSeries]
    every: Sequence[BlobSeries]
    view: View
    all_runs: bool
    zoomed: bool
    waits: bool


def ways_of(view: View) -> Ways:
    """The ways to show a tag."""
    return Ways(view, list(View))


def title_strip(
    title: Title, selection: Selection, shared: Shared, width: int, look: Look, beside: tuple[str, ...]
) -> Strip:
    """Tag, step and run; a note; the ways to show it, of which the present one stands out."""
    tag = title.series.key.tag
    rest = [*_steps(title, selection, look), *_whose(title, shared, width, look)]
    left = TAG_MARGINS + cells_in(printable(tag)) + cells_of(rest)
    right = ways_of(title.view).parts(shared.key("density"), width - left, 0, look)
    notes = _notes(title, selection, shared)
    if not title.all_runs and len(title.every) > 1:  # a hint, for which nothing else may go
        hint = ", ".join([*notes[:1], f"{shared.key('toggle_line')}: all {len(title.every)} runs"])
        if left + cells_of([(f"  {hint} ", look.text), *right]) <= width:
            notes = [hint, *notes]
    return title_line(tag, rest, notes, right, width, look, beside)


def _steps(title: Title, selection: Selection, look: Look) -> list[Part]:
    """The chosen step, and which of how many it is."""
    line = title.line
    at = line.at(selection.step)
    again = " superseded" if is_superseded(title.series, int(line.entries[at])) else ""
    step = f"step {line.steps[at]}{again}{'…' if title.waits else ' '} "
    return [(text, look.text) for text in (step, f"({at + 1} of {len(line)})  ")]


def _whose(title: Title, shared: Shared, width: int, look: Look) -> list[Part]:
    """The run, or which of how many."""
    page, every = title.page, title.every
    if not title.all_runs or len(every) == 1:
        run = title.series.key.run
        return run_parts(run, shared, max(width // 4, RUN_LEAST), look)
    if len(page) == len(every):
        return [(f"{plural(len(every), 'run')}  ", look.dim)]
    first = next(number for number, series in enumerate(every, 1) if series.key == page[0].key)
    which = f"runs {first}-{first + len(page) - 1}" if len(page) > 1 else f"run {first}"
    return [(f"{which} of {len(every)}  ", look.dim)]


def _notes(title: Title, selection: Selection, shared: Shared) -> list[str]:
    """What is not to be seen, in many words and in few."""
    notes = []
    if title.zoomed:
        zoom_all = shared.key("zoom_all")
        notes.append([f"zoomed, {zoom_all} shows all", f"zoomed: {zoom_all}"])
    if selection.no_outliers:
        notes.append(["outliers clipped", "clipped"])
    if selection.log_y and title.view is not View.PERCENTILES:
        notes.append(["log counts", "log"])
    flags, key = title.series.superseded, shared.key("superseded")
    total = 0 if flags is None else int(flags.sum())
    notes.append(superseded_notes(total, "step", "in brackets", shown=selection.superseded, key=key))
    known = [note for note in notes if note]
    return [", ".join(note[min(words, len(note) - 1)] for note in known) for words in range(3)] if known else []
