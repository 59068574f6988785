"""What was logged and is still in memory: a list that the calls extend and one thread empties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from logging_lib.tfevents.proto import event_pb2, summary_pb2

# What builds one event, behind the queue; None where it wrote other files and there is nothing to append.
Make: TypeAlias = "Callable[[], summary_pb2.Summary | event_pb2.Event | None]"

ENTRY = 4
# The limit of an inbox that nobody empties: every call then attends to it.
NOBODY = -1


@dataclass(slots=True)
class Captured:
    """A value on its way to the file of a sub-run ("" for the run's own): `make` builds its summary, or an event.

    `nbytes` is about what it holds in memory.
    """

    make: Make
    subrun: str = ""
    nbytes: int = 0


class Inbox(list[Any]):
    """Events in the order of the calls, ENTRY items each: what, value, step (int or None), wall time (epoch seconds).

    `what` is a tag, for a scalar of the run's own file; a pair of sub-run and tag, for one of a sub-run's; or a
    Captured, whose value is None. Flat, because a tuple an event is what Python's garbage collector would count and
    visit; a list, because one `extend` in the calling thread is a tenth of a queue's `put`. Every operation here is
    atomic in CPython, so that calls need no lock.

    A call that finds more than `limit` items after it added its own is to attend to it: wake the thread, open a file,
    or wait (`RunWriter.attend`). `nbytes_in` counts what was added, under the lock of who adds; `nbytes_out` what was
    done with, by who takes.
    """

    __slots__ = ("limit", "nbytes_in", "nbytes_out")

    def __init__(self) -> None:
        super().__init__()
        self.limit = NOBODY
        self.nbytes_in = 0
        self.nbytes_out = 0

    @property
    def nbytes(self) -> int:
        """About the bytes of captured values that are not written yet, those in the thread's hands included."""
        return self.nbytes_in - self.nbytes_out

    def take(self) -> list[Any]:
        """All that is in here, which is now the caller's; not from two threads at once."""
        taken = self[: len(self)]
        del self[: len(taken)]
        return taken

    def done(self, taken: list[Any]) -> None:
        """What was taken is written, or lost."""
        self.nbytes_out += sum(what.nbytes for what in taken[::ENTRY] if type(what) is Captured)

    def forget(self) -> None:
        """In a forked child: all of this is the parent's to write."""
        self.clear()
        self.limit = NOBODY
        self.nbytes_in = self.nbytes_out = 0
