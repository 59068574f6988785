"""The screen while everything goes wrong: writers, files, permissions, disks, inotify, its terminal, its own limits.

    python -m benchmarks.chaos [--minutes 10] [--seed N] [--runs 6] [--journal FILE]

Several writers log to three logdirs; every so often something is done to them, to their files, to the file systems, to
the terminal of `tbtui`, which shows them, or to the process itself, and three times a second a key is pressed, or what
is like it. All that with a name and a time in the journal; the same seed chooses the same things in the same order.

It runs in user and mount namespaces of its own, and `tbtui` without the capabilities of root, so that permissions are
heeded. Told every minute: memory, open files, threads by name. At the end: whether the screen still shows new points;
whether a reader that was at it all the time has what a fresh one finds; whether `tbtui export --superseded` has the
points that a plain scan of every byte finds; and, when its terminal is taken away, whether anything is left of it. Ends
with 1 where one of these does not hold.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.chaos.acts import Act, Journal, choose
from benchmarks.chaos.disks import Disks, own_namespace, without_privileges
from benchmarks.chaos.files import Files
from benchmarks.chaos.follower import ORDER
from benchmarks.chaos.points import compared
from benchmarks.chaos.screen import REQUIRED, Screen, Watched, children, screen_on
from benchmarks.chaos.writers import Writers
from benchmarks.soak import Reading

_ROOT = Path(__file__).parents[2]
_SETTLE = 15.0


class Doer:
    """Does one thing after the other on a thread, for some of them take seconds."""

    def __init__(self, acts: dict[Act, int], journal: Journal, chance: random.Random) -> None:
        self._acts, self._journal, self._chance = acts, journal, chance
        self._ending = threading.Event()
        self.fault: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            while not self._ending.wait(self._chance.uniform(0.05, 0.6)):
                self._journal.do(choose(self._acts, self._chance))
        except BaseException as error:  # noqa: BLE001 - of the chaos itself; told at the end
            self.fault = error

    def stop(self) -> None:
        """Do no more."""
        self._ending.set()
        self._thread.join()


class Minutes:
    """What the program held, a line a minute."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._readings: list[Reading] = []
        self._threads: list[list[str]] = []
        self._next = time.monotonic() + 20  # the start is over by then
        print(f"{'minute':>7}{'MB':>8}{'CPU %':>7}{'files':>7}{'threads':>9}")

    def look(self, *, at_once: bool = False) -> None:
        """A line, when it is time."""
        if time.monotonic() < self._next and not at_once:
            return
        self._next = time.monotonic() + 60
        now = Reading.take(self._screen.terminal)
        self._readings.append(now)
        self._threads.append(self._screen.threads())
        first, before = self._readings[0], self._readings[-2] if len(self._readings) > 1 else now
        share = 100 * (now.cpu - before.cpu) / max(now.at - before.at, 1.0)
        minute = (now.at - first.at) / 60
        print(f"{minute:7.1f}{now.megabytes:8.1f}{share:7.1f}{now.files:7}{now.threads:9}", flush=True)

    def faults(self) -> Iterator[str]:
        """What grew in the second half, and threads that are gone."""
        names = self._threads[-1]
        print("threads at the end:", ", ".join(name.split(" ")[0] for name in names))
        if missing := [name for name in REQUIRED if not any(line.startswith(name) for line in names)]:
            yield f"threads are gone: {missing}"
        half = len(self._readings) // 2
        if half < 2:
            return
        for what in ("files", "threads"):
            first, second = (
                max(getattr(reading, what) for reading in part)
                for part in (self._readings[1:half], self._readings[half:])
            )
            if second > first + 2:
                yield f"{what} grow: at most {first} in the first half, {second} in the second"


def follow(places: list[Path]) -> subprocess.Popen[str]:
    """A reader that is there all the time."""
    command = (*without_privileges(), sys.executable, "-m", "benchmarks.chaos.follower", *map(str, places))
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def told(follower: subprocess.Popen[str], altered: set[str]) -> Iterator[str]:
    """What is wrong with what it has read; not of runs whose files were changed where it had read them.

    Where two may log at once all points must be there, in whatever order.
    """
    out, _ = follower.communicate("\n")
    answer = json.loads(out)
    others = sum(text == ORDER for _, text in answer["differences"])
    print(
        f"the reader that was there all the time: {answer['runs']} runs, {answer['problems']} problems, {others} orders"
    )
    if answer["error"] or answer["failed"]:
        yield f"reading stopped: {answer['error']} {answer['failed']}"
    wrong = [f"{run} {text}" for run, text in answer["differences"] if run not in altered and text != ORDER]
    if wrong:
        yield f"{len(wrong)} series differ from a fresh reader's: {wrong[:5]}"


def last_look(screen: Screen) -> Iterator[str]:
    """Whether it still shows what comes."""
    terminal = screen.terminal
    for _ in range(6):
        terminal.press(b"\x1b[201~\x1b")
        terminal.read(0.5)
    # What is typed and pressed here lifts the filters of both panes: where all is hidden there is nothing to draw.
    for keys in (b"1", b"/", b"\x1b", b"\t", b"/", b"\x1b", b"\t"):
        terminal.press(keys)
        terminal.read(0.7)
    text = terminal.drawn()
    before = terminal.written
    terminal.read(5)
    print("\n".join(line.rstrip() for line in text.splitlines()[:12]))
    if "tbtui" not in text.partition("\n")[0]:
        yield "the screen has no title"
    if terminal.written == before:
        print(*screen.threads(), screen.stacks(), sep="\n")
        yield "the screen shows no new points any more"
    if screen.warnings():
        count = screen.warnings().count("Traceback")
        print(f"its log has {len(screen.warnings().splitlines())} lines, {count} tracebacks; the last:")
        print("\n".join(screen.warnings().splitlines()[-3:]))
        if count:
            yield f"failures in its log: {screen.warnings()[:3000]}"


