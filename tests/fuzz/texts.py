"""Targets of texts that people and files hold: filters, patterns, configuration, Markdown."""

from __future__ import annotations

import math
import operator
import re
from functools import cache

from logging_lib.tfevents.hparams import HParam
from tests.fuzz.target import Target, assert_harmless, stored, text_of
from tests.tui.analysis.hparams.snapshots import frame_of
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
from tui.analysis.hparams.frame import Frame
from tui.analysis.hparams.matching import matching, number_text
from tui.analysis.hparams.parser import parse
from tui.app.config_file import read_config
from tui.app.expression import expression
from tui.app.settings import RULES, Between, Settings
from tui.render.markdown import add_markdown
from tui.render.page import PageBuilder
from tui.render.text import printable

_CONFIG = b"""remember = false
[defaults]
theme = "light"
palette = "okabe"
density = "cards"
axis = "wall"
smoothing = 0.6
mean_of = 3
target = 0x7fff
memory = "500M"
[terminal]
colors = "256"
bell = true
fps = 30
[keys]
quit = "ctrl+q"
"""
_MARKDOWN = b"""# Title
*a* **b** `c` [d](http://e) ![f](g)

- one
  1. two

| a | b |
|---|:-:|
| 1 | ~~2~~ |

> quote

```python
x = 1
```
<b>html</b> &amp; \x1b[31m
"""


_COLUMNS: dict[str, list[HParam]] = {
    "lr": [0.1, None, "auto", True, math.nan, 1e-3],
    "opt": ["adam", "sgd", None, "a b", "0.1", "Adam"],
}
_METRICS = {"val/acc": [0.9, None, math.inf, 0.5, math.nan, -0.0]}
_RUNS = ["a", "b", "run_1", "run 2", "Adam", "é"]


@cache
def _frame() -> Frame:
    return frame_of(_COLUMNS, _METRICS, runs=_RUNS)


def check_where(data: bytes) -> None:
    """A filter is understood or refused in one line, and matches the rows that a slow reading of it does; written out
    and read again it means the same."""
    text = text_of(data)[:300]
    try:
        tree = parse(text)
        rows = matching(_frame(), text)
    except (FilterError, re.error) as error:
        assert_harmless(printable(str(error)), "filter")
        return
    assert str(parse(str(tree))) == str(tree)
    assert matching(_frame(), str(tree)).tolist() == rows.tolist()
    assert rows.tolist() == [_holds(tree, at) for at in range(len(_RUNS))], (text, rows)


def _holds(tree: Expression, at: int) -> bool:
    """Whether a row matches, by what the documentation says of each kind of term."""
    match tree:
        case Everything():
            return True
        case Not(term):
            return not _holds(term, at)
        case And(terms):
            return all(_holds(term, at) for term in terms)
        case Or(terms):
            return any(_holds(term, at) for term in terms)
        case InName(text):
            return _searched(re.escape(text), _RUNS[at])
        case Has(name):
            return any(value is not None for value in _values(name, at))
        case _:
            return _passes(tree, _value(tree.name, at))


def _passes(test: Compare | OneOf | Search, cell: HParam) -> bool:
    match test:
        case Compare(_, "=" | "!=" as sign, value):
            return _equals(cell, value) == (sign == "=")
        case Compare(_, sign, value):
            return _ordered(cell, sign, value)
        case OneOf(_, values):
            return any(_equals(cell, value) for value in values)
        case Search(_, pattern, negated):
            return (cell is not None and _searched(pattern, _shown(cell))) != negated


def _values(name: str, at: int) -> list[HParam]:
    return [_frame().cells(column).value(at) for column in _frame().find(name)]


def _value(name: str, at: int) -> HParam:
    (value,) = _values(name, at)
    return value


def _spelled(cell: HParam, value: Literal) -> float | None:
    """The cell as a number that compares with a literal; a text spells a flag only where the literal is one."""
    if not isinstance(cell, str):
        return None if cell is None else float(cell)
    literal = Literal(cell.strip())
    if literal.flag is not None:
        return float(literal.flag) if value.flag is not None else None
    return literal.number


