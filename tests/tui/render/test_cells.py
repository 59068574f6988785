"""Whatever is fitted has exactly the width that was asked for, as Textual counts it."""

from __future__ import annotations

import subprocess
import sys
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.render.cells import CUT, fit, fit_distinct, width, wrap

Keep = Literal["start", "end", "both"]
Align = Literal["left", "right"]
SEEDS = [f"run/lr_{lr}/seed_{seed}" for lr in ("0.1", "0.2") for seed in "01"]


@pytest.mark.parametrize(("s", "cells"), [("", 0), ("abc", 3), ("日本", 4), ("e\u0301", 1), ("🚀", 2)])
def test_width(s: str, cells: int) -> None:
    assert width(s) == cells


@pytest.mark.parametrize(
    ("s", "cells", "keep", "align", "fitted"),
    [
        ("loss", 6, "start", "left", "loss  "),
        ("loss", 6, "start", "right", "  loss"),
        ("loss", 4, "start", "left", "loss"),
        ("loss", 0, "start", "left", ""),
        ("loss", -1, "start", "left", ""),
        ("loss", 1, "start", "left", "…"),
        ("learning_rate", 6, "start", "left", "learn…"),
        ("model/encoder.layer.11.weight", 25, "end", "left", "…/encoder.layer.11.weight"),
        ("abcdefgh", 6, "both", "left", "abc…gh"),
        ("日本語", 4, "start", "left", "日… "),
        ("日本語", 4, "end", "right", " …語"),
        ("xe\u0301y", 2, "end", "left", "…y"),
        ("xe\u0301yz", 3, "start", "left", "xe\u0301…"),
        ("a\nb", 4, "start", "left", "a\\nb"),
    ],
)
def test_fit(s: str, cells: int, keep: Keep, align: Align, fitted: str) -> None:
    assert fit(s, cells, keep=keep, align=align) == fitted


@given(
    st.text() | st.text(st.sampled_from("ab日\u0301\u200d\ufe0f❤🏽👍\x1b\n\u115f\u1161")),
    st.integers(0, 40),
    st.sampled_from(["start", "end", "both"]),
    st.sampled_from(["left", "right"]),
)
def test_fit_is_exact(s: str, cells: int, keep: Keep, align: Align) -> None:
    assert width(fit(s, cells, keep=keep, align=align)) == cells


def test_measuring_does_not_load_textual() -> None:
    program = "import sys, tui.render.cells; print('textual' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "False\n"


@pytest.mark.parametrize(
    ("names", "cells", "fitted"),
    [
        (["train", "val"], 5, ["train", "val  "]),
        (["Train_AverageReturn", "Train_MaxReturn"], 12, ["…AverageRet…", "Tr…MaxReturn"]),
        (
            ["experiments/Exp_13_rmsprop_512/validation", "experiments/Exp_12_rmsprop_512/validation"],
            20,
            ["…3_rmsprop_512/vali…", "…2_rmsprop_512/vali…"],
        ),
        (["lr_0.0003_adamw", "lr_0.003_adamw"], 13, ["lr_0…03_adamw", "lr_0.…3_adamw"]),
        (SEEDS, 8, ["…0.1…0  ", "…0.1…1  ", "…0.2…0  ", "…0.2…1  "]),
        (SEEDS, 9, ["…1/seed_0", "…1/seed_1", "…2/seed_0", "…2/seed_1"]),
        (
            [f"lr_0.{lr}/{x}_a_long_name/seed_{seed}" for lr in "12" for x in "xy" for seed in "01"],
            13,
            [f"…{lr}/{x}_a…seed_{seed}" for lr in "12" for x in "xy" for seed in "01"],
        ),
    ],
)
def test_names_are_cut_so_that_they_differ(names: list[str], cells: int, fitted: list[str]) -> None:
    assert list(fit_distinct(names, cells).values()) == fitted


def test_names_that_differ_in_several_places_keep_the_parts_that_do() -> None:
    names = [
        f"encoder/layer.{layer}.attention.{of}_projection.{kind}/grad_norm"
        for layer in (0, 1, 10)
        for of in "qk"
        for kind in ("weight", "bias")
    ]
    texts = fit_distinct([*names, "encoder/one_of_another_build_altogether"], 22)
    assert len(set(texts.values())) == len(names) + 1
    assert texts[names[0]] == "…layer.0…q…weight…    "
    assert texts[names[-1]] == "…layer.10…k…bias…     "


@given(st.lists(st.text("ab/_", max_size=30), unique=True, max_size=12), st.integers(0, 20))
def test_fitted_names_have_the_width(names: list[str], cells: int) -> None:
    texts = fit_distinct(names, cells)
    assert list(texts) == names
    assert all(width(text) == cells for text in texts.values())


@given(st.lists(st.text("ab/_", max_size=30), unique=True, min_size=2, max_size=2), st.integers(3, 20))
def test_two_names_always_differ(names: list[str], cells: int) -> None:
    texts = fit_distinct(names, cells)
    assert len({text.rstrip() for text in texts.values()}) == 2


def test_with_no_room_to_differ_names_are_alike() -> None:
    assert set(fit_distinct(["abcd", "abce", "abcf"], 1).values()) == {CUT}


@pytest.mark.parametrize(
    ("text", "cells", "lines"),
    [
        ("", 5, [""]),
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 3, ["one", "two", "t…e"]),
        ("esc\x1b", 20, [r"esc\x1b"]),
    ],
)
def test_wrap(text: str, cells: int, lines: list[str]) -> None:
    assert wrap(text, cells) == lines


def test_names_of_very_many_parts_are_cut_as_others_are() -> None:
    names = ["d/" * depth for depth in range(1000, 1200)]
    texts = fit_distinct(names, 20)
    assert list(texts) == names
    assert {width(text) for text in texts.values()} == {20}
