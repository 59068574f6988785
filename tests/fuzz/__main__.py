"""Runs fuzz targets: `python -m tests.fuzz [TARGET...] [--seconds 60] [--corpus DIR]`, all of them when none is named.

With atheris (`pip install atheris`) inputs are found by coverage; without it, they are the seeds, changed at random.
Each target runs in a process of its own. An input that breaks a promise is kept in DIR, shown, and named with the
command that runs it again; the exit code is 1.
"""

from __future__ import annotations

import argparse
import base64
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from importlib.util import find_spec
from pathlib import Path

from tests.fuzz.all_targets import NAMES, target
from tests.fuzz.at_random import fuzz_at_random
from tests.fuzz.target import MOST_BYTES, SCRATCH, memory, take_warnings_for_errors
from tests.fuzz.told import of_log

_GUIDED = find_spec("atheris") is not None
_SLOWEST_SECONDS = 60
_MOST_MEGABYTES = 3072
_MOST_SHOWN = 3000
_ENDING_SECONDS = 600
"""For what libFuzzer does not stop itself: a target that hangs where no signal reaches it."""


def main(argv: Sequence[str]) -> int:
    """Run what was asked for; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", metavar="TARGET", nargs="*", help=f"default: all ({', '.join(NAMES)})")
    parser.add_argument("--seconds", type=int, default=60, help="for each target (default: %(default)s)")
    parser.add_argument("--corpus", type=Path, help="where inputs are kept (default: nowhere)")
    parser.add_argument("--jobs", type=int, default=2, help="targets at once (default: %(default)s)")
    parser.add_argument("--seed", type=int, help="the same inputs again, on the same code (default: others each time)")
    parser.add_argument("--input", metavar="FILE", help="run the one target on this input, `-` for stdin, and end")
    parser.add_argument("--in-process", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    if unknown := [name for name in arguments.targets if name not in NAMES]:
        parser.error(f"no target {', '.join(unknown)}; there are {', '.join(NAMES)}")
    if arguments.input is not None:
        if len(arguments.targets) != 1:
            parser.error("--input needs one TARGET")
        return _run_again(arguments.targets[0], arguments.input)
    with tempfile.TemporaryDirectory() if arguments.corpus is None else nullcontext(arguments.corpus) as corpus:
        if arguments.in_process:
            return _fuzz(arguments.targets[0], arguments.seconds, Path(corpus), arguments.seed)
        options = [f"--seconds={arguments.seconds}", f"--corpus={corpus}"]
        options += [] if arguments.seed is None else [f"--seed={arguments.seed}"]
        with tempfile.TemporaryDirectory(prefix="tbtui-fuzz-", dir=memory()) as scratch:
            os.environ[SCRATCH] = scratch
            return _run_all(arguments.targets or NAMES, arguments.seconds, Path(corpus), arguments.jobs, options)


def _run_again(name: str, path: str) -> int:
    data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    chosen = target(name)
    take_warnings_for_errors()
    chosen.check(data)
    print(f"{name}: {len(data)} bytes, fine")
    return 0


def _run_all(names: Sequence[str], seconds: int, corpus: Path, jobs: int, options: Sequence[str]) -> int:
    waiting, running, failed = list(names), {}, False
    corpus.mkdir(parents=True, exist_ok=True)
    while waiting or running:
        while waiting and len(running) < jobs:
            name = waiting.pop(0)
            running[name] = _started(name, corpus, options), time.monotonic()
        time.sleep(0.2)
        for name, (process, start) in list(running.items()):
            if process.poll() is None and time.monotonic() - start > seconds + _ENDING_SECONDS:
                process.kill()
                process.wait()
            if process.poll() is not None:
                del running[name]
                failed = _tell(name, process.returncode, time.monotonic() - start, corpus) or failed
    return 1 if failed else 0


def _started(name: str, corpus: Path, options: Sequence[str]) -> subprocess.Popen[bytes]:
    command = (sys.executable, "-m", "tests.fuzz", name, *options, "--in-process")
    # Sets of texts in another order would make the same seed mean other inputs.
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    with (corpus / f"{name}.log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, env=environment)


def _tell(name: str, code: int, seconds: float, corpus: Path) -> bool:
    """A line about a target that has ended, and more where it failed; whether it did."""
    log = (corpus / f"{name}.log").read_text(errors="replace")
    print(f"{name:10} {'FAILED' if code else 'fine':6} {seconds:6.0f} s   {of_log(log)}", flush=True)
    if not code:
        return False
    print("\n".join(log.splitlines()[-40:]))
    for path in sorted(corpus.glob(f"{name}-*")):
        data = path.read_bytes()
        print(f"\n{path.name}, {len(data)} bytes: {data[:_MOST_SHOWN]!r}\nTo run it again:")
        print(f"  echo {base64.b64encode(data).decode()} | base64 -d | python -m tests.fuzz {name} --input -")
    return True


def _fuzz(name: str, seconds: int, corpus: Path, seed: int | None) -> int:
    directory = corpus / name
    directory.mkdir(parents=True, exist_ok=True)
    if _GUIDED:
        return _fuzz_guided(name, seconds, directory, seed)
    chosen = target(name)
    seeds = chosen.seeds()
    take_warnings_for_errors()
    return fuzz_at_random(chosen, seeds, seconds, directory, seed)


def _fuzz_guided(name: str, seconds: int, directory: Path, chance: int | None) -> int:
    import atheris

    # Only what is imported inside is measured; numpy and textual are others' to fuzz.
    with atheris.instrument_imports(include=["tui", "logging_lib"]):
        chosen = target(name)
        seeds = chosen.seeds()
    take_warnings_for_errors()
    begun_with = directory.parent / "seeds" / name
    begun_with.mkdir(parents=True, exist_ok=True)
    paths = [begun_with / f"{number:03}" for number in range(len(seeds))]
    for path, seed in zip(paths, seeds, strict=True):
        path.write_bytes(seed)
    limits = [
        # In this order: that of a directory is another one on each file system.
        f"-seed_inputs={','.join(map(str, paths))}",
        "-reload=0",
        f"-max_total_time={seconds}",
        f"-max_len={MOST_BYTES}",
        f"-timeout={_SLOWEST_SECONDS}",
        f"-rss_limit_mb={_MOST_MEGABYTES}",
        # What code compares has paths and times in it, which are others each time.
        *([] if chance is None else [f"-seed={chance}", "-use_cmp=0"]),
    ]
    own = {}
    if (mutate := chosen.mutate) is not None:
        own["custom_mutator"] = lambda data, most, seed: mutate(data, most, seed, atheris.Mutate)
    atheris.Setup(
        [sys.argv[0], *limits, f"-artifact_prefix={directory.parent / name}-", "-verbosity=1", str(directory)],
        chosen.check,
        **own,
    )
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
