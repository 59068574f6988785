"""Which directories are asked and listed when, and that what comes and goes is found with each kind of file system."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import builders
from tui.ingest import directories as directories_module
from tui.ingest.directories import Directories
from tui.model import Problem
from tui.reader import logdir as logdir_module
from tui.reader.named_logdir import LogDir

NAME = builders.FILE_NAME
OLD = (1, 1)


class Asked:
    """What the file system was asked, and the time by which that is decided."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.stats: list[str] = []
        self.lists: list[str] = []

    def forget(self) -> None:
        """Count anew."""
        self.stats.clear()
        self.lists.clear()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    asked = Asked()
    stat, scandir = os.stat, os.scandir

    def noted_stat(path: str, **options: object) -> os.stat_result:
        asked.stats.append(path)
        return stat(path)

    def noted_scandir(path: str) -> object:
        asked.lists.append(path)
        return scandir(path)

    with monkeypatch.context() as patch:
        patch.setattr("tui.ingest.rota.monotonic", lambda: asked.now)
        patch.setattr("tui.ingest.directories.monotonic", lambda: asked.now)
        patch.setattr(directories_module.os, "stat", noted_stat)
        patch.setattr(logdir_module.os, "scandir", noted_scandir)
        yield asked


def make(root: Path, *runs: str) -> None:
    """Runs of long ago."""
    for run in runs:
        builders.write(root / run / NAME, [])
        os.utime(root / run, OLD)
    os.utime(root, OLD)


def runs(directories: Directories) -> list[str]:
    return [run for found in directories.find() for run in found.runs]


def passes(directories: Directories, asked: Asked, count: int = 40) -> bool:
    """Whether a change is seen in so many looks, a second apart."""
    for _ in range(count):
        asked.now += 1.0
        if directories.changed():
            return True
    return False


def test_the_first_find_asks_once_and_lists_once(tmp_path: Path, asked: Asked) -> None:
    make(tmp_path, *(f"r{number}" for number in range(20)))
    asked.forget()
    directories = Directories([LogDir("", tmp_path)])
    assert len(runs(directories)) == 20
    assert (len(asked.stats), len(asked.lists)) == (21, 21)
    asked.forget()
    assert len(runs(directories)) == 20
    assert (asked.stats, asked.lists) == ([], [])


def test_what_is_asked_in_a_look_grows_with_what_is_active(tmp_path: Path, asked: Asked) -> None:
    """A root, the directory that changed lately, and of the others one in ten."""
    make(tmp_path, *(f"r{number:03}" for number in range(100)))
    directories = Directories([LogDir("", tmp_path)], round_seconds=1000.0)
    directories.find()
    builders.write(tmp_path / "r007" / "later.tfevents", [])
    assert passes(directories, asked)
    directories.find()
    asked.now += 5.0
    directories.changed()
    asked.forget()
    for _ in range(20):
        asked.now += 1.0
        assert not directories.changed()
    quiet = [path for path in asked.stats if path not in (str(tmp_path), str(tmp_path / "r007"))]
    assert asked.stats.count(str(tmp_path)) >= 20
    assert asked.stats.count(str(tmp_path / "r007")) >= 20
    assert len(quiet) <= 20 * 11
    assert len(asked.lists) <= 20  # one in each look, changed or not


def test_a_change_lists_only_where_it_was(tmp_path: Path, asked: Asked) -> None:
    make(tmp_path, "a", "b", "c/d")
    directories = Directories([LogDir("", tmp_path)], round_seconds=1000.0)
    assert runs(directories) == ["a", "b", "c/d"]
    builders.write(tmp_path / "c" / "e" / "f" / NAME, [])
    asked.forget()
    assert passes(directories, asked)
    assert runs(directories) == ["a", "b", "c/d", "c/e/f"]
    assert set(asked.lists) - {str(tmp_path)} == {str(tmp_path / name) for name in ("c", "c/e", "c/e/f")}
    (tmp_path / "a" / NAME).unlink()
    (tmp_path / "a").rmdir()
    assert passes(directories, asked)
    assert runs(directories) == ["b", "c/d", "c/e/f"]


def test_a_checkpoint_beside_a_run_changes_nothing(tmp_path: Path, asked: Asked) -> None:
    make(tmp_path, "a")
    directories = Directories([LogDir("", tmp_path)])
    directories.find()
    for number in range(3):
        (tmp_path / "a" / f"step{number}.pt").write_bytes(b"x")
        assert not passes(directories, asked)


def test_where_times_stand_still_entries_are_found_by_listing(tmp_path: Path, asked: Asked) -> None:
    """As on an object store that is mounted. Directly below a logdir in ten seconds, elsewhere by turns."""
    make(tmp_path, "a", "b")
    directories = Directories([LogDir("", tmp_path)])
    directories.find()
    asked.now += 100.0
    make(tmp_path, "c")
    assert passes(directories, asked, 11)
    assert runs(directories) == ["a", "b", "c"]
    asked.now += 100.0
    builders.write(tmp_path / "a" / "later.tfevents", [])
    os.utime(tmp_path / "a", OLD)
    assert passes(directories, asked, 30)
    make(tmp_path, "d")
    assert passes(directories, asked, 1)  # from then on they are not asked for their times


def test_what_comes_within_a_step_of_the_servers_clock_is_found(tmp_path: Path, asked: Asked) -> None:
    """It left the time of its directory as it was."""
    make(tmp_path)
    directories = Directories([LogDir("", tmp_path)], round_seconds=1000.0)
    directories.find()
    builders.write(tmp_path / "a" / NAME, [])
    os.utime(tmp_path, (50, 50))
    assert passes(directories, asked, 1)
    assert runs(directories) == ["a"]
    builders.write(tmp_path / "b" / NAME, [])
    os.utime(tmp_path, (50, 50))
    assert passes(directories, asked, 1)
    assert runs(directories) == ["a", "b"]


