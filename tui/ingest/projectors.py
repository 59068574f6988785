"""The projectors' configs of the logdirs: read when they appear, and again when they change."""

from __future__ import annotations

import os
from collections.abc import Mapping

from tui.model import Batch, Problem, ProjectorInfo, Recovered
from tui.reader.projector import ProjectorError, read_projector

# What moves when a file's content or the right to read it does; None for a file that is gone.
_Stamp = tuple[int, int, int, int] | None


class Projectors:
    """The configs that the last update found. For one thread."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, _Stamp]] = {}

    def update(self, found: Mapping[str, str]) -> list[Batch]:
        """What changed, now that these are the configs' paths by run."""
        batches: list[Batch] = []
        for run in [run for run in self._known if run not in found]:
            path, _ = self._known.pop(run)
            batches += [Recovered(path), ProjectorInfo(run, path, "", ())]
        for run, path in found.items():
            state = (path, _stamp(path))
            if self._known.get(run) != state:
                self._known[run] = state
                batches += [Recovered(path), *_read(run, path)]
        return batches


def _read(run: str, path: str) -> list[Batch]:
    try:
        info, problem = read_projector(run, path)
    except ProjectorError as error:
        return [Problem(path, None, str(error)), ProjectorInfo(run, path, "", ())]
    return [info] if problem is None else [problem, info]


def _stamp(path: str) -> _Stamp:
    try:
        status = os.stat(path)  # noqa: PTH116 - polled, and a plain string
    except OSError:  # gone since it was listed: reading it says so
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
