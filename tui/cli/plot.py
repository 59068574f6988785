"""`tbtui plot`: charts of scalars and histograms as text, for terminals, mails and logs."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence

from logging_lib.tfevents import plugins
from tui.analysis.main_metric import main_metric
from tui.analysis.x_axis import XAxis
from tui.app.catalog import natural_key
from tui.app.settings import Settings
from tui.app.terminal_kind import Colours, terminal_kind
from tui.cli.chart_options import add_chart_options, in_charts, view_of, whole
from tui.cli.charts import chart_of, choose_runs
from tui.cli.errors import CommandError
from tui.cli.export.choice import Choice
from tui.cli.help_text import LOGDIR_HELP
from tui.cli.histogram_charts import histogram_charts
from tui.cli.output import results
from tui.cli.pattern import pattern
from tui.cli.reading import ProblemLines, read_logdirs, tell
from tui.cli.text_chart import Paper, text_chart
from tui.render.palette import assign
from tui.render.text import printable
from tui.store.snapshot import BlobSeries, ScalarSeries, StoreSnapshot

_WIDTH, _HEIGHT = 80, 20
_LEAST_WIDTH, _MOST_WIDTH, _LEAST_HEIGHT, _MOST_HEIGHT = 30, 1000, 6, 500
_LOW = 8
_LINES_BESIDE = 12
"""Rows of a terminal that are kept for title, legend and prompt."""
_MOST_STEP = 10**18
_DESCRIPTION = """Charts as text on stdout: one a tag, or one a group of tags. On a terminal in its colours and as
wide as it is; plain and 80 columns wide in a pipe. Without --tag it is the metric that the runs are judged by."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `plot` to the command line."""
    parser = subparsers.add_parser("plot", help="draw charts as text", description=_DESCRIPTION)
    add = parser.add_argument
    add("logdirs", metavar="LOGDIR", nargs="+", help=LOGDIR_HELP)
    add("--tag", metavar="RE", dest="tag_re", help="the tags in which this regex is found")
    add_chart_options(parser, smooth=0.0, outliers=True)
    add("--hist", action="store_true", help="histograms: the newest of each tag and run; --log is of their counts")
    add("--step", metavar="N", type=whole("step", 0, _MOST_STEP), help="--hist: those of the step nearest to N")
    add(
        "--width",
        metavar="N",
        type=whole("width", _LEAST_WIDTH, _MOST_WIDTH),
        help="columns; default: the terminal's, or 80",
    )
    add("--height", metavar="N", type=whole("height", _LEAST_HEIGHT, _MOST_HEIGHT), help="rows of a plot; default: 20")
    add("--ascii", action=argparse.BooleanOptionalAction, help="ASCII characters only; else what can be shown")
    words = [colours.value for colours in Colours]
    add("--colours", choices=words, metavar="COLOURS", help=f"{', '.join(words)}; default: what the terminal has")


def run(arguments: argparse.Namespace) -> int:
    """Print the charts; returns the exit code, 1 where nothing matched."""
    if arguments.step is not None and not arguments.hist:
        raise CommandError("--step chooses a histogram: add --hist")
    if arguments.hist and (arguments.together or arguments.smooth or arguments.x != XAxis.STEP.value):
        raise CommandError("--together, --smooth and --x are for scalars: leave them out with --hist")
    choice = Choice(pattern("--run", arguments.run_re), pattern("--tag", arguments.tag_re or ""))
    paper = _paper(arguments)
    snapshot = read_logdirs(arguments.logdirs, check=False)
    problems = ProblemLines()
    charts = (_histograms if arguments.hist else _scalars)(snapshot, choice, arguments, paper, problems)
    printed = False
    with results(None) as stream:
        for chart in charts:
            stream.write("\n" * printed + chart)
            printed = True
    problems.end()
    if not printed:
        tell(_why_nothing(snapshot, choice, arguments))
    return 0 if printed else 1


def _paper(arguments: argparse.Namespace) -> Paper:
    """What stdout is: a terminal of some size, or something that takes 80 columns of plain text."""
    settings = Settings(ascii=arguments.ascii, colours=arguments.colours)
    kind = terminal_kind(settings, encoding=sys.stdout.encoding)
    columns, rows = _WIDTH, _HEIGHT
    if sys.stdout.isatty():
        size = _size_of_terminal()
        columns = max(size.columns or _WIDTH, _LEAST_WIDTH)
        rows = max(min((size.lines or _HEIGHT) - _LINES_BESIDE, _HEIGHT), _LOW)
        colours, ascii = kind.colours, kind.ascii
    else:  # TERM is the terminal's from which it was started, and says nothing of where this goes
        colours = kind.colours if arguments.colours else Colours.NONE
        ascii = arguments.ascii if arguments.ascii is not None else not _writes_unicode(sys.stdout.encoding)
    return Paper(arguments.width or columns, arguments.height or rows, colours, ascii)


def _size_of_terminal() -> os.terminal_size:
    try:
        return os.get_terminal_size(sys.stdout.fileno())
    except OSError:  # it hung up
        return os.terminal_size((0, 0))


def _writes_unicode(encoding: str | None) -> bool:
    return (encoding or "utf-8").lower().startswith("utf")


def _scalars(
    snapshot: StoreSnapshot, choice: Choice, arguments: argparse.Namespace, paper: Paper, problems: ProblemLines
) -> Iterator[str]:
    ordered = sorted(_chosen(snapshot, choice, arguments), key=lambda one: natural_key(one.key.tag))
    for title, series in in_charts(ordered, together=arguments.together).items():
        tags = len({one.key.tag for one in series})
        runs, left_out = choose_runs(series, snapshot.runs, max(arguments.runs // tags, 1))
        shown = [one for one in series if one.key.run in set(runs)]
        yield text_chart(chart_of(title, shown, assign(runs), view_of(arguments), left_out), paper)


def _chosen(snapshot: StoreSnapshot, choice: Choice, arguments: argparse.Namespace) -> Sequence[ScalarSeries]:
    series = choice.series(snapshot.scalars, plugins.SCALARS)
    if arguments.tag_re is not None:
        return series
    metric = main_metric(series, [run.experiment for run in snapshot.runs.values() if run.experiment is not None])
    return [one for one in series if metric is not None and one.key.tag == metric.tag]


def _histograms(
    snapshot: StoreSnapshot, choice: Choice, arguments: argparse.Namespace, paper: Paper, problems: ProblemLines
) -> Iterator[str]:
    by_tag: dict[str, list[BlobSeries]] = {}
    for one in choice.series(snapshot.blobs, plugins.HISTOGRAMS):
        by_tag.setdefault(one.key.tag, []).append(one)
    shown: list[BlobSeries] = []
    for tag, series in by_tag.items():
        if len(series) > arguments.runs:
            tell(f"{printable(tag)}: the first {arguments.runs} of {len(series)} runs are drawn; --run draws others")
        shown += series[: arguments.runs]
    yield from histogram_charts(shown, arguments.step, paper, problems, log=arguments.log)


def _why_nothing(snapshot: StoreSnapshot, choice: Choice, arguments: argparse.Namespace) -> str:
    shown = printable(", ".join(arguments.logdirs))
    if not snapshot.runs:
        return f"no event files under {shown}"
    if not any(map(choice.run.search, snapshot.runs)):
        return "no run matches --run; `tbtui ls` lists the runs"
    kind = "histograms" if arguments.hist else "scalars"
    if arguments.tag_re is None and not arguments.hist:
        return "no tag tells what the runs are judged by; give --tag, `tbtui tags` lists them"
    return f"no {kind} match --run and --tag; `tbtui tags` lists the tags"
