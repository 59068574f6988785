"""What somebody types to look for: smart case, literal where it is no expression, and never slow for long."""

from __future__ import annotations

import threading

import pytest

from tui.app import expression as module
from tui.app.expression import NO_REGEX, SLOW, Expression, expression
from tui.app.selection import Filter
from tui.app.texts import MOST_MATCHES, matches
from tui.render.text_pages import source_page

ENDLESS = "(a+)+$"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit that is reached soon."""
    monkeypatch.setattr(module, "_LONGEST", 0.02)
    expression.cache_clear()


def places(text: str, searched: str) -> list[tuple[int, int]]:
    return [match.span() for match in Expression(text).all_in(searched, 100)]


@pytest.mark.parametrize(
    ("text", "searched", "found"),
    [
        ("loss", "Loss/train loss", [(0, 4), (11, 15)]),
        ("Loss", "Loss/train loss", [(0, 4)]),
        (r"\Doss", "Loss", [(0, 4)]),  # no capital of a letter
        ("lo+s", "los looos", [(0, 3), (4, 9)]),
        ("x|t", "text", [(0, 1), (2, 3), (3, 4)]),
        (r"(?P<n>\d)(?P=n)+", "1 22 333", [(2, 4), (5, 8)]),
        ("(", "f(x)", [(1, 2)]),
        ("a{9999999999}", "a{9999999999}", [(0, 13)]),
        ("[[a]", "[a", [(0, 1), (1, 2)]),
        ("", "ab", [(0, 0), (1, 1), (2, 2)]),
    ],
)
def test_what_is_found(text: str, searched: str, found: list[tuple[int, int]]) -> None:
    assert places(text, searched) == found
    first = Expression(text).search(searched)
    assert first is not None and first.span() == found[0]


def test_why_it_is_literal() -> None:
    assert [Expression(text).fault for text in ("a", "a+", "(", "a{9999999999}")] == ["", "", NO_REGEX, NO_REGEX]


def test_no_more_than_asked_for() -> None:
    assert [len(Expression(text).all_in("a" * 50, 7)) for text in ("a", "a?")] == [7, 7]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("text", [ENDLESS, "(a|aa)+$"])
def test_what_takes_for_ever_is_given_up(text: str) -> None:
    found = Expression(text)
    assert found.search("a" * 100_000 + "b" + f" {text}") is not None  # literally
    assert found.fault == SLOW
    assert found.search("aaa") is None


@pytest.mark.usefixtures("quick")
def test_many_that_are_slow_are_too_slow_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 0.0)
    found, searches = Expression("a+b"), 0
    while not found.fault:
        assert found.search("aaab a+b") is not None
        searches += 1
    assert found.fault == SLOW and searches > 5


@pytest.mark.usefixtures("quick")
def test_on_another_thread_too() -> None:
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(Expression(ENDLESS).search("a" * 100_000 + "b")))
    thread.start()
    thread.join()
    assert found == [None]


@pytest.mark.usefixtures("quick")
def test_a_filter_says_so() -> None:
    typed = Filter(ENDLESS)
    assert typed.valid and typed.fault == ""
    assert [typed.matches(name) for name in ("a" * 100_000 + "b", f"x {ENDLESS}", "aaa")] == [False, True, False]
    assert not typed.valid and Filter(ENDLESS).fault == SLOW


@pytest.mark.usefixtures("quick")
def test_a_search_in_a_text_of_one_very_long_line() -> None:
    page = source_page("aa\n" + "a" * 1_000_000 + f"!\n{ENDLESS}", 80)
    typed = Filter(ENDLESS)
    found = matches(page, typed)
    assert typed.fault == SLOW
    assert [page.text[a:b] for a, b in found.tolist()] == [ENDLESS]


def test_a_search_in_very_many_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    page, typed = source_page("\n".join(["one two", "o.e"] * 1000), 80), Filter("o.e")
    assert len(matches(page, typed)) == 2000
    monkeypatch.setattr("tui.app.texts._LONGEST_SEARCH", 0.0)
    assert len(matches(page, typed)) == 1000  # literally
    assert typed.fault == SLOW
    expression.cache_clear()


def test_at_most_so_many() -> None:
    page = source_page("ab " * (MOST_MATCHES + 5), 80)
    assert [len(matches(page, Filter(text))) for text in ("ab", "a.", "")] == [MOST_MATCHES, MOST_MATCHES, 0]
