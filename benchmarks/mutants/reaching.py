"""Which lines each test reaches, and how long it takes: measured once for each file of tests, and kept."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import coverage
import pytest

Run = Callable[[pytest.Item, pytest.Item | None], bool]
"""Runs a test, given the one after it; returns whether it passed."""


class Reaching:
    """Tests by the lines that they reach; tests are named by their pytest ids."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []
        """Tests that fail without any mutant; nothing is learnt from those."""
        self._tests: dict[str, dict[int, set[str]]] = {}

    def tests(self, path: str, lines: Iterable[int]) -> set[str]:
        """The tests that reach any of these lines of a file."""
        reached = self._tests.get(path, {})
        return set().union(*(reached.get(line, ()) for line in lines))

    def measure(self, items: Iterable[pytest.Item], sources: list[str], kept: Path, run: Run) -> None:
        """Measure the tests of the files that changed since they were `kept`; each file's run in a process apart."""
        known = json.loads(kept.read_text()) if kept.exists() else {}
        files: dict[str, list[pytest.Item]] = {}
        for item in items:
            files.setdefault(item.nodeid.partition("::")[0], []).append(item)
        for file, own in files.items():
            state = [Path(file).stat().st_mtime, sources, sorted(item.nodeid for item in own)]
            if known.get(file, {}).get("state") != state:
                known[file] = {"state": state, **_measured(own, sources, kept.with_suffix(".part"), run)}
                kept.write_text(json.dumps(known))
            self._add(known[file])

    def _add(self, measured: dict[str, Any]) -> None:
        self.seconds |= measured["seconds"]
        self.failed += measured["failed"]
        tests = list(measured["seconds"])
        for path, lines in measured["lines"].items():
            reached = self._tests.setdefault(path, {})
            for line, numbers in lines.items():
                reached.setdefault(int(line), set()).update(tests[number] for number in numbers)


def _measured(items: list[pytest.Item], sources: list[str], part: Path, run: Run) -> dict[str, Any]:
    if (child := os.fork()) == 0:
        part.write_text(json.dumps(_measure(items, sources, run)))
        os._exit(0)
    os.waitpid(child, 0)
    measured: dict[str, Any] = json.loads(part.read_text())
    part.unlink()
    return measured


def _measure(items: list[pytest.Item], sources: list[str], run: Run) -> dict[str, Any]:
    folders = [str(Path(path).resolve()) for path in sources]
    tracer = coverage.Coverage(data_file=None, config_file=False, source=folders)
    seconds, failed = {}, []
    tracer.start()
    for number, item in enumerate(items):
        tracer.switch_context(str(number))
        before = time.process_time()
        if not run(item, items[number + 1] if number + 1 < len(items) else None):
            failed.append(item.nodeid)
        seconds[item.nodeid] = time.process_time() - before
    tracer.stop()
    data = tracer.get_data()
    lines = {
        os.path.relpath(path): {
            line: [int(context) for context in contexts if context]
            for line, contexts in data.contexts_by_lineno(path).items()
        }
        for path in data.measured_files()
    }
    return {"seconds": seconds, "failed": failed, "lines": lines}
