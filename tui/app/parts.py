"""Lines made of parts, each a text with its style: cut, spread, as many as fit; titles of panes and full views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from rich.style import Style
from textual.strip import Strip

from tui.app.selection import Filter
from tui.app.theme import Look
from tui.render.cells import fit, fit_distinct, width
from tui.render.numbers import count, plural
from tui.render.strips import row_strip
from tui.render.text import printable

Part = tuple[str, Style]


def cells_of(parts: Sequence[Part]) -> int:
    """How many cells the parts take."""
    return sum(width(text) for text, _ in parts)


def cut(parts: Sequence[Part], cells: int) -> list[Part]:
    """Parts cut with a mark, or filled with blanks, to exactly `cells`."""
    kept: list[Part] = []
    for text, style in parts:
        room = cells - cells_of(kept)
        if width(text) > room:
            return [*kept, (fit(text, room), style)]
        kept.append((text, style))
    return [*kept, (" " * (cells - cells_of(kept)), parts[-1][1] if parts else Style())]


def spread(left: Sequence[Part], right: Sequence[Part], cells: int, look: Look) -> Strip:
    """One line: `left` at the left, `right` at the right edge. Where both do not fit, right wins its place."""
    base, rest = look.text, cells - cells_of(right)
    if rest < 0:
        return row_strip([(fit("".join(text for text, _ in right), cells, keep="end"), base)], cells, base)
    return row_strip([*cut(left, rest), *right], cells, base)


def fitting(parts: Sequence[Part], cells: int, least: int = 2) -> list[Part]:
    """As many of the first parts as fit; at least so many."""
    kept = list(parts)
    while len(kept) > least and cells_of(kept) > cells:
        kept.pop()
    return kept


def noted(
    left: Sequence[Part], notes: Sequence[str], right: Sequence[Part], cells: int, least: int, look: Look
) -> Strip:
    """A full view's title: `spread`, with the longest note that fits before `right`.

    What the line is too narrow for goes in this order: words of the note, the last parts of `left` down to `least`
    cells, `right`, the note.
    """
    marked = [[(f"  {note} ", look.text), *right] for note in notes]
    whole = [parts for parts in marked if cells_of([*left, *parts]) <= cells]
    short = [*marked[-1:], *(parts[:1] for parts in marked[-1:]), right]
    fits = [*whole, *(parts for parts in short if least + cells_of(parts) <= cells), []]
    return spread(fitting(left, cells - cells_of(fits[0]), least=1), fits[0], cells, look)


def superseded_notes(total: int, noun: str, looks: str, *, shown: bool, key: str = "r") -> list[str]:
    """What to say of so many superseded points or steps, longest first; nothing where there are none.

    `looks` is the word for how they look where they are shown; `key` shows and hides them.
    """
    if not total:
        return []
    how, then = (looks, "hides") if shown else ("hidden", "shows")
    many = plural(total, f"superseded {noun}")
    short = f"{count(total)} superseded: {key}"
    return [f"restarted: {many} {how}, {key} {then} them", f"{many} {how}, {key} {then}", short]


def group_parts(
    title: str, tags: int, note: str, *, folded: bool, cells: int, look: Look, noun: str = "tag"
) -> list[Part]:
    """The line over a group of tags, at least `cells` wide: its title, and how many it hides or what there is to say.

    `title` is yet to be made printable.
    """
    name = fit(title, min(cells - 4, width(printable(title))), keep="both")
    parts = [("▸" if folded else " ", look.dim), (name, look.text + Style(bold=True)), (" ", look.text)]
    if said := plural(tags, noun) if folded else note:
        parts.append((f"{said} ", look.dim))
    return [*parts, ("─" * cells, look.faint)]


def fitted_label(label: str, beside: tuple[str, ...], cells: int) -> str:
    """A tag's name in exactly `cells`; where it is cut it differs from the others `beside` it, which hold it too."""
    if width(printable(label)) <= cells or label not in beside:
        return fit(label, cells, keep="both")
    return _told_apart(beside, cells)[label]


@lru_cache(maxsize=64)
def _told_apart(labels: tuple[str, ...], cells: int) -> Mapping[str, str]:
    return fit_distinct(labels, cells)


def headed_parts(group: str, label: str, beside: tuple[str, ...], cells: int, look: Look) -> list[Part]:
    """A tag's name after that of its group, if any, in exactly `cells`; what is too long of the group's goes first.

    All are yet to be made printable; from the names `beside` it that of the tag differs where it is cut.
    """
    head, name = printable(group), printable(label)
    if not head:
        return [(fitted_label(label, beside, cells), look.text)]
    room = max(cells - width(name), cells // 3)
    head = f"{head}/" if width(head) < room else fit(head, room - 1) + "/"
    return [(head, look.text + Style(bold=True)), (fitted_label(label, beside, cells - width(head)), look.text)]


def pane_title(name: str, shown: int, total: int, pattern: Filter, focused: bool, look: Look) -> list[Part]:
    """A pane's first line: its name, how many of how many, and the filter in force."""
    numbers = f" {shown}" if shown == total else f" {shown}/{total}"
    parts = [(f" {name}", look.accent if focused else look.dim), (numbers, look.dim)]
    if pattern.text:
        parts.append((f"  /{printable(pattern.text)}", look.warning if pattern.valid else look.error))
    if not pattern.valid:
        parts.append((f"  {pattern.fault}: literal", look.error))
    return parts
