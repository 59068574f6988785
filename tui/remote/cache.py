"""Where mirrors lie, who may write to one, and which are kept no longer."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import stat
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tui.remote.address import Address
from tui.remote.mirror import remove_mirror, write_json
from tui.remote.status import Problems

VARIABLE = "TBTUI_CACHE"
KEPT_DAYS = 30
_NAME = re.compile(r"[a-z][a-z0-9+.-]*-[A-Za-z0-9._-]*-[0-9a-f]{12}")  # Address.mirror_name
_MARK, _LOCK, _PASSED, _NUDGE = "mirror.json", "lock", "passed.json", "nudge"


def cache_root(environ: Mapping[str, str] = os.environ) -> Path:
    """The directory of all mirrors: $TBTUI_CACHE, or tbtui/remote in the user's cache."""
    if chosen := environ.get(VARIABLE, ""):
        return Path(chosen).expanduser().absolute()
    base = environ.get("XDG_CACHE_HOME", "")
    # A relative path is to be ignored.
    return (Path(base) if base.startswith("/") else Path("~/.cache").expanduser()) / "tbtui" / "remote"


def make_mirror(address: Address, root: Path) -> Path:
    """The directory of an address's mirror, made if there is none, and marked as used now. Only the user may read it.

    Raises:
        OSError: it cannot be written, or another user could put something into it.
    """
    directory = root / address.mirror_name()
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check_root(root.resolve())
    directory.mkdir(mode=0o700, exist_ok=True)
    _check_own(directory)
    write_json(directory / _MARK, {"url": address.shown})
    (directory / "files").mkdir(exist_ok=True)
    return directory


def _check_root(root: Path) -> None:
    """Raise a PermissionError where another user may rename what is below the directory, such as one in /tmp that is
    not ours."""
    places = [root, *root.parents]
    shared = [at for at, place in enumerate(places) if place.stat().st_mode & stat.S_IWOTH]
    for place in places[: max([1, *shared])]:
        if place.stat().st_uid not in (0, os.geteuid()):
            raise PermissionError(errno.EPERM, f"{place} belongs to another user")


def _check_own(directory: Path) -> None:
    """Raise an OSError unless it is a directory of ours, and no link to one; from now on it is for nobody else."""
    status = directory.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, f"{directory.name} is a link")
    if status.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, f"{directory.name} belongs to another user")
    if status.st_mode & 0o077:
        directory.chmod(0o700)


def _is_ours(directory: Path) -> bool:
    """Whether a directory with a mark looks like a mirror that we made."""
    if not _NAME.fullmatch(directory.name):
        return False
    try:
        status, mark = directory.lstat(), (directory / _MARK).lstat()
    except OSError:  # another tbtui was faster
        return False
    return stat.S_ISDIR(status.st_mode) and stat.S_ISREG(mark.st_mode) and status.st_uid == os.geteuid()


def remove_old(root: Path, now: float) -> None:
    """Remove the mirrors that nobody has opened for 30 days. What is no mirror of ours stays."""
    for mark in root.glob(f"*/{_MARK}"):
        if not _is_ours(mark.parent):
            continue
        try:
            if now - mark.stat().st_mtime < KEPT_DAYS * 86400.0:
                continue
        except OSError:  # another tbtui was faster
            continue
        lock = MirrorLock(mark.parent)
        if lock.take():
            remove_mirror(mark.parent)
            lock.free()


class Told(NamedTuple):
    """When the last pass over everything that succeeded began (epoch seconds), what is wrong since, and what it could
    not read."""

    started: float = 0.0
    trouble: str = ""
    problems: Problems = ()


class MirrorLock:
    """One tbtui writes a mirror. Those that also read it learn here how far that one is, and ask it to hurry."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._handle: int | None = None

    def take(self) -> bool:
        """Whether we may write; without waiting."""
        if self._handle is not None:
            return True
        handle = os.open(self._directory / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # another has it
            os.close(handle)
            return False
        self._handle = handle
        return True

    @property
    def is_taken(self) -> bool:
        """Whether we may write."""
        return self._handle is not None

    def free(self) -> None:
        """Let another write; idempotent."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)

    def tell(self, told: Told) -> None:
        """Say how far we are."""
        with suppress(OSError):  # a disk that is full, which is told as such: who waits for us learns nothing new
            write_json(self._directory / _PASSED, told._asdict())

    def told(self) -> Told:
        """What the one who writes said last."""
        try:
            with (self._directory / _PASSED).open(encoding="ascii") as file:
                said = json.load(file)
            problems = tuple((str(name), str(text)) for name, text in said["problems"])
            return Told(float(said["started"]), str(said["trouble"]), problems)
        except (OSError, ValueError, KeyError, TypeError):  # nothing was said yet
            return Told()

    def nudge(self) -> None:
        """Ask the one who writes for a pass over everything now."""
        (self._directory / _NUDGE).touch()

    def nudged(self) -> float:
        """When somebody asked last, epoch seconds."""
        try:
            return (self._directory / _NUDGE).stat().st_mtime
        except OSError:
            return 0.0


def opened_now(directory: Path) -> None:
    """A mirror that is still used is kept."""
    os.utime(directory / _MARK, (time.time(),) * 2)
