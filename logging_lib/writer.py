"""SummaryWriter, with torch.utils.tensorboard's signatures: where it writes, and what ends it; the calls are in calls/.

Every add_* method raises TypeError or ValueError, with the tag in its message, for what can never be written; what
fails later (a full disk) is a logged warning, because logging must not end a training.
"""

from __future__ import annotations

import os
import socket
from datetime import datetime
from functools import cached_property
from pathlib import Path
from time import time
from types import TracebackType
from typing import Any, Self, SupportsInt

from logging_lib.arguments import About, as_step, as_wall_time, check_number, check_tag, is_step
from logging_lib.calls.every import EveryCall
from logging_lib.file_writer import FileWriter
from logging_lib.inbox import Captured, Make
from logging_lib.run_writer import DiscardingRun, OnFull, RunWriter
from logging_lib.untraced import keep_untraced


class SummaryWriter(EveryCall):
    """Writes event files for TensorBoard and tbtui.

    Safe to use from several threads. What was logged is in the file at most `flush_secs` later. A pickled writer is
    its directory and options: the copy writes a file of its own beside the original's.
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] | None = None,
        comment: str = "",
        purge_step: int | None = None,
        max_queue: int = 10,
        flush_secs: float = 1,
        filename_suffix: str = "",
        write_to_disk: bool = True,
        *,
        logdir: str | os.PathLike[str] | None = None,
        on_full: OnFull = "block",
        start_time: float | None = None,
    ) -> None:
        """Create the directory and an event file in it.

        Args:
            log_dir: the run's directory; `runs/<date>_<time>_<host><comment>` where None or empty.
            comment: ends the default directory's name.
            purge_step: a restarted training's first step; TensorBoard hides what was logged before at later steps.
            max_queue: events that may wait behind the calls before a call waits for the disk; at least 10,000.
            flush_secs: seconds until what was logged is in the file.
            filename_suffix: ends every event file's name.
            write_to_disk: False checks what is logged and writes nothing, as all ranks but the first should.
            logdir: tensorboardX's name for log_dir.
            on_full: what a call does that finds the queue full: "block" until there is room, or "drop" its event; a
                warning tells that some were dropped, and at the close how many.
            start_time: epoch seconds at which the files are said to start, instead of now: for one who brings in
                what happened earlier, with `walltime` on each call, and does not want it to look recent.

        Raises:
            OSError: the directory or the file cannot be created.
            TypeError, ValueError: an option that means nothing.
        """
        if log_dir and logdir:
            raise TypeError("log_dir and logdir are two names of one option; give one of them")
        if on_full not in ("block", "drop"):
            raise ValueError(f'on_full is {on_full!r}, neither "block" nor "drop"')
        self.log_dir = log_dir or logdir or _default_log_dir(comment)
        if "://" in os.fspath(self.log_dir):
            raise ValueError(f"event files are written to local directories only, not to {os.fspath(self.log_dir)}")
        check_number("max_queue", max_queue)
        check_number("flush_secs", flush_secs)
        self.purge_step = purge_step
        self.max_queue = max_queue
        self.flush_secs = flush_secs
        self.filename_suffix = filename_suffix
        self.write_to_disk = write_to_disk
        self.on_full = on_full
        self.start_time = start_time
        self._run_directory = Path(self.log_dir).absolute()  # the job may change its working directory
        self._begin_run()
        self._run_writer.create(None if purge_step is None else as_step(purge_step))

    @cached_property  # and not a property, for subclasses of torch's set it
    def logdir(self) -> str | os.PathLike[str]:
        """The run's directory, as it was given; tensorboardX's name for `log_dir`."""
        return self.log_dir

    def get_logdir(self) -> str | os.PathLike[str]:
        """The run's directory, as it was given."""
        return self.log_dir

    def _get_file_writer(self) -> FileWriter:
        """`file_writer`, by the name that copied code has it under, and which has it even if a subclass set it to None.

        Logs messages that were made elsewhere to the run's own file. `all_writers` has it by its directory; flushing or
        closing it does so for the sub-runs' files, too.
        """
        return self.file_writer or FileWriter(self._run_writer, str(self.log_dir))

    def flush(self, sync: bool = False) -> bool:
        """Return when everything logged before is in the files: the program may be killed now.

        With `sync` it is on the disk as well, as far as the disk tells: the machine may lose power now. Never raises;
        False where something is not there, because it waits for a full disk, say, or is lost. A warning tells why.
        """
        return self._run_writer.flush(sync)

    def close(self) -> None:
        """Flush and close the files. Logging afterwards opens new ones; closing twice does nothing."""
        self._stop_system()
        self._run_writer.close()

    def __enter__(self) -> Self:
        """The writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def __getstate__(self) -> dict[str, Any]:
        """The options: what is queued and open is this process's."""
        return {name: value for name, value in self.__dict__.items() if name not in _OWN} | {"purge_step": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """A writer in the same directory; its file is created by the first event."""
        self.__dict__.update(state)
        self._begin_run()

    def _begin_run(self) -> None:
        keep_untraced(SummaryWriter, FileWriter)
        self._run_writer = self._new_run(self._run_directory)
        self._run_inbox = self._run_writer.inbox
        self.file_writer = FileWriter(self._run_writer, str(self.log_dir))
        self.all_writers = {self.file_writer.get_logdir(): self.file_writer}
        self._known_tags: set[str] = set()

    def _log_event(
        self,
        tag: object,
        make: Make,
        step: SupportsInt | None,
        walltime: float | None = None,
        nbytes: int = 0,
        subrun: str = "",
    ) -> None:
        if not (type(tag) is str and tag.isascii() and is_step(step) and walltime is None):  # else nothing to check
            with About(tag):
                check_tag(tag)
                step, walltime = as_step(step), as_wall_time(walltime)
        self._run_writer.put(Captured(make, subrun, nbytes), None, step, time() if walltime is None else walltime)

    def _new_run(self, directory: Path) -> RunWriter:
        kind = RunWriter if self.write_to_disk else DiscardingRun
        return kind(directory, self.max_queue, self.flush_secs, self.filename_suffix, self.start_time, self.on_full)

    def _written_paths(self) -> list[tuple[str, Path]]:
        return self._run_writer.paths


# What a copy in another process makes anew.
_OWN = {"_run_writer", "_run_inbox", "_known_tags", "_system_logger", "_system_started", "file_writer", "all_writers"}


def _default_log_dir(comment: str) -> str:
    return os.path.join("runs", f"{datetime.now():%b%d_%H-%M-%S}_{socket.gethostname()}{comment}")  # noqa: PTH118  # a str
