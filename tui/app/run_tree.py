"""The lines of the runs pane: runs under their directories, or one after the other; pinned ones on top."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run, a directory of runs, a run that has others below it, or neither: the rule below the pinned runs.

    `name` is what the line adds to those above it, with `/` at the end of a directory's. `directory` is its whole
    path, with `/` too; None where nothing is below. `runs` are all in the directory, the line's own included.
    """

    name: str
    depth: int = 0
    run: str | None = None
    directory: str | None = None
    runs: tuple[str, ...] = ()
    folded: bool = False

    @property
    def key(self) -> tuple[str | None, str | None]:
        """What makes a line the same one in the next list."""
        return self.run, self.directory

    @property
    def stands_for(self) -> tuple[str, ...]:
        """The runs that the line is about: with those below it only where they have no lines of their own."""
        return (self.run,) if self.run is not None and not self.folded else self.runs

    @property
    def selectable(self) -> bool:
        """Whether the cursor may stand on it."""
        return self.run is not None or self.directory is not None


RULE = RunLine("")


@dataclass(slots=True)
class _Node:
    run: str | None = None
    runs: list[str] = field(default_factory=list)
    children: dict[str, _Node] = field(default_factory=dict)


def shared_directory(names: Sequence[str]) -> str:
    """The directories that all runs are in, `a/b/`; "" where there are none, and for a single run."""
    if len(names) < 2:
        return ""
    levels = zip(*(name.split("/")[:-1] for name in names), strict=False)
    return "".join(f"{level[0]}/" for level in takewhile(lambda level: len(set(level)) == 1, levels))


def flat_lines(runs: Iterable[tuple[str, str]]) -> list[RunLine]:
    """A line for each run and the name that it is shown under."""
    return [RunLine(shown, run=run) for run, shown in runs]


def tree_lines(names: Iterable[str], above: str, folded: frozenset[str]) -> list[RunLine]:
    """Runs under the directories that they are in, in the order given; directories with one thing in them share its
    line. Below directories in `folded` nothing is listed.

    Args:
        names: runs, each of which is in `above`.
        above: a directory that is not shown, "" or with `/` at its end.
        folded: directories, each with `/` at its end.
    """
    lines: list[RunLine] = []
    # A stack, since a path may be deeper than Python lets functions call each other.
    waiting = [(part, node, above, 0) for part, node in reversed(_grown(names, above).children.items())]
    while waiting:
        name, node, path, depth = waiting.pop()
        while node.run is None and len(node.children) == 1:
            ((part, node),) = node.children.items()
            name = f"{name}/{part}"
        if not node.children:
            lines.append(RunLine(name, depth, node.run))
            continue
        directory = f"{path}{name}/"
        line = RunLine(f"{name}/", depth, node.run, directory, tuple(node.runs), directory in folded)
        lines.append(line)
        if not line.folded:
            waiting += [(part, child, directory, depth + 1) for part, child in reversed(node.children.items())]
    return lines


def _grown(names: Iterable[str], above: str) -> _Node:
    root = _Node()
    for name in names:
        node = root
        for part in name[len(above) :].split("/"):
            node = node.children.setdefault(part, _Node())
            node.runs.append(name)
        node.run = name
    return root


def line_of(lines: Sequence[RunLine], key: tuple[str | None, str | None]) -> int | None:
    """The place of the line with this key's run, else its directory; if that has no line of its own any more, of the
    folded directory that holds it; None where nothing of it is left.
    """
    run, directory = key
    for place, line in enumerate(lines):
        if (line.run == run) if run is not None else (line.directory == directory and directory is not None):
            return place
    inside = run or directory or ""
    holding = (place for place, line in enumerate(lines) if line.folded and inside.startswith(line.directory or ""))
    return next(holding, None)


def parents(lines: Sequence[RunLine]) -> list[int]:
    """For each line the place of the directory that it is in, -1 at the top level."""
    found: list[int] = []
    open_directories: list[int] = []
    for place, line in enumerate(lines):
        del open_directories[line.depth :]
        found.append(open_directories[-1] if open_directories else -1)
        open_directories.append(place)
    return found
