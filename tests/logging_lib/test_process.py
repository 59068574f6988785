"""How the process that logs ends, is interrupted and forks: seen from subprocesses, which must not hang either."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.logging_lib.event_files import event_paths, raw_events, summaries

HEADER = """
import atexit, os, signal, sys, threading, time
from logging_lib import SummaryWriter
# Whoever starts the tests may have it ignored, as a shell does for what it runs in the background.
signal.signal(signal.SIGINT, signal.default_int_handler)
"""
FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")


def python(directory: Path, code: str, status: int = 0, *, first: str = "") -> str:
    """What the code prints, with `first` before the import; `sys.argv[1]` is the directory."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", first + HEADER + code, str(directory)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == status, done.stderr
    if status == 0:
        assert done.stderr == ""
    return done.stdout


def steps(directory: Path) -> list[int]:
    return [event.step for event in summaries(directory)]


def writer_pid(path: Path) -> str:
    return path.name.split(".")[-2]


@pytest.mark.parametrize(
    ("ending", "status"),
    [("", 0), ("sys.exit(3)", 3), ("raise RuntimeError", 1), ("del writer", 0), ("raise KeyboardInterrupt", -2)],
)
def test_everything_is_written_at_exit(tmp_path: Path, ending: str, status: int) -> None:
    code = (
        "writer = SummaryWriter(sys.argv[1], flush_secs=3600)\n"
        "for step in range(100): writer.add_scalar('a', step, step)\n"
    )
    python(tmp_path, code + ending, status)
    assert steps(tmp_path) == list(range(100))


def test_what_is_logged_after_the_writers_are_closed_is_written_at_once(tmp_path: Path) -> None:
    """By an atexit handler that was there first: it runs last, when Python >= 3.12 starts no thread."""
    first = "import atexit\natexit.register(lambda: late())"
    code = """
def late():
    writer.add_scalar('a', 1.0, 2)
    writer.add_scalars('m', {'k': 1.0}, 3)
    with SummaryWriter(sys.argv[1] + '/other') as other:
        other.add_scalar('a', 1.0, 4)
        other.flush()
    print('late')
writer = SummaryWriter(sys.argv[1], flush_secs=3600)
writer.add_scalar('a', 1.0, 1)
"""
    assert python(tmp_path, code, first=first) == "late\n"
    assert sorted(steps(tmp_path)) == [1, 2]
    assert steps(tmp_path / "m_k") == [3]
    assert steps(tmp_path / "other") == [4]


def test_ctrl_c_in_close_loses_nothing(tmp_path: Path) -> None:
    """The thread is inside a slow append when the signal comes; the exit, or a second close, waits for it."""
    code = """
from logging_lib.event_file import EventFile
append = EventFile.append
def slow(self, records):
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.3)
    append(self, records)
EventFile.append = slow
writer = SummaryWriter(sys.argv[1], flush_secs=3600)
for step in range(10): writer.add_scalar('a', 1.0, step)
try:
    writer.close()
except KeyboardInterrupt:
    print('interrupted')
"""
    assert python(tmp_path / "exit", code) == "interrupted\n"
    assert steps(tmp_path / "exit") == list(range(10))
    again = code + "writer.close()\nsys.stdout.flush()\nos._exit(0)\n"
    assert python(tmp_path / "again", again) == "interrupted\n"
    assert steps(tmp_path / "again") == list(range(10))


@FORKS
def test_a_forked_child_that_ends_normally_does_not_hang(tmp_path: Path) -> None:
    code = """
writer = SummaryWriter(sys.argv[1], flush_secs=3600)
writer.add_scalar('a', 1, 1); writer.flush()
child = os.fork()
if child == 0: sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
writer.add_scalar('a', 2, 2)
"""
    python(tmp_path, code)
    assert steps(tmp_path) == [1, 2]
    assert len(event_paths(tmp_path)) == 1


@FORKS
@pytest.mark.parametrize("ending", ["sys.exit(0)", "writer.close(); os._exit(0)", "writer.flush(); os._exit(0)"])
def test_a_forked_child_logs_to_files_of_its_own(tmp_path: Path, ending: str) -> None:
    """What waits in the parent's queue is written once, by the parent."""
    code = f"""
writer = SummaryWriter(sys.argv[1], flush_secs=3600, purge_step=0)
writer.add_scalar('a', 1.0, 1)
writer.add_scalars('m', {{'k': 1.0}}, 1); writer.flush()
writer.add_scalar('a', 1.0, 2)
child = os.fork()
if child == 0:
    for step in range(10, 20): writer.add_scalar('a', 1.0, step)
    writer.add_scalars('m', {{'k': 1.0}}, 10)
    {ending}
assert os.waitpid(child, 0)[1] == 0
writer.add_scalar('a', 1.0, 3)
writer.add_scalars('m', {{'k': 1.0}}, 3)
print(os.getpid(), child)
"""
    parent, child = python(tmp_path, code).split()
    for directory, of_parent, of_child in (
        (tmp_path, [1, 2, 3], list(range(10, 20))),
        (tmp_path / "m_k", [1, 3], [10]),
    ):
        written = {
            writer_pid(path): [event.step for event in raw_events(directory) if event.HasField("summary")]
            for path in event_paths(directory)
        }
        assert sorted(written) == sorted([parent, child])
        assert sorted(steps(directory)) == sorted(of_parent + of_child)
    starts = [event for event in raw_events(tmp_path) if event.HasField("session_log")]
    assert len(starts) == 1  # the purge is the parent's


