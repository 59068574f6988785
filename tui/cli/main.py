"""The command line: `tbtui LOGDIR...` opens the screen, the subcommands print.

Exit codes: 0 fine, 1 nothing matched or a file is damaged, 2 usage or a path that cannot be read.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType

from tui.cli.errors import CommandError
from tui.cli.harmless import guard_stderr
from tui.cli.help_format import HelpFormatter, laid_out
from tui.cli.help_text import COMMAND_LIST, DESCRIPTION, EPILOG, LOGDIR_HELP, USAGE, finish_help

# Modules of this package, imported when they are run: nobody waits for what others need.
COMMANDS = (
    "demo", "serve", "ls", "tags", "status", "check", "hparams", "diff", "plot", "report", "export", "inspect",
    "completion",
)  # fmt: skip


def entry_point() -> int:
    """Run the command that sys.argv holds; returns the exit code."""
    if sys.stdout is None or sys.stderr is None:  # closed by `>&-`; the terminal's other end may still be told
        os.write(2 if sys.stdout is None else 1, b"tbtui: stdout or stderr is closed; send it to /dev/null instead\n")
        return 2
    guard_stderr()
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # In the middle of an import KeyboardInterrupt may become another error, or be lost: it ends us silently.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
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
        sys.stderr.write(f"usage: {USAGE}\n\n{laid_out(COMMAND_LIST)}\n")
        return 2
    if argv[0] in COMMANDS:
        module = import_module(f"tui.cli.{argv[0]}")
        parser, _ = _command_parser(argv[0], module)
        arguments = parser.parse_args(argv)
        _choose_cache(arguments)
        take_interrupts()
        code: int = module.run(arguments)
        return code
    if "--version" in argv:
        from tui.cli.version import version_lines

        sys.stdout.write("".join(f"{line}\n" for line in version_lines()))
        return 0
    parser = screen_parser()
    arguments = parser.parse_intermixed_args(argv)
    _choose_cache(arguments)
    if not arguments.logdirs:
        parser.error("no LOGDIR")
    if (first := arguments.logdirs[0]) in COMMANDS and not Path(first).exists():
        parser.error(f"{first} is a command: its options stand behind it")
    take_interrupts()
    return _open_screen(arguments)


def take_interrupts() -> None:
    """What is under way can be ended by Ctrl+C from now on, with what it has to clean up."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _command_parser(name: str, module: ModuleType) -> tuple[argparse.ArgumentParser, argparse.ArgumentParser]:
    """What reads the whole command line, and the command's own part of it."""
    parser = _parser()
    # Without their own `prog` the subcommands would repeat the whole usage text.
    subparsers = parser.add_subparsers(metavar="COMMAND", prog="tbtui")
    module.add_parser(subparsers)
    command = subparsers.choices[name]
    if any(action.metavar == "LOGDIR" for action in command._actions):
        _add_cache(command)
    finish_help(name, command)
    return parser, command


def command_parsers() -> dict[str, argparse.ArgumentParser]:
    """The parser of each command, by its name; imports all commands."""
    return {name: _command_parser(name, import_module(f"tui.cli.{name}"))[1] for name in COMMANDS}


def _add_cache(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--cache", metavar="DIR", help="where remote logdirs are mirrored; default: ~/.cache/tbtui/remote"
    )


def _choose_cache(arguments: argparse.Namespace) -> None:
    """For this process and those that it starts, as the variable would."""
    if getattr(arguments, "cache", None):
        os.environ["TBTUI_CACHE"] = str(Path(arguments.cache).expanduser().absolute())


def screen_parser() -> argparse.ArgumentParser:
    """The parser of `tbtui LOGDIR... [OPTIONS]`."""
    from tui.cli.screen_options import add_screen_options

    parser = _parser()
    parser.add_argument("logdirs", metavar="LOGDIR", nargs="*", help=LOGDIR_HELP)
    parser.add_argument("--version", action="store_true", help="show the version and what else a bug report needs")
    _add_cache(parser)
    add_screen_options(parser)
    return parser


def _parser() -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        prog="tbtui",
        usage=USAGE,
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=HelpFormatter,
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
