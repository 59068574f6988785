"""What a listing means for a file of the mirror, and bringing it up to date: from a store in memory."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.remote.fetch import Fetcher, Plan, TooLargeError, plan
from tui.remote.mirror import OVERLAP_BYTES, Known, Mirror
from tui.remote.store import BeyondError, Entry, Listed, Stream, UnexpectedError

NAME = "run/events.out.tfevents.1.h"
OTHER = "run/tensors.tsv"


@pytest.mark.parametrize(
    ("entry", "size", "known", "expected"),
    [
        (Entry(NAME, 10, 1.0, "a"), None, None, Plan.GROW),
        (Entry(NAME, 10, 1.0, "a"), 10, Known(10, 1.0, "a"), Plan.NOTHING),
        (Entry(NAME, 12, 2.0, "b"), 10, Known(10, 1.0, "a"), Plan.GROW),
        (Entry(NAME, 8, 2.0, "b"), 10, Known(10, 1.0, "a"), Plan.REPLACE),
        (Entry(NAME, 10, 2.0, "b"), 10, Known(10, 1.0, "a"), Plan.REPLACE),
        (Entry(NAME, 10, 2.0), 10, Known(10, 1.0, None), Plan.GROW),
        (Entry(NAME, 10, 2.0, "b"), 10, None, Plan.GROW),
        (Entry(NAME, None), 10, Known(10, 1.0, "a"), Plan.GROW),
        (Entry(OTHER, 10, 1.0, "a"), None, None, Plan.REPLACE),
        (Entry(OTHER, 12, 2.0, "b"), 10, Known(10, 1.0, "a"), Plan.REPLACE),
        (Entry(OTHER, None), 10, Known(10, 1.0, "a"), Plan.GROW),
        (Entry(OTHER, None), 10, None, Plan.REPLACE),
    ],
)
def test_what_a_listing_means(entry: Entry, size: int | None, known: Known | None, expected: Plan) -> None:
    assert plan(entry, size, known) is expected


class _Bytes:
    """Bytes as a stream, in pieces of 100."""

    def __init__(self, data: bytes, start: int, stop: int, tag: str) -> None:
        self.start, self.total, self.mtime, self.tag = start, len(data), 5.0, tag
        self._rest = data[start:stop]

    def read(self) -> bytes:
        piece, self._rest = self._rest[:100], self._rest[100:]
        return piece

    def close(self) -> None:
        self._rest = b""


class _Store:
    """One file's content; `sent` counts what was read of it. Without `ranges` it always sends all."""

    flat = True

    def __init__(self, data: bytes, tag: str = "1", *, ranges: bool = True) -> None:
        self.data, self.tag, self.ranges = data, tag, ranges
        self.asked: list[tuple[int, int]] = []

    def list_tree(self) -> list[Listed]:  # type: ignore[override]
        raise NotImplementedError

    def list_directory(self, directory: str) -> Listed:
        raise NotImplementedError

    def open(self, name: str, start: int, end: int, entry: Entry, unless: str | None) -> Stream | None:
        if unless == self.tag:
            return None
        if start > len(self.data):
            raise BeyondError(name)
        self.asked.append((start, min(end, len(self.data))))
        start, end = (start, end) if self.ranges else (0, len(self.data))
        return _Bytes(self.data, start, end, self.tag)

    def close(self) -> None:
        """Nothing is open."""


def _brought(store: _Store, mirror: Mirror, name: str = NAME, *, told: bool = True) -> bytes:
    fetcher = Fetcher(store, mirror, lambda: None, lambda size: None)  # type: ignore[arg-type]
    entry = Entry(name, len(store.data), 5.0, store.tag) if told else Entry(name, None)
    while fetcher.bring(entry).more:
        pass
    return mirror.path(name).read_bytes()


def _mirror(directory: Path) -> Mirror:
    mirror = Mirror(directory)
    mirror.load()
    return mirror


