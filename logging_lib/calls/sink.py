"""What the calls of every kind stand on: where they queue what they captured."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import SupportsInt

from logging_lib.inbox import Inbox, Make
from logging_lib.run_writer import OnFull, RunWriter


class EventSink(ABC):
    """A run being logged to."""

    on_full: OnFull
    write_to_disk: bool
    _run_directory: Path  # the run's, absolute
    _run_writer: RunWriter
    _run_inbox: Inbox  # the run's
    _known_tags: set[str]  # which are fine, and whose scalars may go straight to the inbox

    @abstractmethod
    def _log_event(
        self,
        tag: object,
        make: Make,
        step: SupportsInt | None,
        walltime: float | None = None,
        nbytes: int = 0,
        subrun: str = "",
    ) -> None:
        """Queue one event for the run's own file, or for that of the sub-run `<log_dir>/<subrun>`.

        Args:
            tag: the tag of what is logged; checked here, and named in errors.
            make: builds the summary, or an event that is no summary, on the writer's thread; None where there is
                nothing to append. It must hold copies: what the caller passed may change meanwhile.
            step: any whole number; None for no step.
            walltime: epoch seconds; now where None.
            nbytes: about the bytes that `make` holds captured, beyond a few hundred.

        Raises:
            TypeError, ValueError: tag, step or walltime can never be written; the message names the tag.
        """

    @abstractmethod
    def _new_run(self, directory: Path) -> RunWriter:
        """A writer of another run, with this one's options; the caller closes it."""

    @abstractmethod
    def flush(self, sync: bool = False) -> bool:
        """Return when everything logged before is in the files."""

    @abstractmethod
    def _written_paths(self) -> list[tuple[str, Path]]:
        """The files that this writer wrote so far, each with the name of its sub-run ("" for the run itself)."""
