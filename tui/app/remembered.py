"""What is remembered of a selection, as JSON; and the selection that the screen starts with."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from tui.analysis.hparams.axes import Scale
from tui.analysis.hparams.groups import Pooling
from tui.analysis.x_axis import XAxis
from tui.app.choices import Aggregation, Density, Fit, Measure, RunOrder, Spread
from tui.app.hparam_choices import MEASURES, HParamChoices
from tui.app.selection import WEIGHTS, Filter, Selection
from tui.app.settings import Settings

_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Form:
    """How values of one kind are written. `read` raises ValueError or TypeError for what is not of that form."""

    write: Callable[..., object]
    read: Callable[[object], object]


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _weight(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= WEIGHTS[-1]:
        raise ValueError
    return float(value)


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(dict.fromkeys(_text(name) for name in value))


def _maybe_text(value: object) -> str | None:
    return None if value is None else _text(value)


def _choice_of(kind: type[_Choice]) -> Form:
    return Form(lambda choice: choice.value, lambda value: kind(_text(value)))


def _write_aggregation(value: Aggregation | None) -> object:
    return None if value is None else {"pattern": value.pattern, "spread": value.spread.value}


def _read_aggregation(value: object) -> Aggregation | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise TypeError
    return Aggregation(_maybe_text(value.get("pattern")), Spread(_text(value.get("spread"))))


def _write_hparams(value: HParamChoices) -> object:
    return {
        "where": value.where,
        "sort": [list(key) for key in value.sort],
        "measure": value.measure,
        "at": value.at,
        "pooling": value.pooling.value if value.pooling else None,
        "differs": value.differs,
        "put_away": sorted(value.put_away),
        "put_in": sorted(value.put_in),
        "order": list(value.order),
        "scales": [[name, scale.value] for name, scale in value.scales],
        "ranges": [list(of_column) for of_column in value.ranges],
    }


def _read_hparams(value: object) -> HParamChoices:
    """What one looks at just now is not among it: the table comes first next time."""
    if not isinstance(value, dict) or not isinstance(sort := value.get("sort"), list):
        raise TypeError
    measure, at = _text(value.get("measure")), _text(value.get("at"))
    if measure not in (*MEASURES, "at"):
        raise ValueError
    pooling = _maybe_text(value.get("pooling"))
    return HParamChoices(
        where=_text(value.get("where")),
        sort=tuple((_text(name), _flag(descending)) for name, descending in sort),
        measure=measure,
        at=at,
        pooling=None if pooling is None else Pooling(pooling),
        differs=_flag(value.get("differs")),
        put_away=frozenset(_names(value.get("put_away"))),
        put_in=frozenset(_names(value.get("put_in"))),
        order=_names(value.get("order")),
        scales=tuple((_text(name), Scale(scale)) for name, scale in _pairs(value.get("scales", []))),
        ranges=tuple((_text(name), _end(a), _end(b)) for name, a, b in _pairs(value.get("ranges", []))),
    )


def _pairs(value: object) -> list[list[object]]:
    if not isinstance(value, list) or not all(isinstance(one, list) for one in value):
        raise TypeError
    return value


def _end(value: object) -> float | str:
    if isinstance(value, str):
        return value
    # A whole number may be too large for a float.
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= sys.float_info.max:
        raise TypeError
    return float(value)


_FLAG = Form(bool, _flag)
_MAYBE_NAME = Form(lambda name: name, _maybe_text)
_SET = Form(sorted, lambda value: frozenset(_names(value)))
_LIST = Form(list, _names)
_FILTER = Form(lambda typed: typed.text, lambda value: Filter(_text(value)))

FORMS: Mapping[str, Form] = {
    "density": _choice_of(Density),
    "together": _FLAG,
    "hidden": _SET,
    "baseline": _MAYBE_NAME,
    "aggregation": Form(_write_aggregation, _read_aggregation),
    "runs_filter": _FILTER,
    "tags_filter": _FILTER,
    "folded": _SET,
    "expanded": _SET,
    "folded_runs": _SET,
    "pinned_tags": _LIST,
    "pinned_runs": _LIST,
    "run_order": _choice_of(RunOrder),
    "order_tag": _MAYBE_NAME,
    "measure": _choice_of(Measure),
    "table_order": _MAYBE_NAME,
    "table_reversed": _FLAG,
    "axis": _choice_of(XAxis),
    "fit": _choice_of(Fit),
    "no_outliers": _FLAG,
    "smoothing": _FLAG,
    "weight": Form(float, _weight),
    "log_y": _FLAG,
    "superseded": _FLAG,
    "picture_grid": _FLAG,
    "hparams": Form(_write_hparams, _read_hparams),
    "dismissed": _SET,
}
"""Field of Selection -> its form."""
PASSING = frozenset(("tab", "focused_run", "tag", "opened", "step", "cursor", "mark", "zoom", "back_to"))
"""Fields that are not remembered: where one looks just now. The run in focus is the newest one next time."""


def changes(before: Selection, after: Selection) -> dict[str, object]:
    """The remembered fields that differ, with their values in `after`."""
    values = {name: getattr(after, name) for name in FORMS}
    return {
        name: value for name, value in values.items() if value is not (old := getattr(before, name)) and value != old
    }


def written(values: Mapping[str, object]) -> dict[str, object]:
    """Fields as JSON has them."""
    return {name: FORMS[name].write(value) for name, value in values.items()}


def applied(stored: Mapping[str, object], selection: Selection) -> tuple[Selection, list[str]]:
    """The selection with what is stored, and the names of fields that are stored in a wrong form."""
    values: dict[str, object] = {}
    wrong = []
    for name in FORMS.keys() & stored.keys():
        try:
            values[name] = FORMS[name].read(stored[name])
        except (TypeError, ValueError):
            wrong.append(name)
    return replace(selection, **values), sorted(wrong)  # type: ignore[arg-type]  # the forms saw to the types


def first_selection(settings: Settings) -> Selection:
    """What the settings ask for."""
    return with_settings(Selection(), settings, frozenset(_FIELDS))


def with_settings(selection: Selection, settings: Settings, names: frozenset[str]) -> Selection:
    """The selection with these settings."""
    for name in sorted(names & _FIELDS.keys()):
        selection = _FIELDS[name](selection, settings)
    return selection


def _smoothed(selection: Selection, settings: Settings) -> Selection:
    if settings.smoothing == 0:
        return replace(selection, smoothing=False)
    return replace(selection, smoothing=True, weight=settings.smoothing)


_FIELDS: Mapping[str, Callable[[Selection, Settings], Selection]] = {
    "density": lambda selection, settings: replace(selection, density=settings.density),
    "axis": lambda selection, settings: replace(selection, axis=XAxis(settings.axis)),
    "smoothing": _smoothed,
    "log_y": lambda selection, settings: replace(selection, log_y=settings.log_y),
    "no_outliers": lambda selection, settings: replace(selection, no_outliers=settings.no_outliers),
}
