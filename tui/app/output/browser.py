"""Textual's driver for a screen in a browser, put right: the server names it in the environment of the process."""

from __future__ import annotations

from textual import events
from textual.drivers.web_driver import WebDriver


class BrowserDriver(WebDriver):
    """Leaves the mouse to the browser where it is told to, and begins with the focus.

    Textual's turns the mouse on whatever it is told; and it begins without the focus, for which it waits for a message
    that may come before: then no key would do anything.
    """

    def start_application_mode(self) -> None:
        super().start_application_mode()
        if not self._mouse:
            self._disable_mouse_support()
        # After the loss of the focus, which is on its way like this.
        self._app.call_later(self._app.post_message, events.AppFocus())
