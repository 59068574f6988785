"""File names for runs and tags that may hold anything."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.cli.export.file_names import FileNames
from tui.render.file_text import safe_file_name
from tui.render.text import printable

# Anything that decoded bytes may be, lone surrogates included, and often what is special.
names = st.text(st.one_of(st.characters(), st.sampled_from("./\\\0\n~- :aAéE\u0301\udcff")), max_size=300)


@pytest.mark.parametrize(
    ("name", "file_name"),
    [
        ("loss", "loss"),
        ("Loss/train", "Loss_train"),
        ("../../x", "_._.._x"),
        ("..", "__"),
        (".", "_"),
        ("", "_"),
        (".hidden", "_hidden"),
        ("-rf", "_rf"),
        ("~", "_"),
        ("a\0b\nc\x1b[2J", "a_x00b_nc_x1b[2J"),
        ("C:\\x", "C__x"),
        ("mit Ümläut", "mit Ümläut"),
        ("r\udcff", "r_udcff"),
        ("end. ", "end._"),
        ("x" * 300, "x" * 180),
        ("ü" * 300, "ü" * 90),
        ("CON", "CON_"),
        ("aux.h", "aux_.h"),
        ("lpt1", "lpt1_"),
        ("nul .x", "nul_ .x"),
        ("console", "console"),
    ],
)
def test_safe_file_names(name: str, file_name: str) -> None:
    assert safe_file_name(name) == file_name


@given(names)
def test_any_name_is_safe(name: str) -> None:
    file_name = safe_file_name(name)
    assert 0 < len(file_name.encode()) <= 200
    assert "/" not in file_name and "\\" not in file_name
    assert printable(file_name) == file_name
    assert file_name[0] not in ".-~" and file_name[-1] not in ". "


@given(st.lists(names, max_size=30))
def test_names_stay_apart_where_case_and_accents_do_not_count(some: list[str]) -> None:
    file_names = FileNames(["index.csv"])
    given_names = {name: file_names.of(name) for name in some}
    assert {name: file_names.of(name) for name in some} == given_names
    folded = {unicodedata.normalize("NFD", name).casefold() for name in given_names.values()} | {"index.csv"}
    assert len(folded) == len(given_names) + 1
    assert all(len(name.encode()) <= 255 for name in given_names.values())


def test_numbers_pass_over_what_is_taken() -> None:
    file_names = FileNames(["index.csv"])
    assert [file_names.of(name) for name in ("a/b", "a_b", "A_B", "a_b_2", "a_b_3", "INDEX.csv", "a/b")] == [
        "a_b", "a_b_2", "A_B_3", "a_b_2_2", "a_b_3_2", "INDEX.csv_2", "a_b",
    ]  # fmt: skip


def test_long_names_that_begin_alike() -> None:
    file_names = FileNames()
    made = [file_names.of("x" * 200 + str(number)) for number in range(2000)]
    assert len(set(made)) == 2000
    assert max(map(len, made)) == 185
