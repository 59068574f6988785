"""Hands out what logdirs hold series by series, as numpy arrays."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar, overload

import numpy as np
import numpy.typing as npt

from logging_lib.tfevents import plugins
from logging_lib.tfevents.histogram import Buckets
from tui.cli.export.choice import Choice
from tui.cli.export.table import flags_of
from tui.library.logs import Logs
from tui.model import BlobRef, Flags, Steps, Values, WallTimes
from tui.reader.payload import read_histogram, read_image, read_text
from tui.store.snapshot import BlobSeries, ScalarSeries

Name = str | re.Pattern[str] | None
"""Which runs or tags: the one of exactly this name, all in which this pattern is found, or all."""
Kind = Literal["scalars", "histograms", "text", "images"]

Data = TypeVar("Data")
Item = TypeVar("Item", covariant=True)
_Stored = TypeVar("_Stored", ScalarSeries, BlobSeries)

_READERS: dict[str, Callable[[BlobRef], Any]] = {
    plugins.HISTOGRAMS: read_histogram,
    plugins.TEXT: read_text,
    plugins.IMAGES: read_image,
}


class Items(Sequence[Item]):
    """Values that lie in files, each decoded when it is asked for: keep what you need."""

    def __init__(self, refs: Sequence[BlobRef], read: Callable[[BlobRef], Item]) -> None:
        self._refs = refs
        self._read = read

    def __len__(self) -> int:
        return len(self._refs)

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> Items[Item]: ...
    def __getitem__(self, index: int | slice) -> Item | Items[Item]:
        """A value, or some of them.

        Raises:
            tui.reader.payload.PayloadError: it cannot be read, or not any more.
        """
        if isinstance(index, slice):
            return Items(self._refs[index], self._read)
        return self._read(self._refs[index])


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Series(Generic[Data]):
    """One tag of one run, n >= 1 points in the order in which they were logged. Arrays are read-only.

    `steps` is int64 [n]; `wall_times` float64 [n], epoch seconds; `values` of scalars float32 or float64 [n], as they
    were logged, of all other kinds a sequence of n. `superseded` is bool [n], None unless it was asked for.
    """

    run: str
    tag: str
    kind: str
    steps: Steps
    wall_times: WallTimes
    values: Data
    superseded: Flags | None = None

    def __len__(self) -> int:
        return len(self.steps)

    def __repr__(self) -> str:
        return f"Series(run={self.run!r}, tag={self.tag!r}, kind={self.kind!r}, {len(self)} points)"


@overload
def series(
    logs: Logs, *, run: Name = None, tag: Name = None, kind: Literal["scalars"] = "scalars", superseded: bool = False
) -> list[Series[Values]]: ...
@overload
def series(
    logs: Logs, *, run: Name = None, tag: Name = None, kind: Literal["histograms"], superseded: bool = False
) -> list[Series[Sequence[Buckets]]]: ...
@overload
def series(
    logs: Logs, *, run: Name = None, tag: Name = None, kind: Literal["text"], superseded: bool = False
) -> list[Series[Sequence[npt.NDArray[np.object_]]]]: ...
@overload
def series(
    logs: Logs, *, run: Name = None, tag: Name = None, kind: Literal["images"], superseded: bool = False
) -> list[Series[Sequence[list[bytes]]]]: ...
def series(
    logs: Logs, *, run: Name = None, tag: Name = None, kind: Kind = "scalars", superseded: bool = False
) -> list[Series[Any]]:
    """The series of a kind, by name of run, then in the order in which they appeared.

    Args:
        logs: what `open` returned.
        run: a run's whole name, or a compiled regular expression that is to be found in it; None for all.
        tag: likewise of the tag.
        kind: values of `scalars` are an array; of `histograms`, buckets (`left`, `right`, `counts`, float64 [k]); of
            `text`, arrays of str in the shape that was logged, [] for one; of `images`, lists of encoded files.
        superseded: whether to keep the points that a restarted run logged again, and to flag them.

    Raises:
        ValueError: another kind.
        TypeError: a run or tag that is neither a name nor a compiled regular expression.

    >>> import re, tui
    >>> logs = tui.open("runs")
    >>> for series in tui.series(logs, tag="loss"):
    ...     print(series.run, series.steps, series.values)
    lr0.01 [0 1 2] [4. 3. 2.]
    lr0.1 [0 1 2 3] [2.   1.   0.5  0.25]
    >>> tui.series(logs, run=re.compile("1$"), tag=re.compile("^a"))
    [Series(run='lr0.1', tag='acc', kind='scalars', 2 points)]
    >>> [notes] = tui.series(logs, kind="text")
    >>> notes.values[0].item()
    'a *first* try'
    >>> [weights] = tui.series(logs, kind="histograms")
    >>> weights.values[-1].counts.sum()
    np.float64(3.0)
    """
    choice = Choice(_pattern(run), _pattern(tag))
    if kind == plugins.SCALARS:
        scalars = (_shown(found, superseded) for found in choice.series(logs.snapshot.scalars, kind))
        return [_series(found, found.values, superseded) for found in scalars]
    if (read := _READERS.get(kind)) is None:
        raise ValueError(f"kind is {kind!r}; it may be {', '.join([plugins.SCALARS, *_READERS])}")
    blobs = (_shown(found, superseded) for found in choice.series(logs.snapshot.blobs, kind))
    return [_series(found, Items(found.refs, read), superseded) for found in blobs]


def _pattern(name: Name) -> re.Pattern[str]:
    if isinstance(name, re.Pattern):
        return name
    if not isinstance(name, str | None):
        raise TypeError(f"a run or tag is {name!r}; it may be a name, a compiled regular expression or None")
    return re.compile("" if name is None else rf"\A{re.escape(name)}\Z")


def _shown(found: _Stored, superseded: bool) -> _Stored:
    return found if superseded else found.current()


def _series(found: ScalarSeries | BlobSeries, values: Data, superseded: bool) -> Series[Data]:
    flags = flags_of(found) if superseded else None
    if flags is not None:
        flags.flags.writeable = False
    run, tag, kind = found.key
    return Series(run, tag, kind, found.steps, found.wall_times, values, flags)
