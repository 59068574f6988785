"""`tbtui` on a terminal that is looked into, and what is done to both.

python -m benchmarks.chaos.screen LOG ARGUMENTS...      # tbtui, with its warnings and its threads told in a file
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import logging
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import FrameType

from benchmarks.chaos.acts import Act
from benchmarks.chaos.disks import flood
from tests.terminal import UNKNOWN, Terminal

SIZES = [(160, 45), (80, 24), (40, 12), (200, 60), (120, 30), (1, 1), (2, 500), (500, 200), (41, 10)]
# Every key but those that quit and the one that suspends, which is an act of its own; `e` writes files.
_KEYS = [
    *(bytes([code]) for code in range(32, 127) if chr(code) != "q"),
    *(b"\x1b[" + end for end in (b"A", b"B", b"C", b"D", b"H", b"F", b"5~", b"6~", b"Z", b"1;2A", b"1;2B", b"1;2C")),
    b"\r", b"\r", b"\x1b", b"\x1b", b"\t", b"\x0c", b"\x7f", b"\x1bOP", b"\x00",
]  # fmt: skip
_TYPED = [
    b"/loss\r", b"/(\r", b"/a.*b|c\r", b"z10 20\r", b"z-\r", b"\x10\x1b", b"/\x7f\x7f\r", b"z\x1b",
    *(b"/\x1b", b"\t/\x1b", b"\x1b\x1b1/\x1b\t/\x1b") * 4,
]  # fmt: skip
_ODD = [
    b"\xff\xfe", b"\xc3", b"\x1b[99999999999999999999u", b"\x1b[1114112u", b"\x1b[<9999999999;0;0M", b"\x1b[;;;;R",
    b"\x1b]52;c;\xff\x07", b"\x1bP\x00\x1b\\", b"\x1b[?2026;2$y", b"\x1b[I", b"\x1b[O", b"\x1b[200~",
    b"\x1b[201~", b"\x1b[1;1R", b"\x1b_Gi=1;OK\x1b\\",
]  # fmt: skip
_TAIL = 1 << 22
REQUIRED = ("MainThread", "tbtui-ingest", "tbtui-pulse", "tbtui-health", "tbtui-output", "textual-input")


class Watched(Terminal):
    """A terminal whose bytes are counted, and drawn only when it is asked for; what cannot be typed is dropped."""

    _count = 0

    @property
    def written(self) -> int:
        return self._count

    def _take(self) -> None:
        data = os.read(self._master, 1 << 16)
        self._count += len(data)
        self.output += data
        del self.output[: max(0, len(self.output) - _TAIL)]

    def press(self, keys: bytes) -> None:
        os.set_blocking(self._master, False)
        try:
            super().press(keys)
        except BlockingIOError:
            pass  # it does not read now, and has enough to read
        finally:
            os.set_blocking(self._master, True)

    def drawn(self) -> str:
        """What is on the screen, drawn anew."""
        self.resize(160, 45)
        self.read(3)
        self.output.clear()
        self.press(b"\x0c")
        self.read(5)
        self._stream.feed(UNKNOWN.sub(b"", bytes(self.output)))
        return self.text


class Screen:
    """The program and what can be done to it: keys are pressed on one thread, on another the rest is done."""

    def __init__(self, terminal: Watched, log: Path, places: list[Path], chance: random.Random) -> None:
        self.terminal, self._log, self._places, self._chance = terminal, log, places, chance
        self._process = terminal.process.pid
        self.blind_until = 0.0
        """Until then (monotonic) nobody reads what it writes."""

    @property
    def acts(self) -> dict[Act, int]:
        """What can be done to the program."""
        return {
            self.stop_and_go: 3, self.suspend: 2, self.storm: 3, self.blind: 3, self.few_files: 3, self.overflow: 1,
        }  # fmt: skip

    @property
    def inputs(self) -> dict[Act, int]:
        """What can be typed, and the like."""
        return {self.press: 40, self.type: 4, self.click: 8, self.paste: 2, self.odd: 3, self.resize: 3}

    def press(self) -> str:
        return self._typed(self._chance.choice(_KEYS))

    def type(self) -> str:
        return self._typed(self._chance.choice(_TYPED))

    def odd(self) -> str:
        return self._typed(self._chance.choice([*_ODD, b"\x1b[" + self._chance.randbytes(6)]))

    def paste(self) -> str:
        text = self._chance.choice([b"loss", b"\x1b[31mred", b"x" * 5000, b"a\nb\tc\x00", "ü中".encode()])
        return self._typed(b"\x1b[200~" + text + b"\x1b[201~")

    def click(self) -> str:
        """A click, a wheel, a move."""
        button = self._chance.choice([0, 0, 2, 64, 65, 35])
        at = f"{self._chance.randint(1, 160)};{self._chance.randint(1, 45)}"
        return self._typed(f"\x1b[<{button};{at}M\x1b[<{button};{at}m".encode())

    def resize(self) -> str:
        size = self._chance.choice(SIZES)
        self.terminal.resize(*size)
        return "x".join(map(str, size))

    def _typed(self, keys: bytes) -> str:
        # Never what quits: 113 is q, 17 and 3 are its controls; nor what suspends.
        keys = bytes(code for code in keys if code not in (3, 17, 26, 113))
        self.terminal.press(keys)
        return repr(keys[:60])

    def stop_and_go(self) -> str:
        os.kill(self._process, signal.SIGSTOP)
        time.sleep(self._chance.uniform(0.2, 3.0))
        os.kill(self._process, signal.SIGCONT)
        return ""

    def suspend(self) -> str:
        """As Ctrl+Z and fg do: it gives the terminal back before it stops."""
        os.kill(self._process, signal.SIGTSTP)
        start = time.monotonic()
        while self._state() != "T":
            if time.monotonic() > start + 30:
                raise RuntimeError("it does not stop")
            time.sleep(0.05)
        taken = time.monotonic() - start
        time.sleep(self._chance.uniform(0.5, 2.0))
        os.kill(self._process, signal.SIGCONT)
        return f"after {taken:.1f} s"

    def _state(self) -> str:
        return Path(f"/proc/{self._process}/stat").read_text().rpartition(")")[2].split()[0]

    def storm(self) -> str:
        """Sizes that change faster than anybody draws."""
        for _ in range(40):
            self.terminal.resize(*self._chance.choice(SIZES))
            time.sleep(0.01)
        return ""

    def blind(self) -> str:
        """Take nothing of what it writes for a while."""
        seconds = self._chance.uniform(1.0, 6.0)
        self.blind_until = time.monotonic() + seconds
        time.sleep(seconds)
        return f"{seconds:.1f} s"

    def few_files(self) -> str:
        """Let it open nothing more for a while."""
        before = resource.prlimit(self._process, resource.RLIMIT_NOFILE)
        count = sum(1 for _ in Path(f"/proc/{self._process}/fd").iterdir())
        resource.prlimit(self._process, resource.RLIMIT_NOFILE, (count, before[1]))
        time.sleep(self._chance.uniform(1.0, 5.0))
        resource.prlimit(self._process, resource.RLIMIT_NOFILE, before)
        return f"{count}"

    def overflow(self) -> str:
        return flood(self._process, self._chance.choice(self._places))

    def threads(self) -> list[str]:
        """The names of its threads, as it tells them itself."""
        before = self._told()
        os.kill(self._process, signal.SIGUSR1)
        end = time.monotonic() + 20
        while len(told := self._told()) == len(before) and time.monotonic() < end:
            self.terminal.read(0.1)
        return sorted(told[-1]) if len(told) > len(before) else []

    def _told(self) -> list[list[str]]:
        path = self._log.with_suffix(".threads")
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def stacks(self) -> str:
        """Where its threads were when they were asked last."""
        return self._log.with_suffix(".stacks").read_text()

    def warnings(self) -> str:
        """What its log says."""
        return self._log.read_text() if self._log.exists() else ""


def screen_on(log: Path, places: list[Path], prefix: tuple[str, ...]) -> Watched:
    """The program on its terminal."""
    command = (*prefix, sys.executable, "-m", "benchmarks.chaos.screen", str(log), *map(str, places))
    return Watched(*command, columns=160, lines=45, HOME=str(log.parent))


def children(process: int) -> list[int]:
    """Processes that it has started."""
    found = subprocess.run(("pgrep", "-P", str(process)), capture_output=True, text=True, check=False).stdout
    return [int(line) for line in found.split()]


def main() -> int:
    """tbtui; SIGUSR1 has it tell its threads."""
    log = Path(sys.argv[1])
    logging.basicConfig(filename=log, level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")

    def tell(number: int, frame: FrameType | None) -> None:
        names = [f"{thread.name} {type(thread).__name__}" for thread in threading.enumerate()]
        with contextlib.suppress(OSError), log.with_suffix(".threads").open("a") as file:  # it may open nothing now
            file.write(json.dumps(names) + "\n")
        with contextlib.suppress(OSError), log.with_suffix(".stacks").open("w") as file:
            faulthandler.dump_traceback(file, all_threads=True)

    signal.signal(signal.SIGUSR1, tell)
    from tui.cli.main import main as tbtui

    return tbtui(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
