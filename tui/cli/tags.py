"""`tbtui tags`: what a logdir holds, one line a tag, as a table or as JSON."""

from __future__ import annotations

import argparse

from tui.analysis.tag_lines import Point, TagLine, tag_lines
from tui.cli.help_text import LOGDIR_HELP
from tui.cli.json_number import json_number
from tui.cli.json_text import json_text
from tui.cli.output import results
from tui.cli.pattern import pattern
from tui.cli.reading import read_logdir, tell
from tui.cli.table import table
from tui.render.numbers import bytes_, number
from tui.render.text import printable
from tui.store.snapshot import StoreSnapshot

_HEADINGS = ("tag", "kind", "runs", "points", "last step", "last", "min@step", "max@step", "bytes")
_NONE = "-"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `tags` to the command line."""
    parser = subparsers.add_parser(
        "tags",
        help="list tags: kind, runs, points, last, min and max with their steps",
        description="List tags over all runs: kind of data, how many runs and points; of scalars the last value, and "
        "the least and the greatest with run and step.",
    )
    parser.add_argument("logdir", metavar="LOGDIR", help=LOGDIR_HELP)
    parser.add_argument("--run", metavar="RE", dest="run_re", default="", help="only runs in which this regex is found")
    parser.add_argument("--tag", metavar="RE", dest="tag_re", default="", help="only tags in which this regex is found")
    parser.add_argument("--json", action="store_true", help="a JSON list with one object a tag")


def run(arguments: argparse.Namespace) -> int:
    """Print the tags; returns the exit code, 1 where there are none."""
    run_re, tag_re = pattern("--run", arguments.run_re), pattern("--tag", arguments.tag_re)
    snapshot = read_logdir(arguments.logdir)
    lines = tag_lines(snapshot, lambda key: bool(run_re.search(key.run) and tag_re.search(key.tag)))
    if not lines:
        tell(_why_nothing(snapshot, arguments))
    with results(None) as stream:
        if arguments.json:
            stream.write(json_text([_as_object(line) for line in lines]) + "\n")
        elif lines:
            stream.write(table(_HEADINGS, [_as_row(line) for line in lines], names=2))
    return 0 if lines else 1


def _why_nothing(snapshot: StoreSnapshot, arguments: argparse.Namespace) -> str:
    if not snapshot.runs and not snapshot.projectors:
        return f"no event files under {printable(arguments.logdir)}"
    if not arguments.run_re and not arguments.tag_re:
        return f"no tags under {printable(arguments.logdir)}"
    return "no tags match --run and --tag; `tbtui ls` lists the runs"


def _as_object(line: TagLine) -> dict[str, object]:
    return {
        "tag": line.tag,
        "kind": line.kind,
        "runs": sorted(line.runs),
        "points": line.points,
        "last_step": line.last_step,
        **_point("last", line.last),
        **_point("min", line.least),
        **_point("max", line.greatest),
        "dtype": line.tensor.dtype if line.tensor else None,
        "shape": line.tensor.shape if line.tensor else None,
        "bytes": line.bytes,
        "display_name": line.display_name,
        "description": line.description,
    }


def _point(name: str, point: Point | None) -> dict[str, object]:
    """A value, and where it is; `last_step` is that of the whole tag, whichever run comes last."""
    value, step, run = (None, None, None) if point is None else (json_number(point.value), point.step, point.run)
    where = {} if name == "last" else {f"{name}_step": step}
    return {name: value, **where, f"{name}_run": run}


def _as_row(line: TagLine) -> tuple[str, ...]:
    return (
        line.tag,
        _kind(line),
        str(len(line.runs)),
        str(line.points),
        _NONE if line.last_step is None else str(line.last_step),
        _NONE if line.last is None else number(line.last.value),
        _at_step(line.least),
        _at_step(line.greatest),
        _NONE if line.bytes is None else bytes_(line.bytes),
    )


def _kind(line: TagLine) -> str:
    """The kind; of a plugin that nobody here knows, what its tensors are too."""
    return line.kind_name if line.known or line.tensor is None else f"{line.kind_name} {line.tensor_type}"


def _at_step(point: Point | None) -> str:
    return _NONE if point is None else f"{number(point.value)}@{point.step}"
