"""SummaryWriter read back with the real tensorboard package, and its errors."""

from __future__ import annotations

import io
import os
import re
import socket
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.hparams import metadata as hparams_metadata
from tensorboard.util import tensor_util

from logging_lib import SummaryWriter
from tests.logging_lib.event_files import event_paths, raw_events, shown_events, summaries
from tests.missing import Package

NEVER = 3600.0
torch = Package("torch")


class Unreadable:
    """A tensor of a library that fails in its own way."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        raise LookupError("out of reach,\n  for good")


def shown_scalars(directory: Path, tag: str) -> list[tuple[int, float, float]]:
    return [
        (event.step, event.wall_time, tensor_util.make_ndarray(value.tensor).item())
        for event in shown_events(directory)
        for value in event.summary.value
        if value.tag == tag
    ]


def test_scalars_in_both_styles(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_scalar("old", 0.1, 1, 100.5)
        writer.add_scalar("new", 0.1, 2, 101.5, new_style=True)
        writer.add_scalar("double", 0.1, 3, 102.5, new_style=True, double_precision=True)
        writer.add_scalar("tensor", torch.tensor([[0.5]], requires_grad=True), torch.tensor(4), 103.5)
    single = float(np.float32(0.1))
    assert shown_scalars(tmp_path, "old") == [(1, 100.5, single)]
    assert shown_scalars(tmp_path, "new") == [(2, 101.5, single)]
    assert shown_scalars(tmp_path, "double") == [(3, 102.5, 0.1)]
    assert shown_scalars(tmp_path, "tensor") == [(4, 103.5, 0.5)]


def test_event_accumulator_gets_the_same_values(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        for step in range(20):
            writer.add_scalar("loss", step / 4, step, 1000.0 + step)
        writer.add_histogram("weights", [1.0, 2.0, 4.0], 3)
        writer.add_text("notes", "**bold** é", 1)
    accumulator = EventAccumulator(str(tmp_path)).Reload()
    assert accumulator.Tags()["scalars"] == ["loss"]
    assert [(p.step, p.wall_time, p.value) for p in accumulator.Scalars("loss")] == [
        (step, 1000.0 + step, step / 4) for step in range(20)
    ]
    (histogram,) = accumulator.Histograms("weights")
    assert (histogram.step, histogram.histogram_value.num, histogram.histogram_value.max) == (3, 3.0, 4.0)
    (text,) = accumulator.Tensors("notes/text_summary")
    assert tensor_util.make_ndarray(text.tensor_proto).tolist() == ["**bold** é".encode()]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), 1e300, -0.0, 5e-324])
def test_special_values_are_logged_as_they_are(tmp_path: Path, value: float) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_scalar("x", value, new_style=True, double_precision=True)
        writer.add_scalar("x", value)
    (_, _, double), (_, _, single) = shown_scalars(tmp_path, "x")
    with np.errstate(over="ignore"):
        expected = float(np.float32(value))
    assert np.array(double).tobytes() == np.array(value).tobytes()
    assert np.array(single).tobytes() == np.array(expected).tobytes()


@pytest.mark.parametrize("step", [None, 0, -5, (1 << 63) - 1, -(1 << 63), np.int32(7), 7.9])
def test_steps(tmp_path: Path, step: Any) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_scalar("x", 1.0, step)
    (event,) = summaries(tmp_path)
    assert event.step == (0 if step is None else int(step))


def test_a_step_in_a_tensor(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_scalar("x", 1.0, torch.tensor(7))
    (event,) = summaries(tmp_path)
    assert event.step == 7


def test_wall_time_is_that_of_the_call(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path, flush_secs=NEVER) as writer:
        before = time.time()
        writer.add_scalar("x", 1.0)
        after = time.time()
        time.sleep(0.05)
    (event,) = summaries(tmp_path)
    assert before <= event.wall_time <= after


def test_add_scalars_keeps_a_sub_run_a_key(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_scalars("loss/both", {"train": 0.5, "val": torch.tensor(0.75)}, 1, 9.0)
        writer.add_scalars("loss/both", {"train": 0.25, "val": 1}, 2, 10.0)
    assert summaries(tmp_path) == []
    assert shown_scalars(tmp_path / "loss_both_train", "loss/both") == [(1, 9.0, 0.5), (2, 10.0, 0.25)]
    assert shown_scalars(tmp_path / "loss_both_val", "loss/both") == [(1, 9.0, 0.75), (2, 10.0, 1.0)]
    assert len(event_paths(tmp_path / "loss_both_train")) == 1


def test_add_scalars_gives_all_keys_one_wall_time(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_scalars("m", {"a": 1, "b": 2})
    (a,), (b,) = summaries(tmp_path / "m_a"), summaries(tmp_path / "m_b")
    assert a.wall_time == b.wall_time


@pytest.mark.parametrize("make", [np.array, lambda values: torch.tensor(values)], ids=["array", "tensor"])
def test_what_was_logged_does_not_change_with_the_array(tmp_path: Path, make: Any) -> None:
    values, pixels = make([1.0, 2.0, 3.0]), make([[0.0, 1.0]])
    edges = np.array([0.0, 10.0])
    with SummaryWriter(tmp_path, flush_secs=NEVER) as writer:
        writer.add_histogram("h", values)
        writer.add_histogram("edges", values, bins=edges)
        writer.add_image("i", pixels, dataformats="HW")
        values[:] = 100.0
        pixels[:] = 0.5
        edges[:] = 7.0
    first, second, third = (event.summary.value[0] for event in summaries(tmp_path))
    assert (first.histo.max, first.histo.sum) == (3.0, 6.0)
    assert list(second.histo.bucket_limit) == [0.0, 10.0]
    image = np.asarray(Image.open(io.BytesIO(third.image.encoded_image_string)))
    assert image[..., 0].tolist() == [[0, 255]]


def test_hparams_are_a_finished_session_in_a_sub_run(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        hparams = {"lr": 0.1, "amp": True, "opt": "adam", "layers": np.int64(3), "none": None, "t": torch.tensor(2.0)}
        writer.add_hparams(hparams, {"hp/acc": 0.5}, {"amp": [True, False]}, "trial", 7)
    events = summaries(tmp_path / "trial")
    contents = [event.summary.value[0].metadata.plugin_data.content for event in events[:3]]
    experiment = hparams_metadata.parse_experiment_plugin_data(contents[0])
    start = hparams_metadata.parse_session_start_info_plugin_data(contents[1])
    end = hparams_metadata.parse_session_end_info_plugin_data(contents[2])
    assert [info.name for info in experiment.hparam_infos] == ["lr", "amp", "opt", "layers", "t"]
    assert [metric.name.tag for metric in experiment.metric_infos] == ["hp/acc"]
    assert start.hparams["amp"].WhichOneof("kind") == "bool_value"
    assert {name: value.number_value for name, value in start.hparams.items() if name in ("lr", "layers", "t")} == {
        "lr": 0.1,
        "layers": 3.0,
        "t": 2.0,
    }
    assert end.status == 1
    assert [event.step for event in events] == [7, 7, 7, 7]
    assert shown_scalars(tmp_path / "trial", "hp/acc")[0][2] == 0.5


def test_hparams_sub_run_is_named_by_time(tmp_path: Path) -> None:
    before = time.time()
    with SummaryWriter(str(tmp_path)) as writer:
        writer.add_hparams({"lr": 1}, {})
    (run,) = [path for path in tmp_path.iterdir() if path.is_dir()]
    assert before <= float(run.name) <= time.time()


def test_summaries_made_elsewhere(tmp_path: Path) -> None:
    theirs = Summary(value=[Summary.Value(tag="x", simple_value=0.25)])
    with SummaryWriter(tmp_path) as writer:
        writer.add_summary(theirs, 4)
    (event,) = summaries(tmp_path)
    assert (event.step, event.summary) == (4, theirs)


def test_purge_step(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path, purge_step=30) as writer:
        writer.add_scalar("x", 1.0, 30)
    writer.add_scalar("x", 2.0, 31)
    writer.close()
    version, again, start, point, reopened_version, after = raw_events(tmp_path)
    assert (version.file_version, version.step) == ("brain.Event:2", 0)
    assert (again.file_version, again.step) == ("brain.Event:2", 30)
    assert (start.session_log, start.step) == (SessionLog(status=SessionLog.START), 30)
    assert point.step == 30
    assert (reopened_version.file_version, reopened_version.step) == ("brain.Event:2", 0)
    assert after.step == 31


def test_flush_close_and_logging_again(tmp_path: Path) -> None:
    writer = SummaryWriter(tmp_path, flush_secs=NEVER, filename_suffix=".mine")
    writer.add_scalar("x", 1.0, 1)
    assert summaries(tmp_path) == []
    writer.flush()
    assert len(summaries(tmp_path)) == 1
    writer.close()
    writer.close()
    writer.flush()
    assert len(event_paths(tmp_path)) == 1
    writer.add_scalar("x", 2.0, 2)
    writer.add_scalars("m", {"a": 1.0}, 2)
    writer.close()
    assert [path.name.endswith(".mine") for path in event_paths(tmp_path)] == [True, True]
    assert [event.step for event in summaries(tmp_path)] == [1, 2]
    assert len(event_paths(tmp_path / "m_a")) == 1


def test_the_file_and_its_version_are_there_at_once(tmp_path: Path) -> None:
    writer = SummaryWriter(tmp_path / "run", flush_secs=NEVER)
    assert [event.file_version for event in raw_events(tmp_path / "run")] == ["brain.Event:2"]
    writer.close()


def test_an_impossible_directory_is_an_error_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="Not a directory"):
        SummaryWriter(tmp_path / "file" / "run")


def test_default_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with SummaryWriter(comment="_lr0.1") as writer:
        writer.add_scalar("x", 1.0)
    assert isinstance(writer.log_dir, str)
    host = re.escape(socket.gethostname())
    assert re.fullmatch(rf"runs/[A-Z][a-z]{{2}}\d\d_\d\d-\d\d-\d\d_{host}_lr0\.1", writer.log_dir)
    assert len(summaries(tmp_path / writer.log_dir)) == 1


def test_log_dir_stays_as_given(tmp_path: Path) -> None:
    for given in (tmp_path / "a", str(tmp_path / "b")):
        with SummaryWriter(given, comment="unused") as writer:
            assert writer.log_dir is writer.get_logdir() is given


def test_a_relative_directory_does_not_follow_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    monkeypatch.chdir(here)
    writer = SummaryWriter("runs/x")
    monkeypatch.chdir(there)
    writer.add_scalars("m", {"k": 1.0}, 1)
    writer.add_hparams({"a": 1}, {}, run_name="trial")
    writer.close()
    writer.add_scalar("z", 1.0, 2)
    writer.close()
    assert writer.log_dir == writer.get_logdir() == "runs/x"
    assert list(there.iterdir()) == []
    assert [event.step for event in summaries(here / "runs/x")] == [2]
    assert len(summaries(here / "runs/x/m_k")) == 1
    assert len(summaries(here / "runs/x/trial")) == 3


def test_a_directory_that_cannot_be_written_later_does_not_end_the_training(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run = tmp_path / "run"
    writer = SummaryWriter(run)
    writer.close()
    for path in event_paths(run):
        path.unlink()
    run.rmdir()
    run.write_text("a file where the directory was")
    writer.add_scalar("x", 1.0)
    writer.add_hparams({"a": 1}, {"m": 0.5}, run_name="trial")
    writer.close()
    assert {record.getMessage().partition(": ")[0] for record in caplog.records} == {
        f"cannot write to {run}",
        f"cannot write to {run / 'trial'}",
        "1 logged events were lost",
        "4 logged events were lost",
    }


def test_two_writers_in_one_directory(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as first, SummaryWriter(tmp_path) as second:
        first.add_scalar("x", 1.0, 1)
        second.add_scalar("x", 2.0, 2)
    assert len(event_paths(tmp_path)) == 2
    assert sorted(event.step for event in summaries(tmp_path)) == [1, 2]


def test_logging_while_another_thread_closes(tmp_path: Path) -> None:
    writer = SummaryWriter(tmp_path)
    done = threading.Event()

    def close_often() -> None:
        while not done.is_set():
            writer.close()

    closer = threading.Thread(target=close_often)
    closer.start()
    for step in range(300):
        writer.add_scalar("x", 1.0, step)
    done.set()
    closer.join()
    writer.close()
    assert sorted(event.step for event in summaries(tmp_path)) == list(range(300))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda w: w.add_scalar("t", [1, 2]), ValueError, r"tag 't': expected one number, got shape \[2\]"),
        (lambda w: w.add_scalar("t", None), TypeError, "tag 't': expected numbers, got NoneType"),
        (lambda w: w.add_scalar("t", torch.zeros(1, device="meta")), ValueError, "tag 't': .*meta"),
        (lambda w: w.add_scalar("t", 10**400), ValueError, "tag 't': .*beyond the range"),
        (lambda w: w.add_scalar("t", Unreadable()), ValueError, "tag 't': out of reach, for good$"),
        (lambda w: w.add_scalar(b"t", 1.0), TypeError, "tag b't': a tag must be a str, got bytes"),
        (lambda w: w.add_scalar("t", 1.0, display_name=5), TypeError, "tag 't': display_name must be a str, got int"),
        (lambda w: w.add_scalar("t", 1.0, 1, None, True, np.zeros(0)), ValueError, "tag 't': The truth value of"),
        (lambda w: w.add_scalar("t", 1.0, summary_description="\udc80"), ValueError, "tag 't': 'utf-8' codec can't"),
        (
            lambda w: w.add_scalar(torch.zeros(99), "t"),
            TypeError,
            "^tag tensor.{,60}: a tag must be a str, got Tensor$",
        ),
        (lambda w: w.add_scalar("\udc80", 1.0), ValueError, r"tag '\\udc80': .*surrogates not allowed"),
        (lambda w: w.add_scalar("t", 1.0, float("inf")), ValueError, "tag 't': cannot convert float infinity"),
        (lambda w: w.add_scalar("t", 1.0, float("nan")), ValueError, "tag 't': cannot convert float NaN"),
        (lambda w: w.add_scalar("t", 1.0, torch.zeros(2)), ValueError, "tag 't': "),
        (lambda w: w.add_scalar("t", 1.0, 1, "noon"), ValueError, "tag 't': .*'noon'"),
        (lambda w: w.add_scalar("t", 1.0, 1, [2.0]), TypeError, "tag 't': .*list"),
        (lambda w: w.add_scalar("t", 1.0, 1, float("nan")), ValueError, "tag 't': walltime nan is no time"),
        (lambda w: w.add_scalar("t", 1.0, "x"), ValueError, "tag 't': invalid literal"),
        (lambda w: w.add_scalar("t", 1.0, object()), TypeError, "tag 't': int"),
        (lambda w: w.add_scalar("t", 1.0, 1 << 63), ValueError, "tag 't': step 9223372036854775808 does not fit"),
        (lambda w: w.add_scalars("t", {"a": None}), TypeError, "tag 't': expected numbers"),
        (lambda w: w.add_scalars("t", {"a": 1, "b": None}), TypeError, "tag 't': expected numbers"),
        (lambda w: w.add_scalars(5, {"a": 1}), TypeError, "tag 5: a tag must be a str"),
        (lambda w: w.add_scalars("t", [1.0]), TypeError, "tag 't': expected a dict of numbers, got list"),
        (lambda w: w.add_scalars("t", {3: 1.0}), TypeError, "tag 't': a key must be a str, got int"),
        (lambda w: w.add_scalars("t", {"a\0b": 1.0}), ValueError, "tag 't': .*null character"),
        (lambda w: w.add_scalars("t\0", {"a": 1.0}), ValueError, "tag 't.x00': .*null character"),
        (lambda w: w.add_scalars("t", {"\ud800": 1.0}), ValueError, "tag 't': .*surrogates not allowed"),
        (lambda w: w.add_scalars("t", {"a": 1}, float("inf")), ValueError, "tag 't': cannot convert"),
        (lambda w: w.add_scalars("t", {"a": 1}, 1, "noon"), ValueError, "tag 't': .*'noon'"),
        (lambda w: w.add_histogram("t", []), ValueError, "tag 't': no values"),
        (lambda w: w.add_histogram("t", [1j]), TypeError, "tag 't': expected real numbers"),
        (lambda w: w.add_histogram("t", [1.0], bins="no rule"), ValueError, "tag 't': .*no rule"),
        (lambda w: w.add_histogram("t", [1.0], bins=0), ValueError, "tag 't': .*positive"),
        (lambda w: w.add_histogram("t", [1.0], bins=[3, 1]), ValueError, "tag 't': .*monotonic"),
        (lambda w: w.add_histogram("t", [1.0], bins=[3]), ValueError, "tag 't': .*two edges"),
        (lambda w: w.add_histogram("t", [1.0], max_bins=0), ValueError, "tag 't': max_bins is 0"),
        (lambda w: w.add_histogram("t", [1.0], max_bins=2.5), TypeError, "tag 't': .*float"),
        (lambda w: w.add_histogram("t", [1.0], bins=2.5), TypeError, "tag 't': .*integer"),
        (lambda w: w.add_histogram("t", [1.0], bins=[1j, 2j]), TypeError, "tag 't': .*complex"),
        (lambda w: w.add_histogram("t", torch.zeros(3, device="meta")), ValueError, "tag 't': .*meta"),
        (lambda w: w.add_histogram("t", [torch.zeros(2), torch.zeros(3)]), ValueError, "tag 't': .*inhomogeneous"),
        (lambda w: w.add_image("t", np.zeros((3, 2, 2), complex)), TypeError, "tag 't': .*complex"),
        (lambda w: w.add_image("t", np.zeros((3, 2, 2)), dataformats=None), TypeError, "tag 't': dataformats must be"),
        (lambda w: w.add_image("t", np.zeros((2, 2))), ValueError, r"tag 't': shape \[2, 2\] does not fit .*'CHW'"),
        (lambda w: w.add_image("t", np.zeros((5, 2, 2))), ValueError, "tag 't': 5 channels"),
        (lambda w: w.add_image("t", np.zeros((3, 0, 2))), ValueError, "tag 't': no pixels"),
        (lambda w: w.add_image("t", np.zeros((2, 2, 2)), dataformats="HWW"), ValueError, "'HWW' is no order"),
        (lambda w: w.add_images("t", np.zeros((1, 5, 2, 2))), ValueError, "tag 't': 5 channels"),
        (lambda w: w.add_text("t", 5), TypeError, "tag 't': expected a str, got int"),
        (lambda w: w.add_text(5, "x"), TypeError, "tag 5: a tag must be a str"),
        (lambda w: w.add_text("t", "x", "y"), ValueError, "tag 't': invalid literal"),
        (lambda w: w.add_summary(5), TypeError, "add_summary: expected a Summary message, got int"),
        (lambda w: w.add_summary(Summary(), float("inf")), ValueError, "add_summary: cannot convert"),
        (lambda w: w.add_hparams({"a": 10**400}, {}), ValueError, "add_hparams: hparam 'a' must be.*beyond the range"),
        (lambda w: w.add_hparams({5: 1}, {}), TypeError, "add_hparams: "),
        (lambda w: w.add_hparams({"\ud800": 1}, {}), ValueError, "add_hparams: .*surrogates"),
        (lambda w: w.add_hparams({"a": 1}, {5: 1}), TypeError, "add_hparams: a tag must be a str, got int"),
        (lambda w: w.add_hparams({"a": 1}, {}, [1]), TypeError, "hparam_domain_discrete should be dictionary"),
        (lambda w: w.add_hparams({"a": 1}, {}, {"a": [1, 10**400]}), ValueError, "hparam 'a' .*beyond the range"),
        (lambda w: w.add_hparams({"a": 1}, {}, run_name="a\0b"), ValueError, "add_hparams: .*null character"),
        (lambda w: w.add_hparams({"a": 1}, {}, run_name=5), TypeError, "add_hparams: .*must be a str, got int"),
        (lambda w: w.add_hparams({"a": 1}, {}, global_step=float("inf")), ValueError, "add_hparams: cannot convert"),
        (lambda w: w.add_hparams([], {}), TypeError, "should be dictionary"),
        (lambda w: w.add_hparams({"a": [1, 2]}, {}), ValueError, "hparam 'a' must be"),
        (lambda w: w.add_hparams({"a": 1}, {"m": "x"}), ValueError, "add_hparams: could not convert .*'x'"),
        (lambda w: w.add_hparams({"a": 1}, {}, {"b": [1]}), TypeError, "hparam 'b'"),
        (lambda w: w.add_hparams({"a": 1}, {}, {"a": ["x"]}), TypeError, "hparam 'a' must be a list of its type, int"),
    ],
)
def test_bad_arguments_raise_at_the_call_and_leave_nothing(
    tmp_path: Path, call: Any, error: type[Exception], message: str
) -> None:
    with SummaryWriter(tmp_path) as writer:
        with pytest.raises(error, match=message) as caught:
            call(writer)
        assert caught.type in (TypeError, ValueError)
        assert "\n" not in str(caught.value)
    assert summaries(tmp_path) == []
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []


def test_odd_texts_and_tags(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_text("é/日本", os.fsdecode(b"bad \xff name"))
        writer.add_scalar("", 1.0)
    text, scalar = (event.summary.value[0] for event in summaries(tmp_path))
    assert (text.tag, text.tensor.string_val[0]) == ("é/日本/text_summary", b"bad \\udcff name")
    assert scalar.tag == ""


def test_every_record_holds_one_event_in_call_order(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path, flush_secs=0.01) as writer:
        for step in range(3000):
            writer.add_scalar("x", float(step), step)
    events: list[Event] = summaries(tmp_path)
    assert [event.step for event in events] == list(range(3000))
