"""SummaryWriter.add_summary."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol, SupportsInt

from logging_lib.arguments import About, as_step, as_wall_time
from logging_lib.calls.sink import EventSink
from logging_lib.inbox import Captured

if TYPE_CHECKING:
    from logging_lib.run_writer import RunWriter
    from logging_lib.tfevents.proto import summary_pb2


class SerializableMessage(Protocol):
    """A protobuf message of any package: ours, tensorboard's, tensorflow's."""

    def SerializeToString(self) -> bytes:  # noqa: N802  # protobuf's name
        """The message's bytes."""


class SummaryCalls(EventSink):
    """Messages made elsewhere."""

    def add_summary(
        self, summary: SerializableMessage, global_step: SupportsInt | None = None, walltime: float | None = None
    ) -> None:
        """Log a Summary message that was made elsewhere, by this package or by TensorBoard's."""
        log_summary(self._run_writer, summary, global_step, walltime)


def log_summary(
    run: RunWriter, summary: SerializableMessage, global_step: SupportsInt | None, walltime: float | None
) -> None:
    """What `add_summary` does, for the FileWriter, too."""
    with About(call="add_summary"):
        if not hasattr(summary, "SerializeToString"):
            raise TypeError(f"expected a Summary message, got {type(summary).__name__}")
        content = summary.SerializeToString()
        step, when = as_step(global_step), as_wall_time(walltime)
    run.put(Captured(partial(_parsed, content), nbytes=len(content)), None, step, when)


def _parsed(content: bytes) -> summary_pb2.Summary:
    from logging_lib.tfevents.proto import summary_pb2

    return summary_pb2.Summary.FromString(content)
