"""export_scalars_to_json writes what tensorboardX's writes for the same calls, from the event files alone."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tensorboardX

from logging_lib import SummaryWriter
from tests.logging_lib.event_files import event_paths


def exported(writer: Any, path: Path) -> Any:
    writer.export_scalars_to_json(str(path))
    return json.loads(path.read_text())


def both(tmp_path: Path, log: Callable[[Any], None]) -> tuple[Any, Any]:
    """What ours and tensorboardX's export, without their directories."""
    results = []
    for name, make in (("ours", SummaryWriter), ("theirs", tensorboardX.SummaryWriter)):
        directory = tmp_path / name
        with make(str(directory)) as writer:
            log(writer)
            series = exported(writer, tmp_path / f"{name}.json")
        results.append({key.removeprefix(f"{directory}/"): points for key, points in series.items()})
    return results[0], results[1]


def test_same_series_as_tensorboardx(tmp_path: Path) -> None:
    def log(writer: Any) -> None:
        for step in range(-1, 3):
            writer.add_scalars("loss", {"train": 0.1 * step, "val_x": step}, step, 100.5 + step)
        writer.add_scalars("a/b", {"c": 1e-9, "d/e": float("inf")}, 7, 1.0)
        writer.add_scalars("a_b", {"c": 2.5}, 8, 2.0)
        writer.add_scalar("alone", 1.0, 3)
        writer.add_text("t", "text")

    ours, theirs = both(tmp_path, log)
    assert ours == theirs
    assert set(ours) == {"loss/train", "loss/val_x", "a/b/c", "a/b/d/e", "a_b/c"}
    assert ours["loss/train"] == [[99.5, -1, -0.1], [100.5, 0, 0.0], [101.5, 1, 0.1], [102.5, 2, 0.2]]


def test_nothing_logged(tmp_path: Path) -> None:
    assert both(tmp_path, lambda writer: writer.add_scalar("x", 1.0)) == ({}, {})


def test_an_export_takes_up_where_the_last_one_ended(tmp_path: Path) -> None:
    for make in (SummaryWriter, tensorboardX.SummaryWriter):
        writer = make(str(tmp_path / make.__module__))
        writer.add_scalars("m", {"k": 1.0}, 1, 1.0)
        (first,) = exported(writer, tmp_path / "first").values()
        assert exported(writer, tmp_path / "again") == {}
        writer.add_scalars("m", {"k": 2.0}, 2, 2.0)
        (second,) = exported(writer, tmp_path / "second").values()
        writer.close()
        assert (first, second) == ([[1.0, 1, 1.0]], [[2.0, 2, 2.0]])


def test_what_was_logged_before_a_close_is_exported_after_it(tmp_path: Path) -> None:
    writer = SummaryWriter(tmp_path / "run")
    writer.add_scalars("m", {"k": 1.0}, 1)
    writer.close()
    writer.add_scalars("m", {"k": 2.0}, 2)
    writer.close()
    assert len(event_paths(tmp_path / "run" / "m_k")) == 2
    (series,) = exported(writer, tmp_path / "all.json").values()
    assert [(step, value) for _, step, value in series] == [(1, 1.0), (2, 2.0)]


def test_only_what_this_writer_logged(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "run") as writer, SummaryWriter(tmp_path / "run") as other:
        writer.add_scalars("m", {"k": 1.0}, 1)
        other.add_scalars("m", {"k": 2.0}, 2)
        other.flush()
        writer.add_hparams({"lr": 1}, {"m": 3.0}, run_name="m_trial")
        (series,) = exported(writer, tmp_path / "all.json").values()
    assert [step for _, step, _ in series] == [1]


def test_a_copy_exports_its_own(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "run") as writer:
        writer.add_scalars("m", {"k": 1.0}, 1)
        exported(writer, tmp_path / "all.json")
        with pickle.loads(pickle.dumps(writer)) as copy:
            copy.add_scalars("m", {"k": 2.0}, 2)
            (series,) = exported(copy, tmp_path / "all.json").values()
    assert [step for _, step, _ in series] == [2]


def test_values_are_of_32_bits_and_no_step_is_0(tmp_path: Path) -> None:
    """tensorboardX has all 64 bits, and null."""
    with SummaryWriter(tmp_path / "run") as writer:
        writer.add_scalars("m", {"k": 1 / 3})
        (((_, step, value),),) = exported(writer, tmp_path / "all.json").values()
    assert (step, value) == (0, 0.33333334)


def test_files_that_were_deleted_are_left_out(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "run") as writer:
        writer.add_scalars("m", {"k": 1.0, "l": 2.0}, 1)
        writer.flush()
        event_paths(tmp_path / "run" / "m_k")[0].unlink()
        series = exported(writer, tmp_path / "all.json")
    assert list(series) == [f"{tmp_path}/run/m/l"]


def test_a_failed_export_exports_nothing(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "run") as writer:
        writer.add_scalars("m", {"k": 1.0}, 1)
        with pytest.raises(FileNotFoundError):
            writer.export_scalars_to_json(tmp_path / "nowhere" / "all.json")
        assert len(exported(writer, tmp_path / "all.json")) == 1


def test_a_writer_that_writes_nothing(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "run", write_to_disk=False) as writer:
        writer.add_scalars("m", {"k": 1.0}, 1)
        assert exported(writer, tmp_path / "all.json") == {}
