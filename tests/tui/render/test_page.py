"""Pages: lines broken to a width, an ink for every character, and places that can be found again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.render.cells import width
from tui.render.page import Ink, Page, PageBuilder, Span, breaks, cut_at, shown, source_lines


def lines(page: Page) -> list[str]:
    return [page.line_text(line) for line in range(len(page))]


def page_of(*texts: str, cells: int = 20) -> Page:
    builder = PageBuilder(cells)
    for text in texts:
        builder.add([(text, Ink.PLAIN)])
    return builder.page()


@pytest.mark.parametrize(
    ("text", "cells", "expected"),
    [
        ("", 5, [""]),
        ("abc", 5, ["abc"]),
        ("ab cd ef", 5, ["ab cd", "ef"]),
        ("ab   cdefg", 5, ["ab", "cdefg"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("  ab cd", 5, ["  ab", "cd"]),
        ("      abc", 4, ["    ", "  ab", "c"]),
        ("ä中文字", 3, ["ä中", "文", "字"]),
        ("中", 1, ["中"]),
    ],
)
def test_breaks(text: str, cells: int, expected: list[str]) -> None:
    assert [text[a:b] for a, b in breaks(text, cells)] == expected


@given(st.text(st.characters(exclude_categories=["C", "M", "Z"]) | st.just(" "), max_size=80), st.integers(2, 30))
def test_only_blanks_are_lost_and_every_line_fits(text: str, cells: int) -> None:
    parts = [text[a:b] for a, b in breaks(text, cells)]
    assert "".join(parts).replace(" ", "") == text.replace(" ", "")
    assert all(width(part) <= cells for part in parts)


def test_a_wrapped_line_is_one_line_of_the_text() -> None:
    page = page_of("one two three four", "five", cells=10)
    assert lines(page) == ["one two", "three four", "five"]
    assert page.text == "one two three four\nfive\n"
    assert [page.line_of(page.text.index(word)) for word in ("two", "three", "five")] == [0, 1, 2]
    assert page.cells == 10


def test_prefixes_are_shown_and_not_searched() -> None:
    builder = PageBuilder(8)
    builder.add([("ab cd efg", Ink.PLAIN)], (("- ", Ink.DIM),), (("  ", Ink.DIM),))
    page = builder.page()
    assert lines(page) == ["- ab cd", "  efg"]
    assert page.text == "ab cd efg\n"
    assert page.prefix(0) == (("- ", Ink.DIM),)


def test_every_character_has_its_ink() -> None:
    builder = PageBuilder(6)
    builder.add([("ab ", Ink.PLAIN), ("cd", Ink.STRONG), ("", Ink.LINK), (" efgh", Ink.STRONG | Ink.DIM)])
    builder.add([("x", Ink.PLAIN)])
    page = builder.page()
    assert [[(text, ink) for _, text, ink in page.spans(line)] for line in range(len(page))] == [
        [("ab ", Ink.PLAIN), ("cd", Ink.STRONG)],
        [("efgh", Ink.STRONG | Ink.DIM)],
        [("x", Ink.PLAIN)],
    ]


@given(
    st.lists(
        st.lists(st.tuples(st.text(st.characters(categories=["L"]) | st.just(" ")), st.sampled_from(list(Ink)))),
        max_size=6,
    ),
    st.integers(1, 30),
)
def test_spans_are_the_line(written: list[list[Span]], cells: int) -> None:
    builder = PageBuilder(cells)
    for spans in written:
        builder.add(spans)
    page = builder.page()
    inks = [ink for spans in written for text, ink in [*spans, ("\n", None)] for _ in text]
    for line in range(len(page)):
        assert "".join(text for _, text, _ in page.spans(line)) == page.line_text(line)
        for start, text, ink in page.spans(line):
            assert page.text[start : start + len(text)] == text
            assert inks[start : start + len(text)] == [ink] * len(text)


def test_a_page_of_nothing_is_a_blank_line() -> None:
    assert lines(PageBuilder(10).page()) == [""]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\r\nb\n\n", ["a", "b", ""]), ("\n", [""]), ("a\x0bb", ["a\x0bb"])],
)
def test_source_lines(text: str, expected: list[str]) -> None:
    assert source_lines(text) == expected


def test_what_is_shown_is_printable() -> None:
    assert shown("a\tb\x1b[31m") == r"a   b\x1b[31m"


def test_spans_are_cut_where_lines_break() -> None:
    spans = [("ab", Ink.PLAIN), ("cd", Ink.STRONG)]
    assert cut_at(spans, [(0, 1), (1, 3), (3, 4)]) == [
        [("a", Ink.PLAIN)],
        [("b", Ink.PLAIN), ("c", Ink.STRONG)],
        [("d", Ink.STRONG)],
    ]
