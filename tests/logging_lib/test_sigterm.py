"""SIGTERM: what was logged is written, and nobody else's handling of the signal changes. Seen from subprocesses."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.logging_lib.event_files import event_paths
from tests.logging_lib.test_process import FORKS, python, steps

SIGTERM_ENDS = -signal.SIGTERM
# Sends SIGTERM to the process while the main thread does what follows.
SOON = "threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM)).start()\n"
# The first is written at once, the others in an hour.
TEN_STEPS = """
writer = SummaryWriter(sys.argv[1], flush_secs=3600)
writer.add_scalar('a', 1.0, 0); writer.flush()
for step in range(1, 10): writer.add_scalar('a', 1.0, step)
"""
POSIX_SIGNALS = pytest.mark.skipif(os.name != "posix", reason="a process cannot be sent SIGTERM")


@POSIX_SIGNALS
@pytest.mark.parametrize(
    "work",
    [
        "while True: pass",
        "time.sleep(60)",
        "threading.Event().wait()",
        "while True: writer.flush()",
        "writer.close(); SummaryWriter(sys.argv[1] + '/other'); time.sleep(60)",
    ],
)
def test_sigterm_writes_everything_and_ends_the_process_as_it_would(tmp_path: Path, work: str) -> None:
    python(tmp_path, TEN_STEPS + SOON + work, SIGTERM_ENDS)
    assert steps(tmp_path) == list(range(10))


@POSIX_SIGNALS
def test_sigterm_inside_calls_loses_none_that_has_returned(tmp_path: Path) -> None:
    """It comes at any instruction of a call."""
    code = """
import mmap
sys.setswitchinterval(1e-5)
with open(sys.argv[1] + '/returned', 'wb+') as file:
    file.truncate(8)
    returned = mmap.mmap(file.fileno(), 8)
writer = SummaryWriter(sys.argv[1], flush_secs=3600)
threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGTERM)).start()
step = 0
while True:
    writer.add_scalar('a', 1.0, step)
    step += 1
    returned[:] = step.to_bytes(8, 'little')
"""
    for number in range(5):
        directory = tmp_path / str(number)
        directory.mkdir()
        python(directory, code, SIGTERM_ENDS)
        returned = int.from_bytes((directory / "returned").read_bytes(), "little")
        written = steps(directory)
        assert written == list(range(len(written)))
        assert len(written) in (returned, returned + 1)


@POSIX_SIGNALS
@pytest.mark.parametrize("when", ["before", "after"])
def test_sigterm_inside_the_start_of_the_thread(tmp_path: Path, when: str) -> None:
    """Nobody knows then whether there is one."""
    code = f"""
start = threading.Thread.start
def interrupted(self):
    if {when == "after"}: start(self)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(60)
with SummaryWriter(sys.argv[1]) as writer: pass
threading.Thread.start = interrupted
writer.add_scalar('a', 1.0, 0)
"""
    python(tmp_path, code, SIGTERM_ENDS)
    assert steps(tmp_path) == [0]


@POSIX_SIGNALS
@pytest.mark.parametrize("before", [False, True])
def test_who_sets_a_handler_of_sigterm_has_the_last_word(tmp_path: Path, before: bool) -> None:
    handler = "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n"
    code = handler + TEN_STEPS if before else TEN_STEPS + handler
    python(tmp_path, code + SOON + "time.sleep(60)", 7)
    assert steps(tmp_path) == list(range(10))


@POSIX_SIGNALS
def test_a_handler_that_calls_the_one_before_goes_on_logging(tmp_path: Path) -> None:
    """As PyTorch Lightning's does, which checkpoints then."""
    code = """
before = signal.getsignal(signal.SIGTERM)
assert before != signal.SIG_DFL
def handle(*arguments):
    before(*arguments)
    writer.add_scalar('a', 1.0, 10)
signal.signal(signal.SIGTERM, handle)
os.kill(os.getpid(), signal.SIGTERM)
writer.add_scalar('a', 1.0, 11)
"""
    python(tmp_path, TEN_STEPS + code)
    assert steps(tmp_path) == list(range(12))
    assert len(event_paths(tmp_path)) == 1


@POSIX_SIGNALS
@pytest.mark.parametrize("wanted", ["SIG_DFL", "SIG_IGN"])
def test_who_wants_no_handler_of_sigterm_gets_none(tmp_path: Path, wanted: str) -> None:
    code = f"""
with SummaryWriter(sys.argv[1]): pass
assert callable(signal.getsignal(signal.SIGTERM))
signal.signal(signal.SIGTERM, signal.{wanted})
with SummaryWriter(sys.argv[1]) as writer: pass
assert signal.getsignal(signal.SIGTERM) == signal.{wanted}
"""
    python(tmp_path, code)


