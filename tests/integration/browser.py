"""Chromium without a window, and what a served page is sent: its websocket is listened to."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyte
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains

from tests.terminal import DEADLINE, UNKNOWN, Screen

_OPTIONS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--disable-dev-shm-usage", "--enable-unsafe-swiftshader",
)  # fmt: skip
# The terminal keeps its text to itself, on a canvas: what it is sent is recorded, and drawn by another one.
_RECORDER = """
window.received = [];
window.sizes = [];
window.WebSocket = class extends WebSocket {
  constructor(url) {
    super(url);
    this.addEventListener("message", (event) => {
      if (typeof event.data !== "string")
        received.push(btoa(String.fromCharCode(...new Uint8Array(event.data))));
    });
  }
  send(text) {
    const [kind, about] = JSON.parse(text);
    if (kind === "resize") sizes.push([received.length, about.width, about.height]);
    super.send(text);
  }
};
"""


@contextmanager
def chromium(profile: Path) -> Iterator[webdriver.Chrome]:
    """A browser with a new profile, ended at the end."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for option in (*_OPTIONS, f"--user-data-dir={profile}", "--window-size=1280,800"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    try:
        yield driver
    finally:
        driver.quit()


class Page:
    """A served page in a tab of its own."""

    def __init__(self, driver: webdriver.Chrome, url: str) -> None:
        self.driver = driver
        driver.switch_to.new_window("tab")
        self.handle = driver.current_window_handle
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _RECORDER})
        driver.get(url)

    def script(self, code: str) -> Any:
        """What JavaScript returns on this page."""
        self.driver.switch_to.window(self.handle)
        return self.driver.execute_script(code)

    @property
    def text(self) -> str:
        """What the terminal shows."""
        chunks, sizes = self.script("return [received, sizes]")
        if not sizes:
            return ""
        screen = Screen(*sizes[0][1:])
        stream = pyte.ByteStream(screen)
        for at, chunk in enumerate(chunks):
            for after, columns, lines in sizes:
                if after == at:
                    screen.resize(lines, columns)
            stream.feed(UNKNOWN.sub(b"", base64.b64decode(chunk)))
        return "\n".join(screen.display)

    @property
    def said(self) -> str:
        """What stands over the screen when it has ended."""
        text: str = self.script(
            "const over = document.querySelector('#ended'); return over.hidden ? '' : over.innerText"
        )
        return text

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        self.driver.switch_to.window(self.handle)
        ActionChains(self.driver).send_keys(*keys).perform()

    def wait(self, is_there: Callable[[], object], what: str) -> None:
        """Wait for something to be so."""
        end = time.monotonic() + DEADLINE
        while not is_there():
            assert time.monotonic() < end, f"no {what} in\n{self.text}\n{self.said}"
            time.sleep(0.1)

    def wait_for(self, text: str) -> None:
        """Wait until the terminal shows a text."""
        self.wait(lambda: text in self.text, text)

    def colours(self) -> int:
        """How many colours the picture of the page has: what a canvas really shows."""
        import io

        from PIL import Image

        self.driver.switch_to.window(self.handle)
        with Image.open(io.BytesIO(self.driver.get_screenshot_as_png())) as picture:
            return len(picture.convert("RGB").getcolors(1 << 20) or [])

    def close(self) -> None:
        """Close the tab, as a user does."""
        self.driver.switch_to.window(self.handle)
        self.driver.close()
        self.driver.switch_to.window(self.driver.window_handles[0])
