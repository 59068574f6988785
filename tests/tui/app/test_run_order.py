"""The orders of the runs pane: which comes next, and how runs stand in each."""

from __future__ import annotations

import math
from dataclasses import replace

from tests.builders import WALL_TIME
from tests.tui.app.views import of_runs, run_summary, scalar_series
from tui.app.choices import RunOrder
from tui.app.run_order import by_event, by_value, next_order, order_title, tag_values
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.store.snapshot import StoreSnapshot


def orders(selection: Selection, *tags: str | None) -> list[tuple[str, str | None]]:
    """Order and tag after the key is pressed at each of the tags in turn."""
    found = []
    for tag in tags:
        selection = next_order(selection, tag)
        found.append((selection.run_order.value, selection.order_tag))
    return found


def test_the_orders_go_round() -> None:
    assert orders(Selection(), *["loss"] * 4) == [
        ("last event", "loss"),
        ("last value", "loss"),
        ("best value", "loss"),
        ("name", "loss"),
    ]


def test_without_a_tag_there_are_no_values_to_sort_by() -> None:
    assert orders(Selection(), None, None) == [("last event", None), ("name", None)]
    assert orders(Selection(order_tag="loss"), None, None) == [("last event", "loss"), ("last value", "loss")]


def test_what_is_neither_better_more_nor_less_has_no_best() -> None:
    assert orders(Selection(), "lr", "lr", "lr") == [("last event", "lr"), ("last value", "lr"), ("name", "lr")]


def test_at_another_tag_the_same_order_is_by_that_one() -> None:
    best = Selection(run_order=RunOrder.BEST, order_tag="loss")
    assert orders(best, "acc", "acc") == [("best value", "acc"), ("name", "acc")]
    assert orders(best, "lr", "lr") == [("last value", "lr"), ("name", "lr")]
    assert orders(best, None) == [("name", "loss")]


def test_the_title_says_the_order() -> None:
    assert order_title(Selection()) == ("", "")
    assert order_title(Selection(run_order=RunOrder.EVENT, order_tag="loss")) == ("", "last event")
    assert order_title(Selection(run_order=RunOrder.LAST, order_tag="loss")) == ("loss", "last")
    assert order_title(Selection(run_order=RunOrder.BEST, order_tag="loss")) == ("loss", "best")


def with_values(**values: list[float]) -> StoreSnapshot:
    """Runs with a series `loss` each."""
    series = [scalar_series(points, run=run, tag="loss") for run, points in values.items()]
    return replace(of_runs(*values), scalars={one.key: one for one in series})


def test_last_and_best_values_of_a_tag() -> None:
    snapshot = with_values(a=[3.0, 1.0, 2.0], b=[4.0, math.nan], c=[math.nan])
    by_last = Selection(run_order=RunOrder.LAST, order_tag="loss")
    last = tag_values(snapshot, by_last, Shared().facts)
    assert last is not None and (last["a"], math.isnan(last["b"]), math.isnan(last["c"])) == (2.0, True, True)
    best = tag_values(snapshot, replace(by_last, run_order=RunOrder.BEST), Shared().facts)
    assert best is not None and (best["a"], best["b"], math.isnan(best["c"])) == (1.0, 4.0, True)
    assert tag_values(snapshot, replace(by_last, order_tag="other"), Shared().facts) == {}
    assert tag_values(snapshot, Selection(order_tag="loss"), Shared().facts) is None


def test_the_best_value_follows_the_goal_of_the_tag() -> None:
    series = scalar_series([0.25, 0.75, 0.5], run="a", tag="accuracy")
    snapshot = replace(of_runs("a"), scalars={series.key: series})
    selection = Selection(run_order=RunOrder.BEST, order_tag="accuracy")
    assert tag_values(snapshot, selection, Shared().facts) == {"a": 0.75}


def test_superseded_points_do_not_sort() -> None:
    series = scalar_series([1.0, 0.25, 2.0], steps=[0, 1, 1], superseded=[1], run="a")
    snapshot = replace(of_runs("a"), scalars={series.key: series})
    assert tag_values(snapshot, Selection(run_order=RunOrder.BEST, order_tag="loss"), Shared().facts) == {"a": 1.0}


def test_the_best_value_comes_first_and_what_is_not_finite_late() -> None:
    values = {"a": 2.0, "b": math.nan, "c": 1.0, "d": -math.inf, "f": 2.0}
    assert by_value("abcdef", values, "loss") == ["c", "a", "f", "b", "d", "e"]
    assert by_value("abcdef", values, "accuracy") == ["a", "f", "c", "b", "d", "e"]
    assert by_value("abcdef", values, "lr") == ["a", "f", "c", "b", "d", "e"]


def test_the_newest_event_comes_first_and_live_runs_keep_their_places() -> None:
    now = WALL_TIME + 1000
    ages = {"old": 900.0, "live2": 30.0, "none": None, "live1": 2.0, "minute": 60.0}
    runs = [run_summary(name, last_wall_time=None if age is None else now - age) for name, age in ages.items()]
    shared = Shared(clock=lambda: now)
    assert by_event(ages, of_runs(*runs), shared) == ["live2", "live1", "minute", "old", "none"]
