"""What is worth ringing for: what was found, and which runs ended, since the screen was opened."""

from __future__ import annotations

from tui.analysis.health import Finding, Severity
from tui.app.findings import identity
from tui.app.health_watch import Judged
from tui.render.cells import fit, width
from tui.render.text import printable

_LONGEST = 200  # cells; nobody reads more of a notification


class Alerts:
    """Tells each finding once, and each end of a run that was seen live. Nothing of what was there at the start."""

    def __init__(self) -> None:
        self._told: set[str] | None = None
        self._running: set[str] = set()

    def news(self, judged: Judged) -> list[str]:
        """A printable line for each thing that is new since the last call, the worst first.

        Until all that was there at the start has been judged there is nothing new.
        """
        if not judged.histograms:
            return []
        found = {identity(finding): finding for finding in judged.findings if finding.severity is not Severity.NOTE}
        told, self._told = self._told, (self._told or set()) | found.keys()
        new = [] if told is None else [finding for key, finding in found.items() if key not in told]
        ended = sorted(self._running & judged.over)
        self._running = (self._running | judged.live) - judged.over
        new.sort(key=lambda finding: finding.severity is not Severity.ERROR)
        return [*map(_about, new), *(f"{printable(run)} has ended" for run in ended)]


def as_one(news: list[str]) -> str:
    """Some news, at least one, as one line: the first, and how many more."""
    more = f" (and {len(news) - 1} more)" if len(news) > 1 else ""
    text = f"tbtui: {news[0]}"
    room = _LONGEST - width(more)
    return (text if width(text) <= room else fit(text, room)) + more


def _about(finding: Finding) -> str:
    tag = f"{finding.tag}: " if finding.tag else ""
    return printable(f"{finding.run}: {tag}{finding.text}")
