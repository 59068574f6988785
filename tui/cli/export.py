"""`tbtui export`: every point of the chosen scalars, as CSV or JSON lines."""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import TextIO

import numpy as np

from tui.cli.errors import CommandError
from tui.cli.output import results
from tui.cli.reading import read_logdir, tell
from tui.render.text import printable
from tui.store.snapshot import ScalarSeries, StoreSnapshot

COLUMNS = ("run", "tag", "step", "wall_time", "value")
# Lines are made and written in blocks: a million at once would be held in memory.
_BLOCK = 8192
_JSON_NAMES = {"nan": '"NaN"', "inf": '"Infinity"', "-inf": '"-Infinity"'}

_Prefix = Callable[[str, str], str]
_Line = Callable[[str, int, str, str], str]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `export` to the command line."""
    parser = subparsers.add_parser("export", help="print every point, as CSV or JSON lines")
    parser.add_argument("logdir", metavar="LOGDIR", help="a directory with event files in it or below it")
    parser.add_argument("--run", metavar="RE", dest="run_re", default="", help="only runs in which this regex is found")
    parser.add_argument("--tag", metavar="RE", dest="tag_re", default="", help="only tags in which this regex is found")
    parser.add_argument("--kind", choices=["scalars"], default="scalars", help="what to export (default: %(default)s)")
    parser.add_argument("--format", choices=["csv", "jsonl"], default="csv", help="default: %(default)s")
    parser.add_argument("-o", metavar="PATH", dest="path", help="write to this file instead of stdout")


def run(arguments: argparse.Namespace) -> int:
    """Write the points; returns the exit code, 1 where nothing matched."""
    run_re, tag_re = _compile("--run", arguments.run_re), _compile("--tag", arguments.tag_re)
    snapshot = read_logdir(arguments.logdir)
    chosen = choose_scalars(snapshot, run_re, tag_re)
    if not chosen:
        tell(_why_nothing(snapshot, arguments))
        return 1
    with results(arguments.path) as stream:
        if arguments.format == "csv":
            _write_csv(stream, chosen, escape=arguments.path is None and sys.stdout.isatty())
        else:
            _write_lines(stream, chosen, _json_prefix, _json_line)
    return 0


def choose_scalars(snapshot: StoreSnapshot, run_re: re.Pattern[str], tag_re: re.Pattern[str]) -> list[ScalarSeries]:
    """Scalars whose run and tag the patterns are found in: by name of run, then in order of first appearance."""
    chosen = [s for key, s in snapshot.scalars.items() if run_re.search(key.run) and tag_re.search(key.tag)]
    return sorted(chosen, key=lambda series: series.key.run)


def _compile(option: str, pattern: str) -> re.Pattern[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # what a later Python may read differently is fine today
            return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise CommandError(f"{option} {printable(pattern)} is no regular expression: {error}") from None


def _why_nothing(snapshot: StoreSnapshot, arguments: argparse.Namespace) -> str:
    logdir = printable(arguments.logdir)
    if not snapshot.runs:
        return f"no event files under {logdir}"
    if not snapshot.scalars:
        return f"no scalars under {logdir}"
    return "no scalars match --run and --tag; `tbtui ls` lists the runs"


def _write_csv(stream: TextIO, chosen: Sequence[ScalarSeries], *, escape: bool) -> None:
    """CSV as RFC 4180 has it, but with plain line feeds. `escape` makes names safe for a terminal."""
    stream.write(",".join(COLUMNS) + "\n")
    clean: Callable[[str], str] = printable if escape else str
    _write_lines(stream, chosen, lambda run, tag: _csv_prefix(clean(run), clean(tag)), _csv_line)


def _write_lines(stream: TextIO, chosen: Sequence[ScalarSeries], prefix_of: _Prefix, line_of: _Line) -> None:
    for series in chosen:
        prefix = prefix_of(series.key.run, series.key.tag)
        for steps, wall_times, values in _blocks(series):
            stream.write("".join(map(line_of, [prefix] * len(steps), steps, wall_times, values)))


def _blocks(series: ScalarSeries) -> Iterator[tuple[list[int], list[str], list[str]]]:
    """Steps, wall times and values of some points, floats as the shortest text that reads back the same."""
    for start in range(0, len(series.steps), _BLOCK):
        block = slice(start, start + _BLOCK)
        steps: list[int] = series.steps[block].tolist()
        yield steps, _float_texts(series.wall_times[block]), _float_texts(series.values[block])


def _float_texts(values: np.ndarray[tuple[int], np.dtype[np.floating]]) -> list[str]:
    if values.dtype == np.float64:
        return list(map(repr, values.tolist()))
    # The digits that 32 bits need are numpy's to find; the notation is then the same for both widths.
    return list(map(repr, map(float, map(str, values))))


def _csv_prefix(run: str, tag: str) -> str:
    text = io.StringIO()
    # The line end must be one that csv knows to quote in a name.
    csv.writer(text, lineterminator="\r\n").writerow((run, tag))
    return text.getvalue().removesuffix("\r\n")


def _csv_line(prefix: str, step: int, wall_time: str, value: str) -> str:
    return f"{prefix},{step},{wall_time},{value}\n"


def _json_prefix(run: str, tag: str) -> str:
    # json.dumps writes ASCII, and escapes all control characters but one.
    names = f'{{"run": {json.dumps(run)}, "tag": {json.dumps(tag)}, '
    return names.replace("\x7f", r"\u007f")


def _json_line(prefix: str, step: int, wall_time: str, value: str) -> str:
    wall_time, value = _JSON_NAMES.get(wall_time, wall_time), _JSON_NAMES.get(value, value)
    return f'{prefix}"step": {step}, "wall_time": {wall_time}, "value": {value}}}\n'
