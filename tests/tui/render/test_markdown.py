"""Markdown as lines for a terminal: what each mark becomes, and that no text can do harm."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.render.markdown import add_markdown
from tui.render.page import Ink, Page, PageBuilder
from tui.render.text import printable


def rendered(text: str, cells: int = 40) -> Page:
    builder = PageBuilder(cells)
    add_markdown(builder, text)
    return builder.page()


def lines(text: str, cells: int = 40) -> list[str]:
    page = rendered(text, cells)
    return [page.line_text(line).rstrip() for line in range(len(page))]


def inks(text: str) -> dict[str, Ink]:
    """The ink of each stretch of the first line."""
    return {part: ink for _, part, ink in rendered(text).spans(0)}


def test_headings_emphasis_and_links() -> None:
    assert lines("# A *b*\ntext") == ["A b", "─" * 40, "text"]
    assert inks("## A *b*") == {
        "A ": Ink.HEADING | Ink.STRONG,
        "b": Ink.HEADING | Ink.STRONG | Ink.EMPHASIS,
    }
    assert inks("**a** _b_ ~~c~~ `d`") == {
        "a": Ink.STRONG, "b": Ink.EMPHASIS, "c": Ink.STRIKE, " ": Ink.PLAIN, "`": Ink.DIM, "d": Ink.PLAIN,
    }  # fmt: skip
    assert inks("[a **b**](http://x.y)") == {"a ": Ink.LINK, "b": Ink.LINK | Ink.STRONG, " (http://x.y)": Ink.DIM}
    assert lines("<http://x.y> <a@b.c>") == ["http://x.y a@b.c"]
    assert lines("![alt](pic.png)") == ["[image: alt] (pic.png)"]


def test_line_ends_of_a_paragraph_are_kept() -> None:
    assert lines("one\ntwo\n\nthree") == ["one", "two", "", "three"]


def test_lists() -> None:
    text = "- a\n- b\n  - c\n    more\n- d\n\n3. x\n4. y\n"
    assert lines(text) == ["• a", "• b", "  • c", "    more", "• d", "", "3. x", "4. y"]
    assert lines("- a\n\n- b") == ["• a", "", "• b"]
    assert lines("- - a") == ["• • a"]
    assert lines("-\n- b") == ["•", "• b"]
    assert lines("0. a\n1. b") == ["0. a", "1. b"]
    assert lines("- aaa bbb ccc", 10) == ["• aaa bbb", "  ccc"]


def test_quotes() -> None:
    assert lines("> a\n> b\n>\n> - c\n\nd") == ["│ a", "│ b", "│", "│ • c", "", "d"]
    assert lines("- > a") == ["• │ a"]


def test_code_keeps_its_lines() -> None:
    assert lines("a\n```python\nif x:\n\tpass  # *no*\n```\nb") == ["a", "", "  if x:", "      pass  # *no*", "", "b"]
    assert lines("    indented\n      more") == ["  indented", "    more"]


def test_html_is_shown_as_it_stands() -> None:
    assert lines("<script>alert(1)</script>") == ["<script>alert(1)</script>"]
    assert lines("a <b>c</b> &amp; [x](javascript:alert(1))") == ["a <b>c</b> & [x](javascript:alert(1))"]


def test_a_table_has_columns() -> None:
    text = "|param|value|\n|:-|-:|\n|lr|0.1|\n|**name**|ppo \\| x|\n"
    assert lines(text) == ["param    value", "──────────────", "lr         0.1", "name   ppo | x"]
    assert lines("|a|b|\n|-|-|\n\ntext") == ["a  b", "────", "", "text"]
    assert lines("||\n|-|\n|x|") == ["x"]


def test_a_table_is_wrapped_into_its_columns() -> None:
    text = "|name|note|\n|-|-|\n|a|one two three four five|\n|b|six|\n"
    assert lines(text, 20) == [
        "name  note",
        "─" * 20,
        "a     one two three",
        "      four five",
        "─" * 20,
        "b     six",
    ]  # fmt: skip


def test_a_rule_is_as_wide_as_the_window() -> None:
    assert lines("a\n\n***\n\nb", 10) == ["a", "", "─" * 10, "", "b"]


def test_a_long_address_is_cut() -> None:
    (line,) = lines(f"![x](data:image/png;base64,{'A' * 5000})", 4096)
    assert len(line) < 250 and line.endswith("…)")


@pytest.mark.parametrize("mark", ["[", "*a _", "`", "![", "<", "[a](", "> ", "- "])
def test_a_long_run_of_marks_takes_no_time(mark: str) -> None:
    assert len(rendered(mark * 20_000)) >= 1


@given(st.text(st.sampled_from("ab \n\t#*_`[]()<>|-:>!&1.\\~\x1b\u202e中\u0301"), max_size=120), st.integers(1, 50))
@example("- \n\n      x", 10)
@example("|a|\n|-|\n|" + "x" * 100 + "|", 3)
@example("\u030111\u0301", 1)
def test_whatever_is_logged_is_printable(text: str, cells: int) -> None:
    page = rendered(text, cells)
    assert all(printable(page.line_text(line)) == page.line_text(line) for line in range(len(page)))


@given(st.lists(st.text(st.sampled_from("abc "), min_size=1).map(str.strip).filter(bool), min_size=1))
def test_plain_words_are_all_there(paragraphs: list[str]) -> None:
    page = rendered("\n\n".join(paragraphs), 12)
    assert page.text.split() == " ".join(paragraphs).split()
