"""Directories that a web server lists as pages of links."""

from __future__ import annotations

import base64
import errno
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

from tui.remote.address import Address
from tui.remote.body import SIZE, BodyStream, content_range
from tui.remote.store import CONNECT_SECONDS, READ_SECONDS, BeyondError, Entry, Listed, Stream, UnexpectedError

_MOST_PAGE_BYTES = 64 << 20
_MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)


class HttpStore:
    """A directory with an index page, as nginx, Apache and others make it. ~/.netrc and proxies are heeded."""

    flat = False

    def __init__(self, address: Address) -> None:
        from fsspec.implementations.http import HTTPFileSystem

        self._base = f"{address.protocol}://{address.place}{address.path}/"
        self._query = f"?{address.query}" if address.query else ""
        self._fs = HTTPFileSystem(skip_instance_cache=True, client_kwargs=_client_options(address))

    def list_tree(self) -> Iterator[Listed]:
        """There is no such request: a page at a time."""
        raise NotImplementedError

    def list_directory(self, directory: str) -> Listed:
        """One request. The page tells names only; sizes are asked for with the content."""
        url = self._base + (f"{quote(directory, errors='surrogateescape')}/" if directory else "")
        names = links_below(url, self._run(self._page, url + self._query))
        within = f"{directory}/" if directory else ""
        files = [Entry(within + name, None) for name in names if not name.endswith("/")]
        return Listed(files, [within + name[:-1] for name in names if name.endswith("/")])

    def open(self, name: str, start: int, end: int, entry: Entry, unless: str | None) -> Stream | None:
        url = self._base + quote(name, errors="surrogateescape") + self._query
        headers = {"Range": f"bytes={start}-{max(end, start + 1) - 1}"}
        if unless is not None:
            headers["If-Modified-Since" if unless.endswith(" GMT") else "If-None-Match"] = unless
        answer = self._run(self._get, url, headers)
        if answer.status == 304:
            self._release(answer)
            return None
        modified = answer.headers.get("Last-Modified")
        tag = answer.headers.get("ETag") or modified
        if answer.status == 416:
            self._release(answer)
            total = answer.headers.get("Content-Range", "").rpartition("/")[2]
            if start == 0 and total in ("0", ""):  # no range of an empty file can be given
                return BodyStream(self._fs.loop, _Nothing(), 0, 0, 0, _epoch(modified), tag)
            raise BeyondError(name)
        first, stop, total_bytes = self._extent(answer, start)
        body = _Body(answer)
        return BodyStream(self._fs.loop, body, first, stop, total_bytes, _epoch(modified), tag)

    def close(self) -> None:
        """Close the session and its connections."""
        from fsspec.asyn import sync

        session = self._fs._session
        if session is not None:
            sync(self._fs.loop, session.close, timeout=1)

    def _extent(self, answer: Any, start: int) -> tuple[int, int, int]:
        if answer.status == 206:
            return content_range(answer.headers.get("Content-Range", ""))
        length = answer.headers.get("Content-Length", "")
        if answer.status != 200 or not SIZE.fullmatch(length):
            self._release(answer)
            raise UnexpectedError(f"the server answered {answer.status} without saying how long the file is")
        # It knows no ranges, and sends all of it.
        return 0, int(length), int(length)

    def _run(self, function: Any, *arguments: Any) -> Any:
        from fsspec.asyn import sync

        return sync(self._fs.loop, function, *arguments, timeout=2 * READ_SECONDS)

    def _release(self, answer: Any) -> None:
        self._fs.loop.call_soon_threadsafe(answer.close)

    async def _page(self, url: str) -> str:
        answer = await self._get(url, {})
        try:
            if answer.content_type != "text/html":
                raise UnexpectedError(
                    f"no index page ({answer.content_type}); give the URL of a directory that is listed"
                )
            data = bytearray()
            # What has come by then each time, in some KB: added to bytes, a large page would be copied for each.
            while len(data) <= _MOST_PAGE_BYTES and (more := await answer.content.read(_MOST_PAGE_BYTES)):
                data += more
        finally:
            answer.close()
        if len(data) > _MOST_PAGE_BYTES:
            raise UnexpectedError(f"an index page of more than {_MOST_PAGE_BYTES} bytes")
        return data.decode("utf-8", "surrogateescape")

    async def _get(self, url: str, headers: dict[str, str]) -> Any:
        """The answer to a request, redirected at most a few times, and never to another host."""
        from yarl import URL

        session = await self._fs.set_session()
        for _ in range(_MOST_REDIRECTS + 1):
            answer = await session.get(URL(url, encoded=True), headers=headers, allow_redirects=False)
            if answer.status not in _REDIRECTS:
                return await _checked(answer)
            target = urljoin(url, answer.headers.get("Location", ""))
            answer.close()
            if urlsplit(target).hostname != urlsplit(url).hostname:
                raise UnexpectedError(f"it is elsewhere now, at host {urlsplit(target).hostname}; open that address")
            url = target
        raise UnexpectedError("redirected without end")


class _Body:
    """A response, read and closed like a body."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer
        self.read = answer.content.read

    def close(self) -> None:
        self._answer.close()


class _Nothing:
    def close(self) -> None:
        """There is nothing to close."""


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]


def links_below(url: str, page: str) -> list[str]:
    """The names that an index page at `url` links to directly below itself, in order; directories end in a slash.

    Links to elsewhere, to the page itself and to other orders of the same page are none.
    """
    parser = _Links()
    parser.feed(page)
    base = urlsplit(url)
    names: dict[str, None] = {}
    for link in parser.found:
        try:
            target = urlsplit(urljoin(url.partition("?")[0], link))
        except ValueError:  # no URL
            continue
        if target.query or (target.scheme, target.netloc) != (base.scheme, base.netloc):
            continue
        if target.path.startswith(base.path) and (rest := target.path[len(base.path) :]):
            name = unquote(rest, errors="surrogateescape")
            if "/" not in name[:-1] and name != "/":
                names[name] = None
    return list(names)


def _client_options(address: Address) -> dict[str, Any]:
    import aiohttp

    timeout = aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS, sock_read=READ_SECONDS)
    # A compressed answer has other ranges than the file.
    headers = {"Accept-Encoding": "identity"}
    if address.user:
        given = base64.b64encode(f"{address.user}:{address.password}".encode()).decode()
        headers["Authorization"] = f"Basic {given}"
    return {"timeout": timeout, "trust_env": True, "auto_decompress": False, "headers": headers}


async def _checked(answer: Any) -> Any:
    encoding = answer.headers.get("Content-Encoding", "identity")
    if answer.status in (200, 206, 304, 416) and encoding == "identity":
        return answer
    answer.close()
    if encoding != "identity":
        raise UnexpectedError(f"the server compresses ({encoding}) what was asked for as it is")
    if answer.status in (401, 403, 407):
        raise PermissionError(errno.EACCES, f"HTTP {answer.status} {answer.reason}")
    if answer.status in (404, 410):
        raise FileNotFoundError(errno.ENOENT, f"HTTP {answer.status} {answer.reason}")
    raise UnexpectedError(f"the server answered HTTP {answer.status} {answer.reason}")


def _epoch(text: str | None) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp() if text else None
    except (ValueError, OverflowError):
        return None
