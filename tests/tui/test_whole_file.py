"""Files that are there whole or not at all, and links that lead nowhere."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.whole_file import part_file, write_new


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def names(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir()}


def test_a_new_file_is_whole_or_not_there(tmp_path: Path) -> None:
    write_new(tmp_path / "a", b"abc")
    assert (tmp_path / "a").read_bytes() == b"abc"
    assert names(tmp_path) == {"a"}
    with pytest.raises(ValueError), part_file(tmp_path) as part:
        with part.binary() as stream:
            stream.write(b"half")
            stream.flush()
            assert part.path.read_bytes() == b"half"
        raise ValueError
    assert names(tmp_path) == {"a"}


@pytest.mark.parametrize("linked", [True, False])
def test_what_is_there_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, linked: bool) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no hard links here")

    if not linked:
        monkeypatch.setattr(os, "link", refuse)
    (tmp_path / "file").write_text("mine")
    (tmp_path / "dangling").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    (tmp_path / "directory").mkdir()
    before = names(tmp_path)
    for name in sorted(before):
        with pytest.raises(FileExistsError):
            write_new(tmp_path / name, b"other")
    assert names(tmp_path) == before
    assert (tmp_path / "file").read_text() == "mine"
    write_new(tmp_path / "new", b"new")
    assert (tmp_path / "new").read_bytes() == b"new"
    assert names(tmp_path) == before | {"new"}


def test_a_name_that_was_taken_is_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", full)
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_new(tmp_path / "new", b"new")
    assert names(tmp_path) == set()


def test_a_taken_name_gets_a_number(tmp_path: Path) -> None:
    for expected, text in [("a.tar.gz", b"1"), ("a.tar-2.gz", b"2"), ("a.tar-3.gz", b"3")]:
        with part_file(tmp_path) as part:
            with part.binary() as stream:
                stream.write(text)
            assert part.become_one(tmp_path / "a.tar.gz") == tmp_path / expected
        assert (tmp_path / expected).read_bytes() == text
    assert names(tmp_path) == {"a.tar.gz", "a.tar-2.gz", "a.tar-3.gz"}


def test_thousands_of_a_name_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.whole_file._MOST_NUMBERS", 2)
    for name in ("a", "a-2"):
        (tmp_path / name).write_bytes(b"mine")
    with pytest.raises(FileExistsError, match="2 files called a already"), part_file(tmp_path) as part:
        part.become_one(tmp_path / "a")
    assert names(tmp_path) == {"a", "a-2"}


def test_a_replaced_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to("file")
    with part_file(tmp_path) as part:
        with part.text() as stream:
            stream.write("ä\udcff")
        part.replace(tmp_path / "link")
    assert (tmp_path / "file").read_text() == "mine"
    assert (tmp_path / "link").read_bytes() == b"\xc3\xa4\xff"
    assert not (tmp_path / "link").is_symlink()


def open_files() -> int:
    return sum(1 for _ in Path("/dev/fd").iterdir())


@pytest.mark.parametrize("ended", [lambda part: None, lambda part: part.binary().close()])
def test_no_descriptor_is_left(tmp_path: Path, ended: Callable[[object], None]) -> None:
    before = open_files()
    for _ in range(3):
        with part_file(tmp_path) as part:
            ended(part)
    assert open_files() == before
    assert names(tmp_path) == set()
