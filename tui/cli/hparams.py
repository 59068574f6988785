"""`tbtui hparams`: the sessions of logdirs with their hparams and metrics, filtered and sorted."""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from logging_lib.tfevents.hparams import HParam
from tui.analysis.hparams.expression import FilterError
from tui.analysis.hparams.frame import GROUP, RUN, STATUS, Column, Frame, Origin
from tui.analysis.hparams.groups import Pooling, grouped
from tui.analysis.hparams.judging import judge_of
from tui.analysis.hparams.matching import ambiguous_name, matching, unknown_name
from tui.analysis.hparams.measures import LAST, Measure, Measurer
from tui.analysis.hparams.ordering import SortKey, ordered
from tui.analysis.hparams.sessions import Sessions, sessions_of
from tui.analysis.hparams.table import Texts, table_of
from tui.analysis.statistics import goal
from tui.cli.errors import CommandError
from tui.cli.export.lines import write_csv
from tui.cli.export.table import Block, ColumnType, Table
from tui.cli.export.table import Column as FileColumn
from tui.cli.help_text import LOGDIR_HELP
from tui.cli.json_number import json_number
from tui.cli.json_text import json_text
from tui.cli.logged_hparams import texts_with_hparams
from tui.cli.output import results
from tui.cli.reading import read_logdirs, tell
from tui.cli.table import table
from tui.render.file_text import guard_formulas
from tui.render.numbers import number, plural
from tui.render.text import printable
from tui.store.snapshot import StoreSnapshot

