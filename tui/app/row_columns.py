"""How wide each column of the scalar rows is, for a pane's width and its names."""

from __future__ import annotations

from dataclasses import dataclass

from tui.render.cells import fit

_GAP = 2
_LAST = 11
_TREND = 8
_EXTREME = 22
_BEST_VALUE = 11
_STAR = 2
_BEST_MARK = 4
_SPARK_LEAST, _SPARK_ENOUGH, _SPARK_MOST = 8, 24, 96
_RUN_LEAST, _RUN_MOST = 9, 24


@dataclass(frozen=True, slots=True)
class RowTexts:
    """The texts after a row's sparkline, uncut; "" for what a row has nothing to say of."""

    last: str
    trend: str
    extreme: str
    best: str
    best_value: str


@dataclass(frozen=True, slots=True)
class RowColumns:
    """Cells of each column, 0 for one that is left out.

    `best` holds a star and the best run's name, its value beside it; or, where that finds no room, its mark alone.
    """

    name: int
    spark: int
    trend: int
    extreme: int
    best: int

    @classmethod
    def fitting(cls, width: int, longest_name: int, longest_run: int, *, compares: bool = False) -> RowColumns:
        """Columns for `width` cells: the value always, then trend, best run and extreme as room allows.

        A comparison, where the extreme's place holds one, comes before the best run's name. The best run's mark finds
        room before the trend does. The name is given up to three
        tenths. What no column needs goes to the sparkline until it is long enough, then to names that are cut, then to
        the sparkline, which gives way where not even the value fits. Without a longest run (0) there is no run to be
        best.
        """
        name = min(max(longest_name, 6), max(8, width * 3 // 10))
        left = width - name - _SPARK_LEAST - _LAST
        trend = _TREND if left >= _TREND + (_BEST_MARK + 1 if longest_run else 0) else 0
        left -= trend
        asked = _EXTREME + _GAP if compares and left >= _EXTREME + _GAP else 0
        left -= asked
        best = min(max(longest_run, len("best")), _RUN_MOST) + _STAR
        room = left - _GAP - _BEST_VALUE
        if longest_run and room >= min(best, _RUN_LEAST + _STAR):
            best = min(best, room)
            left -= best + _GAP + _BEST_VALUE
        else:
            best = _BEST_MARK if longest_run and left > _BEST_MARK else 0
            left -= best + 1 if best else 0
        extreme = _EXTREME if asked or left >= _EXTREME + _GAP else 0
        left -= extreme + _GAP if extreme and not asked else 0
        spark = min(max(left + _SPARK_LEAST, 0), _SPARK_ENOUGH)
        left -= spark - _SPARK_LEAST
        more_name = min(max(left, 0), max(0, longest_name - name))
        spark = min(spark + max(left - more_name, 0), _SPARK_MOST)
        name += more_name
        return cls(name, spark, trend, extreme, best)

    @property
    def only_marks_best(self) -> bool:
        """Whether there is room for the best run's mark, but not for its name and value."""
        return self.best == _BEST_MARK

    def cells(self, texts: RowTexts) -> list[str]:
        """Five texts in the widths of their columns, the gaps before them included; "" for a column left out."""
        gap = " " * _GAP
        return [
            fit(texts.last, _LAST, align="right"),
            fit(texts.trend, self.trend, align="right"),
            gap + fit(texts.extreme, self.extreme) if self.extreme else "",
            gap[self.only_marks_best :] + fit(texts.best, self.best, keep="both") if self.best else "",
            fit(texts.best_value, _BEST_VALUE, align="right") if self.best > _BEST_MARK else "",
        ]
