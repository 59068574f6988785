"""A reader that is there all the time, and one that comes at the end: what the first has that the second has not.

python -m benchmarks.chaos.follower PLACES...      # a line on stdin: tell, as JSON, and end
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from tui.ingest.ingester import Ingester
from tui.reader.named_logdir import LogDir
from tui.store.snapshot import ScalarSeries

ORDER = "the same points in another order"
"""As may be at the end of a series of which two write at the same time."""


def differences(live: Ingester, logdirs: list[LogDir]) -> Iterator[tuple[str, str]]:
    """Runs, and what is wrong with one of their series."""
    fresh = Ingester(logdirs).read_all()
    # What it read of files that are gone stays.
    whole = {run for run, summary in live.snapshot.runs.items() if not summary.gone}
    for key, series in fresh.scalars.items():
        if key.run not in whole:
            continue
        seen, expected = _points(live.snapshot.scalars.get(key)), _points(series)
        if sorted(seen) != sorted(expected):
            yield key.run, f"{key.tag}: {len(seen)} of {len(expected)} points, or others"
        elif seen != expected:
            yield key.run, ORDER


def _points(series: ScalarSeries | None) -> list[tuple[int, float, str]]:
    """Values as text: NaN is NaN."""
    if series is None:
        return []
    return list(zip(series.steps.tolist(), series.wall_times.tolist(), map(str, series.values), strict=True))


def main() -> int:
    """Follow until told."""
    failed: list[str] = []
    threading.excepthook = lambda args: failed.append(f"{args.thread} {args.exc_type.__name__}: {args.exc_value}")
    logdirs = [LogDir(Path(place).name, Path(place)) for place in sys.argv[1:]]
    live = Ingester(logdirs)
    live.start()
    sys.stdin.readline()
    told = {
        "differences": list(differences(live, logdirs)),
        "error": live.status.error,
        "failed": failed,
        "runs": len(live.snapshot.runs),
        "problems": len(live.snapshot.problems),
        "threads": sorted(thread.name for thread in threading.enumerate()),
    }
    print(json.dumps(told))
    live.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
