"""The table of sessions as CSV: for the clipboard, and for a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from logging_lib.tfevents.hparams import HParam
from tui.analysis.hparams.frame import RUN, Column, Frame
from tui.render.file_text import csv_text


def table_csv(frame: Frame, columns: Sequence[Column], rows: Iterable[int], shown: Callable[[str], str] = str) -> str:
    """The rows at these places with these columns, the run first, under their full names; numbers in full.

    `shown` is what becomes of texts.
    """
    rest = [column for column in columns if column != RUN]
    cells = [frame.cells(column) for column in rest]
    lines = [["run", *(csv_text(shown(column.full_name)) for column in rest)]]
    for at in rows:
        name = csv_text(shown(frame.rows[at].name))
        lines.append([name, *(_exact(of_column.value(at), shown) for of_column in cells)])
    return "".join(",".join(line) + "\n" for line in lines)


def _exact(value: HParam, shown: Callable[[str], str]) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return csv_text(shown(value))
        case _:
            return repr(float(value))
