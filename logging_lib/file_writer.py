"""FileWriter: what `SummaryWriter.file_writer` is, with the signatures of torch.utils.tensorboard.FileWriter."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, SupportsInt

from logging_lib.arguments import About, as_step, as_wall_time
from logging_lib.calls.summary import SerializableMessage

if TYPE_CHECKING:
    from logging_lib.tfevents.proto import event_pb2
    from logging_lib.writer import SummaryWriter


class FileWriter:
    """Logs messages that were made elsewhere, of any package, through a SummaryWriter's own queue and file.

    Unlike torch's it is there after `close()`, too: logging then opens a new file, as the SummaryWriter's calls do.
    """

    __slots__ = ("_writer",)

    def __init__(self, writer: SummaryWriter) -> None:
        self._writer = writer

    def get_logdir(self) -> str:
        """The run's directory."""
        return str(self._writer.log_dir)

    def add_event(
        self, event: SerializableMessage, step: SupportsInt | None = None, walltime: float | None = None
    ) -> None:
        """Log an Event message: its own step unless one is given, and the time of the call unless one is given."""
        with About(call="add_event"):
            content = _serialized(event, "Event")
            number, when = as_step(step), as_wall_time(walltime)
        self._writer._log("", partial(_event, content), number, when, nbytes=len(content))

    def add_summary(
        self, summary: SerializableMessage, global_step: SupportsInt | None = None, walltime: float | None = None
    ) -> None:
        """Log a Summary message."""
        self._writer.add_summary(summary, global_step, walltime)

    def add_graph(
        self, graph_profile: tuple[SerializableMessage, SerializableMessage], walltime: float | None = None
    ) -> None:
        """Log a GraphDef message and a RunMetadata message, in this order in a tuple."""
        with About(call="add_graph"):
            graph, run_metadata = graph_profile
            contents = _serialized(graph, "GraphDef"), _serialized(run_metadata, "RunMetadata")
            when = as_wall_time(walltime)
        for make, content in zip((_graph, _run_metadata), contents, strict=True):
            self._writer._log("", partial(make, content), None, when, nbytes=len(content))

    def add_onnx_graph(self, graph: SerializableMessage, walltime: float | None = None) -> None:
        """Log a GraphDef message."""
        with About(call="add_onnx_graph"):
            content = _serialized(graph, "GraphDef")
            when = as_wall_time(walltime)
        self._writer._log("", partial(_graph, content), None, when, nbytes=len(content))

    def flush(self) -> None:
        """Return when everything logged before is in the files."""
        self._writer.flush()

    def close(self) -> None:
        """Flush and close the SummaryWriter's files."""
        self._writer.close()

    def reopen(self) -> None:
        """Nothing to do: what is logged after `close()` opens a new file."""


def _serialized(message: SerializableMessage, name: str) -> bytes:
    """The bytes of a message of this name; parsed as another one they would make some sense."""
    if getattr(getattr(message, "DESCRIPTOR", None), "name", "") != name:
        raise TypeError(f"expected a message {name}, got {type(message).__name__}")
    return message.SerializeToString()


def _event(content: bytes) -> event_pb2.Event:
    from logging_lib.tfevents.proto import event_pb2

    return event_pb2.Event.FromString(content)


def _graph(content: bytes) -> event_pb2.Event:
    from logging_lib.tfevents.proto import event_pb2

    return event_pb2.Event(graph_def=content)


def _run_metadata(content: bytes) -> event_pb2.Event:
    from logging_lib.tfevents.proto import event_pb2

    return event_pb2.Event(tagged_run_metadata=event_pb2.TaggedRunMetadata(tag="step1", run_metadata=content))
