"""Settings that frameworks log as text: JSON and YAML as what they are, not as the Markdown that they are no.

Hugging Face logs its arguments as JSON, ML-Agents and many configuration libraries something like YAML.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from tui.render.cells import width
from tui.render.page import Ink, PageBuilder, Span, shown, source_lines

_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_JSON_LINE = re.compile(r'^(\s*)("(?:[^"\\]|\\.)*")(\s*:)(.*)$')
_SETTING = re.compile(r"^(\s*(?:- )?)([\w./\-]+)(\s*[:=])(?:\s+(.*))?$")
_ITEM = re.compile(r"^\s*- \S")
_OPEN, _CLOSE = ("{", "["), ("}", "]")
_BLANKS = "  "
# Levels that are indented: of hundreds, a short text would become one of gigabytes.
_DEEPEST = 16
_LEAST_SETTINGS = 2
_WIDEST_KEY = 40
_GAP = 2


def is_json(text: str) -> bool:
    """Whether a text is an object or a list of JSON."""
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):  # the latter from thousands of brackets
        return False
    return True


def add_json(builder: PageBuilder, text: str) -> None:
    """Add JSON in lines, as it was written if it has several, with its keys marked. No number is written anew."""
    lines = source_lines(text.strip())
    for line in lines if len(lines) > 1 else _indented(lines[0]):
        found = _JSON_LINE.match(line)
        if found is None:
            builder.add([(shown(line), Ink.PLAIN)], rest=_below(line))
        else:
            indent, key, colon, value = found.groups()
            spans = [(shown(indent), Ink.PLAIN), (shown(key), Ink.KEY), (shown(colon + value), Ink.PLAIN)]
            builder.add(spans, rest=_below(line))


def _indented(text: str) -> Iterator[str]:
    """The lines of JSON that was written in one."""
    tokens = _TOKENS.findall(text)
    indent, line = 0, ""
    for before, token, after in zip(["", *tokens], tokens, [*tokens[1:], ""], strict=False):
        if token in _CLOSE:
            indent -= 1
            if before not in _OPEN:
                yield line
                line = _BLANKS * min(indent, _DEEPEST)
        line += ": " if token == ":" else token
        if token in _OPEN:
            indent += 1
        if token == "," or (token in _OPEN and after not in _CLOSE):
            yield line
            line = _BLANKS * min(indent, _DEEPEST)
    yield line


def is_settings(text: str) -> bool:
    """Whether each line of a text is `key: value` or `key = value`, or a list's item under one, and no prose."""
    lines = [line for line in source_lines(text) if line.strip()]
    settings = sum(_SETTING.match(line) is not None for line in lines)
    others = sum(_SETTING.match(line) is None and _ITEM.match(line) is not None for line in lines)
    return settings >= _LEAST_SETTINGS and settings + others == len(lines)


def add_settings(builder: PageBuilder, text: str) -> None:
    """Add settings with their values in one column."""
    lines = source_lines(text.strip("\n"))
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    parsed = [_parsed(line[indent:]) for line in lines]
    column = max((width(key) for key, value in parsed if value), default=0)
    column = min(column, _WIDEST_KEY, max(builder.cells // 2 - _GAP, 1))
    for key, value in parsed:
        if value is None:
            builder.add([(key, Ink.PLAIN)])
            continue
        spans: list[Span] = [(key, Ink.KEY)]
        blank = max(column - width(key), 0) + _GAP
        builder.add([*spans, (" " * blank + value, Ink.PLAIN)] if value else spans, rest=_blanks(column + _GAP))


def _parsed(line: str) -> tuple[str, str | None]:
    """Key and value, both printable; None where there is no key."""
    found = _SETTING.match(line)
    if found is None:
        return shown(line), None
    indent, key, sign, value = found.groups()
    return shown(indent + key + sign), shown((value or "").rstrip())


def _below(line: str) -> tuple[Span, ...]:
    """What stands before a line's other lines where it is wrapped: a little more than its own indentation."""
    return _blanks(min(len(line) - len(line.lstrip()), _WIDEST_KEY) + _GAP)


def _blanks(cells: int) -> tuple[Span, ...]:
    return ((" " * cells, Ink.PLAIN),)
