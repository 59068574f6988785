"""LOGDIR arguments: names them, and says what to do about one that cannot be read."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from logging_lib.tfevents.filename import is_event_filename
from tui.cli.errors import CommandError
from tui.reader.named_logdir import LogDir
from tui.reader.peers.names import is_log_name
from tui.render.text import printable

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def parse_logdirs(arguments: Sequence[str]) -> list[LogDir]:
    """The logdirs of the arguments, each PATH, URL, NAME:PATH or NAME:URL.

    One logdir without a name has none; of several, each is called by its directory's name, or by its path where
    that name is not its own. A remote one is a RemoteLogDir, whose directory is still as it was left.

    Raises:
        CommandError: a path that is no readable directory, a URL that cannot be opened here, or two logdirs of one
            name.
    """
    logdirs = [_logdir(*_split(argument)) for argument in arguments]
    if len(logdirs) > 1:
        logdirs = _named(logdirs)
    twice = [name for name, times in Counter(logdir.name for logdir in logdirs).items() if times > 1]
    if twice:
        raise CommandError(f"two logdirs are named {printable(twice[0])}; name them apart with NAME:PATH")
    return logdirs


def check_output(path: str | None, arguments: Sequence[str]) -> None:
    """Raise a CommandError where a file to be written would take the place of a log, or be read as one.

    An event file never is written to, wherever it lies; in the logdirs of the arguments no log of another tool either.
    """
    if path is None:
        return
    target = os.path.realpath(path)
    name = os.path.basename(target)  # noqa: PTH119
    if is_event_filename(name):
        raise CommandError(f"{printable(path)} would be an event file; give another name with -o")
    inside = any(_is_in(target, os.path.realpath(place)) for place in _local_places(arguments))
    if inside and is_log_name(name):
        raise CommandError(f"{printable(path)} would be read as a log, by its name; give another one with -o")


def _local_places(arguments: Sequence[str]) -> list[str]:
    places = [(name, place) for name, place in map(_split, arguments) if not _URL.match(place)]
    return [os.path.expanduser(place) if name else place for name, place in places]  # noqa: PTH111


def _is_in(path: str, directory: str) -> bool:
    return os.path.commonpath([path, directory]) == directory


def _logdir(name: str, place: str) -> LogDir:
    if _URL.match(place) and not os.path.lexists(place):
        return _remote(name, place)
    path = Path(place).expanduser() if name else Path(place)
    check_directory(path)
    return LogDir(name, path)


def _remote(name: str, url: str) -> LogDir:
    """What nobody with local logdirs waits for is imported here."""
    from tui.remote.address import AddressError, parse_address
    from tui.remote.cache import cache_root
    from tui.remote.connect import check_protocol
    from tui.remote.place import remote_logdir

    if url.lower().startswith("file://"):
        return _logdir(name, unquote(urlsplit(url).path))
    try:
        address = parse_address(url)
        check_protocol(address.protocol)
    except AddressError as error:
        raise CommandError(str(error)) from None
    try:
        return remote_logdir(name, url, address)
    except OSError as error:
        root = printable(str(cache_root()))
        raise CommandError(f"no mirror can be made in {root}: {error.strerror}; choose another by --cache") from None


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


def _split(argument: str) -> tuple[str, str]:
    """Name and path or URL; a path that exists is taken whole, colons and all, and so is a URL."""
    name, colon, rest = argument.partition(":")
    is_whole = _URL.match(argument) is not None or os.path.lexists(argument)
    if colon and name and rest and "/" not in name and not is_whole:
        return name, rest
    return "", argument


def _named(logdirs: Sequence[LogDir]) -> list[LogDir]:
    names = [logdir.name or _last_part(logdir) for logdir in logdirs]
    times = Counter(names)
    return [
        replace(logdir, name=name if times[name] == 1 or logdir.name else logdir.place)
        for name, logdir in zip(names, logdirs, strict=True)
    ]


def _last_part(logdir: LogDir) -> str:
    return logdir.url.rstrip("/").rpartition("/")[2] if logdir.url else logdir.path.resolve().name


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
