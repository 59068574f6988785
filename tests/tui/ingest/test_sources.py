"""Which files are read, in which order, and what is told once."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from logging_lib.tfevents import plugins
from logging_lib.tfevents.proto import event_pb2, summary_pb2
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tui.ingest.ingester import Ingester
from tui.ingest.mounts import FileSystems
from tui.ingest.sources import Sources
from tui.ingest.wanted import Wanted
from tui.model import Batch, Forgotten, Problem, Recovered, RunActivity, ScalarBatch, SeriesKey
from tui.reader.event_file import EventFileReader
from tui.reader.logdir import Place
from tui.reader.named_logdir import LogDir
from tui.store.snapshot import StoreSnapshot
from tui.store.store import Store

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
    assert (sources.files, sources.complete, sources.bytes_read) == (4, True, 0)
    assert sources.places == {str(tmp_path): {tmp_path.stat().st_dev: Place(str(tmp_path), 3)}}
    paths, _ = drain(sources)
    assert paths == [
        tmp_path / "new" / OLDER,
        tmp_path / "new" / NEWER,
        tmp_path / "old" / OLDER,
        tmp_path / "old" / NEWER,
    ]
    assert sources.bytes_read == sources.bytes_total == total


def test_what_is_looked_at_is_read_first_and_what_is_hidden_last(tmp_path: Path) -> None:
    for number, name in enumerate("abcdef"):
        path = builders.write(tmp_path / name / NEWER, builders.points("t", range(3)))
        os.utime(path, (number, number))
    sources = sources_of(tmp_path)
    sources.prefer(Wanted(("b", "a"), ("c", "b"), frozenset(("f",))))
    paths, _ = drain(sources)
    assert [path.parent.name for path in paths] == list("bacedf")


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
    assert not sources.directories_changed()
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

    def noted(reader: EventFileReader, *, opened: bool = False) -> list[Batch]:
        assert not opened
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


class Watched:
    """Sources and the store they fill, looked at when told."""

    def __init__(self, logdir: Path) -> None:
        self.logdir = logdir
        self._sources = Sources([LogDir("", logdir)])
        self._store = Store()

    def look(self) -> StoreSnapshot:
        """Scan, look at every file, read all there is."""
        for batch in [*self._sources.scan(), *self._sources.look()]:
            self._store.apply(batch)
        for batch in drain(self._sources)[1]:
            self._store.apply(batch)
        return self._store.snapshot()

    def look_and_compare(self) -> StoreSnapshot:
        """As `look`, and it is what a read of all files from their starts finds."""
        snapshot = self.look()
        assert shown(snapshot) == shown(Ingester([LogDir("", self.logdir)]).read_all())
        return snapshot


def shown(snapshot: StoreSnapshot) -> object:
    """All of a snapshot that does not depend on when it was read, to be compared."""
    runs = {
        run.name: (run.paths, run.points, run.tags, run.last_step, run.first_wall_time, run.last_wall_time, run.start)
        for run in snapshot.runs.values()
    }
    series = {}
    for key, scalars in snapshot.scalars.items():
        flags = None if scalars.superseded is None else scalars.superseded.tolist()
        series[key] = (scalars.steps.tolist(), scalars.wall_times.tolist(), scalars.values.tolist(), flags)
    for key, blobs in snapshot.blobs.items():
        flags = None if blobs.superseded is None else blobs.superseded.tolist()
        series[key] = (blobs.steps.tolist(), blobs.wall_times.tolist(), list(blobs.refs), flags)
    return runs, series, dict(snapshot.tags), set(snapshot.problems)


def histograms(steps: range) -> list[event_pb2.Event]:
    return [builders.event(histogram(), step=step, wall_time=builders.WALL_TIME + step) for step in steps]


def histogram() -> builders.Value:
    proto = summary_pb2.HistogramProto(min=0, max=1, num=1, bucket_limit=[1], bucket=[1])
    return builders.Value(tag="h", histo=proto)


def test_a_directory_that_is_renamed_is_one_run(tmp_path: Path) -> None:
    """Also while its file grows, when it was not read to its end, and back again."""
    watched = Watched(tmp_path)
    old, new = tmp_path / "old", tmp_path / "new"
    builders.write(old / OLDER, [*builders.points("t", range(3)), *histograms(range(2))])
    builders.write(old / NEWER, builders.points("u", range(3)))
    assert list(watched.look_and_compare().runs) == ["old"]
    old.rename(new)
    builders.append(new / OLDER, builders.points("t", range(3, 5)))
    snapshot = watched.look_and_compare()
    assert (list(snapshot.runs), snapshot.runs["new"].points, snapshot.problems) == (["new"], 8, ())
    builders.append(new / OLDER, builders.points("t", range(5, 6)))
    assert watched.look_and_compare().runs["new"].points == 9
    new.rename(old)
    assert list(watched.look_and_compare().runs) == ["old"]


def test_what_waits_to_be_read_of_a_moved_file_is_not_read_twice(tmp_path: Path) -> None:
    builders.write(tmp_path / "old" / OLDER, builders.points("t", range(3)))
    sources = sources_of(tmp_path)
    reader = sources.next()
    assert reader is not None
    sources.read(reader)
    builders.append(tmp_path / "old" / OLDER, builders.points("t", range(3, 5)))
    sources.look()
    (tmp_path / "old").rename(tmp_path / "new")
    old, new = str(tmp_path / "old" / OLDER), str(tmp_path / "new" / OLDER)
    assert sources.scan() == [Forgotten("old", old), RunActivity("new", new, 0, None, None)]
    assert list(reader.take()) == []
    assert sources.next() is None
    assert (sources.files, sources.bytes_read, sources.bytes_total) == (1, 0, 0)
    sources.look()
    _, batches = drain(sources)
    assert [batch.key.run for batch in batches if isinstance(batch, ScalarBatch)] == ["new"]


def test_a_file_that_moves_to_another_run_leaves_the_others(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    moved = builders.write(tmp_path / "a" / OLDER, builders.points("t", range(3)))
    builders.write(tmp_path / "a" / NEWER, [*builders.points("t", range(3, 5))])
    builders.write(tmp_path / "b" / NEWER, builders.points("u", range(3)))
    watched.look_and_compare()
    moved.rename(tmp_path / "b" / OLDER)
    snapshot = watched.look_and_compare()
    assert [(run.name, run.points) for run in snapshot.runs.values()] == [("a", 2), ("b", 6)]


def test_two_names_of_a_file_are_two_files(tmp_path: Path) -> None:
    """One of them goes, and the other has not moved."""
    watched = Watched(tmp_path)
    file = builders.write(tmp_path / "a" / OLDER, builders.points("t", range(3)))
    watched.look()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / OLDER).hardlink_to(file)
    assert list(watched.look_and_compare().runs) == ["a", "b"]
    file.unlink()
    snapshot = watched.look()
    assert (list(snapshot.runs), snapshot.runs["a"].gone, snapshot.runs["b"].gone) == (["a", "b"], (str(file),), ())


def test_a_file_with_the_inode_of_a_deleted_one_has_not_moved(tmp_path: Path) -> None:
    """File systems give them out again at once."""
    watched = Watched(tmp_path)
    file = builders.write(tmp_path / "a" / OLDER, builders.points("t", range(3)))
    watched.look()
    other = tmp_path / "b" / OLDER
    other.parent.mkdir()
    file.rename(other)
    builders.write(other, builders.points("u", range(4)))
    snapshot = watched.look()
    assert [(run.name, run.points, run.gone) for run in snapshot.runs.values()] == [
        ("a", 3, (str(file),)),
        ("b", 4, ()),
    ]


def test_a_deleted_file_keeps_its_points_and_is_marked(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    file = builders.write(tmp_path / "a" / OLDER, builders.points("t", range(3)))
    watched.look()
    file.unlink()
    file.parent.rmdir()
    snapshot = watched.look()
    gone = Problem(str(file), None, "file is gone; what was read of it stays")
    assert (snapshot.runs["a"].gone, snapshot.runs["a"].points, snapshot.problems) == ((str(file),), 3, (gone,))
    builders.write(file, builders.points("t", range(5)))
    snapshot = watched.look_and_compare()
    assert (snapshot.runs["a"].gone, snapshot.runs["a"].points) == ((), 5)


def test_a_file_that_begins_anew_replaces_what_it_held(tmp_path: Path) -> None:
    """Another plugin for a tag, too; the run's other file stays."""
    watched = Watched(tmp_path)
    tensor = builders.tensor("t", to_tensor_proto(np.float32(1)), plugins.SCALARS)
    builders.write(tmp_path / "a" / NEWER, [*builders.points("u", range(3)), *histograms(range(4))])
    file = builders.write(tmp_path / "a" / OLDER, [builders.event(tensor), *histograms(range(3)), b"no event"])
    assert watched.look_and_compare().runs["a"].problems == 1
    file.unlink()
    table = builders.tensor("t", to_tensor_proto(np.zeros((2, 3), np.float32)), plugins.HISTOGRAMS)
    builders.write(file, [builders.event(table, step=7)])
    snapshot = watched.look_and_compare()
    assert list(snapshot.blobs[SeriesKey("a", "t", plugins.HISTOGRAMS)].steps) == [7]
    assert SeriesKey("a", "t", plugins.SCALARS) not in snapshot.scalars
    assert (snapshot.runs["a"].points, snapshot.problems) == (3, ())


