"""Opens logdirs for a program: everything that they hold, and what was added since."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from logging_lib.tfevents import plugins
from logging_lib.tfevents.hparams import HParam
from tui.cli.errors import CommandError
from tui.cli.logdirs import parse_logdirs
from tui.ingest.ingester import Ingester
from tui.model import Problem
from tui.reader.named_logdir import LogDir
from tui.render.text import printable
from tui.shown_paths import shown
from tui.store.snapshot import RunSummary, StoreSnapshot


class LogdirError(Exception):
    """A logdir that cannot be opened; the message says which, why, and what to do."""


class Logs:
    """What some logdirs held when they were read last. `open` makes it; for one thread at a time.

    Whatever was handed out stays as it is when more is read.

    >>> import tui
    >>> logs = tui.open("runs")
    >>> logs
    Logs(2 runs, 3 series of scalars, no problems)
    >>> logs.runs["lr0.1"].points, logs.runs["lr0.1"].last_step
    (6, 3)
    >>> logs.tags
    ('acc', 'loss')
    >>> logs.hparams
    {'lr0.1': {'lr': 0.1, 'optimizer': 'sgd'}}
    """

    def __init__(self, logdirs: Sequence[LogDir], *, check: bool) -> None:
        self._logdirs = logdirs
        self._check = check
        self._ingester = Ingester(logdirs)
        self._unfetched, self._snapshot = self._read()

    def __repr__(self) -> str:
        counts = (len(self.runs), "run"), (len(self._snapshot.scalars), "series of scalars")
        runs, series = (f"{n} {what}" if n == 1 or " " in what else f"{n} {what}s" for n, what in counts)
        problems = sum(problem.count for problem in self.problems)
        told = "no problems" if not problems else "1 problem" if problems == 1 else f"{problems} problems"
        return f"Logs({runs}, {series}, {told})"

    @property
    def snapshot(self) -> StoreSnapshot:
        """All of it, as screens and commands see it."""
        return self._snapshot

    @property
    def runs(self) -> Mapping[str, RunSummary]:
        """The runs by name, sorted: points, tags, last step, first and last wall time, event files..."""
        return MappingProxyType(dict(self._snapshot.runs))

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags that any run has scalars of, sorted."""
        return tuple(sorted({key.tag for key in self._snapshot.scalars if key.plugin == plugins.SCALARS}))

    @property
    def hparams(self) -> dict[str, dict[str, HParam]]:
        """The hparams of each run that logged any."""
        starts = {name: run.start for name, run in self._snapshot.runs.items()}
        return {name: dict(start.hparams) for name, start in starts.items() if start is not None}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read, by file: `path`, `offset` in bytes (None for the whole file), `reason`, `count`."""
        return (*self._unfetched, *(replace(one, path=shown(one.path)) for one in self._snapshot.problems))

    def refresh(self) -> bool:
        """Read what was added since: new runs, new files, and of files that have grown only the new bytes.

        Returns:
            Whether anything has changed.

        Raises:
            LogdirError: a remote logdir cannot be read now; what was read of it stays.
        """
        before = self._unfetched, self._snapshot
        self._unfetched, self._snapshot = self._read()
        return self._snapshot is not before[1] or self._unfetched != before[0]

    def _read(self) -> tuple[tuple[Problem, ...], StoreSnapshot]:
        unfetched = tuple(problem for logdir in self._logdirs if logdir.url for problem in _fetch(logdir))
        return unfetched, self._ingester.read_all(check=self._check)


def open(*logdirs: str | os.PathLike[str], check: bool = True) -> Logs:
    """Read everything in one or more logdirs.

    Args:
        logdirs: each a PATH, NAME:PATH, or a URL, as `tbtui LOGDIR` takes them. Runs are named by their path below
            the logdir, `.` for itself; of several logdirs, with the logdir's name before it.
        check: whether to check the CRCs of long images, sounds and texts, which takes as long as reading them. All
            other data are checked in any case.

    Raises:
        LogdirError: one is no readable directory or cannot be reached, or two have one name.

    >>> import tui
    >>> list(tui.open("runs").runs)
    ['lr0.01', 'lr0.1']
    >>> list(tui.open("old:runs", "new:runs").runs)
    ['new/lr0.01', 'new/lr0.1', 'old/lr0.01', 'old/lr0.1']
    >>> tui.open("nowhere")
    Traceback (most recent call last):
    ...
    tui.library.logs.LogdirError: nowhere does not exist; give the directory that the event files are written to
    """
    if not logdirs:
        raise LogdirError("no logdir; give the directory that the event files are written to")
    try:
        parsed = parse_logdirs([os.fspath(logdir) for logdir in logdirs])
    except CommandError as error:
        raise LogdirError(str(error)) from None
    return Logs(parsed, check=check)


def _fetch(logdir: LogDir) -> Iterator[Problem]:
    """Bring the mirror of a remote logdir up to date; what could not be read though the link was there."""
    from tui.remote.once import RemoteError, fetch_once
    from tui.remote.place import RemoteLogDir

    assert isinstance(logdir, RemoteLogDir)
    try:
        problems = fetch_once(logdir, lambda status: None)
    except RemoteError as error:
        raise LogdirError(printable(str(error))) from None
    for name, reason in problems:
        yield Problem(f"{logdir.url}/{name}" if name else logdir.url, None, reason)
