"""Taking numbers along: what is read out as CSV for the clipboard, points in view to a new CSV file."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

import numpy as np

from tui.analysis.comparison import Difference
from tui.analysis.x_axis import XAxis
from tui.app.catalog import group_of
from tui.app.curves import RunCurve
from tui.app.plot import Plot
from tui.app.readouts import Reading, ranked, reading
from tui.app.selection import Selection
from tui.render.file_text import csv_text, safe_file_name
from tui.render.float_text import float_texts
from tui.render.text import printable
from tui.render.window import Window
from tui.whole_file import part_file

_ROWS_AT_ONCE = 8192


def readings_csv(plot: Plot, selection: Selection) -> str:
    """The table under the chart as CSV: every curve and every column, whether they fit the screen or not."""
    rows = [reading(curve, at, plot, selection) for curve, at in ranked(plot, selection)]
    names = ["run", "tag", "step", "wall_time", "relative", "value", "smoothed"]
    if selection.baseline is not None:
        names += ["to_baseline", "fraction_of_baseline"]
    if selection.mark is not None:
        per = "slope_per_1000_steps" if selection.axis is XAxis.STEP else "slope_per_hour"
        names += ["to_mark", "points", "min", "max", "mean", per]
    return "".join(",".join(cells) + "\n" for cells in (names, *(_cells(row, selection) for row in rows)))


def _cells(row: Reading, selection: Selection) -> list[str]:
    at = row.at
    # The clipboard is pasted into terminals, too.
    cells = [csv_text(printable(at.run)), csv_text(printable(at.tag)), str(at.step)]
    cells += [repr(at.wall_time), repr(at.relative), *float_texts(np.array([at.value, at.smoothed]))]
    if at.outline:
        cells[-1] = ""
    if selection.baseline is not None:
        cells += _difference(row.to_baseline)
    if selection.mark is not None and row.over is not None:
        over = row.over
        cells += [_difference(row.to_mark)[0], str(over.points)]
        cells += ["" if math.isnan(value) else repr(value) for value in (over.min, over.max, over.mean, over.slope)]
    return cells


def _difference(found: Difference | None) -> list[str]:
    return ["", ""] if found is None else [repr(found.value), repr(found.fraction)]


def write_points(stream: TextIO, plot: Plot) -> int:
    """The points in view as `tbtui export` writes them, `run,tag,step,wall_time,value`; returns how many."""
    stream.write("run,tag,step,wall_time,value\n")
    written = 0
    for curve in plot.curves:
        for lines in _lines(curve, plot.window):
            stream.write("".join(lines))
            written += len(lines)
    return written


def _lines(curve: RunCurve, window: Window | None) -> Iterator[list[str]]:
    some = _in_view(curve, window)
    names = f"{csv_text(curve.run)},{csv_text(curve.tag)},"
    for start in range(some.start, some.stop, _ROWS_AT_ONCE):
        part = slice(start, min(start + _ROWS_AT_ONCE, some.stop))
        numbers = (curve.steps[part].tolist(), float_texts(curve.wall_times[part]), float_texts(curve.values[part]))
        yield [f"{names}{step},{time},{value}\n" for step, time, value in zip(*numbers, strict=True)]


def _in_view(curve: RunCurve, window: Window | None) -> slice:
    """The points of a curve in the x range of a window, all without one."""
    if window is None:
        return slice(0, len(curve.x))
    first, end = np.searchsorted(curve.x, window.x0, "left"), np.searchsorted(curve.x, window.x1, "right")
    return slice(int(first), int(end))


def export_points(plot: Plot, directory: Path) -> tuple[Path, int]:
    """Write the points in view to a new file named after the tag, or the group of the tags; returns where, and how
    many they are. The plot has a curve at least.

    OSError where no file can be made there, or it cannot be written; then it is not left behind.
    """
    tags = plot.tags
    what = tags[0] if len(tags) == 1 else group_of(tags[0])
    return write_new_file(directory, what, lambda stream: write_points(stream, plot))


def write_new_file(
    directory: Path, what: str, write: Callable[[TextIO], int], suffix: str = ".csv"
) -> tuple[Path, int]:
    """Write a new text file named after `what`, CSV unless told otherwise; returns where, and what `write` returns.

    OSError as in `export_points`.
    """
    with part_file(directory) as part:
        with part.text() as stream:
            written = write(stream)
        return part.become_one(directory / f"tbtui-{safe_file_name(what)}{suffix}"), written


def short_path(path: Path) -> str:
    """A path as a user knows it: in the working directory by its name."""
    return path.name if path.parent == Path.cwd() else str(path)


def export_directory(logdirs: Iterable[Path]) -> Path:
    """Where files are written: the working directory, or where that is in a logdir, which is never written to, the
    home directory, or else the one for temporary files.

    OSError where none of them will do.
    """
    closed = [logdir.resolve() for logdir in logdirs]
    for directory in (Path.cwd(), Path.home(), Path(tempfile.gettempdir())):
        if not _is_in_one_of(directory.resolve(), closed):
            return directory
    raise OSError("no directory outside the log directory to write to")


def _is_in_one_of(directory: Path, closed: Sequence[Path]) -> bool:
    return any(directory == logdir or logdir in directory.parents for logdir in closed)
