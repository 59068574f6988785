"""What the terminal can show: colours, more than ASCII, coloured blanks by erasing. From settings and environment."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from tui.app.settings import Settings


class Colours(Enum):
    """How many colours there are: with EIGHT, eight more are bold; NONE keeps bold, dim, reverse and underline."""

    ALL = "truecolor"
    MANY = "256"
    SIXTEEN = "16"
    EIGHT = "8"
    NONE = "none"


# Terminals that know 24 bit colours whether or not COLORTERM came through ssh.
_KNOWS_ALL = re.compile(r"-direct|kitty|ghostty|alacritty|foot|wezterm")
# DEC's terminals have neither colours nor, as emulated, more than ASCII; "-m" is terminfo's mark of monochrome.
_VT = re.compile(r"vt\d")
# GNU screen and some others erase in the default colour, whatever the present one is.
_ERASES_IN_COLOUR = re.compile(r"xterm|tmux|linux|alacritty|kitty|foot|wezterm|ghostty")
_CANNOT_MOVE = ("dumb", "unknown")


@dataclass(frozen=True, slots=True)
class TerminalKind:
    """`ascii`: only ASCII is shown as it is meant. `erases_in_colour`: erased cells get the present background."""

    colours: Colours = Colours.ALL
    ascii: bool = False
    erases_in_colour: bool = False


FULL = TerminalKind()
"""A terminal that can show all."""


def terminal_kind(
    settings: Settings, environ: Mapping[str, str] = os.environ, encoding: str | None = None
) -> TerminalKind:
    """What to show on this terminal; settings go first, then NO_COLOR, then TERM and COLORTERM.

    `encoding` is what Textual writes in, stderr's unless given.
    """
    term = environ.get("TERM", "")
    encoding = encoding or getattr(sys.__stderr__, "encoding", None) or "ascii"
    in_ascii = term == "linux" or bool(_VT.match(term)) or not encoding.lower().startswith("utf")
    colours = Colours(settings.colours) if settings.colours else _colours(term, environ)
    if settings.palette == "ansi" and colours in (Colours.ALL, Colours.MANY):
        colours = Colours.SIXTEEN
    return TerminalKind(
        colours=colours,
        ascii=in_ascii if settings.ascii is None else settings.ascii,
        erases_in_colour=bool(_ERASES_IN_COLOUR.match(term)) and "STY" not in environ,
    )


def moves_cursor(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether text can be put anywhere on the terminal."""
    return environ.get("TERM", "") not in _CANNOT_MOVE


def _colours(term: str, environ: Mapping[str, str]) -> Colours:
    if environ.get("NO_COLOR") or term in _CANNOT_MOVE or _VT.match(term) or term.endswith("-m"):
        return Colours.NONE
    if term == "linux":
        return Colours.EIGHT
    said = environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit")
    # GNU screen passes on the COLORTERM of the terminal that it was started in, but knows no such colours.
    if _KNOWS_ALL.search(term) or (said and "STY" not in environ):
        return Colours.ALL
    return Colours.MANY if "256color" in term else Colours.SIXTEEN
