"""SummaryWriter.file_writer takes what torch's FileWriter takes, messages of any package."""

from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tensorboardX.proto.event_pb2
import tensorboardX.proto.summary_pb2
from tensorboard.compat.proto.config_pb2 import RunMetadata
from tensorboard.compat.proto.event_pb2 import Event, LogMessage
from tensorboard.compat.proto.graph_pb2 import GraphDef
from tensorboard.compat.proto.node_def_pb2 import NodeDef
from tensorboard.compat.proto.step_stats_pb2 import DeviceStepStats, StepStats
from tensorboard.compat.proto.summary_pb2 import Summary
from torch.utils.tensorboard import SummaryWriter as TorchWriter
from torch.utils.tensorboard import summary as torch_summary

from logging_lib import SummaryWriter
from logging_lib.tfevents.proto import summary_pb2
from tests.logging_lib.event_files import event_paths, raw_events, summaries
from tests.logging_lib.test_against_torch import written

GRAPH = GraphDef(node=[NodeDef(name="n", op="Add")])
METADATA = RunMetadata(step_stats=StepStats(dev_stats=[DeviceStepStats(device="cpu")]))
SUMMARY = Summary(value=[Summary.Value(tag="x", simple_value=0.25)])
MESSAGE = Event(step=4, log_message=LogMessage(message="hello"))


def add_hparams_by_hand(writer: Any) -> None:
    """A snippet that many projects copied: hparams in the run itself."""
    experiment, start, end = torch_summary.hparams({"lr": 0.1, "opt": "adam"}, {"loss": 1.0}, {"opt": ["adam", "sgd"]})
    writer.file_writer.add_summary(experiment)
    writer.file_writer.add_summary(start)
    writer.file_writer.add_summary(end)
    for tag, value in {"loss": 1.0}.items():
        writer.add_scalar(tag, value, 1)


CALLS: dict[str, Callable[[Any], None]] = {
    "hparams by hand": add_hparams_by_hand,
    "summary": lambda w: w.file_writer.add_summary(SUMMARY, 3),
    "by the private name": lambda w: w._get_file_writer().add_summary(SUMMARY, 3),
    "summary, positional": lambda w: w.file_writer.add_summary(SUMMARY, 3, 1.5),
    "event": lambda w: w.file_writer.add_event(MESSAGE),
    "event, another step": lambda w: w.file_writer.add_event(Event(step=4, summary=SUMMARY), 5),
    "event, step 0": lambda w: w.file_writer.add_event(Event(step=4, summary=SUMMARY), 0),
    "graph": lambda w: w.file_writer.add_graph((GRAPH, METADATA)),
    "onnx graph": lambda w: w.file_writer.add_onnx_graph(GRAPH),
    "by all writers": lambda w: w.all_writers[w.get_logdir()].add_summary(SUMMARY, 3),
}


@pytest.mark.parametrize("name", CALLS)
def test_same_events(tmp_path: Path, name: str) -> None:
    ours = written(SummaryWriter, tmp_path / "ours", CALLS[name])
    assert ours == written(TorchWriter, tmp_path / "torch", CALLS[name])
    assert len(ours["."]) > 1


def test_same_attributes(tmp_path: Path) -> None:
    with SummaryWriter(str(tmp_path)) as ours, TorchWriter(str(tmp_path)) as theirs:
        assert ours.file_writer.get_logdir() == theirs.file_writer.get_logdir() == str(tmp_path)
        assert list(ours.all_writers) == list(theirs.all_writers)
        assert ours.default_bins == theirs.default_bins


def test_wall_times(tmp_path: Path) -> None:
    before = time.time()
    with SummaryWriter(tmp_path) as writer:
        writer.file_writer.add_event(Event(wall_time=7.0, summary=SUMMARY))
        writer.file_writer.add_event(Event(wall_time=7.0, summary=SUMMARY), walltime=8.5)
        writer.file_writer.add_summary(SUMMARY, walltime=9.5)
        writer.file_writer.add_graph((GRAPH, METADATA), 10.5)
        writer.file_writer.add_onnx_graph(GRAPH, walltime=11.5)
    first, *others = [event.wall_time for event in raw_events(tmp_path)[1:]]
    assert before <= first <= time.time()
    assert others == [8.5, 9.5, 10.5, 10.5, 11.5]


