"""An app that says what fails on its threads, and goes on; without memory it ends with a word, not a traceback."""

from __future__ import annotations

import errno
import logging
import threading

from textual.worker import WorkerFailed

from tui.app.output.terminal_app import TerminalApp
from tui.render.text import printable

# A screen that opens for the first time is imported first, and that opens files.
_REFUSED = {errno.EMFILE: "too many open files", errno.ENFILE: "too many open files", errno.ENOMEM: "out of memory"}
_log = logging.getLogger(__name__)


def lacking(error: BaseException | None) -> str | None:
    """What the system refused where an error came of that, in words; None where it did not."""
    while error is not None:
        if isinstance(error, MemoryError):
            return "out of memory"
        if isinstance(error, OSError) and error.errno in _REFUSED:
            return _REFUSED[error.errno]
        if isinstance(error, RuntimeError) and "start new thread" in str(error):
            return "no more threads (out of memory, or at the limit of processes)"
        error = error.__cause__ or error.__context__
    return None


class ToldApp(TerminalApp):
    """Textual's app, with other ends: a thread that fails costs what it did, and not the screen."""

    lacks: str | None = None
    """Why it has ended, where the system gives it no more."""

    def run_to_its_end(self, *, mouse: bool) -> None:
        """Run on the terminal, with all that ends a thread told on the screen."""
        before, threading.excepthook = threading.excepthook, self.thread_failed
        try:
            self.run(mouse=mouse)
        except Exception as error:  # on the way out, too
            self.lacks = lacking(error)
            if self.lacks is None:
                raise
            self.give_terminal_back()
        finally:
            threading.excepthook = before

    def tell_trouble(self, text: str) -> None:
        """For subclasses: say so in a line. For any thread."""
        raise NotImplementedError

    @property
    def is_opening(self) -> bool:
        """For subclasses: whether there is nothing to say it on yet."""
        raise NotImplementedError

    def thread_failed(self, failure: threading.ExceptHookArgs) -> None:
        """Called on a thread that an error has ended, or that goes on after one. Python's own way writes to stderr,
        which Textual takes while the screen is open: nobody would see it.
        """
        thread = failure.thread
        name = "a thread" if thread is None else f"{thread.name} ({type(thread).__name__})"
        _log.error("%s failed", name, exc_info=failure.exc_value)
        self.tell_trouble(printable(f"{name} failed: {failure.exc_type.__name__}: {failure.exc_value}"))

    def _handle_exception(self, error: Exception) -> None:
        """What nobody has caught ends the screen, but for the work of a thread that a key has started."""
        if isinstance(error, WorkerFailed) and not self.is_opening:
            _log.error("a worker failed", exc_info=error.error)
            self.tell_trouble(printable(f"failed: {type(error.error).__name__}: {error.error}"))
        elif (lacks := lacking(error)) is not None:
            self.lacks = lacks
            self.exit(return_code=1)
        else:
            super()._handle_exception(error)
