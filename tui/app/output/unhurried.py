"""Textual's driver of a terminal, so that neither what the terminal does nor what it sends ends the program."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from textual.driver import Driver

from tui.app.output.outlet import Outlet

_log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from textual.drivers.linux_driver import LinuxDriver as _Base
else:
    _Base = object


class _Unhurried(_Base):
    """Writes through an outlet, reads whatever comes, and stops and goes on between two events."""

    outlet: Outlet

    def write(self, data: str) -> None:
        file = self._file
        assert file is not None  # Textual writes to stderr
        self.outlet.write(data.encode(file.encoding, file.errors or "replace"), file.fileno())

    def close(self) -> None:
        self.outlet.close()
        super().close()

    # Textual's way is to do this inside the signal's handler: where that interrupts a write, both wait for ever.

    def _sigtstp_application(self, *arguments: object) -> None:
        self._loop.call_soon_threadsafe(super()._sigtstp_application)

    def _sigcont_application(self, *arguments: object) -> None:
        self._loop.call_soon_threadsafe(self._go_on)

    def _go_on(self) -> None:
        """After a stop that nobody announced, SIGSTOP, a second thread would read the keys beside the first."""
        if self._auto_restart and self._key_thread is not None and self._key_thread.is_alive():
            self.suspend_application_mode()
        super()._sigcont_application()

    def run_input_thread(self) -> None:
        """Read on after bytes that are no text, or no sequence of any terminal: Textual would end the program."""
        while not self.exit_event.is_set():
            try:
                super().run_input_thread()
            except OSError:  # the terminal is gone
                self.outlet.leave()
                return
            except Exception as error:  # noqa: BLE001 - whatever a terminal sends costs what came with it, no more
                _log.warning("what the terminal sent is dropped: %s: %s", type(error).__name__, error)


def unhurried(driver: type[Driver], outlet: Outlet) -> type[Driver]:
    """The driver of a terminal, writing through `outlet`; one that has no terminal stays as it is."""
    if not driver.__module__.endswith("linux_driver"):
        return driver
    return type("UnhurriedDriver", (_Unhurried, driver), {"outlet": outlet})
