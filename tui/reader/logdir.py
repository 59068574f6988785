"""Finds runs: which directories under a logdir directly hold event files, and which files those are."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from logging_lib.tfevents.filename import file_order, is_event_filename
from tui.model import Problem
from tui.reader.named_logdir import LogDir
from tui.reader.projector import CONFIG_NAME

_Identity = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Discovery:
    """What one walk found.

    `runs`: name -> paths of event files, oldest first by the time in their names. `directories`: every directory
    that was listed -> its mtime in ns just before, which moves when an entry comes or goes; `linked` of them were
    reached through symbolic links below the logdir. `problems`: directories that could not be listed; a logdir that
    does not exist is none, since it may appear later. `projectors`: name -> path of the projector's config, of
    directories without event files too.
    """

    runs: Mapping[str, tuple[str, ...]]
    directories: Mapping[str, int]
    linked: int
    problems: tuple[Problem, ...]
    projectors: Mapping[str, str]


@dataclass(slots=True)
class _Walk:
    """The state of one walk. A directory is visited once, however many names lead to it."""

    root: str
    real_directories: int = 0
    seen: set[_Identity] = field(default_factory=set)
    # Symbolic links wait until all real directories were visited, so that a run goes by its real name.
    links: list[str] = field(default_factory=list)
    files: dict[str, tuple[str, ...]] = field(default_factory=dict)
    directories: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    configs: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        self._tree(self.root)
        self.real_directories = len(self.directories)
        # Visiting a link may find further ones; they go to the end of the line.
        for link in self._pending_links():
            self._tree(link)

    def _pending_links(self) -> Iterator[str]:
        position = 0
        while position < len(self.links):
            yield self.links[position]
            position += 1

    def _tree(self, top: str) -> None:
        stack = [top]
        while stack:
            path = stack.pop()
            try:
                stack.extend(reversed(self._visit(path)))
            except FileNotFoundError:
                continue  # removed since its parent was listed, a dangling link, or a logdir yet to come
            except OSError as error:
                self.problems.append(Problem(path, None, f"directory cannot be read: {error.strerror}"))

    def _visit(self, path: str) -> list[str]:
        """List one directory; returns its real subdirectories in order of name."""
        status = os.stat(path)  # noqa: PTH116 - walked by the thousand
        identity = (status.st_dev, status.st_ino)
        if identity in self.seen:
            return []
        self.seen.add(identity)
        files: list[str] = []
        children: list[str] = []
        with os.scandir(path) as entries:
            for entry in entries:
                self._sort_entry(entry, files, children)
        self.directories[path] = status.st_mtime_ns
        if files:
            self.files[path] = tuple(sorted(files, key=_file_order))
        return sorted(children)

    def _sort_entry(self, entry: os.DirEntry[str], files: list[str], children: list[str]) -> None:
        if entry.is_dir(follow_symlinks=False):
            children.append(entry.path)
        elif is_event_filename(entry.name) and _is_file(entry):
            files.append(entry.path)
        elif entry.name == CONFIG_NAME and _is_file(entry):
            self.configs[os.path.dirname(entry.path)] = entry.path  # noqa: PTH120 - as below
        elif entry.is_symlink() and _is_directory(entry):
            self.links.append(entry.path)


def discover(logdir: LogDir) -> Discovery:
    """Walk a logdir. Symbolic links are followed, a directory reached twice is visited once."""
    root = os.fspath(logdir.path)
    walk = _Walk(root)
    walk.run()
    runs = {logdir.run_name(os.path.relpath(path, root)): files for path, files in walk.files.items()}
    projectors = {logdir.run_name(os.path.relpath(path, root)): config for path, config in walk.configs.items()}
    linked = len(walk.directories) - walk.real_directories
    return Discovery(runs, walk.directories, linked, tuple(walk.problems), projectors)


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
