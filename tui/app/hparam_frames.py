"""The sessions as they are chosen: filtered, grouped, sorted, with the columns to show. Made once a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from logging_lib.tfevents import plugins
from logging_lib.tfevents.hparams import HParam
from tui.analysis.hparams.correlation import Association, associations
from tui.analysis.hparams.expression import FilterError
from tui.analysis.hparams.frame import RUN, Column, Frame, Origin
from tui.analysis.hparams.groups import grouped
from tui.analysis.hparams.judging import judge_of
from tui.analysis.hparams.matching import matching
from tui.analysis.hparams.measures import Measure, Measurer
from tui.analysis.hparams.ordering import SortKey, ordered
from tui.analysis.hparams.sessions import Sessions, sessions_of
from tui.analysis.hparams.table import table_of
from tui.app.blobs import BlobCache, Unreadable
from tui.app.hparam_choices import HParamChoices
from tui.app.selection import Selection
from tui.model import BlobRef, Flags
from tui.reader.hparam_text import LONGEST, hparams_of_text, may_hold_hparams
from tui.reader.payload import read_text
from tui.store.snapshot import EMPTY_SNAPSHOT, StoreSnapshot

_MOST_UNFINISHED = 8
"""Words at the end of an expression that may be a term that is being typed."""
MOST_COLUMNS = 1000
"""Hparams that are shown, and metrics, but for those that are asked for one by one."""
_MOST_TEXTS = 512
"""Texts of hparams that are read in all."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What is shown: rows in order, columns with the run's first. `total` counts the rows without the filter.

    `folded` hparams are left out since they are the same everywhere, `left_out` since there are too many. `error` is
    what is wrong with the filter: what stands before the mistake is in force then.
    """

    frame: Frame
    columns: tuple[Column, ...]
    hparams: tuple[Column, ...]
    metrics: tuple[Column, ...]
    sort: tuple[SortKey, ...]
    total: int
    folded: int
    left_out: int
    logged: bool
    error: FilterError | None


class HParamFrames:
    """Keeps what was made last: the same again is the same object."""

    def __init__(self, blobs: BlobCache) -> None:
        self._blobs = blobs
        self._measurer = Measurer()
        self._texts: dict[BlobRef, Mapping[str, HParam]] = {}
        self._waiting = False
        self._read = EMPTY_SNAPSHOT
        self._sessions = sessions_of(EMPTY_SNAPSHOT)
        # Ids of what is kept with the snapshot: no other object has one of them as long as that is here.
        self._made_of: tuple[object, ...] = ()
        self._table = table_of(EMPTY_SNAPSHOT, self._sessions, self._measurer)
        self._shown_for: tuple[object, ...] | None = None
        self._shown: Shown | None = None
        self._associated: dict[Column, list[Association]] = {}

    @property
    def stale(self) -> bool:
        """Whether texts that were waited for may be there now."""
        return self._waiting and not self._blobs.waits

    def sessions(self, snapshot: StoreSnapshot) -> Sessions:
        """The sessions of a snapshot."""
        if snapshot is not self._read:
            same = snapshot.runs is self._read.runs and snapshot.scalars is self._read.scalars
            self._read = snapshot
            if not same:
                self._sessions = sessions_of(snapshot)
        return self._sessions

    def shown(self, snapshot: StoreSnapshot, selection: Selection) -> Shown:
        """What a selection shows of a snapshot."""
        choices = selection.hparams
        table = self._table_of(snapshot, choices)
        wanted: tuple[object, ...] = (
            table,
            selection.runs_filter.text,
            choices.where,
            choices.sort,
            choices.pooling,
            choices.differs,
        )
        wanted = (*wanted, choices.put_away, choices.put_in)
        if self._shown is None or self._shown_for != wanted:
            self._shown_for, self._shown = wanted, self._make(table, selection)
            self._associated = {}
        return self._shown

    def associations(self, shown: Shown, metric: Column) -> list[Association]:
        """How each of the shown hparams goes with a metric, over the rows that are shown."""
        if metric not in self._associated:
            cells = [shown.frame.cells(column) for column in shown.hparams]
            self._associated[metric] = associations(cells, shown.frame.cells(metric))
        return self._associated[metric]

    def _table_of(self, snapshot: StoreSnapshot, choices: HParamChoices) -> Frame:
        sessions = self.sessions(snapshot)
        texts = {} if sessions.logged else self._texts_of(snapshot)
        made_of = (id(sessions), id(snapshot.scalars), choices.measure, choices.at, len(self._texts))
        if made_of != self._made_of:
            table = table_of(snapshot, sessions, self._measurer, derived=True, texts=texts)
            if (measure := _measure_of(table, choices)) is not None:
                table = table_of(snapshot, sessions, self._measurer, measure=measure, derived=True, texts=texts)
            self._made_of, self._table = made_of, table
        return self._table

    def _texts_of(self, snapshot: StoreSnapshot) -> dict[str, dict[str, HParam]]:
        """By run, what its newest texts say whose tags promise hparams; those that are not read yet are asked for."""
        found: dict[str, dict[str, HParam]] = {}
        self._waiting = False
        asked = 0
        for key, series in snapshot.blobs.items():
            if key.plugin != plugins.TEXT or asked >= _MOST_TEXTS or not may_hold_hparams(key.tag):
                continue
            refs = series.current().refs
            if not len(refs) or refs[-1].length > 2 * LONGEST:
                continue
            asked += 1
            for name, value in self._text_at(refs[-1]).items():
                found.setdefault(key.run, {}).setdefault(name, value)
        return found

    def _text_at(self, ref: BlobRef) -> Mapping[str, HParam]:
        if ref not in self._texts:
            array = self._blobs.get(ref, read_text)
            if array is None:
                self._waiting = True
                return {}
            text = "" if isinstance(array, Unreadable) else "\n".join(map(str, array.reshape(-1).tolist()))
            self._texts[ref] = hparams_of_text(text) or {}
        return self._texts[ref]

    def _make(self, table: Frame, selection: Selection) -> Shown:
        choices = selection.hparams
        sort = tuple(SortKey(column, turned) for name, turned in choices.sort for column in _named(table, name))
        frame = table
        if choices.pooling is not None:
            frame = grouped(table, choices.pooling, *judge_of(table, [key.column for key in sort]))
        mask, error = self._matching(frame, choices.where)
        if selection.runs_filter.text:
            mask = mask & [any(map(selection.runs_filter.matches, (row.name, *row.runs))) for row in frame.rows]
        order = ordered(frame, sort or [SortKey(RUN)])
        rows = frame.taken(order[mask[order]])
        hparams, left_out = _offered(frame.hparams, choices)
        chosen = [column for column in hparams if self._is_shown(frame, column, choices)]
        metrics, _ = _offered(frame.metrics, choices)
        metrics = [column for column in metrics if not column.extra or column.full_name in choices.put_in]
        return Shown(
            frame=rows,
            columns=(RUN, *chosen, *metrics),
            hparams=tuple(chosen),
            metrics=tuple(metrics),
            sort=sort,
            total=len(frame),
            folded=sum(self._is_folded(frame, column, choices) for column in hparams),
            left_out=left_out,
            logged=self._sessions.logged,
            error=error,
        )

    def _is_folded(self, frame: Frame, column: Column, choices: HParamChoices) -> bool:
        """Whether it would be shown if it were not the same in all."""
        same = replace(choices, differs=False)
        return self._is_shown(frame, column, same) and not self._is_shown(frame, column, choices)

    def _is_shown(self, frame: Frame, column: Column, choices: HParamChoices) -> bool:
        if column.full_name in choices.put_in:
            return True
        if column.origin.derived and self._sessions.logged:
            return False
        if len(frame) < 2 or frame.cells(column).differs:
            return True
        return not choices.differs and column.origin is not Origin.TEXT

    def _matching(self, frame: Frame, where: str) -> tuple[Flags, FilterError | None]:
        """The rows that match. While a term is typed it does not count, and nothing does while all are wrong."""
        try:
            mask = matching(frame, where)
        except FilterError as error:
            return self._begun(frame, where), error
        if not mask.any() and self._may_go_on(frame, where):
            return self._begun(frame, where), None
        return mask, None

    def _begun(self, frame: Frame, where: str) -> Flags:
        """The rows that match all but the last terms, the most of them that are an expression."""
        for _ in range(_MOST_UNFINISHED):
            where = where.rstrip().rpartition(" ")[0]
            try:
                return matching(frame, where)
            except FilterError:
                continue
        return np.ones(len(frame), np.bool_)

    def _may_go_on(self, frame: Frame, where: str) -> bool:
        """Whether the last word may become the name of a column."""
        word = where.rpartition(" ")[2].lstrip("(-").lower()
        return bool(word) and any(column.name.lower().startswith(word) for column in frame.columns)


def _offered(columns: Sequence[Column], choices: HParamChoices) -> tuple[list[Column], int]:
    """The columns that are not put away, and how many of these are left out: all but the first, and those put in."""
    kept = [column for column in columns if column.full_name not in choices.put_away]
    more = [column for column in kept[MOST_COLUMNS:] if column.full_name in choices.put_in]
    return [*kept[:MOST_COLUMNS], *more], max(len(kept) - MOST_COLUMNS, 0) - len(more)


def _measure_of(frame: Frame, choices: HParamChoices) -> Measure | None:
    """What another table must be made for; None for the last values."""
    if choices.measure == "min":
        return Measure("min")
    if choices.measure == "max":
        return Measure("max")
    at = _named(frame, choices.at) if choices.measure == "at" else []
    return Measure("at", at[0].metric) if at else None


def _named(frame: Frame, full_name: str) -> list[Column]:
    return [column for column in frame.columns if column.full_name == full_name][:1]
