"""LOGDIR arguments: names them, and says what to do about one that cannot be read."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from logging_lib.tfevents.filename import is_event_filename
from tui.cli.errors import CommandError
from tui.reader.named_logdir import LogDir
from tui.render.text import printable


def parse_logdirs(arguments: Sequence[str]) -> list[LogDir]:
    """The logdirs of the arguments, each PATH or NAME:PATH.

    One logdir without a name has none; of several, each is called by its directory's name, or by its path where
    that name is not its own.

    Raises:
        CommandError: a path that is no readable directory, or two logdirs of one name.
    """
    split = [_split(argument) for argument in arguments]
    for _, path in split:
        check_directory(path)
    if len(split) > 1:
        split = _named(split)
    twice = [name for name, times in Counter(name for name, _ in split).items() if times > 1]
    if twice:
        raise CommandError(f"two logdirs are named {printable(twice[0])}; name them apart with NAME:PATH")
    return [LogDir(name, path) for name, path in split]


def check_directory(path: Path) -> None:
    """Raise a CommandError unless the path is a directory that can be listed."""
    shown = printable(str(path))
    try:
        with os.scandir(path):
            return
    except FileNotFoundError:
        raise CommandError(f"{shown} does not exist; give the directory that the event files are written to") from None
    except NotADirectoryError:
        raise CommandError(_about_file(path)) from None
    except OSError as error:
        raise CommandError(f"{shown} cannot be read: {error.strerror}; ask for read access to it") from None


def _split(argument: str) -> tuple[str, Path]:
    """Name and path; a path that exists is taken whole, colons and all."""
    name, colon, rest = argument.partition(":")
    if colon and name and rest and "/" not in name and not os.path.lexists(argument):
        return name, Path(rest).expanduser()
    return "", Path(argument)


def _named(split: Sequence[tuple[str, Path]]) -> list[tuple[str, Path]]:
    names = [name or path.resolve().name for name, path in split]
    times = Counter(names)
    return [
        (name if times[name] == 1 or given else str(path), path)
        for name, (given, path) in zip(names, split, strict=True)
    ]


def _about_file(path: Path) -> str:
    shown = printable(str(path))
    if not path.is_file():
        return f"{shown} is no directory; give the directory that the event files are written to"
    # The reader takes a tenth of a second to import.
    from tui.reader.event_file import looks_like_events

    try:
        is_events = is_event_filename(path.name) or looks_like_events(path)
    except OSError as error:
        return f"{shown} is a file and cannot be read: {error.strerror}; give a directory"
    if is_events:
        return f"{shown} is an event file; give its directory: tbtui {printable(str(path.parent))}"
    return f"{shown} is a file; give the directory that the event files are written to"
