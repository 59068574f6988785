"""`tbtui report`: one self-contained file about the runs, for pull requests and mails: HTML, Markdown or SVG."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tui import __version__
from tui.cli.chart_options import add_chart_options, view_of, whole
from tui.cli.errors import CommandError
from tui.cli.export.choice import Choice
from tui.cli.help_text import LOGDIR_HELP
from tui.cli.logdirs import check_output
from tui.cli.output import results
from tui.cli.pattern import pattern
from tui.cli.reading import read_logdirs, tell
from tui.cli.report.content import Report
from tui.cli.report.gather import Wanted, gather
from tui.cli.report.html import as_html
from tui.cli.report.markdown import as_markdown
from tui.cli.report.svg import as_svg
from tui.render.text import printable

_WRITERS: Mapping[str, Callable[[Report], str]] = {"html": as_html, "md": as_markdown, "svg": as_svg}
_SUFFIXES = {".html": "html", ".htm": "html", ".md": "md", ".markdown": "md", ".svg": "svg"}
_MOST_ROWS = {"html": 500, "md": 20, "svg": 0}
"""Runs in the table: a page is scrolled through, a mail is not."""
_CHARTS, _MOST_CHARTS = 8, 100
_SMOOTHING = 0.6
_DESCRIPTION = """One file that tells what came out: best values, what looks wrong, a table of the runs, charts of the
metrics that tell, and which hparam goes with them. It needs nothing else: no script, no network."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `report` to the command line."""
    parser = subparsers.add_parser("report", help="write one file about the runs", description=_DESCRIPTION)
    add = parser.add_argument
    add("logdirs", metavar="LOGDIR", nargs="+", help=LOGDIR_HELP)
    add("-o", metavar="PATH", dest="path", help="the file: .html, .md or .svg; - or nothing is stdout")
    add("--format", choices=[*_WRITERS], help="default: as the file's name ends, md on stdout")
    add("--title", metavar="TEXT", help="the heading; default: the logdirs")
    add(
        "--tag",
        metavar="RE",
        dest="tag_re",
        help="charts of tags in which this is found; default: those that tell most",
    )
    add("--charts", metavar="N", type=whole("number of charts", 0, _MOST_CHARTS), default=_CHARTS,
        help="at most so many charts; default: %(default)s")  # fmt: skip
    add_chart_options(parser, smooth=_SMOOTHING, outliers=False)
    add(
        "--no-date",
        action="store_true",
        help="leave out the line that says when it was made, so that reports can be compared",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the report; returns the exit code, 1 where there are no runs."""
    path = None if arguments.path in (None, "-") else arguments.path
    form = _format(path, arguments.format)
    check_output(path, arguments.logdirs)
    choice = Choice(pattern("--run", arguments.run_re), pattern("--tag", arguments.tag_re or ""))
    snapshot = read_logdirs(arguments.logdirs)
    report = gather(snapshot, _wanted(arguments, choice, form))
    if report is None:
        shown = printable(", ".join(arguments.logdirs))
        tell("no run matches --run; `tbtui ls` lists the runs" if snapshot.runs else f"no event files under {shown}")
        return 1
    if arguments.tag_re and not report.charts:
        tell("no scalars match --tag; `tbtui tags` lists the tags")
        return 1
    text = _WRITERS[form](report)
    with results(path) as stream:
        stream.write(text)
    return 0


def _format(path: str | None, given: str | None) -> str:
    """What to write.

    Raises:
        CommandError: the file's name does not tell.
    """
    if given is not None or path is None:
        return given or "md"
    form = _SUFFIXES.get(Path(path).suffix.lower())
    if form is None:
        raise CommandError(f"{printable(path)}: a report is .html, .md or .svg; name it so, or say --format")
    return form


def _name(logdir: str) -> str:
    """What to call a LOGDIR argument: as it was given, unless that says where it is only to who is there."""
    return (set(logdir) <= set("./") and Path(logdir).resolve().name) or logdir


def _wanted(arguments: argparse.Namespace, choice: Choice, form: str) -> Wanted:
    made = time.strftime(f"tbtui {__version__}, %Y-%m-%d %H:%M %Z")
    return Wanted(
        title=arguments.title or ", ".join(map(_name, arguments.logdirs)),
        made="" if arguments.no_date else made,
        choice=choice,
        tagged=arguments.tag_re is not None,
        view=view_of(arguments),
        runs=arguments.runs,
        charts=arguments.charts,
        rows=_MOST_ROWS[form],
        together=arguments.together,
    )