def test_a_restart_that_is_watched_is_one_that_is_read(tmp_path: Path) -> None:
    """Files that appear out of order, sessions within one, and one that shrinks in between."""
    watched = Watched(tmp_path)
    run = tmp_path / "a"

    def points(steps: range, start: float) -> list[event_pb2.Event]:
        return [builders.scalar_event("t", step, step, start + step) for step in steps]

    builders.write(run / NEWER, points(range(40, 60), 2000.0))
    watched.look_and_compare()
    builders.write(run / OLDER, points(range(50), 1000.0))
    snapshot = watched.look_and_compare()
    key = SeriesKey("a", "t", "scalars")
    assert snapshot.scalars[key].current().steps.tolist() == list(range(60))
    assert snapshot.runs["a"].points == 70
    start = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
    builders.append(run / NEWER, [event_pb2.Event(step=30, session_log=start), *points(range(30, 35), 3000.0)])
    snapshot = watched.look_and_compare()
    assert snapshot.scalars[key].current().steps.tolist() == list(range(35))
    size = (run / OLDER).stat().st_size
    os.truncate(run / OLDER, 500)
    shrank = Problem(str(run / OLDER), None, f"file shrank from {size} to 500 bytes; it was read again from its start")
    assert watched.look().problems == (shrank,)
    builders.write(run / OLDER, points(range(50), 1000.0))
    snapshot = watched.look_and_compare()
    assert snapshot.scalars[key].current().steps.tolist() == list(range(35))


