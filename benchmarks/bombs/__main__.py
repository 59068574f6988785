"""Open every bomb with every command and the screen: what it takes, and whether a limit is broken.

    python -m benchmarks.bombs [NAME...] [--way WAY] [--markdown]

A table: bomb, bytes on disk, command, peak memory, CPU seconds, exit code, the slowest key, what is said. Ends with 1
where a limit is broken: more memory than 500 MB and eight times the file, a traceback, another exit code than 0, 1 or
2, a key that waits for more than half a second, or nothing said where there is something to say.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.bombs import media, names, others, pictures, records
from benchmarks.bombs.bomb import Bomb
from benchmarks.bombs.measure import Outcome, run, watch

BOMBS = {bomb.name: bomb for part in (records, names, pictures, media, others) for bomb in part.BOMBS}
_FACTOR = 8
_ANSWER = 0.5


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BOMBS)}")
    parser.add_argument("--way", action="append", help="only this command; screen, frame")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    if unknown := set(arguments.names) - set(BOMBS):
        parser.error(f"no such bomb: {', '.join(sorted(unknown))}")
    if arguments.make:
        BOMBS[arguments.names[0]].make(arguments.make)
        return 0
    print("| bomb | bytes | opened by | peak MB | CPU s | exit | slowest key | |\n|---|--:|---|--:|--:|--:|--:|---|")
    broken = 0
    for name in arguments.names or BOMBS:
        broken += table(BOMBS[name], arguments.way)
    print(f"\n{broken} limits broken")
    return 1 if broken else 0


def table(bomb: Bomb, only: Sequence[str] | None = None) -> int:
    """Print the bomb's rows; returns how many limits were broken."""
    faults: list[str] = []
    with made(bomb) as logdir:
        size = disk_bytes(logdir)
        said = ""
        for way in [way for way in bomb.ways if not only or way in only]:
            more = dict(bomb.arguments).get(way, ())
            outcome = watch(logdir, more) if way == "screen" else run(way, logdir, more)
            said += outcome.said
            faults += row(bomb, size, outcome)
    if bomb.says and bomb.says not in said and not only:
        faults.append(f"nobody said {bomb.says!r}")
    for fault in faults:
        print(f"LIMIT BROKEN: {bomb.name}: {fault}", flush=True)
    return len(faults)


def row(bomb: Bomb, size: int, outcome: Outcome) -> list[str]:
    """Print one row; returns the limits that were broken."""
    code = "-" if outcome.code is None else outcome.code
    key = f"{outcome.slowest:.2f}" if outcome.way == "screen" else ""
    about = bomb.about if outcome.way == bomb.ways[0] else said(bomb, outcome)
    cells = (
        bomb.name,
        f"{size:,}",
        outcome.way,
        f"{outcome.megabytes:.0f}",
        f"{outcome.seconds:.1f}",
        code,
        key,
        about,
    )
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)
    faults = []
    if outcome.megabytes > (most := bomb.megabytes + _FACTOR * size / 1e6):
        faults.append(f"{outcome.way}: {outcome.megabytes:.0f} MB, more than {most:.0f}")
    if "Traceback" in outcome.said:
        faults.append(f"{outcome.way}: a traceback: {outcome.said.strip().splitlines()[-1][:200]}")
    if outcome.code not in (0, 1, 2):
        took = "no end" if outcome.code is None else f"exit {code}"
        faults.append(f"{outcome.way}: {took}")
    if outcome.slowest > _ANSWER:
        faults.append(f"screen: {outcome.slowest:.2f} s to answer {outcome.key}")
    return faults


def said(bomb: Bomb, outcome: Outcome) -> str:
    """The line that tells about the bomb; of commands that say nothing about it, the last one."""
    lines = [line.strip() for line in outcome.said.splitlines() if line.strip()]
    telling = [line for line in lines if bomb.says and bomb.says in line] or ([] if outcome.way == "screen" else lines)
    told = re.sub(r"/tmp/\S+/(?=[^/\s]+)", "", telling[-1]) if telling else ""
    return told[:120].replace("|", "\\|")


@contextlib.contextmanager
def made(bomb: Bomb) -> Iterator[Path]:
    """The logdir of a bomb, made by another process: what it takes is not to count."""
    directory = Path(tempfile.mkdtemp(prefix="tbtui-bomb-"))
    try:
        logdir = directory / "logs"
        logdir.mkdir()
        subprocess.run((sys.executable, "-m", "benchmarks.bombs", bomb.name, f"--make={logdir}"), check=True)
        yield logdir
    finally:
        # Python's own way to remove a tree ends where paths are too long.
        subprocess.run(("rm", "-rf", str(directory)), check=True)


def disk_bytes(logdir: Path) -> int:
    """What the files of a logdir take, links not followed; Python's own walk ends where directories are too deep."""
    found = subprocess.run(("find", str(logdir), "!", "-type", "d", "-printf", "%b\n"), check=True, capture_output=True)
    return 512 * sum(map(int, found.stdout.split()))


if __name__ == "__main__":
    sys.exit(main())
