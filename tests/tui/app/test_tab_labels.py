"""The tab bar's names of tabs in windows of every width."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.app.choices import Tab
from tui.app.tab_labels import tab_labels

ALL = list(Tab)


def line(tabs: list[Tab], active: int, cells: int) -> str:
    text = ""
    for label in tab_labels(tabs, active, cells):
        text = text.ljust(label.start) + label.text
    return text


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        (64, " 1 Scalars  2 Histograms  3 Images  4 Audio  5 Text  6 PR curves"),
        (63, " 1 Scal  2 Histograms  3 Img  4 Audio  5 Text  6 PR"),
        (46, " 1 Scal 2 Histograms 3 Img 4 Audio 5 Text 6 PR"),
        (45, " 1  2 Histograms  3  4  5  6"),
        (24, " 1 2 Histograms 3 4 5 6"),
        (21, " 1 2 Histograms 3 4 …"),
        (16, " … 2 Histograms …"),
    ],
)
def test_names_get_shorter_and_that_of_the_open_tab_stays(cells: int, text: str) -> None:
    assert line(ALL[:6], 1, cells) == text


def test_tabs_without_a_key_of_a_number_have_none() -> None:
    assert line(ALL, 9, 200).endswith("9 Custom  Projector  Meshes  Other data  Problems")
    assert line(ALL, 9, 80).endswith(" 8  9  Projector  Mesh  Other  Prob")
    assert line(ALL, 12, 37) == " … 5 6 7 8 9 Proj Mesh Other Problems"


@given(st.integers(1, 13), st.integers(0, 12), st.integers(20, 200))
def test_what_is_shown_fits_and_has_the_open_tab(count: int, active: int, cells: int) -> None:
    active %= count
    labels = tab_labels(ALL[:count], active, cells)
    assert labels[-1].end <= cells
    assert next(label.text for label in labels if label.tab == active).endswith(ALL[active].value)
    shown = [label.tab for label in labels if label.tab is not None]
    assert shown == list(range(shown[0], shown[-1] + 1))
    assert all(before.end < after.start for before, after in pairwise(labels))
