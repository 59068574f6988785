"""Mirrors where other users can write, as in /tmp: what they put there is neither read, written to nor removed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tui.cli.commands import called, only_line
from tui.remote.address import Address, parse_address
from tui.remote.cache import make_mirror, remove_old

ADDRESS = Address("s3", "bucket", "runs")


def tree(place: Path) -> set[str]:
    return {str(path.relative_to(place)) for path in place.rglob("*")}


def test_a_mirror_is_for_its_user_alone(tmp_path: Path) -> None:
    root = tmp_path / "cache" / "tbtui"
    mirror = make_mirror(ADDRESS, root)
    assert [path.stat().st_mode & 0o777 for path in (root, mirror)] == [0o700, 0o700]
    mirror.chmod(0o777)
    assert make_mirror(ADDRESS, root) == mirror
    assert mirror.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("plant", "reason"),
    [
        (lambda mirror, elsewhere: mirror.symlink_to(elsewhere), "is a link"),
        (lambda mirror, elsewhere: mirror.symlink_to(elsewhere / "nothing"), "File exists"),
        (lambda mirror, elsewhere: mirror.write_text(""), "File exists"),
    ],
)
def test_what_stands_in_a_mirrors_place_is_not_followed(
    tmp_path: Path, plant: Callable[[Path, Path], None], reason: str
) -> None:
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    root.mkdir(), elsewhere.mkdir()
    plant(root / ADDRESS.mirror_name(), elsewhere)
    before = tree(tmp_path)
    with pytest.raises(OSError, match=reason):
        make_mirror(ADDRESS, root)
    assert tree(tmp_path) == before


def test_a_place_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where root runs the tests, everything is somebody else's for whoever is not root; else likewise."""
    if os.geteuid() == 0:
        os.chown(tmp_path, 12345, -1)
    else:
        other = os.geteuid() + 1
        monkeypatch.setattr(os, "geteuid", lambda: other)
    shared = tmp_path / "shared"
    for mode in (0o755, 0o1777):
        shared.mkdir(exist_ok=True)
        shared.chmod(mode)
        tmp_path.chmod(0o1777)
        if os.geteuid() == 0:
            os.chown(shared, 12345, -1)
        with pytest.raises(PermissionError, match=r"shared belongs to another user"):
            make_mirror(ADDRESS, shared)
    with pytest.raises(PermissionError, match=r"belongs to another user"):
        make_mirror(ADDRESS, shared / "below")
    assert tree(tmp_path) <= {"shared", "shared/below"}


def test_a_mirror_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mirror = make_mirror(ADDRESS, tmp_path)
    real = Path.lstat

    class Foreign:
        def __init__(self, status: os.stat_result) -> None:
            self.st_mode, self.st_mtime, self.st_uid = status.st_mode, status.st_mtime, status.st_uid + 1

    monkeypatch.setattr(Path, "lstat", lambda path: Foreign(real(path)) if path == mirror else real(path))
    with pytest.raises(PermissionError, match="belongs to another user"):
        make_mirror(ADDRESS, tmp_path)
    remove_old(tmp_path, 1e12)
    assert mirror.is_dir()


def test_only_mirrors_of_ours_are_removed(tmp_path: Path) -> None:
    """Another program's directory that happens to have such a file, a link to one, a mirror, a link to a mirror."""
    (root := tmp_path / "root").mkdir()
    for place in (root / "project", tmp_path / "elsewhere"):
        place.mkdir()
        (place / "mirror.json").write_text("{}")
    (root / "s3-linked-0123456789ab").symlink_to(tmp_path / "elsewhere")
    mirror = make_mirror(ADDRESS, root)
    (root / "s3-alias-0123456789ab").symlink_to(mirror)
    remove_old(root, 1e12)
    assert tree(tmp_path) == {
        "root", "root/project", "root/project/mirror.json", "elsewhere", "elsewhere/mirror.json",
        "root/s3-linked-0123456789ab", "root/s3-alias-0123456789ab",
    }  # fmt: skip


@pytest.mark.parametrize("url", ["s3://bucket/runs", "ssh://me@host:22/~/runs", "https://h:1/%2e%2e/x?y", "memory://"])
def test_the_name_of_every_mirror_is_known_again(tmp_path: Path, url: str) -> None:
    make_mirror(parse_address(url), tmp_path)
    remove_old(tmp_path, 1e12)
    assert tree(tmp_path) == set()


def test_it_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("fsspec")
    monkeypatch.setenv("TBTUI_CACHE", str(tmp_path))
    address = parse_address("memory://runs")
    (tmp_path / address.mirror_name()).symlink_to(tmp_path)
    shown = called("ls", "memory://runs")
    assert (shown.returncode, only_line(shown.stderr)) == (
        2,
        f"tbtui: no mirror can be made in {tmp_path}: {address.mirror_name()} is a link; choose another by --cache",
    )
