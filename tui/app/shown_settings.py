"""How the charts are set, in a few words for the line of tabs."""

from __future__ import annotations

from tui.app.choices import SCALAR_TABS, Tab
from tui.app.selection import Selection
from tui.render.cells import fit, width
from tui.render.text import printable

_BASELINE_MOST = 20


def fitting_settings(selection: Selection, cells: int) -> list[str]:
    """How the charts are set, in as many words as fit two blanks apart; those that stand for nothing special last."""
    words = settings(selection)
    if sum(width(text) + 2 for text, _ in words) > cells:
        words = [(text, special) for text, special in words if special]
    while words and sum(width(text) + 2 for text, _ in words) > cells:
        words.pop()
    return [text for text, _ in words]


def settings(selection: Selection) -> list[tuple[str, bool]]:
    """Each setting in words, and whether it is another than the screen starts with; of the present tab only."""
    s, usual = selection, Selection()
    words: list[tuple[str, bool]] = []
    if s.tab in SCALAR_TABS:
        words = [(text, True) for text in _comparing(s)]
        words += [(f"x {s.axis.value}", s.axis is not usual.axis)]
        words += [(f"fit {s.fit.value}", True)] if s.fit is not usual.fit else []
        smooth = f"smooth {s.weight:.3g}".replace("0.", ".") if s.smoothing_weight else "raw"
        words += [(smooth, s.smoothing_weight != usual.smoothing_weight)]
        words += [("log" if s.log_y else "linear", s.log_y)]
        words += [(text, True) for text, on in (("zoomed", s.zoom), ("no outliers", s.no_outliers)) if on]
        words += [("grouped", True)] if s.together and s.tab is Tab.SCALARS else []
    if s.tab in (Tab.SCALARS, Tab.HISTOGRAMS, Tab.CUSTOM, Tab.PR_CURVES) and s.superseded:
        words.append(("+superseded", True))
    return words


def _comparing(selection: Selection) -> list[str]:
    """The baseline, and how runs are drawn as one."""
    words = []
    if selection.baseline is not None:
        name = printable(selection.baseline)
        words.append(f"Δ {fit(name, min(width(name), _BASELINE_MOST), keep='end')}")
    if (seeds := selection.aggregation) is not None:
        words.append(f"mean, {seeds.spread.value}")
    return words
