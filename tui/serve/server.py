"""The web server: a page, its files, and a websocket for each browser tab, behind which is a screen's process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import signal
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files
from pathlib import Path

import textual_serve
from aiohttp import WSMsgType, web

from tui.render.text import printable
from tui.serve.guard import Guard
from tui.serve.packets import DATA, META, meta, meta_type
from tui.serve.screen_process import ScreenProcess

_MOST_SCREENS = 32
_LARGEST_MESSAGE = 1 << 20  # a paste
_LARGEST_SCREEN = 1000  # columns or rows
_HEARTBEAT_SECS = 15.0  # a browser that was silently lost is noticed after one and a half
_SHUTDOWN_SECS = 20.0
_LONGEST_REASON = 120  # bytes, in the frame that closes a websocket
_TRY_LATER, _GOING_AWAY = 1013, 1001
_HEADERS = {
    # All that the page needs is here: nothing is fetched from elsewhere, and nobody is told of the URL.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self';"
        " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-cache",
}
_PAGE = Path(str(files("tui.serve").joinpath("page")))
_TEXTUALS = Path(str(files(textual_serve).joinpath("static")))
# Names below static/ and the files that they are.
_FILES = {
    "page.js": _PAGE / "page.js",
    "page.css": _PAGE / "page.css",
    "textual.js": _TEXTUALS / "js" / "textual.js",
    "xterm.css": _TEXTUALS / "css" / "xterm.css",
    "RobotoMono.ttf": _TEXTUALS / "fonts" / "RobotoMono-VariableFont_wght.ttf",
    "RobotoMono-Italic.ttf": _TEXTUALS / "fonts" / "RobotoMono-Italic-VariableFont_wght.ttf",
}

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def missing_files() -> list[str]:
    """The page's files that are not there: another version of textual-serve may have others."""
    return [str(path) for path in _FILES.values() if not path.is_file()]


