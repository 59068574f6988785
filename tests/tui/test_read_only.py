"""A logdir is only read: whatever is done with it, every byte, name, mode, time, link and attribute is as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import builders
from tests.tui.only_reading import tree_state
from tests.tui.rich_logdir import rich_logdir

TABS = 13


def read_in_every_way(logdir: Path, out: Path, *how: str, timeout: float = 110) -> subprocess.CompletedProcess[str]:
    """Run tests.tui.only_reading in a process of its own."""
    command = [sys.executable, "-P", "-m", "tests.tui.only_reading", str(logdir), str(out), *how]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, env=environment, check=False)


def test_everything_is_as_it_was(tmp_path: Path) -> None:
    logdir, out = rich_logdir(tmp_path), tmp_path / "out"
    out.mkdir()
    before = tree_state(logdir)
    done = read_in_every_way(logdir, out)
    assert tree_state(logdir) == before
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert done.stderr.startswith(f"{TABS} tabs, ")
    assert len(before) > 60
    assert {path.name for path in tmp_path.iterdir()} == {"logs", "out"}


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"x")


def put_back(path: Path) -> None:
    status, data = path.stat(), path.read_bytes()
    path.write_bytes(data)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.parametrize(
    "change",
    [
        grow,
        put_back,
        lambda path: path.with_name("new").touch(),
        lambda path: path.chmod(0o600),
        lambda path: path.with_name("link").hardlink_to(path),
        lambda path: (path.rename(path.with_name("x")), path.with_name("x").rename(path)),
        lambda path: (path.with_name("x").mkdir(), path.with_name("x").rmdir()),
    ],
)
def test_a_change_would_be_seen(tmp_path: Path, change: Callable[[Path], object]) -> None:
    """The comparison above can fail: what was changed and changed back is seen by its time, too."""
    path = builders.write(tmp_path / "run" / builders.FILE_NAME, builders.points("loss", range(3)))
    before = tree_state(tmp_path)
    path.read_bytes()
    assert tree_state(tmp_path) == before
    change(path)
    assert tree_state(tmp_path) != before


def test_an_attempt_would_be_heard(tmp_path: Path) -> None:
    """What is asked of the system is told for each function that changes files, also where that fails."""
    code = (
        "import os, shutil, sys, tempfile\n"
        "from pathlib import Path\n"
        "from tests.tui.only_reading import Watch\n"
        "watch = Watch(Path('out'))\n"
        "Path('out/fine').write_text('x')\n"
        "Path('mine').read_text()\n"
        "for attempt in (lambda: open('mine', 'a'), lambda: open('new', 'x'), lambda: os.open('mine', os.O_RDWR),\n"
        "    lambda: os.rename('out/fine', 'x'), lambda: os.remove('gone'), lambda: os.mkdir('out/../d'),\n"
        "    lambda: os.symlink('mine', 'x'), lambda: os.link('mine', 'x'), lambda: os.chmod('mine', 0o600),\n"
        "    lambda: os.utime('mine'), lambda: os.truncate('gone', 0), lambda: os.rmdir('gone'),\n"
        "    lambda: tempfile.mkstemp(dir='.'), lambda: open('out/link', 'w')):\n"
        "    before = len(watch.found)\n"
        "    try:\n"
        "        attempt()\n"
        "    except OSError:\n"
        "        pass\n"
        "    assert len(watch.found) > before, before\n"
        "print(len(watch.found))\n"
    )
    (tmp_path / "out").mkdir()
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "out" / "link").symlink_to("../mine")
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert int(done.stdout) >= 14
