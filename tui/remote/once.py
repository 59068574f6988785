"""Fetches a remote logdir once and completely, for a command; what is not complete is an error."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping

from tui.remote.link import Link
from tui.remote.mirror import remove_mirror
from tui.remote.patience import backoff
from tui.remote.place import RemoteLogDir
from tui.remote.status import Problems, RemoteStatus
from tui.remote.trouble import disk_is_full, explain
from tui.shown_paths import shown

PATIENCE_VARIABLE = "TBTUI_PATIENCE"
_PATIENCE = 60.0
# A server that never answered is waited for less: the address is wrong, more likely.
_FIRST_SHARE = 0.1
_LOOK_SECONDS = 0.2


class RemoteError(Exception):
    """It could not be fetched; the message is one line, without credentials."""


def patience(environ: Mapping[str, str] = os.environ) -> float:
    """Seconds for which a link that was lost is tried again."""
    try:
        return max(0.0, float(environ.get(PATIENCE_VARIABLE, "")))
    except ValueError:
        return _PATIENCE


def fetch_once(logdir: RemoteLogDir, on_progress: Callable[[RemoteStatus], None]) -> Problems:
    """Bring the mirror up to date; returns what could not be read though the link was there, as RemoteStatus has it.

    Raises:
        RemoteError: not everything could be fetched.
    """
    link = Link(logdir, lambda: on_progress(link.status))
    try:
        return _fetched(link, logdir) if _is_ours(link) else link.lock.told().problems
    except RemoteError:
        if link.lock.is_taken and link.came == (False, 0):  # nothing was ever there
            remove_mirror(logdir.mirror)
        raise
    finally:
        link.close()


def _is_ours(link: Link) -> bool:
    """Whether nobody else writes the mirror; else the other has looked at everything when this returns."""
    start = time.time()
    until = time.monotonic() + patience()
    while not link.lock.take():
        if link.lock.nudged() < start:
            link.lock.nudge()
        told = link.lock.told()
        if told.started >= start:
            return False
        if not told.trouble:  # it may have hours of work before it
            until = time.monotonic() + patience()
        elif time.monotonic() > until:
            raise RemoteError(f"{link.status.url}: {told.trouble} (another tbtui fetches it)")
        time.sleep(_LOOK_SECONDS)
    return True


def _fetched(link: Link, logdir: RemoteLogDir) -> Problems:
    failures, came = 0, (False, 0)
    until = time.monotonic() + _FIRST_SHARE * patience()
    while True:
        try:
            return link.pass_once()
        except Exception as error:
            if link.came[0] and link.came != came:
                # Something came since it failed last: whoever is waited for is there.
                failures, came, until = 0, link.came, time.monotonic() + patience()
            failures += 1
            trouble = explain(error, logdir.address)
            delay = backoff(failures)
            if disk_is_full(error):
                raise RemoteError(f"{logdir.url}: no room for its mirror in {logdir.mirror.parent}") from error
            if trouble.lasting or time.monotonic() + delay > until:
                raise RemoteError(shown(f"{logdir.url}: {trouble.text}")) from error
            time.sleep(delay)
