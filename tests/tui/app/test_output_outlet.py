"""A terminal that takes nothing for a while, or is gone: the program goes on, answers signals, and ends."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from logging_lib import SummaryWriter
from tests.terminal import DEADLINE, Terminal
from tui.app.output import outlet as outlet_module
from tui.app.output.outlet import MOST_WAITING, Outlet

ODD = [
    b"\xff\xfe", b"\xc3", b"\x1b[99999999999999999999u", b"\x1b[1114112u", b"\x1b[55296u", b"\x1b[<9999999999;0;0M",
    b"\x1b[<0;-1;;M", b"\x1b[;;;;R", b"\x1b[?2026;9$y", b"\x1b]52;c;\xff\x07", b"\x1bP\x00\x1b\\",
]  # fmt: skip
"""What no terminal sends, or one whose bytes are lost on the way."""


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """What to read from, what to write to."""
    ends = os.pipe()
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError:  # a test has closed it
            continue


def read(end: int, count: int) -> bytes:
    data = b""
    while len(data) < count:
        data += os.read(end, count - len(data))
    return data


@pytest.mark.parametrize("blocking", [True, False])
def test_all_is_sent_in_order_and_who_was_refused_is_told(pipe: tuple[int, int], blocking: bool) -> None:
    """Also where another program has made the terminal one that does not wait."""
    os.set_blocking(pipe[1], blocking)
    told = threading.Event()
    outlet = Outlet()
    assert outlet.has_room(told.set)
    sent = [bytes([number]) * 30_000 for number in range(12)]  # a pipe takes 65536, so some stay here
    for data in sent:
        outlet.write(data, pipe[1])
    assert not outlet.has_room(told.set)
    assert not told.is_set()
    assert read(pipe[0], 360_000) == b"".join(sent)
    assert told.wait(DEADLINE)
    assert outlet.has_room(told.set)
    outlet.close()
    outlet.write(b"again", pipe[1])
    assert read(pipe[0], 5) == b"again"
    outlet.close()


def test_where_nobody_reads_any_more_it_says_so_and_drops_the_rest(pipe: tuple[int, int]) -> None:
    gone = threading.Event()
    outlet = Outlet(gone.set)
    outlet.write(b"x" * 200_000, pipe[1])
    os.close(pipe[0])
    assert gone.wait(DEADLINE)
    for _ in range(100):
        outlet.write(b"x" * MOST_WAITING, pipe[1])
    assert outlet.has_room(gone.clear)
    outlet.close()
    assert gone.is_set()


def test_the_end_does_not_wait_for_ever(pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlet_module, "_PATIENCE", 0.05)
    outlet = Outlet()
    outlet.write(b"x" * 200_000, pipe[1])
    outlet.close()
    outlet.write(b"and more", pipe[1])
    assert read(pipe[0], 200_008).endswith(b"xand more")
    outlet.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "tbtui-output"]


def test_what_is_no_text_and_no_sequence_costs_only_itself(tmp_path: Path) -> None:
    """Textual's thread would end with the first such byte, and the program with a traceback."""
    with SummaryWriter(str(tmp_path / "run")) as writer:
        writer.add_scalar("Accuracy", 1, 0)
    with Terminal.tbtui(str(tmp_path)) as terminal:
        terminal.until_shown("Accuracy")
        for odd in ODD:
            terminal.press(odd)
            terminal.read(0.1)  # so that it comes alone
        before = time.monotonic()
        while "Esc or ? closes" not in terminal.text:
            assert time.monotonic() < before + DEADLINE
            terminal.press(b"?")
            terminal.read(0.5)
        terminal.press(b"q")
        terminal.until_shown("q quit")
        terminal.press(b"q")
        assert terminal.end() == 0
        assert b"Traceback" not in terminal.output


@pytest.mark.parametrize("stop", [signal.SIGSTOP, signal.SIGTSTP])
def test_a_stop_and_go_leaves_one_thread_that_reads_keys(tmp_path: Path, stop: signal.Signals) -> None:
    """A second one would take every other key; the screen is drawn anew, whatever the shell has written meanwhile."""
    with SummaryWriter(str(tmp_path / "run")) as writer:
        writer.add_scalar("Accuracy", 1, 0)
    with Terminal.tbtui(str(tmp_path)) as terminal:
        terminal.until_shown("Accuracy")
        terminal.until_silent(0.5)
        threads = Path(f"/proc/{terminal.process.pid}/task")
        before = len(list(threads.iterdir()))
        state = Path(f"/proc/{terminal.process.pid}/stat")
        for _ in range(2):
            terminal.signal(stop)
            terminal.until(lambda: state.read_text().rpartition(")")[2].split()[0] == "T")
            terminal.show("\x1b[2J$ ")
            terminal.signal(signal.SIGCONT)
            terminal.until_shown("Accuracy")
        terminal.until_silent(0.5)
        assert len(list(threads.iterdir())) == before
        terminal.press(b"?")
        terminal.until_shown("Esc or ? closes")


@pytest.mark.parametrize("end", ["hangup", "SIGTERM", "q"])
def test_a_terminal_that_takes_nothing_holds_up_nobody(tmp_path: Path, end: str) -> None:
    with SummaryWriter(str(tmp_path / "run")) as writer:
        for step in range(20):
            writer.add_scalar("Accuracy", step, step)
    with Terminal.tbtui(str(tmp_path), columns=200, lines=60) as terminal:
        terminal.until_shown("Accuracy")
        for _ in range(25):  # help, open and closed: some 200 kB, of which the terminal holds 4
            terminal.press(b"?")
            time.sleep(0.025)
            terminal.press(b"\x1b")
            time.sleep(0.025)
        if end == "q":
            terminal.until_silent(0.5)
            terminal.press(b"q")
            assert terminal.end() == 0
            assert terminal.restored
            return
        if end == "hangup":
            terminal.hang_up()
        else:
            terminal.signal(signal.SIGTERM)
        assert terminal.process.wait(DEADLINE) == 128 + (signal.SIGHUP if end == "hangup" else signal.SIGTERM)
