"""SummaryWriter, with torch.utils.tensorboard's signatures: checks and captures arguments, and queues them.

Every add_* method raises TypeError or ValueError, with the tag in its message, for what can never be written; what
fails later (a full disk) is a logged warning, because logging must not end a training.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Any, Protocol, Self, SupportsInt

import numpy.typing as npt

from logging_lib.arrays import as_float, captured
from logging_lib.background import BackgroundWriter, Pending
from logging_lib.event_file import FILE_VERSION, EventFile
from logging_lib.summary import hparams as hparams_summary
from logging_lib.summary.histogram import checked_bins, histogram
from logging_lib.summary.image import check_layout, image
from logging_lib.summary.scalar import scalar
from logging_lib.summary.text import text
from logging_lib.tfevents.proto import event_pb2, summary_pb2

_INT64 = 1 << 63
_Make = Callable[[], summary_pb2.Summary | event_pb2.Event]


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
        self._opening = threading.RLock()
        self._files: _Files | None = None
        self._open()

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
            with _about(tag):
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
        walltime = time.time() if walltime is None else walltime
        with _about(main_tag):
            values = {key: as_float(value) for key, value in tag_scalar_dict.items()}
        for key, value in values.items():
            subrun = f"{main_tag.replace('/', '_')}_{key}"
            self._log(main_tag, partial(scalar, main_tag, value), global_step, walltime, subrun=subrun)

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
        with _about(tag):
            array = captured(values)
            if not array.size:
                raise ValueError("no values")
            if array.dtype.kind == "c":
                raise TypeError("expected real numbers, got complex ones")
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
        with _about(tag):
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
        if not isinstance(text_string, str):
            raise TypeError(f"tag {tag!r}: expected a str, got {type(text_string).__name__}")
        make = partial(text, tag, text_string)
        self._log(tag, make, global_step, walltime, nbytes=len(text_string))

    def add_summary(
        self, summary: SerializableSummary, global_step: SupportsInt | None = None, walltime: float | None = None
    ) -> None:
        """Log a Summary message that was made elsewhere, by this package or by TensorBoard's."""
        content = summary.SerializeToString()
        make = partial(summary_pb2.Summary.FromString, content)
        self._log("", make, global_step, walltime, nbytes=len(content))

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
        summaries = hparams_summary.hparams(hparam_dict, metric_dict, hparam_domain_discrete)
        with _about("hparams"):
            metrics = {tag: as_float(value) for tag, value in metric_dict.items()}
        with SummaryWriter(os.path.join(self.log_dir, run_name or str(time.time()))) as session:  # noqa: PTH118  # str or path
            for summary in summaries:
                session.add_summary(summary, global_step)
            for tag, value in metrics.items():
                session.add_scalar(tag, value, global_step)

    def flush(self) -> None:
        """Return when everything logged before is in the files."""
        if (files := self._files) is not None:
            files.background.flush()

    def close(self) -> None:
        """Flush and close the files. Logging afterwards opens new ones; closing twice does nothing."""
        with self._opening:
            files, self._files = self._files, None
        if files is not None:
            files.finalizer.detach()
            files.background.close()

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
        tag: str,
        make: _Make,
        step: SupportsInt | None,
        walltime: float | None,
        *,
        subrun: str = "",
        nbytes: int = 0,
    ) -> None:
        """Queue one event for the main file, or for a sub-run's."""
        _check_tag(tag)
        number = None if step is None else _checked_step(tag, step)
        when = time.time() if walltime is None else float(walltime)
        while True:
            files = self._files or self._open()
            file = files.main if not subrun else self._subrun(files, subrun)
            if files.background.put(Pending(file, when, number, make, nbytes)):
                return
            # Another thread has closed these files since; the next turn opens new ones.

    def _open(self) -> _Files:
        with self._opening:
            if self._files is None:
                main = self._new_file(os.fspath(self.log_dir))
                main.open()
                background = BackgroundWriter(main, self.max_queue, self.flush_secs)
                finalizer = weakref.finalize(self, background.abandon)
                finalizer.atexit = False  # at exit the background closes itself, and waits for it
                self._files = _Files(background, main, {}, finalizer)
                self._purge(self._files)
            return self._files

    def _subrun(self, files: _Files, name: str) -> EventFile:
        """The file of a sub-run; the background creates it with its first event."""
        if name not in files.subruns:
            new = self._new_file(os.path.join(self.log_dir, name))  # noqa: PTH118  # str or path
            files.subruns.setdefault(name, new)
        return files.subruns[name]

    def _new_file(self, directory: str) -> EventFile:
        return EventFile(directory, self.filename_suffix, self.start_time)

    def _purge(self, files: _Files) -> None:
        """Tell TensorBoard where a restarted training begins; once, not after a close."""
        if self.purge_step is None:
            return
        step, self.purge_step = int(self.purge_step), None
        start = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
        for event in (event_pb2.Event(file_version=FILE_VERSION), event_pb2.Event(session_log=start)):
            files.background.put(Pending(files.main, time.time(), step, partial(_made, event)))


@dataclass(slots=True)
class _Files:
    """What is open between the first event and close()."""

    background: BackgroundWriter
    main: EventFile
    subruns: dict[str, EventFile]
    finalizer: weakref.finalize[..., Any]


def _default_log_dir(comment: str) -> str:
    return os.path.join("runs", f"{datetime.now():%b%d_%H-%M-%S}_{socket.gethostname()}{comment}")  # noqa: PTH118  # a str


@contextlib.contextmanager
def _about(tag: object) -> Iterator[None]:
    """Put the tag in front of an error's message."""
    try:
        yield
    except TypeError as error:
        raise TypeError(f"tag {tag!r}: {error}") from error
    except ValueError as error:
        raise ValueError(f"tag {tag!r}: {error}") from error


def _check_tag(tag: object) -> None:
    if not isinstance(tag, str):
        raise TypeError(f"a tag must be a str, got {type(tag).__name__}")
    if not tag.isascii():
        tag.encode()  # the file stores UTF-8; a lone surrogate raises UnicodeEncodeError, a ValueError


def _checked_step(tag: str, step: SupportsInt) -> int:
    if type(step) is not int:
        with _about(tag):
            step = int(step)
    if not -_INT64 <= step < _INT64:
        raise ValueError(f"tag {tag!r}: step {step} does not fit in 64 bits")
    return step


def _made(event: event_pb2.Event) -> event_pb2.Event:
    return event
