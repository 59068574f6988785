"""`--help` and `--version`: what they tell, and how they are laid out."""

from __future__ import annotations

import platform
import re
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.tui.cli.commands import called
from tui.cli.help_format import laid_out
from tui.cli.help_text import HELP
from tui.cli.main import COMMANDS, command_parsers, screen_parser
from tui.cli.version import version_lines

ROOT = Path(__file__).parents[3]


def help_of(command: str) -> str:
    parser = command_parsers()[command] if command else screen_parser()
    return parser.format_help()


@pytest.mark.parametrize("command", ["", *COMMANDS])
@pytest.mark.parametrize("columns", [40, 80, 300])
def test_lines_fit(command: str, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = help_of(command).splitlines()
    # What has no spaces in it is not broken, neither is what argparse says of the usage.
    too_long = [line for line in lines if len(line) > min(columns, 100) and len(line.split()) > 1]
    assert [line for line in too_long if not re.match(r" +(\{|\[|--\w+ \{)", line)] == []
    assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_description_examples_and_exit_codes(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    shown = help_of(command)
    assert command_parsers()[command].description
    examples, codes = re.findall(r"\nexamples:\n((?:  .*\n)+)\nexit codes:\n((?:  .*\n?)+)", shown)[0]
    assert f"tbtui {command} " in examples + " "
    one, _ = HELP[command]
    assert re.fullmatch(r"  0  .*\n" + (r"  1  .*\n" if one else "") + r"  2  .*\n?", codes)
    assert "(default" not in shown.replace("(default: what TERM", "")


def test_every_option_says_what_it_does() -> None:
    for parser in (screen_parser(), *command_parsers().values()):
        assert [action.dest for action in parser._actions if not action.help] == []


def test_the_environment_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = help_of("")
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tui").rglob("*.py"))
    variables = set(re.findall(r"\"(TBTUI_[A-Z]+|XDG_[A-Z]+_HOME|NO_COLOR)\"", code))
    assert variables >= {"TBTUI_CONFIG", "TBTUI_CACHE", "TBTUI_PATIENCE", "TBTUI_TOKEN", "XDG_STATE_HOME", "NO_COLOR"}
    assert {name for name in variables if name not in shown} == set()


def test_items_are_wrapped_under_their_text(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a b\nc:\n  word  one two three four five six seven\n  0  zero\n\n  --an-option  what it is\nend"
    monkeypatch.setenv("COLUMNS", "70")
    assert laid_out(text).splitlines() == [
        "a b",
        "c:",
        "  word  one two three four five six seven",
        "  0  zero",
        "",
        "  --an-option  what it is",
        "end",
    ]
    monkeypatch.setenv("COLUMNS", "28")
    assert laid_out(text).splitlines() == [
        "a b",
        "c:",
        "  word",
        "      one two three four",
        "      five six seven",
        "  0  zero",
        "",
        "  --an-option",
        "      what it is",
        "end",
    ]


def test_no_arguments_name_every_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = called()
    assert shown.returncode == 2
    assert all(f"\n  {command} " in shown.stderr for command in COMMANDS)


def test_the_version_tells_what_a_bug_report_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TERM", "COLORTERM", "TERM_PROGRAM", "LANG", "LC_ALL", "NO_COLOR", "TMUX", "STY", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    first, python, packages, terminal = version_lines()
    assert first == f"tbtui {version('tbtui')}"
    assert python.startswith(f"Python {platform.python_version()} (")
    assert packages.startswith(f"textual {version('textual')}, numpy {version('numpy')}, protobuf ")
    assert terminal == "terminal: none of its variables is set"
    monkeypatch.setenv("TERM", "xterm\x1b[2J")
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("TMUX", "/tmp/tmux-1000/default,1,0")
    assert [*version_lines()][3] == "terminal: TERM LANG=C.UTF-8 TMUX"
