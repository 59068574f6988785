"""How often each rule of health fires: a table in Markdown, a row a rule, and every finding with the curve's name.

python -m benchmarks.health LOGDIR...            # as finished runs are judged
python -m benchmarks.health --live LOGDIR...     # as if the newest event had just come in
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path

from tui.analysis.health import RULES, Finding, HealthCheck
from tui.cli.check import digest_at
from tui.ingest.ingester import Ingester
from tui.reader.named_logdir import LogDir


def judged(logdir: Path, *, live: bool) -> tuple[int, int, float, tuple[Finding, ...]]:
    """Runs, points, seconds of processor time, findings."""
    snapshot = Ingester([LogDir("", logdir)]).read_all()
    newest = max((run.last_wall_time or 0.0 for run in snapshot.runs.values()), default=0.0)
    start = time.process_time()
    found = HealthCheck().findings(snapshot, newest if live else time.time(), digest_at)
    seconds = time.process_time() - start
    points = sum(len(series.steps) for series in snapshot.scalars.values())
    return len(snapshot.runs), points, seconds, found


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("logdirs", type=Path, nargs="+")
    parser.add_argument("--live", action="store_true")
    arguments = parser.parse_args()
    results = {logdir: judged(logdir, live=arguments.live) for logdir in arguments.logdirs}
    every = [(logdir, finding) for logdir, (_, _, _, found) in results.items() for finding in found]
    fired = Counter(finding.rule for _, finding in every)
    where = {rule: {logdir for logdir, finding in every if finding.rule == rule} for rule in RULES}
    print("| rule | runs in which it fires | logdirs |\n| --- | --- | --- |")
    for rule in RULES:
        print(f"| {rule} | {fired[rule]} | {len(where[rule])} |")
    runs, points = (sum(result[at] for result in results.values()) for at in (0, 1))
    print(f"\n{len(results)} logdirs, {runs} runs, {points} points, {sum(r[2] for r in results.values()):.2f} s\n")
    for logdir, finding in every:
        print(f"- {logdir.name}, {finding.run}, {finding.tag}: {finding.rule}: {finding.text}")


if __name__ == "__main__":
    main()
