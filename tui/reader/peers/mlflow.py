"""MLflow's file store: a file a metric, a file a param, and meta.yaml, which says how the run goes.

Source: mlflow/store/tracking/file_store.py.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import partial
from itertools import islice

from logging_lib.tfevents.hparams import HParam, SessionEnd, SessionStart
from tui.reader.peers.lines import LineParser
from tui.reader.peers.numbers import number_of_text, step_of
from tui.reader.peers.rows import Rows
from tui.reader.peers.tail import TailReader
from tui.reader.peers.whole import WholeReader
from tui.reader.regular_file import open_regular

_MOST_PARAMS = 1000
_LONGEST_PARAM = 6000
"""MLflow's own limit."""
_META_LINE = re.compile(r"(\w+): *(.*)")
_ENDED = {"3": "SUCCESS", "4": "FAILURE", "5": "FAILURE"}
"""By RunStatus: FINISHED, FAILED, KILLED."""
_WORDS: dict[str, HParam] = {"True": True, "False": False, "None": None}


class MetricParser(LineParser):
    """A metric's lines: time in ms, value, and a step, which versions before 1.0 did not write.

    A file that begins with anything else is no metric.
    """

    def __init__(self, tag: str, rows: Rows, /) -> None:
        super().__init__(rows)
        self._tag = tag

    def _line(self, line: bytes, offset: int) -> None:
        cells = line.decode("ascii", "replace").split()
        row = [number_of_text(cell) for cell in cells[:2]]
        step = step_of(cells[2]) if len(cells) > 2 else 0
        if len(row) == 2 and row[0] is not None and row[1] is not None and step is not None:
            self._rows.add(step, row[0] / 1000, [(self._tag, row[1])])
        elif self._rows.accepted:
            self._rows.tell(offset, "line holds no time, value and step; it is left out")
        else:
            self.refused = True


def mlflow_metric_reader(run: str, path: str, tag: str) -> TailReader:
    """Reads the file of one metric."""
    return TailReader(run, path, partial(MetricParser, tag))


def mlflow_run_reader(run: str, path: str) -> WholeReader:
    """Reads a run's meta.yaml, at `path`, and the params beside it."""
    params = os.path.join(os.path.dirname(path), "params")  # noqa: PTH118, PTH120 - paths are texts here
    return WholeReader(run, path, partial(_read_run, params), params)


def _read_run(params: str, data: bytes, rows: Rows) -> None:
    lines = data.decode("utf-8", "surrogateescape").splitlines()
    meta = {found[1]: found[2].strip("'\"") for line in lines if (found := _META_LINE.fullmatch(line))}
    if "run_id" not in meta and "run_uuid" not in meta:  # an experiment's, or no file of MLflow's
        return
    rows.accept()
    start = (number_of_text(meta.get("start_time", "")) or 0.0) / 1000
    rows.start(SessionStart(dict(_params(params)), meta.get("run_name", ""), start))
    if (status := _ENDED.get(meta.get("status", ""))) is not None:
        rows.end(SessionEnd(status, (number_of_text(meta.get("end_time", "")) or 0.0) / 1000))


def _params(top: str) -> Iterator[tuple[str, HParam]]:
    """The params, by name; nested directories where a name holds slashes."""
    paths = (os.path.join(directory, name) for directory, _, names in os.walk(top) for name in names)  # noqa: PTH118
    for path in sorted(islice(paths, _MOST_PARAMS)):
        try:
            with open_regular(path) as file:
                text = file.read(_LONGEST_PARAM).decode("utf-8", "surrogateescape")
        except OSError:  # removed since it was listed, or nobody's to read: the run is no less there
            continue
        yield os.path.relpath(path, top), _param(text)


def _param(text: str) -> HParam:
    """What Python printed: a flag, a number, or a text."""
    if text in _WORDS:
        return _WORDS[text]
    number = number_of_text(text)
    return text if number is None else number
