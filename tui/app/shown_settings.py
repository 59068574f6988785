"""How the charts are set, in a few words for the line of tabs."""

from __future__ import annotations

from tui.app.choices import SCALAR_TABS, Tab
from tui.app.selection import Selection
from tui.render.cells import fit, width
from tui.render.text import printable

_BASELINE_MOST = 20
_STEPPED = frozenset((Tab.HISTOGRAMS, Tab.IMAGES, Tab.AUDIO, Tab.TEXT, Tab.PR_CURVES, Tab.MESHES))
"""The tabs that show one step of each tag, linked."""
_COMPARING = frozenset((Tab.IMAGES, Tab.TEXT))
"""Those of them that compare two runs."""


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
    if s.tab in _COMPARING:
        words += [(text, True) for text in _baseline(s)]
    if s.tab in _STEPPED and s.step is not None and s.opened_in(s.tab) is None:  # full views say it in their titles
        words.append((f"at step {s.step.step}", True))
    if s.tab in SCALAR_TABS | _STEPPED and s.superseded:
        words.append(("+superseded", True))
    return words


def _baseline(selection: Selection) -> list[str]:
    if selection.baseline is None:
        return []
    name = printable(selection.baseline)
    return [f"Δ {fit(name, min(width(name), _BASELINE_MOST), keep='end')}"]


def _comparing(selection: Selection) -> list[str]:
    """The baseline, and how runs are drawn as one."""
    words = _baseline(selection)
    if (seeds := selection.aggregation) is not None:
        words.append(f"mean, {seeds.spread.value}")
    return words
