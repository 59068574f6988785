"""SummaryWriter.add_histogram, add_histogram_raw."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, SupportsInt

from logging_lib.arguments import About
from logging_lib.calls.sink import EventSink
from logging_lib.capture import captured_array, captured_number

if TYPE_CHECKING:
    import numpy.typing as npt


class HistogramCalls(EventSink):
    """Distributions."""

    _default_bins: Any = "tensorflow"

    @property
    def default_bins(self) -> Any:
        """What bins="tensorflow" stands for: edges that grow by 10 %, or what it was set to, as `bins` takes it."""
        from logging_lib.summary.histogram import tensorflow_edges

        return tensorflow_edges().tolist() if self._default_bins is HistogramCalls._default_bins else self._default_bins

    @default_bins.setter
    def default_bins(self, bins: Any) -> None:
        self._default_bins = bins

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

        A tensor on a GPU is copied and counted there, and this call does not wait for it.

        Args:
            bins: "tensorflow" (fixed edges that grow by 10 %), a rule's name or a count for numpy.histogram, or edges.
            max_bins: merge neighbouring buckets to about so many.
        """
        from logging_lib.summary.histogram import checked_bins, histogram

        if isinstance(bins, str) and bins == "tensorflow":
            bins = self._default_bins
        with About(tag):
            array = captured_array(values)
            if not array.size:
                raise ValueError("no values")
            kept_bins = checked_bins(bins, max_bins)
        self._log_event(
            tag, partial(histogram, tag, array, kept_bins, max_bins), global_step, walltime, nbytes=array.nbytes
        )

    def add_histogram_raw(
        self,
        tag: str,
        min: float,
        max: float,
        num: float,
        sum: float,
        sum_squares: float,
        bucket_limits: Sequence[float] | npt.NDArray[Any],
        bucket_counts: Sequence[float] | npt.NDArray[Any],
        global_step: SupportsInt | None = None,
        walltime: float | None = None,
    ) -> None:
        """Log a distribution that was counted elsewhere.

        Args:
            min, max, num, sum, sum_squares: of all values.
            bucket_limits: each bucket's right edge, rising, [k].
            bucket_counts: how many values each bucket holds, [k].
        """
        from logging_lib.summary.histogram import histogram_raw

        with About(tag):
            limits, counts = captured_array(bucket_limits), captured_array(bucket_counts)
            if limits.shape[:1] != counts.shape[:1]:
                raise ValueError("len(bucket_limits) != len(bucket_counts), see the document.")
            if len(limits.shape) != 1 or len(counts.shape) != 1:
                raise ValueError(f"expected buckets in a row, got shapes {list(limits.shape)} and {list(counts.shape)}")
            statistics = [captured_number(number) for number in (min, max, num, sum, sum_squares)]
        make = partial(histogram_raw, tag, statistics, limits, counts)
        self._log_event(tag, make, global_step, walltime, nbytes=limits.nbytes + counts.nbytes)
