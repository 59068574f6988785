"""Makes mutants of files, runs the tests that reach them, and lists what every test passed over.

    pip install mutmut==3.8.1
    python -m benchmarks.mutants logging_lib/tfevents --tests tests/logging_lib/tfevents --out mutants.jsonl
    python -m benchmarks.mutants --list mutants.jsonl

mutmut makes the mutants. They run here since its own runner starts pytest anew for each: tests are collected once, and
each mutant is a fork in which only those tests run that reach the changed line: those first that killed a mutant of
this file before, then those of the file's own name, then the quick ones. Hypothesis draws few examples, and always the
same. What `--out` has is not run again, except for survivors with `--again`.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from benchmarks.mutants.making import Mutant, become, mutants_of
from benchmarks.mutants.reaching import Reaching

# A mutant may loop for ever, or ask for all memory. Seconds of the processor, for each test; of the clock, for all.
_SECONDS = 1.0
_TIMES = 4
_LONGEST = 300
_MOST_BYTES = 6 << 30
_KILLED, _SURVIVED, _SAME_CODE, _BROKEN = 1, 0, 2, 3
_VERDICTS = {_KILLED: "killed", _SURVIVED: "survived", _SAME_CODE: "same code"}


class Mutants:
    """A plugin of pytest that runs mutants in the place of the collected tests."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._failed = False
        self._reaching = Reaching()
        self._killers: Counter[str] = Counter()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Have Hypothesis draw few examples, and always the same."""
        from hypothesis import Phase, settings  # pytest wants to be the first that imports it

        few: dict[str, Any] = {"derandomize": True, "database": None, "phases": (Phase.explicit, Phase.generate)}
        most: int = self._options.examples
        settings.register_profile("mutants", parent=settings.default, max_examples=most, **few)
        settings.load_profile("mutants")
        for item in items:
            test = getattr(item, "obj", None)
            own = getattr(test, "_hypothesis_internal_use_settings", None)
            if own is not None:
                function: Any = getattr(test, "__func__", test)
                least = min(own.max_examples, most)
                function._hypothesis_internal_use_settings = settings(own, max_examples=least, **few)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test, or what it needs, has passed or failed."""
        self._failed = self._failed or report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the mutants."""
        session.config.pluginmanager.unregister(session.config.pluginmanager.get_plugin("terminalreporter"))
        folders = sorted({str(Path(path).parent) for path in self._options.files})
        self._reaching.measure(session.items, folders, Path(self._options.out).with_suffix(".reached"), self._run)
        if self._reaching.failed:
            raise pytest.UsageError(f"these fail without mutants: {', '.join(self._reaching.failed)}")
        items = {item.nodeid: item for item in session.items}
        gc.collect()
        gc.freeze()  # forks need not copy what no collection touches
        done = _verdicts(self._options.out)
        with Path(self._options.out).open("a") as out:
            for path in self._options.files:
                self._killers.clear()
                for mutant in mutants_of(path):
                    verdict = done.get(mutant.key, {"verdict": "new"})["verdict"]
                    if verdict == "new" or (self._options.again and verdict in ("survived", "no tests")):
                        print(json.dumps(self._try(mutant, items)), file=out, flush=True)
        return True

    def _run(self, item: pytest.Item, following: pytest.Item | None) -> bool:
        self._failed = False
        item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
        return not self._failed

    def _try(self, mutant: Mutant, items: dict[str, pytest.Item]) -> dict[str, object]:
        tests = self._reaching.tests(mutant.path, mutant.lines) or self._reaching.tests(
            mutant.path, mutant.function_lines
        )
        seconds = self._reaching.seconds
        quick = (test for test in tests if test in items and seconds[test] <= self._options.longest)
        own = f"test_{Path(mutant.path).stem}.py"
        order = sorted(quick, key=lambda test: (-self._killers[test], own not in test, seconds[test]))
        verdict, killer = self._verdict(mutant, [items[test] for test in order]) if order else ("no tests", None)
        if killer:
            self._killers[killer] += 1
        return {
            "key": mutant.key,
            "line": mutant.lines.start,
            "verdict": verdict,
            "tests": len(order),
            "killer": killer,
            "before": mutant.before,
            "after": mutant.after,
        }

    def _verdict(self, mutant: Mutant, items: list[pytest.Item]) -> tuple[str, str | None]:
        near, far = os.pipe()
        if (child := os.fork()) == 0:
            os.close(near)
            self._be(mutant, items, far)
        os.close(far)
        deadline = time.monotonic() + _LONGEST
        while (ended := os.waitpid(child, os.WNOHANG))[0] == 0:
            if time.monotonic() > deadline:
                os.kill(child, signal.SIGKILL)
            time.sleep(0.005)
        with os.fdopen(near) as pipe:
            told = pipe.read()
        if os.WIFSIGNALED(ended[1]):
            return ("timeout" if os.WTERMSIG(ended[1]) in (signal.SIGPROF, signal.SIGKILL) else "crash"), None
        if (code := os.WEXITSTATUS(ended[1])) == _BROKEN:
            return f"broken: {told}", None
        return _VERDICTS[code], items[int(told)].nodeid if code == _KILLED else None

    def _be(self, mutant: Mutant, items: list[pytest.Item], far: int) -> NoReturn:
        """Run the tests as this mutant until one fails, and end this process."""
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
        try:
            if not become(mutant):
                os._exit(_SAME_CODE)
        except BaseException as error:  # noqa: BLE001 - this process ends here, whatever it was
            os.write(far, repr(error).encode())
            os._exit(_BROKEN)
        for number, (item, following) in enumerate(zip(items, [*items[1:], None], strict=True)):
            signal.setitimer(signal.ITIMER_PROF, _SECONDS + _TIMES * self._reaching.seconds[item.nodeid])
            try:
                passed = self._run(item, following)
            except BaseException:  # noqa: BLE001 - pytest itself broke
                passed = False
            if not passed:
                os.write(far, str(number).encode())
                os._exit(_KILLED)
        os._exit(_SURVIVED)


def _verdicts(out: str) -> dict[str, dict[str, Any]]:
    """The latest verdict on each mutant, by its key."""
    if not Path(out).exists():
        return {}
    entries = (json.loads(line) for line in Path(out).read_text().splitlines())
    return {entry["key"]: entry for entry in entries}


def _lines(out: str) -> Iterator[str]:
    """How many of each file there were, then those that are left."""
    entries = _verdicts(out).values()
    for path in dict.fromkeys(entry["key"].partition(":")[0] for entry in entries):
        counts = Counter(entry["verdict"] for entry in entries if entry["key"].startswith(f"{path}:"))
        yield f"{path}: {', '.join(f'{count} {verdict}' for verdict, count in sorted(counts.items()))}"
    for entry in entries:
        if entry["verdict"] not in ("killed", "same code", "timeout"):
            yield f"{entry['verdict']} {entry['key']}, line {entry['line']}: {entry['before']} -> {entry['after']}"


def _files(names: list[str]) -> list[str]:
    found = [[name] if name.endswith(".py") else sorted(map(str, Path(name).rglob("*.py"))) for name in names]
    return [name for names in found for name in names if not name.endswith("_pb2.py")]


def main() -> None:
    """Run mutants, or list them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", help="files and folders to be mutated")
    parser.add_argument("--tests", nargs="+", default=["tests"])
    parser.add_argument("--tests-but", default="", help="as pytest's -k: tests that take too long")
    parser.add_argument("--longest", type=float, default=3.0, help="seconds; tests that take more are left out")
    parser.add_argument("--examples", type=int, default=12, help="how many Hypothesis draws for a test")
    parser.add_argument("--again", action="store_true", help="run survivors again")
    parser.add_argument("--out", default="mutants.jsonl", help="a line for each mutant")
    parser.add_argument("--list", metavar="FILE", help="say what an earlier run found")
    options = parser.parse_args()
    if options.list:
        print(*_lines(options.list), sep="\n")
        return
    options.files = _files(options.files)
    arguments = ["-n", "0", "-q", "-p", "no:cacheprovider", "--tb=native", "--assert=plain", *options.tests]
    arguments += ["-k", f"not ({options.tests_but})"] if options.tests_but else []
    sys.exit(pytest.main(arguments, plugins=[Mutants(options)]))


if __name__ == "__main__":
    main()
