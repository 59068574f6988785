"""Opens a logdir in every way there is, in a process of its own, and tells what was asked of the system meanwhile.

    python -P -m tests.tui.only_reading LOGDIR OUT [nobody | any]

Everything that changes files raises an audit event first, in Python's own functions at least: each one for a path that
is not below OUT is told on stdout, with who asked for it. With `nobody`, that user does it, after root has done it once
elsewhere: what is imported then may not be there for all. LOGDIR is a `rich_logdir` unless it is `any`. Exit code 1: a
command did not end as it should, which is told on stderr.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
import os
import stat
import sys
import traceback
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

NOBODY = 65534
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = {
    "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown",
    "os.utime", "os.setxattr", "os.removexattr", "shutil.rmtree", "shutil.move", "shutil.copyfile", "shutil.copymode",
    "tempfile.mkstemp", "tempfile.mkdtemp",
}  # fmt: skip
_ELSEWHERE = ("/dev/", "/proc/")
COMMANDS: Sequence[Sequence[str]] = (
    ("ls", "LOGS"), ("ls", "LOGS", "--json"), ("tags", "LOGS"), ("tags", "LOGS", "--json"),
    ("status", "LOGS"), ("check", "LOGS"), ("check", "LOGS", "--json"), ("diff", "LOGS", "first", "second"),
    ("hparams", "LOGS"), ("hparams", "LOGS", "--format", "json", "--derived", "--group"),
    ("plot", "LOGS", "--tag", "Loss"),
    *(("export", "LOGS", "--kind", kind, "-o", f"OUT/{kind}.csv") for kind in ("scalars", "histograms", "text")),
    ("export", "LOGS", "--kind", "hparams", "-o", "OUT/hparams.csv"), ("export", "LOGS", "--superseded"),
    ("export", "LOGS", "--format", "parquet", "-o", "OUT/points.parquet"), ("export", "LOGS", "--format", "jsonl"),
    *(("export", "LOGS", "--kind", kind, "-o", f"OUT/{kind}") for kind in ("images", "audio")),
    *(("report", "LOGS", "-o", f"OUT/report.{form}") for form in ("html", "md", "svg")),
    ("inspect", "LOGS/damaged/events.out.tfevents.1700000000.host.1.0"),
    ("inspect", "--records", "LOGS/restarted/events.out.tfevents.1700000000.host.1.0"),
)  # fmt: skip
_FINDING = COMMANDS[-2][-1]  # the damaged file
# On each tab: in, along, mark, copy, export, pin, another view, a filter, hide, out.
_KEYS = ("enter", "right", "m", "c", "e", "p", "g", "v", "/", "l", "enter", "escape", "space", "escape")


def tree_state(place: Path) -> dict[str, tuple[object, ...]]:
    """All that can be known of a directory and of everything below it, but when it was read last."""
    paths = [place, *(path for path in place.rglob("*"))]
    return {os.fsencode(path).decode("latin-1"): _state(path) for path in paths}


def _state(path: Path) -> tuple[object, ...]:
    status = path.lstat()
    content: object = None
    if stat.S_ISREG(status.st_mode):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
    elif stat.S_ISLNK(status.st_mode):
        content = path.readlink()
    names = os.listxattr(path, follow_symlinks=False)
    attributes = [(name, os.getxattr(path, name, follow_symlinks=False)) for name in sorted(names)]
    return (
        status.st_mode, status.st_uid, status.st_gid, status.st_size, status.st_mtime_ns, status.st_ctime_ns,
        status.st_ino, status.st_nlink, content, attributes,
    )  # fmt: skip


class Watch:
    """Collects what would change something outside of a directory."""

    def __init__(self, out: Path) -> None:
        self.out = str(out.resolve())
        self.found: list[str] = []
        self.opened = self.changed = 0
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            self.opened += 1
            if isinstance(flags, int) and flags & _WRITING:
                self._judge(event, [path])
        elif event in _CHANGES:
            self.changed += 1
            both = event in ("os.rename", "os.link", "shutil.move")
            self._judge(event, arguments[:2] if both else arguments[1:2] if event == "os.symlink" else arguments[:1])

    def _judge(self, event: str, paths: Sequence[object]) -> None:
        for path in paths:
            if isinstance(path, str | bytes | os.PathLike) and not self._allows(os.fsdecode(path)):
                by = [line for line in traceback.extract_stack() if "/tui/" in line.filename][:-2]
                self.found.append(f"{event} {path!r} by {by[-1] if by else 'nobody of ours'}")

    def _allows(self, path: str) -> bool:
        """Whether it is below the directory, by its name and by where links lead."""
        roots = (f"{self.out}/", *_ELSEWHERE)
        return os.path.realpath(path).startswith(roots) and str(Path.cwd() / path).startswith(roots)


def commands(logdir: Path, out: Path, *, is_rich: bool) -> int:
    """Run all commands; returns how many ended as they should not."""
    from tui.cli.errors import CommandError
    from tui.cli.main import main

    failures = 0
    for command in COMMANDS:
        if not is_rich and (command[0] == "diff" or "LOGS" not in command):
            continue
        words = [word.replace("LOGS", str(logdir)).replace("OUT", str(out)) for word in command]
        said = io.TextIOWrapper(io.BytesIO(), errors="surrogateescape")
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            try:
                code = main(words)
            except CommandError as error:
                code = 2
                said.write(str(error))
        finds = command[0] == "check" or command[-1] == _FINDING
        if code not in ((0, 1) if not is_rich else (1,) if finds else (0,)):
            said.seek(0)
            failures += 1
            sys.stderr.write(f"{code} from {words}: {said.read()[-500:]!r}\n")
    return failures


def library(logdir: Path) -> None:
    """`import tui`, and everything that it gives."""
    import tui

    logs = tui.open(logdir)
    points = sum(len(series.steps) for series in tui.series(logs))
    if find_spec("pandas"):  # in the extra test-all, with which tests/integration runs this too
        assert len(tui.frame(logs)) == points


async def screen(logdir: Path, out: Path) -> list[str]:
    """Open the screen, which remembers, and press keys on each of its tabs; returns their names."""
    from tests.tui.app.screens import app_on, until
    from tui.app.settings import Start

    app = app_on(logdir, start=Start(state_directory=out / "state"))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: not app.ingester.status.loading and app.main.snapshot is app.ingester.snapshot)
        tabs = [str(tab.value) for tab in app.main.tabs]
        for _ in tabs:
            await pilot.press(*_KEYS, "}")
        await pilot.press("question_mark", "escape", "ctrl+p", "escape")
    return tabs


def main() -> int:
    """As the module says."""
    logdir, out = map(Path, sys.argv[1:3])
    how = sys.argv[3:]
    sys.dont_write_bytecode = True
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "TMPDIR"):
        os.environ[name] = str(out)
    if how == ["nobody"]:
        from tests.tui.rich_logdir import rich_logdir

        (out / "warm").mkdir()
        os.chdir(out)
        _everything(rich_logdir(out), out / "warm", is_rich=True)
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    os.chdir(logdir)  # a name without a directory would lead there
    watch = Watch(out)
    failures, tabs = _everything(logdir, out, is_rich=how != ["any"])
    for line in watch.found:
        sys.stdout.write(f"{line}\n")
    sys.stderr.write(f"{len(tabs)} tabs, {watch.opened} opens, {watch.changed} changes: {', '.join(tabs)}\n")
    return min(failures, 1)


def _everything(logdir: Path, out: Path, *, is_rich: bool) -> tuple[int, list[str]]:
    failures = commands(logdir, out, is_rich=is_rich)
    library(logdir)
    return failures, asyncio.run(screen(logdir, out))


if __name__ == "__main__":
    sys.exit(main())
