"""Discovery: names of runs, order of files, links, and directories that cannot be listed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import builders
from tui.model import Problem
from tui.reader.logdir import Place, discover
from tui.reader.named_logdir import LogDir


def touch(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return str(path)


def test_runs_are_directories_that_directly_hold_event_files(tmp_path: Path) -> None:
    own = touch(tmp_path / builders.FILE_NAME)
    nested = touch(tmp_path / "a" / "b" / builders.FILE_NAME)
    touch(tmp_path / "a" / "notes.txt")
    touch(tmp_path / "c" / "events.out.tfevents.1700000000.host.profile-empty")
    found = discover(LogDir("", tmp_path))
    assert found.runs == {".": (own,), "a/b": (nested,)}
    assert set(found.directories) == {str(tmp_path / name) for name in ("", "a", "a/b", "c")}
    assert found.problems == ()


def test_a_named_logdir_prefixes_its_runs(tmp_path: Path) -> None:
    touch(tmp_path / builders.FILE_NAME)
    touch(tmp_path / "a" / builders.FILE_NAME)
    assert set(discover(LogDir("base", tmp_path)).runs) == {"base", "base/a"}


def test_a_logdir_s_place_is_where_its_user_knows_it() -> None:
    assert LogDir("", Path("/logs")).place == "/logs"
    assert LogDir("base", Path("/cache/1"), "s3://bucket/logs").place == "s3://bucket/logs"


def test_an_event_file_that_is_a_link_in_a_circle_is_none(tmp_path: Path) -> None:
    file = touch(tmp_path / builders.FILE_NAME)
    (tmp_path / f"{builders.FILE_NAME}.self").symlink_to(tmp_path / f"{builders.FILE_NAME}.self")
    (tmp_path / f"{builders.FILE_NAME}.gone").symlink_to(tmp_path / "gone")
    found = discover(LogDir("", tmp_path))
    assert (found.runs, found.problems) == ({".": (file,)}, ())


def test_files_come_in_the_order_of_the_times_in_their_names(tmp_path: Path) -> None:
    names = ["z.tfevents.1700000001.h", "a.tfevents.1700000002.h", "b.tfevents.1700000002.h", "old.tfevents"]
    paths = [touch(tmp_path / name) for name in names]
    assert discover(LogDir("", tmp_path)).runs["."] == (paths[3], paths[0], paths[1], paths[2])


def test_a_symlink_loop_is_visited_once(tmp_path: Path) -> None:
    file = touch(tmp_path / "run" / builders.FILE_NAME)
    (tmp_path / "run" / "up").symlink_to(tmp_path)
    (tmp_path / "run" / "self").symlink_to(tmp_path / "run" / "self")
    (tmp_path / "nowhere").symlink_to(tmp_path / "missing")
    found = discover(LogDir("", tmp_path))
    assert found.runs == {"run": (file,)}
    assert (found.places[tmp_path.stat().st_dev].directories, found.problems) == (2, ())


def test_a_run_goes_by_its_real_name_rather_than_by_a_link(tmp_path: Path) -> None:
    touch(tmp_path / "runs" / "3" / builders.FILE_NAME)
    (tmp_path / "latest").symlink_to(tmp_path / "runs" / "3")
    assert set(discover(LogDir("", tmp_path)).runs) == {"runs/3"}


def test_links_to_directories_elsewhere_are_followed(tmp_path: Path) -> None:
    touch(tmp_path / "elsewhere" / "sub" / builders.FILE_NAME)
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "link").symlink_to(tmp_path / "elsewhere")
    found = discover(LogDir("", tmp_path / "logs"))
    assert set(found.runs) == {"link/sub"}
    assert found.places == {tmp_path.stat().st_dev: Place(str(tmp_path / "logs"), 1)}


def test_a_fifo_is_no_event_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / builders.FILE_NAME)
    assert discover(LogDir("", tmp_path)).runs == {}


def test_a_missing_logdir_is_empty(tmp_path: Path) -> None:
    found = discover(LogDir("", tmp_path / "missing"))
    assert (found.runs, found.directories, found.problems) == ({}, {}, ())


def test_an_unreadable_directory_is_a_problem_and_the_rest_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path / "good" / builders.FILE_NAME)
    closed = tmp_path / "closed"
    closed.mkdir()
    scandir = os.scandir

    # Permissions do not stop root, as whom tests may run.
    def refuse(path: str) -> object:
        if path == str(closed):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = discover(LogDir("", tmp_path))
    assert set(found.runs) == {"good"}
    assert found.problems == (Problem(str(closed), None, "directory cannot be read: Permission denied"),)


def test_a_file_in_place_of_a_logdir_is_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert discover(LogDir("", file)).problems == (
        Problem(str(file), None, "directory cannot be read: Not a directory"),
    )
