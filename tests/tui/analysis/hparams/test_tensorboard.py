"""Sessions, hparams and metrics agree with those of TensorBoard's own backend on the same logdirs."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
from tensorboard.context import RequestContext
from tensorboard.plugins.base_plugin import TBContext
from tensorboard.plugins.hparams import api_pb2
from tensorboard.plugins.hparams.backend_context import Context
from tensorboard.plugins.hparams.list_session_groups import Handler

from logging_lib.tfevents.hparams import HParam, Metric, SessionStart, experiment_summary
from logging_lib.tfevents.proto import event_pb2
from tests import builders
from tests.tui.analysis.hparams.snapshots import table, values
from tui.analysis.hparams.groups import Pooling, grouped
from tui.analysis.hparams.sessions import sessions_of
from tui.ingest.ingester import Ingester
from tui.reader.named_logdir import LogDir
from tui.store.snapshot import StoreSnapshot

CORPUS = Path(__file__).parents[5] / "shared" / "corpus"
LOGDIRS = [CORPUS / "DatavAId+N-BEATS", CORPUS / "TheCodeheadMT+TensorBoard-Tutorial" / "archive"]
STATUSES = [api_pb2.STATUS_UNKNOWN, api_pb2.STATUS_SUCCESS, api_pb2.STATUS_FAILURE, api_pb2.STATUS_RUNNING]


def tensorboards(logdir: Path) -> list[Any]:
    """TensorBoard's session groups, their metrics averaged."""
    multiplexer = EventMultiplexer()
    multiplexer.AddRunsFromDirectory(str(logdir))
    multiplexer.Reload()
    context = TBContext(
        logdir=str(logdir), multiplexer=multiplexer, data_provider=MultiplexerDataProvider(multiplexer, str(logdir))
    )
    request = api_pb2.ListSessionGroupsRequest(
        allowed_statuses=STATUSES, slice_size=10_000, aggregation_type=api_pb2.AGGREGATION_AVG
    )
    return list(Handler(RequestContext(), Context(context), "0", request).run().session_groups)


def plain(value: Any) -> HParam:
    kind = value.WhichOneof("kind")
    return None if kind in (None, "null_value") else getattr(value, kind)


def ends_of(file: bytes, first: int = 50, last: int = 500) -> bytes:
    """The first and last records of an event file: TensorBoard takes a second to read ten thousand."""
    starts = [0]
    while starts[-1] < len(file):
        (length,) = struct.unpack_from("<Q", file, starts[-1])
        starts.append(starts[-1] + 8 + 4 + length + 4)
    if len(starts) <= first + last:
        return file
    return file[: starts[first]] + file[starts[-1 - last] :]


def metric_name(metric: Any) -> tuple[str, str]:
    return metric.name.group, metric.name.tag


def agree(logdir: Path) -> StoreSnapshot:
    """Assert that both tell the same of a logdir."""
    read = Ingester([LogDir("", logdir)]).read_all()
    groups = tensorboards(logdir)
    assert groups
    theirs = {session.name: (group, session) for group in groups for session in group.sessions}
    sessions = sessions_of(read)
    assert sorted(session.run for session in sessions.rows) == sorted(theirs)
    frame = table(read)
    for at, row in enumerate(frame.rows):
        group, session = theirs[row.name]
        assert row.group == group.name
        hparams = {c.name: frame.cells(c).value(at) for c in frame.hparams if frame.cells(c).present[at]}
        assert hparams == {name: plain(value) for name, value in group.hparams.items() if plain(value) is not None}
        of_metric = {(c.metric.group, c.metric.tag): frame.cells(c).value(at) for c in frame.metrics if c.metric}
        for metric in session.metric_values:
            assert of_metric[metric_name(metric)] == pytest.approx(metric.value, rel=1e-6), metric.name
        declared = {(m.group, m.tag) for m in sessions.metrics}
        known = {place for place, value in of_metric.items() if value is not None and place in declared}
        assert known >= {metric_name(metric) for metric in session.metric_values}
    means = grouped(frame, Pooling.MEAN)
    assert len(means) == len(groups)
    of_group = {group.name: group for group in groups}
    for at, row in enumerate(means.rows):
        for metric in of_group[row.group].metric_values:
            (column,) = [c for c in means.metrics if c.metric and (c.metric.group, c.metric.tag) == metric_name(metric)]
            assert means.cells(column).value(at) == pytest.approx(metric.value, rel=1e-6)
    return read


@pytest.mark.parametrize("logdir", LOGDIRS, ids=lambda path: path.name)
def test_the_corpus(logdir: Path, tmp_path: Path) -> None:
    if not logdir.is_dir():
        pytest.skip("there is no corpus beside this checkout")
    copy = tmp_path / "logs"
    for path in logdir.rglob("*tfevents*"):
        kept = copy / path.relative_to(logdir)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(ends_of(path.read_bytes()))
    agree(copy)


def test_groups_and_sub_runs(tmp_path: Path) -> None:
    declared = experiment_summary({"lr": 1.0}, [Metric("loss"), Metric("acc", "val"), Metric("never")])
    builders.write(tmp_path / builders.FILE_NAME, [event_pb2.Event(summary=declared)])
    for number, (group, lr) in enumerate([("g", 0.1), ("g", 0.1), ("", 0.2)]):
        start = SessionStart({"lr": lr, "opt": "adam", "on": True}, group)
        loss = builders.scalar_event("loss", 1, 0.5 + number), builders.scalar_event("loss", 2, 0.25 + number)
        builders.write(tmp_path / f"r{number}" / builders.FILE_NAME, [builders.session_start(start), *loss])
        builders.write(tmp_path / f"r{number}" / "val" / builders.FILE_NAME, [builders.scalar_event("acc", 1, 1 / 4)])
    read = agree(tmp_path)
    assert values(table(read), "val/acc") == [0.25, 0.25, 0.25]


def test_metrics_that_nobody_declared(tmp_path: Path) -> None:
    for number in range(2):
        start = builders.session_start(SessionStart({"lr": float(number)}))
        builders.write(tmp_path / f"r{number}" / builders.FILE_NAME, [start, builders.scalar_event("loss", 1, 2.5)])
        builders.write(tmp_path / f"r{number}" / "val" / builders.FILE_NAME, [builders.scalar_event("acc", 1, 1 / 4)])
    read = agree(tmp_path)
    assert [metric.name for metric in sessions_of(read).metrics] == ["loss", "val/acc"]
