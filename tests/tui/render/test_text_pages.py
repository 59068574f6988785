"""Logged texts as pages: settings, tables of string tensors, sources, differences."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.render import text_pages
from tui.render.page import Ink, Page, PageBuilder
from tui.render.settings_text import add_json, is_json, is_settings
from tui.render.text_pages import changes_page, headline, rendered_page, source_of, source_page
from tui.render.text_table import column_widths

ARGS = '{\n  "output_dir": "./results",\n  "learning_rate": 5e-05\n}'
ML_AGENTS = "\ttrainer_type:\tppo\n\thyperparameters:\t\n\t  batch_size:\t1024\n\t  beta:\t0.005"


def strings(value: Any) -> Any:
    return np.array(value, object)


def lines(page: Page) -> list[str]:
    return [page.line_text(line).rstrip() for line in range(len(page))]


def rendered(value: Any, cells: int = 60) -> list[str]:
    return lines(rendered_page(strings(value), cells))


def test_json_is_shown_as_it_was_written() -> None:
    assert rendered([ARGS]) == ARGS.split("\n")
    page = rendered_page(strings([ARGS]), 60)
    assert [(text, ink) for _, text, ink in page.spans(1)] == [
        ("  ", Ink.PLAIN), ('"output_dir"', Ink.KEY), (': "./results",', Ink.PLAIN),
    ]  # fmt: skip


def test_json_in_one_line_is_broken_up() -> None:
    text = '{"a": {"b": [1, 2.50, {}], "c": "x, {y: [\\"z\\"]}"}, "d": [], "e": null}'
    assert rendered(text) == [
        "{", '  "a": {', '    "b": [', "      1,", "      2.50,", "      {}", "    ],",
        '    "c": "x, {y: [\\"z\\"]}"', "  },", '  "d": [],', '  "e": null', "}",
    ]  # fmt: skip


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
).filter(lambda value: isinstance(value, dict | list))


@given(_JSON)
def test_json_that_is_broken_up_says_the_same(value: Any) -> None:
    builder = PageBuilder(4096)
    add_json(builder, json.dumps(value))
    page = builder.page()
    assert json.loads("".join(lines(page))) == value


@pytest.mark.parametrize("text", ["{", "[1] and more", "1", "", "[" * 100_000, "{a: 1}"])
def test_what_is_no_json(text: str) -> None:
    assert not is_json(text)


def test_settings_have_their_values_in_a_column() -> None:
    assert rendered([ML_AGENTS]) == [
        "trainer_type:  ppo",
        "hyperparameters:",
        "  batch_size:  1024",
        "  beta:        0.005",
    ]
    assert rendered("lr = 0.1\nname = 'a b'") == ["lr =    0.1", "name =  'a b'"]
    assert rendered("tags:\n- a b\n- c\nseed: 1") == ["tags:", "- a b", "- c", "seed:  1"]


def test_a_long_value_is_wrapped_beside_its_key() -> None:
    assert rendered("a: 1\nb: one two three four", 16) == ["a:  1", "b:  one two", "    three four"]


@pytest.mark.parametrize(
    "text", ["one: line", "# Title\n\na: b", "- a\n- b", "words and: more\nand: more", "a: b\nplain", "|a|b|\n|-|-|"]
)
def test_what_is_no_settings(text: str) -> None:
    assert not is_settings(text)


def test_one_text_is_no_table() -> None:
    assert rendered("*a*") == rendered(["*a*"]) == rendered([["*a*"]]) == ["a"]


def test_string_tensors_are_tables() -> None:
    assert rendered(["a", "**b**"]) == ["a", "b"]
    assert rendered([["a", "bb"], ["ccc", "d\ne"]]) == ["a    bb", "───────", "ccc  d", "     e"]
    assert rendered([[["a", "b"]], [["c", "d"]]]) == ["[0]", "a  b", "", "[1]", "c  d"]
    assert lines(rendered_page(np.empty((0, 2), object), 20)) == ["no text"]


def test_the_source_of_several_texts_is_json() -> None:
    assert source_of(strings("a\nb")) == source_of(strings(["a\nb"])) == "a\nb"
    assert json.loads(source_of(strings([["a", "ü"], ["c", "d"]]))) == [["a", "ü"], ["c", "d"]]


def test_a_source_is_shown_letter_for_letter() -> None:
    assert lines(source_page("# a\n\n  *b*\x1b[0m\r\nc", 20)) == ["# a", "", r"  *b*\x1b[0m", "c"]


def test_what_is_too_much_to_render_is_shown_as_its_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_pages, "MOST_RENDERED", 10)
    first, blank, *rest = rendered("**a** and more")
    assert first == "shown as its source: 14 B are too much to render"
    assert [blank, *rest] == ["", "**a** and more"]
    monkeypatch.setattr(text_pages, "MOST_CELLS", 1)
    assert rendered(["a", "b"])[0] == "shown as its source: 2 cells are too much to render"


def test_a_source_that_is_too_long_says_what_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_pages, "MOST_SOURCE", 4)
    assert lines(source_page("ab\ncde", 60)) == ["the first 4 of 6 characters", "", "ab", "c"]
    assert lines(source_page("ab\nc", 60)) == ["ab", "c"]


def test_changes_read_in_monochrome() -> None:
    page = changes_page([("…", "12"), (" ", "a"), ("-", "b\tc"), ("+", "long line that is wrapped")], 15, 16)
    assert lines(page) == ["… 12 equal lines", "  left out", "  a", "- b   c", "+ long line that", "  is wrapped"]
    assert page.spans(3)[0][2] is Ink.REMOVED and page.spans(4)[0][2] is Ink.ADDED
    assert lines(changes_page([], 3, 40)) == ["no difference in 3 lines"]
    assert lines(changes_page(None, 3, 50)) == ["too many lines differ to compare them"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Title\n\nwords  *go*\non", "Title  words go  on"),
        ("|param|value|\n|-|-|\n|lr|0.1|", "param value  lr 0.1"),
        (ARGS, '"output_dir": "./results",  "learning_rate": 5e-05'),
        ("", ""),
        ("\n---\n", ""),
    ],
)
def test_headlines(text: str, expected: str) -> None:
    assert headline(strings(text)) == expected


def test_columns_that_fit_are_as_wide_as_they_need() -> None:
    assert column_widths([3, 5], 20) == [3, 5]
    assert column_widths([3, 50, 50], 40) == [3, 16, 17]
    assert column_widths([50, 50, 50], 10) == [6, 6, 6]


@given(st.lists(st.integers(0, 100), min_size=1, max_size=8), st.integers(1, 200))
def test_columns_fill_the_room_and_no_more(natural: list[int], room: int) -> None:
    sizes = column_widths(natural, room)
    assert all(min(6, need) <= size <= need for size, need in zip(sizes, natural, strict=True))
    gaps = 2 * (len(natural) - 1)
    if sum(min(6, need) for need in natural) + gaps <= room:
        assert sum(sizes) + gaps <= room
        assert sum(sizes) + gaps == min(room, sum(natural) + gaps)


def test_deep_json_is_not_indented_without_end() -> None:
    builder = PageBuilder(80)
    add_json(builder, "[" * 900 + "1,1" + "]" * 900)
    shown = lines(builder.page())
    assert shown[898:904] == [" " * 32 + line for line in ("[", "[", "1,", "1", "]", "]")]
