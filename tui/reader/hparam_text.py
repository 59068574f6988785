"""Hparams that were logged as a text: JSON, YAML, Markdown tables, `key = value`, or what Python prints.

What is read is the part of YAML that configurations are written in: keys with values or with an indented block of
more; lists stay text. There is no parser of the whole language here.
"""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Mapping
from typing import Any

from logging_lib.tfevents.hparams import HParam

LONGEST = 1 << 17
"""Characters; a longer text is none of hparams."""
MOST_KEYS = 500
_MOST_DEEP = 8
_LONGEST_VALUE = 200
_LONGEST_KEY = 120
_LONGEST_LINE = 2000
_MOST_SPACES = 3
"""In a key; what has more is a sentence."""
_ITEMS = ""
"""The key under which a mapping that is a list has its items; no text has such a key."""
_LEAST_SHARE = 0.8
"""So much of a text must be keys with values, else it is prose."""
_TAG = re.compile(r"h(yper)?-?_?param|config|\bargs?\b|arguments|settings|\bcfg\b|\bflags\b", re.IGNORECASE)
_FENCED = re.compile(r"\A\s*(?:```|~~~)\w*[ \t]*\n(.*?)\n\s*(?:```|~~~)\s*\Z", re.DOTALL)
_PRE = re.compile(r"\A\s*<pre>(.*)</pre>\s*\Z", re.DOTALL | re.IGNORECASE)
_KEY = r"[^\s:=|#{}\[\],'\"][^:=|#{}\[\]]*?|'[^']*'|\"[^\"]*\""
_PAIR = re.compile(rf"(?P<indent> *)(?:[-*+] +)?(?P<key>{_KEY})\s*(?::(?:\s+|$)|=\s*)(?P<value>.*)")
_NUMBER = re.compile(r"[-+]?(\d[\d_]*\.?\d*|\.\d+)(e[-+]?\d+)?", re.IGNORECASE)
_CALL = re.compile(r"\A\s*[A-Za-z_][\w.]*\(.*\)\s*\Z", re.DOTALL)
_WORDS: dict[str, HParam] = {"true": True, "false": False, "null": None, "none": None, "~": None}
_INFINITE = {
    ".inf": math.inf,
    "inf": math.inf,
    "-.inf": -math.inf,
    "-inf": -math.inf,
    ".nan": math.nan,
    "nan": math.nan,
}


def may_hold_hparams(tag: str) -> bool:
    """Whether a text's tag says that it holds hparams: `args/text_summary`, `hparams`, `Hyperparameters`, `config`."""
    return _TAG.search(tag.replace("_", " ")) is not None or _TAG.search(tag) is not None


def hparams_of_text(text: str) -> dict[str, HParam] | None:
    """The hparams that a text holds, nested keys joined by points; None for one that is too long or holds none."""
    if len(text) > LONGEST:
        return None
    text = _bared(text.replace("\r\n", "\n"))
    for read in (_from_json, _from_python, _from_table, _from_lines):
        if found := read(text):
            flat: dict[str, HParam] = {}
            _flatten(found, "", flat, 0)
            return flat or None
    return None


def _bared(text: str) -> str:
    """The text without what makes it a block of code in Markdown."""
    for wrapped in (_FENCED, _PRE):
        if match := wrapped.match(text):
            return match[1]
    return text


def _from_json(text: str) -> Mapping[str, Any] | None:
    if not text.lstrip().startswith("{"):
        return None
    try:
        found: Mapping[str, Any] = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found


def _from_python(text: str) -> Mapping[str, Any] | None:
    """What `str()` gives of a dict, or of argparse's Namespace and the like."""
    if not (text.lstrip().startswith("{") or _CALL.match(text)):
        return None
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        if isinstance(tree, ast.Call) and not tree.args:
            return {keyword.arg: _literal(keyword.value) for keyword in tree.keywords if keyword.arg is not None}
        if isinstance(tree, ast.Dict):
            pairs = zip(tree.keys, tree.values, strict=True)
            return {str(_literal(key)): _literal(value) for key, value in pairs if key is not None}
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        pass  # no Python: it may be another kind of text
    return None


