"""A program on a pseudo-terminal, and the screen that its bytes draw."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import pyte

DEADLINE = 30.0
# What pyte does not know and would print: kitty keyboard and mode queries.
UNKNOWN = re.compile(rb"\x1b\[[<>=?][0-9;]*u|\x1b\[\?[0-9;]*\$p")
# Marks that enclose a letter: pyte ends with one what it draws of a text, as it counts them among the controls.
ENCLOSING = re.compile("(?<=[\u0488\u0489\u20dd-\u20e0\u20e2-\u20e4\ua670-\ua672])")


class Screen(pyte.Screen):
    """A screen on which a text goes on after a mark that encloses a letter."""

    def draw(self, data: str) -> None:
        for part in ENCLOSING.split(data):
            super().draw(part)


class Terminal:
    """Runs a command on a pty of `columns` x `lines`; `text` is what the screen shows, `written` counts its bytes.

    The program finds no configuration, and nothing that another one remembered, unless `environment` leads there.
    """

    def __init__(
        self,
        *command: str,
        columns: int = 100,
        lines: int = 30,
        term: str = "xterm-256color",
        cell: tuple[int, int] = (0, 0),
        **environment: str,
    ) -> None:
        self._cell = cell  # dots that it tells of; none, as many terminals do
        self.screen = Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self.output = bytearray()
        self._master, slave = pty.openpty()
        self._resize(columns, lines)
        self.settings = termios.tcgetattr(slave)
        own = {"TERM": term, "COLORTERM": "truecolor", "LINES": "", "COLUMNS": "", "NO_COLOR": "", "TBTUI_CONFIG": ""}
        self._home = tempfile.TemporaryDirectory()
        own |= {"XDG_CONFIG_HOME": self._home.name, "XDG_STATE_HOME": self._home.name}
        environment = {name: value for name, value in {**os.environ, **own, **environment}.items() if value}
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True, close_fds=True
        )
        self._slave = slave

    @classmethod
    def tbtui(
        cls,
        *arguments: str,
        columns: int = 100,
        lines: int = 30,
        term: str = "xterm-256color",
        cell: tuple[int, int] = (0, 0),
        **environment: str,
    ) -> Self:
        """`tbtui` with these arguments."""
        command = (sys.executable, "-m", "tui", *arguments)
        return cls(*command, columns=columns, lines=lines, term=term, cell=cell, **environment)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._slave)
        os.close(self._master)
        self._home.cleanup()

    def hang_up(self) -> None:
        """Take the terminal away; nobody tells the program, for it is not its controlling terminal."""
        os.close(self._master)
        self._master = os.open(os.devnull, os.O_RDWR)

    @property
    def written(self) -> int:
        """Bytes that the program has written."""
        return len(self.output)

    @property
    def text(self) -> str:
        """The screen, a line a row."""
        # pyte's own way raises where, half way through an update, half of a wide character is overwritten.
        rows, columns = range(self.screen.lines), range(self.screen.columns)
        buffer = self.screen.buffer
        return "\n".join("".join(buffer[y][x].data for x in columns).rstrip() for y in rows)

    def press(self, keys: bytes) -> None:
        """Type."""
        os.write(self._master, keys)

    def show(self, text: str) -> None:
        """Let another program write on the screen."""
        self._stream.feed(text.encode())

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the program."""
        self.process.send_signal(number)

    def resize(self, columns: int, lines: int) -> None:
        """Give the terminal another size, as a window does."""
        self._resize(columns, lines)
        self.screen.resize(lines, columns)
        self.process.send_signal(signal.SIGWINCH)

    def _resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, self._window(columns, lines))

    def _window(self, columns: int, lines: int) -> bytes:
        return struct.pack("HHHH", lines, columns, columns * self._cell[0], lines * self._cell[1])

    def read(self, seconds: float) -> None:
        """Take what the program writes in so many seconds."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self._master], [], [], left)[0]:
                self._take()

    def _take(self) -> None:
        data = os.read(self._master, 1 << 16)
        self.output += data
        self._stream.feed(UNKNOWN.sub(b"", data))

    def until(self, condition: Callable[[], bool]) -> None:
        """Read until a condition on the screen comes true; fails when it does not in time."""
        end = time.monotonic() + DEADLINE
        while not condition():
            assert time.monotonic() < end, f"waited in vain:\n{self.text}"
            self.read(0.02)

    def until_shown(self, text: str) -> None:
        """Read until a text is on the screen."""
        self.until(lambda: text in self.text)

    def until_silent(self, seconds: float) -> None:
        """Read until nothing has been written for so many seconds: what was under way is done."""
        before = -1
        end = time.monotonic() + DEADLINE
        while before != self.written:
            assert time.monotonic() < end, f"{self.written - before} bytes in the last {seconds} s:\n{self.text}"
            before = self.written
            self.read(seconds)

    def end(self) -> int:
        """Read until the program has ended; returns its exit code."""
        self.until(lambda: self.process.poll() is not None)
        with contextlib.suppress(OSError):
            self.read(0.1)
        return self.process.returncode

    @property
    def restored(self) -> bool:
        """Whether the terminal is as it was: its settings, the main screen, cursor shown, mouse and pastes off."""
        modes = {mode: self.output.rfind(b"\x1b[?%dh" % mode) < self.output.rfind(b"\x1b[?%dl" % mode) for mode in
                 (1049, 1000, 1003, 2004)}  # fmt: skip
        shown = self.output.rfind(b"\x1b[?25l") < self.output.rfind(b"\x1b[?25h")
        return all(modes.values()) and shown and termios.tcgetattr(self._slave) == self.settings
