"""The ingest thread: a first pass, live points, new runs, and failures that are seen."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests import builders
from tui.ingest import ingester as ingester_module
from tui.ingest import schedule
from tui.ingest.ingester import Ingester
from tui.model import Batch, Problem, ScalarBatch, SeriesKey
from tui.reader.event_file import EventFileReader
from tui.reader.named_logdir import LogDir
from tui.store.snapshot import EMPTY_SNAPSHOT, StoreSnapshot

DEADLINE = 30.0


class Live:
    """An ingester on its thread, and what it announced."""

    def __init__(self, logdir: Path, *, poll_seconds: float = 0.05, rescan_seconds: float = 10.0) -> None:
        self.versions: list[int] = []
        self._announced = threading.Condition()
        self.ingester = Ingester(
            [LogDir("", logdir)], on_commit=self._note, poll_seconds=poll_seconds, rescan_seconds=rescan_seconds
        )

    def _note(self, version: int) -> None:
        with self._announced:
            self.versions.append(version)
            self._announced.notify_all()

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait until an announced state fulfils the condition."""
        with self._announced:
            assert self._announced.wait_for(condition, DEADLINE), self.ingester.status

    def points(self, run: str) -> int:
        summary = self.ingester.snapshot.runs.get(run)
        return summary.points if summary else -1


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    live = Live(tmp_path / "runs")
    yield live
    live.ingester.stop()


def read_all(path: Path) -> StoreSnapshot:
    return Ingester([LogDir("", path)]).read_all()


def steps(snapshot: StoreSnapshot, run: str, tag: str) -> list[int]:
    return snapshot.scalars[SeriesKey(run, tag, "scalars")].steps.tolist()


def test_read_all_reads_everything(tmp_path: Path) -> None:
    builders.write(tmp_path / "a" / "tfevents.1700000001", builders.points("t", range(3, 6)))
    builders.write(tmp_path / "a" / "tfevents.1700000000", builders.points("t", range(3)))
    builders.write(tmp_path / "b" / "tfevents.1700000000", [])
    ingester = Ingester([LogDir("", tmp_path)])
    assert ingester.snapshot is EMPTY_SNAPSHOT
    snapshot = ingester.read_all()
    assert snapshot is ingester.snapshot
    assert steps(snapshot, "a", "t") == [0, 1, 2, 3, 4, 5]
    assert (snapshot.runs["a"].first_wall_time, snapshot.runs["a"].last_wall_time) == (
        builders.WALL_TIME,
        builders.WALL_TIME + 5,
    )
    assert snapshot.runs["b"].points == 0
    status = ingester.status
    assert (status.loading, status.files, status.error) == (False, 3, None)
    assert status.bytes_read == status.bytes_total == len(builders.records(builders.points("t", range(6))))


def test_several_logdirs_name_their_runs(tmp_path: Path) -> None:
    builders.write(tmp_path / "x" / "tfevents", builders.points("t", range(1)))
    builders.write(tmp_path / "y" / "r" / "tfevents", builders.points("t", range(1)))
    snapshot = Ingester([LogDir("one", tmp_path / "x"), LogDir("two", tmp_path / "y")]).read_all()
    assert list(snapshot.runs) == ["one", "two/r"]


def test_a_directory_of_damaged_files_lists_its_run_and_problems(tmp_path: Path) -> None:
    path = tmp_path / "run" / builders.FILE_NAME
    path.parent.mkdir()
    path.write_bytes(b"\xff" * 1000)
    snapshot = read_all(tmp_path)
    assert snapshot.runs["run"].problems == 1
    assert snapshot.problems == (Problem(str(path), 0, "record header fails its CRC, and no record follows"),)


def test_a_missing_logdir_reads_as_empty(tmp_path: Path) -> None:
    assert read_all(tmp_path / "missing").runs == {}


