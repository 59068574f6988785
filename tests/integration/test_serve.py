"""`tbtui serve`: the screen in a real browser, who is let in, and how it ends."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import psutil
import pytest
from selenium import webdriver
from selenium.webdriver.common.keys import Keys

from tests.builders import FILE_NAME, append, points, scalar_event, version_event, write
from tests.integration.browser import Page, chromium
from tests.terminal import DEADLINE
from tests.tui.cli.commands import called, only_line

TOKEN = "correct-horse-battery"


class Served:
    """`tbtui serve` with these arguments, on a free port; `url` is what it prints."""

    def __init__(self, *arguments: object, cwd: Path | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tui", "serve", *map(str, arguments), "--port", "0", "--fresh"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=cwd,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        self.at = urlsplit(self.url)

    def __enter__(self) -> Self:
        assert self.url
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.communicate()

    def screens(self) -> list[psutil.Process]:
        """The processes behind the tabs."""
        return psutil.Process(self.process.pid).children()

    def end(self, number: signal.Signals) -> tuple[int, str]:
        """Send a signal; returns the exit code and stderr."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=DEADLINE)
        return self.process.returncode, errors

    def asked(self, path: str, *, host: str | None = None, **headers: str) -> tuple[int, str, http.client.HTTPMessage]:
        """Status, text and headers of the answer to a GET."""
        with closing(http.client.HTTPConnection(self.at.hostname or "", self.at.port or 0, timeout=DEADLINE)) as to:
            to.putrequest("GET", path, skip_host=True)
            for name, value in {"Host": host or self.at.netloc, **headers}.items():
                to.putheader(name.replace("_", "-"), value)
            to.endheaders()
            answer = to.getresponse()
            text = "" if answer.status == 101 else answer.read().decode("utf-8", "replace")
            return answer.status, text, answer.headers

    def shook_hands(self, path: str, *, host: str | None = None, **headers: str) -> int:
        """The status of the answer to who wants a websocket."""
        key = "dGhlIHNhbXBsZSBub25jZQ=="
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Version": "13"}
        return self.asked(path, host=host, **upgrade, Sec_WebSocket_Key=key, **headers)[0]


def until(is_so: Callable[[], object]) -> None:
    end = time.monotonic() + DEADLINE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    """One run with two tags, whose directory a shell would take for commands."""
    directory = tmp_path / "runs; touch pwned #"
    write(
        directory / "lr_0.1" / FILE_NAME, [version_event(), *points("Loss/train", range(50)), *points("Acc", range(50))]
    )
    return directory


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    with chromium(tmp_path_factory.mktemp("chromium")) as driver:
        yield driver


def test_the_screen_in_a_browser(driver: webdriver.Chrome, logdir: Path) -> None:
    with Served(logdir.name, "--theme", "light", cwd=logdir.parent) as served:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", served.url)
        page = Page(driver, served.url)
        page.wait_for("Loss")
        page.wait_for("24.5")
        assert driver.title == f"tbtui {logdir.name}"
        assert page.text.splitlines()[0].startswith(" tbtui runs; touch pwned #  1 run")
        assert page.colours() > 50  # not only what was sent, but what is seen

        # It follows the window, and looks again.
        columns = len(page.text.splitlines()[0])
        driver.set_window_size(900, 600)
        page.wait(lambda: len(page.text.splitlines()[0]) < columns, "narrower screen")
        page.wait_for("Loss")

        # Keys lead into the chart, live points come, and back.
        page.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ENTER)
        page.wait_for("relative")
        append(logdir / "lr_0.1" / FILE_NAME, [scalar_event("Loss/train", 50, 1234.0), scalar_event("Acc", 50, 1234.0)])
        page.wait_for("1234")
        page.press(Keys.ESCAPE)
        page.wait_for("Tags 2")

        # What is copied goes to the browser's clipboard.
        wanted = ["clipboardReadWrite", "clipboardSanitizedWrite"]
        driver.execute_cdp_cmd("Browser.grantPermissions", {"permissions": wanted, "origin": served.url.rstrip("/")})
        page.press("c")
        read = "return navigator.clipboard.readText()"
        page.wait(lambda: page.script(read) == "1234.0", "copied value")

        # Everything came from this server, and nothing was wrong with it.
        fetched = page.script("return performance.getEntries().map((entry) => entry.name)")
        names = {urlsplit(name).path for name in fetched if name.startswith(served.url)}
        assert names >= {"/static/textual.js", "/static/RobotoMono.ttf", "/static/xterm.css"}
        assert not [name for name in fetched if name.startswith("http") and not name.startswith(served.url)]
        assert not [entry for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]

        page.press("q")
        page.wait(lambda: page.said, "word on the end")
        assert page.said.startswith("The screen is closed.")
        assert not (logdir.parent / "pwned").exists()
        until(lambda: not served.screens())
        page.close()
        assert served.end(signal.SIGINT) == (0, "")


