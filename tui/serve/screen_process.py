"""A process with a screen on pipes instead of a terminal, and its end: it does not outlive who looked at it."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Self

from tui.render.text import printable
from tui.serve.packets import DATA, Packet, is_ready, meta, packet, read_packet

# A screen that is told to end has so long, and then once more after a signal.
_STOP_SECS = 5.0
_LONGEST_LINE = 4096
# What is said of the terminal that the server was started on does not hold for the browser.
_OF_A_TERMINAL = re.compile(
    r"TERM|TERM_PROGRAM(_VERSION)?|COLORTERM|NO_COLOR|FORCE_COLOR|CLICOLOR\w*|COLUMNS|LINES|TMUX\w*|STY|ZELLIJ\w*"
    r"|KITTY_\w+|WEZTERM_\w+|SSH_\w+|TEXTUAL_?\w*|TBTUI_TOKEN"
)


def environment(width: int, height: int, inherited: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables of a screen's process that begins with so many columns and rows."""
    kept = {name: value for name, value in inherited.items() if not _OF_A_TERMINAL.fullmatch(name)}
    return kept | {
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "TERM_PROGRAM": "tbtui-serve",
        "TEXTUAL_DRIVER": "tui.app.output.browser:BrowserDriver",
        "PYTHONIOENCODING": "utf-8",
        "COLUMNS": str(width),
        "ROWS": str(height),
    }


class ScreenProcess:
    """A screen that was started: `send` it packets, take its `packets`, `stop` it.

    `complain` is given every line that it writes to stderr, made printable; the last one is its `complaint`.
    """

    def __init__(self, process: Process, complain: Callable[[str], None]) -> None:
        self._process = process
        self.complaint = ""
        self._complain = complain
        self._complaints = asyncio.create_task(self._read_complaints())

    @classmethod
    async def start(cls, command: Sequence[str], width: int, height: int, complain: Callable[[str], None]) -> Self:
        """Start one; OSError where that cannot be."""
        # A session of its own: Ctrl+C in the server's terminal is for the server, which then tells its screens to end.
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment(width, height), start_new_session=True
        )
        return cls(process, complain)

    async def type(self, text: str) -> None:
        """Send what a terminal would send."""
        await self.send(packet(DATA, text.encode("utf-8", "replace")))

    async def send(self, data: bytes) -> None:
        """Send a packet; nothing comes of it where the process has ended."""
        assert self._process.stdin is not None
        with suppress(ConnectionError):
            self._process.stdin.write(data)
            await self._process.stdin.drain()

    async def packets(self) -> AsyncIterator[Packet]:
        """What it sends, until it ends."""
        assert self._process.stdout is not None
        if await is_ready(self._process.stdout):
            while (received := await read_packet(self._process.stdout)) is not None:
                yield received
        await self._complaints  # so that the last is known

    async def stop(self) -> None:
        """End it, kindly first; nobody may take its packets any more."""
        assert self._process.stdin is not None
        # It may wait for somebody to take what it wrote, and could not hear us.
        drained = asyncio.create_task(self._drain())
        try:
            await self.send(meta(type="quit"))
            self._process.stdin.close()
            for end in (self._process.terminate, self._process.kill):
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._process.wait(), _STOP_SECS)
                    break
                with suppress(ProcessLookupError):
                    end()
            await self._process.wait()
            await drained
            await self._complaints
        finally:
            drained.cancel()

    async def _drain(self) -> None:
        assert self._process.stdout is not None
        while await self._process.stdout.read(1 << 16):
            pass

    async def _read_complaints(self) -> None:
        assert self._process.stderr is not None
        rest = b""
        while data := await self._process.stderr.read(_LONGEST_LINE):
            *lines, rest = (rest + data).split(b"\n")
            for line in [*lines, *([rest] if len(rest) >= _LONGEST_LINE else [])]:
                self._told(line)
            rest = b"" if len(rest) >= _LONGEST_LINE else rest
        self._told(rest)

    def _told(self, line: bytes) -> None:
        if text := printable(line.decode("utf-8", "replace").rstrip()).removeprefix("tbtui: "):
            self.complaint = text
            self._complain(text)


def screen_command(arguments: Sequence[str]) -> list[str]:
    """The command that opens a screen, an argument each: no shell sees them. -P: nothing is imported from here."""
    return [sys.executable, "-P", "-m", "tui.cli.served", *arguments]