_NONE = "-"
_ORDERS = {":asc": False, ":desc": True}
_MARKS = {Origin.NAME: " (name)", Origin.TEXT: " (text)"}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `hparams` to the command line."""
    parser = subparsers.add_parser(
        "hparams",
        help="list sessions: their hparams, then their metrics",
        description="A row a session, that is a run in which hparams were logged: those that differ, then the metrics. "
        "Where none were logged, they are taken from names of runs and from texts.",
    )
    add = parser.add_argument
    add("logdirs", metavar="LOGDIR", nargs="+", help=LOGDIR_HELP)
    add(
        "--where", metavar="EXPR", default="", help="only sessions that match, as `lr>=1e-3 optimizer=adam -has:warmup`"
    )
    add(
        "--sort",
        metavar="COL[,COL...]",
        default="",
        help="sort by columns, the best first for metrics; COL:asc and COL:desc say which way",
    )
    add("--metric", metavar="HOW", default="last", help="last, min, max, or at:TAG, where TAG is best; default: last")
    add("--group", action="store_true", help="one row a session group")
    pools = [pooling.value for pooling in Pooling]
    about = "a group's metrics; best: those of its best session; default: %(default)s"
    add("--pool", choices=pools, default=pools[0], help=about)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--all", action="store_true", help="the table: also hparams that are the same in all sessions")
    which.add_argument("--differs", action="store_true", help="csv, json: only hparams that are not, as in the table")
    add("--derived", action="store_true", help="also what the names of runs and logged texts say of hparams")
    add("--columns", metavar="COL[,COL...]", default="", help="these columns in this order")
    add("--format", choices=("table", "csv", "json"), default="table", help="default: table")
    add("--spreadsheet", action="store_true", help="csv: a ' before texts that would be taken for formulas")


def run(arguments: argparse.Namespace) -> int:
    """Print the sessions; returns the exit code, 1 where there are none."""
    if arguments.spreadsheet and arguments.format != "csv":
        raise CommandError("--spreadsheet is for --format csv")
    guard_formulas(arguments.spreadsheet)
    snapshot = read_logdirs(arguments.logdirs)
    sessions = sessions_of(snapshot)
    if not snapshot.runs:
        tell(f"no event files under {printable(', '.join(arguments.logdirs))}")
        return 1
    frame = _frame(snapshot, sessions, arguments)
    columns = _columns(frame, arguments)
    if not sessions.logged:
        tell(_about_no_sessions(frame))
    if not len(frame):
        tell("no session matches --where")
    with results(None) as stream:
        if arguments.format == "json":
            stream.write(json_text(_objects(frame, columns)) + "\n")
        elif arguments.format == "csv":
            write_csv(stream, _file_table(frame, columns), escape=stream.isatty())
        elif len(frame):
            stream.write(_text_table(frame, columns, grouped=arguments.group) + _about_the_same(frame, arguments))
    return 0 if len(frame) else 1


def _about_no_sessions(frame: Frame) -> str:
    if frame.hparams:
        return "no hparams were logged; (name) and (text) mark what names of runs and texts say"
    return "no hparams were logged, and the names of runs and texts say none; these are the runs"


def _about_the_same(frame: Frame, arguments: argparse.Namespace) -> str:
    """A line for the hparams that are left out of the table."""
    if arguments.columns or not _only_differing(frame, arguments):
        return ""
    same = sum(not frame.cells(column).differs for column in frame.of(Origin.HPARAM, Origin.NAME))
    if not same:
        return ""
    return f"\n{plural(same, 'hparam')} {'is' if same == 1 else 'are'} the same in all; --all lists them\n"


def _only_differing(frame: Frame, arguments: argparse.Namespace) -> bool:
    return arguments.differs or (arguments.format == "table" and not arguments.all and len(frame) > 1)


def _frame(snapshot: StoreSnapshot, sessions: Sessions, arguments: argparse.Namespace) -> Frame:
    """The rows that are wanted, in their order."""
    derived = arguments.derived or not sessions.logged
    texts: Texts = texts_with_hparams(snapshot) if derived else {}
    measurer = Measurer()
    frame = table_of(snapshot, sessions, measurer, derived=derived, texts=texts)
    measure = _measure(frame, arguments.metric)
    if measure != LAST:
        frame = table_of(snapshot, sessions, measurer, measure=measure, derived=derived, texts=texts)
    keys = _sort_keys(frame, arguments.sort)
    if arguments.group:
        frame = grouped(frame, Pooling(arguments.pool), *judge_of(frame, [key.column for key in keys]))
    try:
        mask = matching(frame, arguments.where)
    except FilterError as error:
        raise CommandError(printable(f"--where {arguments.where}: {error}")) from None
    order = ordered(frame, keys)
    return frame.taken(order[mask[order]])


def _measure(frame: Frame, text: str) -> Measure:
    how, _, tag = text.partition(":")
    match how, tag:
        case ("last" | "min" | "max") as kind, "":
            return Measure(kind)
        case "at", wanted if wanted:
            column = _column(frame, wanted, "--metric")
            if column.metric is None:
                raise CommandError(f"--metric at:{printable(tag)} is no metric")
            if goal(column.metric.tag) is None:
                raise CommandError(f"--metric at:{printable(tag)}: neither more nor less of it is better")
            return Measure("at", column.metric)
    raise CommandError(f"--metric {printable(text)}: expected last, min, max or at:TAG")


def _sort_keys(frame: Frame, text: str) -> list[SortKey]:
    return [_sort_key(frame, name) for name in _names(text)]


def _sort_key(frame: Frame, text: str) -> SortKey:
    bare, colon, order = text.rpartition(":")
    descending = _ORDERS.get(colon + order) if not frame.find(text) else None
    column = _column(frame, text if descending is None else bare, "--sort")
    if descending is None:
        descending = column.metric is not None and goal(column.metric.tag) == "max"
    return SortKey(column, descending)


def _columns(frame: Frame, arguments: argparse.Namespace) -> list[Column]:
    """The columns that are wanted: hparams, what is derived and differs, and metrics, unless they are named."""
    if arguments.columns:
        return [_column(frame, name, "--columns") for name in _names(arguments.columns)]
    only = _only_differing(frame, arguments)
    hparams = [
        column
        for column in frame.hparams
        if frame.cells(column).differs or not (only or (column.origin is Origin.TEXT and len(frame) > 1))
    ]
    return [*hparams, *(column for column in frame.metrics if not column.extra)]


def _names(text: str) -> list[str]:
    """Names between commas, in quotes where they have commas of their own."""
    return [name.strip() for name in next(csv.reader([text], skipinitialspace=True), []) if name.strip()]


def _column(frame: Frame, name: str, option: str) -> Column:
    columns = frame.find(name)
    if len(columns) == 1:
        return columns[0]
    why = ambiguous_name(name, columns) if columns else unknown_name(frame, name)
    raise CommandError(printable(f"{option}: {why}"))


def _text_table(frame: Frame, columns: Sequence[Column], *, grouped: bool) -> str:
    columns = [column for column in columns if column != RUN]
    counted = ["sessions"] if grouped else []
    titles = [column.name + _MARKS.get(column.origin, "") for column in columns]
    times = Counter(titles)
    named = [column.full_name if times[title] > 1 else title for title, column in zip(titles, columns, strict=True)]
    headings = ["run", *counted, *named]
    rows = []
    for at, row in enumerate(frame.rows):
        cells = [_cell(frame.cells(column).value(at)) for column in columns]
        rows.append([row.name, *([str(row.sessions)] if grouped else []), *cells])
    return table(headings, rows, names=1)


def _cell(value: HParam) -> str:
    match value:
        case None:
            return _NONE
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case _:
            return number(value)


def _file_table(frame: Frame, columns: Sequence[Column]) -> Table:
    """As `tbtui export --kind hparams` has it, without times."""
    own = [FileColumn(name, ColumnType.TEXT) for name in ("run", "group_name", "status")]
    chosen = [column for column in columns if column.origin is not Origin.OWN]
    every = [*(frame.cells(column) for column in (RUN, GROUP, STATUS)), *(frame.cells(column) for column in chosen)]
    values = [[cells.value(at) for at in range(len(cells))] for cells in every]
    names = [FileColumn(column.full_name, ColumnType.ANY) for column in chosen]
    return Table([*own, *names], iter([Block((), values, len(frame))]), len(frame))


def _objects(frame: Frame, columns: Sequence[Column]) -> list[dict[str, Any]]:
    return [
        {
            "run": row.name,
            "group": row.group,
            "status": row.status or None,
            "sessions": row.sessions,
            "runs": list(row.runs),
            "hparams": _values(frame, columns, at, Origin.HPARAM),
            "derived": _values(frame, columns, at, Origin.NAME),
            "text": _values(frame, columns, at, Origin.TEXT),
            "metrics": _values(frame, columns, at, Origin.METRIC),
        }
        for at, row in enumerate(frame.rows)
    ]


def _values(frame: Frame, columns: Sequence[Column], at: int, origin: Origin) -> dict[str, HParam]:
    of_origin = [column for column in columns if column.origin is origin]
    return {column.name: _json_value(frame.cells(column).value(at)) for column in of_origin}


def _json_value(value: HParam) -> HParam:
    return json_number(value) if isinstance(value, float | np.floating) else value
