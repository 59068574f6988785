"""What the environment says about the terminal, and the settings that know better."""

from __future__ import annotations

import pytest

from tui.app.settings import RULES, OneOf, Settings
from tui.app.terminal_kind import Colours, moves_cursor, terminal_kind

TRUECOLOR = {"COLORTERM": "truecolor"}


@pytest.mark.parametrize(
    ("environ", "colours"),
    [
        ({"TERM": "xterm-256color"}, Colours.MANY),
        ({"TERM": "xterm-256color", **TRUECOLOR}, Colours.ALL),
        ({"TERM": "xterm-256color", "COLORTERM": "24bit"}, Colours.ALL),
        ({"TERM": "xterm-256color", "COLORTERM": "yes"}, Colours.MANY),
        ({"TERM": "xterm-kitty"}, Colours.ALL),
        ({"TERM": "xterm-direct"}, Colours.ALL),
        ({"TERM": "xterm"}, Colours.SIXTEEN),
        ({"TERM": "screen"}, Colours.SIXTEEN),
        ({"TERM": "tmux-256color"}, Colours.MANY),
        ({"TERM": "screen-256color", "STY": "1.pts", **TRUECOLOR}, Colours.MANY),
        ({"TERM": "linux"}, Colours.EIGHT),
        ({"TERM": "linux", **TRUECOLOR}, Colours.EIGHT),
        ({"TERM": "vt220"}, Colours.NONE),
        ({"TERM": "xterm-m"}, Colours.NONE),
        ({"TERM": "dumb", **TRUECOLOR}, Colours.NONE),
        ({"TERM": "xterm-256color", "NO_COLOR": "1", **TRUECOLOR}, Colours.NONE),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, Colours.MANY),
        ({}, Colours.SIXTEEN),
    ],
)
def test_colours_of_a_terminal(environ: dict[str, str], colours: Colours) -> None:
    assert terminal_kind(Settings(), environ, "utf-8").colours is colours


def test_settings_know_better_than_the_environment() -> None:
    environ = {"TERM": "linux", "NO_COLOR": "1"}
    assert terminal_kind(Settings(colours="256"), environ, "utf-8").colours is Colours.MANY
    assert not terminal_kind(Settings(ascii=False), environ, "utf-8").ascii
    assert terminal_kind(Settings(ascii=True), {"TERM": "xterm"}, "utf-8").ascii


def test_the_palette_of_the_terminals_own_colours_takes_no_others() -> None:
    environ = {"TERM": "xterm-256color", **TRUECOLOR}
    assert terminal_kind(Settings(palette="ansi"), environ, "utf-8").colours is Colours.SIXTEEN
    assert terminal_kind(Settings(palette="ansi"), {"TERM": "linux"}, "utf-8").colours is Colours.EIGHT


def test_every_choice_of_colours_is_one() -> None:
    rule = RULES["colours"]
    assert isinstance(rule, OneOf)
    assert set(rule.words) == {colours.value for colours in Colours}


@pytest.mark.parametrize(
    ("term", "encoding", "in_ascii"),
    [
        ("xterm-256color", "utf-8", False),
        ("xterm-256color", "UTF-8", False),
        ("xterm-256color", "iso8859-1", True),
        ("linux", "utf-8", True),
        ("vt100", "utf-8", True),
    ],
)
def test_where_only_ascii_is_shown(term: str, encoding: str, in_ascii: bool) -> None:
    assert terminal_kind(Settings(), {"TERM": term}, encoding).ascii is in_ascii


@pytest.mark.parametrize(
    ("environ", "erases"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "tmux-256color"}, True),
        ({"TERM": "linux"}, True),
        ({"TERM": "screen-256color"}, False),
        ({"TERM": "xterm-256color", "STY": "1.pts"}, False),
        ({"TERM": "eterm-color"}, False),
    ],
)
def test_where_erasing_leaves_the_background(environ: dict[str, str], erases: bool) -> None:
    assert terminal_kind(Settings(), environ, "utf-8").erases_in_colour is erases


def test_where_the_cursor_cannot_be_moved() -> None:
    assert [moves_cursor({"TERM": term}) for term in ("dumb", "unknown", "xterm", "linux")] == [
        False,
        False,
        True,
        True,
    ]
