"""`tbtui inspect`: one event file record by record: framing, CRCs, kinds of data, where it is damaged."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from io import BufferedReader
from typing import TextIO

from logging_lib.tfevents.record import Damage, Record, RecordDecoder
from tui.cli.errors import CommandError
from tui.cli.file_census import Census, Finding
from tui.cli.inspect_report import RECORD_HEADINGS, as_object, finding_line, finding_object, report
from tui.cli.json_text import json_text
from tui.cli.output import results
from tui.cli.progress import Progress
from tui.reader.regular_file import open_regular
from tui.render.text import printable

_CHUNK_BYTES = 1 << 20


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `inspect` to the command line."""
    parser = subparsers.add_parser(
        "inspect",
        help="check one event file: framing, CRCs, kinds of data, where it is damaged",
        description="Check one event file, record by record: what it holds, and where it is damaged.",
    )
    parser.add_argument("file", metavar="FILE", help="an event file, whatever its name")
    parser.add_argument("--records", action="store_true", help="a line for each record too")
    parser.add_argument(
        "--json", action="store_true", help="a JSON object; with --records one a line, the summary last"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what the file holds; returns the exit code, 1 where it is damaged.

    Raises:
        CommandError: there is no regular file, or it cannot be read.
    """
    census = Census(names_values=arguments.records)
    with _opened(arguments.file) as file, results(None) as stream:
        if arguments.records and not arguments.json:
            stream.write(RECORD_HEADINGS + "\n")
        for finding in _findings(file, census):
            if arguments.records:
                _write_finding(stream, finding, as_json=arguments.json)
        if arguments.json:
            stream.write(json_text(as_object(arguments.file, census), indent=None if arguments.records else 1) + "\n")
        else:
            stream.write(("\n" if arguments.records else "") + report(arguments.file, census))
    return 1 if census.damaged else 0


def _write_finding(stream: TextIO, finding: Finding, *, as_json: bool) -> None:
    stream.write((json_text(finding_object(finding), indent=None) if as_json else finding_line(finding)) + "\n")


def _opened(path: str) -> BufferedReader:
    try:
        return open_regular(path)
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: str, error: OSError) -> CommandError:
    return CommandError(f"{printable(path)} cannot be read: {error.strerror}")


def _findings(file: BufferedReader, census: Census) -> Iterator[Finding]:
    """Everything in the file in its order, as it is counted; at the end what its end is like."""
    decoder = RecordDecoder()
    try:
        for item in _items(file, decoder):
            yield census.add(item)
    except MemoryError:
        raise CommandError(f"{printable(file.name)} holds a record that needs more memory than there is") from None
    if (damage := decoder.open_damage) is not None:
        census.damaged_to_end = True
        yield census.add(damage)
    else:
        census.open_tail = decoder.pending
    census.size = decoder.offset + decoder.pending


def _items(file: BufferedReader, decoder: RecordDecoder) -> Iterator[Record | Damage]:
    total = os.fstat(file.fileno()).st_size
    with Progress("reading") as progress:
        while data := _read(file):
            yield from decoder.feed(data)
            progress.show(file.tell(), total)


def _read(file: BufferedReader) -> bytes:
    try:
        return file.read(_CHUNK_BYTES)
    except OSError as error:
        raise _unreadable(file.name, error) from error
