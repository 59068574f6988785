"""`tbtui demo [DIR]`: writes a live synthetic training with a process of its own, and opens the screen on it."""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from tui.app.settings import Start
from tui.cli.errors import CommandError
from tui.cli.output import results
from tui.cli.screen_options import add_screen_options, start_of
from tui.cli.terminal import need_terminal
from tui.render.text import printable

_STOP_SECS = 5.0
_NOUNS = {"scalars": "points", "histograms": "histograms", "images": "images", "text": "texts"}
_DESCRIPTION = """Write the logs of a made-up training, and open the screen on it: six runs, two of which go on while
you watch. Without DIR the logs are in a temporary directory, which is removed at the end. In a DIR that is not empty
they go into a new subdirectory, demo_<date>-<time>; the screen shows all of DIR.

With --headless no screen is opened: the logs are read while they are written, as the screen reads them, and
kept."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "demo",
        usage="%(prog)s [DIR] [OPTIONS]",
        help="write a live synthetic training and watch it",
        description=_DESCRIPTION,
    )
    parser.add_argument("directory", metavar="DIR", nargs="?", type=Path, help="where to write; it is kept")
    parser.add_argument(
        "--headless",
        metavar="SECONDS",
        type=_seconds,
        help="open no screen: write and read for so long (0: only what was before), say where the logs are, keep them",
    )
    add_screen_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the command; returns its exit code.

    Raises:
        CommandError: the directory cannot be written, there is no terminal, or the training failed.
    """
    directory: Path | None = arguments.directory
    if arguments.headless is not None:
        return _headless(directory, arguments.headless)
    start = start_of(arguments, remembers=directory is not None)
    need_terminal("`tbtui demo --headless SECONDS` writes the data without one")
    if directory is not None:
        return _screen(start, directory, _place_in(directory))
    temporary = _temporary_directory()
    # The training removes it too: it outlives this process for a moment if that is killed.
    try:
        return _screen(start, temporary, temporary, "--remove")
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _headless(directory: Path | None, seconds: float) -> int:
    place = _place_in(directory) if directory is not None else _temporary_directory()
    # Numpy and the reader take a moment to import, and whoever opens the screen need not wait for this module.
    from tui.cli.demo_reading import Reading, counted
    from tui.cli.status import status_line

    with _training(place) as (process, complaints):
        shown = printable(str(place))
        _say(f"training  {shown}: six runs, two of which go on for {seconds:g} s")
        assert process.stdout is not None
        process.stdout.readline()  # the past is written, or the training has failed
        with Reading(place) as reading:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
            logged = _logged(process)
            snapshot = reading.when_read(logged)
        complaint = _last_line(complaints)
    read = counted(snapshot)
    _say(f"written   {_counts(logged)}")
    _say(f"read      {'all of it' if read == logged else _counts(read)}")
    if snapshot.runs:
        _say(f"status    {status_line(snapshot, list(snapshot.runs.values()))}")
    path = shlex.quote(shown)
    _say(f"\nLook at it: tbtui {path}\nList it:    tbtui ls {path}\nRemove it:  rm -r {path}")
    if read == logged:
        return 0
    sys.stderr.write(f"tbtui: not all that was written was read; the training says: {printable(complaint)}\n")
    return 1


def _logged(process: subprocess.Popen[str]) -> Counter[str]:
    """End the training; how many summaries it says it has logged, by plugin; none where it failed."""
    _stop(process)
    assert process.stdout is not None
    line = process.stdout.readline()
    return Counter(json.loads(line) if line else {})


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts.get(plugin, 0):,} {noun}" for plugin, noun in _NOUNS.items())


def _say(line: str) -> None:
    """At once: whoever reads a pipe wants to know where the logs are."""
    with results(None) as stream:
        stream.write(f"{line}\n")


def _screen(start: Start, logdir: Path, place: Path, *options: str) -> int:
    with _training(place, *options):
        # The only import of Textual from here: --headless does without it.
        from tui.app.app import run_app
        from tui.reader.named_logdir import LogDir

        return run_app([LogDir("", logdir)], start)


def _temporary_directory() -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix="tbtui-demo-"))
    except OSError as error:
        raise CommandError(f"no temporary directory: {error.strerror}") from error


def _place_in(directory: Path) -> Path:
    """Where in `directory` to write, so that the runs do not mix with what is there."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if not any(directory.iterdir()):
            return directory
        place = directory / time.strftime("demo_%Y%m%d-%H%M%S")
        place.mkdir()
    except OSError as error:
        reason = "not a directory" if directory.is_file() else error.strerror
        raise CommandError(f"cannot write to {directory}: {reason}") from error
    return place


@contextlib.contextmanager
def _training(place: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], IO[str]]]:
    """The writer process, ended on the way out, and the file of what it writes to stderr.

    It ends when its stdin does, so it does not survive this process even where that is killed. It has a session of
    its own: Ctrl+C in the terminal is for the screen.

    Raises:
        CommandError: it failed; the message is the last line that it wrote to stderr.
    """
    with tempfile.TemporaryFile("w+") as complaints:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "tui.cli.demo_training", str(place), *options],  # -P: import nothing from here
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            start_new_session=True,
        )
        try:
            yield process, complaints
        finally:
            _stop(process)
            assert process.stdout is not None
            process.stdout.close()
        if process.returncode != 0:
            raise CommandError(f"the demo's training failed: {_last_line(complaints)}")


def _stop(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(_STOP_SECS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _last_line(file: IO[str]) -> str:
    file.seek(0)
    lines = file.read().splitlines()
    return lines[-1] if lines else "it said nothing"


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return seconds
