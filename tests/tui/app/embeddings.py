"""Embeddings to open: words of three kinds, in files as the projector has them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests import builders
from tests.builders import scalar_event

KINDS = ("animal", "fruit", "city")
WORDS = {
    "animal": ("cat", "dog", "horse", "cow", "pig", "sheep", "goat", "lion"),
    "fruit": ("apple", "pear", "plum", "cherry", "grape", "lemon", "melon", "peach"),
    "city": ("Paris", "London", "Berlin", "Madrid", "Rome", "Oslo", "Vienna", "Prague"),
}
NAMES = [(word, kind) for kind in KINDS for word in WORDS[kind]]


def points() -> np.ndarray:
    """One of four dimensions for each word: eight about each of the corners of a triangle, far from each other."""
    corners = np.array([[9, 0, 0, 0], [0, 6, 0, 0], [0, 0, 3, 0]])
    ring = np.array([(0, 1), (1, 2), (2, 1), (3, 0), (2, -1), (1, -2), (0, -1), (-1, 0)]) / 4
    rows = []
    for at in range(3):
        rows += [corners[at] + [x, y, (x - y) / 2, y / 8] for x, y in ring.tolist()]
    return np.array(rows, np.float32)


def tsv(table: np.ndarray) -> str:
    """Lines of numbers."""
    return "".join("\t".join(map(repr, row)) + "\n" for row in table.tolist())


def words(logdir: Path, run: str = "word2vec") -> Path:
    """One run with the words, and what is known of each; returns its directory."""
    directory = logdir / run
    builders.write(directory / builders.FILE_NAME, [scalar_event("loss", 0, 1.0)])
    (directory / "words.tsv").write_text(tsv(points()))
    rows = [f"{word}\t{kind}\t{at * 1.5}" for at, (word, kind) in enumerate(NAMES)]
    (directory / "words_metadata.tsv").write_text("\n".join(["word\tkind\tsize", *rows]) + "\n")
    (directory / "projector_config.pbtxt").write_text(
        'embeddings { tensor_name: "words" tensor_path: "words.tsv" metadata_path: "words_metadata.tsv" }\n'
    )
    return directory
