"""Colours and marks of points."""

from __future__ import annotations

import pytest
from rich.style import Style

from tui.analysis.point_columns import Categories, Scale, column_kind
from tui.app.point_looks import PointLook, category_look, plain_look, scale_look
from tui.app.terminal_kind import Colours
from tui.app.theme import DARK, LIGHT


def categories(*names: str, colours: Colours = Colours.ALL) -> PointLook:
    """Each name three times, and one point of which nothing is known."""
    column = column_kind([*(name for name in names for _ in range(3)), ""])
    assert isinstance(column, Categories)
    return category_look("kind", column, colours, "default", DARK)


def text(look: PointLook) -> str:
    return "".join(part for part, _ in look.legend)


def test_points_that_are_all_alike() -> None:
    look = plain_look(3, Style(color="red"))
    assert (look.owners.tolist(), look.marks, look.legend, look.dots) == ([0, 0, 0], ("●",), (), True)


def test_the_legend_says_what_marks_mean() -> None:
    assert text(categories("a", "b\x1b")) == r" kind  ● a  ▲ b\x1b  · unknown"
    many = categories(*(f"w{number:02}" for number in range(20)))
    assert text(many).endswith(" · 4 others · unknown")
    assert many.owners.tolist()[-1] == many.owners.tolist()[-2] == 16


@pytest.mark.parametrize("count", [2, 8, 9, 16])
@pytest.mark.parametrize("colours", Colours)
def test_no_two_categories_look_alike(count: int, colours: Colours) -> None:
    look = categories(*(f"w{number:02}" for number in range(count)), colours=colours)
    styles = [""] * count if colours is Colours.NONE else [str(style) for style in look.styles[:count]]
    assert len(set(zip(look.marks[:count], styles, strict=True))) == count
    # Dots are coloured only: they are drawn where the colours alone tell the categories apart.
    assert look.dots == (len(set(styles)) == count)


def test_single_characters_stand_for_themselves_without_colours() -> None:
    look = categories(*"0123456789", colours=Colours.NONE)
    assert look.marks == (*"0123456789", "·")
    assert categories(*(f"w{number}" for number in range(10)), colours=Colours.NONE).marks == (*"abcdefghij", "·")


@pytest.mark.parametrize("colours", Colours)
def test_a_scale_is_a_ramp_or_digits(colours: Colours) -> None:
    column = column_kind([*map(str, range(-50, 51)), ""])
    assert isinstance(column, Scale)
    for theme in (DARK, LIGHT):
        look = scale_look("size", column, colours, theme)
        assert (look.owners.tolist()[0], look.owners.tolist()[50], look.owners.tolist()[-2:]) == (0, 5, [9, 10])
        few = colours not in (Colours.ALL, Colours.MANY)
        assert look.dots is not few
        assert look.marks[:10] == (tuple("0123456789") if few else ("●",) * 10)
        assert text(look).startswith(" size  -50 ") and " 50 " in text(look) and "unknown" in text(look)


def test_the_largest_numbers_are_on_the_scale() -> None:
    values = [*(f"{number}" for number in range(30)), "-1.7e308", "1.7e308"]
    column = column_kind(values)
    assert isinstance(column, Scale)
    assert scale_look("x", column, Colours.ALL, DARK).owners.tolist()[-3:] == [5, 0, 9]
