"""The names of the tabs as the tab bar writes them: in full, in short, or by number where there is little room."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tui.app.choices import Tab

_KEYS = 9
"""Behind the ninth tab there are no keys of numbers, and none is promised."""
_MORE = "…"
_SHORT = {
    Tab.SCALARS: "Scal", Tab.HISTOGRAMS: "Hist", Tab.IMAGES: "Img", Tab.PR_CURVES: "PR", Tab.HPARAMS: "HPar",
    Tab.GRAPHS: "Graph", Tab.CUSTOM: "Cust", Tab.PROJECTOR: "Proj", Tab.MESHES: "Mesh", Tab.OTHER: "Other",
    Tab.PROBLEMS: "Prob",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Label:
    """A text in the tab bar, the column it starts in, and which tab it is of; None for a sign that there are more."""

    text: str
    start: int
    tab: int | None

    @property
    def end(self) -> int:
        """The column behind it."""
        return self.start + len(self.text)


def tab_labels(tabs: Sequence[Tab], active: int, cells: int) -> list[Label]:
    """What of the tabs fits in so many cells. The name of the active one is always spelled out.

    The others have their names, short names, or numbers; where not even these fit, those nearest the active one.
    """
    full, short, numbers = (_texts(tabs, active, way) for way in (_in_full, _in_short, _by_number))
    for texts, gap in ((full, 2), (short, 2), (short, 1), (numbers, 2), (numbers, 1)):
        placed = list(_placed(texts, range(len(tabs)), gap))
        if not placed or placed[-1].end <= cells:
            return placed
    return _around(numbers, active, cells)


def _texts(tabs: Sequence[Tab], active: int, way: Callable[[int, Tab], str]) -> list[str]:
    return [_in_full(at, tab) if at == active else way(at, tab) for at, tab in enumerate(tabs)]


def _in_full(at: int, tab: Tab) -> str:
    return f"{at + 1} {tab}" if at < _KEYS else tab.value


def _in_short(at: int, tab: Tab) -> str:
    name = _SHORT.get(tab, tab.value)
    return f"{at + 1} {name}" if at < _KEYS else name


def _by_number(at: int, tab: Tab) -> str:
    return str(at + 1) if at < _KEYS else _in_short(at, tab)


def _around(texts: Sequence[str], active: int, cells: int) -> list[Label]:
    """The active one and as many on both sides as fit, with signs where there are more."""
    shown = range(active, active + 1)
    grown = True
    while grown:
        wider = (range(shown.start, shown.stop + 1), range(shown.start - 1, shown.stop))
        fits = [more for more in wider if more.start >= 0 and more.stop <= len(texts) and _end(texts, more) <= cells]
        shown, grown = (fits[0], True) if fits else (shown, False)
    return list(_marked(texts, shown))


def _end(texts: Sequence[str], shown: range) -> int:
    return list(_marked(texts, shown))[-1].end


def _marked(texts: Sequence[str], shown: range) -> Iterator[Label]:
    before, after = shown.start > 0, shown.stop < len(texts)
    tabs = [None] * before + list(shown) + [None] * after
    return _placed([_MORE if tab is None else texts[tab] for tab in tabs], tabs, 1)


def _placed(texts: Sequence[str], tabs: Sequence[int | None], gap: int) -> Iterator[Label]:
    start = 1
    for text, tab in zip(texts, tabs, strict=True):
        yield Label(text, start, tab)
        start += len(text) + gap