@pytest.mark.parametrize("package", [tensorboardX.proto.summary_pb2, summary_pb2])
def test_messages_of_other_packages(tmp_path: Path, package: Any) -> None:
    theirs = package.Summary(value=[package.Summary.Value(tag="x", simple_value=0.25)])
    with SummaryWriter(tmp_path) as writer:
        writer.file_writer.add_summary(theirs, 1)
    assert summaries(tmp_path)[0].summary == SUMMARY


def test_events_of_tensorboardx(tmp_path: Path) -> None:
    theirs = tensorboardX.proto.event_pb2.Event.FromString(Event(step=4, summary=SUMMARY).SerializeToString())
    with SummaryWriter(tmp_path) as writer:
        writer.file_writer.add_event(theirs)
    (event,) = summaries(tmp_path)
    assert (event.step, event.summary) == (4, SUMMARY)


def test_later_changes_do_not_reach_what_was_logged(tmp_path: Path) -> None:
    event = Event(summary=SUMMARY)
    with SummaryWriter(tmp_path, flush_secs=3600) as writer:
        writer.file_writer.add_event(event)
        event.summary.value[0].tag = "changed"
    assert summaries(tmp_path)[0].summary == SUMMARY


def test_flush_and_close_are_the_writers(tmp_path: Path) -> None:
    """Unlike torch's it stays there, and opens a new file, as the writer does."""
    writer = SummaryWriter(tmp_path, flush_secs=3600)
    writer.add_scalars("m", {"k": 1.0}, 1)
    writer.file_writer.add_summary(SUMMARY)
    writer.file_writer.flush()
    assert (len(summaries(tmp_path)), len(summaries(tmp_path / "m_k"))) == (1, 1)
    writer.file_writer.close()
    writer.file_writer.close()
    writer.file_writer.reopen()  # fails in torch
    writer.file_writer.add_summary(SUMMARY)
    writer.close()
    assert (len(event_paths(tmp_path)), len(summaries(tmp_path))) == (2, 2)


def test_it_holds_nothing_that_only_a_garbage_collection_frees(tmp_path: Path) -> None:
    writer = SummaryWriter(tmp_path)
    writer.file_writer.add_summary(SUMMARY)
    alive = weakref.ref(writer)
    gc.disable()
    try:
        del writer
        assert alive() is None
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda f: f.add_event(5), TypeError, "add_event: expected a message Event, got int"),
        (lambda f: f.add_event(SUMMARY), TypeError, "add_event: expected a message Event, got Summary"),
        (lambda f: f.add_event(MESSAGE, float("nan")), ValueError, "add_event: cannot convert float NaN"),
        (lambda f: f.add_event(MESSAGE, 1, "noon"), ValueError, "add_event: .*'noon'"),
        (lambda f: f.add_summary(None), TypeError, "add_summary: expected a Summary message, got NoneType"),
        (lambda f: f.add_graph(GRAPH), TypeError, "add_graph: "),
        (lambda f: f.add_graph((GRAPH, GRAPH)), TypeError, "add_graph: expected a message RunMetadata, got GraphDef"),
        (lambda f: f.add_onnx_graph("file.onnx"), TypeError, "add_onnx_graph: expected a message GraphDef, got str"),
    ],
)
def test_bad_arguments_raise_at_the_call(tmp_path: Path, call: Any, error: type[Exception], message: str) -> None:
    with SummaryWriter(tmp_path) as writer, pytest.raises(error, match=f"^{message}"):
        call(writer.file_writer)
    assert len(raw_events(tmp_path)) == 1
