"""Embeddings: which are listed, what is read of their files."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.tui.app.embeddings import NAMES, points, words
from tests.tui.app.views import of_runs
from tui.analysis.point_columns import Categories, Scale
from tui.analysis.projection import Distance
from tui.app import point_sets, projection_csv
from tui.app.point_sets import PointSet, read_points, read_shape, read_version
from tui.app.projection_csv import nearest_csv, write_coordinates
from tui.app.projections import (
    EmbeddingFiles,
    MatchQuery,
    Nearest,
    NeighbourQuery,
    listed_embeddings,
)
from tui.app.selection import Filter, Selection
from tui.model import Embedding, ProjectorInfo
from tui.reader.payload import PayloadError
from tui.store.snapshot import StoreSnapshot


def embedding(tensor: Path | None, metadata: Path | None = None, *, shape: tuple[int, ...] = ()) -> Embedding:
    tensor_path, metadata_path = (None if path is None else str(path) for path in (tensor, metadata))
    return Embedding("words", shape, tensor_path, metadata_path, None, None, ())


def loaded(directory: Path) -> PointSet:
    words(directory.parent, directory.name)
    return read_points(read_version(embedding(directory / "words.tsv", directory / "words_metadata.tsv")))


def snapshot(**named: list[str]) -> StoreSnapshot:
    """Runs with embeddings of these names."""
    infos = {
        run: ProjectorInfo(run, f"{run}/config", "", tuple(replace(embedding(None), name=name) for name in names))
        for run, names in named.items()
    }
    return replace(of_runs("a", "b"), projectors=infos)


def test_the_embeddings_of_the_visible_runs_are_listed_by_name() -> None:
    found = snapshot(b=["x:2", "x:10", "y"], a=["y"], without_events=["y"])

    def listed(selection: Selection) -> list[tuple[str, str]]:
        return [(item.embedding.name, item.run) for item in listed_embeddings(found, selection)]

    every = [("x:2", "b"), ("x:10", "b"), ("y", "a"), ("y", "b"), ("y", "without_events")]
    assert listed(Selection()) == every
    assert listed(Selection(hidden=frozenset("b"))) == [every[2], every[4]]
    assert listed(Selection(runs_filter=Filter("^b"))) == [every[0], every[1], every[3]]
    assert listed(Selection(tags_filter=Filter("x"))) == every[:2]
    assert len({item.tag for item in listed_embeddings(found, Selection())}) == len(every)


def test_of_embeddings_of_one_name_the_last_counts() -> None:
    first, last = (replace(embedding(Path(name)), name="x") for name in ("first", "last"))
    found = replace(of_runs("a"), projectors={"a": ProjectorInfo("a", "", "", (first, last))})
    assert [item.embedding for item in listed_embeddings(found, Selection())] == [last]


def test_points_and_what_is_known_of_them(tmp_path: Path) -> None:
    found = loaded(tmp_path / "run")
    np.testing.assert_array_equal(found.points, points())
    assert (found.header, found.notes, found.total) == (("word", "kind", "size"), (), 24)
    assert [found.label(at) for at in (0, 8, 23)] == ["cat", "apple", "Prague"]
    assert [name for name, _ in found.columns] == ["kind", "size"]  # each word is another
    kind, size = (column for _, column in found.columns)
    assert isinstance(kind, Categories) and kind.names == ("animal", "fruit", "city")
    assert isinstance(size, Scale) and (size.low, size.high) == (0.0, 34.5)
    assert found.projection.sampled == 24
    assert found.nbytes > points().nbytes


def test_points_of_one_name_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text("1\t2\n3\t4\n5\t7\n8\t8\n")
    for text, names in (("7\n7\n1\n1\n", ["7 #0", "7 #1", "1 #2", "1 #3"]), ("a\nb\nc\nd\n", ["a", "b", "c", "d"])):
        (tmp_path / "m.tsv").write_text(text)
        found = read_points(read_version(embedding(tmp_path / "t.tsv", tmp_path / "m.tsv")))
        assert [found.name(at) for at in range(4)] == names


def test_points_without_metadata_are_called_by_their_places(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text("1\t2\n3\t4\n")
    found = read_points(read_version(embedding(tmp_path / "t.tsv")))
    assert (found.label(1), found.field(1, 3), found.columns, found.notes) == ("#1", "", (), ())


@pytest.mark.parametrize(
    ("metadata", "notes", "labels"),
    [
        ("x\n", ("metadata of 1 points",), ["x", "#1"]),
        ("x\ny\nz\n", ("metadata of 3 points",), ["x", "y"]),
        ("id\tlabel\n7\tx\n8\t\n", (), ["x", "#1"]),
        (None, ("{}: No such file or directory",), ["#0", "#1"]),
    ],
)
def test_metadata_that_does_not_fit(
    tmp_path: Path, metadata: str | None, notes: tuple[str, ...], labels: list[str]
) -> None:
    (tmp_path / "t.tsv").write_text("1\t2\n3\t4\n")
    path = tmp_path / "m.tsv"
    if metadata is not None:
        path.write_text(metadata)
    found = read_points(read_version(embedding(tmp_path / "t.tsv", path)))
    assert found.notes == tuple(note.format(path) for note in notes)
    assert [found.label(at) for at in range(2)] == labels


def test_points_that_are_not_finite_are_told_of(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text("1\t2\nnan\t4\n5\t6\n")
    found = read_points(read_version(embedding(tmp_path / "t.tsv")))
    assert found.notes == ("1 not shown: NaN or infinite",)
    stream = io.StringIO()
    assert write_coordinates(stream, found, (0, 1)) == 2
    assert [line.split(",")[:2] for line in stream.getvalue().splitlines()] == [
        ["point", "label"],
        ["0", "#0"],
        ["2", "#2"],
    ]


def test_of_very_many_points_some_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(point_sets, "MOST_POINTS", 10)
    found = loaded(tmp_path / "run")
    assert found.notes == ("one of every 3 of 24 points is shown",)
    assert (found.numbers.tolist(), found.total) == (list(range(0, 24, 3)), 24)
    assert [found.label(at) for at in range(8)] == [word for word, _ in NAMES[::3]]
    np.testing.assert_array_equal(found.points, points()[::3])


def test_more_numbers_than_memory_is_given_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(point_sets, "MOST_BYTES", 100)
    with pytest.raises(PayloadError, match=r"384 B of numbers, 100 B at most$"):
        loaded(tmp_path / "run")


@pytest.mark.parametrize("read", [read_shape, read_version])
def test_what_has_no_file(tmp_path: Path, read: object) -> None:
    assert callable(read)
    with pytest.raises(PayloadError, match="names no file"):
        read(embedding(None))
    with pytest.raises(PayloadError, match=r"none\.tsv: No such file or directory"):
        read(embedding(tmp_path / "none.tsv"))


def test_a_version_is_another_when_a_file_changed(tmp_path: Path) -> None:
    directory = words(tmp_path)
    item = embedding(directory / "words.tsv", directory / "words_metadata.tsv")
    first = read_version(item)
    assert read_version(item) == first
    with (directory / "words_metadata.tsv").open("a") as file:
        file.write("another\n")
    second = read_version(item)
    assert second != first
    (directory / "words_metadata.tsv").unlink()
    assert read_version(item) not in (first, second)


def test_neighbours_and_matches_do_not_read_the_points_again(tmp_path: Path) -> None:
    directory = words(tmp_path)
    version = read_version(embedding(directory / "words.tsv", directory / "words_metadata.tsv"))
    files = EmbeddingFiles()
    found = files.points(version)
    for file in directory.glob("*.tsv"):
        file.unlink()
    nearest = files.nearest(NeighbourQuery(version, 0, Distance.EUCLIDEAN))
    assert [found.label(at) for at in nearest.points[:2]] == ["dog", "lion"]
    assert len(nearest.points) == 23
    assert files.matches(MatchQuery(version, Filter("^[PR]"))).tolist() == [16, 20, 23]
    other = version._replace(files=((1, 1),))
    with pytest.raises(PayloadError, match="No such file"):
        files.points(other)


def test_neighbours_as_csv(tmp_path: Path) -> None:
    found = loaded(tmp_path / "run")
    query = NeighbourQuery(read_version(embedding(tmp_path / "run/words.tsv")), 8, Distance.COSINE)
    assert nearest_csv(found, query, Nearest(np.array([9, 0]), np.array([0.5, 1.25]))) == (
        "point,label,cosine_distance\n8,apple,0.0\n9,pear,0.5\n0,cat,1.25\n"
    )


def test_coordinates_as_csv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection_csv, "_ROWS_AT_ONCE", 5)
    found = loaded(tmp_path / "run")
    stream = io.StringIO()
    assert write_coordinates(stream, found, (0, 2)) == 24
    head, *rows = stream.getvalue().splitlines()
    assert head == "point,label,PC1,PC3"
    table = [row.split(",") for row in rows]
    assert [row[1] for row in table] == [word for word, _ in NAMES]
    written = np.array([row[2:] for row in table], np.float32)
    np.testing.assert_array_equal(written, found.projection.coordinates[:, [0, 2]])
