"""SummaryWriter, with torch.utils.tensorboard's signatures: checks and captures arguments, and queues them.

Every add_* method raises TypeError or ValueError, with the tag in its message, for what can never be written; what
fails later (a full disk) is a logged warning, because logging must not end a training.
"""

from __future__ import annotations

import os
import socket
import time
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, SupportsInt

from logging_lib.arguments import About, as_step, as_wall_time, check_tag, is_step
from logging_lib.arrays import as_float
from logging_lib.background import Make
from logging_lib.calls.histogram import HistogramCalls
from logging_lib.calls.hparams import HParamsCalls
from logging_lib.calls.image import ImageCalls
from logging_lib.calls.scalar import ScalarCalls
from logging_lib.calls.text import TextCalls
from logging_lib.run_writer import RunWriter
from logging_lib.summary.scalar import scalar
from logging_lib.tfevents.proto import summary_pb2


class SerializableSummary(Protocol):
    """A Summary message of any package: ours, tensorboard's, tensorflow's."""

    def SerializeToString(self) -> bytes:  # noqa: N802  # protobuf's name
        """The message's bytes."""


class SummaryWriter(ScalarCalls, HistogramCalls, ImageCalls, TextCalls, HParamsCalls):
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

    def _log(
        self,
        tag: object,
        make: Make,
        step: SupportsInt | None,
        walltime: float | None = None,
        nbytes: int = 0,
        subrun: str = "",
    ) -> None:
        if type(tag) is str and tag.isascii() and is_step(step) and walltime is None:  # the common case, for its speed
            self._run.log(make, step, time.time(), subrun, nbytes)
            return
        with About(tag):
            check_tag(tag)
            number, when = as_step(step), as_wall_time(walltime)
        self._run.log(make, number, when, subrun, nbytes)

    def _new_run(self, directory: Path, purge_step: int | None = None) -> RunWriter:
        return RunWriter(directory, self.max_queue, self.flush_secs, self.filename_suffix, self.start_time, purge_step)


def _default_log_dir(comment: str) -> str:
    return os.path.join("runs", f"{datetime.now():%b%d_%H-%M-%S}_{socket.gethostname()}{comment}")  # noqa: PTH118  # a str
