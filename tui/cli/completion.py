"""`tbtui completion SHELL`: prints what makes a shell complete commands, options, choices and directories.

The scripts are static: they name what there is in this version, and start no Python while one types.
"""

from __future__ import annotations

import argparse
import re

from tui.cli.completion_bash import bash_script
from tui.cli.completion_fish import fish_script
from tui.cli.completion_words import Command, Option, Words, first_words
from tui.cli.completion_zsh import zsh_script
from tui.cli.output import results

_SCRIPTS = {"bash": bash_script, "zsh": zsh_script, "fish": fish_script}
_DESCRIPTION = """Print a script that makes the shell complete commands, options, their choices, directories and files.
It names what there is in this version: completing starts no Python. Put into a file where the shell looks for such
scripts (docs/configuration.md), it delays no start of the shell either; after an update make it again."""
_WORDS_BY_METAVAR = {
    "LOGDIR": Words.LOGDIRS,
    "DIR": Words.DIRECTORIES,
    "FILE": Words.FILES,
    "PATH": Words.FILES,
}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = subparsers.add_parser("completion", help="print a completion script", description=_DESCRIPTION)
    parser.add_argument("shell", metavar="SHELL", choices=[*_SCRIPTS], help=f"one of {', '.join(_SCRIPTS)}")


def run(arguments: argparse.Namespace) -> int:
    """Print the script; returns the exit code."""
    with results(None) as stream:
        stream.write(_SCRIPTS[arguments.shell](commands()))
    return 0


def commands() -> list[Command]:
    """What can be completed: first `tbtui` itself, called by an empty name, then each command."""
    from tui.cli.main import command_parsers, screen_parser

    abouts = first_words()
    parsers = {"": screen_parser(), **command_parsers()}
    return [_command(name, abouts.get(name, ""), parser) for name, parser in parsers.items()]


def _command(name: str, about: str, parser: argparse.ArgumentParser) -> Command:
    actions = [action for action in parser._actions if action.help != argparse.SUPPRESS]
    options = tuple(_option(action) for action in actions if action.option_strings)
    arguments = [action for action in actions if not action.option_strings]
    words, choices = _values(arguments[0])
    return Command(name, about, options, words, choices)


def _option(action: argparse.Action) -> Option:
    words, choices = (Words.NONE, ()) if action.nargs == 0 else _values(action)
    # What comes after that are details, choices and the default.
    about = re.split(r"; | \(|: " if words is Words.CHOICES else r"; | \(", action.help or "")[0]
    is_repeatable = isinstance(action, argparse._AppendAction)
    return Option(tuple(action.option_strings), about, words, choices, action.nargs == "?", is_repeatable)


def _values(action: argparse.Action) -> tuple[Words, tuple[str, ...]]:
    if action.choices is not None:
        return Words.CHOICES, tuple(map(str, action.choices))
    metavar = action.metavar if isinstance(action.metavar, str) else ""
    return _WORDS_BY_METAVAR.get(metavar, Words.ANY), ()
