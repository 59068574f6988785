"""Runs fuzz targets: `python -m tests.fuzz [TARGET...] [--seconds 60] [--corpus DIR]`, all of them when none is named.

With atheris (`pip install atheris`) inputs are found by coverage; without it, they are the seeds, changed at random.
Each target runs in a process of its own. An input that breaks a promise is kept in DIR and named; the exit code is 1.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from importlib.util import find_spec
from pathlib import Path

_GUIDED = find_spec("atheris") is not None
_MOST_BYTES = 4096


def main(argv: Sequence[str]) -> int:
    """Run what was asked for; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", metavar="TARGET", nargs="*", help="default: all")
    parser.add_argument("--seconds", type=int, default=60, help="for each target (default: %(default)s)")
    parser.add_argument("--corpus", type=Path, help="where inputs are kept (default: nowhere)")
    parser.add_argument("--jobs", type=int, default=2, help="targets at once (default: %(default)s)")
    parser.add_argument("--in-process", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() if arguments.corpus is None else nullcontext(arguments.corpus) as corpus:
        if arguments.in_process:
            return _fuzz(arguments.targets[0], arguments.seconds, Path(corpus))
        return _run_all(arguments.targets or _names(), arguments.seconds, Path(corpus), arguments.jobs)


def _names() -> list[str]:
    from tests.fuzz.all_targets import TARGETS

    return list(TARGETS)


def _run_all(names: Sequence[str], seconds: int, corpus: Path, jobs: int) -> int:
    waiting, running, failed = list(names), {}, []
    while waiting or running:
        while waiting and len(running) < jobs:
            name = waiting.pop(0)
            log = (corpus / f"{name}.log").open("wb") if corpus.mkdir(parents=True, exist_ok=True) is None else None
            command = (sys.executable, "-m", "tests.fuzz", name, f"--seconds={seconds}", f"--corpus={corpus}")
            running[name] = (subprocess.Popen([*command, "--in-process"], stdout=log, stderr=log), time.monotonic())
        time.sleep(0.2)
        for name, (process, start) in list(running.items()):
            if process.poll() is not None:
                del running[name]
                lines = (corpus / f"{name}.log").read_text(errors="replace").splitlines()
                print(f"{name:10} {'fine' if not process.returncode else 'FAILED'} {time.monotonic() - start:6.0f} s"
                      f"   {next((line for line in reversed(lines) if 'Done' in line or 'inputs' in line), '')}",
                      flush=True)  # fmt: skip
                if process.returncode:
                    failed.append(name)
                    print("\n".join(lines[-60:]))
    return 1 if failed else 0


def _fuzz(name: str, seconds: int, corpus: Path) -> int:
    directory = corpus / name
    directory.mkdir(parents=True, exist_ok=True)
    if _GUIDED:
        return _fuzz_guided(name, seconds, directory)
    return _fuzz_at_random(name, seconds, directory)


def _fuzz_guided(name: str, seconds: int, directory: Path) -> int:
    import atheris

    # Only what is imported inside is measured; numpy and textual are others' to fuzz.
    with atheris.instrument_imports(include=["tui", "logging_lib"]):
        from tests.fuzz.all_targets import TARGETS
    target = TARGETS[name]
    for number, seed in enumerate(target.seeds()):
        (directory / f"seed-{number:03}").write_bytes(seed)
    limits = [f"-max_total_time={seconds}", f"-max_len={_MOST_BYTES}", "-timeout=20", "-rss_limit_mb=2048"]
    atheris.Setup(
        [sys.argv[0], *limits, f"-artifact_prefix={directory.parent / name}-", "-verbosity=1", str(directory)],
        target.check,
    )
    atheris.Fuzz()
    return 0


def _fuzz_at_random(name: str, seconds: int, directory: Path) -> int:
    from tests.fuzz.all_targets import TARGETS

    target, chance, count = TARGETS[name], random.Random(name), 0
    seeds = target.seeds()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        data = _changed(chance, chance.choice(seeds), seeds)
        try:
            target.check(data)
        except Exception:
            (directory.parent / f"{name}-crash").write_bytes(data)
            raise
        count += 1
    print(f"{count} inputs")
    return 0


def _changed(chance: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    """The input with some bytes changed, taken out, doubled, or from another one."""
    changed = bytearray(data[:_MOST_BYTES])
    for _ in range(chance.randint(1, 8)):
        place = chance.randint(0, len(changed))
        length = chance.randint(0, 16)
        kind = chance.randrange(4)
        if kind == 0 and place < len(changed):
            changed[place] = chance.randrange(256)
        elif kind == 1:
            del changed[place : place + length]
        elif kind == 2:
            changed[place:place] = changed[place : place + length]
        else:
            other = chance.choice(seeds)
            start = chance.randint(0, len(other))
            changed[place:place] = other[start : start + length]
    return bytes(changed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
