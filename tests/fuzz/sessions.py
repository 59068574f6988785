"""The target of sessions: what hparams the plugin's data hold, and everything that is made of them."""

from __future__ import annotations

import csv
import io
import re

import numpy as np
from google.protobuf.message import DecodeError
from tensorboard.plugins.hparams import plugin_data_pb2 as tb_data

from logging_lib.tfevents import plugins
from logging_lib.tfevents.hparams import (
    Experiment,
    Metric,
    SessionEnd,
    SessionStart,
    decode_hparams,
    experiment_summary,
    session_end_summary,
    session_start_summary,
)
from tests import builders
from tests.fuzz.mutation import changed_file
from tests.fuzz.target import SEPARATOR, Target, assert_harmless
from tui.analysis.hparams.axes import axis_of
from tui.analysis.hparams.correlation import associations
from tui.analysis.hparams.expression import FilterError, quoted
from tui.analysis.hparams.frame import Frame
from tui.analysis.hparams.groups import Pooling, grouped
from tui.analysis.hparams.matching import matching
from tui.analysis.hparams.measures import Measurer
from tui.analysis.hparams.ordering import SortKey, ordered
from tui.analysis.hparams.sessions import sessions_of
from tui.analysis.hparams.table import table_of
from tui.app.blobs import BlobCache
from tui.app.hparam_choices import HParamChoices
from tui.app.hparam_frames import HParamFrames
from tui.app.selection import Selection
from tui.cli.export.choice import Choice
from tui.cli.export.hparams import session_table
from tui.cli.export.lines import write_csv, write_jsonl
from tui.model import HParamsInfo, Origin, ScalarBatch, SeriesKey
from tui.render.text import printable
from tui.store.snapshot import StoreSnapshot
from tui.store.store import Store

_EVERYTHING = Choice(re.compile(""), re.compile(""))


def check_hparams(data: bytes) -> None:
    """Each part is the plugin's data of a run: as TensorBoard reads it; and any table of the sessions can be made."""
    store = Store()
    for number, content in enumerate(data.split(SEPARATOR)[:6]):
        run = f"run{number % 4}"
        try:
            found = decode_hparams(content)
        except DecodeError:
            continue
        _assert_as_tensorboard(found, content)
        if found is not None:
            store.apply(HParamsInfo(run, f"{run}/{builders.FILE_NAME}", found))
        steps = np.arange(3)
        values = np.array([0.5, number, np.nan])
        times = steps.astype(np.float64)
        store.apply(ScalarBatch(SeriesKey(run, "m/acc", plugins.SCALARS), Origin(run), steps, times, values))
    snapshot = store.snapshot()
    _check_tables(snapshot)
    _check_shown(snapshot, data[-40:].decode("utf-8", "surrogateescape"))


def _assert_as_tensorboard(found: SessionStart | SessionEnd | Experiment | None, content: bytes) -> None:
    try:
        theirs = tb_data.HParamsPluginData.FromString(content)
    except DecodeError:
        return
    match found:
        case SessionStart():
            info = theirs.session_start_info
            assert theirs.WhichOneof("data") == "session_start_info" and found.group_name == info.group_name
            assert found.hparams.keys() == dict(info.hparams).keys()
            for name, value in info.hparams.items():
                kind = value.WhichOneof("kind")
                if kind in ("bool_value", "string_value", "number_value"):
                    ours, their = found.hparams[name], getattr(value, kind)
                    assert type(ours) is type(their) and (ours == their or their != their)
        case SessionEnd():
            assert theirs.WhichOneof("data") == "session_end_info"
        case Experiment():
            assert [metric.tag for metric in found.metrics] == [m.name.tag for m in theirs.experiment.metric_infos]
            assert list(found.hparams) == [info.name for info in theirs.experiment.hparam_infos]


def _check_tables(snapshot: StoreSnapshot) -> None:
    sessions = sessions_of(snapshot)
    frame = table_of(snapshot, sessions, Measurer(), derived=True)
    assert all(len(frame.cells(column)) == len(frame) for column in frame.columns)
    metrics = frame.metrics
    if metrics and len(frame):
        associations([frame.cells(column) for column in frame.hparams], frame.cells(metrics[0]))
    for column in frame.columns[:12]:
        order = ordered(frame, [SortKey(column, descending=True)])
        assert sorted(order.tolist()) == list(range(len(frame)))
        axis = axis_of(frame, column)
        if axis is not None:
            placed = axis.places[~np.isnan(axis.places)]
            assert ((placed >= 0) & (placed <= 1)).all(), (axis.places, frame.cells(column).numbers)
    for pooling in Pooling:
        assert len(grouped(frame, pooling)) <= len(frame)
    _check_filters(frame)
    _check_files(snapshot)


def _check_shown(snapshot: StoreSnapshot, where: str) -> None:
    """What the tab shows, whatever is typed as its filter: rows of those there are, and columns with a cell in each."""
    frames, total = HParamFrames(BlobCache()), len(sessions_of(snapshot).rows)
    for pooling in (None, Pooling.BEST):
        for text in ("", where, "opt lr>"):
            choices = HParamChoices(where=text, pooling=pooling, sort=(("lr", True),), differs=pooling is None)
            shown = frames.shown(snapshot, Selection(hparams=choices))
            assert len(shown.frame) <= shown.total <= total
            assert all(len(shown.frame.cells(column)) == len(shown.frame) for column in shown.columns)
            if shown.error is not None:
                assert_harmless(printable(str(shown.error)), "error")


def _check_filters(frame: Frame) -> None:
    """Rows are found by what stands in them, whatever it is."""
    for column in frame.columns[:8]:
        cells = frame.cells(column)
        for at in range(len(cells)):
            value = cells.value(at)
            if not isinstance(value, str) or frame.find(column.full_name) != [column]:
                continue
            try:
                rows = matching(frame, f"{quoted(column.full_name)}={quoted(value)}")
            except FilterError as error:
                raise AssertionError(f"{column.full_name!r} = {value!r}: {error}") from error
            assert rows[at], (column.full_name, value)


def _check_files(snapshot: StoreSnapshot) -> None:
    """As many rows and columns are read back as were written."""
    stream = io.StringIO(newline="")
    table = session_table(snapshot, _EVERYTHING)
    rows = write_csv(stream, table, escape=False)
    names = [column.name for column in table.columns]
    read = list(csv.reader(io.StringIO(stream.getvalue(), newline=""), strict=True))
    assert read[0] == names and len(read) == rows + 1 and {len(row) for row in read} == {len(names)}
    shown = io.StringIO()
    write_jsonl(shown, session_table(snapshot, _EVERYTHING))
    for line in shown.getvalue().splitlines():
        assert_harmless(line, "JSON")


def _seeds() -> list[bytes]:
    start = session_start_summary({"lr": 0.1, "opt": "adam", "amp": True, "note": None}, group_name="g")
    other = session_start_summary({"lr": 1e-3, "opt": "", "x,y": '"'}, start_time=1.5)
    end = session_end_summary("SUCCESS", end_time=2.0)
    experiment = experiment_summary({"lr": 0.1}, [Metric("m/acc"), Metric("m/acc", "g", "Name")], domains={"lr": [0.1]})
    contents = [item.value[0].metadata.plugin_data.content for item in (start, other, end, experiment)]
    return [*contents, SEPARATOR.join(contents)]


TARGETS = (Target("hparams", check_hparams, _seeds, changed_file),)
