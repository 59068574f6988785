"""Which rows a filter expression matches."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from difflib import get_close_matches
from functools import reduce

import numpy as np

from tui.analysis.hparams.cells import FLAG, MISSING, NUMBER, TEXT, Cells
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
    smart_case,
)
from tui.analysis.hparams.frame import RUN, Column, Frame
from tui.analysis.hparams.parser import parse
from tui.model import Flags

_MOST_NAMED = 3
_ORDERS: dict[str, Callable[..., Flags]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def matching(frame: Frame, text: str) -> Flags:
    """The rows that an expression matches, bool[n].

    Numbers compare as numbers, flags as 1 and 0, and texts that spell a number or a flag as what they spell; other
    texts compare by `=` exactly, by `<` in the order of their characters, and never with a number. A missing value
    matches `!=`, `!~` and `not in` only, NaN no `<`, `<=`, `>` and `>=`. A bare name is found in the run's name.

    Raises:
        FilterError: the expression is none, or a name in it is no column's.
    """
    return _Matcher(frame, text).rows(parse(text))


class _Matcher:
    def __init__(self, frame: Frame, text: str) -> None:
        self._frame = frame
        self._text = text

    def rows(self, tree: Expression) -> Flags:
        match tree:
            case Everything():
                return np.ones(len(self._frame), np.bool_)
            case Not(term):
                return ~self.rows(term)
            case And(terms):
                return reduce(operator.and_, map(self.rows, terms))
            case Or(terms):
                return reduce(operator.or_, map(self.rows, terms))
            case InName(text, at):
                return self._in_name(text, at)
            case Has(name):
                return self._has(name)
            case _:
                return self._tested(tree, self._frame.cells(self._column(tree.name, tree.at)))

    def _tested(self, tree: Compare | OneOf | Search, cells: Cells) -> Flags:
        match tree:
            case Compare(_, "=", value):
                return _equal(cells, value)
            case Compare(_, "!=", value):
                return ~_equal(cells, value)
            case Compare(_, order, value):
                return _ordered(cells, order, value)
            case OneOf(_, values):
                return reduce(operator.or_, (_equal(cells, value) for value in values))
            case Search(_, pattern, negated):
                return _found(cells, smart_case(pattern)) ^ negated

    def _in_name(self, text: str, at: int) -> Flags:
        """The rows whose run's name has the text. Where none has, a column's name is a test that was not finished."""
        found = _found(self._frame.cells(RUN), smart_case(re.escape(text)))
        if len(found) and not found.any() and self._frame.find(text):
            what = f"no run has `{text}` in its name; expected a test of it, or `has:{text}`"
            raise FilterError(what, self._text, at)
        return found

    def _has(self, name: str) -> Flags:
        """The rows in which a column of this name has a value; none where there is no such column."""
        columns = self._frame.find(name)
        return reduce(
            operator.or_,
            (self._frame.cells(column).present for column in columns),
            np.zeros(len(self._frame), np.bool_),
        )

    def _column(self, name: str, at: int) -> Column:
        columns = self._frame.find(name)
        if len(columns) == 1:
            return columns[0]
        if not columns:
            raise FilterError(unknown_name(self._frame, name), self._text, at)
        raise FilterError(ambiguous_name(name, columns), self._text, at)


def unknown_name(frame: Frame, name: str) -> str:
    """What to say about a name that no column has."""
    names = {column.name: None for column in frame.columns}
    close = (
        get_close_matches(name, names, n=1, cutoff=0.5)
        or [known for known in names if name.lower() in known.lower()][:1]
    )
    return f"no hparam or metric is called `{name}`" + (f"; there is `{close[0]}`" if close else "")


def ambiguous_name(name: str, columns: list[Column]) -> str:
    """What to say about a name that several columns have."""
    names = ", ".join(f"`{column.full_name}`" for column in columns[:_MOST_NAMED])
    more = ", ..." if len(columns) > _MOST_NAMED else ""
    return f"`{name}` may mean {names}{more}: expected one of these"


def _equal(cells: Cells, value: Literal) -> Flags:
    code = cells.texts.index(value.text) if value.text in cells.texts else -2
    equal: Flags = cells.codes == code
    number = _number(value)
    if number is None:
        return equal
    numbers = _spelled(cells, flags=value.flag is not None)
    same = np.isnan(numbers) & _is_number(cells) if math.isnan(number) else numbers == number
    return equal | same


def _ordered(cells: Cells, order: str, value: Literal) -> Flags:
    compare = _ORDERS[order]
    number = _number(value)
    if number is not None:
        return compare(_spelled(cells, flags=value.flag is not None), number)
    of_text = np.array([compare(text, value.text) for text in cells.texts] + [False], np.bool_)
    return of_text[cells.codes]


def _number(value: Literal) -> float | None:
    return value.number if value.flag is None else float(value.flag)


def _is_number(cells: Cells) -> Flags:
    is_number: Flags = (cells.kinds == NUMBER) | (cells.kinds == FLAG)
    return is_number


def _spelled(cells: Cells, *, flags: bool) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The cells as numbers, texts as the number that they spell (or the flag, if `flags`); NaN for what is none."""
    if not (cells.kinds == TEXT).any():
        return cells.numbers
    of_text = []
    for text in cells.texts:
        literal = Literal(text.strip())
        number = _number(literal) if flags or literal.flag is None else None
        of_text.append(math.nan if number is None else number)
    return np.where(cells.kinds == TEXT, np.array([*of_text, math.nan])[cells.codes], cells.numbers)


def _found(cells: Cells, pattern: re.Pattern[str]) -> Flags:
    """The cells in whose text the pattern is found: that of a number has the digits it needs."""
    of_text = np.array([pattern.search(text) is not None for text in cells.texts] + [False], np.bool_)
    found = of_text[cells.codes]
    others = (cells.kinds != TEXT) & (cells.kinds != MISSING)
    if others.any():
        numbers, inverse = np.unique(cells.numbers[others], return_inverse=True)
        hits = np.array([pattern.search(number_text(number)) is not None for number in numbers.tolist()], np.bool_)
        found[others] = hits[inverse]
        flagged = cells.kinds == FLAG
        if flagged.any():
            spelled = [pattern.search(text) is not None for text in ("false", "true")]
            found[flagged] = np.where(cells.numbers[flagged] > 0, spelled[1], spelled[0])
    return found


def number_text(value: float) -> str:
    """A number with the digits it needs, `0.001` or `1e-05`; whole ones without a point."""
    short = f"{value:g}"
    return short if float(short) == value or math.isnan(value) else repr(value)