@pytest.mark.parametrize("hours", [-5, 5], ids=["behind", "ahead"])
def test_the_clock_of_a_file_server_makes_no_file_quiet(tmp_path: Path, turns: list[float], hours: int) -> None:
    """One that grows is looked at each time, one that does not after ten minutes no more."""
    files = [builders.write(tmp_path / f"r{n:02}" / OLDER, builders.points("t", range(1))) for n in range(30)]
    stamp = time.time() + 3600 * hours
    for file in files:
        os.utime(file, (stamp, stamp))
    now = time.monotonic()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "monotonic", lambda: now + turns[-1])
        sources = sources_of(tmp_path)
        drain(sources)
        turns.append(turns[-1] + 700.0)
        sources.look()
        builders.append(files[3], [builders.scalar_event("t", 1, 1.0)])
        os.utime(files[3], (stamp, stamp))
        while sources.next() is None:
            turns.append(turns[-1] + 1.0)
            sources.look()
        drain(sources)
        looks: list[str] = []
        look = EventFileReader.look

        def noted(reader: EventFileReader, *, opened: bool = False) -> list[Batch]:
            looks.append(reader.path)
            return look(reader)

        patch.setattr(EventFileReader, "look", noted)
        for _ in range(5):
            turns.append(turns[-1] + 1.0)
            sources.look()
        assert looks.count(str(files[3])) == 5
        assert len(looks) == 5 + 5 * 3


def test_files_that_may_grow_are_opened_where_a_stat_may_be_old(tmp_path: Path) -> None:
    """Those that changed lately; of the others the size may be as old as the client remembers it."""
    kinds: list[str] = []

    class Systems(FileSystems):
        def kind(self, device: int, path: str) -> str:
            return kinds[-1]

    def noted(reader: EventFileReader, *, opened: bool = False) -> list[Batch]:
        looks.append((Path(reader.path).parent.name, opened))
        return look(reader)

    live = builders.write(tmp_path / "live" / OLDER, [])
    quiet = builders.write(tmp_path / "quiet" / OLDER, [])
    assert live != quiet
    os.utime(quiet, (1, 1))
    look = EventFileReader.look
    for kind, opens in (("nfs4", True), ("lustre", False), ("ext4", False)):
        kinds.append(kind)
        sources = Sources([LogDir("", tmp_path)], systems=Systems())
        sources.scan()
        sources.look()
        looks: list[tuple[str, bool]] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(EventFileReader, "look", noted)
            sources.look()
        assert looks == [("live", opens), ("quiet", False)]


def test_a_logdir_that_is_watched_finds_what_a_scan_of_all_finds(tmp_path: Path) -> None:
    """Only what changed is listed; files that move from run to run are found where they are by then."""
    builders.write(tmp_path / "a" / OLDER, builders.points("t", range(3)))
    builders.write(tmp_path / "a" / NEWER, builders.points("u", range(3)))
    sources, store = Sources([LogDir("", tmp_path)]), Store()

    def look() -> StoreSnapshot:
        if sources.directories_changed() or not sources.complete:
            for batch in sources.scan(again=False):
                store.apply(batch)
        for batch in [*sources.look(sources.paths), *drain(sources)[1]]:
            store.apply(batch)
        return store.snapshot()

    def whole() -> object:
        return shown(Ingester([LogDir("", tmp_path)]).read_all())

    assert shown(look()) == whole()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / OLDER).rename(tmp_path / "b" / OLDER)
    assert shown(look()) == whole()
    (tmp_path / "b").rename(tmp_path / "c")
    assert shown(look()) == whole()
    builders.append(tmp_path / "c" / OLDER, builders.points("t", range(3, 5)))
    assert shown(look()) == whole()