def test_tabs_have_screens_of_their_own_which_end_with_them(driver: webdriver.Chrome, logdir: Path) -> None:
    with Served(logdir) as served:
        first, second = Page(driver, served.url), Page(driver, served.url)
        for page in (first, second):
            page.wait_for("24.5")
        first.press("2", "?")
        screens = served.screens()
        assert len(screens) == 2
        first.close()
        until(lambda: len(served.screens()) == 1)
        assert "24.5" in second.text
        assert served.end(signal.SIGTERM) == (128 + signal.SIGTERM, "")
        second.wait(lambda: second.said, "word on the end")
        assert second.said.startswith("`tbtui serve` was ended")
        assert not any(screen.is_running() for screen in screens)
        second.close()


def test_a_screen_does_not_outlive_a_server_that_is_killed(driver: webdriver.Chrome, logdir: Path) -> None:
    with Served(logdir) as served:
        page = Page(driver, served.url)
        page.wait_for("24.5")
        (screen,) = served.screens()
        served.end(signal.SIGKILL)
        until(lambda: not screen.is_running() or screen.status() == psutil.STATUS_ZOMBIE)
        page.close()


def test_a_screen_that_cannot_open_says_why_on_the_page(driver: webdriver.Chrome, logdir: Path) -> None:
    with Served(logdir) as served:
        logdir.rename(logdir.with_name("gone"))
        page = Page(driver, served.url)
        page.wait(lambda: page.said, "word on the end")
        expected = f"{logdir} does not exist; give the directory that the event files are written to"
        assert page.said.splitlines()[0] == expected[:120].rstrip()  # as a page shows it
        page.close()
        assert served.end(signal.SIGINT) == (0, f"tbtui: {expected}\n")


def test_other_websites_get_nothing(driver: webdriver.Chrome, logdir: Path) -> None:
    with Served(logdir) as served, Served(logdir) as other:
        for origin in (
            None,
            "null",
            other.url.rstrip("/"),
            "http://evil.example",
            f"http://{served.at.netloc}.example",
        ):
            assert served.shook_hands("/ws", **({} if origin is None else {"Origin": origin})) == 403
        assert served.shook_hands("/ws", Origin=f"http://{served.at.netloc}") == 101
        # A name of somebody else's that leads here.
        for path in ("/", "/ws", "/static/page.js", "/nothing"):
            status, text, _ = served.asked(path, host="evil.example", Origin="http://evil.example")
            assert (status, text) == (
                403,
                "tbtui: this is for the names of this machine itself, such as localhost; others need `--token`\n",
            )
        assert served.asked("/", host=f"localhost:{served.at.port}")[0] == 200
        # A page from elsewhere in the browser itself, here another port.
        driver.switch_to.new_window("tab")
        driver.get(f"{other.url}static/page.js")
        opened = driver.execute_async_script(
            "const [url, done] = arguments; const socket = new WebSocket(url);"
            "socket.onopen = () => done('open'); socket.onerror = () => done('refused');",
            served.url.replace("http", "ws") + "ws",
        )
        assert opened == "refused"
        driver.close()
        driver.switch_to.window(driver.window_handles[0])
        headers = served.asked("/")[2]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "no-referrer"


