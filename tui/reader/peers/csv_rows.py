"""CSV logs: Lightning's metrics.csv, the progress.csv of reinforcement learning, YOLO's results.csv."""

from __future__ import annotations

import csv

from tui.reader.peers.lines import LineParser
from tui.reader.peers.numbers import number_of_text
from tui.reader.peers.rows import Rows
from tui.reader.peers.table import Table


class CsvParser(LineParser):
    """The first line names the columns; a file where none of them is a step is no log."""

    def __init__(self, rows: Rows, /) -> None:
        super().__init__(rows)
        self._table = Table(rows, number_of_text)
        self._names: list[str] = []

    def _line(self, line: bytes, offset: int) -> None:
        try:
            (cells,) = csv.reader([line.decode("utf-8", "surrogateescape")])
        except (csv.Error, ValueError) as error:
            self._rows.tell(offset, f"line is no CSV: {error}; it is left out")
            return
        cells = [cell.strip() for cell in cells]
        if not self._names:
            self._begin(cells, offset)
            return
        if len(cells) != len(self._names):
            more = f"{len(cells)} cells under {len(self._names)} names"
            self._rows.tell(offset, f"{more}; the line is left out")
            return
        row = {name: cell for name, cell in zip(self._names, cells, strict=True) if cell and name}
        if row:
            self._table.add(row, offset)

    def _begin(self, names: list[str], offset: int) -> None:
        if not self._table.begin(names):
            self.refused = True
            return
        self._rows.accept()
        seen: set[str] = set()
        for name in names:
            if name in seen:
                self._rows.tell_once(offset, f"two columns are named {name!r}; the first one counts")
            self._names.append("" if name in seen else name)
            seen.add(name)
