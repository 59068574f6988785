"""Remembers, for each set of log directories, what the user chose to see: written by a thread, soon after a change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tui.app.remembered import applied, changes, first_selection, with_settings, written
from tui.app.selection import Selection
from tui.app.settings import Start
from tui.app.state_file import BrokenStateError, StateFile, file_name, unreadable
from tui.reader.named_logdir import LogDir
from tui.render.numbers import plural
from tui.render.text import printable

WRITTEN_APART = 2.0
"""Seconds that a change may wait, with others, until it is written."""
_PATIENCE = 5.0  # seconds that closing waits for a home directory which does not answer


class Memory:
    """What is stored of a user's choices, and what is still to be. `on_trouble` is called on the thread that writes."""

    def __init__(self, file: StateFile, *, on_trouble: Callable[[str], None] = lambda text: None) -> None:
        self._file = file
        self._on_trouble = on_trouble
        self._in_trouble = False
        self._last = Selection()
        # Guarded by the condition: all that the file should hold, by field; and what of it is not in JSON yet.
        self._changed = threading.Condition()
        self._stored: dict[str, object] = {}
        self._new: dict[str, object] = {}
        self._is_due = False
        self._closing = False
        self._thread: threading.Thread | None = None

    def recall(self, selection: Selection) -> tuple[Selection, str | None]:
        """The selection with what is remembered, and a line on what was wrong with that."""
        try:
            self._stored = self._file.read()
        except BrokenStateError as error:
            return selection, unreadable(self._file.path, error)
        selection, wrong = applied(self._stored, selection)
        if not wrong:
            return selection, None
        self._file.doubt()
        for name in wrong:
            del self._stored[name]
        return selection, unreadable(self._file.path, f"{', '.join(wrong)} cannot be understood")

    def begin(self, selection: Selection) -> None:
        """What differs from this selection from now on is a change to be remembered."""
        self._last = selection

    def keep(self, selection: Selection) -> None:
        """Remember what has changed since the last call. Takes no time."""
        new = changes(self._last, selection)
        self._last = selection
        if new:
            with self._changed:
                self._new |= new
                self._wake()

    def forget(self) -> None:
        """Remember nothing of what was chosen so far."""
        with self._changed:
            self._stored, self._new = {}, {}
            self._wake()

    def _wake(self) -> None:
        self._is_due = True
        self._changed.notify()
        if self._thread is None and not self._closing:
            thread = threading.Thread(target=self._run, name="tbtui memory", daemon=True)
            with suppress(RuntimeError):  # the system gives none: the next change tries again, or the end writes it
                thread.start()
                self._thread = thread

    def close(self) -> None:
        """Write what is due, and end the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(_PATIENCE)
        else:
            self._run()

    def _run(self) -> None:
        while self._wait():
            try:
                self._write(self._take())
            except Exception as error:  # noqa: BLE001 - what is chosen next is to be remembered all the same
                self._tell(f"cannot remember this: {printable(f'{type(error).__name__}: {error}')}")

    def _wait(self) -> bool:
        """Until there is something to write, and a while longer for more of it; False at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_due or self._closing)
            if self._is_due:
                self._changed.wait_for(lambda: self._closing, WRITTEN_APART)
            return self._is_due

    def _take(self) -> dict[str, object]:
        with self._changed:
            self._is_due = False
            new, self._new = self._new, {}
            self._stored |= written(new)
            return dict(self._stored)

    def _write(self, fields: dict[str, object]) -> None:
        try:
            left_out = 0
            if fields:
                left_out = self._file.write(fields)
            else:
                self._file.remove()
        except OSError as error:
            self._tell(f"cannot remember this in {printable(str(self._file.path))}: {error.strerror}")
        else:
            if left_out:
                self._tell(f"{plural(left_out, 'name')} are too many to remember")
            else:
                self._in_trouble = False

    def _tell(self, text: str) -> None:
        """Say it once, until it is over."""
        if not self._in_trouble:
            self._in_trouble = True
            self._on_trouble(text)


def memory_for(
    logdirs: Sequence[LogDir], directory: Path, *, on_trouble: Callable[[str], None] = lambda text: None
) -> Memory | None:
    """The memory of a set of log directories; None where it would be written below one of them."""
    real = directory.resolve()
    if any(real.is_relative_to(logdir.path.resolve()) for logdir in logdirs):
        return None
    return Memory(StateFile(directory / file_name(logdirs)), on_trouble=on_trouble)


@dataclass(frozen=True, slots=True)
class Recalled:
    """What the screen starts with: where its changes go, the first selection, and lines on what was wrong.

    `untouched` is the selection without what is remembered.
    """

    memory: Memory | None
    selection: Selection
    untouched: Selection
    notes: tuple[str, ...]


def recall(logdirs: Sequence[LogDir], start: Start, on_trouble: Callable[[str], None]) -> Recalled:
    """The settings, with what is remembered over them, with what the command line gave over that."""
    selection = untouched = first_selection(start.settings)
    memory, note = None, None
    if start.state_directory is not None and start.settings.remember:
        memory = memory_for(logdirs, start.state_directory, on_trouble=on_trouble)
        if memory is None:
            note = f"nothing is remembered: {printable(str(start.state_directory))} is below the log directory"
        else:
            selection, note = memory.recall(selection)
    selection = with_settings(selection, start.settings, start.given)
    if memory is not None:
        memory.begin(selection)
    return Recalled(memory, selection, untouched, () if note is None else (note,))
