"""Which file system holds a path, by the table of mounts or by its magic number."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tui.ingest import mounts
from tui.ingest.mounts import FileSystems, file_system_type, is_fresh_when_opened, is_remote, mount_of

MOUNTS = r"""22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 22 0:30 / /mnt/my\040logs rw shared:5 - nfs4 server:/logs rw
31 22 0:31 / /mnt/my\040logs/fast rw - fuse.sshfs host: rw
32 22 0:32 / /mnt/covered rw - ext4 /dev/a rw
33 22 0:33 / /mnt/covered rw - lustre mds rw
broken line
"""


@pytest.mark.parametrize(
    ("path", "place", "kind"),
    [
        ("/", "/", "ext4"),
        ("/mnt/my logs", "/mnt/my logs", "nfs4"),
        ("/mnt/my logs/run", "/mnt/my logs", "nfs4"),
        ("/mnt/my logs2", "/", "ext4"),
        ("/mnt/my logs/fast/run", "/mnt/my logs/fast", "fuse.sshfs"),
        ("/mnt/covered/run", "/mnt/covered", "lustre"),
    ],
)
def test_the_deepest_mount_decides_the_type(path: str, place: str, kind: str) -> None:
    assert mount_of(path, MOUNTS) == (place, kind)
    assert file_system_type(path, MOUNTS) == kind


def test_which_are_remote_and_which_show_old_sizes() -> None:
    local = ["ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "fuseblk", "nfsd", ""]
    assert [kind for kind in local if is_remote(kind) or is_fresh_when_opened(kind)] == []
    remote = ["nfs", "nfs4", "cifs", "smb3", "lustre", "gpfs", "fuse", "fuse.sshfs", "9p", "virtiofs"]
    assert [kind for kind in remote if not is_remote(kind)] == []
    assert [kind for kind in remote if is_fresh_when_opened(kind)] == ["nfs", "nfs4", "cifs", "smb3"]


@pytest.mark.skipif(sys.platform != "linux", reason="mounts are told by Linux's /proc")
def test_this_system_has_a_type(tmp_path: Path) -> None:
    assert file_system_type(str(tmp_path))


@pytest.mark.skipif(sys.platform != "linux", reason="statfs's magic numbers are Linux's")
def test_where_no_mount_is_told_the_magic_number_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number that this directory's file system has is taken for that of NFS."""
    assert file_system_type(str(tmp_path), "") == ""
    assert file_system_type(str(tmp_path / "missing"), "") == ""
    told = subprocess.run(["stat", "-f", "-c", "%t", str(tmp_path)], capture_output=True, text=True, check=True)
    magic = int(told.stdout, 16)
    monkeypatch.setitem(mounts._MAGIC, magic, "nfs")
    assert file_system_type(str(tmp_path), "") == "nfs"


def test_a_device_is_asked_about_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def noted(path: str) -> str:
        asked.append(path)
        return "nfs4"

    monkeypatch.setattr(mounts, "file_system_type", noted)
    systems = FileSystems()
    assert [systems.kind(7, "/a"), systems.kind(7, "/a/b"), systems.kind(8, "/c")] == ["nfs4"] * 3
    assert asked == ["/a", "/c"]
