"""What the environment says about the terminal, and the settings that know better."""

from __future__ import annotations

import pytest

from tui.app.settings import RULES, OneOf, Settings
from tui.app.terminal_kind import Colours, Pixels, moves_cursor, terminal_kind

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


KITTY, SIXEL = Pixels.KITTY, Pixels.SIXEL


@pytest.mark.parametrize(
    ("environ", "pixels"),
    [
        ({"TERM": "xterm-kitty", "KITTY_WINDOW_ID": "1"}, KITTY),
        ({"TERM": "xterm-ghostty", "GHOSTTY_RESOURCES_DIR": "/usr/share/ghostty"}, KITTY),
        ({"TERM": "foot"}, SIXEL),
        ({"TERM": "foot-extra"}, SIXEL),
        ({"TERM": "contour"}, SIXEL),
        ({"TERM": "mlterm-256color"}, SIXEL),
        ({"TERM": "wezterm"}, SIXEL),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm", **TRUECOLOR}, SIXEL),
        # Started from another terminal, which left its variables.
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1", **TRUECOLOR}, None),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm", "VTE_VERSION": "7600", **TRUECOLOR}, None),
        ({"TERM": "foot", "KITTY_WINDOW_ID": "1"}, SIXEL),
        # Something is in between.
        ({"TERM": "xterm-kitty", "TMUX": "/tmp/tmux-0/default,1,0"}, None),
        ({"TERM": "tmux-256color", "TERM_PROGRAM": "tmux", "TMUX": "x", **TRUECOLOR}, None),
        ({"TERM": "screen", "STY": "1.pts", "KITTY_WINDOW_ID": "1"}, None),
        ({"TERM": "xterm-kitty", "ZELLIJ": "0"}, None),
        ({"TERM": "xterm-kitty", "SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22"}, None),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm", "WSL_DISTRO_NAME": "Debian", **TRUECOLOR}, None),
        # Nothing is known of pixels, or there are none.
        ({"TERM": "xterm-256color", **TRUECOLOR}, None),
        ({"TERM": "alacritty"}, None),
        ({"TERM": "linux"}, None),
        ({"TERM": "xterm-kitty", "NO_COLOR": "1"}, None),
        ({}, None),
    ],
)
def test_pixels_of_a_terminal(environ: dict[str, str], pixels: Pixels | None) -> None:
    assert terminal_kind(Settings(), environ, "utf-8").pixels is pixels


@pytest.mark.parametrize(("images", "pixels"), [("kitty", KITTY), ("sixel", SIXEL), ("blocks", None), ("ascii", None)])
def test_pixels_as_they_are_asked_for(images: str, pixels: Pixels | None) -> None:
    for environ in ({"TERM": "xterm-kitty"}, {"TERM": "tmux-256color", "TMUX": "x", "SSH_TTY": "/dev/pts/0"}):
        kind = terminal_kind(Settings(images=images), environ, "utf-8")
        assert kind.pixels is pixels
        assert kind.in_tmux is ("TMUX" in environ)
    for without in ({"TERM": "linux"}, {"TERM": "xterm-kitty", "NO_COLOR": "1"}):
        assert terminal_kind(Settings(images=images), without, "utf-8").pixels is None
    assert terminal_kind(Settings(images=images, ascii=True), {"TERM": "xterm-kitty"}, "utf-8").pixels is None


def test_the_terminals_own_colours_are_no_pixels_unless_asked_for() -> None:
    assert terminal_kind(Settings(palette="ansi"), {"TERM": "foot"}, "utf-8").pixels is None
    assert terminal_kind(Settings(palette="ansi", images="sixel"), {"TERM": "foot"}, "utf-8").pixels is SIXEL
