"""The files that one background writer delivers to: a Delivery a sub-run, and one report of all their trouble."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from logging_lib.delivery import Delivery, Report
from logging_lib.encoding import Records
from logging_lib.event_file import EventFile
from logging_lib.telling import warn


class Deliveries:
    """Sends records where they belong. Not for several threads at once; never raises for what a disk does."""

    def __init__(self, open_file: Callable[[str], EventFile]) -> None:
        """Make no file yet.

        Args:
            open_file: the event file of a sub-run, "" for the run itself; called once each.
        """
        self._open_file = open_file
        self._by_subrun: dict[str, Delivery] = {}
        self._warned = self._stumbled = False
        self.report = Report()

    def of(self, subrun: str) -> Delivery:
        """Where the records of a sub-run go."""
        if subrun not in self._by_subrun:
            self._by_subrun[subrun] = Delivery(self._open_file(subrun), self.report)
        return self._by_subrun[subrun]

    @property
    def any_waits(self) -> bool:
        """Whether some event waits for another try."""
        return any(delivery.waiting for delivery in self._by_subrun.values())

    def send(self, by_subrun: Mapping[str, Records]) -> None:
        """Append records, those of each sub-run to its file."""
        for subrun, records in by_subrun.items():
            self.of(subrun).send(b"".join(records.parts), records.count)

    def retry(self) -> None:
        """Try again what waits."""
        for delivery in self._by_subrun.values():
            if delivery.waiting:
                delivery.retry()

    def sync(self) -> bool:
        """Whether all that was sent is on the disk now."""
        failed = False
        for delivery in self._by_subrun.values():
            try:
                delivery.sync()
            except OSError:  # of which the delivery has told
                failed = True
        return not failed

    def lose_one(self, subrun: str, error: Exception) -> None:
        """Count an event that cannot be encoded; the first is told of."""
        if not self._warned:
            self._warned = True
            reason, where = str(error) or type(error).__name__, self.of(subrun).directory
            warn("cannot log to %s: %s (training goes on; such events are lost)", where, reason)
        self.report.lose(1)

    def lose_some(self, count: int, error: Exception) -> None:
        """Count events that were in hand when something failed that should not; the first time is told of."""
        if not self._stumbled:
            self._stumbled = True
            reason, where = f"{type(error).__name__}: {error}", self.of("").directory
            warn("writing to %s failed: %s (training goes on; %d events are lost)", where, reason, count)
        self.report.lose(count)

    def close(self) -> None:
        """Close the files, and tell how much was lost."""
        for delivery in self._by_subrun.values():
            delivery.close()
        self.report.close()

    def disown(self) -> None:
        """In a forked child: leave the files to the parent."""
        self.report = Report()
        for delivery in self._by_subrun.values():
            delivery.disown()