def test_whoever_has_no_token_gets_nothing(driver: webdriver.Chrome, logdir: Path) -> None:
    with Served(logdir, "--token", TOKEN) as served:
        assert served.url == f"http://{served.at.netloc}/{TOKEN}/"
        own = f"http://{served.at.netloc}"
        for path in ("/", "/ws", "/static/page.js", "/static/", "/wrong-token/", f"/?token={TOKEN}", f"/{TOKEN}x/ws"):
            status, text, _ = served.asked(path)
            assert (status, text) == (
                403,
                "tbtui: open the whole URL that `tbtui serve` printed: its path is the token\n",
            )
            assert served.shook_hands(path, Origin=own) == 403
        assert served.shook_hands(f"/{TOKEN}/ws", Origin="http://evil.example") == 403
        statuses = {
            path: served.asked(f"/{TOKEN}{path}")[0] for path in ("", "/", "/static/page.js", "/static/x", "/x")
        }
        assert statuses == {"": 302, "/": 200, "/static/page.js": 200, "/static/x": 404, "/x": 404}
        assert served.asked(f"/{TOKEN}/static/..%2fserver.py")[0] == 404
        page = Page(driver, served.url)
        page.wait_for("24.5")
        assert TOKEN not in " ".join(served.screens()[0].cmdline())
        page.close()


def test_beyond_this_machine_there_is_a_warning_and_a_token(logdir: Path) -> None:
    with Served(logdir, "--host", "0.0.0.0") as served:
        found = re.fullmatch(rf"http://{re.escape(socket.gethostname())}:(\d+)/([0-9a-f]{{48}})/", served.url)
        assert found
        served.at = urlsplit(f"http://127.0.0.1:{found[1]}")
        assert served.asked("/")[0] == 403
        assert served.asked(f"/{found[2]}/", host="node17.cluster")[0] == 200
        code, errors = served.end(signal.SIGINT)
        assert (code, errors.count("\n")) == (0, 1)
        assert errors.startswith("tbtui: warning: other machines can reach this, unencrypted: ")


def test_what_a_page_would_never_send(logdir: Path) -> None:
    """Messages of any form, sizes of any size: the screen lives on, and --no-mouse leaves the mouse alone."""
    import asyncio
    import json

    import aiohttp

    async def talk(url: str) -> bytes:
        received = bytearray()
        async with (
            aiohttp.ClientSession(headers={"Origin": url.rstrip("/")}) as session,
            session.ws_connect(f"{url}ws?width=-1&height=99999999999999999999") as websocket,
        ):
            sent: list[object] = [
                1, [], {}, ["stdin"], ["stdin", 5], ["resize", None], ["resize", {"width": "x"}], ["what", {}],
                ["focus"], ["resize", {"width": 10**9, "height": -3}], ["resize", {"width": 100, "height": 30}],
                ["stdin", "\ud800"],
            ]  # fmt: skip
            for message in sent:
                await websocket.send_str(json.dumps(message))
            await websocket.send_str("no json")
            await websocket.send_bytes(b"nor text")
            async with asyncio.timeout(DEADLINE):
                while b"closes" not in received:  # the help, which a character that is none opens: it counts as "?"
                    received += await websocket.receive_bytes()
        return bytes(received)

    with Served(logdir, "--no-mouse") as served:
        received = asyncio.run(talk(served.url))
        modes = re.findall(rb"\x1b\[\?(\d+)([hl])", received)
        last = dict(modes)
        assert {mode: last[mode] for mode in (b"1000", b"1003", b"1006")} == dict.fromkeys(
            (b"1000", b"1003", b"1006"), b"l"
        )
        until(lambda: not served.screens())
        with socket.create_connection((served.at.hostname, served.at.port or 0)) as raw:
            raw.sendall(b"\x16\x03\x01 nonsense\r\n\r\n")
            assert raw.recv(100).startswith(b"HTTP/1.")
        assert served.end(signal.SIGINT) == (0, "")


def test_a_port_that_is_taken(logdir: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "tui", "serve", os.fspath(logdir), "--port", str(port)],
            capture_output=True, text=True, timeout=DEADLINE, check=False,
        )  # fmt: skip
    line = (
        f"tbtui: cannot listen on 127.0.0.1, port {port}: Address already in use; `--port 0` takes any that is free\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", line)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (
            ["--token", "short"],
            "a token is 8 to 200 letters, digits, and any of . _ ~ -; `--token random` makes one up",
        ),
        (["--images", "sixel"], "--images sixel: the page's terminal has no pixels; leave it out"),
        (["--host", "192.0.2.1", "--port", "0"], "give an address of this machine"),
    ],
)
def test_what_is_refused_at_once(tmp_path: Path, options: list[str], line: str) -> None:
    done = called("serve", tmp_path, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert only_line(done.stderr).endswith(line)
