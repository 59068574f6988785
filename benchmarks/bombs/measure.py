"""Runs a command or the screen on a bomb: peak memory, CPU time, exit code, what was said, how soon keys are answered.

Every process has an address space of 4 GB and five minutes of CPU time at most.
"""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bench_keys import Screen
from tests.terminal import UNKNOWN

ADDRESS_SPACE = 4 << 30
CPU_SECONDS = 300
_WAIT = 900
"""For a machine that others keep busy."""
_SHOWN, _GONE = b"closes", b"help"
_TICKS = os.sysconf("SC_CLK_TCK")
_WRITTEN = {"export": "points.csv", "report": "report.html"}
_TABS = re.compile(r"\d+ [A-Z]\w+")
_FRAME = "import sys, tui; print(tui.frame(tui.open(sys.argv[1])).shape)"
# What is pressed in each tab: along the rows, in, along the steps, the other ways to draw it, and out again.
_KEYS = (b"\x1b[B", b"\x1b[F", b"\r", b"\x1b[C", b"\x1b[F", b"g", b"y", b"\x1b[6~", b"\x1b", b"\x1b")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one way to open a bomb took.

    `code` is None where it did not end in time, negative where a signal ended it. `slowest` are the seconds that the
    slowest key took to be answered, and `key` is which; of commands 0.
    """

    way: str
    megabytes: float
    seconds: float
    code: int | None
    said: str
    slowest: float = 0.0
    key: str = ""


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    os.nice(max(int(os.environ.get("NICE", 19)) - os.nice(0), 0))


def _command(way: str, logdir: Path, more: tuple[str, ...]) -> list[str]:
    program = [sys.executable, "-X", "faulthandler"]
    more = tuple(argument.replace("{}", str(logdir.parent)) for argument in more)
    if way == "frame":
        return [*program, "-c", _FRAME, str(logdir)]
    if way == "inspect":
        files = sorted(path for path in logdir.rglob("*tfevents*") if path.is_file())
        return [*program, "-m", "tui", way, *more, str(files[0])]
    if way in _WRITTEN:
        more = (*more, "-o", str(logdir.parent / _WRITTEN[way]))
    return [*program, "-m", "tui", way, *more, str(logdir)]


def run(way: str, logdir: Path, more: tuple[str, ...] = ()) -> Outcome:
    """Run a command, or the library's `tui.frame`."""
    with tempfile.TemporaryFile() as out:
        home = {"XDG_CONFIG_HOME": str(logdir.parent), "XDG_STATE_HOME": str(logdir.parent)}
        process = subprocess.Popen(
            _command(way, logdir, more), stdin=subprocess.DEVNULL, stdout=out, stderr=out, preexec_fn=_limit,
            env={**os.environ, **home},
        )  # fmt: skip
        code, usage = _ended(process)
        size = out.tell() if out.seek(0, os.SEEK_END) else 0
        out.seek(max(size - 200_000, 0))
        said = out.read().decode(errors="replace")
    return Outcome(way, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime, code, said)


def _ended(process: subprocess.Popen[bytes]) -> tuple[int | None, resource.struct_rusage]:
    end = time.monotonic() + _WAIT
    while time.monotonic() < end:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, usage
        time.sleep(0.02)
    process.kill()
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = -signal.SIGKILL
    return None, usage


class Watched(Screen):
    """The screen, whose answers are timed and whose texts are kept.

    The time of an answer is the shorter one of time by the clock and CPU time of the program: where others keep the
    machine busy, the first says nothing about the program.
    """

    def __init__(self, logdir: Path, more: tuple[str, ...]) -> None:
        limit = ("prlimit", f"--as={ADDRESS_SPACE}", f"--cpu={CPU_SECONDS}", "nice", "-n", "19")
        super().__init__(
            *limit,
            sys.executable,
            "-m",
            "tui",
            "--fresh",
            *more,
            str(logdir),
            columns=160,
            lines=45,
            XDG_CONFIG_HOME=str(logdir.parent),
        )
        self.said: list[str] = []
        self.slowest, self.slowest_key = 0.0, ""

    def draw(self) -> str:
        """The screen as it is now."""
        self._stream.feed(UNKNOWN.sub(b"", bytes(self.output[self._drawn :])))
        self._drawn = self.written
        return self.text

    def note(self) -> None:
        """Keep what is on the screen."""
        self.said.append(self.draw())

    def probe(self, key: bytes, title: str) -> None:
        """Press a key and ask for help: the help is shown when both are answered."""
        start, worked = time.perf_counter(), self.worked
        if key:
            self.press(key)
        for mark in (_SHOWN, _GONE):
            self._await(b"?", mark)
        took = min(time.perf_counter() - start, self.worked - worked)
        if took > self.slowest:
            self.slowest, self.slowest_key = took, title

    def _await(self, key: bytes, mark: bytes) -> None:
        seen = self.written
        self.press(key)
        end = time.monotonic() + _WAIT
        while self.output.find(mark, seen) < 0:
            if time.monotonic() > end or self.process.poll() is not None:
                raise TimeoutError
            self.read(0.005)

    @property
    def worked(self) -> float:
        """CPU seconds of the program so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    @property
    def peak(self) -> float:
        """Most megabytes that were resident."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def watch(logdir: Path, more: tuple[str, ...] = ()) -> Outcome:
    """Open the screen, press keys while it reads and in each tab, and quit."""
    with Watched(logdir, more) as screen:
        peak = seconds = 0.0
        code: int | None = None
        try:
            _walk(screen)
            peak, seconds = screen.peak, screen.worked
            screen.press(b"q")
            code = screen.end()
        except (TimeoutError, AssertionError, OSError):
            code = screen.process.poll()
            screen.slowest = _WAIT if code is None else screen.slowest
            if code is None:
                peak, seconds = screen.peak, screen.worked
        screen.note()
        said = "\n".join(screen.said) + screen.output[-4000:].decode(errors="replace") * (code != 0)
    return Outcome("screen", peak, seconds, code, said, screen.slowest, screen.slowest_key)


def _walk(screen: Watched) -> None:
    end = time.monotonic() + _WAIT
    while "tbtui" not in screen.draw():
        if time.monotonic() > end or screen.process.poll() is not None:
            raise TimeoutError
        screen.read(0.1)
    for _ in range(4):  # what there is to say of the configuration is gone with the first key
        screen.note()
        screen.read(0.4)
    screen.probe(b"", "at the start")
    # The first answer may wait for modules to be imported; from the second on nothing does.
    screen.slowest = 0.0
    while True:
        screen.probe(b"\x1b[B", "down while reading")
        if "reading " not in screen.draw().splitlines()[0]:
            break
        if time.monotonic() > end:
            raise TimeoutError
        screen.read(0.2)
    screen.read(0.5)
    screen.note()
    tabs = len(_TABS.findall(screen.draw().splitlines()[1]))
    for _ in range(max(tabs, 1)):
        title = "next tab"
        screen.probe(b"}", title)
        for key in _KEYS:
            screen.read(0.15)
            screen.note()
            screen.probe(key, f"{key!r} in {_active(screen)}")
    screen.read(0.5)


def _active(screen: Watched) -> str:
    """The tab bar; which of the tabs is active its colours say, so the row below is added."""
    return " / ".join(screen.draw().splitlines()[1:3])[:120]
