"""The target of remote logdirs: what servers list and answer, until it lies in the mirror."""

from __future__ import annotations

import math
import os
import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.fuzz.draw import Draw
from tests.fuzz.target import SEPARATOR, Target, assert_harmless, scratch
from tui.reader.projector import CONFIG_NAME
from tui.remote.address import AddressError, parse_address
from tui.remote.body import content_range
from tui.remote.http import HttpStore, _epoch, links_below
from tui.remote.mirror import Mirror
from tui.remote.names import is_safe
from tui.remote.other import OtherStore
from tui.remote.s3 import S3Store
from tui.remote.store import BeyondError, Entry, Listed, Stream, UnexpectedError
from tui.remote.sync import Synchronizer
from tui.remote.trouble import explain
from tui.render.text import printable

_FILE = "events.out.tfevents.1700000000.host.1.0"
_URL = "http://host/logs/"
_MOST_LISTED = 12
_MOST_IN_VAIN = 100
_OUTSIDE = "outside"


def check_remote(data: bytes) -> None:
    """Whatever a server says: nothing lies beside the mirror, nothing is fetched for ever, and what is told is one
    harmless line. Four parts: an address or a header, an index page, the names of a listing, and the content."""
    text, page, names, content, *_ = [*data.split(SEPARATOR, 3), b"", b"", b"", b""]
    _check_address(text.decode("utf-8", "surrogateescape"))
    _check_headers(text.decode("latin-1"))
    links = links_below(_URL, page.decode("utf-8", "surrogateescape"))
    assert all("/" not in name[:-1] and name != "/" for name in links)
    listed = [line.decode("utf-8", "surrogateescape") for line in names.split(b"\n")][:_MOST_LISTED]
    _check_entries(listed)
    _check_mirror([*links[:_MOST_LISTED], *listed], content)


def _check_address(url: str) -> None:
    try:
        address = parse_address(url)
    except AddressError as error:
        assert "\n" not in str(error)
        return
    assert "/" not in address.mirror_name({}) and address.mirror_name({}).isascii()
    if (
        len(address.password) > 3
        and address.password not in f"{address.protocol}{address.place}{address.path}{address.user}"
    ):
        assert address.password not in address.shown
    told = explain(OSError(f"no {url}"), address)
    assert_harmless(printable(told.text), "trouble")


def _check_headers(text: str) -> None:
    try:
        first, stop, total = content_range(text)
        assert first >= 0 and stop >= 0 and total >= 0
    except UnexpectedError:
        pass
    epoch = _epoch(text)
    assert epoch is None or abs(epoch) < 1e18
    answer = SimpleNamespace(status=200, headers={"Content-Length": text}, close=lambda: None)
    store = HttpStore.__new__(HttpStore)
    store._fs = SimpleNamespace(loop=SimpleNamespace(call_soon_threadsafe=lambda call: call()))
    with suppress(UnexpectedError):
        store._extent(answer, 0)


def _check_entries(names: list[str]) -> None:
    """Listings as S3's and others' libraries hand them on."""
    store = S3Store.__new__(S3Store)
    store._prefix = "a/"
    for name in names:
        item = {"Key": f"a/{name}", "Size": 1, "LastModified": SimpleNamespace(timestamp=lambda: 1.0), "ETag": "e"}
        entry = store._entry(item)
        assert entry is None or entry.name == name
    other = OtherStore.__new__(OtherStore)
    other._root = "/a"
    for name in names:
        info: dict[str, Any] = {"name": f"/a/{name}", "size": 1, "mtime": name, "type": "file"}
        assert other._entry(info).name == name.strip("/")


class _Stream:
    """A part of a file, in pieces, as wrong as its maker wants it."""

    def __init__(self, data: bytes, start: int, total: int, tag: str | None, mtime: float | None) -> None:
        self.start, self.total, self.tag, self.mtime = start, total, tag, mtime
        self._rest = data

    def read(self) -> bytes:
        piece, self._rest = self._rest[:7], self._rest[7:]
        return piece

    def close(self) -> None:
        """Nothing is open."""


