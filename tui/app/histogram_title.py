"""The title of the full histogram view: what is shown, what is not to be seen, and the ways to show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from textual.strip import Strip

from tui.app.blob_steps import StepLine
from tui.app.histograms import View, is_superseded
from tui.app.parts import Part, cells_of, noted, superseded_notes
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.theme import Look
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


def title_strip(title: Title, selection: Selection, shared: Shared, width: int, look: Look) -> Strip:
    """Tag, step and run; a note; the ways to show it, of which the present one stands out."""
    left = [*_what(title, selection, look), *_whose(title, shared, look)]
    right = _ways(title.view, shared, width - cells_of(left), look)
    notes = _notes(title, selection, shared)
    if not title.all_runs and len(title.every) > 1:  # a hint, for which nothing else may go
        hint = ", ".join([*notes[:1], f"{shared.key('toggle_line')}: all {len(title.every)} runs"])
        if cells_of([*left, (f"  {hint} ", look.text), *right]) <= width:
            notes = [hint, *notes]
    # In a narrow window the way to show it goes before the step, which is in the numbers below, too.
    least = cells_of(left[:2]) if cells_of([*left[:2], *right]) <= width else cells_of(left[:1])
    return noted(left, notes, right, width, least, look)


def ways_in(title: Strip) -> list[tuple[int, int, View]]:
    """Where in a title the ways stand: first column, the one after the last, which way."""
    text = title.text
    starts = ((way, text.rfind(f" {way} ") + 1) for way in View)
    return [(start, start + len(way), way) for way, start in starts if start > 0]


def _what(title: Title, selection: Selection, look: Look) -> list[Part]:
    line = title.line
    at = line.at(selection.step)
    again = " superseded" if is_superseded(title.series, int(line.entries[at])) else ""
    step = f"step {line.steps[at]}{again}{'…' if title.waits else ' '} ({at + 1} of {len(line)})  "
    return [(f" {printable(title.series.key.tag)}  ", look.text + Style(bold=True)), (step, look.text)]


def _whose(title: Title, shared: Shared, look: Look) -> list[Part]:
    """The run, or which of how many."""
    page, every = title.page, title.every
    if not title.all_runs or len(every) == 1:
        run = title.series.key.run
        return [(f"{shared.runs.mark(run)} {shared.runs.name(run)}", shared.runs.style(run, look))]
    if len(page) == len(every):
        return [(f"{plural(len(every), 'run')}  ", look.dim)]
    first = next(number for number, series in enumerate(every, 1) if series.key == page[0].key)
    return [(f"runs {first}-{first + len(page) - 1} of {len(every)}  ", look.dim)]


def _ways(view: View, shared: Shared, room: int, look: Look) -> list[Part]:
    key: Part = (f"  {shared.key('density')} ", look.dim)
    every = [key, *((f"{way} ", look.accent if way is view else look.dim) for way in View)]
    return every if cells_of(every) <= room else [key, (f"{view} ", look.accent)]


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
