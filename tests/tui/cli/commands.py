"""Runs the command line in a process of its own, as scripts do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

TIMEOUT = 60


def tbtui(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run `tbtui` with these arguments, stdin closed; output is text with odd bytes kept as surrogates."""
    return subprocess.run(
        [sys.executable, "-m", "tui", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        timeout=TIMEOUT,
        cwd=cwd,
        check=False,
    )


def only_line(text: str) -> str:
    """The one line that stderr holds."""
    (line,) = text.splitlines()
    return line


def imported_by(arguments: Sequence[str], modules: Collection[str], cwd: Path) -> set[str]:
    """Those of some modules that the command line has imported when it is done with these arguments."""
    code = (
        "import sys\n"
        "from tui.cli.main import entry_point\n"
        f"sys.argv = ['tbtui', *{list(arguments)!r}]\n"
        "try:\n"
        "    entry_point()\n"
        "except SystemExit:\n"
        "    pass\n"
        f"print('imported', *sorted(set({sorted(modules)!r}) & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=cwd, capture_output=True, text=True, check=True)
    word, *found = done.stdout.splitlines()[-1].split()
    assert word == "imported"
    return set(found)
