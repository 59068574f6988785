"""Scalars as one data frame of pandas or polars, a row a point."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
import numpy.typing as npt

from tui.library.arrays import Name, Series, series
from tui.library.logs import Logs
from tui.model import Values

if TYPE_CHECKING:
    import pandas
    import polars


@overload
def frame(
    logs: Logs,
    *,
    run: Name = None,
    tag: Name = None,
    superseded: bool = False,
    library: Literal["pandas"] = "pandas",
) -> pandas.DataFrame: ...
@overload
def frame(
    logs: Logs, *, run: Name = None, tag: Name = None, superseded: bool = False, library: Literal["polars"]
) -> polars.DataFrame: ...
def frame(
    logs: Logs,
    *,
    run: Name = None,
    tag: Name = None,
    superseded: bool = False,
    library: Literal["pandas", "polars"] = "pandas",
) -> Any:
    """Scalars as a data frame with the rows and columns of `tbtui export`.

    Columns: `run` and `tag` (pandas: category, polars: Enum), `step` (int64), `wall_time` (float64, epoch seconds),
    `value` (float32 where all chosen series are, else float64), and with `superseded` a bool column of that name.
    What is no UTF-8 in a name becomes an escape such as `\\udcff`.

    Args:
        logs: what `open` returned.
        run: a run's whole name, or a compiled regular expression that is to be found in it; None for all.
        tag: likewise of the tag.
        superseded: whether to keep the points that a restarted run logged again, and to flag them.
        library: whose data frame it is.

    Raises:
        ImportError: that library is not installed.
        ValueError: another library.
    """
    if library not in ("pandas", "polars"):
        raise ValueError(f"library is {library!r}; it may be pandas or polars")
    chosen = series(logs, run=run, tag=tag, superseded=superseded)
    numbers = _numbers(chosen, superseded)
    lengths = [len(one) for one in chosen]
    names = {"run": _coded([one.run for one in chosen], lengths), "tag": _coded([one.tag for one in chosen], lengths)}
    return _pandas(names, numbers) if library == "pandas" else _polars(names, numbers)


_Coded = tuple[list[str], npt.NDArray[np.int32]]


def _coded(names: Sequence[str], lengths: Sequence[int]) -> _Coded:
    """The different names, and for each row the place of its own among them: 4 bytes a row, however long they are."""
    places: dict[str, int] = {}
    codes = [places.setdefault(_utf8(name), len(places)) for name in names]
    return list(places), np.repeat(np.array(codes, np.int32), lengths)


def _numbers(chosen: Sequence[Series[Values]], superseded: bool) -> dict[str, npt.NDArray[Any]]:
    columns = {
        "step": _joined((one.steps for one in chosen), np.int64),
        "wall_time": _joined((one.wall_times for one in chosen), np.float64),
        # Of series in 32 and in 64 bits numpy makes 64; of none at all they are 32, as in an export.
        "value": _joined((one.values for one in chosen), np.float32),
    }
    if superseded:
        flags = (one.superseded for one in chosen if one.superseded is not None)
        columns["superseded"] = _joined(flags, np.bool_)
    return columns


def _joined(arrays: Iterable[npt.NDArray[Any]], dtype: type[np.generic]) -> npt.NDArray[Any]:
    listed = list(arrays)
    return np.concatenate(listed) if listed else np.empty(0, dtype)


def _pandas(names: dict[str, _Coded], numbers: dict[str, npt.NDArray[Any]]) -> Any:
    try:
        import pandas as pd
    except ImportError as error:
        raise ImportError(f"tui.frame needs pandas ({error}): pip install pandas, or library='polars'") from None
    columns = {name: pd.Categorical.from_codes(codes, categories) for name, (categories, codes) in names.items()}
    return pd.DataFrame({**columns, **numbers}, copy=False)


def _polars(names: dict[str, _Coded], numbers: dict[str, npt.NDArray[Any]]) -> Any:
    try:
        import polars as pl
    except ImportError as error:
        raise ImportError(f"tui.frame needs polars ({error}): pip install polars, or library='pandas'") from None
    columns = {
        # Gathered: how codes become an Enum differs between the versions of polars.
        name: pl.Series(name, categories, dtype=pl.Enum(categories)).gather(codes)
        for name, (categories, codes) in names.items()
    }
    return pl.DataFrame({**columns, **numbers})


def _utf8(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