@given(st.binary(max_size=900), st.binary(max_size=900), st.booleans(), st.booleans(), st.sampled_from([NAME, OTHER]))
def test_what_is_here_becomes_what_is_there(
    tmp_path_factory: pytest.TempPathFactory, before: bytes, after: bytes, told: bool, ranges: bool, name: str
) -> None:
    mirror = _mirror(tmp_path_factory.mktemp("mirror"))
    assert _brought(_Store(before, "1"), mirror, name, told=told) == before
    grown = before + after
    store = _Store(grown, "2", ranges=ranges)
    assert _brought(store, mirror, name, told=told) == grown
    assert mirror.known(name) == Known(len(grown), 5.0, "2")
    assert mirror.path(name).stat().st_mtime == 5.0
    if name == NAME and before and after:
        assert store.asked == [(max(0, len(before) - OVERLAP_BYTES), len(grown))]
    # Reopened, it is known, and nothing is asked.
    mirror.save()
    again = _mirror(mirror.directory)
    store.asked.clear()
    assert _brought(store, again, name, told=told) == grown
    assert store.asked == []


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("after", [b"y" * 1000, b"x" * 300, b"", b"y" * 600, b"x" * 500 + b"y" * 500])
def test_other_content_takes_the_files_place(tmp_path: Path, after: bytes, told: bool) -> None:
    mirror = _mirror(tmp_path)
    assert _brought(_Store(b"x" * 600, "1"), mirror) == b"x" * 600
    first = mirror.path(NAME).stat().st_ino
    assert _brought(_Store(after, "2"), mirror, told=told) == after
    assert mirror.path(NAME).stat().st_ino != first
    assert [path.name for path in mirror.path(NAME).parent.iterdir()] == [mirror.path(NAME).name]


def test_an_asset_of_gigabytes_is_not_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.remote.fetch.MOST_ASSET_BYTES", 99)
    with pytest.raises(TooLargeError, match="100 bytes, 99 at most; not fetched"):
        _brought(_Store(b"x" * 100), _mirror(tmp_path), OTHER)
    assert list(mirror_files(tmp_path)) == []


def test_a_server_that_sends_nothing_new_is_not_asked_for_ever(tmp_path: Path) -> None:
    class Stubborn(_Store):
        """Tells of more than it ever sends, as the Content-Range `bytes 0-99/600` does each time."""

        def open(self, name: str, start: int, end: int, entry: Entry, unless: str | None) -> Stream | None:
            return super().open(name, start, min(end, 100), entry, unless)

    mirror = _mirror(tmp_path)
    with pytest.raises(UnexpectedError, match="the server sent nothing of it from byte 100 on, of 600"):
        _brought(Stubborn(b"x" * 600), mirror)
    assert mirror.path(NAME).read_bytes() == b"x" * 100


@pytest.mark.parametrize("mtime", [float("nan"), float("inf"), 1e300, -1e300])
def test_a_time_that_no_file_can_have_is_left_out(tmp_path: Path, mtime: float) -> None:
    mirror = _mirror(tmp_path)
    mirror.append(NAME, b"x", mtime)
    mirror.note(NAME, Known(1, mtime, None))
    assert mirror.path(NAME).read_bytes() == b"x"


def mirror_files(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]


def test_a_file_that_was_left_unfinished_goes_on(tmp_path: Path) -> None:
    mirror = _mirror(tmp_path)
    mirror.append(NAME, b"x" * 400, None)
    (mirror.path(NAME).parent / ".tbtui-part-old").touch()
    mirror = _mirror(tmp_path)
    store = _Store(b"x" * 400 + b"z" * 100)
    assert _brought(store, mirror) == store.data
    assert store.asked == [(400 - OVERLAP_BYTES, 500)]
    assert [path.name for path in mirror.path(NAME).parent.iterdir()] == ["events.out.tfevents.1.h"]
    mirror.remove(NAME)
    assert list(mirror.files.iterdir()) == []
