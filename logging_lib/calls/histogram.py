"""SummaryWriter.add_histogram."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, SupportsInt

import numpy.typing as npt

from logging_lib.arguments import About
from logging_lib.arrays import captured
from logging_lib.calls.sink import EventSink
from logging_lib.summary.histogram import checked_bins, histogram


class HistogramCalls(EventSink):
    """Distributions."""

    def add_histogram(
        self,
        tag: str,
        values: object,
        global_step: SupportsInt | None = None,
        bins: str | int | Sequence[float] | npt.NDArray[Any] = "tensorflow",
        walltime: float | None = None,
        max_bins: int | None = None,
    ) -> None:
        """Log the distribution of real `values` of any shape; copied, so they may change after the call.

        Args:
            bins: "tensorflow" (fixed edges that grow by 10 %), a rule's name or a count for numpy.histogram, or edges.
            max_bins: merge neighbouring buckets to about so many.
        """
        with About(tag):
            array = captured(values)
            if not array.size:
                raise ValueError("no values")
            kept_bins = checked_bins(bins, max_bins)
        self._log(tag, partial(histogram, tag, array, kept_bins, max_bins), global_step, walltime, nbytes=array.nbytes)
