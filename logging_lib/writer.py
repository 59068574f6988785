"""SummaryWriter, with torch.utils.tensorboard's signatures: checks and captures arguments, and queues them.

Every add_* method raises TypeError or ValueError, with the tag in its message, for what can never be written; what
fails later (a full disk) is a logged warning, because logging must not end a training.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, SupportsInt

import numpy.typing as npt

from logging_lib.arguments import About, as_step, as_wall_time, check_run_name, check_tag, is_step
from logging_lib.arrays import as_float, captured
from logging_lib.background import Make
from logging_lib.run_writer import RunWriter
from logging_lib.summary.histogram import checked_bins, histogram
from logging_lib.summary.hparams import hparams
from logging_lib.summary.image import check_layout, image
from logging_lib.summary.scalar import scalar
from logging_lib.summary.text import text
from logging_lib.tfevents.proto import summary_pb2


class SerializableSummary(Protocol):
    """A Summary message of any package: ours, tensorboard's, tensorflow's."""

    def SerializeToString(self) -> bytes:  # noqa: N802  # protobuf's name
        """The message's bytes."""


class SummaryWriter:
    """Writes event files for TensorBoard and tbtui.

    Safe to use from several threads. What was logged is in the file at most `flush_secs` later.
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] | None = None,
        comment: str = "",
        purge_step: int | None = None,
        max_queue: int = 10,
        flush_secs: float = 1,
        filename_suffix: str = "",
        *,
        start_time: float | None = None,
    ) -> None:
        """Create the directory and an event file in it.

        Args:
            log_dir: the run's directory; `runs/<date>_<time>_<host><comment>` where None or empty.
            comment: ends the default directory's name.
            purge_step: a restarted training's first step; TensorBoard hides what is logged at later steps.
            max_queue: events that may wait behind the calls before a call waits for the disk; at least 10,000.
            flush_secs: seconds until what was logged is in the file.
            filename_suffix: ends every event file's name.
            start_time: epoch seconds at which the files are said to start, instead of now: for one who brings in
                what happened earlier, with `walltime` on each call, and does not want it to look recent.

        Raises:
            OSError: the directory or the file cannot be created.
        """
        self.log_dir = log_dir or _default_log_dir(comment)
        self.purge_step = purge_step
        self.max_queue = max_queue
        self.flush_secs = flush_secs
        self.filename_suffix = filename_suffix
        self.start_time = start_time
        self._directory = Path(self.log_dir).absolute()  # the job may change its working directory
        self._run = self._new_run(self._directory, None if purge_step is None else as_step(purge_step))
        self._run.create()

    def get_logdir(self) -> str | os.PathLike[str]:
        """The run's directory, as it was given."""
        return self.log_dir

    def add_scalar(
        self,
        tag: str,
        scalar_value: object,
        global_step: SupportsInt | None = None,
        walltime: float | None = None,
        new_style: bool = False,
        double_precision: bool = False,
    ) -> None:
        """Log one number: a Python or numpy number, or an array or tensor of one element.

        Stored in 32 bits, or in 64 with both `new_style` and `double_precision`.
        """
        if type(scalar_value) is float:  # the common case, without the price of a context manager
            value = scalar_value
        else:
            with About(tag):
                value = as_float(scalar_value)
        self._log(tag, partial(scalar, tag, value, new_style, double_precision), global_step, walltime)

    def add_scalars(
        self,
        main_tag: str,
        tag_scalar_dict: Mapping[str, object],
        global_step: SupportsInt | None = None,
        walltime: float | None = None,
    ) -> None:
        """Log one number a key, each in the sub-run `<log_dir>/<main_tag>_<key>`, all under the tag `main_tag`.

        A `/` in `main_tag` is `_` in the sub-run's name.
        """
        with About(main_tag):
            check_tag(main_tag)
            if not isinstance(tag_scalar_dict, Mapping):
                raise TypeError(f"expected a dict of numbers, got {type(tag_scalar_dict).__name__}")
            step, when = as_step(global_step), as_wall_time(walltime)
            values = {_subrun(main_tag, key): as_float(value) for key, value in tag_scalar_dict.items()}
        for subrun, value in values.items():
            self._run.log(partial(scalar, main_tag, value), step, when, subrun)

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

    def add_image(
        self,
        tag: str,
        img_tensor: object,
        global_step: SupportsInt | None = None,
        walltime: float | None = None,
        dataformats: str = "CHW",
    ) -> None:
        """Log an image: uint8 of 0 to 255, or any other dtype of 0 to 1; 1, 3 or 4 channels; copied.

        `dataformats` is the order of the axes: any of HW, CHW, and NCHW for a batch drawn as a grid.
        """
        with About(tag):
            pixels = captured(img_tensor)
            check_layout(pixels.shape, dataformats)
        self._log(tag, partial(image, tag, pixels, dataformats), global_step, walltime, nbytes=pixels.nbytes)

    def add_images(
        self,
        tag: str,
        img_tensor: object,
        global_step: SupportsInt | None = None,
        walltime: float | None = None,
        dataformats: str = "NCHW",
    ) -> None:
        """Log a batch of images as one grid of 8 columns."""
        self.add_image(tag, img_tensor, global_step, walltime, dataformats)

    def add_text(
        self, tag: str, text_string: str, global_step: SupportsInt | None = None, walltime: float | None = None
    ) -> None:
        """Log text, which viewers show as Markdown, under the tag `<tag>/text_summary`."""
        with About(tag):
            if not isinstance(text_string, str):
                raise TypeError(f"expected a str, got {type(text_string).__name__}")
        make = partial(text, tag, text_string)
        self._log(tag, make, global_step, walltime, nbytes=len(text_string))

    def add_summary(
        self, summary: SerializableSummary, global_step: SupportsInt | None = None, walltime: float | None = None
    ) -> None:
        """Log a Summary message that was made elsewhere, by this package or by TensorBoard's."""
        with About(call="add_summary"):
            if not hasattr(summary, "SerializeToString"):
                raise TypeError(f"expected a Summary message, got {type(summary).__name__}")
            content = summary.SerializeToString()
            step, when = as_step(global_step), as_wall_time(walltime)
        self._run.log(partial(summary_pb2.Summary.FromString, content), step, when, nbytes=len(content))

    def add_hparams(
        self,
        hparam_dict: Mapping[str, object],
        metric_dict: Mapping[str, object],
        hparam_domain_discrete: Mapping[str, object] | None = None,
        run_name: str | None = None,
        global_step: SupportsInt | None = None,
    ) -> None:
        """Log a finished session's hyperparameters and its metrics, as a sub-run of its own.

        Args:
            hparam_dict: bool, number, str or None a name; None is left out.
            metric_dict: the scalars to judge the session by, a number a tag.
            hparam_domain_discrete: all values that some of the hparams can have, a list a name.
            run_name: the sub-run `<log_dir>/<run_name>`; the time of the call where None or empty.
        """
        if not isinstance(hparam_dict, Mapping) or not isinstance(metric_dict, Mapping):
            raise TypeError("hparam_dict and metric_dict should be dictionary.")
        with About(call="add_hparams"):
            for tag in metric_dict:
                check_tag(tag)
            check_run_name(run_name or "")
            makes = [
                *(partial(_made, made) for made in hparams(hparam_dict, metric_dict, hparam_domain_discrete)),
                *(partial(scalar, tag, as_float(value)) for tag, value in metric_dict.items()),
            ]
            step = as_step(global_step)
        session = self._new_run(self._directory / (run_name or str(time.time())))
        for make in makes:
            session.log(make, step, time.time())
        session.close()

    def flush(self) -> None:
        """Return when everything logged before is in the files."""
        self._run.flush()

    def close(self) -> None:
        """Flush and close the files. Logging afterwards opens new ones; closing twice does nothing."""
        self._run.close()

    def __enter__(self) -> Self:
        """The writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def _log(self, tag: str, make: Make, step: SupportsInt | None, walltime: float | None, nbytes: int = 0) -> None:
        """Queue one event for the run's own file."""
        if type(tag) is str and tag.isascii() and is_step(step) and walltime is None:  # the common case, for its speed
            self._run.log(make, step, time.time(), "", nbytes)
            return
        with About(tag):
            check_tag(tag)
            number, when = as_step(step), as_wall_time(walltime)
        self._run.log(make, number, when, "", nbytes)

    def _new_run(self, directory: Path, purge_step: int | None = None) -> RunWriter:
        return RunWriter(directory, self.max_queue, self.flush_secs, self.filename_suffix, self.start_time, purge_step)


def _default_log_dir(comment: str) -> str:
    return os.path.join("runs", f"{datetime.now():%b%d_%H-%M-%S}_{socket.gethostname()}{comment}")  # noqa: PTH118  # a str


def _subrun(main_tag: str, key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key must be a str, got {type(key).__name__}")
    name = f"{main_tag.replace('/', '_')}_{key}"
    check_run_name(name)
    return name


def _made(summary: summary_pb2.Summary) -> summary_pb2.Summary:
    return summary
