"""Which file system holds a directory, and what that means for who waits for changes in it."""

from __future__ import annotations

import ctypes
import os
import re
import sys
from functools import cache
from pathlib import Path

# Other machines write there without telling this kernel. An overlay is none of them: what is changed through it is
# told, and its layers must not be changed otherwise while it is mounted.
_REMOTE = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|lustre|gpfs|beegfs|ceph|glusterfs|afs|9p|virtiofs|vboxsf|prl_fs|orangefs|pvfs2|wekafs"
    r"|ncpfs|coda|quobyte|dvs|aufs|fuse(\..*)?"
)
# Their clients answer a stat from what they were told up to a minute ago, but ask the server when a file is opened
# (close-to-open consistency, nfs(5)).
_FRESH_WHEN_OPENED = re.compile(r"nfs\d?|cifs|smb\d?|smbfs")
_OCTAL = re.compile(r"\\([0-7]{3})")
# f_type of statfs(2), for where the table of mounts says nothing, as it may in a chroot.
_MAGIC = {
    0x6969: "nfs", 0xFF534D42: "cifs", 0xFE534D42: "smb3", 0x517B: "smbfs", 0x0BD00BD0: "lustre", 0x47504653: "gpfs",
    0x19830326: "beegfs", 0x00C36400: "ceph", 0x5346414F: "afs", 0x6B414653: "afs", 0x01021997: "9p",
    0x65735546: "fuse", 0x786F4256: "vboxsf", 0x20030528: "orangefs", 0x73757245: "coda", 0x564C: "ncpfs",
}  # fmt: skip


def is_remote(kind: str) -> bool:
    """Whether on a file system of this type changes may come that the kernel is not told of."""
    return _REMOTE.fullmatch(kind) is not None


def is_fresh_when_opened(kind: str) -> bool:
    """Whether a file that is opened shows its size as it is, and one that is not may show an old one."""
    return _FRESH_WHEN_OPENED.fullmatch(kind) is not None


def file_system_type(path: str, mounts: str | None = None) -> str:
    """The type of the file system that holds `path`, such as ext4 or nfs4; empty where unknown.

    Args:
        path: an existing path.
        mounts: the text of /proc/self/mountinfo, which is read where this is None.
    """
    return mount_of(os.path.realpath(path), mounts)[1] or _by_magic(path)


def mount_of(real: str, mounts: str | None = None) -> tuple[str, str]:
    """Where the file system is mounted that holds an absolute path without links, and its type; empty where unknown.

    The file system itself is not asked: it may not answer.
    """
    best, kind = "", ""
    for line in (_mounts() if mounts is None else mounts).splitlines():
        left, _, right = line.partition(" - ")
        fields = left.split(" ")
        if len(fields) < 5 or not right:
            continue
        point = _OCTAL.sub(lambda match: chr(int(match[1], 8)), fields[4])
        inside = real == point or real.startswith(point.rstrip("/") + "/")
        # Of equal mount points the later one hides the earlier.
        if inside and len(point) >= len(best):
            best, kind = point, right.split(" ")[0]
    return best, kind


def _mounts() -> str:
    try:
        return Path("/proc/self/mountinfo").read_text(errors="surrogateescape")
    except OSError:  # no /proc: nothing is known, and the stat poll works anyway
        return ""


def _by_magic(path: str) -> str:
    """By statfs(2), which Python does not have: the type is the first word of what it writes, on all of Linux."""
    if not sys.platform.startswith("linux"):
        return ""
    result = ctypes.create_string_buffer(512)
    if _libc().statfs(os.fsencode(path), result):
        return ""
    return _MAGIC.get(ctypes.c_long.from_buffer(result).value & 0xFFFFFFFF, "")


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


class FileSystems:
    """The types of file systems, each found out once. For one thread."""

    def __init__(self) -> None:
        self._kinds: dict[int, str] = {}

    def kind(self, device: int, path: str) -> str:
        """The type of a device, which holds the directory `path`."""
        if device not in self._kinds:
            self._kinds[device] = file_system_type(path)
        return self._kinds[device]
