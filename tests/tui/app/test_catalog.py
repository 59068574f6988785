"""Which runs and tags are shown, in which order and under which names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.app.views import of_runs, run_summary, scalar_series
from tui.app.catalog import (
    PINNED,
    Group,
    focused_run,
    folded_names,
    group_of,
    grouped,
    keys_by_tag,
    listed_runs,
    natural_key,
    short_name,
    shown_key,
    visible_runs,
)
from tui.app.selection import Filter, Selection
from tui.model import SeriesKey

NAMES = st.lists(st.text("aAbB01９²/. ", max_size=8), max_size=6, unique=True)
PATHS = st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map("/".join), max_size=6, unique=True)


@pytest.mark.parametrize(
    "ordered",
    [
        ["layer2", "layer10"],
        ["a", "B", "c"],
        ["A", "a", "A1", "a2"],
        ["run", "run0", "run00", "run_1"],
        ["v9", "v" + "9" * 5000, "v1" + "0" * 5000],
        ["lr_0.01", "lr_0.1", "lr_0.1/x"],
        ["lr_0.0003_adam", "lr_0.001_adam", "lr_0.001_sgd", "lr_0.0015", "lr_0.003_adam", "lr_0.01_adam", "lr_1_adam"],
        ["lr0", "lr1e-5", "lr0.0001", "lr3e-4", "lr1.5e-3", "lr0.01", "lr1", "lr10"],
        ["blocks.0.2", "blocks.0.10", "blocks.1.9", "blocks.1.10", "layer0.2.bias", "layer0.10.bias"],
        ["v0.9.2", "v0.10.1"],
    ],
)
def test_natural_order(ordered: list[str]) -> None:
    backwards = ordered[::-1]
    backwards.sort(key=natural_key)
    assert backwards == ordered


@given(NAMES)
def test_no_two_names_are_equal_in_natural_order(names: list[str]) -> None:
    assert len({natural_key(name) for name in names}) == len(names)
    backwards = names[::-1]
    assert sorted(backwards, key=natural_key) == sorted(names, key=natural_key)


@pytest.mark.parametrize(
    ("tag", "group", "short"),
    [
        ("loss", "", "loss"),
        ("Loss/train", "Loss", "train"),
        ("a/b/c", "a", "b/c"),
        ("/loss", "", "loss"),
        ("loss/", "loss", "loss/"),
        ("", "", ""),
    ],
)
def test_group_and_short_name(tag: str, group: str, short: str) -> None:
    assert (group_of(tag), short_name(tag)) == (group, short)


def groups(tags: Iterable[str], selection: Selection) -> list[Group]:
    """The groups of tags in any order."""
    return grouped(sorted(set(tags), key=natural_key), selection)


def test_tags_are_grouped_in_natural_order_and_those_without_a_group_come_first() -> None:
    tags = ["b/x10", "lr", "b/x2", "Zeta", "a/y", "b/x2", "/z", "10/t", "9/t"]
    assert groups(tags, Selection()) == [
        Group("", ("/z", "lr", "Zeta")),
        Group("9", ("9/t",)),
        Group("10", ("10/t",)),
        Group("a", ("a/y",)),
        Group("b", ("b/x2", "b/x10")),
    ]


def test_groups_whose_names_differ_in_case_only_stay_in_their_order() -> None:
    tags = ["loss/a", "Loss/a", "LOSS/a", "Loss/A"]
    expected = [Group("LOSS", ("LOSS/a",)), Group("Loss", ("Loss/A", "Loss/a")), Group("loss", ("loss/a",))]
    assert groups(tags, Selection()) == expected
    assert groups(reversed(tags), Selection()) == expected


def test_the_filter_takes_tags_and_then_empty_groups_away() -> None:
    chosen = Selection(tags_filter=Filter("val"))
    assert groups(["Loss/train", "Loss/val", "lr"], chosen) == [Group("Loss", ("Loss/val",))]
    assert groups(["lr"], chosen) == []


def test_pinned_tags_come_first_in_their_order_and_leave_their_group() -> None:
    chosen = Selection(pinned_tags=("Loss/val", "gone", "lr", "Acc/val"))
    tags = ["lr", "Loss/train", "Loss/val", "Acc/val", "beta"]
    assert groups(tags, chosen) == [
        Group(PINNED, ("Loss/val", "lr", "Acc/val")),
        Group("", ("beta",)),
        Group("Loss", ("Loss/train",)),
    ]
    assert groups(["beta"], chosen) == [Group("", ("beta",))]
    filtered = Selection(pinned_tags=("Loss/val", "lr"), tags_filter=Filter("val"))
    assert groups(tags, filtered) == [Group(PINNED, ("Loss/val",)), Group("Acc", ("Acc/val",))]


def test_no_group_is_taken_for_the_pinned_one() -> None:
    assert [group.name for group in groups(["/Pinned/a", "Pinned/a"], Selection())] == ["", "Pinned"]
    assert Group(PINNED, ()).title == Group("Pinned", ()).title == "Pinned"


def test_what_tags_are_called_under_their_group() -> None:
    assert Group("Loss", ()).label("Loss/train") == "train"
    assert Group("", ()).label("/train") == "/train"
    assert Group("", ()).label("") == "(no name)"
    assert Group(PINNED, ()).label("Loss/train") == "Loss/train"


def test_the_series_shown_for_a_run_is_its_own_or_that_of_the_newest() -> None:
    snapshot = of_runs(*(run_summary(run, last_wall_time=time) for run, time in (("a", 1.0), ("b", 3.0), ("c", 2.0))))
    series = [scalar_series([1.0], run=run, tag="x") for run in "abc"]
    keys = [one.key for one in series]
    snapshot = replace(snapshot, scalars={one.key: one for one in series})
    assert shown_key(snapshot, keys, "a") == keys[0]
    assert shown_key(snapshot, keys, "other") == shown_key(snapshot, keys, None) == keys[1]


def test_listed_and_visible_runs() -> None:
    snapshot = of_runs("lr10", "lr2", "other")
    selection = Selection(runs_filter=Filter("lr"), hidden=frozenset({"lr2", "other", "gone"}))
    assert listed_runs(snapshot, Selection()) == ["lr2", "lr10", "other"]
    assert listed_runs(snapshot, selection) == ["lr2", "lr10"]
    assert visible_runs(snapshot, selection) == ["lr10"]


def test_the_focused_run_is_the_chosen_one_while_it_is_visible() -> None:
    snapshot = of_runs(run_summary("a", last_wall_time=1.0), run_summary("b", last_wall_time=2.0))
    assert focused_run(snapshot, Selection(focused_run="a")) == "a"
    assert focused_run(snapshot, Selection(focused_run="gone")) == "b"
    assert focused_run(snapshot, Selection(focused_run="a", hidden=frozenset({"a"}))) == "b"
    assert focused_run(snapshot, Selection(focused_run="a", runs_filter=Filter("b"))) == "b"
    assert focused_run(snapshot, Selection(hidden=frozenset({"a", "b"}))) is None
    assert focused_run(of_runs(), Selection()) is None


def test_a_run_of_few_tags_beside_one_of_many_is_not_focused() -> None:
    training = run_summary("training", tags=6, points=60, last_wall_time=1.0)
    curve = run_summary("training/curve", tags=1, points=60, last_wall_time=2.0)
    validation = run_summary("validation", tags=3, points=60, last_wall_time=1.5)
    assert focused_run(of_runs(training, curve), Selection()) == "training"
    assert focused_run(of_runs(training, curve, validation), Selection()) == "validation"


def test_the_run_that_logged_last_is_focused_but_not_one_of_single_points() -> None:
    training = run_summary("training", last_wall_time=1.0)
    result = run_summary("result", tags=3, points=3, last_wall_time=9.0)
    unknown = run_summary("unknown", last_wall_time=None)
    assert focused_run(of_runs(training, result, unknown), Selection()) == "training"
    assert focused_run(of_runs(result), Selection()) == "result"
    assert focused_run(of_runs(unknown), Selection()) == "unknown"


def test_keys_by_tag_are_in_the_order_of_the_runs() -> None:
    keys = [SeriesKey(run, tag, "scalars") for run, tag in [("a", "x"), ("b", "x"), ("c", "y"), ("a", "y"), ("d", "z")]]
    assert keys_by_tag(keys, ["c", "b", "a"]) == {"x": [keys[1], keys[0]], "y": [keys[2], keys[3]]}
    assert keys_by_tag(keys, []) == {}


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ([], []),
        (["a/b/x"], ["a/b/x"]),
        (["a/b/x", "a/b/y"], ["x", "y"]),
        (["a/b", "a/b/x", "a/b/y"], ["b", "x", "y"]),
        (["a/b", "a/b/b"], ["b", "b/b"]),
        (["a", "a/a", "a/b"], ["a", "a/a", "a/b"]),
        ([".", "a/x", "a/y"], [".", "a/x", "a/y"]),
        ([".", "x"], [".", "x"]),
        (["ab/x", "abc/x"], ["ab/x", "abc/x"]),
        (["a/x", "b/x"], ["a/x", "b/x"]),
        (["a/x/1", "a/y/1"], ["x/1", "y/1"]),
    ],
)
def test_folded_names(names: list[str], shown: list[str]) -> None:
    assert folded_names(names) == dict(zip(names, shown, strict=True))


@given(PATHS)
def test_folded_names_are_ends_of_the_names_and_differ(names: list[str]) -> None:
    folded = folded_names(names)
    assert list(folded) == names
    assert len(set(folded.values())) == len(names)
    for name, shown in folded.items():
        assert name == shown or name.endswith("/" + shown)


def test_a_name_of_megabytes_is_sorted_by_its_start() -> None:
    names = ["a" * 20_000 + "9", "a" * 20_000 + "10", "b" * 10**6, "b" * 10**6 + "1" * 10**6]
    assert sorted([*names[2:], *names[:2]], key=natural_key) == [names[1], names[0], *names[2:]]
    assert [len(part) for *_, part in natural_key(names[3])] == [1 << 14, 2 * 10**6]
