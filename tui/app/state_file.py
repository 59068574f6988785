"""One small JSON file of what is remembered: read with care, written whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from tui.reader.named_logdir import LogDir
from tui.render.text import printable

VERSION = 1
LARGEST_FILE = 1 << 20
MOST_NAMES, LONGEST_TEXT = 10_000, 4096
_FORMAT = "what tbtui remembers"
_ROOM = LARGEST_FILE * 3 // 4  # for names; the rest of the file is small
_NOT_IN_A_SLUG = re.compile(r"[^A-Za-z0-9._-]+")


class BrokenStateError(Exception):
    """The file is there, and is not what tbtui writes; the message says why."""


def file_name(logdirs: Iterable[LogDir]) -> str:
    """The file's name for a set of log directories: readable, and another one for another set."""
    places = sorted(_name_and_place(logdir) for logdir in logdirs)
    text = "\0".join(part for place in places for part in place)
    digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
    slug = "-".join(_NOT_IN_A_SLUG.sub("_", Path(path).name) for _, path in places)
    return f"{slug[:40].strip('.-') or 'root'}-{digest[:16]}.json"


def _name_and_place(logdir: LogDir) -> tuple[str, str]:
    """Links stay in a path; a remote logdir is the same one wherever its mirror lies."""
    return logdir.name, logdir.url or os.path.abspath(logdir.path)  # noqa: PTH100


class StateFile:
    """The file at `path`. Nothing is there until something is written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._broken = False

    def read(self) -> dict[str, object]:
        """The stored fields; none without a file.

        Raises:
            BrokenStateError: it cannot be read, is of another format, or too large. It is kept aside, by another name,
                when something is written.
        """
        try:
            return self._read()
        except FileNotFoundError:
            return {}
        except OSError as error:
            self._broken = True
            raise BrokenStateError(error.strerror or "it cannot be read") from error
        except (ValueError, RecursionError) as error:
            self._broken = True
            raise BrokenStateError("it is no JSON") from error
        except BrokenStateError:
            self._broken = True
            raise

    def _read(self) -> dict[str, object]:
        with self.path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            raise BrokenStateError("it is larger than 1 MiB")
        content = json.loads(data)
        if not isinstance(content, dict) or content.get("format") != _FORMAT:
            raise BrokenStateError("tbtui did not write it")
        if content.get("version") != VERSION:
            raise BrokenStateError("another version of tbtui wrote it")
        if not isinstance(fields := content.get("selection"), dict):
            raise BrokenStateError("tbtui did not write it")
        return fields

    def doubt(self) -> None:
        """What was read is wrong in part: keep the file aside when something is written."""
        self._broken = True

    def write(self, fields: Mapping[str, object]) -> int:
        """Store the fields, in a file that only the user may read; returns how many names were too many for it.

        Raises:
            OSError: it cannot be written; what was there still is.
        """
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fields, left_out = _bounded(fields)
        content = {"format": _FORMAT, "version": VERSION, "selection": fields}
        handle, temporary = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=self.path.parent)  # mode 0600
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                json.dump(content, file, indent=1, sort_keys=True)  # in ASCII: names may hold any bytes
                file.flush()
                os.fsync(handle)
            self._keep_aside()
            Path(temporary).replace(self.path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return left_out

    def _keep_aside(self) -> None:
        if self._broken:
            with contextlib.suppress(FileNotFoundError):
                self.path.replace(self.path.with_suffix(".broken"))
            self._broken = False

    def remove(self) -> None:
        """Let nothing be stored.

        Raises:
            OSError: it cannot be removed.
        """
        self.path.unlink(missing_ok=True)
        self._broken = False


def unreadable(path: Path, reason: object) -> str:
    """The line on a file that is not what tbtui writes."""
    return f"nothing is remembered from {printable(str(path))}: {reason}; the next change puts it aside as .broken"


def _bounded(fields: Mapping[str, object]) -> tuple[dict[str, object], int]:
    """The fields with no more names than there is room for and no endless texts; how many were left out."""
    room, places, left_out = _ROOM, MOST_NAMES, 0
    bounded: dict[str, object] = {}
    for name, value in fields.items():
        if isinstance(value, list):
            kept: list[object] = []
            for entry in value:
                size = len(json.dumps(entry)) + 4
                if places and size <= room and size <= LONGEST_TEXT:
                    kept.append(entry)
                    places, room = places - 1, room - size
                else:
                    left_out += 1
            bounded[name] = kept
        elif len(json.dumps(value)) <= LONGEST_TEXT:
            bounded[name] = value
        else:
            left_out += 1
    return bounded, left_out
