"""What fails on a thread of the screen is a line on it, and it goes on; without memory it ends with a line."""

from __future__ import annotations

import errno
import os
import sys
import threading
from pathlib import Path

import pytest

from tests.terminal import Terminal
from tests.tui.app.screens import opened, shown, training, until
from tests.tui.app.views import of_runs
from tui.app.blobs import BlobCache, Unreadable
from tui.app.failures import lacking
from tui.app.health_watch import HealthWatch
from tui.app.memory import Memory
from tui.app.output.outlet import Outlet
from tui.app.selection import Selection
from tui.app.state_file import StateFile
from tui.app.widgets.chart_keys import ChartKeys

FAILS = (
    "import sys, pathlib; from tui.app import app; from tui.reader.named_logdir import LogDir\n"
    "def fail(self): raise {error}\n"
    "app.TbtuiApp.action_theme = fail\n"
    "sys.exit(app.run_app([LogDir('', pathlib.Path(sys.argv[1]))]))"
)


def test_a_thread_that_fails_is_told_on_the_screen(tmp_path: Path) -> None:
    """Textual takes stderr while the screen is open, so Python's own message would be seen by nobody."""
    fail = "threading.Thread(target=lambda: [][0], name='a reader').start()"
    command = FAILS.replace("raise {error}", fail).replace("import sys", "import threading, sys")
    with Terminal(sys.executable, "-c", command, str(training(tmp_path)), columns=120) as terminal:
        terminal.until_shown("Accuracy")
        terminal.press(b"t")
        terminal.until_shown("a reader (Thread) failed: IndexError: list index out of range")
        terminal.press(b"q")
        assert terminal.end() == 0
        assert b"Traceback" not in terminal.output


def test_without_memory_it_ends_with_a_line(tmp_path: Path) -> None:
    command = FAILS.format(error="MemoryError")
    with Terminal(sys.executable, "-c", command, str(training(tmp_path))) as terminal:
        terminal.until_shown("Accuracy")
        terminal.press(b"t")
        assert terminal.end() == 1
        assert terminal.restored
        terminal.until_shown("tbtui: out of memory")
        assert b"Traceback" not in terminal.output


def test_without_memory_on_the_way_out_it_ends_with_a_line(tmp_path: Path) -> None:
    command = FAILS.format(error="MemoryError").replace("action_theme", "_shutdown")
    with Terminal(sys.executable, "-c", command, str(training(tmp_path))) as terminal:
        terminal.until_shown("Accuracy")
        terminal.press(b"q")
        assert terminal.end() == 1
        assert terminal.restored
        terminal.until_shown("tbtui: out of memory")
        assert b"Traceback" not in terminal.output


async def test_an_export_that_fails_is_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(ChartKeys, "_export", fail)
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("enter", "e")
        await until(pilot, lambda: "failed: ZeroDivisionError: a bug" in shown(pilot, "KeysLine"))
        await pilot.press("escape")
        await until(pilot, lambda: "quit" in shown(pilot, "KeysLine"))


def refuse(thread: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


@pytest.fixture
def no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """As at the limit of a container's processes."""
    monkeypatch.setattr(threading.Thread, "start", refuse)


@pytest.mark.usefixtures("no_threads")
def test_without_threads_what_is_chosen_is_written_at_the_end(tmp_path: Path) -> None:
    memory = Memory(StateFile(tmp_path / "runs.json"))
    memory.recall(Selection())
    memory.begin(Selection())
    memory.keep(Selection(weight=0.25))
    memory.close()
    recalled, complaint = Memory(StateFile(tmp_path / "runs.json")).recall(Selection())
    assert (recalled.weight, complaint) == (0.25, None)


@pytest.mark.usefixtures("no_threads")
def test_without_threads_the_screen_is_sent_all_the_same() -> None:
    end, start = os.pipe()
    outlet = Outlet()
    for data in (b"a", b"b"):
        outlet.write(data, start)
        assert os.read(end, 10) == data
    outlet.close()
    os.close(end)
    outlet.write(b"c", start)  # nobody reads any more
    outlet.close()
    os.close(start)


def test_threads_that_come_again_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    cache, watch = BlobCache(), HealthWatch(lambda: 0.0)
    loaded = threading.Event()
    cache.on_loaded = loaded.set
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        assert cache.get("first", str.upper) is None
        assert loaded.is_set()
        assert cache.get("first", str.upper) == Unreadable("can't start new thread")
        watch.look(of_runs("a"))
    loaded.clear()
    assert cache.get("second", str.upper) is None
    assert loaded.wait(20)
    assert cache.get("second", str.upper) == "SECOND"
    cache.close()
    watch.on_judged = loaded.set
    loaded.clear()
    watch.look(of_runs("b"))
    assert loaded.wait(20)
    watch.close()


def test_what_the_system_lacks_is_told_by_any_error_that_came_of_it() -> None:
    of_it = ValueError("of a cache")
    of_it.__context__ = MemoryError()
    assert lacking(of_it) == lacking(MemoryError()) == "out of memory"
    assert lacking(OSError(errno.EMFILE, "Too many open files")) == "too many open files"
    assert lacking(OSError(errno.ENOENT, "No such file")) is None
    no_thread = lacking(RuntimeError("can't start new thread"))
    assert no_thread == "no more threads (out of memory, or at the limit of processes)"
    assert lacking(ValueError("a bug")) is None
