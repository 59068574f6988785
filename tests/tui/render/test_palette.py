"""Run styles: stable, distinct, and readable on dark and light backgrounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color

from tui.render.cells import width
from tui.render.palette import RunStyle, assign, fade

MANY = [f"run{i}" for i in range(100)]


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("style", assign(MANY[:8]).values(), ids=lambda style: style.colour)
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
