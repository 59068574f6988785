"""Reads a filter expression. Every mistake is a FilterError that says where it is and what was expected.

or      = and {"or" and}
and     = not {["and"] not}
not     = ("-" | "not") not | "(" or ")" | term
term    = "has:" name | name compare value | name ["not"] "in" "(" value {"," value} ")" | name ("~" | "!~") regex
        | name
"""

from __future__ import annotations

import re
import warnings

from tui.analysis.hparams.expression import (
    DELIMITERS,
    HAS,
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
    smart_case,
)

_DEEPEST = 50
_OPERATORS = ("==", "!=", "<=", ">=", "!~", "=", "<", ">", "~")
_WORD = re.compile(rf"[^\s{DELIMITERS}]+")
_SPACE = re.compile(r"\s*")
_NOT_IN = re.compile(r"not\s+in(?![^\s(])", re.IGNORECASE)
_IN = re.compile(r"in(?![^\s(])", re.IGNORECASE)
_PREFIX = re.compile(r"[A-Za-z]+:")


def parse(text: str) -> Expression:
    """The tree of an expression; that of an empty text matches everything.

    Raises:
        FilterError: it is none.
    """
    return _Parser(text).all()


class _Parser:
    """`at` is where it has read to."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0

    def all(self) -> Expression:
        self._skip()
        if self.at == len(self.text):
            return Everything()
        found = self._or()
        if self.at < len(self.text):
            raise self._error(self._unexpected(), self.at)
        return found

    def _or(self) -> Expression:
        terms = [self._and()]
        while self._keyword("or"):
            terms.append(self._and())
        return terms[0] if len(terms) == 1 else Or(tuple(terms))

    def _and(self) -> Expression:
        terms = [self._not()]
        while self._keyword("and") or (self._peek() not in ("", ")") and not self._at_keyword("or")):
            terms.append(self._not())
        return terms[0] if len(terms) == 1 else And(tuple(terms))

    def _not(self) -> Expression:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self._error(f"more than {_DEEPEST} parentheses and negations in one another", self.at)
        try:
            if self._peek() == "-":
                self.at += 1
                return Not(self._not())
            if self._keyword("not"):
                return Not(self._not())
            return self._parentheses() if self._peek() == "(" else self._term()
        finally:
            self.depth -= 1

    def _parentheses(self) -> Expression:
        opened = self.at
        self.at += 1
        found = self._or()
        if self._peek() != ")":
            what = f"expected `)` for the `(` in column {opened + 1}"
            raise self._error(what if self.at == len(self.text) else f"{self._unexpected()}; {what}", self.at)
        self.at += 1
        self._skip()
        return found

    def _term(self) -> Expression:
        self._skip()
        start = self.at
        if self.text.startswith(HAS, start):
            self.at += len(HAS)
            return Has(self._word_or_quoted("a name after `has:`", spaced=False)[0], start)
        name, is_quoted = self._word_or_quoted("a name, a value's test, or `(`")
        if not is_quoted:
            self._check_name(name, start)
        if self._taken(_NOT_IN):
            return Not(OneOf(name, self._values(), start))
        if self._taken(_IN):
            return OneOf(name, self._values(), start)
        operator = next((o for o in _OPERATORS if self.text.startswith(o, self.at)), None)
        if operator is None:
            return InName(name, start)
        self.at += len(operator)
        if operator in ("~", "!~"):
            return Search(name, self._pattern(), operator == "!~", start)
        return Compare(name, "=" if operator == "==" else operator, self._value(f"a value after `{operator}`"), start)

    def _check_name(self, name: str, start: int) -> None:
        if name.lower() in ("and", "or", "in"):
            raise self._error(f"expected a name, not `{name}`; a name like that needs quotes", start)
        if prefix := _PREFIX.match(name):
            raise self._error(f"`{prefix[0]}` is not known; expected `has:NAME`, or the name in quotes", start)

    def _values(self) -> tuple[Literal, ...]:
        if self._peek() != "(":
            raise self._error("expected `(` after `in`: NAME in (VALUE, ...)", self.at)
        self.at += 1
        values = [self._value("a value in the list")]
        while self._peek() == ",":
            self.at += 1
            values.append(self._value("a value after `,`"))
        if self._peek() != ")":
            raise self._error("expected `,` or `)` after a value of the list", self.at)
        self.at += 1
        self._skip()
        return tuple(values)

    def _value(self, what: str) -> Literal:
        self._skip()
        return Literal(*self._word_or_quoted(what))

    def _pattern(self) -> str:
        self._skip()
        start = self.at
        if self._peek() in ("'", '"'):
            pattern = self._quoted()
        else:
            pattern = self._bare_pattern()
        if not pattern:
            raise self._error("expected a regular expression after `~`", start)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", FutureWarning)  # what a later Python may read differently is fine today
                smart_case(pattern)
        except re.error as error:
            raise self._error(f"no regular expression: {error.msg}", start + (error.pos or 0)) from None
        self._skip()
        return pattern

    def _bare_pattern(self) -> str:
        """Up to a space, or a `)` that is not the pattern's own."""
        start, opened = self.at, 0
        while self.at < len(self.text) and not self.text[self.at].isspace():
            character = self.text[self.at]
            opened += (character == "(") - (character == ")")
            if opened < 0:
                break
            self.at += 2 if character == "\\" and self.at + 1 < len(self.text) else 1
        return self.text[start : self.at]

    def _word_or_quoted(self, what: str, *, spaced: bool = True) -> tuple[str, bool]:
        """A word or a quoted text, and whether it was quoted."""
        if spaced:
            self._skip()
        if self.at < len(self.text) and self.text[self.at] in "\"'":
            found = self._quoted()
            self._skip()
            return found, True
        word = _WORD.match(self.text, self.at)
        if word is None:
            got = "" if self.at == len(self.text) else f", not `{self.text[self.at]}`"
            raise self._error(f"expected {what}{got}", self.at)
        self.at = word.end()
        self._skip()
        return word[0], False

    def _quoted(self) -> str:
        start, quote = self.at, self.text[self.at]
        found: list[str] = []
        self.at += 1
        while self.at < len(self.text):
            character = self.text[self.at]
            if character == quote:
                self.at += 1
                return "".join(found)
            if character == "\\" and self.text[self.at + 1 : self.at + 2] in ("\\", '"', "'"):
                self.at += 1
                character = self.text[self.at]
            found.append(character)
            self.at += 1
        raise self._error(f"the {quote} is not closed", start)

    def _taken(self, pattern: re.Pattern[str]) -> bool:
        found = pattern.match(self.text, self.at)
        if found is not None:
            self.at = found.end()
        return found is not None

    def _at_keyword(self, keyword: str) -> bool:
        word = _WORD.match(self.text, self.at)
        return word is not None and word[0].lower() == keyword

    def _keyword(self, keyword: str) -> bool:
        self._skip()
        if not self._at_keyword(keyword):
            return False
        self.at += len(keyword)
        self._skip()
        return True

    def _peek(self) -> str:
        self._skip()
        return self.text[self.at : self.at + 1]

    def _skip(self) -> None:
        found = _SPACE.match(self.text, self.at)
        assert found is not None
        self.at = found.end()

    def _unexpected(self) -> str:
        return f"unexpected `{self.text[self.at]}`"

    def _error(self, message: str, at: int) -> FilterError:
        return FilterError(message, self.text, min(at, len(self.text)))
