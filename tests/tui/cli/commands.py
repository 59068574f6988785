"""Runs the command line in a process of its own, as scripts do."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Collection, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from tui.cli.errors import CommandError
from tui.cli.main import main

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


def called(*arguments: object) -> subprocess.CompletedProcess[str]:
    """As `tbtui`, in this process: a tenth of the time, for what does not depend on having one of its own."""
    out, err = io.StringIO(), io.StringIO()
    texts = [str(argument) for argument in arguments]
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main(texts)
        except CommandError as error:
            err.write(f"tbtui: {error}\n")
            code = 2
    return subprocess.CompletedProcess(texts, code, out.getvalue(), err.getvalue())


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
