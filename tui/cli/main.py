"""The command line: `tbtui LOGDIR...` opens the screen, the subcommands print.

Exit codes: 0 fine, 1 nothing matched or a file is damaged, 2 usage or a path that cannot be read.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType

from tui.cli.errors import CommandError

# Modules of this package, imported when they are run: nobody waits for what others need.
_COMMANDS = ("demo", "serve", "ls", "tags", "export", "plot", "report", "hparams", "diff", "check", "status", "inspect")
_USAGE = """tbtui LOGDIR... [OPTIONS]   watch the runs in these directories
       tbtui demo [DIR] [OPTIONS]  write a live synthetic training and watch it
       tbtui serve LOGDIR...       show the screen in a browser
       tbtui ls LOGDIR             list runs
       tbtui tags LOGDIR           list tags
       tbtui export LOGDIR         write every point, histogram, text, image... for other programs
       tbtui plot LOGDIR           draw charts as text
       tbtui report LOGDIR...      one file about the runs, for a pull request or a mail
       tbtui hparams LOGDIR        compare sessions by hparams and metrics
       tbtui diff LOGDIR RUN RUN   what tells two runs apart
       tbtui check LOGDIR...       what looks wrong in the runs, with an exit code for scripts
       tbtui status LOGDIR...      one line, for a status bar
       tbtui inspect FILE          check an event file
       tbtui COMMAND --help        options of a command"""
_EPILOG = """A LOGDIR may be a URL: s3://, gs://, ssh://, https://... (docs/remote.md).
NAME:PATH gives it a name; one that is called like a command is opened by ./NAME."""


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
        module = import_module(f"tui.cli.{argv[0]}")
        arguments = _command_parser(module).parse_args(argv)
        _choose_cache(arguments)
        code: int = module.run(arguments)
        return code
    if "--version" in argv:
        from tui import __version__

        sys.stdout.write(f"tbtui {__version__}\n")
        return 0
    parser = _screen_parser()
    arguments = parser.parse_intermixed_args(argv)
    _choose_cache(arguments)
    if not arguments.logdirs:
        parser.error("no LOGDIR")
    if (first := arguments.logdirs[0]) in _COMMANDS and not Path(first).exists():
        parser.error(f"{first} is a command: its options stand behind it")
    return _open_screen(arguments)


def _command_parser(module: ModuleType) -> argparse.ArgumentParser:
    parser = _parser()
    # Without their own `prog` the subcommands would repeat the whole usage text.
    subparsers = parser.add_subparsers(metavar="COMMAND", prog="tbtui")
    module.add_parser(subparsers)
    for command in subparsers.choices.values():
        if any(action.metavar == "LOGDIR" for action in command._actions):
            _add_cache(command)
    return parser


def _add_cache(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--cache", metavar="DIR", help="where remote logdirs are mirrored, instead of ~/.cache/tbtui/remote"
    )


def _choose_cache(arguments: argparse.Namespace) -> None:
    """For this process and those that it starts, as the variable would."""
    if getattr(arguments, "cache", None):
        os.environ["TBTUI_CACHE"] = str(Path(arguments.cache).expanduser().absolute())


def _screen_parser() -> argparse.ArgumentParser:
    from tui.cli.screen_options import add_screen_options

    parser = _parser()
    parser.add_argument("logdirs", metavar="LOGDIR", nargs="*", help="a directory with event files in or below it")
    parser.add_argument("--version", action="store_true", help="show the version and exit")
    _add_cache(parser)
    add_screen_options(parser)
    return parser


def _parser() -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        prog="tbtui",
        usage=_USAGE,
        description="TensorBoard for the terminal.",
        epilog=_EPILOG,
        formatter_class=partial(argparse.RawDescriptionHelpFormatter, max_help_position=30),
    )


def _open_screen(arguments: argparse.Namespace) -> int:
    from tui.cli.logdirs import parse_logdirs
    from tui.cli.screen_options import start_of
    from tui.cli.terminal import need_terminal

    logdirs = parse_logdirs(arguments.logdirs)
    start = start_of(arguments)
    need_terminal("`tbtui ls` and `tbtui export` print without one")
    # The only import of Textual from here: every other command does without it.
    from tui.app.app import run_app

    return run_app(logdirs, start)
