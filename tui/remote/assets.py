"""The files that projector configs name: tensors, metadata and sprites. They are fetched too, by their names alone."""

from __future__ import annotations

import os
from collections.abc import Iterable

from tui.reader.projector import CONFIG_NAME, ProjectorError, read_projector
from tui.remote.mirror import Mirror


def is_config(name: str) -> bool:
    """Whether this is a projector's config."""
    return name.rpartition("/")[2] == CONFIG_NAME


def assets_of(mirror: Mirror, names: Iterable[str]) -> set[str]:
    """What the configs among these files name, relative to the logdir. What is wrong with one the reader tells."""
    root = os.path.join(os.path.realpath(mirror.files), "")  # noqa: PTH118 - paths are text here
    found: set[str] = set()
    for name in names:
        try:
            info, _ = read_projector("", str(mirror.path(name)))
        except ProjectorError:
            continue
        for embedding in info.embeddings:
            paths = (embedding.tensor_path, embedding.metadata_path, embedding.bookmarks_path, embedding.sprite_path)
            found.update(path.removeprefix(root) for path in paths if path is not None and path.startswith(root))
    return found
