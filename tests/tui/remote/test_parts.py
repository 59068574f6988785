"""Small parts: index pages, errors as lines, waiting, the crew, the cache's directory, paths as they are shown."""

from __future__ import annotations

import errno
import os
import socket
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.tui.cli.commands import called
from tui import shown_paths
from tui.cli.errors import CommandError
from tui.cli.logdirs import parse_logdirs
from tui.remote.address import Address
from tui.remote.body import content_range
from tui.remote.cache import MirrorLock, Told, cache_root, make_mirror, remove_old
from tui.remote.crew import Crew
from tui.remote.http import HttpStore, _epoch, links_below
from tui.remote.patience import StoppedError, backoff, tried
from tui.remote.place import remote_logdir
from tui.remote.store import UnexpectedError
from tui.remote.trouble import disk_is_full, explain
from tui.render.text import printable

S3 = Address("s3", "bucket", "runs")


@pytest.mark.parametrize(
    ("link", "names"),
    [
        ("a", ["a"]),
        ("a/", ["a/"]),
        ("./a%20b", ["a b"]),
        ("/logs/x", ["x"]),
        ("http://h/logs/x/", ["x/"]),
        ("%FF", [os.fsdecode(b"\xff")]),
        ("../x", []),
        ("/x", []),
        ("./", []),
        ("a/b", []),
        ("a%2Fb", []),
        ("?C=N", []),
        ("a?x", []),
        ("a#x", ["a"]),
        ("http://other/logs/x", []),
        ("https://h/logs/x", []),
        ("mailto:x", []),
        ("http://[", []),
    ],
)
def test_links_of_an_index_page(link: str, names: list[str]) -> None:
    assert links_below("http://h/logs/", f'<p><A HREF="{link}">x</A><a name="y">') == names


def test_errors_as_lines() -> None:
    refused = ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed ('127.0.0.1', 1)")
    assert explain(refused, S3).text == "connection refused"
    assert not explain(refused, S3).lasting
    wrapped = RuntimeError("EndpointConnectionError: http://long")
    wrapped.__cause__ = refused
    assert explain(wrapped, S3).text == "connection refused"
    assert explain(TimeoutError(), S3).text == "the server does not answer"
    assert explain(socket.gaierror(socket.EAI_NONAME, "x"), S3).lasting
    assert not explain(socket.gaierror(socket.EAI_AGAIN, "later"), S3).lasting
    denied = explain(PermissionError("Access\nDenied"), S3)
    assert denied.lasting
    assert denied.text.startswith("access is denied (Access Denied); check the keys (AWS_PROFILE")
    assert explain(ModuleNotFoundError("No module named 's3fs'"), S3).text.endswith("pip install 'tbtui[remote]'")
    assert explain(ValueError("x" * 999), S3).text == f"ValueError: {'x' * 200}…"
    asked = Address("https", "h", "/x", "me", "pass word", "sig=hush")
    said = explain(ValueError("https://me:pass%20word@h/x?sig=hush (pass word)"), asked).text
    assert said == "ValueError: https://me:***@h/x?*** (***)"
    not_utf8 = Address("https", "h", "/x", "me", "pass\udc8b")
    assert explain(ValueError("https://me:pass%8B@h/x"), not_utf8).text == "ValueError: https://me:***@h/x"
    assert disk_is_full(OSError(errno.ENOSPC, "x"))
    assert not disk_is_full(refused)


def test_tries_are_ever_further_apart_and_not_in_step() -> None:
    assert [backoff(n, lambda: 1.0) for n in (1, 2, 3, 7, 50)] == [1.0, 2.0, 4.0, 60.0, 60.0]
    assert backoff(3, lambda: 0.0) == 2.0


def test_work_that_fails_is_tried_again_where_that_may_help() -> None:
    calls: list[int] = []

    def work() -> int:
        calls.append(1)
        if len(calls) < 3:
            raise ConnectionResetError
        return 7

    assert tried(work, lambda error: True, threading.Event()) == 7
    calls.clear()
    with pytest.raises(ConnectionResetError):
        tried(work, lambda error: False, threading.Event())
    stopping = threading.Event()
    stopping.set()
    calls.clear()
    with pytest.raises(StoppedError):
        tried(work, lambda error: True, stopping)
    assert len(calls) == 1


