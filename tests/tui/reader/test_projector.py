"""projector_config.pbtxt: what it names, and what it must not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from google.protobuf import text_format
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig

from tui.model import Embedding, Problem, ProjectorInfo
from tui.reader import projector
from tui.reader.logdir import discover
from tui.reader.named_logdir import LogDir
from tui.reader.projector import CONFIG_NAME, ProjectorError, read_projector


def config(directory: Path, content: str | bytes) -> str:
    directory.mkdir(exist_ok=True)
    path = directory / CONFIG_NAME
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def test_a_config_as_tensorboard_writes_it(tmp_path: Path) -> None:
    theirs = ProjectorConfig(model_checkpoint_path="model.ckpt")
    theirs.embeddings.add(
        tensor_name="words",
        tensor_path="00001/words/tensors.tsv",
        metadata_path="metadata.tsv",
        bookmarks_path="bookmarks.txt",
        tensor_shape=[10, 3],
        sprite={"image_path": "sprite.png", "single_image_dim": [28, 29]},
    )
    theirs.embeddings.add(tensor_name="bare")
    path = config(tmp_path, text_format.MessageToString(theirs))
    words = Embedding(
        "words",
        (10, 3),
        str(tmp_path / "00001" / "words" / "tensors.tsv"),
        str(tmp_path / "metadata.tsv"),
        str(tmp_path / "bookmarks.txt"),
        str(tmp_path / "sprite.png"),
        (28, 29),
    )
    bare = Embedding("bare", (), None, None, None, None, ())
    assert read_projector("run", path) == (ProjectorInfo("run", path, "model.ckpt", (words, bare)), None)


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", ".", "a/../..", "out/secret", "link", r"\000", "BESIDE"])
def test_assets_elsewhere_are_not_followed(tmp_path: Path, name: str) -> None:
    directory, beside = tmp_path / "run", tmp_path / "run-beside"
    beside.mkdir()
    (beside / "secret").write_text("1")
    directory.mkdir()
    (directory / "out").symlink_to(beside)
    (directory / "link").symlink_to(beside / "secret")
    name = name.replace("BESIDE", f"{beside}/secret")
    path = config(directory, f'embeddings {{ tensor_path: "{name}" metadata_path: "here" }}')
    info, problem = read_projector("r", path)
    (embedding,) = info.embeddings
    assert (embedding.tensor_path, embedding.metadata_path) == (None, str(directory / "here"))
    assert problem is not None
    assert (problem.path, problem.offset, problem.count) == (path, None, 1)
    assert problem.reason.endswith("is no file in the config's directory; not read")


def test_many_assets_elsewhere_are_one_problem(tmp_path: Path) -> None:
    path = config(tmp_path, 'embeddings { tensor_path: "../a" metadata_path: "../b" bookmarks_path: "../a" }')
    _, problem = read_projector("r", path)
    reason = "'../a' is no file in the config's directory, nor is one other; not read"
    assert problem == Problem(path, None, reason, 2)
    path = config(tmp_path, 'embeddings { tensor_path: "../a" metadata_path: "../b" bookmarks_path: "\\000" }')
    _, problem = read_projector("r", path)
    reason = "'../a' is no file in the config's directory, nor are 2 others; not read"
    assert problem == Problem(path, None, reason, 3)


def test_links_and_absolute_paths_inside_are_followed(tmp_path: Path) -> None:
    real = tmp_path / "real"
    (tmp_path / "linked").symlink_to(real)
    config(real, f'embeddings {{ tensor_path: "{real}/a" metadata_path: "sub/../b" }}')
    (embedding,) = read_projector("r", str(tmp_path / "linked" / CONFIG_NAME))[0].embeddings
    assert (embedding.tensor_path, embedding.metadata_path) == (str(real / "a"), str(real / "b"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"embeddings {", 'no projector config: 1:12 : Expected "}"'),
        (b"nonsense: 1", "no projector config: .* has no field named"),
        (b"\xff", "no projector config: 'utf-8' codec"),
        (b"embeddings { tensor_shape: -1 }", "no projector config: "),
        (b"# " + b"x" * (1 << 20), "projector config of more than 1048576 bytes"),
    ],
    ids=["not closed", "unknown field", "no UTF-8", "negative", "too long"],
)
def test_a_malformed_config(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(ProjectorError, match=message) as raised:
        read_projector("r", config(tmp_path, content))
    assert "\n" not in str(raised.value)


def test_a_config_that_cannot_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / CONFIG_NAME)
    with pytest.raises(ProjectorError, match="file cannot be read: no regular file"):
        read_projector("r", str(tmp_path / CONFIG_NAME))
    with pytest.raises(ProjectorError, match="file cannot be read: No such file or directory"):
        read_projector("r", str(tmp_path / "none" / CONFIG_NAME))


def test_configs_are_found_with_and_without_event_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        config(tmp_path / name, "")
    (tmp_path / "a" / "events.out.tfevents.1").write_bytes(b"")
    (tmp_path / "c" / CONFIG_NAME).mkdir(parents=True)
    found = discover(LogDir("", tmp_path))
    assert found.projectors == {name: str(tmp_path / name / CONFIG_NAME) for name in ("a", "b")}
    assert list(found.runs) == ["a"]
    assert discover(LogDir("x", tmp_path / "a")).projectors == {"x": str(tmp_path / "a" / CONFIG_NAME)}


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(
        st.binary(max_size=40),
        st.lists(
            st.sampled_from(["embeddings", "sprite", "{", "}", ":", "tensor_path", '"a"', "[", "1", "\n", "#"])
        ).map(lambda words: " ".join(words).encode()),
    )
)
def test_any_bytes_are_a_config_or_an_error(tmp_path: Path, content: bytes) -> None:
    path = config(tmp_path, content)
    try:
        info, _ = projector.read_projector("r", path)
    except ProjectorError as error:
        assert "\n" not in str(error)
    else:
        assert info.path == path
