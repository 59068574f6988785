"""A chart of curves as SVG text: axes, grid, raw points faint behind their smoothed curve, marks on the curves.

Colours of text and lines come from the classes of STYLE, so that one picture is read in the dark and in the light.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tui.render.polyline import Polyline, marks_along
from tui.render.text import printable
from tui.render.window import Floats

Ticks = Sequence[tuple[float, str]]

STYLE = """.tb text{font:12px system-ui,-apple-system,"Segoe UI",sans-serif;fill:var(--dim)}
.tb .t{font-size:13px;font-weight:600;fill:var(--ink)}
.tb .g{stroke:var(--rule);stroke-width:1;fill:none}
.tb .a{stroke:var(--dim);stroke-width:1;fill:none}
.tb .w{fill:none;stroke-width:1;stroke-opacity:.28;vector-effect:non-scaling-stroke;stroke-linejoin:round}
.tb .l{fill:none;stroke-width:1.6;vector-effect:non-scaling-stroke;stroke-linejoin:round;stroke-linecap:round}
.tb .m{stroke:var(--paper);stroke-width:.8}
.tb .x{fill:var(--bad);text-anchor:middle}
.tb .y{text-anchor:middle}
"""
"""What the classes of the pictures are; the colours are variables of `COLOURS`, or of the page around them."""
_LIGHT = "--paper:#fff;--ink:#1f2328;--dim:#59636e;--rule:#d8dee4;--bad:#c6282d;--warn:#8a5a00;--soft:#f6f8fa"
_DARK = "--paper:#121417;--ink:#e6e8eb;--dim:#9aa4af;--rule:#2c3238;--bad:#ff7b72;--warn:#e0a33e;--soft:#1b1f24"
COLOURS = f":root{{color-scheme:light dark;{_LIGHT}}}@media(prefers-color-scheme:dark){{:root{{{_DARK}}}}}"
"""The variables, by what the reader's system prefers."""
# Places in a path are whole numbers of so many a pixel, each told from the one before: that takes the fewest bytes.
_DETAIL = 2
_CHARACTER = 6.8
"""About the width of a digit in pixels, somewhat more for safety: which font there will be nobody knows."""
_TOP, _BOTTOM, _RIGHT = 30, 40, 12
_PIXELS_A_MARK = 170
_PIXELS_A_CROSS = 8
_SHAPES = {
    "●": "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    "▲": "M-4.4 3.6L0-4.6 4.4 3.6z",
    "■": "M-3.6-3.6h7.2v7.2h-7.2z",
    "◆": "M0-5L4.6 0 0 5-4.6 0z",
    "▼": "M-4.4-3.6L0 4.6 4.4-3.6z",
    "▶": "M-3.6-4.4L4.6 0-3.6 4.4z",
    "✚": "M-1.6-4.6h3.2v3h3v3.2h-3v3h-3.2v-3h-3v-3.2h3z",
    "◖": "M2-4.4a4.4 4.4 0 0 0 0 8.8z",
}
"""The marks of the palette about their middle, in pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class SvgLine:
    """A curve called `name`, its colour (#rrggbb) and mark (one of the palette's); `raw` is drawn faint behind it."""

    name: str
    colour: str
    mark: str
    curve: Polyline
    raw: Polyline | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SvgChart:
    """What a picture shows. Ticks are shares 0..1 of the axes with their labels. `about` is read out by those who
    cannot see it. All texts may hold anything.
    """

    title: str
    about: str
    lines: Sequence[SvgLine]
    x_ticks: Ticks
    y_ticks: Ticks
    x_label: str
    empty: str = ""
    """What to say where there is nothing to draw."""


def escaped(text: str) -> str:
    """Text from a file as it may stand in HTML, SVG and their attributes: nothing of it hides or has an effect."""
    return html.escape(printable(text), quote=True)


def plot_width(labels: Iterable[str], width: int) -> int:
    """Pixels between the axes' ends of a chart so wide, beside these labels of y."""
    return max(width - _gutter(labels) - _RIGHT, 1)


def plot_height(height: int) -> int:
    """Pixels between the axes' ends of a chart so high."""
    return max(height - _TOP - _BOTTOM, 1)


def chart_svg(chart: SvgChart, width: int, height: int, name: str) -> str:
    """The picture as an `svg` element of this size in pixels; `name` begins the ids in it, and is no other's."""
    left = _gutter(label for _, label in chart.y_ticks)
    across, down = plot_width((label for _, label in chart.y_ticks), width), plot_height(height)
    parts = [
        f'<svg class="tb" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-labelledby="{name}t {name}d">',
        f'<title id="{name}t">{escaped(chart.title)}</title><desc id="{name}d">{escaped(chart.about)}</desc>',
        f'<text class="t" x="{left}" y="18">{escaped(_cut(chart.title, int((width - left) / 7.6)))}</text>',
    ]
    if chart.empty:
        parts.append(f'<text x="{left}" y="{_TOP + down // 2}">{escaped(chart.empty)}</text></svg>')
        return "".join(parts)
    parts.append(f'<g transform="translate({left} {_TOP})">')
    parts += _axes(chart, across, down, left)
    parts += [_paths(line, "w", line.raw, across, down) for line in chart.lines if line.raw is not None]
    for number, line in enumerate(chart.lines):
        parts += _curve(line, across, down, number, len(chart.lines))
    parts += _undrawable(chart.lines, across, down)
    parts.append(
        f'</g><text text-anchor="end" x="{width - _RIGHT}" y="{height - 6}">{escaped(chart.x_label)}</text></svg>'
    )
    return "".join(parts)


def mark_svg(mark: str, colour: str) -> str:
    """A mark alone, for tables and legends, 12 x 12 pixels; whoever cannot see it misses nothing."""
    return (
        '<svg class="k" viewBox="-6 -6 12 12" width="12" height="12" aria-hidden="true">'
        f'<path fill="{colour}" d="{_SHAPES[mark]}"/></svg>'
    )


def mark_path(mark: str, colour: str, x: float, y: float) -> str:
    """A mark about a place in a picture."""
    return f'<path class="m" fill="{colour}" transform="translate({_short(x)} {_short(y)})" d="{_SHAPES[mark]}"/>'


def path_data(x: Floats, y: Floats) -> str:
    """A line through points, rounded to whole numbers, shape [n], n >= 1; where it stays in place there is no point.

    One point alone is a dot, where line ends are round.
    """
    points = np.stack((x, y)).round().astype(np.int64)
    steps = np.diff(points)
    steps = steps[:, steps.any(axis=0)]
    start = f"M{points[0, 0]} {points[1, 0]}"
    if not steps.shape[1]:
        return f"{start}h0"
    told = "".join(f" {dx}{'' if dy < 0 else ' '}{dy}" for dx, dy in steps.T.tolist())
    return f"{start}l{told.replace(' -', '-').strip()}"


def _gutter(labels: Iterable[str]) -> int:
    return round(max((len(printable(label)) for label in labels), default=0) * _CHARACTER) + 10


def _cut(text: str, most: int) -> str:
    text = printable(text)
    half = max(most // 2 - 1, 1)
    return text if len(text) <= most else f"{text[:half]}…{text[-half:]}"


def _axes(chart: SvgChart, across: int, down: int, left: int) -> Iterator[str]:
    """The grid with labels of y at its left, the lower axis with labels of x."""
    for share, label in chart.y_ticks:
        y = _short((1 - share) * down)
        yield f'<path class="g" d="M0 {y}H{across}"/>'
        yield f'<text text-anchor="end" x="-6" dy=".34em" y="{y}">{escaped(label)}</text>'
    yield f'<path class="a" d="M0 {down}H{across}"/>'
    end = -float(left)
    for share, label in chart.x_ticks:
        place, half = share * across, len(printable(label)) * _CHARACTER / 2
        middle = min(max(place, half - left), across + _RIGHT - half)
        if middle - half < end:
            continue
        end = middle + half + _CHARACTER
        yield f'<path class="a" d="M{_short(place)} {down}v4"/>'
        yield f'<text text-anchor="middle" x="{_short(middle)}" y="{down + 17}">{escaped(label)}</text>'


def _curve(line: SvgLine, across: int, down: int, number: int, of: int) -> Iterator[str]:
    yield _paths(line, "l", line.curve, across, down)
    for x, y in marks_along(line.curve, number, of, max(across // _PIXELS_A_MARK, 1)):
        yield mark_path(line.mark, line.colour, x * across, (1 - y) * down)


def _paths(line: SvgLine, kind: str, shape: Polyline, across: int, down: int) -> str:
    """The pieces of a curve as one path; its title is shown to who points at it."""
    data = "".join(path_data(piece.x * across * _DETAIL, (1 - piece.y) * down * _DETAIL) for piece in shape.pieces)
    if not data:
        return ""
    return (
        f'<path class="{kind}" stroke="{line.colour}" transform="scale({_short(1 / _DETAIL)})" d="{data}">'
        f"<title>{escaped(line.name)}</title></path>"
    )


def _undrawable(lines: Sequence[SvgLine], across: int, down: int) -> Iterator[str]:
    """Marks where points are missing: on the lower axis for NaN, at the edges for infinities and what is past them."""
    for character, y, name, kind in (
        ("▴", 0, "over", "y"),
        ("▾", down, "under", "y"),
        ("×", down, "nan", "x"),
        ("▴", 0, "above", "x"),
        ("▾", down, "below", "x"),
    ):
        shapes = [line.curve if line.raw is None else line.raw for line in lines]
        every = [getattr(shape, name) * across // _PIXELS_A_CROSS for shape in shapes]
        for place in np.unique(np.concatenate(every)).tolist() if every else ():
            x = _short((place + 0.5) * _PIXELS_A_CROSS)
            yield f'<text class="{kind}" x="{x}" y="{y}" dy=".34em">{character}</text>'


def _short(value: float) -> str:
    """A number with one decimal at most."""
    text = f"{value:.1f}"
    return text.removesuffix(".0")
