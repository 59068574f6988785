"""The tree of runs: directories, folding, chains of one, runs above runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.app.run_tree import RULE, RunLine, flat_lines, line_of, parents, shared_directory, tree_lines

PATHS = st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map("/".join), max_size=8, unique=True)
NAMES = ["cnn/adam/0", "cnn/adam/1", "cnn/sgd/0", "mlp/adam/0", "mlp/adam/1"]


def drawn(lines: list[RunLine]) -> list[str]:
    """The lines as they would be drawn: two blanks a level, how many runs a folded directory holds."""
    return ["  " * line.depth + line.name + (f" {len(line.runs)}" if line.folded else "") for line in lines]


def tree(names: list[str], *folded: str) -> list[str]:
    return drawn(tree_lines(names, shared_directory(names), frozenset(folded)))


@pytest.mark.parametrize(
    ("names", "above"),
    [
        ([], ""),
        (["a/b/x"], ""),
        (["a/b/x", "a/b/y"], "a/b/"),
        (["a/b", "a/b/x"], "a/"),
        (["ab/x", "abc/x"], ""),
        ([".", "a/x", "a/y"], ""),
    ],
)
def test_the_directory_that_all_runs_share(names: list[str], above: str) -> None:
    assert shared_directory(names) == above


def test_runs_stand_under_their_directories() -> None:
    assert tree(NAMES) == ["cnn/", "  adam/", "    0", "    1", "  sgd/0", "mlp/adam/", "  0", "  1"]


@pytest.mark.parametrize(
    ("names", "lines"),
    [
        ([], []),
        (["a/b/x"], ["a/b/x"]),
        (["a", "b"], ["a", "b"]),
        (["a/b/x", "a/b/y"], ["x", "y"]),
        (["a/x/1", "a/y/1"], ["x/1", "y/1"]),
        (["exp", "exp/eval", "other"], ["exp/", "  eval", "other"]),
        (["a/b", "a/b/x", "a/b/y"], ["b/", "  x", "  y"]),
        ([".", "train", "val"], [".", "train", "val"]),
        (["p/a/b/x", "p/a/b/y", "p/z"], ["a/b/", "  x", "  y", "z"]),
        (["a//x", "a//y", "b"], ["a//", "  x", "  y", "b"]),
    ],
)
def test_what_has_one_thing_in_it_shares_its_line(names: list[str], lines: list[str]) -> None:
    assert tree(names) == lines


def test_a_folded_directory_keeps_its_runs() -> None:
    assert tree(NAMES, "cnn/", "mlp/adam/") == ["cnn/ 3", "mlp/adam/ 2"]
    assert tree(NAMES, "cnn/adam/") == ["cnn/", "  adam/ 2", "  sgd/0", "mlp/adam/", "  0", "  1"]
    assert tree_lines(NAMES, "", frozenset({"cnn/"}))[0].stands_for == ("cnn/adam/0", "cnn/adam/1", "cnn/sgd/0")


def test_a_run_above_others_stands_for_itself_until_it_is_folded() -> None:
    names = ["exp", "exp/eval", "exp/test"]
    (exp, *_) = tree_lines(names, "", frozenset())
    assert (exp.name, exp.run, exp.directory, exp.stands_for) == ("exp/", "exp", "exp/", ("exp",))
    (exp,) = tree_lines(names, "", frozenset({"exp/"}))
    assert (exp.run, exp.stands_for) == ("exp", ("exp", "exp/eval", "exp/test"))


def test_directories_may_be_as_deep_as_paths_can_be() -> None:
    deep = "/".join("d" * 3000)
    names = [deep[: 2 * level + 1] for level in range(3000)]
    assert [line.depth for line in tree_lines(names, "", frozenset())] == list(range(3000))


def test_the_line_that_the_cursor_was_on_is_found_again() -> None:
    lines = tree_lines(NAMES, "", frozenset())
    assert line_of(lines, ("cnn/sgd/0", None)) == 4
    assert line_of(lines, (None, "cnn/adam/")) == 1
    assert line_of(lines, ("gone", None)) is None
    assert line_of(lines, (None, "gone/")) is None
    assert line_of(lines, (None, None)) is None
    folded = tree_lines(NAMES, "", frozenset({"cnn/", "mlp/adam/"}))
    assert line_of(folded, ("cnn/adam/1", None)) == 0
    assert line_of(folded, (None, "cnn/adam/")) == 0
    assert line_of(folded, ("mlp/adam/0", None)) == 1
    flat = flat_lines((name, name) for name in NAMES)
    assert line_of(flat, (None, "cnn/")) is None
    whole = tree_lines(["exp", "exp/eval"], "", frozenset())
    assert line_of(whole, ("exp", None)) == 0


def test_the_rule_is_nothing_that_the_cursor_stands_on() -> None:
    assert not RULE.selectable
    assert line_of([RULE], (None, None)) is None
    assert all(line.selectable for line in tree_lines(NAMES, "", frozenset()))


def test_the_directory_of_each_line() -> None:
    assert parents(tree_lines(NAMES, "", frozenset())) == [-1, 0, 1, 1, 0, -1, 5, 5]
    assert parents(tree_lines(NAMES, "", frozenset({"cnn/"}))) == [-1, -1, 1, 1]
    assert parents([]) == []


@given(PATHS, st.sets(st.sampled_from(["a/", "b/", "a/b/"])))
def test_every_run_has_one_place(names: list[str], folded: set[str]) -> None:
    above = shared_directory(names)
    whole = tree_lines(names, above, frozenset())
    assert sorted(line.run for line in whole if line.run is not None) == sorted(names)
    some = tree_lines(names, above, frozenset(folded))
    stood_for = [run for line in some for run in (line.stands_for if line.run or line.folded else ())]
    assert sorted(stood_for) == sorted(names)
    for place, (line, parent) in enumerate(zip(whole, parents(whole), strict=True)):
        up = whole[parent].directory if parent >= 0 else above
        assert (line.directory or line.run) == f"{up}{line.name}" and parent < place
        assert (line.directory is None) == (line.runs == ())
        assert line.depth == (whole[parent].depth + 1 if parent >= 0 else 0)