@pytest.mark.parametrize("mode", ["inotify", "poll"])
def test_live_points_runs_and_files_appear(
    live: Live, tmp_path: Path, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The logdir itself appears last of all; nothing is restarted."""
    if mode == "poll":
        monkeypatch.setattr("tui.ingest.mounts.file_system_type", lambda path: "nfs")
    live.ingester.start()
    live.wait_until(lambda: not live.ingester.status.loading)
    path = builders.write(tmp_path / "runs" / "a" / "tfevents.1700000000", builders.points("t", range(2)))
    live.wait_until(lambda: live.points("a") == 2)
    live.wait_until(lambda: live.ingester.status.mode == mode)
    builders.append(path, [builders.scalar_event("t", 2, 1.0)])
    live.wait_until(lambda: live.points("a") == 3)
    builders.write(tmp_path / "runs" / "a" / "tfevents.1700000009", [builders.scalar_event("t", 3, 1.0)])
    live.wait_until(lambda: live.points("a") == 4)
    builders.write(tmp_path / "runs" / "b" / "c" / "tfevents.1700000000", [builders.scalar_event("t", 0, 1.0)])
    live.wait_until(lambda: live.points("b/c") == 1)
    assert steps(live.ingester.snapshot, "a", "t") == [0, 1, 2, 3]
    assert ("" if mode == "inotify" else "nfs tells nothing of changes made elsewhere") == live.ingester.status.detail


def test_a_record_written_in_two_halves_appears_when_it_is_whole(live: Live, tmp_path: Path) -> None:
    path = builders.write(tmp_path / "runs" / "tfevents", builders.points("t", range(1)))
    record = builders.record(builders.scalar_event("t", 1, 1.0))
    live.ingester.start()
    live.wait_until(lambda: live.points(".") == 1)
    with path.open("ab") as file:
        file.write(record[:20])
    live.wait_until(lambda: live.ingester.status.bytes_read == path.stat().st_size)
    assert live.points(".") == 1
    with path.open("ab") as file:
        file.write(record[20:])
    live.wait_until(lambda: live.points(".") == 2)
    assert live.ingester.snapshot.problems == ()


def test_nothing_is_announced_while_nothing_changes(
    live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty looks at the files, as many as are waited for, and not one commit."""
    builders.write(tmp_path / "runs" / "tfevents", builders.points("t", range(1)))
    looks = threading.Semaphore(0)
    look = ingester_module.Sources.look

    def counted(sources: ingester_module.Sources, *arguments: object) -> object:
        looks.release()
        return look(sources, *arguments)

    monkeypatch.setattr(ingester_module.Sources, "look", counted)
    live.ingester.start()
    live.wait_until(lambda: live.points(".") == 1 and live.ingester.status.mode == "inotify")
    announced, snapshot = len(live.versions), live.ingester.snapshot
    while looks.acquire(blocking=False):
        pass
    for _ in range(20):
        assert looks.acquire(timeout=DEADLINE)
    assert len(live.versions) == announced
    assert live.ingester.snapshot is snapshot


def test_hints_alone_bring_points_runs_and_files(tmp_path: Path) -> None:
    """No poll and no rescan comes in time here."""
    path = builders.write(tmp_path / "runs" / "a" / "tfevents.1700000000", builders.points("t", range(1)))
    os.utime(path, (1, 1))
    live = Live(tmp_path / "runs", poll_seconds=1000.0, rescan_seconds=1000.0)
    try:
        live.ingester.start()
        live.wait_until(lambda: live.points("a") == 1 and live.ingester.status.mode == "inotify")
        builders.append(path, [builders.scalar_event("t", 1, 1.0)])
        live.wait_until(lambda: live.points("a") == 2)
        builders.write(tmp_path / "runs" / "b" / "c" / "tfevents.1700000000", [builders.scalar_event("t", 0, 1.0)])
        live.wait_until(lambda: live.points("b/c") == 1)
        builders.write(tmp_path / "runs" / "a" / "tfevents.1700000009", [builders.scalar_event("t", 2, 1.0)])
        live.wait_until(lambda: live.points("a") == 3)
    finally:
        live.ingester.stop()


def test_a_logdir_that_rsync_updates_is_followed(tmp_path: Path) -> None:
    """It copies to a hidden name and renames; each copy is a new file, with the time of the original."""
    path = tmp_path / "runs" / builders.FILE_NAME
    temporary = path.with_name(f".{path.name}.aB3xYz")
    live = Live(tmp_path / "runs", poll_seconds=1000.0, rescan_seconds=1000.0)
    path.parent.mkdir()

    def has(count: int) -> bool:
        return live.points(".") == count

    try:
        live.ingester.start()
        live.wait_until(lambda: live.ingester.status.mode == "inotify")
        for count in (10, 20, 30):
            builders.write(temporary, builders.points("t", range(count)))
            os.utime(temporary, (1, 1))
            temporary.rename(path)
            live.wait_until(partial(has, count))
    finally:
        live.ingester.stop()
    assert steps(live.ingester.snapshot, ".", "t") == list(range(30))
    assert (list(live.ingester.snapshot.runs), live.ingester.snapshot.problems) == (["."], ())


def test_renamed_and_rewritten_files_are_followed(tmp_path: Path) -> None:
    """By hints alone; what was read of a file under its old name, or before it was rewritten, is no more."""
    root = tmp_path / "runs"
    path = builders.write(root / "old" / builders.FILE_NAME, builders.points("t", range(20)))
    live = Live(root, poll_seconds=1000.0, rescan_seconds=1000.0)
    try:
        live.ingester.start()
        live.wait_until(lambda: live.points("old") == 20 and live.ingester.status.mode == "inotify")
        (root / "old").rename(root / "new")
        live.wait_until(lambda: live.points("new") == 20 and live.points("old") == -1)
        path = root / "new" / builders.FILE_NAME
        builders.append(path, builders.points("t", range(20, 22)))
        live.wait_until(lambda: live.points("new") == 22)
        builders.write(path, builders.points("u", range(30)))
        live.wait_until(lambda: live.points("new") == 30)
    finally:
        live.ingester.stop()
    snapshot = live.ingester.snapshot
    assert (list(snapshot.runs), [key.tag for key in snapshot.scalars], snapshot.problems) == (["new"], ["u"], ())
    assert live.ingester.status.bytes_read == path.stat().st_size


def test_the_thread_rests_between_slices_of_work(live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The screen's thread gets its turn then; `read_all`, with no screen beside it, does not rest."""
    rests: list[str] = []
    sleep = time.sleep

    def noted(seconds: float) -> None:
        if seconds == schedule._REST:
            rests.append(threading.current_thread().name)
        sleep(seconds)

    monkeypatch.setattr(schedule, "_SLICE", 0.0)
    monkeypatch.setattr(time, "sleep", noted)
    monkeypatch.setattr("tui.reader.stream.CHUNK_BYTES", 2048)
    builders.write(tmp_path / "runs" / "tfevents", builders.points("t", range(1000)))
    read_all(tmp_path / "runs")
    assert rests == []
    live.ingester.start()
    live.wait_until(lambda: not live.ingester.status.loading)
    assert len(rests) >= 10
    assert set(rests) == {"tbtui-ingest"}


def test_a_commit_that_is_slow_comes_seldom(live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading has five times as long before the next one."""
    monkeypatch.setattr(schedule, "_LOADING_COMMIT", 0.0)
    monkeypatch.setattr("tui.reader.stream.CHUNK_BYTES", 512)
    builders.write(tmp_path / "runs" / "tfevents", builders.points("t", range(2000)))
    starts: list[float] = []
    ends: list[float] = []
    snapshot = ingester_module.Store.snapshot

    def slow(store: ingester_module.Store) -> StoreSnapshot:
        if live.ingester._loading:  # the last commit comes when all is read, however soon
            starts.append(time.monotonic())
            time.sleep(0.05)
            ends.append(time.monotonic())
        return snapshot(store)

    monkeypatch.setattr(ingester_module.Store, "snapshot", slow)
    live.ingester.start()
    live.wait_until(lambda: not live.ingester.status.loading)
    assert live.points(".") == 2000
    assert starts
    assert all(start - end >= 5 * 0.05 for end, start in zip(ends, starts[1:], strict=False))


def test_read_all_shows_progress_and_takes_one_snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "_LOADING_COMMIT", 0.0)
    monkeypatch.setattr("tui.reader.stream.CHUNK_BYTES", 512)
    path = builders.write(tmp_path / "tfevents", builders.points("t", range(200)))
    snapshots = 0
    progress: list[int] = []
    snapshot = ingester_module.Store.snapshot

    def counted(store: ingester_module.Store) -> StoreSnapshot:
        nonlocal snapshots
        snapshots += 1
        return snapshot(store)

    monkeypatch.setattr(ingester_module.Store, "snapshot", counted)
    ingester = Ingester([LogDir("", tmp_path)], on_commit=lambda version: progress.append(ingester.status.bytes_read))
    assert ingester.read_all().runs["."].points == 200
    assert snapshots == 1
    size = path.stat().st_size
    assert progress == [*range(512, size, 512), size, size]


def test_data_comes_in_few_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each batch has its cost: there is one of each tag of a file, not one of each tag in each chunk."""
    monkeypatch.setattr("tui.reader.stream.CHUNK_BYTES", 512)
    tags = [f"tag{n}" for n in range(30)]
    for run in ("a", "b"):
        events = [builders.scalar_event(tag, step, 1.0) for step in range(20) for tag in tags]
        builders.write(tmp_path / run / "tfevents", events)
    applied: list[Batch] = []
    apply = ingester_module.Store.apply

    def noted(store: ingester_module.Store, batch: Batch) -> None:
        applied.append(batch)
        apply(store, batch)

    monkeypatch.setattr(ingester_module.Store, "apply", noted)
    snapshot = read_all(tmp_path)
    assert [snapshot.runs[run].points for run in ("a", "b")] == [600, 600]
    batches = [batch for batch in applied if isinstance(batch, ScalarBatch)]
    assert [len(batch.steps) for batch in batches] == [20] * 60


def test_data_of_a_file_that_goes_while_it_is_read_is_kept(
    live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was read in part and not taken yet when reading went on with another file."""
    monkeypatch.setattr(schedule, "_LOADING_COMMIT", math.inf)
    monkeypatch.setattr("tui.reader.stream.CHUNK_BYTES", 4096)
    path = builders.write(tmp_path / "runs" / "a" / "tfevents", builders.points("t", range(2000)))
    other = builders.write(tmp_path / "runs" / "b" / "tfevents", builders.points("t", range(2000)))
    os.utime(other, (1, 1))
    read = ingester_module.Sources.read

    def noted(sources: ingester_module.Sources, reader: EventFileReader) -> list[Batch]:
        batches = read(sources, reader)
        path.unlink(missing_ok=True)
        live.ingester._schedule.look_now()
        return batches

    monkeypatch.setattr(ingester_module.Sources, "read", noted)
    live.ingester = Ingester([LogDir("", tmp_path / "runs")], on_commit=live._note)
    live.ingester.start()
    live.wait_until(lambda: live.points("b") == 2000)
    assert 50 < live.points("a") < 200


def test_stop_ends_a_long_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Millions of places where a header might have been, in one chunk."""
    monkeypatch.setattr("tui.reader.stream.CHUNK_BYTES", 1 << 25)
    (tmp_path / "tfevents").write_bytes((bytes(4) + b"\1") * (1 << 22))
    begun = threading.Event()
    ended: list[object] = []
    read = ingester_module.Sources.read

    def noted(sources: ingester_module.Sources, reader: EventFileReader) -> list[Batch]:
        begun.set()
        batches = read(sources, reader)
        ended.append(batches)
        return batches

    monkeypatch.setattr(ingester_module.Sources, "read", noted)
    ingester = Ingester([LogDir("", tmp_path)])
    ingester.start()
    assert begun.wait(DEADLINE)
    ingester.stop()
    assert ended == []
    assert ingester.status.error is None


def test_a_slow_protobuf_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = Problem("/place", None, "slow")
    monkeypatch.setattr(ingester_module, "slow_runtime", lambda: problem)
    assert read_all(tmp_path).problems == (problem,)


def test_a_load_is_announced_in_parts(live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "_LOADING_COMMIT", 0.0)
    monkeypatch.setattr(schedule, "_COMMIT_SHARE", 0)
    monkeypatch.setattr("tui.reader.stream.CHUNK_BYTES", 4096)
    builders.write(tmp_path / "runs" / "tfevents", builders.points("t", range(2000)))
    live.ingester.start()
    live.wait_until(lambda: not live.ingester.status.loading)
    assert live.points(".") == 2000
    changed = [b for a, b in zip(live.versions, live.versions[1:], strict=False) if b > a]
    assert len(changed) >= 10
    assert live.versions == sorted(live.versions)


def test_live_points_are_read_while_a_long_load_goes_on(
    live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A point that another file gets during the load is announced before the load ends."""
    monkeypatch.setattr(schedule, "_LOADING_COMMIT", 0.0)
    monkeypatch.setattr(schedule, "_COMMIT_SHARE", 0)
    monkeypatch.setattr("tui.reader.stream.CHUNK_BYTES", 512)
    builders.write(tmp_path / "runs" / "long" / "tfevents", builders.points("t", range(2000)))
    path = builders.write(tmp_path / "runs" / "live" / "tfevents", builders.points("t", range(1)))
    os.utime(tmp_path / "runs" / "long" / "tfevents", (1, 1))
    states: list[tuple[int, int, bool]] = []

    def on_commit(version: int) -> None:
        state = (live.points("long"), live.points("live"), live.ingester.status.loading)
        if state[0] > 0 and not any(long > 0 for long, _, _ in states):
            builders.append(path, [builders.scalar_event("t", 1, 1.0)])
        states.append(state)
        live._note(version)

    live.ingester = Ingester([LogDir("", tmp_path / "runs")], on_commit=on_commit, poll_seconds=0.0)
    live.ingester.start()
    live.wait_until(lambda: not live.ingester.status.loading)
    assert any(points == 2 and loading for _, points, loading in states)


def images(path: Path, count: int) -> int:
    """Write a file of long images of which the first is damaged; returns its size."""
    value = builders.Value(tag="i")
    value.image.encoded_image_string = bytes(range(256)) * 2000
    builders.write(path, [builders.event(value, step=step) for step in range(count)])
    data = bytearray(path.read_bytes())
    data[100_000] ^= 1
    path.write_bytes(data)
    return len(data)


def test_damage_in_an_image_is_found_without_showing_it(live: Live, tmp_path: Path) -> None:
    path = tmp_path / "runs" / "tfevents"
    images(path, 3)
    live.ingester.start()
    live.wait_until(lambda: bool(live.ingester.snapshot.problems))
    (problem,) = live.ingester.snapshot.problems
    assert (problem.path, problem.offset) == (str(path), 0)
    assert problem.reason.startswith("payload fails its CRC; ")
    assert not live.ingester.status.loading and live.ingester.snapshot.blobs


def test_images_are_checked_slowly_and_live_points_do_not_wait(
    live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingester_module, "_CHECKED_PER_SECOND", 1.0)
    monkeypatch.setattr(ingester_module, "_CHECKED_AT_ONCE", 1)
    path = tmp_path / "runs" / "tfevents"
    images(path, 3)
    live.ingester.start()
    live.wait_until(lambda: bool(live.ingester.snapshot.blobs))
    builders.append(path, [builders.scalar_event("t", 1, 1.0)])
    live.wait_until(lambda: live.points(".") == 1)
    live.ingester.stop()


def test_a_command_counts_what_is_to_be_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "_LOADING_COMMIT", 0.0)
    size = images(tmp_path / "tfevents", 3)
    shown: list[tuple[int, int]] = []
    ingester = Ingester(
        [LogDir("", tmp_path)],
        on_commit=lambda version: shown.append((ingester.status.bytes_read, ingester.status.bytes_total)),
    )
    assert len(ingester.read_all().problems) == 1
    read = [now for now, total in shown if total == size]
    assert read == sorted(read) and read[-1] == size
    assert len(set(read)) == 4  # nothing but where the records lie, then an image at a time


def test_stop_is_idempotent_and_leaves_no_thread(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    ingester = Ingester([LogDir("", tmp_path)])
    ingester.stop()
    ingester = Ingester([LogDir("", tmp_path)], poll_seconds=1000.0)
    ingester.start()
    ingester.stop()
    ingester.stop()
    # watchdog shares one inotify reader among observers, which may take a moment to end.
    deadline = time.monotonic() + DEADLINE
    while (left := set(threading.enumerate()) - before) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not left


def test_a_failure_of_our_own_is_seen(
    live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    builders.write(tmp_path / "runs" / "tfevents", builders.points("t", range(1)))

    def fail(*arguments: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(ingester_module.Store, "apply", fail)
    live.ingester.start()
    live.wait_until(lambda: live.ingester.status.error is not None)
    assert live.ingester.status.error == "reading stopped: ZeroDivisionError: a bug"
    live.ingester.stop()
    assert "ingest stopped" in caplog.text


def test_a_file_system_that_does_not_answer_is_told_and_stops_nobody(
    live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The status says so while the thread waits; nobody who ends waits with it; it goes on when there is an answer."""
    monkeypatch.setattr("tui.ingest.pulse._LOOK_SECONDS", 0.01)
    monkeypatch.setattr("tui.ingest.pulse._PATIENCE", 0.03)
    monkeypatch.setattr(ingester_module, "_STUCK_SECONDS", 0.05)
    path = builders.write(tmp_path / "runs" / "tfevents", builders.points("t", range(1)))
    asked, answered = threading.Event(), threading.Event()
    look = EventFileReader.look

    def hang(reader: EventFileReader, *, opened: bool = False) -> list[Batch]:
        asked.set()
        answered.wait(DEADLINE)
        return look(reader, opened=opened)

    live.ingester.start()
    live.wait_until(lambda: live.points(".") == 1)
    monkeypatch.setattr(EventFileReader, "look", hang)
    assert asked.wait(DEADLINE)
    live.wait_until(lambda: live.ingester.status.silence is not None)
    builders.append(path, [builders.scalar_event("t", 1, 1.0)])
    answered.set()
    live.wait_until(lambda: live.points(".") == 2 and live.ingester.status.silence is None)
    answered.clear()
    asked.clear()
    assert asked.wait(DEADLINE)
    live.ingester.stop()
    assert live.ingester._thread is not None and live.ingester._thread.is_alive()
    answered.set()
    live.ingester._thread.join(DEADLINE)
    assert not live.ingester._thread.is_alive()


def test_how_often_files_are_looked_at_is_told(live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where looking at those that may grow is slow, they are looked at less often."""
    monkeypatch.setattr(ingester_module.Sources, "busy_seconds", property(lambda sources: 0.1))
    builders.write(tmp_path / "runs" / "tfevents", builders.points("t", range(1)))
    live.ingester.start()
    live.wait_until(lambda: live.ingester.status.poll_seconds == 5)
