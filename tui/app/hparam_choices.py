"""How sessions are shown: what of them, in which order and way. A part of the selection."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from tui.analysis.hparams.axes import Scale
from tui.analysis.hparams.groups import Pooling


class HParamPage(StrEnum):
    """The ways to show sessions; the value is the page's id."""

    TABLE = "hparams"
    AXES = "hparam_axes"
    SCATTER = "hparam_scatter"
    COLUMNS = "hparam_columns"
    DIFF = "hparam_diff"


VIEWS = (HParamPage.TABLE, HParamPage.AXES, HParamPage.SCATTER)
"""Those that one key goes through."""
Range = tuple[str, float | str, float | str]
MEASURES = ("last", "min", "max")


@dataclass(frozen=True, slots=True)
class HParamChoices:
    """Columns are named by their full names, rows by theirs.

    `where` is the filter expression. `sort` are columns, and whether each is turned, the first first. `measure` is one
    of MEASURES or "at", the value at the best step of the metric `at`. `pooling` makes groups of sessions one row.
    `differs` leaves hparams out that are the same in all; `put_away` are columns that are not shown, `put_in` ones that
    are though they would not be. `order` are columns of the parallel axes that were moved, in their order; `scales` are
    columns of them with the scale that was chosen; `ranges` are columns with what stands at both ends, numbers or
    categories. `compared` are the two rows of the difference, `marks` the marked ones, at most two.
    """

    page: HParamPage = HParamPage.TABLE
    where: str = ""
    sort: tuple[tuple[str, bool], ...] = ()
    measure: str = "last"
    at: str = ""
    pooling: Pooling | None = None
    differs: bool = True
    put_away: frozenset[str] = frozenset()
    put_in: frozenset[str] = frozenset()
    order: tuple[str, ...] = ()
    scales: tuple[tuple[str, Scale], ...] = ()
    ranges: tuple[Range, ...] = ()
    marks: tuple[str, ...] = ()
    compared: tuple[str, str] | None = None

    def with_range(self, column: str, first: float | str, second: float | str) -> HParamChoices:
        """With this range of a column, in place of another one."""
        return replace(self, ranges=(*self.without_range(column).ranges, (column, first, second)))

    def without_range(self, column: str) -> HParamChoices:
        """Without a range of a column."""
        return replace(self, ranges=tuple(one for one in self.ranges if one[0] != column))

    def sorted_by(self, column: str, *, descending: bool, added: bool = False) -> HParamChoices:
        """Sorted by a column alone, or after those before if it is `added`; by one that is sorted by, the other way."""
        known = dict(self.sort)
        if column in known:
            turned = not known[column]
            sort = tuple((name, turned if name == column else way) for name, way in self.sort)
            return replace(self, sort=sort if added else ((column, turned),))
        return replace(self, sort=(*self.sort, (column, descending)) if added else ((column, descending),))

    def next_measure(self, best_of: str | None) -> HParamChoices:
        """Last, min, max, at the best step of the metric `best_of` if there is one, and round again."""
        if self.measure == "max" and best_of is not None:
            return replace(self, measure="at", at=best_of)
        if self.measure not in MEASURES:
            return replace(self, measure="last", at="")
        return replace(self, measure=MEASURES[(MEASURES.index(self.measure) + 1) % len(MEASURES)])

    def next_pooling(self) -> HParamChoices:
        """No groups, their mean, median, best session, and round again."""
        every: list[Pooling | None] = [None, *Pooling]
        return replace(self, pooling=every[(every.index(self.pooling) + 1) % len(every)])

    def next_view(self) -> HParamChoices:
        """The table, parallel axes, the scatter matrix, and round again; from elsewhere the table."""
        at = VIEWS.index(self.page) + 1 if self.page in VIEWS else 0
        return replace(self, page=VIEWS[at % len(VIEWS)])