def test_a_crew_without_threads_says_so_and_works_when_there_are_some(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    done: list[str] = []
    crew = Crew(1, "test")
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        for _ in range(3):
            with pytest.raises(RuntimeError, match="can't start"):
                crew.hand(0.0, lambda: done.append("never"))
    crew.hand(0.0, lambda: done.append("then"))
    assert crew.wait(20)
    assert done == ["then"]


def test_a_crew_does_all_most_urgent_first_and_work_may_bring_more() -> None:
    done: list[str] = []
    go = threading.Event()
    crew = Crew(1, "test")
    crew.hand(0.0, lambda: (go.wait(10), crew.hand(1.5, lambda: done.append("more"))))  # type: ignore[arg-type,return-value]
    for urgency, name in ((3.0, "c"), (1.0, "a"), (2.0, "b")):
        crew.hand(urgency, lambda name=name: done.append(name))  # type: ignore[misc]
    assert not crew.wait(0.01)
    go.set()
    assert crew.wait(10)
    assert done == ["a", "more", "b", "c"]


def test_a_crew_begins_nothing_once_something_failed() -> None:
    crew = Crew(1, "test")
    go = threading.Event()
    done: list[int] = []
    crew.hand(0.0, lambda: (go.wait(10), {}["x"]))  # type: ignore[arg-type,return-value]
    crew.hand(1.0, lambda: done.append(1))
    go.set()
    with pytest.raises(KeyError):
        crew.wait(10)
    assert done == []


def test_where_mirrors_lie() -> None:
    assert cache_root({"TBTUI_CACHE": "/a"}) == Path("/a")
    assert cache_root({"XDG_CACHE_HOME": "/c"}) == Path("/c/tbtui/remote")
    assert cache_root({"XDG_CACHE_HOME": "c"}) == Path("~/.cache/tbtui/remote").expanduser()


def test_mirrors_that_nobody_opened_go_and_nothing_else_does(tmp_path: Path) -> None:
    old, used, fresh = (make_mirror(Address("s3", name, ""), tmp_path) for name in ("old", "used", "fresh"))
    for mirror in (old, used):
        os.utime(mirror / "mirror.json", (0, 0))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").touch()
    lock = MirrorLock(used)
    assert lock.take()
    assert not MirrorLock(used).take()
    remove_old(tmp_path, fresh.stat().st_mtime + 1)
    assert {path.name for path in tmp_path.iterdir()} == {used.name, fresh.name, "mine"}
    lock.free()
    assert MirrorLock(used).take()
    assert fresh.stat().st_mode & 0o777 == 0o700


def test_who_writes_a_mirror_says_how_far_it_is(tmp_path: Path) -> None:
    lock = MirrorLock(tmp_path)
    assert lock.told() == Told()
    lock.tell(Told(3.0, "lost", (("a", "b"),)))
    assert lock.told() == Told(3.0, "lost", (("a", "b"),))
    (tmp_path / "passed.json").write_text("[1]")
    assert lock.told() == Told()
    assert lock.nudged() == 0.0
    lock.nudge()
    assert lock.nudged() > 0.0


def test_paths_are_shown_as_what_they_stand_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown_paths, "_instead", ())
    shown_paths.show_as("/c/m/files", "s3://b")
    shown_paths.show_as("/c/m/files/x", "s3://longer")
    shown_paths.show_as("/c/m/files", "s3://c")
    assert printable("/c/m/files/run: bad\n") == r"s3://c/run: bad\n"
    assert printable("/c/m/files/x/y") == "s3://longer/y"
    shown_paths.show_as("", "all")
    assert printable("plain") == "plain"


def test_what_lies_below_an_address_keeps_its_slash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown_paths, "_instead", ())
    monkeypatch.setenv("TBTUI_CACHE", str(tmp_path))
    logdir = remote_logdir("", "http://me:word@h:8/", Address("http", "h:8", "", "me", "word"))
    assert printable(f"{logdir.path}/run/file") == "http://h:8/run/file"
    assert printable("http://me:word@h:8/run") == "http://h:8/run"


def test_urls_and_names_as_arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown_paths, "_instead", ())
    monkeypatch.setattr("tui.remote.connect.find_spec", lambda name: object())
    (tmp_path / "local").mkdir()
    logdirs = parse_logdirs(["new:s3://bucket/x", "ssh://h/a/logs", str(tmp_path / "local")])
    assert [(logdir.name, logdir.place) for logdir in logdirs] == [
        ("new", "s3://bucket/x"),
        ("logs", "ssh://h/a/logs"),
        ("local", str(tmp_path / "local")),
    ]
    twice = parse_logdirs(["s3://one/x", "s3://two/x"])
    assert [logdir.name for logdir in twice] == ["s3://one/x", "s3://two/x"]
    assert logdirs[0].path.is_dir()
    (local,) = parse_logdirs([f"file://{tmp_path}/local"])
    assert (local.path, local.url) == (tmp_path / "local", "")


def test_a_missing_package_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.remote.connect.find_spec", lambda name: None if name == "s3fs" else object())
    with pytest.raises(CommandError, match=r"^s3:// needs s3fs: pip install 'tbtui\[remote\]'$"):
        parse_logdirs(["s3://bucket/x"])
    assert called("ls", "s3://bucket/x").returncode == 2


@pytest.mark.parametrize(
    "text", ["1 Jan 99999999999999999999 00:00:00 GMT", "1 Jan 2020 00:00:00 +99999999999999999999"]
)
def test_a_time_that_no_calendar_has(text: str) -> None:
    assert _epoch(text) is None


@pytest.mark.parametrize("size", [pytest.param("9" * 5000, id="long"), "\u0663", "\u00b2", "-1", ""])
def test_sizes_that_are_none(size: str) -> None:
    with pytest.raises(UnexpectedError, match="the answer's range is not told"):
        content_range(f"bytes 0-1/{size}")
    store = HttpStore.__new__(HttpStore)
    store._release = lambda answer: None  # type: ignore[method-assign]
    with pytest.raises(UnexpectedError, match="without saying how long the file is"):
        store._extent(SimpleNamespace(status=200, headers={"Content-Length": size}), 0)
