"""Names in a remote listing, which anybody may have written: which become files of the mirror, and which are wanted."""

from __future__ import annotations

import os

from logging_lib.tfevents.filename import is_event_filename
from tui.reader.projector import CONFIG_NAME

MOST_DEPTH = 32
_LONGEST_PART = 240  # bytes; a name of 255 has no room for what a file is called while it is written
_LONGEST_NAME = 1024
PART_PREFIX = ".tbtui-part-"


def is_safe(name: str) -> bool:
    """Whether a relative name may be one below the mirror's directory."""
    parts = name.split("/")
    try:
        encoded = [os.fsencode(part) for part in parts]
    except UnicodeEncodeError:
        return False
    return (
        len(parts) <= MOST_DEPTH
        and sum(map(len, encoded)) + len(parts) <= _LONGEST_NAME
        and "\0" not in name
        and all(part not in (b"", b".", b"..") and len(part) <= _LONGEST_PART for part in encoded)
    )


def is_wanted(name: str) -> bool:
    """Whether a file is fetched for its name: event files and projector configs. Checkpoints lie beside them."""
    last = name.rpartition("/")[2]
    return is_event_filename(last) or last == CONFIG_NAME


def only_grows(name: str) -> bool:
    """Whether a file of this name is written by appending, so that what is here of it need not be fetched again."""
    return is_event_filename(name.rpartition("/")[2])


def directory_of(name: str) -> str:
    """The directory that a file is in, empty for the logdir itself."""
    return name.rpartition("/")[0]
