"""The list of tags that every view shows: what is in it, and that it is made anew only where it would differ."""

from __future__ import annotations

from dataclasses import replace

from tests.tui.app.views import of_runs, scalar_series
from tui.app.catalog import PINNED, Group
from tui.app.selection import Filter, Selection
from tui.app.tag_list import TagLists
from tui.model import SeriesKey
from tui.store.snapshot import StoreSnapshot

PAIRS = (("b", "Loss/train"), ("a", "Loss/train"), ("a", "Loss/val"), ("c", "lr"))


def snapshot_of(*pairs: tuple[str, str], version: int = 1) -> StoreSnapshot:
    """A snapshot with these runs and tags."""
    series = [scalar_series([1.0], run=run, tag=tag, version=version) for run, tag in pairs]
    runs = of_runs(*dict.fromkeys(run for run, _ in pairs))
    return replace(runs, version=version, scalars={one.key: one for one in series})


def test_a_list_has_the_tags_of_the_visible_runs() -> None:
    found = TagLists().of(snapshot_of(*PAIRS), Selection(hidden=frozenset("c")), "scalars")
    assert found.runs == ["a", "b"]
    assert dict(found.keys) == {
        "Loss/train": [SeriesKey("a", "Loss/train", "scalars"), SeriesKey("b", "Loss/train", "scalars")],
        "Loss/val": [SeriesKey("a", "Loss/val", "scalars")],
    }
    assert found.groups == [Group("Loss", ("Loss/train", "Loss/val"))]
    assert found.tags == ["Loss/train", "Loss/val"]
    assert found.series == 4


def test_the_filter_and_pins_change_what_is_shown_and_not_the_series() -> None:
    lists, snapshot = TagLists(), snapshot_of(*PAIRS)
    everything = lists.of(snapshot, Selection(), "scalars")
    filtered = lists.of(snapshot, Selection(tags_filter=Filter("val")), "scalars")
    assert (filtered.tags, list(filtered.keys)) == (["Loss/val"], list(everything.keys))
    pinned = lists.of(snapshot, Selection(pinned_tags=("lr",)), "scalars")
    assert pinned.groups[0] == Group(PINNED, ("lr",))
    assert pinned.tags == ["lr", "Loss/train", "Loss/val"]


def test_the_list_is_the_same_object_until_something_of_it_changes() -> None:
    lists = TagLists()
    first = lists.of(snapshot_of(*PAIRS), Selection(), "scalars")
    with_points = snapshot_of(*PAIRS, version=2)
    assert lists.of(with_points, Selection(log_y=True), "scalars") is first
    assert lists.of(with_points, Selection(hidden=frozenset("b")), "scalars") is not first
    more = lists.of(snapshot_of(*PAIRS, ("b", "lr"), version=3), Selection(), "scalars")
    assert [key.run for key in more.keys["lr"]] == ["b", "c"]
    assert lists.of(snapshot_of(*PAIRS[1:], version=4), Selection(), "scalars").series == 3


def test_kinds_have_lists_of_their_own() -> None:
    lists, snapshot = TagLists(), snapshot_of(*PAIRS)
    scalars = lists.of(snapshot, Selection(), "scalars")
    assert lists.of(snapshot, Selection(), "histograms").tags == []
    assert lists.of(snapshot, Selection(), "scalars") is scalars
