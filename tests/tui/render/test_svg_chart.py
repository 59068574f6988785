"""Charts as SVG: exact paths and places, well-formed whatever is in a name."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.render.palette import MARKS_IN_ASCII
from tui.render.polyline import polyline
from tui.render.svg_chart import (
    SvgChart,
    SvgLine,
    chart_svg,
    escaped,
    mark_svg,
    path_data,
    plot_height,
    plot_width,
)
from tui.render.window import Window

SVG = "{http://www.w3.org/2000/svg}"
NAN = float("nan")


def chart(values: list[float], name: str = "run", title: str = "loss", raw: list[float] | None = None) -> SvgChart:
    window, x = Window(0, len(values) - 1, 0, 4), np.arange(float(len(values)))
    shape = polyline(x, np.array(values), window, 50)
    behind = None if raw is None else polyline(x, np.array(raw), window, 50)
    line = SvgLine(name, "#2c77c3", "▲", shape, behind)
    return SvgChart(title, "about it", [line], [(0, "0"), (1, "2")], [(0, "0"), (0.5, "2")], "step")


def drawn(what: SvgChart, width: int = 129, height: int = 170) -> ET.Element:
    return ET.fromstring(chart_svg(what, width, height, "c1"))


def test_a_path_goes_from_place_to_place() -> None:
    x, y = np.array([0, 1, 1.4, 3, 10]), np.array([5, 5, 5, 2, 200.0])
    assert path_data(x, y) == "M0 5l1 0 2-3 7 198"
    assert path_data(np.array([3.0]), np.array([4.0])) == "M3 4h0"


def test_lines_and_ticks_are_where_their_values_are() -> None:
    assert (plot_width(["0", "2"], 129), plot_height(170)) == (100, 100)
    svg = drawn(chart([0, 4, 2]))
    (curve,) = (path for path in svg.iter(f"{SVG}path") if path.get("class") == "l")
    # Half pixels: 100 x 100 pixels of plot are 200 x 200.
    assert (curve.get("d"), curve.get("transform")) == ("M0 200l100-200 100 100", "scale(0.5)")
    labels = {text.text: (text.get("x"), text.get("y")) for text in svg.iter(f"{SVG}text") if text.get("text-anchor")}
    assert labels == {"0": ("0", "117"), "2": ("100", "117"), "step": ("117", "164")}
    (grid_0, grid_2) = (path.get("d") for path in svg.iter(f"{SVG}path") if path.get("class") == "g")
    assert (grid_0, grid_2) == ("M0 100H100", "M0 50H100")


def test_what_is_missing_is_marked_at_the_edges() -> None:
    svg = drawn(chart([1, NAN, float("inf"), -float("inf"), 9, -9, 1]))
    marks = {(text.text, text.get("class"), text.get("y")) for text in svg.iter(f"{SVG}text") if text.get("class")}
    expected = {("×", "x", "100"), ("▴", "x", "0"), ("▾", "x", "100"), ("▴", "y", "0"), ("▾", "y", "100")}
    assert marks - {("loss", "t", "18")} == expected


def test_raw_points_lie_behind_all_curves() -> None:
    svg = drawn(chart([1, 2, 3], raw=[3, 2, 1]))
    assert [path.get("class") for path in svg.iter(f"{SVG}path") if path.get("class") in ("w", "l")] == ["w", "l"]


def test_it_is_told_to_those_who_cannot_see_it() -> None:
    svg = drawn(chart([1, 2]))
    assert (svg.get("role"), svg.get("aria-labelledby")) == ("img", "c1t c1d")
    assert [(element.tag, element.get("id"), element.text) for element in list(svg)[:2]] == [
        (f"{SVG}title", "c1t", "loss"),
        (f"{SVG}desc", "c1d", "about it"),
    ]
    (curve,) = (path for path in svg.iter(f"{SVG}path") if path.get("class") == "l")
    assert [child.text for child in curve] == ["run"]


def test_nothing_to_draw_is_said() -> None:
    what = SvgChart("loss", "", [], [], [], "step", empty="no points")
    assert [text.text for text in drawn(what).iter(f"{SVG}text")] == ["loss", "no points"]


def test_labels_of_x_that_would_touch_are_left_out() -> None:
    what = chart([0, 1])
    crowded = SvgChart("", "", what.lines, [(share / 10, "label") for share in range(11)], what.y_ticks, "step")
    places = [text.get("x") for text in drawn(crowded).iter(f"{SVG}text") if text.text == "label"]
    assert places == ["0", "50", "95"]


@pytest.mark.parametrize("mark", MARKS_IN_ASCII)
def test_every_mark_of_the_palette_has_a_shape(mark: str) -> None:
    assert (
        ET.fromstring(mark_svg(mark, "#123456").replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ', 1)).get("class") == "k"
    )


@given(st.text(max_size=20))
def test_any_name_leaves_it_well_formed(name: str) -> None:
    svg = drawn(chart([1, 2], name, title=name))
    assert {element.tag.removeprefix(SVG) for element in svg.iter()} == {"svg", "title", "desc", "text", "g", "path"}


def test_escaping() -> None:
    assert escaped('<b a="\'">&\x1b\u202e') == "&lt;b a=&quot;&#x27;&quot;&gt;&amp;\\x1b\\u202e"
