"""`tbtui export`: everything of one kind that a logdir holds, as CSV, JSON lines or Parquet, and media as files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from logging_lib.tfevents import plugins
from tui.cli.errors import CommandError
from tui.cli.export.blobs import histogram_table, text_table
from tui.cli.export.choice import Choice, kept, tell_left_out
from tui.cli.export.hparams import mixed_columns, session_table
from tui.cli.export.lines import write_csv, write_jsonl
from tui.cli.export.media import INDEX_NAMES, MediaDirectory, audio_table, image_table
from tui.cli.export.scalars import scalar_table
from tui.cli.export.table import Block, Table
from tui.cli.help_text import LOGDIR_HELP
from tui.cli.logdirs import check_output
from tui.cli.output import binary_results, results
from tui.cli.pattern import pattern
from tui.cli.progress import Progress
from tui.cli.reading import ProblemLines, read_logdir, tell
from tui.render.file_text import guard_formulas
from tui.render.numbers import bytes_, count
from tui.render.text import printable
from tui.store.snapshot import BlobSeries, ScalarSeries, StoreSnapshot

_Series = TypeVar("_Series", ScalarSeries, BlobSeries)

_KINDS = ("scalars", "histograms", "text", "hparams", "images", "audio")
_MEDIA = ("images", "audio")
_BLOB_TABLES = {plugins.HISTOGRAMS: histogram_table, plugins.TEXT: text_table}
_MEDIA_TABLES = {plugins.IMAGES: image_table, plugins.AUDIO: audio_table}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `export` to the command line."""
    parser = subparsers.add_parser(
        "export",
        help="write points, histograms, texts, hparams, images or audio",
        description="Write everything of one kind as CSV, JSON lines or Parquet: run, tag, step, wall time and value, "
        "exactly as logged. Images and sounds are written as files, with a table of them.",
    )
    parser.add_argument("logdir", metavar="LOGDIR", help=LOGDIR_HELP)
    parser.add_argument("--run", metavar="RE", dest="run_re", default="", help="only runs in which this regex is found")
    parser.add_argument(
        "--tag", metavar="RE", dest="tag_re", default="", help="only tags (of hparams: metrics) in which this is found"
    )
    parser.add_argument("--kind", choices=_KINDS, default="scalars", help="what to export; default: %(default)s")
    parser.add_argument(
        "--format",
        choices=["csv", "jsonl", "parquet"],
        default="csv",
        help="of media: that of the table of files; default: %(default)s",
    )
    parser.add_argument(
        "-o", metavar="PATH", dest="path", help="write to this file, not stdout; media: into this new directory"
    )
    parser.add_argument(
        "--dask",
        metavar="SCHEDULER",
        nargs="?",
        const="",
        help="parquet: a file for each run in -o DIR, made on this Dask cluster (address or file) or one of its own",
    )
    parser.add_argument(
        "--spreadsheet", action="store_true", help="csv: a ' before names and texts that would be taken for formulas"
    )
    parser.add_argument(
        "--superseded", action="store_true", help="also what a restarted run logged again, with a column that says so"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write what was asked for; returns the exit code, 1 where nothing matched or could be read."""
    if arguments.spreadsheet and arguments.format != "csv":
        raise CommandError(f"--spreadsheet is for CSV; leave it out with --format {arguments.format}")
    guard_formulas(arguments.spreadsheet)
    if arguments.dask is not None:
        return _on_cluster(arguments)
    choice = Choice(pattern("--run", arguments.run_re), pattern("--tag", arguments.tag_re))
    check_output(arguments.path, [arguments.logdir])
    directory = _media_directory(arguments)
    if arguments.format == "parquet":
        _check_parquet(arguments)
    snapshot = read_logdir(arguments.logdir)
    problems = ProblemLines()
    table = _table(snapshot, choice, arguments, problems, directory)
    if table is None:
        tell(_why_nothing(snapshot, arguments))
        return 1
    path = arguments.path
    if directory is not None:
        directory.make()
        path = str(directory.path / INDEX_NAMES[arguments.format])
    unit = count if arguments.kind in ("scalars", "hparams") else bytes_
    with Progress("exporting", unit) as progress:
        # A bar would stand among the results where these are shown on the same terminal.
        shown = table if path is None and sys.stdout.isatty() else _watched(table, progress)
        rows = _write(shown, arguments.format, path)
    problems.end()
    return 0 if rows else 1


def _on_cluster(arguments: argparse.Namespace) -> int:
    if arguments.format != "parquet":
        raise CommandError("--dask writes Parquet: add --format parquet")
    if arguments.path is None:
        raise CommandError("--dask writes a file for each run; give a directory for them with -o DIR")
    _check_parquet(arguments)
    from tui.cli.export.cluster import export_on_cluster

    return export_on_cluster(arguments)


def _media_directory(arguments: argparse.Namespace) -> MediaDirectory | None:
    """Where media go; None for kinds that need no directory."""
    if arguments.kind not in _MEDIA:
        return None
    if arguments.path is None:
        raise CommandError(f"--kind {arguments.kind} writes files; give a new directory for them with -o DIR")
    directory = MediaDirectory(Path(arguments.path))
    directory.check()
    return directory


def _check_parquet(arguments: argparse.Namespace) -> None:
    """Raise a CommandError where Parquet cannot be written: before anything is read."""
    if arguments.path is None and sys.stdout.isatty():
        raise CommandError("parquet is nothing for a terminal; write it to a file with -o PATH")
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError as error:
        raise CommandError(f"--format parquet needs pyarrow ({error}): pip install 'tbtui[parquet]'") from None


def _table(
    snapshot: StoreSnapshot,
    choice: Choice,
    arguments: argparse.Namespace,
    problems: ProblemLines,
    directory: MediaDirectory | None,
) -> Table | None:
    """What was chosen of a kind, None where that is nothing."""
    kind, flagged = arguments.kind, arguments.superseded
    if kind == plugins.HPARAMS:
        return _sessions(snapshot, choice, arguments.format)
    if kind == plugins.SCALARS:
        scalars = _kept(choice.series(snapshot.scalars, kind), superseded=flagged)
        return scalar_table(scalars, flagged=flagged) if scalars else None
    blobs = _kept(choice.series(snapshot.blobs, kind), superseded=flagged)
    if not blobs:
        return None
    if directory is None:
        return _BLOB_TABLES[kind](blobs, problems, flagged=flagged)
    return _MEDIA_TABLES[kind](blobs, problems, directory, flagged=flagged)


def _sessions(snapshot: StoreSnapshot, choice: Choice, form: str) -> Table | None:
    table = session_table(snapshot, choice)
    mixed = mixed_columns(table)
    if mixed and form == "parquet":
        tell(f"columns with values of several types are written as text: {printable(', '.join(mixed))}")
    return table if table.work else None


def _kept(chosen: Sequence[_Series], *, superseded: bool) -> list[_Series]:
    """The series with or without their superseded points; how many are left out is told."""
    series, left_out = kept(chosen, superseded=superseded)
    tell_left_out(left_out)
    return series


def _watched(table: Table, progress: Progress) -> Table:
    """The table, with progress shown as its blocks are taken."""

    def blocks() -> Iterator[Block]:
        done = 0
        for block in table.blocks:
            yield block
            done += block.work
            progress.show(done, table.work)

    return replace(table, blocks=blocks())


def _write(table: Table, form: str, path: str | None) -> int:
    """Write a table; returns the number of rows."""
    if form == "parquet":
        from tui.cli.export.parquet import write_parquet

        with binary_results(path) as binary:
            return write_parquet(binary, table)
    with results(path) as stream:
        if form == "jsonl":
            return write_jsonl(stream, table)
        return write_csv(stream, table, escape=stream.isatty())


def _why_nothing(snapshot: StoreSnapshot, arguments: argparse.Namespace) -> str:
    logdir, kind = printable(arguments.logdir), arguments.kind
    if not snapshot.runs:
        return f"no event files under {logdir}"
    sessions = any(summary.start for summary in snapshot.runs.values())
    series = any(key.plugin == kind for key in (*snapshot.scalars, *snapshot.blobs))
    if not (sessions if kind == plugins.HPARAMS else series):
        return f"no {kind} under {logdir}"
    return f"no {kind} match --run and --tag; `tbtui ls` lists the runs"
