"""The command line: `tbtui LOGDIR...` opens the screen, the subcommands print.

Exit codes: 0 fine, 1 nothing matched or a file is damaged, 2 usage or a path that cannot be read.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from types import ModuleType

from tui import __version__
from tui.cli.errors import CommandError

# Modules of this package, imported when they are run: nobody waits for what others need.
_COMMANDS = ("demo", "ls", "tags", "export", "inspect")
_USAGE = """tbtui LOGDIR...          watch the runs in these directories
       tbtui demo [DIR]         write a live synthetic training and watch it
       tbtui ls LOGDIR          list runs
       tbtui tags LOGDIR        list tags
       tbtui export LOGDIR      write every point, histogram, text, image... for other programs
       tbtui inspect FILE       check an event file
       tbtui COMMAND --help     options of a command"""
_EPILOG = """A LOGDIR is a directory with event files in it or below it; NAME:PATH gives it a name.
A logdir that is called like a command is opened by ./NAME."""


def entry_point() -> int:
    """Run the command that sys.argv holds; returns the exit code."""
    if sys.stdout is None or sys.stderr is None:  # closed by `>&-`; the terminal's other end may still be told
        os.write(2 if sys.stdout is None else 1, b"tbtui: stdout or stderr is closed; send it to /dev/null instead\n")
        return 2
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
        return code
    except CommandError as error:
        sys.stderr.write(f"tbtui: {error}\n")
        return 2
    except BrokenPipeError:
        # Whoever read our output has seen enough (`| head`). What is still buffered must not fail at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def main(argv: Sequence[str]) -> int:
    """Run one command; returns its exit code.

    Raises:
        CommandError: it cannot be done; the message says why.
        SystemExit: help, version, or wrong usage, as argparse has it.
    """
    if not argv:
        sys.stderr.write(f"usage: {_USAGE}\n")
        return 2
    if argv[0] in _COMMANDS:
        arguments = _command_parser(argv[:1]).parse_args(argv)
        code: int = _module_of(arguments.command).run(arguments)
        return code
    if argv[0].startswith("-"):
        parser = _command_parser(() if argv[0] == "--version" else _COMMANDS)
        parser.parse_args(argv[:1])
        parser.error("no COMMAND and no LOGDIR")
    return _open_screen(_screen_parser().parse_args(argv).logdirs)


def _module_of(command: str) -> ModuleType:
    return import_module(f"tui.cli.{command}")


def _command_parser(commands: Iterable[str]) -> argparse.ArgumentParser:
    parser = _parser()
    parser.add_argument("--version", action="version", version=f"tbtui {__version__}")
    # Without their own `prog` the subcommands would repeat the whole usage text.
    subparsers = parser.add_subparsers(metavar="COMMAND", dest="command", prog="tbtui")
    for command in commands:
        _module_of(command).add_parser(subparsers)
    return parser


def _screen_parser() -> argparse.ArgumentParser:
    parser = _parser()
    parser.add_argument("logdirs", metavar="LOGDIR", nargs="+")
    return parser


def _parser() -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        prog="tbtui",
        usage=_USAGE,
        description="TensorBoard for the terminal.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _open_screen(arguments: Sequence[str]) -> int:
    from tui.cli.logdirs import parse_logdirs
    from tui.cli.terminal import need_terminal

    logdirs = parse_logdirs(arguments)
    need_terminal("`tbtui ls` and `tbtui export` print without one")
    # The only import of Textual from here: every other command does without it.
    from tui.app.app import run_app

    return run_app(logdirs)