def _number(value: Literal) -> float | None:
    return value.number if value.flag is None else float(value.flag)


def _equals(cell: HParam, value: Literal) -> bool:
    if isinstance(cell, str) and cell == value.text:
        return True
    wanted, number = _number(value), _spelled(cell, value)
    if wanted is None or number is None:
        return False
    return number == wanted or (not isinstance(cell, str) and math.isnan(number) and math.isnan(wanted))


def _ordered(cell: HParam, sign: str, value: Literal) -> bool:
    compare = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}[sign]
    wanted = _number(value)
    if wanted is None:
        return isinstance(cell, str) and bool(compare(cell, value.text))
    number = _spelled(cell, value)
    return number is not None and bool(compare(number, wanted))


def _shown(cell: HParam) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    return cell if isinstance(cell, str) else number_text(float(cell or 0.0))


def _searched(pattern: str, text: str) -> bool:
    plain = re.sub(r"\\.", "", pattern, flags=re.DOTALL)
    return bool(re.search(pattern, text, 0 if any(map(str.isupper, plain)) else re.IGNORECASE))


def check_pattern(data: bytes) -> None:
    """What is typed into a search ends in time, as a pattern or literally."""
    pattern, _, text = text_of(data).partition("\n")
    found = expression(pattern).all_in(text, 10)
    assert all(0 <= match.start() <= match.end() <= len(text) for match in found)
    if pattern.isalnum() and pattern.isascii() and text.isascii():  # a word, which is found as it is
        wanted = [(pattern, text), (pattern.lower(), text.lower())][pattern.islower() or pattern.isdigit()]
        assert bool(found) == (wanted[0] in wanted[1])


def check_config(data: bytes) -> None:
    """A configuration gives settings that their rules allow, and complaints, one line each."""
    with stored("config.toml", data) as path:
        config = read_config(path)
    for complaint in (*config.complaints, *config.checked_keys()[1]):
        assert_harmless(complaint, "complaint")
    for name, rule in RULES.items():
        value, default = getattr(config.settings, name), getattr(Settings(), name)
        assert value == default or not isinstance(rule, Between) or rule.taken(value) == value


def check_markdown(data: bytes) -> None:
    """No text moves the cursor, and none is lost."""
    builder = PageBuilder(data[0] % 120 + 10 if data else 80)
    add_markdown(builder, text_of(data[1:]))
    page = builder.page()
    for line in range(len(page)):
        assert_harmless(page.line_text(line), "page")
        assert_harmless("".join(text for _, text, _ in page.spans(line)), "spans")


def check_printable(data: bytes) -> None:
    """No name moves the cursor, and names that differ are shown differently enough to be printable twice."""
    shown = printable(text_of(data))
    assert_harmless(shown, "name")
    assert printable(shown) == shown


TARGETS = (
    Target(
        "where",
        check_where,
        lambda: [
            b"lr>=1e-3 opt=adam",
            b'-(opt~"a.b" or has:lr) and not lr in (1, auto)',
            b"a",
            b"val/acc>0.5 or lr=true opt!=sgd lr!~[0-9]",
            b'hparams.opt<"b" lr=nan -run~^run_',
        ],
    ),
    Target(
        "pattern", check_pattern, lambda: [b"loss|acc\nval/loss", b"(a+)+$\naaaaaaaaaaaaaaaaaaaaaaaaa!", b"[[a]\na"]
    ),
    Target(
        "config",
        check_config,
        lambda: [_CONFIG, b"target = 0x" + b"f" * 4000, b"[defaults]\ntarget = 0x" + b"f" * 4000],
    ),
    Target("markdown", check_markdown, lambda: [b"P" + _MARKDOWN]),
    Target("printable", check_printable, lambda: [b"a\x1b[2Jb", "e\u0301\u202e\u200d".encode(), b"\xff\x9b"]),
)
