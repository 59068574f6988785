"""The projector's files, beside the event files of a run: an embedding's own, and the config that names them."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt
from google.protobuf import text_format

from logging_lib.summary.embedding import LARGEST_SPRITE, Row, metadata_tsv, sprite_columns, sprite_png, tensors_tsv
from logging_lib.tfevents.proto import projector_pb2
from logging_lib.whole_file import write_whole

CONFIG_NAME = "projector_config.pbtxt"

_logger = logging.getLogger("logging_lib")


@dataclass(frozen=True, slots=True)
class Embedding:
    """Points [n, d], and where known a row of metadata and a picture [n, channels, height, width] for each."""

    tag: str
    step: int
    points: npt.ArrayLike
    metadata: list[Row] | None = None
    images: npt.ArrayLike | None = None

    @property
    def name(self) -> str:
        """What the projector lists it as."""
        return f"{self.tag}:{_digits(self.step)}"

    @property
    def folder(self) -> str:
        """Where its files are, below the run's directory."""
        return str(PurePosixPath(_digits(self.step), _encoded(self.tag)))


def write_embedding(directory: Path, embedding: Embedding) -> None:
    """Write an embedding's files, and its entry in the config, which keeps those of others.

    Source: torch.utils.tensorboard.SummaryWriter.add_embedding. Unlike there, entries stay that an earlier writer
    made, and one of the same tag and step is replaced, as its files are.

    Raises:
        OSError: something could not be written; then the config does not name it.
    """
    folder = directory / embedding.folder
    folder.mkdir(parents=True, exist_ok=True)
    info = projector_pb2.EmbeddingInfo(tensor_name=embedding.name, tensor_path=f"{embedding.folder}/tensors.tsv")
    write_whole(folder / "tensors.tsv", tensors_tsv(embedding.points))
    if embedding.metadata is not None:
        write_whole(folder / "metadata.tsv", [metadata_tsv(embedding.metadata)])
        info.metadata_path = f"{embedding.folder}/metadata.tsv"
    if embedding.images is not None:
        images = np.asarray(embedding.images)
        write_whole(folder / "sprite.png", [sprite_png(images)])
        info.sprite.image_path = f"{embedding.folder}/sprite.png"
        info.sprite.single_image_dim.extend([images.shape[3], images.shape[2]])
        _check_sprite(embedding.name, images.shape)
    with _alone_in(directory):
        _add_to_config(directory / CONFIG_NAME, info)


def _check_sprite(name: str, shape: tuple[int, ...]) -> None:
    number, _, height, width = shape
    side = sprite_columns(number, height, width) * width
    if side > LARGEST_SPRITE:
        _logger.warning(
            "the pictures of embedding %r make %d pixels a side; TensorBoard shows none above %d",
            name,
            side,
            LARGEST_SPRITE,
        )


def _add_to_config(path: Path, info: projector_pb2.EmbeddingInfo) -> None:
    config = _read_config(path)
    for known in config.embeddings:
        if known.tensor_name == info.tensor_name:
            _logger.warning("embedding %r replaces an earlier one: was global_step given?", info.tensor_name)
            known.CopyFrom(info)
            break
    else:
        config.embeddings.append(info)
    write_whole(path, [text_format.MessageToString(config).encode()])


def _read_config(path: Path) -> projector_pb2.ProjectorConfig:
    """What is in the config; one that cannot be understood is moved out of the way."""
    config = projector_pb2.ProjectorConfig()
    try:
        text_format.Parse(path.read_bytes().decode(), config)
    except FileNotFoundError:
        pass
    except (text_format.ParseError, UnicodeDecodeError) as error:
        kept = path.replace(_free(path.with_name(f"{path.name}.unreadable")))
        _logger.warning("%s is no projector config, and is now %s: %s", path, kept.name, " ".join(str(error).split()))
        config.Clear()
    return config


def _free(path: Path) -> Path:
    """The path, or one with a number behind it where something is there; for one who is alone there."""
    numbered = (path if number == 1 else path.with_name(f"{path.name}-{number}") for number in count(1))
    return next(free for free in numbered if not os.path.lexists(free))


@contextmanager
def _alone_in(directory: Path) -> Iterator[None]:
    """Keep out other writers, of any process, that do the same: each adds its entry to what it read.

    Where there are no such locks, the last one wins.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    descriptor = os.open(directory, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        with suppress(OSError):  # in so many words: a child forked meanwhile has the descriptor, too
            fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


def _digits(step: int) -> str:
    return str(step).zfill(5)


def _encoded(tag: str) -> str:
    """The name of a directory: torch's, and neither `.` nor `..`, which are directories already."""
    name = tag.replace("%", "%25").replace("/", "%2f").replace("\\", "%5c")
    return name.replace(".", "%2e") if name in (".", "..") else name
