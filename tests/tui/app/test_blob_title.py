"""The title of a full view: what goes when there is little room, and the ways to show what is open."""

from __future__ import annotations

import pytest
from rich.style import Style

from tui.app.blob_title import Ways, title_line
from tui.app.parts import Part
from tui.app.theme import DARK

TAG = "model/encoder/layers/11/attention/query/weight"
REST: list[Part] = [(text, Style()) for text in ("step 40  ", "(5 of 9)  ", "■ adam")]
RIGHT: list[Part] = [("  g ", Style()), ("bars ", Style())]


@pytest.mark.parametrize(
    ("cells", "notes", "text"),
    [
        (98, ["log counts", "log"], f" {TAG}  step 40  (5 of 9)  ■ adam    log counts   g bars "),
        (89, ["log counts", "log"], f" {TAG}  step 40  (5 of 9)  ■ adam  log   g bars "),
        (82, [], " model/encoder/layers/1…attention/query/weight  step 40  (5 of 9)  ■ adam  g bars "),
        (70, [], " model/encoder/la…ion/query/weight  step 40  (5 of 9)  ■ adam  g bars "),
        (60, [], " model/encod…uery/weight  step 40  (5 of 9)  ■ adam  g bars "),
        (50, [], " model/enc…ry/weight  step 40  (5 of 9)    g bars "),
        (40, [], " model/enc…ry/weight  step 40    g bars "),
        (28, [], " model/en…/weight  step 40  "),
    ],
)
def test_the_step_stays_and_a_long_tag_is_cut_in_its_middle(cells: int, notes: list[str], text: str) -> None:
    assert title_line(TAG, REST, notes, RIGHT, cells, DARK).text == text


def test_a_tag_that_is_cut_differs_from_the_others() -> None:
    tags = ("weights/7.weight", "weights/3.weight", "weights/0.weight")
    assert title_line(tags[0], REST[:1], [], RIGHT, 36, DARK, tags).text.split("  ")[0].endswith("7.weight")


def said(ways: Ways, room: int, most: int = 0) -> str:
    return "".join(text for text, _ in ways.parts("g", room, most, DARK))


def test_all_ways_are_named_where_there_is_room() -> None:
    ways = Ways("source", ("rendered", "source", "changes"))
    assert said(ways, 29) == "  g rendered source changes "
    assert said(ways, 27) == "  g source "
    assert said(Ways("rendered", ("rendered",)), 99) == ""


def test_the_present_way_tells_more_of_itself_where_there_is_room() -> None:
    ways = Ways("changes", ("rendered", "changes"), "changes from step 3")
    assert said(ways, 99) == "  g rendered changes from step 3 "
    assert said(ways, 10, 25) == "  g changes from step 3 "
    assert said(ways, 10, 20) == "  g changes "


def test_a_way_is_found_under_the_pointer() -> None:
    ways = Ways("changes", ("rendered", "changes"), "changes from step 3")
    title = " rendered  step 3    g rendered changes from step 3 "
    assert ways.at(title, title.rindex("rendered")) == "rendered"
    assert ways.at(title, len(title) - 2) == "changes"
    assert ways.at(title, len(title) - 1) is None
    assert ways.at(title, 2) is None
