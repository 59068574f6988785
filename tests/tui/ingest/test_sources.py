"""Which files are read, in which order, and what is told once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import builders
from tui.ingest.sources import Sources
from tui.model import Batch, Problem, Recovered, RunActivity, ScalarBatch
from tui.reader.event_file import EventFileReader
from tui.reader.logdir import LogDir

OLDER = "events.out.tfevents.1700000000.host.1.0"
NEWER = "events.out.tfevents.1700000500.host.1.0"


def drain(sources: Sources) -> tuple[list[Path], list[Batch]]:
    """Paths in the order in which they were read, and what they gave."""
    paths, batches = [], []
    while (reader := sources.next()) is not None:
        paths.append(Path(reader.path))
        batches += [*sources.read(reader), *reader.take()]
    return paths, batches


def sources_of(path: Path) -> Sources:
    sources = Sources([LogDir("", path)])
    sources.scan()
    sources.look()
    return sources


def test_newest_runs_first_and_older_files_of_a_run_first(tmp_path: Path) -> None:
    for number, name in enumerate(["old", "new"]):
        for file in (NEWER, OLDER):
            path = builders.write(tmp_path / name / file, builders.points("a", range(3)))
            os.utime(path, (number, number))
    sources = sources_of(tmp_path)
    total = sources.bytes_total
    assert (sources.files, sources.directories, sources.bytes_read) == (4, 3, 0)
    paths, _ = drain(sources)
    assert paths == [
        tmp_path / "new" / OLDER,
        tmp_path / "new" / NEWER,
        tmp_path / "old" / OLDER,
        tmp_path / "old" / NEWER,
    ]
    assert sources.bytes_read == sources.bytes_total == total


def test_an_older_file_that_appears_later_is_placed_before(tmp_path: Path) -> None:
    builders.write(tmp_path / NEWER, builders.points("a", range(3)))
    sources = sources_of(tmp_path)
    builders.write(tmp_path / OLDER, builders.points("a", range(3)))
    assert sources.scan() == [RunActivity(".", str(tmp_path / OLDER), 0, None, None)]
    sources.look()
    assert drain(sources)[0] == [tmp_path / OLDER, tmp_path / NEWER]


def test_only_named_files_are_looked_at(tmp_path: Path) -> None:
    a = builders.write(tmp_path / "a" / OLDER, [])
    b = builders.write(tmp_path / "b" / OLDER, [])
    sources = sources_of(tmp_path)
    builders.append(a, builders.points("t", range(2)))
    builders.append(b, builders.points("t", range(2)))
    sources.look({str(b), str(tmp_path / "unknown")})
    assert drain(sources)[0] == [b]
    sources.look()
    assert drain(sources)[0] == [a]


def test_a_file_of_two_logdirs_is_a_run_of_each(tmp_path: Path) -> None:
    builders.write(tmp_path / "sub" / OLDER, builders.points("t", range(2)))
    sources = Sources([LogDir("outer", tmp_path), LogDir("inner", tmp_path / "sub")])
    sources.scan()
    sources.look()
    _, batches = drain(sources)
    assert {batch.key.run for batch in batches if isinstance(batch, ScalarBatch)} == {"outer/sub", "inner"}


def test_directories_tell_when_entries_come_and_go(tmp_path: Path) -> None:
    root = tmp_path / "runs"
    sources = sources_of(root)
    assert not sources.directories_changed()
    root.mkdir()
    os.utime(root, (1, 1))
    assert sources.directories_changed()
    sources.scan()
    assert not sources.directories_changed()
    builders.write(root / "a" / OLDER, [])
    assert sources.directories_changed()
    sources.scan()
    os.utime(root, (2, 2))
    assert sources.directories_changed()
    sources.scan()
    (root / "a" / OLDER).unlink()
    (root / "a").rmdir()
    assert sources.directories_changed()


def test_an_unreadable_directory_is_told_once_and_withdrawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    # Permissions do not stop root, as whom tests may run.
    def refuse(path: str) -> object:
        raise PermissionError(13, "Permission denied", path)

    sources = Sources([LogDir("", tmp_path)])
    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", refuse)
        assert sources.scan() == [Problem(str(tmp_path), None, "directory cannot be read: Permission denied")]
        assert sources.scan() == []
        assert not sources.directories_changed()
    assert os.scandir is scandir
    assert sources.scan() == [Recovered(str(tmp_path))]


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock for those who have turns: its last element is the time."""
    times = [100.0]
    monkeypatch.setattr("tui.ingest.rota.monotonic", lambda: times[-1])
    return times


def test_quiet_files_are_looked_at_by_turns(tmp_path: Path, turns: list[float]) -> None:
    """An old file that comes alive is found within ten seconds, and each time from then on."""
    files = [builders.write(tmp_path / f"r{n}" / OLDER, builders.points("t", range(1))) for n in range(20)]
    for file in files:
        os.utime(file, (1, 1))
    sources = sources_of(tmp_path)
    drain(sources)
    sources.look()
    looks: list[str] = []
    look = EventFileReader.look

    def noted(reader: EventFileReader) -> list[Batch]:
        looks.append(reader.path)
        return look(reader)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EventFileReader, "look", noted)
        turns.append(turns[-1] + 1.0)
        sources.look()
        assert len(looks) == 2
        builders.append(files[7], [builders.scalar_event("t", 1, 1.0)])
        while sources.next() is None:
            assert turns[-1] <= 112.0
            turns.append(turns[-1] + 1.0)
            sources.look()
        assert drain(sources)[0] == [files[7]]
        looks.clear()
        for _ in range(3):
            turns.append(turns[-1] + 1.0)
            sources.look()
        assert looks.count(str(files[7])) == 3
        assert len(looks) == 3 + 3 * 2


def test_quiet_directories_are_looked_at_by_turns(tmp_path: Path, turns: list[float]) -> None:
    """The logdir itself is, each time."""
    for number in range(20):
        builders.write(tmp_path / f"r{number}" / OLDER, [])
        os.utime(tmp_path / f"r{number}", (1, 1))
    os.utime(tmp_path, (1, 1))
    sources = sources_of(tmp_path)
    (tmp_path / "r9" / "new").mkdir()
    calls = 0
    while not sources.directories_changed():
        calls += 1
        turns.append(turns[-1] + 1.0)
    assert 5 <= calls <= 10
    sources.scan()
    (tmp_path / "new").mkdir()
    assert sources.directories_changed()


def test_totals_are_those_of_all_files(tmp_path: Path) -> None:
    a = builders.write(tmp_path / "a" / OLDER, builders.points("t", range(3)))
    b = builders.write(tmp_path / "b" / OLDER, builders.points("t", range(5)))
    sources = sources_of(tmp_path)
    sizes = a.stat().st_size, b.stat().st_size
    assert (sources.bytes_read, sources.bytes_total) == (0, sum(sizes))
    drain(sources)
    assert (sources.bytes_read, sources.bytes_total) == (sum(sizes), sum(sizes))
    builders.append(a, builders.points("t", range(1)))
    sources.look()
    assert (sources.bytes_read, sources.bytes_total) == (sum(sizes), a.stat().st_size + sizes[1])
    # A file that is gone no longer waits to be read; what was read of it was.
    a.unlink()
    sources.look()
    assert (sources.bytes_read, sources.bytes_total) == (sum(sizes), sum(sizes))
