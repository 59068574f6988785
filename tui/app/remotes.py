"""The remote logdirs on the screen: what their links say, as parts of the header, problems and lines of help."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.app.parts import Part
from tui.app.theme import Look
from tui.model import Problem
from tui.reader.named_logdir import LogDir
from tui.remote.status import LinkState, RemoteStatus
from tui.render.numbers import bytes_
from tui.render.text import printable
from tui.store.snapshot import StoreSnapshot

if TYPE_CHECKING:  # nobody with local logdirs waits for it
    from tui.remote.link import Link


class Remotes:
    """The links of the remote ones among some logdirs; `on_change` is called on their threads."""

    def __init__(self, logdirs: Sequence[LogDir], on_change: Callable[[], None]) -> None:
        self._links: list[Link] = []
        self._merged: tuple[StoreSnapshot, tuple[Problem, ...], StoreSnapshot] | None = None
        remote = [logdir for logdir in logdirs if logdir.url]
        if remote:
            from tui.remote.link import Link
            from tui.remote.place import RemoteLogDir

            self._links = [Link(logdir, on_change) for logdir in remote if isinstance(logdir, RemoteLogDir)]

    def start(self) -> None:
        """Begin to fetch."""
        for link in self._links:
            link.start()

    def stop(self) -> None:
        """Fetch no more; waits for nobody."""
        for link in self._links:
            link.stop()

    @property
    def statuses(self) -> tuple[RemoteStatus, ...]:
        """How each link is."""
        return tuple(link.status for link in self._links)

    def with_problems(self, snapshot: StoreSnapshot) -> StoreSnapshot:
        """The snapshot with the links' problems among those of the files; the same one as long as neither changes."""
        problems = tuple(problem for status in self.statuses for problem in link_problems(status))
        if not problems:
            return snapshot
        if self._merged is None or self._merged[0] is not snapshot or self._merged[1] != problems:
            merged = replace(snapshot, problems=(*problems, *snapshot.problems))
            self._merged = snapshot, problems, merged
        return self._merged[2]


def link_problems(status: RemoteStatus) -> Iterable[Problem]:
    """What is wrong with a link, and with single files though the link is there."""
    if status.is_bad:
        yield Problem(status.url, None, f"{_long_text(status)}; what was read stays")
    for name, text in status.problems:
        yield Problem(f"{status.url}/{name}" if name else status.url, None, text)


def link_parts(statuses: Sequence[RemoteStatus], look: Look) -> list[Part]:
    """The header's part: what does not work, or how far the first fetch is. Nothing where all is well."""
    parts: list[Part] = []
    for status in statuses:
        name = f"{printable(status.name)}: " if len(statuses) > 1 and status.name else ""
        if status.is_bad:
            parts.append((f"✗ {name}{status.state.value}{_next_try(status)}  ", look.error))
        elif status.state is LinkState.CONNECTING:
            parts.append((f"{name}connecting  ", look.accent))
        elif status.state is LinkState.FETCHING and status.total > status.done:
            parts.append((f"{name}fetching {status.done / status.total:.0%} of {bytes_(status.total)}  ", look.accent))
        elif status.state is LinkState.FETCHING and not status.complete:
            parts.append((f"{name}listing  ", look.accent))
    return parts


def mirror_lines(statuses: Sequence[RemoteStatus]) -> list[tuple[str, str]]:
    """For the help: where each mirror lies, how large it is, and how its link is."""
    lines: list[tuple[str, str]] = []
    for status in statuses:
        how = _long_text(status) if status.is_bad else status.state.value
        lines.append((status.url, f"{how}; {bytes_(status.mirror_bytes)} in {status.mirror}"))
    return lines


def _long_text(status: RemoteStatus) -> str:
    since = f" since {_clock(status.since)}" if status.since else ""
    return f"{status.state.value}{since} ({status.text}){_next_try(status)}"


def _next_try(status: RemoteStatus) -> str:
    return f", next try at {_clock(status.next_try)}" if status.next_try else ""


def _clock(epoch: float) -> str:
    """A time of day: it stays right without being drawn again each second."""
    return time.strftime("%H:%M:%S", time.localtime(epoch))
