"""What the runs pane is sorted by: names, newest events, or the values of a tag."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from logging_lib.tfevents import plugins
from tui.analysis.run_table import order_runs
from tui.analysis.statistics import Extremes, goal
from tui.app.catalog import listed_runs
from tui.app.choices import RunOrder
from tui.app.facts import FactsCache
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.model import SeriesKey
from tui.render.numbers import MINUTE
from tui.store.snapshot import StoreSnapshot

_BY_VALUE = (RunOrder.LAST, RunOrder.BEST)


def next_order(selection: Selection, tag: str | None) -> Selection:
    """The next order; sorted by a tag's values and with another `tag` at hand, the same order by that one.

    There is no best value of a tag of which neither less nor more is better, and no order by value without a tag.
    """
    order, old = selection.run_order, selection.order_tag
    tag = old if tag is None else tag
    possible = [o for o in RunOrder if o not in _BY_VALUE or (tag is not None and (o is RunOrder.LAST or goal(tag)))]
    if order in _BY_VALUE and tag != old:
        chosen = order if order in possible else RunOrder.LAST
    else:
        chosen = possible[(possible.index(order) + 1) % len(possible)] if order in possible else RunOrder.NAME
    return replace(selection, run_order=chosen, order_tag=tag)


def order_title(selection: Selection) -> tuple[str, str]:
    """What the runs are sorted by, in two words: the tag, if any, and what of it; both "" by name."""
    match selection.run_order:
        case RunOrder.NAME:
            return "", ""
        case RunOrder.EVENT:
            return "", selection.run_order.value
        case _:
            return selection.order_tag or "", selection.run_order.value.removesuffix(" value")


def tag_values(snapshot: StoreSnapshot, selection: Selection, facts: FactsCache) -> dict[str, float] | None:
    """Run -> the value that it is sorted by, NaN where it has no finite best, for runs that logged the tag; None where
    values do not sort.
    """
    tag = selection.order_tag
    if tag is None or selection.run_order not in _BY_VALUE:
        return None
    values: dict[str, float] = {}
    for run in snapshot.runs:
        series = snapshot.scalars.get(SeriesKey(run, tag, plugins.SCALARS))
        if series is not None:
            points = series.current()
            last = selection.run_order is RunOrder.LAST
            values[run] = float(points.values[-1]) if last else _best(facts.extremes(points), tag)
    return values


def _best(extremes: Extremes | None, tag: str) -> float:
    if extremes is None:
        return math.nan
    return extremes.min if goal(tag) == "min" else extremes.max


def by_value(runs: Iterable[str], values: dict[str, float], tag: str) -> list[str]:
    """The best first, then what is not finite, then runs without a value; equal ones stay in the order given."""
    return order_runs(runs, values, goal(tag), worst_first=False)


def by_event(runs: Iterable[str], snapshot: StoreSnapshot, shared: Shared) -> list[str]:
    """The newest event first. Events of the last minute are equally new: live runs would change places all the time."""

    def key(run: str) -> float:
        silence = shared.silence(snapshot.runs[run])
        if silence is None:
            return math.inf
        return silence if silence >= MINUTE else 0.0

    return sorted(runs, key=key)


def ordered_runs(snapshot: StoreSnapshot, selection: Selection, shared: Shared) -> list[str]:
    """The runs that the filter lets through one after the other: pinned ones first, then as the pane is sorted."""
    names = listed_runs(snapshot, selection)
    pinned = [run for run in selection.pinned_runs if run in names]
    rest = [run for run in names if run not in pinned]
    values = tag_values(snapshot, selection, shared.facts)
    if values is not None:
        rest = by_value(rest, values, selection.order_tag or "")
    elif selection.run_order is RunOrder.EVENT:
        rest = by_event(rest, snapshot, shared)
    return [*pinned, *rest]
