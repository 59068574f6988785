"""LOGDIR arguments: names, and one clear line about a path that cannot be opened."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import builders
from tui.cli.errors import CommandError
from tui.cli.logdirs import parse_logdirs
from tui.reader.named_logdir import LogDir


@pytest.fixture(autouse=True)
def in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("runs", "other/runs", "a:b"):
        Path(name).mkdir(parents=True)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["runs"], [LogDir("", Path("runs"))]),
        (["base:runs"], [LogDir("base", Path("runs"))]),
        (["a:b"], [LogDir("", Path("a:b"))]),
        (["x:a:b"], [LogDir("x", Path("a:b"))]),
        (["runs", "other"], [LogDir("runs", Path("runs")), LogDir("other", Path("other"))]),
        (["runs", "other/runs"], [LogDir("runs", Path("runs")), LogDir("other/runs", Path("other/runs"))]),
        (["base:runs", "other/runs"], [LogDir("base", Path("runs")), LogDir("runs", Path("other/runs"))]),
        (["runs/.", "other/../other"], [LogDir("runs", Path("runs")), LogDir("other", Path("other/../other"))]),
    ],
)
def test_names(arguments: list[str], expected: list[LogDir]) -> None:
    assert parse_logdirs(arguments) == expected


def test_a_home_directory_is_found_behind_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert parse_logdirs(["x:~/runs"]) == [LogDir("x", tmp_path / "runs")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing"], "missing does not exist; give the directory that the event files are written to"),
        (["name:missing"], "missing does not exist"),
        (["dir/name:runs"], "dir/name:runs does not exist"),
        (["text"], "text is a file; give the directory that the event files are written to"),
        (["runs/events.out.tfevents.1.h"], "is an event file; give its directory: tbtui runs"),
        (["records"], "records is an event file; give its directory: tbtui ."),
        (["fifo"], "fifo is no directory"),
        (["text/below"], "text/below"),
        (["evil\x1b[2J"], r"evil\x1b[2J does not exist"),
        (["same:runs", "same:other"], "two logdirs are named same; name them apart with NAME:PATH"),
        (["runs", "runs"], "two logdirs are named runs"),
    ],
)
def test_what_cannot_be_opened_is_one_line(arguments: list[str], message: str) -> None:
    Path("text").write_text("some text")
    builders.write(Path("runs/events.out.tfevents.1.h"), [])
    builders.write(Path("records"), [builders.version_event()])
    os.mkfifo("fifo")
    with pytest.raises(CommandError) as raised:
        parse_logdirs(arguments)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_an_unreadable_directory_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    # Permissions do not stop root, as whom tests may run.
    def refuse(path: Path) -> object:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(CommandError, match=r"^runs cannot be read: Permission denied; ask for read access to it$"):
        parse_logdirs(["runs"])
