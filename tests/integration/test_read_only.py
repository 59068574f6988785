"""A logdir that cannot be written to is read like any other: on a file system that is mounted so, and by its modes."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.integration.test_serve import Served, until
from tests.terminal import DEADLINE
from tests.tui.only_reading import NOBODY, tree_state
from tests.tui.rich_logdir import rich_logdir
from tests.tui.test_read_only import TABS, read_in_every_way

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
_MOST_BYTES = 200 << 20


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that every user can reach."""
    place = Path(tempfile.mkdtemp(prefix="tbtui-read-only-"))
    place.chmod(0o755)
    yield place
    for path in place.rglob("*"):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    shutil.rmtree(place)


@pytest.fixture
def mounted(place: Path) -> Iterator[Path]:
    """A file system of its own, on which a rich logdir lies, mounted read-only."""
    point = place / "mount"
    point.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(point)], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        pytest.skip(f"no file system can be mounted: {made.stderr.strip() or 'this takes root'}")
    try:
        rich_logdir(point)
        subprocess.run(["mount", "-o", "remount,ro", str(point)], check=True)
        yield point / "logs"
    finally:
        subprocess.run(["umount", "-l", str(point)], check=True)


def test_on_a_read_only_mount(mounted: Path, place: Path) -> None:
    with pytest.raises(OSError, match="Read-only file system"):
        (mounted / "new").touch()
    (out := place / "out").mkdir()
    before = tree_state(mounted)
    done = read_in_every_way(mounted, out)
    assert tree_state(mounted) == before
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert done.stderr.startswith(f"{TABS} tabs, ")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
def test_by_a_user_who_may_only_read(place: Path) -> None:
    """Directories and files are root's, and nobody else may write to them; the user is nobody."""
    logdir = rich_logdir(place)
    (out := place / "out").mkdir()
    out.chmod(0o777)
    for path in (logdir, *logdir.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o555 if path.is_dir() else 0o444)
    before = tree_state(logdir)
    done = read_in_every_way(logdir, out, "nobody")
    assert tree_state(logdir) == before
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert done.stderr.startswith(f"{TABS} tabs, ")
    assert (out / "scalars.csv").stat().st_uid == NOBODY


def test_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Started in the logdir itself; keys that save, pin and filter come from a browser."""
    for name in ("HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    logdir = rich_logdir(tmp_path)
    before = tree_state(logdir)

    async def use(url: str) -> None:
        async with (
            aiohttp.ClientSession(headers={"Origin": url.rstrip("/")}) as session,
            session.ws_connect(f"{url}ws?width=120&height=40") as websocket,
        ):
            async with asyncio.timeout(DEADLINE):
                while b"Loss" not in await websocket.receive_bytes():
                    pass
                for keys, suffix in (("jp\r", ".csv"), ("3\r", ".png")):
                    await websocket.send_str(json.dumps(["stdin", keys]))
                    while not list(tmp_path.glob(f"tbtui-*{suffix}")):
                        await websocket.send_str(json.dumps(["stdin", "e"]))
                        await asyncio.sleep(0.2)

    with Served(logdir, cwd=logdir) as served:
        asyncio.run(use(served.url))
        until(lambda: not served.screens())
        assert served.end(signal.SIGINT) == (0, "")
    assert tree_state(logdir) == before
    assert {path.suffix for path in tmp_path.glob("tbtui-*")} == {".csv", ".png"}


@pytest.mark.timeout(1800)
@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus of real logs here")
def test_real_logs_are_as_they_were(tmp_path: Path) -> None:
    logdirs = [
        place
        for place in sorted(CORPUS.iterdir())
        if place.is_dir() and sum(path.stat().st_size for path in place.rglob("*") if path.is_file()) < _MOST_BYTES
    ]
    assert logdirs
    before = tree_state(CORPUS)
    for number, logdir in enumerate(logdirs):
        (out := tmp_path / str(number)).mkdir()
        done = read_in_every_way(logdir, out, "any", timeout=600)
        assert done.returncode == 0, done.stderr
        assert done.stdout == ""
    assert tree_state(CORPUS) == before
