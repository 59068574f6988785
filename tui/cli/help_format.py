"""How `--help` is laid out: paragraphs, and lists of a word and what it means, wrapped at any width."""

from __future__ import annotations

import argparse
import re

_NARROWEST, _WIDEST = 20, 100
_NARROW = 60
"""Below so many columns an explanation stands under its word, as argparse has it too."""
_UNDER = 6
_HELP_POSITION = 30
_ITEM = re.compile(r"(?P<word> +\S.*?)  +(?P<text>\S.*)")


class HelpFormatter(argparse.HelpFormatter):
    """argparse's, but for descriptions and epilogs: what is indented, or ends with a colon, keeps its line.

    An indented line is a word, two spaces or more, and its meaning, which is wrapped under itself. What is not indented
    is a paragraph, up to the next empty line.
    """

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=_HELP_POSITION, width=_columns())

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(f"{indent}{line}".rstrip() for line in _lines(text, width))

    def _split_lines(self, text: str, width: int) -> list[str]:
        return _wrapped(" ".join(text.split()), width)


def laid_out(text: str) -> str:
    """A text as wide as the terminal, like a description."""
    return "\n".join(_lines(text, _columns()))


# The modules that only help needs are imported here: whoever opens the screen does not wait for them.
def _columns() -> int:
    import shutil

    return max(_NARROWEST, min(shutil.get_terminal_size().columns - 2, _WIDEST))


def _lines(text: str, width: int) -> list[str]:
    lines: list[str] = []
    paragraph: list[str] = []
    for line in [*text.splitlines(), ""]:
        is_own = not line or line.startswith(" ") or line.endswith(":")
        if paragraph and is_own:
            lines += _wrapped(" ".join(paragraph), width)
            paragraph = []
        if is_own:
            lines += _item(line, width)
        else:
            paragraph.append(line)
    return lines[:-1]


def _item(line: str, width: int) -> list[str]:
    found = _ITEM.fullmatch(line)
    if found is None:
        return _wrapped(line, width, " " * _UNDER)
    column = found.start("text")
    if width >= _NARROW or column <= _UNDER:
        return _wrapped(line, width, " " * column)
    under = " " * _UNDER
    return [*_wrapped(found["word"], width, under), *_wrapped(under + found["text"], width, under)]


def _wrapped(text: str, width: int, under: str = "") -> list[str]:
    """Options and paths are not broken, wherever they stand."""
    import textwrap

    wrapped = textwrap.wrap(text, width, subsequent_indent=under, break_on_hyphens=False, break_long_words=False)
    return wrapped or [""]
