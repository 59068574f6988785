"""Which runs differ only by their seed, and what their group is called."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from logging_lib.tfevents.hparams import HParam, SessionStart
from tests.tui.app.views import run_summary
from tui.analysis.run_groups import RunGroup, groups_by_hparams, groups_by_pattern, seed_pattern
from tui.store.snapshot import RunSummary


def by_pattern(pattern: str, *names: str, taken: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    return as_dict(groups_by_pattern(names, re.compile(pattern).search, taken))


def as_dict(groups: list[RunGroup]) -> dict[str, tuple[str, ...]]:
    return {group.name: group.runs for group in groups}


def runs(**hparams: dict[str, HParam] | None) -> dict[str, RunSummary]:
    """Runs with these hparams; None for a run without a session start. `__` stands for `/`."""
    names = {key.replace("__", "/"): known for key, known in hparams.items()}
    return {
        name: replace(run_summary(name), start=None if known is None else SessionStart(known))
        for name, known in names.items()
    }


def by_hparams(known: dict[str, RunSummary]) -> dict[str, tuple[str, ...]]:
    return as_dict(groups_by_hparams(known, known))


def test_runs_with_the_same_captured_text_are_together() -> None:
    found = by_pattern(r"lr_(.+)_seed\d", "lr_0.1_seed0", "lr_0.1_seed1", "lr_1_seed0", "lr_1_seed1", "old")
    assert found == {"0.1": ("lr_0.1_seed0", "lr_0.1_seed1"), "1": ("lr_1_seed0", "lr_1_seed1")}


def test_without_groups_all_of_the_match_counts() -> None:
    assert by_pattern("adam|sgd", "adam1", "adam2", "my-sgd", "sgd") == {
        "adam": ("adam1", "adam2"),
        "sgd": ("my-sgd", "sgd"),
    }


def test_a_run_that_is_alone_is_in_no_group() -> None:
    assert by_pattern("(.*)_s", "a_s1", "a_s2", "b_s1") == {"a": ("a_s1", "a_s2")}


def test_several_groups_make_a_name_and_those_with_names_say_them() -> None:
    assert by_pattern(r"(\w+)-bs(\d+)", "a-bs8-0", "a-bs8-1") == {"a 8": ("a-bs8-0", "a-bs8-1")}
    assert by_pattern(r"(?P<opt>\w+)-bs(?P<bs>\d+)", "a-bs8-0", "a-bs8-1") == {"opt=a bs=8": ("a-bs8-0", "a-bs8-1")}


def test_captured_separators_are_not_part_of_the_name_but_directories_stay() -> None:
    assert by_pattern(r"(.*)seed\d(.*)", "adam/seed1/val", "adam/seed2/val") == {
        "adam/val": ("adam/seed1/val", "adam/seed2/val")
    }
    assert list(by_pattern(r"(x?)\d", "1", "2")) == ["all"]


def test_a_group_has_no_runs_name() -> None:
    assert list(by_pattern(r"(.*)_\d", "a_1", "a_2", taken=("a", "a (2)"))) == ["a (3)"]


def test_equal_hparams_whatever_the_seed() -> None:
    found = by_hparams(
        runs(
            a={"lr": 0.1, "bs": 64.0, "Random_Seed": 1.0},
            b={"lr": 0.1, "bs": 64.0, "Random_Seed": 2.0},
            c={"lr": 0.25, "bs": 64.0, "Random_Seed": 1.0},
            d={"lr": 0.25, "bs": 64.0, "Random_Seed": 2.0},
            e={"lr": 0.25, "bs": 32.0, "Random_Seed": 2.0},
            f={"lr": 0.25, "bs": 32.0, "Random_Seed": 3.0},
            g={"lr": 0.25, "bs": 16.0, "Random_Seed": 3.0},
        )
    )
    assert found == {"lr=0.1 bs=64": ("a", "b"), "lr=0.25 bs=64": ("c", "d"), "lr=0.25 bs=32": ("e", "f")}


def test_what_all_groups_have_in_common_is_not_in_their_names() -> None:
    known = runs(a={"lr": 1.0, "bs": 8.0}, b={"lr": 1.0, "bs": 8.0}, c={"lr": 1.0, "bs": 16.0, "momentum": 0.5})
    assert list(by_hparams(known)) == ["bs=8"]
    known |= runs(d={"lr": 2.0, "bs": 8.0}, e={"lr": 2.0, "bs": 8.0})
    assert list(by_hparams(known)) == ["lr=1", "lr=2"]


def test_values_are_written_short_but_apart() -> None:
    found = by_hparams(
        runs(
            a={"lr": 0.1234567, "n": "x", "m": None},
            b={"lr": 0.1234567, "n": "x", "m": None},
            c={"lr": 0.1234568, "n": "", "m": True},
            d={"lr": 0.1234568, "n": "", "m": True},
        )
    )
    assert list(found) == ["lr=0.1234567 n=x", 'lr=0.1234568 n="" m=true']


def test_runs_that_do_not_differ_have_a_name_too() -> None:
    assert list(by_hparams(runs(a={"lr": 1.0, "seed": 1.0}, b={"lr": 1.0, "seed": 2.0}))) == ["equal hparams"]


def test_runs_below_a_session_have_its_hparams_and_stay_apart() -> None:
    known = runs(
        a={"lr": 1.0}, a__train=None, a__val=None, b={"lr": 1.0}, b__train=None, b__val=None, c={"lr": 2.0}, d=None
    )
    assert by_hparams(known) == {
        "lr=1": ("a", "b"),
        "lr=1/train": ("a/train", "b/train"),
        "lr=1/val": ("a/val", "b/val"),
    }


def test_a_run_has_the_hparams_of_the_sessions_below_it_when_these_agree() -> None:
    known = runs(a=None, a__1={"lr": 1.0}, b=None, b__1={"lr": 1.0}, c=None, c__1={"lr": 1.0}, c__2={"lr": 2.0})
    assert by_hparams(known) == {"lr=1": ("a", "b"), "lr=1 (2)": ("a/1", "b/1", "c/1")}


def test_runs_without_hparams_are_in_no_group() -> None:
    assert by_hparams(runs(a=None, b=None)) == {}
    assert by_hparams(runs(a={"lr": 1.0}, b={"lr": 2.0})) == {}


@pytest.mark.parametrize(
    ("names", "groups"),
    [
        (["adam/seed0", "adam/seed1", "sgd/seed0", "sgd/seed1"], ["adam", "sgd"]),
        (["seed=3-adam", "seed=4-adam"], ["adam"]),
        (["adam_Seed_1/val", "adam_Seed_2/val"], ["adam/val"]),
        (["lr_0.1_s1", "lr_0.1_s2", "lr_1_s1"], ["lr_0.1"]),
        (["ppo-1", "ppo-2", "dqn-1", "dqn-12"], ["ppo", "dqn"]),
    ],
)
def test_names_that_look_like_seeds_are_grouped(names: list[str], groups: list[str]) -> None:
    pattern = seed_pattern(names)
    assert pattern is not None
    found = groups_by_pattern(names, re.compile(pattern, re.IGNORECASE).search)
    assert [group.name for group in found] == groups


@pytest.mark.parametrize(
    "names", [["train", "val"], ["lr_1e-3", "lr_1e-4"], ["run_1690296879", "run_1690296880"], ["a_s1"], []]
)
def test_other_names_are_not(names: list[str]) -> None:
    assert seed_pattern(names) is None
