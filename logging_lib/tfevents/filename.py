"""Event file names: make one, recognise one.

`events.out.tfevents.<unix seconds, 10 digits>.<host>.<pid>.<uid><suffix>`; TensorFlow 2 ends them in `.v2`.
TensorBoard takes every file whose name contains `tfevents`; so do we, except the empty files that the Keras
profiler leaves to mark a directory, and hidden files, by whose names rsync calls what it has not finished copying.
"""

from __future__ import annotations

import itertools
import os
import re
import socket

_MARKER = "tfevents"
_PROFILE_MARK = ".profile-empty"
_SECONDS = re.compile(r"tfevents\.(\d{10,})(?:\.|$)")
_uids = itertools.count()


def make_event_filename(wall_time: float, suffix: str = "") -> str:
    """A name that no other writer of this host, process and second has, in order of the calls.

    Args:
        wall_time: seconds since the epoch.
        suffix: appended as it is; give it its own leading dot.
    """
    host = socket.gethostname().replace("/", "_")
    return f"events.out.tfevents.{int(wall_time):010d}.{host}.{os.getpid()}.{next(_uids):04d}{suffix}"


def is_event_filename(name: str) -> bool:
    """Whether a file of this base name holds events."""
    return _MARKER in name and not name.startswith(".") and not name.endswith(_PROFILE_MARK)


def file_order(name: str) -> tuple[int, str]:
    """By what the files of a run are sorted, oldest first: the time in the base name, then the name."""
    return creation_time(name) or 0, name


def creation_time(name: str) -> int | None:
    """Unix seconds in an event file's base name, or None where it has none."""
    found = _SECONDS.search(name)
    return int(found.group(1)) if found else None
