"""Which series differ from an earlier snapshot, as a store tells it."""

from __future__ import annotations

import numpy as np

from tui.model import BlobBatch, BlobRef, Forgotten, Origin, RunActivity, ScalarBatch, SeriesKey
from tui.store.news import NO_NEWS
from tui.store.snapshot import EMPTY_SNAPSHOT
from tui.store.store import Store

IMAGES = SeriesKey("c", "noise", "images")
BLOBS = BlobBatch(IMAGES, Origin("c", 0, None), np.array([1]), np.array([1.0]), [BlobRef("c", 0, 1, 0)])
A, B, C = (SeriesKey(run, "loss", "scalars") for run in "abc")


def log(store: Store, *keys: SeriesKey) -> None:
    """A point more in each series, from a file called as its run."""
    for key in keys:
        store.apply(RunActivity(key.run, key.run, 1, 0.0, 0.0))
        one = np.array([1])
        store.apply(ScalarBatch(key, Origin(key.run, 0, None), one, one.astype(np.float64), one.astype(np.float32)))


def test_what_changed_since_any_of_the_last_snapshots() -> None:
    store = Store()
    log(store, A, B)
    first = store.snapshot().news
    log(store, A)
    second = store.snapshot().news
    log(store, B, C)
    third = store.snapshot().news
    assert third.since(third.here) == set()
    assert third.since(second.here) == {B, C}
    assert third.since(first.here) == {A, B, C}
    assert third.since(EMPTY_SNAPSHOT.news.here) is None  # nothing is known of that one
    assert second.since(third.here) is None  # it came later


def test_the_keys_are_the_same_until_a_series_comes_or_goes() -> None:
    store, seen = Store(), list[object]()
    log(store, A)
    seen.append(store.snapshot().news.keys)
    log(store, A)
    seen.append(store.snapshot().news.keys)
    log(store, B)
    seen.append(store.snapshot().news.keys)
    store.apply(Forgotten("b", "b"))
    lost = store.snapshot()
    seen.append(lost.news.keys)
    assert seen[0] is seen[1]
    assert len({id(keys) for keys in seen}) == 3
    assert set(lost.scalars) == {A}
    assert lost.news.since(None) is None


def test_what_never_was_in_a_snapshot_is_no_news() -> None:
    """A series that goes before anybody has seen it, or is of other data."""
    store = Store()
    log(store, A)
    first = store.snapshot().news
    log(store, C)
    store.apply(BLOBS)
    store.apply(Forgotten("c", "c"))
    log(store, A)
    second = store.snapshot()
    assert second.news.since(first.here) == {A}
    assert second.news.keys is first.keys
    store.apply(RunActivity("c", "c", 1, 0.0, 0.0))
    store.apply(BLOBS)
    third = store.snapshot()
    store.apply(Forgotten("c", "c"))
    fourth = store.snapshot()
    assert list(third.blobs) == [IMAGES] and list(fourth.blobs) == []
    assert fourth.news.since(second.news.here) == set()
    assert fourth.scalars is second.scalars


def test_of_too_much_and_of_long_ago_nothing_is_known() -> None:
    many = [SeriesKey("a", str(tag), "scalars") for tag in range(20_000)]
    first = NO_NEWS.next([A], same_keys=False)
    assert first.next(many, same_keys=True).since(first.here) is None
    later = first
    for _ in range(63):
        later = later.next([B], same_keys=True)
    assert later.since(first.here) == {B}
    assert later.next([B], same_keys=True).since(first.here) is None
