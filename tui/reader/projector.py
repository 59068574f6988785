"""projector_config.pbtxt, beside the event files of a run: which files hold embeddings, and what is known of them."""

from __future__ import annotations

import os

from google.protobuf import text_format

from logging_lib.tfevents.proto import projector_pb2
from tui.model import Embedding, Problem, ProjectorInfo
from tui.reader.regular_file import open_regular

CONFIG_NAME = "projector_config.pbtxt"
# A few lines an embedding; torch adds one each time.
_MOST_BYTES = 1 << 20


class ProjectorError(Exception):
    """A config cannot be used; the message is one line that says why."""


def read_projector(run: str, path: str) -> tuple[ProjectorInfo, Problem | None]:
    """What the config at `path` names, and a Problem where it names files that it must not.

    These must lie in the config's directory, symbolic links followed; one elsewhere counts as not named. Whether they
    are there is for their readers to find.

    Raises:
        ProjectorError: the config cannot be read, or is malformed.
    """
    config = _parse(_read(path))
    assets = _Assets(path)
    embeddings = tuple(_embedding(item, assets) for item in config.embeddings)
    return ProjectorInfo(run, path, config.model_checkpoint_path, embeddings), assets.problem()


class _Assets:
    """Finds the files that a config names."""

    def __init__(self, config: str) -> None:
        self._refused: dict[str, None] = {}
        self._config = config
        self._directory = os.path.realpath(os.path.dirname(config))  # noqa: PTH120 - paths are text here

    def find(self, name: str) -> str | None:
        """The path of a file, None for an empty name or one outside of the directory."""
        if not name:
            return None
        try:
            path = os.path.realpath(os.path.join(self._directory, name))  # noqa: PTH118
        except ValueError:  # a NUL in the name
            path = ""
        if path.startswith(os.path.join(self._directory, "")):  # noqa: PTH118
            return path
        self._refused[name] = None
        return None

    def problem(self) -> Problem | None:
        """What there is to tell about names that were refused."""
        if not self._refused:
            return None
        count = len(self._refused)
        others = {1: "", 2: ", nor is one other"}.get(count, f", nor are {count - 1} others")
        reason = f"{next(iter(self._refused))!r} is no file in the config's directory{others}; not read"
        return Problem(self._config, None, reason, count)


def _embedding(item: projector_pb2.EmbeddingInfo, assets: _Assets) -> Embedding:
    return Embedding(
        item.tensor_name,
        tuple(item.tensor_shape),
        assets.find(item.tensor_path),
        assets.find(item.metadata_path),
        assets.find(item.bookmarks_path),
        assets.find(item.sprite.image_path),
        tuple(item.sprite.single_image_dim),
    )


def _parse(data: bytes) -> projector_pb2.ProjectorConfig:
    try:
        config: projector_pb2.ProjectorConfig = text_format.Parse(data.decode(), projector_pb2.ProjectorConfig())
    except (text_format.ParseError, UnicodeDecodeError) as error:
        raise ProjectorError(f"no projector config: {' '.join(str(error).split())}") from error
    return config


def _read(path: str) -> bytes:
    try:
        with open_regular(path) as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ProjectorError(f"file cannot be read: {error.strerror}") from error
    if len(data) > _MOST_BYTES:
        raise ProjectorError(f"projector config of more than {_MOST_BYTES} bytes")
    return data