def _literal(node: ast.expr) -> Any:
    """The value of a literal; of anything else its source."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return ast.unparse(node)


def _from_table(text: str) -> Mapping[str, Any] | None:
    """A Markdown table of two columns: names and values."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) < 3 or not re.fullmatch(r"\|?[\s:|-]*-[\s:|-]*", lines[1]):
        return None
    rows = [_table_cells(line) for line in lines if "|" in line]
    if len(rows) < len(lines) * _LEAST_SHARE or any(len(row) != 2 for row in rows):
        return None
    return {key: _scalar(value) for key, value in rows[2:] if key}


def _table_cells(line: str) -> list[str]:
    line = line.removeprefix("|")
    line = line.removesuffix("|") if not line.endswith(r"\|") else line
    return [cell.strip().strip("`*").replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)]


def _from_lines(text: str) -> Mapping[str, Any] | None:
    """YAML's block mappings, INI, gin and the like; a Markdown list of `key: value`, too."""
    root: dict[str, Any] = {}
    stack: list[tuple[int, dict[str, Any]]] = [(-1, root)]
    pairs = others = 0
    for line in text.expandtabs(2).splitlines():
        bare = line.replace("**", "").replace("`", "").rstrip()
        if not bare.strip() or bare.lstrip().startswith(("#", ";", "---", "[", "%")):
            continue
        match = _PAIR.fullmatch(bare) if len(bare) <= _LONGEST_LINE else None
        if match is None or len(match["key"]) > _LONGEST_KEY or match["key"].count(" ") > _MOST_SPACES:
            others += not _is_item(bare, stack[-1][1])
            continue
        pairs += 1
        _put(stack, len(match["indent"]), match["key"].strip("'\""), _uncommented(match["value"]))
    return root if pairs >= 2 and pairs >= _LEAST_SHARE * (pairs + others) else None


def _put(stack: list[tuple[int, dict[str, Any]]], indent: int, key: str, value: str) -> None:
    """Put a key where its indent says; one without a value opens a mapping of its own."""
    while stack[-1][0] >= indent:
        stack.pop()
    if value:
        stack[-1][1][key] = _scalar(value)
    elif len(stack) <= _MOST_DEEP:
        nested: dict[str, Any] = {}
        stack[-1][1][key] = nested
        stack.append((indent, nested))


def _is_item(line: str, opened: dict[str, Any]) -> bool:
    """Put a line that is an item of a list among those of the key before it; returns whether it is one."""
    text = line.lstrip()
    if not text.startswith("- ") or (opened and _ITEMS not in opened):
        return False
    opened.setdefault(_ITEMS, []).append(_scalar(_uncommented(text[2:])))
    return True


def _uncommented(value: str) -> str:
    value = value.strip()
    return value if value.startswith(("'", '"')) else re.sub(r"(^|\s)#.*", "", value).strip()


def _scalar(text: str) -> HParam:
    """A value of YAML: a number, a flag, null or a text."""
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    lower = text.lower()
    if lower in _WORDS:
        return _WORDS[lower]
    if lower in _INFINITE:
        return _INFINITE[lower]
    if _NUMBER.fullmatch(text):
        return float(text.replace("_", ""))
    return text


def _flatten(found: Mapping[Any, Any], prefix: str, into: dict[str, HParam], depth: int) -> None:
    for key, value in found.items():
        if len(into) >= MOST_KEYS:
            return
        name = f"{prefix}{key}"[:_LONGEST_KEY]
        if isinstance(value, Mapping) and _ITEMS in value:
            value = value[_ITEMS]
        if isinstance(value, Mapping) and value and depth < _MOST_DEEP:
            _flatten(value, f"{name}.", into, depth + 1)
        elif isinstance(value, str | bool | int | float):
            into[name] = value[:_LONGEST_VALUE] if isinstance(value, str) else value
        elif value is not None and value != {}:
            into[name] = _compact(value)


def _compact(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, default=str)[:_LONGEST_VALUE]
    except (ValueError, RecursionError, TypeError):
        return str(type(value).__name__)
