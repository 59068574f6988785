"""Filter expressions: `lr>=1e-3 optimizer in (adam, sgd) -has:dropout`, as a tree, and back as text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

KEYWORDS = ("and", "or", "not", "in")
HAS = "has:"
# What ends a bare word.
DELIMITERS = "()\"',=!<>~"
_BARE = re.compile(rf"[^\s\-{DELIMITERS}][^\s{DELIMITERS}]*")
_BARE_VALUE = re.compile(rf"[^\s{DELIMITERS}]+")
_PREFIXED = re.compile(r"[A-Za-z]+:")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?inf|nan", re.IGNORECASE)
_FLAGS = {"true": True, "false": False}


class FilterError(Exception):
    """A mistake in an expression: what is wrong, and where. Lines and columns are counted from 1."""

    def __init__(self, message: str, text: str, at: int) -> None:
        before = text[:at]
        self.message = message
        self.at = at
        self.line = before.count("\n") + 1
        self.column = at - (before.rfind("\n") + 1) + 1
        super().__init__(f"line {self.line}, column {self.column}: {message}")


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as it was written. A quoted one is a text; a bare one is a number or a flag where it reads as one."""

    text: str
    quoted: bool = False

    @property
    def number(self) -> float | None:
        """The number that it reads as; None for another value."""
        return float(self.text) if not self.quoted and _NUMBER.fullmatch(self.text) else None

    @property
    def flag(self) -> bool | None:
        """The flag that it reads as; None for another value."""
        return None if self.quoted else _FLAGS.get(self.text.lower())

    def __str__(self) -> str:
        return self.text if not self.quoted and _BARE_VALUE.fullmatch(self.text) else quoted(self.text)


@dataclass(frozen=True, slots=True)
class Everything:
    """The empty expression."""

    def __str__(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Compare:
    """A column against a value; `operator` is one of = != < <= > >=."""

    name: str
    operator: str
    value: Literal
    at: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return f"{_name(self.name)}{self.operator}{self.value}"


@dataclass(frozen=True, slots=True)
class OneOf:
    """A column that has one of several values."""

    name: str
    values: tuple[Literal, ...]
    at: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return f"{_name(self.name)} in ({', '.join(map(str, self.values))})"


@dataclass(frozen=True, slots=True)
class Search:
    """A column in whose text a regular expression is found, or not."""

    name: str
    pattern: str
    negated: bool = False
    at: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return f"{_name(self.name)}{'!~' if self.negated else '~'}{quoted(self.pattern)}"


@dataclass(frozen=True, slots=True)
class Has:
    """A column that has a value."""

    name: str
    at: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return f"{HAS}{_name(self.name)}"


@dataclass(frozen=True, slots=True)
class InName:
    """A text that is found in the run's name."""

    text: str
    at: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return _name(self.text)


@dataclass(frozen=True, slots=True)
class Not:
    """What a term does not match."""

    term: Expression

    def __str__(self) -> str:
        return f"-{_within(self.term)}"


@dataclass(frozen=True, slots=True)
class And:
    """What all of two terms or more match."""

    terms: tuple[Expression, ...]

    def __str__(self) -> str:
        return " ".join(_within(term) for term in self.terms)


@dataclass(frozen=True, slots=True)
class Or:
    """What one of two terms or more matches."""

    terms: tuple[Expression, ...]

    def __str__(self) -> str:
        return " or ".join(f"({term})" if isinstance(term, Or) else str(term) for term in self.terms)


Expression = Everything | Compare | OneOf | Search | Has | InName | Not | And | Or


def quoted(text: str) -> str:
    """The text in quotes, as an expression has it: only a quote and a backslash are escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def smart_case(pattern: str) -> re.Pattern[str]:
    """A regular expression; case counts where it has a capital letter.

    Raises:
        re.error: it is none, or too large a one.
    """
    return _compiled(pattern)


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    plain = re.sub(r"\\.", "", pattern, flags=re.DOTALL)
    try:
        return re.compile(pattern, 0 if any(map(str.isupper, plain)) else re.IGNORECASE)
    except (OverflowError, RecursionError) as error:
        raise re.error(str(error)) from None


def _within(term: Expression) -> str:
    return f"({term})" if isinstance(term, And | Or) else str(term)


def _name(name: str) -> str:
    """A name, in quotes where it would be read as something else."""
    plain = _BARE.fullmatch(name) and name.lower() not in KEYWORDS and not _PREFIXED.match(name)
    return name if plain else quoted(name)
