"""Bombs in names and places: runs, tags, directories, links."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from benchmarks.bombs.bomb import EVERY, FILE_NAME, Bomb, event, float_value, log, scalars

_WAYS = ("ls", "tags", "export", "check", "report", "plot", "frame", "screen")
_MILLION = 1_000_000


def _tags(directory: Path, tags: Iterator[bytes]) -> None:
    log(directory / "run", (event(float_value(tag)) for tag in tags))


def _runs(directory: Path, count: int) -> None:
    """Runs of one point, in a hundred directories."""
    data = log(directory / "first", scalars(1)).read_bytes()
    for run in range(count):
        place = directory / f"g{run % 100}" / f"r{run}"
        place.mkdir(parents=True)
        (place / FILE_NAME).write_bytes(data)


def _files(directory: Path, count: int) -> None:
    data = log(directory / "run", scalars(1)).read_bytes()
    for number in range(count):
        (directory / "run" / FILE_NAME.replace("host.1", f"host.{number}")).write_bytes(data)


def _deep(directory: Path, levels: int, name: str) -> None:
    """Directories in each other, deeper than a path may be long, and a run in each tenth."""
    data = log(directory / "run", scalars(3)).read_bytes()
    place = os.open(directory, os.O_RDONLY)
    for level in range(levels):
        os.mkdir(name, dir_fd=place)
        below = os.open(name, os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = below
        if level % 10 == 0:
            file = os.open(FILE_NAME, os.O_WRONLY | os.O_CREAT, dir_fd=place)
            os.write(file, data)
            os.close(file)
    os.close(place)


def _links(directory: Path) -> None:
    """Links to themselves, to each other, upwards, and a thousand to the whole file system's root."""
    log(directory / "run", scalars(3))
    for number in range(1000):
        (directory / f"up{number}").symlink_to("..")
        (directory / "run" / f"self{number}").symlink_to(f"self{number}")
        (directory / f"a{number}").symlink_to(f"a{(number + 1) % 1000}")
    (directory / "run" / FILE_NAME.replace("host.1", "host.2")).symlink_to("/dev/zero")
    os.mkfifo(directory / "run" / FILE_NAME.replace("host.1", "host.3"))


def _many_scopes() -> Iterator[bytes]:
    """Tags of 1,000 parts each, all others."""
    return (b"/".join(b"%d" % (number + part) for part in range(1000)) for number in range(2000))


BOMBS = (
    Bomb(
        "tags",
        "10^6 tags",
        lambda d: _tags(d, (b"t%d" % number for number in range(_MILLION))),
        _WAYS,
        "more than 100000 tags in this run; the others are left out",
    ),
    Bomb(
        "tag-groups",
        "200,000 tags in as many groups",
        lambda d: _tags(d, (b"g%d/t" % n for n in range(200_000))),
        _WAYS,
        megabytes=1000,
    ),
    Bomb("tag-long", "a tag of 10 MB", lambda d: _tags(d, iter([b"x" * 10 * _MILLION, b"y"])), EVERY),
    Bomb(
        "tag-slashes",
        "a tag with 100,000 slashes",
        lambda d: _tags(d, iter([b"a/" * 100_000 + b"x", b"/" * 10**5])),
        EVERY,
    ),
    # A group for each part of a name, in tabs and reports, takes some sixty times the bytes of the name.
    Bomb("tag-parts", "2,000 tags of 1,000 parts each", lambda d: _tags(d, _many_scopes()), EVERY, megabytes=700),
    Bomb(
        "tag-marks",
        "a tag of 10^6 combining marks, one of 10^6 newlines",
        lambda d: _tags(d, iter(["\u0301".encode() * _MILLION, b"\n" * _MILLION, "\u202e".encode() * 1000])),
        EVERY,
    ),
    Bomb("runs", "100,000 runs", lambda d: _runs(d, 100_000), ("ls", "check", "screen"), megabytes=2000),
    Bomb("files", "20,000 event files of one run", lambda d: _files(d, 20_000), ("ls", "check", "screen")),
    Bomb("directories-deep", "5,000 directories in each other", lambda d: _deep(d, 5000, "d"), _WAYS),
    Bomb("directories-long", "names of 255 bytes, 60 levels", lambda d: _deep(d, 60, "n" * 255), _WAYS),
    Bomb("links", "3,000 links in circles, upwards and to themselves; one to /dev/zero, a FIFO", _links, EVERY),
)
