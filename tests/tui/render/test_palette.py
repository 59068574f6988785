"""Run styles: stable, distinct, and readable on dark and light backgrounds."""

from __future__ import annotations

from itertools import combinations
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color

from tui.render.cells import width
from tui.render.palette import ANSI_OF, PALETTES, RunStyle, assign, fade, legible

Array: TypeAlias = npt.NDArray[np.float64]
MANY = [f"run{i}" for i in range(100)]


def channels(colour: str) -> list[float]:
    return [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels(colour)]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def seen(colour: str, matrix: Array) -> Array:
    """A colour in OKLab as an eye sees it that a matrix in linear light stands for."""
    light = matrix @ [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels(colour)]
    cones = [[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]]
    opponents = [[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]]
    return np.array(opponents) @ np.cbrt(np.array(cones) @ np.clip(light, 0, 1))


# Machado, Oliveira and Fernandes 2009, severity 1.
EYES = {
    "usual": (np.eye(3), 0.14),
    "protan": (np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]), 0.08),
    "deutan": (np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]), 0.08),
    "tritan": (np.array([[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]]), 0.07),
}


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("palette", PALETTES)
def test_no_two_colours_of_a_palette_look_the_same(palette: str, eye: str) -> None:
    matrix, least = EYES[eye]
    labs = [seen(colour, matrix) for colour, _ in PALETTES[palette]]
    assert min(np.linalg.norm(one - other) for one, other in combinations(labs, 2)) >= least


@pytest.mark.parametrize("palette", PALETTES)
def test_a_palette_has_eight_colours_each_with_its_own_of_the_sixteen(palette: str) -> None:
    colours = PALETTES[palette]
    assert len({colour for colour, _ in colours}) == len({ansi for _, ansi in colours}) == 8
    assert all(ANSI_OF[colour] == ansi for colour, ansi in colours)
    given = [style.colour for style in assign(MANY[:8], palette=palette).values()]
    assert set(given) == {colour for colour, _ in colours}


def test_a_run_has_the_same_place_in_every_palette() -> None:
    places = {
        palette: [[colour for colour, _ in PALETTES[palette]].index(style.colour) for style in styles.values()]
        for palette in PALETTES
        for styles in [assign(MANY[:8], palette=palette)]
    }
    assert places["default"] == places["vivid"] == places["ansi"]


@pytest.mark.parametrize(
    "style",
    [style for palette in ("default", "vivid") for style in assign(MANY[:8], palette=palette).values()],
    ids=lambda style: style.colour,
)
def test_colours_are_seen_on_dark_and_light(style: RunStyle) -> None:
    assert contrast(style.colour, "#ffffff") >= 2.9
    assert contrast(style.colour, "#121212") >= 3.0


def test_the_first_eight_runs_differ_in_every_way() -> None:
    styles = assign(MANY[:8]).values()
    for part in ("colour", "ansi", "mark", "ascii_mark"):
        assert len({getattr(style, part) for style in styles}) == 8


def test_the_first_sixty_four_runs_differ() -> None:
    assert len(set(assign(MANY[:64]).values())) == 64


def test_marks_are_one_cell_and_ansi_names_are_known() -> None:
    for style in assign(MANY[:8]).values():
        assert width(style.mark) == width(style.ascii_mark) == 1
        assert style.ascii_mark.isascii()
        assert Color.parse(style.ansi).number in range(16)


@given(st.lists(st.text()), st.lists(st.text()))
def test_runs_added_later_change_no_other(names: list[str], later: list[str]) -> None:
    before, after = assign(names), assign(names + later)
    assert {name: after[name] for name in before} == before


def test_a_run_alone_keeps_its_colour_among_others_that_leave_it_free() -> None:
    alone = assign(["lr_0.01"])["lr_0.01"]
    assert assign(["lr_0.01", *MANY])["lr_0.01"] == alone
    assert assign([]) == {}


def test_fade_goes_from_one_colour_to_the_other() -> None:
    assert fade("#000000", "#ff8000", 3) == ["#000000", "#804000", "#ff8000"]
    assert fade("#000000", "#ff8000", 1) == ["#ff8000"]
    assert fade("#000000", "#ff8000", 0) == []


def test_styles_beside_are_not_given_again() -> None:
    runs = assign(f"run{n}" for n in range(20))
    groups = assign((f"group{n}" for n in range(8)), runs.values())
    assert not set(runs.values()) & set(groups.values())
    few = assign(f"run{n}" for n in range(3))
    groups = assign((f"group{n}" for n in range(5)), few.values())
    assert len({style.colour for style in (*few.values(), *groups.values())}) == 8


@given(st.integers(0, (1 << 24) - 1), st.sampled_from(["#11131a", "#fafafa", "#808080"]))
def test_any_colour_can_be_seen(number: int, background: str) -> None:
    colour = f"#{number:06x}"
    high, low = sorted((luminance(legible(colour, background)), luminance(background)), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 2


def test_what_can_be_seen_stays_as_it_is() -> None:
    assert legible("#c08040", "#11131a") == "#c08040"
    assert legible("#000000", "#11131a") == "#505050"
    assert legible("#ffffff", "#fafafa") == "#afafaf"
    assert legible("#000060", "#11131a")[5:] > legible("#000060", "#11131a")[1:3]  # still a blue
