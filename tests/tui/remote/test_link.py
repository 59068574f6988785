"""The thread that keeps a mirror: what fails around it is told, and tried again."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from tui.remote import link as link_module
from tui.remote.address import Address
from tui.remote.cache import MirrorLock
from tui.remote.link import Link
from tui.remote.place import RemoteLogDir
from tui.remote.status import LinkState, RemoteStatus

DEADLINE = 20.0


def test_what_cannot_be_opened_for_a_moment_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many open files, an old mirror that cannot be removed: neither ends the thread."""
    told: list[RemoteStatus] = []
    failures = [OSError(errno.EMFILE, os.strerror(errno.EMFILE)), PermissionError(errno.EACCES, "no", "lock")]
    kept = threading.Event()
    take = MirrorLock.take

    def refuse(*arguments: object) -> None:
        raise PermissionError(errno.EACCES, "not yours")

    def fail_twice(lock: MirrorLock) -> bool:
        if failures:
            raise failures.pop(0)
        return take(lock)

    def keep(link: Link) -> None:
        kept.set()
        link._stopping.wait(DEADLINE)

    monkeypatch.setattr(link_module, "remove_old", refuse)
    monkeypatch.setattr(link_module, "backoff", lambda failures: 0.0)
    monkeypatch.setattr(link_module, "_LASTING_SECONDS", 0.0)
    monkeypatch.setattr(MirrorLock, "take", fail_twice)
    monkeypatch.setattr(Link, "_keep", keep)
    logdir = RemoteLogDir("", tmp_path / "files", "memory://logs", Address("memory", "logs", ""), tmp_path)
    link = Link(logdir, lambda: told.append(link.status))
    link.start()
    assert kept.wait(DEADLINE)
    link.stop()
    assert [status.state for status in told] == [LinkState.LOST, LinkState.REFUSED]
    assert "Too many open files" in told[0].text
