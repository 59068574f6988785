"""What the terminal can show: colours, more than ASCII, coloured blanks by erasing, pixels. From settings and
environment: to ask the terminal itself would be to read its answer where keys come in."""

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


class Pixels(Enum):
    """The ways to show single pixels, named as the option `--images` has them."""

    KITTY = "kitty"
    SIXEL = "sixel"


# Terminals that know 24 bit colours whether or not COLORTERM came through ssh.
_KNOWS_ALL = re.compile(r"-direct|kitty|ghostty|alacritty|contour|foot|mlterm|wezterm")
# DEC's terminals have neither colours nor, as emulated, more than ASCII; "-m" is terminfo's mark of monochrome.
_VT = re.compile(r"vt\d")
# GNU screen and some others erase in the default colour, whatever the present one is.
_ERASES_IN_COLOUR = re.compile(r"xterm|tmux|linux|alacritty|kitty|foot|wezterm|ghostty")
# Those that have the protocol without being set up for it, and take a picture's cells for cells: what is written over
# one takes its place. A terminal that is started from another inherits its variables, but has a TERM of its own.
_PIXELS_BY_TERM = (
    (re.compile(r"xterm-kitty|xterm-ghostty|ghostty"), Pixels.KITTY),
    (re.compile(r"foot|contour|mlterm|wezterm"), Pixels.SIXEL),
)
# WezTerm has xterm's name. Its own variables are inherited, so these must not be there besides.
_OTHER_TERMINALS = (
    "ALACRITTY_WINDOW_ID", "GHOSTTY_RESOURCES_DIR", "ITERM_SESSION_ID", "KITTY_WINDOW_ID", "KONSOLE_VERSION",
    "VTE_VERSION", "WT_SESSION", "XTERM_VERSION",
)  # fmt: skip
# Programs that draw the terminal anew and know no pixels, or hand them on only if they are told to; and connections on
# which a picture's bytes are waited for.
_BETWEEN = (
    "INSIDE_EMACS", "NVIM", "SSH_CLIENT", "SSH_CONNECTION", "SSH_TTY", "STY", "TMUX", "VIM_TERMINAL", "WSL_DISTRO_NAME",
    "ZELLIJ",
)  # fmt: skip
_CANNOT_MOVE = ("dumb", "unknown")


@dataclass(frozen=True, slots=True)
class TerminalKind:
    """`ascii`: only ASCII is shown as it is meant. `erases_in_colour`: erased cells get the present background.
    `pixels`: how single pixels are shown, None for not at all; `in_tmux`: what is for the terminal has to pass tmux.
    """

    colours: Colours = Colours.ALL
    ascii: bool = False
    erases_in_colour: bool = False
    pixels: Pixels | None = None
    in_tmux: bool = False


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
    ascii = in_ascii if settings.ascii is None else settings.ascii
    return TerminalKind(
        colours=colours,
        ascii=ascii,
        erases_in_colour=bool(_ERASES_IN_COLOUR.match(term)) and "STY" not in environ,
        pixels=None if ascii or colours is Colours.NONE else _pixels(settings.images, colours, environ),
        in_tmux="TMUX" in environ,
    )


def _pixels(images: str, colours: Colours, environ: Mapping[str, str]) -> Pixels | None:
    if images != "auto":
        return next((pixels for pixels in Pixels if pixels.value == images), None)
    if colours not in (Colours.ALL, Colours.MANY) or any(environ.get(name) for name in _BETWEEN):
        return None
    for term, pixels in _PIXELS_BY_TERM:
        if term.match(environ.get("TERM", "")):
            return pixels
    is_wezterm = environ.get("TERM_PROGRAM") == "WezTerm" and not any(environ.get(name) for name in _OTHER_TERMINALS)
    return Pixels.SIXEL if is_wezterm else None


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
