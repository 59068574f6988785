"""What is told of a finding beside a chart: its sentence where the cursor is on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.strip import Strip

from tui.analysis.health import Finding
from tui.app.findings import mark_part, severity_style
from tui.app.parts import Part, cut
from tui.app.theme import Look
from tui.render.cells import fit, wrap
from tui.render.numbers import plural
from tui.render.strips import row_strip
from tui.render.text import printable

_HEAD = 3  # a mark between blanks


def finding_lines(
    here: Sequence[Finding], total: int, key: str, name: Callable[[str], str], width: int, rows: int, look: Look
) -> list[Strip]:
    """So many rows, at least one: the first of what was found `here`, with its run's `name`; where that is nothing, the
    `total` of problems in the chart, and the `key` that goes there."""
    if not here:
        texts, mark, style = [f"{plural(total, 'problem')} in this chart: {key} goes to the next"], None, look.dim
    else:
        lines = wrap(_said(here, name), width - _HEAD - 1)
        rest = " ".join(lines[max(rows - 1, 0) :])
        texts = lines if len(lines) <= rows else [*lines[: rows - 1], fit(rest, width - _HEAD - 1)]
        mark, style = mark_part(here[0].severity, look), severity_style(here[0].severity, look)
    blank: Part = (" ", look.text)
    heads = [[blank, mark or blank, blank], *[[blank] * _HEAD] * (rows - 1)]
    texts += [""] * (rows - len(texts))
    return [
        row_strip(cut([*head, (text, style)], width), width, look.text)
        for head, text in zip(heads[:rows], texts, strict=True)
    ]


def finding_parts(here: Sequence[Finding], name: Callable[[str], str], look: Look) -> list[Part]:
    """The same as parts of a title."""
    style = severity_style(here[0].severity, look)
    return [("  ", look.text), mark_part(here[0].severity, look), (f" {_said(here, name)}", style)]


def _said(here: Sequence[Finding], name: Callable[[str], str]) -> str:
    more = f"(and {len(here) - 1} more here) " if len(here) > 1 else ""
    run = name(here[0].run)
    return f"{run + ': ' if run else ''}{more}{printable(here[0].text)}"