def hang_up(terminal: Watched, temporary: Path) -> Iterator[str]:
    """Take its terminal away while it has much to say; whether it ends, and what is left of it."""
    below = children(terminal.process.pid)
    for _ in range(30):
        terminal.press(b"?")
        time.sleep(0.05)
    terminal.hang_up()
    start = time.monotonic()
    try:
        code = terminal.process.wait(20)
    except subprocess.TimeoutExpired:
        yield "it does not end without a terminal"
        return
    print(f"without a terminal it ended with {code} after {time.monotonic() - start:.1f} s")
    if left := [process for process in below if Path(f"/proc/{process}").exists()]:
        yield f"processes are left: {left}"
    if left_files := list(temporary.iterdir()):
        yield f"files are left: {left_files}"


def chaos(minutes: float, screen: Screen, minute: Minutes, journal: Journal, chance: random.Random) -> None:
    """Press keys and the like, and read what it writes, for so long or until it ends."""
    end = time.monotonic() + minutes * 60
    while time.monotonic() < end and screen.terminal.process.poll() is None:
        journal.do(choose(screen.inputs, chance))
        if time.monotonic() < screen.blind_until:
            time.sleep(0.3)
        else:
            screen.terminal.read(0.3)
            minute.look()


def run(root: Path, minutes: float, count: int, seed: int, journal: Journal) -> list[str]:
    """Go on for so long; returns what was wrong."""
    faults: list[str] = []
    for name in ("tmp", "here"):
        (root / name).mkdir()
    os.chdir(root / "here")  # where `e` writes
    os.environ |= {"PYTHONPATH": str(_ROOT), "TMPDIR": str(root / "tmp"), "COLUMNS": "", "LINES": ""}
    # A stream of chances each: what one of them does must not depend on how fast another is.
    mine, of_disks, of_files, of_writers, of_screen, of_keys = (
        random.Random(f"{seed} {number}") for number in range(6)
    )
    disks = Disks(root, of_disks)
    writers, files = Writers(disks.places, count, of_writers), Files(disks.places, of_files)
    log = root / "log"
    with contextlib.ExitStack() as stack:
        stack.callback(writers.stop)
        follower = stack.enter_context(follow(disks.places))
        stack.callback(follower.terminate)
        terminal = stack.enter_context(screen_on(log, disks.places, without_privileges()))
        screen = Screen(terminal, log, disks.places, of_screen)
        terminal.read(15)
        minute = Minutes(screen)
        doer = Doer({**disks.acts, **files.acts, **writers.acts, **screen.acts}, journal, mine)
        stack.callback(doer.stop)
        chaos(minutes, screen, minute, journal, of_keys)
        doer.stop()
        if doer.fault is not None:
            raise doer.fault
        if terminal.process.poll() is not None:
            faults.append(f"tbtui ended with {terminal.process.returncode}: {bytes(terminal.output[-3000:])!r}")
        else:
            terminal.resize(160, 45)
            terminal.read(5)
            minute.look(at_once=True)
            faults += [*last_look(screen), *minute.faults(), *hang_up(terminal, root / "tmp")]
        writers.stop()
        time.sleep(_SETTLE)
        faults += told(follower, {run_of(path, disks.places) for path in files.altered})
    print(", ".join(f"{many} x {name}" for name, many in journal.done.most_common()))
    print(f"{journal.done.total()} acts; {len(list((root / 'here').iterdir()))} files exported by keys")
    return [*faults, *filter(None, (compared(place, without_privileges()) for place in disks.places))]


def run_of(path: Path, places: list[Path]) -> str:
    """The name of a run by its directory."""
    for place in places:
        if path.is_relative_to(place):
            return f"{place.name}/{path.relative_to(place)}"
    return ""


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--runs", type=int, default=6, help="writers at a time, at most")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--journal", type=Path, help="where what was done is told, chaos-SEED.log unless given")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    journal = (arguments.journal or Path(f"chaos-{arguments.seed}.log")).absolute()
    if not arguments.inside:
        options = (f"--minutes={arguments.minutes}", f"--runs={arguments.runs}", f"--seed={arguments.seed}")
        command = (*own_namespace(), sys.executable, "-m", "benchmarks.chaos", *options, f"--journal={journal}")
        os.execvp(command[0], (*command, "--inside"))
    print(f"seed {arguments.seed}, what is done: {journal}", flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="tbtui-chaos-", ignore_cleanup_errors=True) as name,
        journal.open("w") as file,
    ):
        faults = run(Path(name), arguments.minutes, arguments.runs, arguments.seed, Journal(file))
        os.chdir(_ROOT)
        for mounted in ("small", "loose", "behind"):
            subprocess.run(("umount", "--lazy", str(Path(name, mounted))), check=False)
    for fault in faults:
        print(f"FAULT: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
