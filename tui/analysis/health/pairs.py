"""Which series are the training and the validation side of one measure, by the names of tags and runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tui.analysis.tag_traits import Split, place_of, traits
from tui.model import SeriesKey


class Pair(NamedTuple):
    """The same measure on two sets of data."""

    train: SeriesKey
    val: SeriesKey


def pairs_by_name(lengths: Iterable[tuple[SeriesKey, int]]) -> list[Pair]:
    """Every validation loss with the training loss that it goes with; `lengths` are series and their points.

    `train/loss` and `val/loss`, `loss` and `val_loss`, `Loss/train` and `Loss/test`, `epoch_loss` of the runs `train`
    and `validation`. Of several training losses the one with the most similar number of points: Lightning logs
    a value a step and one an epoch.
    """
    groups: dict[tuple[str, tuple[str, ...]], list[tuple[SeriesKey, Split | None, int]]] = {}
    for key, points in lengths:
        about = traits(key.tag)
        if about.loss and not about.contest:
            place, split = place_of(key.run)
            groups.setdefault((place, about.bare), []).append((key, about.split or split, points))
    return [
        Pair(_partner(group, points), key)
        for group in groups.values()
        for key, split, points in group
        if split == "val" and any(other != "val" for _, other, _ in group)
    ]


def _partner(group: list[tuple[SeriesKey, Split | None, int]], points: int) -> SeriesKey:
    """The training loss, by preference one that says so."""
    candidates = [item for item in group if item[1] == "train"] or [item for item in group if item[1] is None]
    return min(candidates, key=lambda item: abs(item[2] - points))[0]
