"""The projectors' configs: noticed when they appear, change and go, all the way into the snapshot."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import builders
from tui.ingest.sources import Sources
from tui.model import Embedding, Problem
from tui.reader.named_logdir import LogDir
from tui.reader.projector import CONFIG_NAME
from tui.store.snapshot import StoreSnapshot
from tui.store.store import Store


class Viewer:
    """Scans a logdir into a store."""

    def __init__(self, logdir: Path) -> None:
        self._sources = Sources([LogDir("", logdir)])
        self._store = Store()

    def scan(self) -> StoreSnapshot:
        for batch in self._sources.scan():
            self._store.apply(batch)
        return self._store.snapshot()


@pytest.fixture
def viewer(tmp_path: Path) -> Viewer:
    builders.write(tmp_path / "run" / builders.FILE_NAME, [builders.version_event()])
    return Viewer(tmp_path)


def write(directory: Path, content: str) -> Path:
    path = directory / CONFIG_NAME
    path.write_text(content)
    return path


def embedding(name: str) -> Embedding:
    return Embedding(name, (), None, None, None, None, ())


def names(snapshot: StoreSnapshot) -> dict[str, list[str]]:
    return {run: [item.name for item in info.embeddings] for run, info in snapshot.projectors.items()}


def test_a_config_appears_changes_and_goes(tmp_path: Path, viewer: Viewer) -> None:
    assert names(viewer.scan()) == {}
    path = write(tmp_path / "run", 'embeddings { tensor_name: "one" }')
    first = viewer.scan()
    assert first.projectors["run"].embeddings == (embedding("one"),)
    assert viewer.scan() is first
    write(tmp_path / "run", 'embeddings { tensor_name: "two" } embeddings { tensor_name: "three" }')
    write(tmp_path, 'embeddings { tensor_name: "of the logdir" }')
    assert names(viewer.scan()) == {"run": ["two", "three"], ".": ["of the logdir"]}
    assert names(first) == {"run": ["one"]}
    path.unlink()
    assert names(viewer.scan()) == {".": ["of the logdir"]}


def test_a_config_without_embeddings_is_nothing_to_show(tmp_path: Path, viewer: Viewer) -> None:
    write(tmp_path / "run", 'model_checkpoint_path: "x"')
    assert names(viewer.scan()) == {}


def test_a_malformed_config_is_one_problem_until_it_is_mended(tmp_path: Path, viewer: Viewer) -> None:
    path = write(tmp_path / "run", 'embeddings { tensor_name: "one" }')
    viewer.scan()
    write(tmp_path / "run", "embeddings {")
    broken = viewer.scan()
    assert names(broken) == {}
    reason = 'no projector config: 1:12 : Expected "}".'
    assert broken.problems == (Problem(str(path), None, reason),)
    assert viewer.scan() is broken
    write(tmp_path / "run", 'embeddings { tensor_name: "mended" }')
    mended = viewer.scan()
    assert (names(mended), mended.problems) == ({"run": ["mended"]}, ())


def test_a_refused_asset_is_a_problem_that_goes_with_the_config(tmp_path: Path, viewer: Viewer) -> None:
    path = write(tmp_path / "run", 'embeddings { tensor_name: "one" tensor_path: "../x" }')
    snapshot = viewer.scan()
    assert names(snapshot) == {"run": ["one"]}
    assert [problem.path for problem in snapshot.problems] == [str(path)]
    path.unlink()
    assert viewer.scan().problems == ()
