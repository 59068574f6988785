"""Runs the command line in a process of its own, as scripts do."""

from __future__ import annotations

import subprocess
import sys
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
