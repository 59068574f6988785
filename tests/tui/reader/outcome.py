"""What a run's batches say in the end, whatever they were cut into: equal only where every bit of it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from tui.model import (
    Batch,
    BlobBatch,
    BlobRef,
    Forgotten,
    HParamsInfo,
    Origin,
    Problem,
    RunActivity,
    ScalarBatch,
    SeriesKey,
    TagInfo,
)

# An array's dtype and bytes.
Exact = tuple[str, bytes]


@dataclass
class Outcome:
    """Series in order of first appearance, each a session's; problems by offset; `others` as they were told."""

    scalars: list[tuple[SeriesKey, Origin, Exact, Exact, Exact]] = field(default_factory=list)
    blobs: list[tuple[SeriesKey, Origin, Exact, Exact, list[BlobRef]]] = field(default_factory=list)
    tags: list[TagInfo] = field(default_factory=list)
    hparams: list[HParamsInfo] = field(default_factory=list)
    problems: list[tuple[str, int, str]] = field(default_factory=list)
    others: list[Batch] = field(default_factory=list)
    events: int = 0
    wall_times: tuple[float, float] | None = None


def outcome_of(batches: Iterable[Batch]) -> Outcome:
    """All of it; what was forgotten is not in it."""
    outcome = Outcome()
    scalars: dict[tuple[SeriesKey, Origin], list[ScalarBatch]] = {}
    blobs: dict[tuple[SeriesKey, Origin], list[BlobBatch]] = {}
    for batch in batches:
        match batch:
            case ScalarBatch():
                scalars.setdefault((batch.key, batch.origin), []).append(batch)
            case BlobBatch():
                blobs.setdefault((batch.key, batch.origin), []).append(batch)
            case Forgotten():
                outcome, scalars, blobs = Outcome(others=[batch]), {}, {}
            case _:
                _note(outcome, batch)
    outcome.problems.sort()
    outcome.scalars = [
        (*name, _exact(found, "steps"), _exact(found, "wall_times"), _exact(found, "values"))
        for name, found in scalars.items()
    ]
    outcome.blobs = [
        (*name, _exact(found, "steps"), _exact(found, "wall_times"), [ref for batch in found for ref in batch.refs])
        for name, found in blobs.items()
    ]
    return outcome


def _note(outcome: Outcome, batch: Batch) -> None:
    match batch:
        case TagInfo():
            outcome.tags.append(batch)
        case HParamsInfo():
            outcome.hparams.append(batch)
        case Problem():
            outcome.problems.append((batch.path, -1 if batch.offset is None else batch.offset, batch.reason))
        case RunActivity():
            outcome.events += batch.events
            if batch.first_wall_time is not None and batch.last_wall_time is not None:
                first, last = outcome.wall_times or (batch.first_wall_time, batch.last_wall_time)
                outcome.wall_times = min(first, batch.first_wall_time), max(last, batch.last_wall_time)
        case _:
            outcome.others.append(batch)


def _exact(batches: Sequence[Any], name: str) -> Exact:
    """The batches' arrays as one; all NaNs count as the same."""
    values: npt.NDArray[Any] = np.concatenate([getattr(batch, name) for batch in batches])
    if values.dtype.kind == "f":
        values = np.where(np.isnan(values), values.dtype.type(np.nan), values)
    return values.dtype.str, values.tobytes()