@pytest.mark.parametrize("hours", [-5, 5])
def test_the_servers_clock_does_not_matter(tmp_path: Path, asked: Asked, hours: int) -> None:
    """A directory that changed now is asked each time, whatever the time it tells."""
    make(tmp_path, *(f"r{number:03}" for number in range(100)))
    directories = Directories([LogDir("", tmp_path)], round_seconds=1000.0)
    directories.find()
    builders.write(tmp_path / "r050" / "x.tfevents", [])
    stamp = 1_000_000_000 + 3600 * hours
    os.utime(tmp_path / "r050", (stamp, stamp))
    assert passes(directories, asked)
    directories.find()
    asked.now += 10.0
    for number in range(5):
        builders.write(tmp_path / "r050" / f"y{number}.tfevents", [])
        os.utime(tmp_path / "r050", (stamp - number - 1, stamp - number - 1))
        asked.now += 4.0
        assert directories.changed()
        directories.find()


def test_a_directory_that_took_the_place_of_another_is_listed(tmp_path: Path, asked: Asked) -> None:
    make(tmp_path, "a/x", "b/y", "links/real")
    (tmp_path / "links" / "link").symlink_to(tmp_path / "b")
    os.utime(tmp_path / "links", OLD)
    directories = Directories([LogDir("", tmp_path / "links"), LogDir("more", tmp_path / "a")], round_seconds=1000.0)
    assert runs(directories) == ["real", "link/y", "more/x"]
    (tmp_path / "links" / "link").unlink()
    (tmp_path / "links" / "link").symlink_to(tmp_path / "a")
    assert passes(directories, asked)
    assert runs(directories) == ["real", "link/x", "more/x"]


def test_hints_are_listed(tmp_path: Path, asked: Asked) -> None:
    make(tmp_path, "a", "b")
    directories = Directories([LogDir("", tmp_path)], round_seconds=1000.0)
    directories.find()
    make(tmp_path, "c/d")
    directories.doubt([str(tmp_path / "c")])
    asked.forget()
    assert runs(directories) == ["a", "b", "c/d"]
    assert sorted(asked.lists) == [str(tmp_path), str(tmp_path / "c"), str(tmp_path / "c" / "d")]


def test_listing_may_be_done_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each part shows what there is so far; links come when all else is known."""
    make(tmp_path, *(f"r{number}" for number in range(9)))
    (tmp_path / "aa").symlink_to(tmp_path / "r3")
    times = iter(range(10_000))
    monkeypatch.setattr(logdir_module.time, "monotonic", lambda: next(times))
    directories = Directories([LogDir("", tmp_path)])
    found = []
    for _ in range(20):
        (discovery,) = directories.find(until=next(times) + 3)
        found.append(list(discovery.runs))
        if directories.complete:
            break
    assert found[-1] == [f"r{number}" for number in range(9)]
    assert [len(runs) for runs in found] == sorted(len(runs) for runs in found)
    assert len(found) >= 3


def test_what_cannot_be_listed_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a", "b")
    directories = Directories([LogDir("", tmp_path)])
    scandir = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("b"):
            raise OSError(5, "Input/output error", path)
        return scandir(path)

    with monkeypatch.context() as patch:
        patch.setattr(logdir_module.os, "scandir", refuse)
        (found,) = directories.find()
        assert (list(found.runs), [problem.reason for problem in found.problems]) == (
            ["a"],
            ["directory cannot be read: Input/output error"],
        )
    assert runs(directories) == ["a", "b"]


def test_a_run_in_an_old_group_of_runs_does_not_wait_for_all_others(tmp_path: Path, asked: Asked) -> None:
    """Where asking is slow: a hundredth of a second a question, of which a twenty-fifth of the time is left."""
    make(tmp_path, *(f"g{group}/r{number:03}" for group in range(4) for number in range(100)))
    for group in range(4):
        os.utime(tmp_path / f"g{group}", OLD)

    def slow(path: str) -> None:
        asked.now += 0.01

    directories = Directories([LogDir("", tmp_path)], round_seconds=10_000.0, at=slow)
    directories.find()
    (tmp_path / "g2" / "new").mkdir()
    assert passes(directories, asked, 3)
    directories.find()
    (tmp_path / "g2" / "r050" / "new").mkdir()
    assert not passes(directories, asked, 10)
    assert passes(directories, asked, 100)


def test_a_directory_that_is_out_of_reach_for_a_while_is_not_listed_anew_with_all_below_it(
    tmp_path: Path, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, *(f"r{number}" for number in range(9)))
    directories = Directories([LogDir("", tmp_path)], round_seconds=1000.0)
    directories.find()
    asked.now += 10.0
    with monkeypatch.context() as patch:

        def refuse(path: str) -> object:
            raise OSError(116, "Stale file handle", path)

        patch.setattr(directories_module.os, "stat", refuse)
        assert passes(directories, asked, 1)
        assert len(runs(directories)) == 9
        reason = "directory cannot be read: Stale file handle"
        assert Problem(str(tmp_path), None, reason) in directories.problems
    asked.forget()
    assert passes(directories, asked, 1)
    assert len(runs(directories)) == 9
    assert len(asked.lists) <= 3  # itself, one that has its turn to be asked, one to be listed
    while passes(directories, asked, 20):
        pass
    assert (len(runs(directories)), directories.problems) == (9, [])
