"""The ramp of amounts: from the background on, in even steps of lightness, also with fewer colours."""

from __future__ import annotations

import numpy as np
import pytest
from rich.color import Color
from rich.style import Style

from tui.app.output.colours import Many
from tui.render.ramp import lightness, ramp

BACKGROUNDS = ["#11131a", "#fafafa", "#000000", "#ffffff"]


@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize("n", [2, 6, 13])
def test_lightness_goes_in_even_steps(background: str, n: int) -> None:
    colours = ramp(background, n)
    assert len(colours) == n and colours[0] == background
    steps = np.diff([lightness(colour) for colour in colours])
    assert len(set(np.sign(steps))) == 1
    assert steps.tolist() == pytest.approx([steps.mean()] * (n - 1), abs=0.01)


def test_lightness_of_known_colours() -> None:
    assert [round(lightness(colour), 3) for colour in ("#000000", "#808080", "#ffffff")] == [0.0, 0.6, 1.0]


@pytest.mark.parametrize("background", BACKGROUNDS[:2])
def test_of_256_colours_it_keeps_its_order(background: str) -> None:
    reduced = [Many().reduced(Style(color=colour)).color for colour in ramp(background, 13)]
    shades = [lightness(colour.get_truecolor().hex) for colour in reduced if isinstance(colour, Color)]
    steps = np.diff(shades) * (1 if shades[-1] > shades[0] else -1)
    assert len(shades) == 13 and (steps > -0.02).all()
    assert len(set(shades)) >= 10