@pytest.mark.parametrize(
    "first", ["import os; os.getpid = lambda: 1", "import signal; signal.signal(15, signal.SIG_IGN)"]
)
def test_where_sigterm_ends_nothing_no_handler_is_set(tmp_path: Path, first: str) -> None:
    """It does not end process 1 of a container."""
    code = "before = signal.getsignal(15); SummaryWriter(sys.argv[1]); print(signal.getsignal(15) is before)"
    assert python(tmp_path, code, first=first + "\n") == "True\n"


def test_a_writer_of_another_thread_sets_no_handler_the_next_one_of_the_main_thread_does(tmp_path: Path) -> None:
    code = """
def open_one():
    global other
    other = SummaryWriter(sys.argv[1])
thread = threading.Thread(target=open_one)
thread.start(); thread.join()
print(callable(signal.getsignal(signal.SIGTERM)))
writer = SummaryWriter(sys.argv[1])
print(callable(signal.getsignal(signal.SIGTERM)))
"""
    assert python(tmp_path, code) == "False\nTrue\n"


STUCK = """
from logging_lib.event_file import EventFile
def hang(self, records):
    print('hangs', flush=True); time.sleep(60)
writer.flush()
EventFile.append = hang
writer.add_scalar('a', 1.0, 10)
"""


@POSIX_SIGNALS
def test_sigterm_does_not_wait_for_ever_for_a_dead_disk(tmp_path: Path) -> None:
    hasty = "from logging_lib import process\nprocess._CLOSING_SECS = 0.2\n"
    python(tmp_path, TEN_STEPS + STUCK + hasty + SOON + "time.sleep(60)", SIGTERM_ENDS)
    assert steps(tmp_path) == list(range(10))


@POSIX_SIGNALS
def test_a_second_sigterm_waits_for_nothing(tmp_path: Path) -> None:
    twice = "threading.Timer(0.4, os.kill, (os.getpid(), signal.SIGTERM)).start()\n"
    patient = "from logging_lib import process\nprocess._CLOSING_SECS = 60\n"
    python(tmp_path, TEN_STEPS + STUCK + patient + SOON + twice + "time.sleep(60)", SIGTERM_ENDS)
    assert steps(tmp_path) == list(range(10))


@pytest.mark.parametrize(("ending", "status"), [("", 0), ("os.kill(os.getpid(), signal.SIGTERM)", SIGTERM_ENDS)])
def test_one_that_cannot_be_closed_keeps_no_other_open(tmp_path: Path, ending: str, status: int) -> None:
    if status < 0 and os.name != "posix":
        pytest.skip("a process cannot be sent SIGTERM")
    code = """
from logging_lib import process
class Failing:
    def close(self): raise RuntimeError('on purpose')
    def disown(self): pass
failing = [Failing() for _ in range(5)]
for each in failing[:3]: process.register(each)
writers = [SummaryWriter(sys.argv[1], flush_secs=3600) for _ in range(5)]
for each in failing[3:]: process.register(each)
for step in range(10):
    writers[step % 5].add_scalar('a', 1.0, step)
    if step < 5: writers[step].flush()
sys.stderr = open(os.devnull, 'w')
"""
    python(tmp_path, code + ending, status)
    assert sorted(steps(tmp_path)) == list(range(10))


@FORKS
@pytest.mark.parametrize("thread", [False, True])
def test_sigterm_ends_a_forked_child_at_once_that_does_not_log(tmp_path: Path, thread: bool) -> None:
    """No Python code has to run for that."""
    code = """
writer = SummaryWriter(sys.argv[1], flush_secs=3600)
writer.add_scalar('a', 1.0, 1)
def fork():
    child = os.fork()
    if child == 0: os._exit(0 if signal.getsignal(signal.SIGTERM) == signal.SIG_DFL else 1)
    assert os.waitpid(child, 0)[1] == 0
"""
    in_thread = "thread = threading.Thread(target=fork); thread.start(); thread.join()\n"
    kept = "assert callable(signal.getsignal(signal.SIGTERM))\n"
    python(tmp_path, code + (in_thread if thread else "fork()\n") + kept)
    assert steps(tmp_path) == [1]


@FORKS
def test_sigterm_in_a_forked_child_that_logs(tmp_path: Path) -> None:
    code = """
writer = SummaryWriter(sys.argv[1], flush_secs=3600)
writer.add_scalar('a', 1.0, 1)
ready, tell = os.pipe()
child = os.fork()
if child == 0:
    writer.add_scalar('a', 1.0, 2); writer.flush()
    writer.add_scalar('a', 1.0, 3)
    os.write(tell, b'.')
    time.sleep(60)
os.read(ready, 1)
os.kill(child, signal.SIGTERM)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGTERM
"""
    python(tmp_path, code)
    assert sorted(steps(tmp_path)) == [1, 2, 3]
    assert len(event_paths(tmp_path)) == 2