@FORKS
def test_a_child_forked_in_the_middle_of_a_call_does_not_hang(tmp_path: Path) -> None:
    """Another thread holds both locks at the fork, and is not in the child to release them."""
    code = """
writer = SummaryWriter(sys.argv[1], flush_secs=3600)
run = writer._run_writer
background = run._background; file = background._deliveries.of("").file
for step in (4, 5, 6): writer.add_scalar('a', 1.0, step)
held, release = threading.Event(), threading.Event()
def hold():
    with run._lock, background._lock:
        held.set(); release.wait()
thread = threading.Thread(target=hold)
thread.start(); held.wait()
child = os.fork()
if child == 0:
    signal.alarm(20)
    closed = file._descriptor is None
    writer.add_scalar('a', 1.0, 7)
    writer.close()
    background.flush(); background.close()  # as a call would that the fork interrupted
    os._exit(0 if closed else 1)
assert os.waitpid(child, 0)[1] == 0
release.set(); thread.join()
writer.add_scalar('a', 1.0, 8)
"""
    python(tmp_path, code)
    assert sorted(steps(tmp_path)) == [4, 5, 6, 7, 8]


@FORKS
def test_a_child_forked_before_the_parents_first_file_is_in_use(tmp_path: Path) -> None:
    """By a signal handler inside the writer's construction."""
    code = """
from pathlib import Path
from logging_lib.run_writer import RunWriter
run = RunWriter(Path(sys.argv[1]), 10, 3600)
run._files.create()
child = os.fork()
run.put('a', 1.0, 1 if child else 2, 1.0)
run.close()
if child == 0: os._exit(0)
assert os.waitpid(child, 0)[1] == 0
print(os.getpid(), child)
"""
    parent, child = python(tmp_path, code).split()
    assert sorted(writer_pid(path) for path in event_paths(tmp_path)) == sorted([parent, child])
    assert sorted(steps(tmp_path)) == [1, 2]


@FORKS
def test_children_forked_while_threads_log(tmp_path: Path) -> None:
    code = """
sys.setswitchinterval(1e-5)
writer = SummaryWriter(sys.argv[1], flush_secs=0.01)
stop = threading.Event()
counts = [0, 0]
def log(number):
    while not stop.is_set() and counts[number] < 20000:
        writer.add_scalar('parent', 1.0, counts[number]); counts[number] += 1
threads = [threading.Thread(target=log, args=(number,)) for number in range(2)]
for thread in threads: thread.start()
for step in range(20):
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        writer.add_scalar('child', 1.0, step)
        writer.close()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
stop.set()
for thread in threads: thread.join()
writer.close()
print(sum(counts))
"""
    logged = int(python(tmp_path, code))
    tags: dict[str, list[int]] = {"parent": [], "child": []}
    for event in summaries(tmp_path):
        tags[event.summary.value[0].tag].append(event.step)
    assert sorted(tags["child"]) == list(range(20))
    assert len(tags["parent"]) == logged
    assert len(event_paths(tmp_path)) == 21


LOGGING_CHILD = """
import multiprocessing.util  # before the writer, which then makes itself known to it in parent and child
import sys
from logging_lib import SummaryWriter

writer = SummaryWriter(sys.argv[1] + "/shared", flush_secs=3600) if __name__ == "__main__" else None

def train(directory):
    global own
    own = SummaryWriter(directory + "/own", flush_secs=3600)
    for step in range(100):
        own.add_scalar("a", 1.0, step)
    if writer is not None:
        writer.add_scalar("a", 1.0, 5)

if __name__ == "__main__":
    writer.add_scalar("a", 1.0, 1)
    process = multiprocessing.get_context(sys.argv[2]).Process(target=train, args=(sys.argv[1],))
    process.start(); process.join()
    sys.exit(process.exitcode)
"""


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_children_of_multiprocessing_write_what_they_logged(tmp_path: Path, method: str) -> None:
    """They need not close: forked ones end by os._exit."""
    script = tmp_path / "job.py"
    script.write_text(LOGGING_CHILD)
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", str(script), str(tmp_path), method],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
    assert steps(tmp_path / "own") == list(range(100))
    assert sorted(steps(tmp_path / "shared")) == ([1, 5] if method == "fork" else [1])


@FORKS
def test_kill_9_leaves_what_was_logged_and_no_damage(tmp_path: Path) -> None:
    """Ten of the 200 kills of the benchmark; the disk of a busy machine may take its time."""
    script = Path(__file__).parents[2] / "benchmarks" / "kill_writer.py"
    done = subprocess.run(
        [sys.executable, str(script), "10", "0.2", "3"], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "damage: 0" in done.stdout