class _Server:
    """Lists names at two levels, and answers what the bytes say, over and over: other parts, other sizes, errors."""

    def __init__(self, names: list[str], answers: bytes, mirror: Mirror) -> None:
        self._names, self._answers, self._mirror = names, answers, mirror
        self._draw = Draw(answers)
        self.flat = self._draw.flag()
        # Of each file how much there was of it when it was asked for last, and how often that was as much as before.
        self._had: dict[str, int | None] = {}
        self._in_vain: Counter[str] = Counter()

    def list_tree(self) -> Iterator[Listed]:
        yield self.list_directory("")

    def list_directory(self, directory: str) -> Listed:
        if directory.count("/") > 1:
            return Listed([], [])
        within = f"{directory}/" if directory else ""
        entries = [Entry(within + name.rstrip("/"), *self._facts()) for name in self._names]
        entries += [Entry(f"{within}{name}/{_FILE}", *self._facts()) for name in self._names[:3]] if self.flat else []
        entries.append(Entry(within + _FILE, *self._facts()))
        return Listed(entries, [within + name.rstrip("/") for name in self._names[:3]])

    def _facts(self) -> tuple[int | None, float | None, str | None]:
        sizes = (None, 0, 5, 300, 1000, 1 << 62)
        times = (None, 1.7e9, 0.0, -1.0, 1e11, 1e300, math.inf, math.nan)
        return self._draw.pick(sizes), self._draw.pick(times), self._draw.pick((None, "a", "b"))

    def open(self, name: str, start: int, end: int, entry: Entry, unless: str | None) -> Stream | None:
        if not self._draw.left:
            self._draw = Draw(self._answers)
        had = self._mirror.size(name)
        self._in_vain[name] = self._in_vain[name] + 1 if had == self._had.get(name, -1) else 0
        self._had[name] = had
        assert self._in_vain[name] < _MOST_IN_VAIN, "it is fetched for ever"
        kind = self._draw.integer(0, 9)
        if kind == 9:
            raise self._draw.pick((BeyondError, FileNotFoundError, PermissionError, IsADirectoryError))(name)
        if kind == 8:
            return None
        content = self._draw.raw(self._draw.integer(0, 40)) * self._draw.pick((1, 20))
        total = self._draw.pick((len(content), start + len(content), 1500, 0))
        at = self._draw.pick((start, start, 0, start + 1))
        return _Stream(content, at, total, self._draw.pick(("a", None)), self._draw.pick((None, 1.7e9, math.nan)))

    def close(self) -> None:
        """There is no connection."""


def _check_mirror(names: list[str], content: bytes) -> None:
    root = scratch() / "remote"
    shutil.rmtree(root, ignore_errors=True)
    mirror = Mirror(root / "mirror")
    mirror.load()
    (root / _OUTSIDE).write_bytes(b"")
    server = _Server([*names, CONFIG_NAME, f"{names[0] if names else ''}/{_FILE}"], content, mirror)
    synchronizer = Synchronizer(
        server, mirror, threading.Event(), may_help=lambda error: False, on_progress=lambda: None
    )
    for look in (synchronizer.look_at_all, synchronizer.look_at_all, synchronizer.look_at_hot):
        try:
            look()
        except (UnexpectedError, FileNotFoundError, PermissionError, BeyondError) as error:
            assert isinstance(error, Exception)
    for name, problem in synchronizer.problems.items():
        assert_harmless(printable(f"{name}: {problem}"), "problem")
    _assert_inside(root, mirror)


def _assert_inside(root: Path, mirror: Mirror) -> None:
    assert sorted(path.name for path in root.iterdir()) == ["mirror", _OUTSIDE]
    assert (root / _OUTSIDE).read_bytes() == b""
    assert {path.name for path in (root / "mirror").iterdir()} <= {"files", "index.json"}
    assert all(is_safe(name) for name in mirror.names)
    for _, _, files in os.walk(mirror.files):
        for name in files:
            assert name == CONFIG_NAME or "tfevents" in name, name


def _seeds() -> list[bytes]:
    page = b'<html><body><a href="../">..</a><a href="run/">run/</a><a href="' + _FILE.encode() + b'?C=M">f</a>'
    page += b'<a href="%2e%2e%2fx">x</a><a href="/logs/sub%0a/">y</a></body></html>'
    names = f"run\n../x\n/etc/passwd\na/../b\n{_FILE}".encode()
    return [
        SEPARATOR.join([b"s3://key:secret@bucket/a?b", page, names, bytes(range(64)) * 4]),
        SEPARATOR.join([b"bytes 0-0/1500", b"", b"run", bytes([0, 1, 1, 1] + [0, 1, 7, 0, 2, 0, 0, 0] * 9)]),
        SEPARATOR.join([b"bytes 0-9/10", b"<a href=run/>", b"run", b"\x01" * 80]),
        SEPARATOR.join([b"Mon, 02 Jan 2006 15:04:05 GMT", b"", b"", b""]),
        SEPARATOR.join([b"2024-01-01T00:00:00", page, b"2024-01-01T00:00:00\n", b"\x00" * 80]),
        SEPARATOR.join([b"123", b"", _FILE.encode(), bytes(range(255, 0, -1))]),
    ]


TARGETS = (Target("remote", check_remote, _seeds),)
