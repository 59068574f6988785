"""Names of a remote listing: none leads out of the mirror."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.remote.names import MOST_DEPTH, directory_of, is_safe, is_wanted, only_grows

NAMES = st.text(st.characters(exclude_characters="\0") | st.sampled_from("/."), min_size=1, max_size=60)


@given(NAMES)
def test_a_safe_name_is_a_file_below_the_directory(name: str) -> None:
    if is_safe(name):
        inside = os.path.normpath(os.path.join("/mirror", name))  # noqa: PTH118
        assert inside == f"/mirror/{name}"


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", "../a", "a/../b", "/a", "a//b", "a/", "a\0b", "\udfff\ud800"),
        *("x" * 241, "/".join("a" * (MOST_DEPTH + 1)), "/".join(["y" * 200] * 6)),
    ],
)
def test_names_that_are_none(name: str) -> None:
    assert not is_safe(name)


@pytest.mark.parametrize("name", ["a", "a/b", "...", "a b/ü", "line\nbreak", os.fsdecode(b"\xff"), "x" * 240])
def test_names_that_are_fine(name: str, tmp_path: Path) -> None:
    assert is_safe(name)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).touch()


def test_what_is_fetched_for_its_name() -> None:
    assert is_wanted("a/events.out.tfevents.1.h")
    assert is_wanted("projector_config.pbtxt")
    assert not is_wanted("a/checkpoint.pt")
    assert not is_wanted("a.tfevents/x")
    assert only_grows("a/events.out.tfevents.1.h")
    assert not only_grows("a/projector_config.pbtxt")
    assert (directory_of("a/b/c"), directory_of("c")) == ("a/b", "")
