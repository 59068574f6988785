"""The projector's config and files: what viewers make of them, and what restarts, other writers and faults do."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path
from typing import Any

import pytest
from tensorboard.plugins.projector.projector_plugin import ProjectorPlugin

from logging_lib import SummaryWriter
from tests.logging_lib.tensorboard_plugins import plugin, served
from tests.logging_lib.test_embedding_against_torch import LABELS, PICTURES, POINTS, ROWS
from tui.reader.payload import read_embedding, read_metadata
from tui.reader.projector import CONFIG_NAME, read_projector


def test_viewers(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "run") as writer:
        writer.add_embedding(POINTS, ROWS, PICTURES, 7, "a/b", ["word", "number", "third"])
        writer.add_embedding(POINTS, LABELS)
    shown = plugin(ProjectorPlugin, tmp_path)
    assert json.loads(served(shown, "/runs")) == ["run"]
    first, second = json.loads(served(shown, "/info", run="run"))["embeddings"]
    assert (first["tensorName"], first["tensorShape"]) == ("a/b:00007", [10, 3])
    assert (second["tensorName"], second["tensorShape"]) == ("default:00000", [10, 3])
    assert first["sprite"]["singleImageDim"] == [5, 4]
    assert served(shown, "/tensor", run="run", name="a/b:00007") == POINTS.tobytes()
    assert served(shown, "/sprite_image", run="run", name="a/b:00007").startswith(b"\x89PNG")
    lines = served(shown, "/metadata", run="run", name="a/b:00007").decode().splitlines()
    assert lines[:2] == ["word\tnumber\tthird", "word 0\t0\t0.0"]

    info, problem = read_projector("run", str(tmp_path / "run" / CONFIG_NAME))
    assert problem is None
    ours = info.embeddings[0]
    assert ours.name == "a/b:00007"
    assert ours.tensor_path is not None and ours.metadata_path is not None
    assert read_embedding(ours.tensor_path).tobytes() == POINTS.tobytes()
    assert read_metadata(ours.metadata_path).header == ("word", "number", "third")


def names(directory: Path) -> list[str]:
    return [embedding.name for embedding in read_projector("run", str(directory / CONFIG_NAME))[0].embeddings]


def test_a_restarted_training_keeps_what_is_there(tmp_path: Path) -> None:
    """torch forgets what its predecessor wrote."""
    for step in (1, 2):
        with SummaryWriter(tmp_path) as writer:
            writer.add_embedding(POINTS, global_step=step)
    assert names(tmp_path) == ["default:00001", "default:00002"]


def test_a_config_that_somebody_else_wrote_stays(tmp_path: Path) -> None:
    (tmp_path / CONFIG_NAME).write_text('# mine\nmodel_checkpoint_path: "x"\nembeddings { bookmarks_path: "b" }\n')
    with SummaryWriter(tmp_path) as writer:
        writer.add_embedding(POINTS)
    text = (tmp_path / CONFIG_NAME).read_text()
    assert 'model_checkpoint_path: "x"' in text
    assert 'bookmarks_path: "b"' in text
    assert names(tmp_path) == ["", "default:00000"]


def test_the_same_tag_and_step_is_replaced(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """torch names it twice, with the files of the second one."""
    with SummaryWriter(tmp_path) as writer:
        writer.add_embedding(POINTS, LABELS)
        writer.add_embedding(POINTS, global_step=1)
        writer.add_embedding(POINTS[:2])
    assert names(tmp_path) == ["default:00000", "default:00001"]
    assert read_projector("run", str(tmp_path / CONFIG_NAME))[0].embeddings[0].metadata_path is None
    assert len(read_embedding(str(tmp_path / "00000/default/tensors.tsv"))) == 2
    assert [record.getMessage() for record in caplog.records] == [
        "embedding 'default:00000' replaces an earlier one: was global_step given?"
    ]


@pytest.mark.parametrize("content", [b"embeddings {", b"\xff", b"unknown: 1"])
def test_a_config_that_nobody_understands_is_kept_aside(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    (tmp_path / CONFIG_NAME).write_bytes(content)
    with SummaryWriter(tmp_path) as writer:
        writer.add_embedding(POINTS)
    assert (tmp_path / f"{CONFIG_NAME}.unreadable").read_bytes() == content
    assert names(tmp_path) == ["default:00000"]
    (record,) = caplog.records
    assert record.getMessage().startswith(f"{tmp_path / CONFIG_NAME} is no projector config, and is now {CONFIG_NAME}.")


def test_a_second_config_that_nobody_understands_does_not_replace_the_first(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / CONFIG_NAME).write_bytes(b"broken {" * (number + 1))
        with SummaryWriter(tmp_path) as writer:
            writer.add_embedding(POINTS)
    kept = [f"{CONFIG_NAME}.unreadable{ending}" for ending in ("", "-2", "-3")]
    assert [(tmp_path / name).read_bytes() for name in kept] == [b"broken {", b"broken {" * 2, b"broken {" * 3]


def log_some(directory: Path, tag: str, ready: Any) -> None:
    with SummaryWriter(directory) as writer:
        writer.add_embedding(POINTS[:1], tag=tag, global_step=0)
        writer.flush()
        ready.set()
        for step in range(1, 30):
            writer.add_embedding(POINTS[:1], tag=tag, global_step=step)


def test_writers_of_several_processes_and_threads(tmp_path: Path) -> None:
    """Each adds to the config what the others have not seen yet."""
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Event()
    child = spawn.Process(target=log_some, args=(tmp_path, "child", ready))
    child.start()
    assert ready.wait(60)
    with SummaryWriter(tmp_path) as first, SummaryWriter(tmp_path) as second:
        for step in range(30):
            first.add_embedding(POINTS[:1], tag="first", global_step=step)
            second.add_embedding(POINTS[:1], tag="second", global_step=step)
    child.join()
    assert child.exitcode == 0
    expected = [f"{tag}:{step:05}" for tag in ("child", "first", "second") for step in range(30)]
    assert sorted(names(tmp_path)) == expected


@pytest.mark.parametrize(("tag", "folder"), [(".", "%2e"), ("..", "%2e%2e"), ("a.b", "a.b")])
def test_tags_that_name_other_directories(tmp_path: Path, tag: str, folder: str) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_embedding(POINTS, tag=tag)
    assert (tmp_path / "00000" / folder / "tensors.tsv").exists()
    assert names(tmp_path) == [f"{tag}:00000"]
    (embedding,) = read_projector("run", str(tmp_path / CONFIG_NAME))[0].embeddings
    assert embedding.tensor_path is not None


def test_files_are_whole_and_everybodys(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_embedding(POINTS, LABELS)
        writer.flush()
        (tmp_path / "00001").write_text("a file where a directory is to be")
        writer.add_embedding(POINTS, LABELS, global_step=1)
    assert names(tmp_path) == ["default:00000"]
    assert any("00001" in record.getMessage() for record in caplog.records)
    (tmp_path / "new").touch()
    written = [path for path in tmp_path.rglob("*") if path.is_file() and "tfevents" not in path.name]
    assert {path.stat().st_mode for path in written} == {(tmp_path / "new").stat().st_mode}
    assert {path.name for path in written} == {"new", "00001", "tensors.tsv", "metadata.tsv", CONFIG_NAME}


def test_a_writer_that_writes_nothing(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path, write_to_disk=False) as writer:
        writer.add_embedding(POINTS)
    assert list(tmp_path.iterdir()) == []
