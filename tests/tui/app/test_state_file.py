"""The file of what is remembered: whole or not at all, the user's alone, and never lost silently."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from tui.app.state_file import LARGEST_FILE, MOST_NAMES, BrokenStateError, StateFile, file_name
from tui.reader.named_logdir import LogDir

FIELDS: dict[str, object] = {"log_y": True, "hidden": ["a", "b\udcff"]}


@pytest.fixture
def file(tmp_path: Path) -> StateFile:
    return StateFile(tmp_path / "tbtui" / "runs.json")


def broken(file: StateFile) -> str:
    with pytest.raises(BrokenStateError) as error:
        file.read()
    return str(error.value)


def names_in(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir()}


def test_what_is_written_is_read(file: StateFile) -> None:
    assert file.read() == {}
    assert file.write(FIELDS) == 0
    assert file.read() == FIELDS
    assert file.write({"log_y": False}) == 0
    assert file.read() == {"log_y": False}
    assert names_in(file.path.parent) == {"runs.json"}


def test_only_the_user_may_read_it(file: StateFile) -> None:
    old = os.umask(0)
    try:
        file.write(FIELDS)
    finally:
        os.umask(old)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700


def test_a_write_that_fails_leaves_what_was_there(file: StateFile, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write(FIELDS)

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        file.write({"log_y": False})
    assert file.read() == FIELDS
    assert names_in(file.path.parent) == {"runs.json"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is no JSON"),
        (b"{", "it is no JSON"),
        (b"\xff\xfe\xff", "it is no JSON"),
        (b"[" * 100_000, "it is no JSON"),
        (b"[]", "tbtui did not write it"),
        (b"{}", "tbtui did not write it"),
        (b'{"format": "what tbtui remembers", "version": 2, "selection": {}}', "another version of tbtui wrote it"),
        (b'{"format": "what tbtui remembers", "version": 1, "selection": []}', "tbtui did not write it"),
        (b" " * (LARGEST_FILE + 1), "it is larger than 1 MiB"),
    ],
)
def test_a_broken_file_is_kept_aside_at_the_next_change(file: StateFile, content: bytes, reason: str) -> None:
    file.path.parent.mkdir()
    file.path.write_bytes(content)
    assert broken(file) == reason
    assert file.path.read_bytes() == content
    file.write(FIELDS)
    assert file.read() == FIELDS
    assert file.path.with_suffix(".broken").read_bytes() == content
    file.write({})
    assert file.path.with_suffix(".broken").read_bytes() == content


def test_a_directory_in_its_place_is_kept_aside_too(file: StateFile) -> None:
    file.path.mkdir(parents=True)
    assert broken(file) == "Is a directory"
    file.write(FIELDS)
    assert file.read() == FIELDS
    assert file.path.with_suffix(".broken").is_dir()


def test_a_file_that_is_gone_meanwhile_is_no_trouble(file: StateFile) -> None:
    file.path.parent.mkdir()
    file.path.write_text("{")
    broken(file)
    file.path.unlink()
    file.write(FIELDS)
    file.remove()
    file.remove()
    assert names_in(file.path.parent) == set()


def test_names_are_bounded_in_number(file: StateFile) -> None:
    many = [f"run{number}" for number in range(MOST_NAMES)]
    assert file.write({"hidden": many, "log_y": True, "pinned_tags": ["a", "b"]}) == 2
    assert file.read() == {"hidden": many, "log_y": True, "pinned_tags": []}


def test_names_are_bounded_in_size(file: StateFile) -> None:
    long = ["é" * 500 + str(number) for number in range(1000)]
    left_out = file.write({"hidden": long, "tags_filter": "x" * 5000, "log_y": True})
    assert file.path.stat().st_size <= LARGEST_FILE
    stored = file.read()
    assert stored.keys() == {"hidden", "log_y"}
    hidden = stored["hidden"]
    assert isinstance(hidden, list)
    assert 200 < len(hidden) == 1001 - left_out


def test_a_name_for_each_set_of_log_directories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    one, other = LogDir("", Path("my runs")), LogDir("", Path("/data/x"))
    assert file_name([one]).startswith("my_runs-")
    assert (
        file_name([one]) == file_name([LogDir("", tmp_path / "my runs")]) == file_name([LogDir("", Path("./my runs/"))])
    )
    both = file_name([LogDir("a", one.path), LogDir("b", other.path)])
    assert both == file_name([LogDir("b", other.path), LogDir("a", one.path)])
    assert len({both, file_name([one]), file_name([other]), file_name([LogDir("a", one.path)])}) == 4


@pytest.mark.parametrize("path", ["/", "/\udcff\x1b[2J", "/" + "long" * 50, "/..a", "/ä/é"])
def test_a_name_is_plain(path: str) -> None:
    name = file_name([LogDir("", Path(path))])
    slug, _, rest = name.rpartition("-")
    assert name.isascii()
    assert name.isprintable()
    assert slug
    assert not set(slug) & set("/ \x1b[")
    assert len(rest) == 16 + len(".json")
    assert len(name) < 70


def test_the_file_says_what_it_is(file: StateFile) -> None:
    file.write(FIELDS)
    assert json.loads(file.path.read_text(encoding="ascii")) == {
        "format": "what tbtui remembers",
        "version": 1,
        "selection": FIELDS,
    }
