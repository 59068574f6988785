"""Filter expressions: what they mean, what they print, and what is said about mistakes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.analysis.hparams.expression import (
    And,
    Compare,
    Everything,
    Expression,
    FilterError,
    Has,
    InName,
    Literal,
    Not,
    OneOf,
    Or,
    Search,
)
from tui.analysis.hparams.parser import parse

A, B, C = InName("a"), InName("b"), InName("c")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", Everything()),
        ("  \n", Everything()),
        ("a", A),
        ("a b", And((A, B))),
        ("a and b AND c", And((A, B, C))),
        ("a b or c", Or((And((A, B)), C))),
        ("a (b or c)", And((A, Or((B, C))))),
        ("((a))", A),
        ("-a", Not(A)),
        ("not a b", And((Not(A), B))),
        ("not (a b)", Not(And((A, B)))),
        ("--a", Not(Not(A))),
        ("lr>=1e-3", Compare("lr", ">=", Literal("1e-3"))),
        ("lr == -1", Compare("lr", "=", Literal("-1"))),
        ("lr != 'a b'", Compare("lr", "!=", Literal("a b", True))),
        ('"val/acc, %" < 3', Compare("val/acc, %", "<", Literal("3"))),
        ("val/acc.1<3", Compare("val/acc.1", "<", Literal("3"))),
        ("weight-decay=1 -b", And((Compare("weight-decay", "=", Literal("1")), Not(B)))),
        ("opt in (adam, 'sgd', 3)", OneOf("opt", (Literal("adam"), Literal("sgd", True), Literal("3")))),
        ("opt in(adam)", OneOf("opt", (Literal("adam"),))),
        ("opt not in (adam)", Not(OneOf("opt", (Literal("adam"),)))),
        ("inner", InName("inner")),
        ("has:lr -has:'a b'", And((Has("lr"), Not(Has("a b"))))),
        ("run~(a|b)+", Search("run", "(a|b)+")),
        ("(run ~ a|b)", Search("run", "a|b")),
        (r'run !~ "\d \"x\""', Search("run", r'\d "x"', negated=True)),
        (r"run~\)", Search("run", r"\)")),
        ('"and"', InName("and")),
        ('"has:lr"', InName("has:lr")),
    ],
)
def test_trees(text: str, tree: Expression) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("lr>=", 5, "expected a value after `>=`"),
        ("lr >= )", 7, "expected a value after `>=`, not `)`"),
        ("(lr=1", 6, "expected `)` for the `(` in column 1"),
        ("(lr=1 , b)", 7, "expected a name, a value's test, or `(`, not `,`"),
        ("lr=1)", 5, "unexpected `)`"),
        ("a or", 5, "expected a name, a value's test, or `(`"),
        ("or a", 1, "expected a name, not `or`; a name like that needs quotes"),
        ("=3", 1, "expected a name, a value's test, or `(`, not `=`"),
        ("opt in adam", 8, "expected `(` after `in`: NAME in (VALUE, ...)"),
        ("opt in (adam sgd)", 14, "expected `,` or `)` after a value of the list"),
        ("opt in (adam,)", 14, "expected a value after `,`, not `)`"),
        ("has:", 5, "expected a name after `has:`"),
        ("has: lr", 5, "expected a name after `has:`, not ` `"),
        ("tag:debug", 1, "`tag:` is not known; expected `has:NAME`, or the name in quotes"),
        ("a 'b", 3, "the ' is not closed"),
        ("run~", 5, "expected a regular expression after `~`"),
        ("run ~ a(b", 8, "no regular expression: missing ), unterminated subpattern"),
        ("-" * 60 + "a", 51, "more than 50 parentheses and negations in one another"),
    ],
)
def test_mistakes_are_pointed_at(text: str, column: int, message: str) -> None:
    with pytest.raises(FilterError) as raised:
        parse(text)
    error = raised.value
    assert (error.line, error.column, error.message) == (1, column, message)
    assert str(error) == f"line 1, column {column}: {message}"


def test_a_mistake_in_a_later_line() -> None:
    with pytest.raises(FilterError) as raised:
        parse("a\n  lr>=")
    assert (raised.value.line, raised.value.column) == (2, 7)


TEXTS = st.text(max_size=8)
NAMES = st.one_of(TEXTS, st.sampled_from(["lr", "val/acc", "and", "has:x", "-a", "in", "not", "a b", ""]))
LITERALS = st.one_of(
    st.builds(Literal, TEXTS, st.just(True)),
    st.builds(Literal, st.sampled_from(["1e-3", "-1", "adam", "true", "nan", "a/b", "-x"])),
)
PATTERNS = st.sampled_from(["a", "a|b", r"\d+ ", '"', r"\\", "[(]", "^x$", "("]).filter(lambda text: text != "(")
TERMS: st.SearchStrategy[Expression] = st.one_of(
    st.builds(Compare, NAMES, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), LITERALS),
    st.builds(OneOf, NAMES, st.lists(LITERALS, min_size=1, max_size=3).map(tuple)),
    st.builds(Search, NAMES, PATTERNS, st.booleans()),
    st.builds(Has, NAMES),
    st.builds(InName, NAMES),
)


def larger(trees: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    several = st.lists(trees, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(Not, trees), st.builds(And, several), st.builds(Or, several))


@given(st.recursive(TERMS, larger, max_leaves=12))
def test_what_is_printed_reads_as_the_same(tree: Expression) -> None:
    assert parse(str(tree)) == tree


@given(st.one_of(st.text(max_size=40), st.text(alphabet="ab ()-=!<>~,'\"\\:01.e\nor notinhas", max_size=40)))
def test_any_text_is_an_expression_or_a_mistake_with_a_place(text: str) -> None:
    try:
        tree = parse(text)
    except FilterError as error:
        lines = text.split("\n")
        assert 1 <= error.line <= len(lines)
        assert 1 <= error.column <= len(lines[error.line - 1]) + 1
        assert 0 <= error.at <= len(text)
        assert error.message
    else:
        assert parse(str(tree)) == tree
