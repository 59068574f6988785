"""Where a SummaryWriter writes: below its log directory, whatever tags and keys are called, and through no link."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import numpy as np
import pytest

from logging_lib import SummaryWriter
from logging_lib.projector import CONFIG_NAME

TAGS = ("../../up", "/etc/x", "..", ".", "", "~", "a\\..\\b", "CON", "é", "e\u0301", "A", "a", "x" * 50, "n\nl")


def below(place: Path) -> set[str]:
    return {str(path.relative_to(place)) for path in place.rglob("*") if not path.is_dir()}


def test_tags_become_no_paths_that_lead_out(tmp_path: Path) -> None:
    run = tmp_path / "deep" / "er" / "run"
    with SummaryWriter(run) as writer:
        for number, tag in enumerate(TAGS):
            writer.add_scalar(tag, 1.0, number)
            writer.add_embedding(np.eye(2), tag=tag or "empty", global_step=0, metadata=[tag, "x"])
            writer.add_scalars(tag, {"k": 1.0})
    files = below(tmp_path)
    assert all(name.startswith("deep/er/run/") for name in files)
    embeddings = {name for name in files if name.endswith("tensors.tsv")}
    assert len(embeddings) == len(TAGS)
    assert all(name.count("/") == 5 for name in embeddings)


@pytest.mark.parametrize("key", ["../../x", "a/../../../x", "/../../x", "../.."])
def test_keys_lead_nowhere_else(tmp_path: Path, key: str) -> None:
    with SummaryWriter(tmp_path / "logs" / "run") as writer, pytest.raises(ValueError) as told:
        writer.add_scalars("m", {"fine": 1.0, f"x/{key}": 1.0})
    assert str(told.value) == f"tag 'm': the key {f'x/{key}'!r} leads out of the log directory"
    assert {path.parent.name for path in (tmp_path / "logs").rglob("events*")} == {"run"}


@pytest.mark.parametrize(("key", "subrun"), [("..", "m_.."), ("a/b", "m_a/b"), ("/x", "m_/x"), ("a/../b", "b")])
def test_keys_that_stay_are_directories(tmp_path: Path, key: str, subrun: str) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_scalars("m", {key: 1.0})
    assert {str(path.parent.relative_to(tmp_path)) for path in tmp_path.rglob("events*")} == {".", subrun}


def test_files_are_not_written_through_links(tmp_path: Path) -> None:
    run, mine = tmp_path / "run", tmp_path / "mine"
    with SummaryWriter(run) as writer:
        writer.add_embedding(np.eye(2), tag="t", global_step=0)
    mine.write_text("mine")
    tensors = run / "00000" / "t" / "tensors.tsv"
    for path in (tensors, run / CONFIG_NAME):
        path.unlink()
        path.symlink_to(mine)
    with SummaryWriter(run) as writer:
        writer.add_embedding(np.eye(2), tag="t", global_step=0)
    assert mine.read_text() == "mine"
    assert tensors.read_text() == "1.0\t0.0\n0.0\t1.0\n"
    assert not tensors.is_symlink() and not (run / CONFIG_NAME).is_symlink()


def test_an_export_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, link = tmp_path / "out.json", tmp_path / "link.json"
    out.write_text("older")
    link.symlink_to(out)
    with SummaryWriter(tmp_path / "run") as writer:
        writer.add_scalars("m", {"k": 1.0}, 1)
        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
            with pytest.raises(OSError, match="No space"):
                writer.export_scalars_to_json(out)
        assert out.read_text() == "older"
        writer.export_scalars_to_json(link)
    assert link.is_symlink()
    assert list(json.loads(out.read_text())) == [f"{tmp_path}/run/m/k"]
    assert {path.name for path in tmp_path.iterdir()} == {"out.json", "link.json", "run"}


def test_an_export_into_a_pipe(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    with SummaryWriter(tmp_path / "run") as writer:
        writer.add_scalars("m", {"k": 1.0}, 1)
        writer.export_scalars_to_json(pipe)
    reader.join()
    assert list(json.loads(read[0])) == [f"{tmp_path}/run/m/k"]
    assert pipe.is_fifo()
