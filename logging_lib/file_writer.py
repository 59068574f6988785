"""FileWriter: what `SummaryWriter.file_writer` is, with the signatures of torch.utils.tensorboard.FileWriter."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, SupportsInt

from logging_lib.arguments import About, as_step, as_wall_time
from logging_lib.calls.summary import SerializableMessage, log_summary
from logging_lib.inbox import Captured

if TYPE_CHECKING:
    from collections.abc import Callable

    from logging_lib.run_writer import RunWriter
    from logging_lib.tfevents.proto import event_pb2


class FileWriter:
    """Logs messages that were made elsewhere, of any package, through a SummaryWriter's own queue and file.

    Unlike torch's it is there after `close()`, too: logging then opens a new file, as the SummaryWriter's calls do. It
    calls none of them, for those of a subclass may call this.
    """

    __slots__ = ("_directory", "_run")

    def __init__(self, run: RunWriter, directory: str) -> None:
        """Log to `run`, whose directory's name is `directory`."""
        self._run = run
        self._directory = directory

    def get_logdir(self) -> str:
        """The run's directory, as it was given."""
        return self._directory

    def add_event(
        self, event: SerializableMessage, step: SupportsInt | None = None, walltime: float | None = None
    ) -> None:
        """Log an Event message: its own step unless one is given, and the time of the call unless one is given."""
        with About(call="add_event"):
            content = _serialized(event, "Event")
            number, when = as_step(step), as_wall_time(walltime)
        self._put(_event, content, number, when)

    def add_summary(
        self, summary: SerializableMessage, global_step: SupportsInt | None = None, walltime: float | None = None
    ) -> None:
        """Log a Summary message."""
        log_summary(self._run, summary, global_step, walltime)

    def add_graph(
        self, graph_profile: tuple[SerializableMessage, SerializableMessage], walltime: float | None = None
    ) -> None:
        """Log a GraphDef message and a RunMetadata message, in this order in a tuple."""
        with About(call="add_graph"):
            graph, run_metadata = graph_profile
            contents = _serialized(graph, "GraphDef"), _serialized(run_metadata, "RunMetadata")
            when = as_wall_time(walltime)
        for make, content in zip((_graph, _run_metadata), contents, strict=True):
            self._put(make, content, None, when)

    def add_onnx_graph(self, graph: SerializableMessage, walltime: float | None = None) -> None:
        """Log a GraphDef message."""
        with About(call="add_onnx_graph"):
            content = _serialized(graph, "GraphDef")
            when = as_wall_time(walltime)
        self._put(_graph, content, None, when)

    def flush(self) -> None:
        """Return when everything logged before is in the files."""
        self._run.flush()

    def close(self) -> None:
        """Flush and close the SummaryWriter's files."""
        self._run.close()

    def reopen(self) -> None:
        """Nothing to do: what is logged after `close()` opens a new file."""

    def _put(self, make: Callable[[bytes], event_pb2.Event], content: bytes, step: int | None, walltime: float) -> None:
        self._run.put(Captured(partial(make, content), nbytes=len(content)), None, step, walltime)


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
