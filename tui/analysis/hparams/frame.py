"""Sessions as rows and their hparams and metrics as columns, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from tui.analysis.hparams.cells import Cells, Places
from tui.analysis.hparams.sessions import MetricColumn


class Origin(Enum):
    """Where a column's values come from; the value is the prefix that tells it from others of its name."""

    OWN = ""
    """What is known of every session: its run, group and status."""
    HPARAM = "hparams."
    NAME = "derived."
    """Read out of the names of runs."""
    TEXT = "text."
    """Read out of a text that a run logged."""
    METRIC = "metrics."

    @property
    def derived(self) -> bool:
        """Whether no writer called it an hparam."""
        return self in (Origin.NAME, Origin.TEXT)


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `metric` is what a column of a metric is of. `extra`: shown where it is asked for only."""

    name: str
    origin: Origin
    metric: MetricColumn | None = None
    extra: bool = False

    @property
    def full_name(self) -> str:
        """Its name with what tells it from another column of that name, as in exports: `hparams.lr`."""
        return self.origin.value + self.name


RUN, GROUP, STATUS = (Column(name, Origin.OWN) for name in ("run", "group", "status"))


@dataclass(frozen=True, slots=True)
class Row:
    """A session, or several that are shown as one: `runs` are all that it stands for, the session's own first.

    `sessions` is how many there are.
    """

    name: str
    group: str
    status: str
    runs: tuple[str, ...]
    sessions: int = 1


class Frame:
    """Rows and columns; `make` gives the cells of a column, one a row, and is called once a column."""

    def __init__(self, rows: Sequence[Row], columns: Sequence[Column], make: Callable[[Column], Cells]) -> None:
        self.rows = tuple(rows)
        self.columns = (RUN, GROUP, STATUS, *columns)
        self._make = make
        self._made: dict[Column, Cells] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def cells(self, column: Column) -> Cells:
        """The cells of one of the columns."""
        if (made := self._made.get(column)) is None:
            made = self._made[column] = self._make(column)
        return made

    def of(self, *origins: Origin) -> list[Column]:
        """The columns of these origins."""
        return [column for column in self.columns if column.origin in origins]

    @property
    def hparams(self) -> list[Column]:
        """The columns of hparams, then those of derived ones."""
        return [*self.of(Origin.HPARAM), *self.of(Origin.NAME), *self.of(Origin.TEXT)]

    @property
    def metrics(self) -> list[Column]:
        """The columns of metrics."""
        return self.of(Origin.METRIC)

    def taken(self, places: Places) -> Frame:
        """The rows at these places, in their order."""
        rows = [self.rows[at] for at in places.tolist()]
        return Frame(rows, self.columns[3:], lambda column: self.cells(column).taken(places))

    def find(self, name: str) -> list[Column]:
        """The columns that a name may mean: one; several where it is no name of its own; none.

        It is a column's full name, or its name, of which those of sessions win over hparams, hparams over derived
        ones, and these over metrics; a metric's tag; or any of these in other case.
        """
        return self._found(name, str) or self._found(name, str.lower)

    def _found(self, name: str, folded: Callable[[str], str]) -> list[Column]:
        wanted = folded(name)
        if found := [column for column in self.columns if folded(column.full_name) == wanted]:
            return found
        for origin in Origin:
            if found := [column for column in self.of(origin) if folded(column.name) == wanted]:
                return found
        return [column for column in self.metrics if column.metric is not None and folded(column.metric.tag) == wanted]
