"""A screen in a process of its own that `tbtui serve` starts for each browser tab: `python -m tui.cli.served`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace

from tui.cli.errors import CommandError
from tui.cli.logdirs import parse_logdirs
from tui.cli.screen_options import add_screen_options, start_of


def main(argv: Sequence[str]) -> int:
    """Open the screen on the driver that TEXTUAL_DRIVER names; returns the exit code."""
    parser = argparse.ArgumentParser(prog="tbtui")
    parser.add_argument("logdirs", metavar="LOGDIR", nargs="+")
    add_screen_options(parser)
    arguments = parser.parse_args(argv)
    try:
        logdirs = parse_logdirs(arguments.logdirs)
        start = start_of(arguments)
    except CommandError as error:
        sys.stderr.write(f"tbtui: {error}\n")
        return 2
    if start.settings.images in ("kitty", "sixel"):  # configured for terminals that have them; the page has not
        start = replace(start, settings=replace(start.settings, images="auto"))
    from tui.app.app import run_app

    return run_app(logdirs, start)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
