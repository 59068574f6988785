"""Finds runs: which directories under a logdir directly hold event files, and which files those are."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from logging_lib.tfevents.filename import file_order, is_event_filename
from tui.model import Problem
from tui.reader.named_logdir import LogDir
from tui.reader.peers.names import PeerFile, find_peers, is_peer_name
from tui.reader.projector import CONFIG_NAME

_Identity = tuple[int, int]


class Listing(NamedTuple):
    """What a directory held: paths of event files (oldest first by the time in their names), of its real
    subdirectories in order of name with their inodes, of symbolic links to directories, of a projector's config, and of
    what may be logs of other tools.

    `identity` is device and inode; `mtime` is in ns, from just before: it moves when an entry comes or goes.
    """

    identity: _Identity
    mtime: int
    files: tuple[str, ...]
    children: Mapping[str, int]
    links: tuple[str, ...]
    config: str | None
    peers: tuple[str, ...] = ()


class Place(NamedTuple):
    """Directories of a walk that are on one file system: the first of them, and how many there are.

    Those that were reached through symbolic links below the logdir do not count.
    """

    path: str
    directories: int


@dataclass(frozen=True, slots=True)
class Discovery:
    """What one walk found.

    `runs`: name -> paths of event files, oldest first by the time in their names. `directories`: every directory
    -> what it held. `places`: device -> the directories on it. `problems`: directories that could not be listed; a
    logdir that does not exist is none, since it may appear later. `projectors`: name -> path of the projector's
    config, of directories without event files too. `complete`: whether all there is was listed. `peers`: name -> the
    files that another tool logged; none of them is among `runs`.
    """

    runs: Mapping[str, tuple[str, ...]]
    directories: Mapping[str, Listing]
    places: Mapping[int, Place]
    problems: tuple[Problem, ...]
    projectors: Mapping[str, str]
    complete: bool
    peers: Mapping[str, tuple[PeerFile, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class _Walk:
    """The state of one walk. A directory is visited once, however many names lead to it."""

    known: Mapping[str, Listing]
    at: Callable[[str], None]
    until: float
    complete: bool = True
    seen: set[_Identity] = field(default_factory=set)
    # Symbolic links wait until all real directories were visited, so that a run goes by its real name.
    links: list[str] = field(default_factory=list)
    directories: dict[str, Listing] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def run(self, root: str) -> None:
        self._tree(root, linked=False)
        # Visiting a link may find further ones; they go to the end of the line.
        for link in self._pending_links() if self.complete else ():
            self._tree(link, linked=True)

    def _pending_links(self) -> Iterator[str]:
        position = 0
        while position < len(self.links):
            yield self.links[position]
            position += 1

    def _tree(self, top: str, *, linked: bool) -> None:
        stack = [top]
        while stack:
            path = stack.pop()
            try:
                stack.extend(reversed(self._visit(path, linked=linked)))
            except FileNotFoundError:
                continue  # removed since its parent was listed, a dangling link, or a logdir yet to come
            except OSError as error:
                self.problems.append(Problem(path, None, unreadable(error)))

    def _visit(self, path: str, *, linked: bool) -> list[str]:
        """List one directory, if it is not known what it holds; returns its real subdirectories in order of name."""
        self.at(path)
        listing = self.known.get(path)
        if listing is None:
            if time.monotonic() > self.until:
                self.complete = False
                return []
            listing = list_directory(path, self.seen)
        if listing is None or listing.identity in self.seen:
            return []
        self.seen.add(listing.identity)
        self.directories[path] = listing
        self.links += listing.links
        device = listing.identity[0]
        first, count = self.places.get(device, (path, 0))
        self.places[device] = Place(first, count + (not linked))
        return list(listing.children)


def discover(
    logdir: LogDir,
    known: Mapping[str, Listing] | None = None,
    *,
    at: Callable[[str], None] = lambda path: None,
    until: float = math.inf,
) -> Discovery:
    """Walk a logdir. Symbolic links are followed, a directory reached twice is visited once.

    Args:
        logdir: where to begin.
        known: directories that need not be listed, by path: the file system is not asked about them.
        at: called with each directory that is visited, before it is.
        until: by `time.monotonic`, when to list no more directories.
    """
    root = os.fspath(logdir.path)
    walk = _Walk(known or {}, at, until)
    walk.run(root)
    runs: dict[str, tuple[str, ...]] = {}
    projectors: dict[str, str] = {}

    def name_of(path: str) -> str:
        return logdir.run_name(path[len(root) :].strip("/") or ".")

    for path, listing in walk.directories.items():
        if listing.files or listing.config:
            name = name_of(path)
            if listing.files:
                runs[name] = listing.files
            if listing.config:
                projectors[name] = listing.config
    found = {path: listing.peers for path, listing in walk.directories.items() if listing.peers}
    with_events = (path for path, listing in walk.directories.items() if listing.files)
    peers = {name_of(path): files for path, files in find_peers(found, with_events).items()} if found else {}
    return Discovery(runs, walk.directories, walk.places, tuple(walk.problems), projectors, walk.complete, peers)


def list_directory(path: str, seen: frozenset[_Identity] | set[_Identity] = frozenset()) -> Listing | None:
    """What a directory holds; None, without listing it, where it is one of those `seen`.

    The file system is asked for its state and its entries, and of these for nothing more but where links lead.

    Raises:
        OSError: it cannot be listed.
    """
    status = os.stat(path)  # noqa: PTH116 - walked by the thousand
    identity = (status.st_dev, status.st_ino)
    if identity in seen:
        return None
    files: list[str] = []
    children: list[tuple[str, int]] = []
    links: list[str] = []
    config = None
    peers: list[str] = []
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                children.append((entry.path, entry.inode()))
            elif is_event_filename(entry.name) and _is_file(entry):
                files.append(entry.path)
            elif entry.name == CONFIG_NAME and _is_file(entry):
                config = entry.path
            elif is_peer_name(entry.name, path) and _is_file(entry):
                peers.append(entry.path)
            elif entry.is_symlink() and _is_directory(entry):
                links.append(entry.path)
    peers.sort()
    files.sort(key=_file_order)
    known = (tuple(files), dict(sorted(children)), tuple(links), config, tuple(peers))
    return Listing(identity, status.st_mtime_ns, *known)


def unreadable(error: OSError) -> str:
    """What to say of a directory that cannot be listed."""
    return f"directory cannot be read: {error.strerror}"


def _file_order(path: str) -> tuple[int, str]:
    name = os.path.basename(path)  # noqa: PTH119 - a plain string operation in a hot loop
    return file_order(name)


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Whether it is a regular file: a FIFO of that name would block whoever opens it."""
    try:
        return entry.is_file()
    except OSError:  # a link that leads nowhere or in circles holds no events
        return False


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # as above
        return False
