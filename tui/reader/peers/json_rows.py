"""JSON logs: lines of one object each, and the state that Hugging Face's Trainer saves with each checkpoint."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from logging_lib.tfevents.hparams import SessionEnd
from tui.reader.peers.lines import LineParser
from tui.reader.peers.numbers import number_of, step_of
from tui.reader.peers.rows import Rows
from tui.reader.peers.table import Table, flat

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_TRIALS = 10
"""Lines among which the first row must be, for the file to be a log."""
MOST_VALUES = 5_000_000
"""Of a state; empty ones take thirty times their bytes, and no other thread runs while they are parsed."""


class JsonLinesParser(LineParser):
    """A file whose first lines hold no object with a step and a number besides is no log."""

    def __init__(self, rows: Rows, /) -> None:
        super().__init__(rows)
        self._table = Table(rows, number_of)
        self._tried = 0

    def _line(self, line: bytes, offset: int) -> None:
        try:
            found = loads(line)
        except ValueError as error:
            if self._rows.accepted:
                self._rows.tell(offset, f"line is no JSON: {error}; it is left out")
            found = None
        row = dict(flat(found)) if isinstance(found, Mapping) else {}
        if not self._rows.accepted:
            self._tried += 1
            if not self._table.looks_right(row):
                self.refused = self._tried >= _TRIALS
                return
        if row:
            self._table.add(row, offset)


def read_trainer_state(data: bytes, rows: Rows) -> None:
    """Add what a `trainer_state.json` logged.

    Raises:
        ValueError: it is no such file.
    """
    if data.count(b",") > MOST_VALUES:
        raise ValueError(f"more than {MOST_VALUES} values")
    state = loads(data)
    history = state.get("log_history") if isinstance(state, Mapping) else None
    if not isinstance(history, list):
        raise ValueError("it holds no log_history")
    table = Table(rows, number_of)
    rows.accept()
    table.begin(["step"])
    for entry in history:
        if isinstance(entry, Mapping):
            table.add(dict(flat(entry)), 0)
    done, planned = step_of(state.get("global_step")), step_of(state.get("max_steps"))
    if done is not None and planned is not None and 0 < planned <= done:
        rows.end(SessionEnd("SUCCESS"))


def loads(data: bytes) -> Any:
    """What JSON holds; a surrogate without its other half, which no file can hold as text, becomes U+FFFD.

    Raises:
        ValueError: it is none, or nested too deeply.
    """
    try:
        found = json.loads(data.decode("utf-8-sig"))
        if _SURROGATE.search(data):
            text = json.dumps(found, ensure_ascii=False)
            found = json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
        return found
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
