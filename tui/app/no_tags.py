"""What stands where a list is empty: why, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.strip import Strip

from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.tag_list import TagList
from tui.app.theme import Look
from tui.render.cells import wrap
from tui.render.strips import row_strip
from tui.store.snapshot import StoreSnapshot


def why_none(
    found: TagList, snapshot: StoreSnapshot, selection: Selection, shared: Shared, width: int, look: Look
) -> list[Strip]:
    """The lines, each of `width` cells."""
    return said(_why(found, snapshot, selection, shared), width, look)


def why_none_of(noun: str, *, others: bool, selection: Selection, shared: Shared) -> str:
    """Why a list of what is no tag is empty; `others` where there would be some without the filter."""
    if others and selection.tags_filter.text:
        return f"no {noun} matches /{selection.tags_filter.text}: {shared.key('filter')} then Esc clears the filter"
    pane, every = shared.key("focus_next"), shared.key("toggle_all")
    return f"no {noun} in the visible runs: {pane} goes to the runs, {every} shows all"


def said(texts: Iterable[str], width: int, look: Look) -> list[Strip]:
    """Texts in place of what cannot be shown, wrapped; each line is of `width` cells."""
    lines = [line for text in texts for line in wrap(text, width - 4)]
    return [row_strip([(f"  {line}", look.dim)], width, look.text) for line in lines]


def _why(found: TagList, snapshot: StoreSnapshot, selection: Selection, shared: Shared) -> Sequence[str]:
    pane, filters, every = (shared.key(id) for id in ("focus_next", "filter", "toggle_all"))
    if not found.series:
        return _nothing_read(snapshot, shared.place)
    if not found.runs:
        lift = f"{pane}, {filters} and Esc lift the runs' filter"
        return ("every run is hidden or filtered out", f"{every} shows those listed; {lift}")
    if not found.keys:
        return (
            "the visible runs have logged nothing of this kind yet",
            f"others have: {pane} goes to the runs, where they can be shown",
        )
    return (f"no tag matches /{selection.tags_filter.text}", f"{filters} then Esc clears the filter")


def _nothing_read(snapshot: StoreSnapshot, place: str) -> Sequence[str]:
    if snapshot.problems and not snapshot.scalars and not snapshot.blobs:
        return (f"nothing readable yet under {place}, watching…", "the Problems tab says what is wrong")
    if not snapshot.runs:
        return (f"no event files under {place} yet, watching…",)
    return (f"the runs under {place} have logged nothing of this kind yet, watching…",)