@dataclass(slots=True)
class Server:
    """`command` opens a screen, `title` is the page's; `tell` is given lines for the user, made printable."""

    command: Sequence[str]
    title: str
    guard: Guard
    tell: Callable[[str], None]
    _open: set[web.WebSocketResponse] = field(default_factory=set)
    _told: set[str] = field(default_factory=set)

    async def serve(self, listening: Sequence[socket.socket], ready: Callable[[], None]) -> int:
        """Answer until a signal comes; returns its number."""
        logging.getLogger("aiohttp").addHandler(_Lines(self._complain))
        ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
                asyncio.get_running_loop().add_signal_handler(number, _end, ended, number)
        runner = web.AppRunner(self.application(), access_log=None, shutdown_timeout=_SHUTDOWN_SECS)
        await runner.setup()
        try:
            for one in listening:
                await web.SockSite(runner, one).start()
            ready()
            return await ended
        finally:
            await runner.cleanup()

    def application(self) -> web.Application:
        """The routes. Everything is guarded, also what is not there."""
        application = web.Application(middlewares=[self._guarded])
        under = f"/{self.guard.token}" if self.guard.token else ""
        application.router.add_get(f"{under}/", self._page)
        application.router.add_get(f"{under}/ws", self._websocket)
        application.router.add_get(f"{under}/static/{{name}}", self._static)
        if under:
            application.router.add_get(under, self._with_slash)
        application.on_shutdown.append(self._close)
        return application

    @web.middleware  # type: ignore[untyped-decorator]  # aiohttp need not be there for mypy
    async def _guarded(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        if refusal := self.guard.refusal(request.path, request.host):
            response: web.StreamResponse = web.Response(status=403, text=f"tbtui: {refusal}\n")
        else:
            try:
                response = await handler(request)
            except web.HTTPException as error:
                response = error
        if not response.prepared:
            response.headers.update(_HEADERS)
        return response

    async def _with_slash(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(f"{request.path}/")

    async def _page(self, request: web.Request) -> web.StreamResponse:
        text = (_PAGE / "index.html").read_text(encoding="utf-8").replace("TITLE", escape(self.title))
        return web.Response(text=text, content_type="text/html")

    async def _static(self, request: web.Request) -> web.StreamResponse:
        path = _FILES.get(request.match_info["name"])
        if path is None:
            raise web.HTTPNotFound
        return web.FileResponse(path)

    async def _websocket(self, request: web.Request) -> web.StreamResponse:
        if refusal := self.guard.foreign(request.headers.get("Origin"), request.host):
            return web.Response(status=403, text=f"tbtui: {refusal}\n")
        websocket = web.WebSocketResponse(heartbeat=_HEARTBEAT_SECS, max_msg_size=_LARGEST_MESSAGE)
        await websocket.prepare(request)
        if len(self._open) >= _MOST_SCREENS:
            await _closed(websocket, _TRY_LATER, f"{_MOST_SCREENS} screens are open already; close another tab")
            return websocket
        self._open.add(websocket)
        try:
            await self._screen(websocket, _size(request.query))
        finally:
            self._open.discard(websocket)
        return websocket

    async def _screen(self, websocket: web.WebSocketResponse, size: tuple[int, int]) -> None:
        """A screen, as long as the browser and the screen are both there."""
        try:
            process = await ScreenProcess.start(self.command, *size, self._complain)
        except OSError as error:
            self._complain(f"no screen can be started: {error.strerror}")
            await _closed(websocket, _TRY_LATER, f"no screen can be started: {error.strerror}")
            return
        output = asyncio.create_task(_forward(process, websocket))
        try:
            async for message in websocket:
                if message.type is WSMsgType.TEXT:
                    await _take(process, websocket, message.data)
        finally:
            output.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await output
            await process.stop()

    def _complain(self, line: str) -> None:
        """Tell what a screen said, once: every tab's says the same."""
        if line not in self._told:
            self._told.add(line)
            self.tell(line)

    async def _close(self, application: web.Application) -> None:
        """Take leave of the browsers: their handlers then end their screens."""
        await asyncio.gather(*(_closed(one, _GOING_AWAY, "`tbtui serve` was ended") for one in list(self._open)))


class _Lines(logging.Handler):
    """Tells each record that is an error in one line."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__(logging.ERROR)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self._tell(printable(record.getMessage() + (f": {error!r}" if error else "")))


def _end(ended: asyncio.Future[int], number: int) -> None:
    if not ended.done():
        ended.set_result(number)


async def _forward(process: ScreenProcess, websocket: web.WebSocketResponse) -> None:
    """What the screen sends, as fast as the browser takes it; in the end the websocket is closed."""
    with contextlib.suppress(ConnectionError):
        async for kind, payload in process.packets():
            if kind == DATA:
                await websocket.send_bytes(payload)
            elif kind == META and meta_type(payload) == "exit":
                break
    await _closed(websocket, 1000, process.complaint)


async def _take(process: ScreenProcess, websocket: web.WebSocketResponse, text: str) -> None:
    """A message of the page: a list of its type and what it is about. What is none is nothing."""
    match _message(text):
        case ["stdin", str(typed)]:
            await process.type(typed)
        case ["resize", {"width": int(width), "height": int(height)}]:
            await process.send(meta(type="resize", width=_within(width), height=_within(height)))
        case ["focus" | "blur" as kind]:
            await process.send(meta(type=kind))
        case ["ping", str(at)]:
            with contextlib.suppress(ConnectionError):
                await websocket.send_json(["pong", at])


def _message(text: str) -> object:
    try:
        message: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return message


def _size(query: Mapping[str, str]) -> tuple[int, int]:
    def number(name: str, usual: int) -> int:
        text = query.get(name, "")
        return _within(int(text)) if text.isascii() and text.isdigit() and len(text) < 9 else usual

    return number("width", 80), number("height", 24)


def _within(cells: int) -> int:
    return min(max(cells, 1), _LARGEST_SCREEN)


async def _closed(websocket: web.WebSocketResponse, code: int, reason: str) -> None:
    with contextlib.suppress(ConnectionError):
        shortened = printable(reason).encode()[:_LONGEST_REASON].decode("utf-8", "ignore")
        await websocket.close(code=code, message=shortened.encode())
