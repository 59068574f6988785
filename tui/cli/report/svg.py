"""The charts of a report as one SVG picture, for a page or a README to show."""

from __future__ import annotations

from collections.abc import Iterator

from tui.cli.charts import X_LABELS
from tui.cli.report.content import Report, short
from tui.cli.report.pictures import HEIGHT, WIDTH, picture
from tui.render.palette import RunStyle
from tui.render.svg_chart import COLOURS, STYLE, escaped, mark_path
from tui.render.text import printable

_GAP, _MARGIN, _HEADER, _LINE = 16, 16, 56, 20
_LEGEND_WIDTH, _LONGEST_NAME = 350, 46
_PIXELS_A_LETTER = 6.5


def as_svg(report: Report) -> str:
    """The picture: two charts side by side, below them which mark is whose."""
    columns = min(max(len(report.charts), 1), 2)
    rows = -(-len(report.charts) // columns)
    width = columns * (WIDTH + _GAP) - _GAP + 2 * _MARGIN
    legend = _legend(report)
    below = _HEADER + rows * (HEIGHT + _GAP)
    beside = max((width - 2 * _MARGIN) // _LEGEND_WIDTH, 1)
    height = below + -(-len(legend) // beside) * _LINE + _MARGIN
    lines = [
        f'<svg class="tb" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-labelledby="title">',
        f'<title id="title">{escaped(short(printable(report.title)))}</title>',
        f"<style>{COLOURS}{STYLE}</style>",
        '<rect width="100%" height="100%" style="fill:var(--paper)"/>',
        f'<text class="t" x="{_MARGIN}" y="26">{escaped(_cut(report.title, width // 8))}</text>',
        f'<text x="{_MARGIN}" y="44">{escaped(" · ".join(report.summary))}</text>',
    ]
    for at, chart in enumerate(report.charts):
        x, y = _MARGIN + at % columns * (WIDTH + _GAP), _HEADER + at // columns * (HEIGHT + _GAP)
        room = int((WIDTH - _PIXELS_A_LETTER * len(X_LABELS[chart.view.axis])) / _PIXELS_A_LETTER) - 4
        note = escaped(_cut("; ".join(chart.notes(briefly=True)), room))
        below_it = f'<text x="0" y="{HEIGHT - 6}">{note}</text>'
        lines.append(f'<g transform="translate({x} {y})">{picture(chart, f"c{at + 1}")}{below_it}</g>')
    for at, (name, style) in enumerate(legend):
        x, y = _MARGIN + at % beside * _LEGEND_WIDTH, below + at // beside * _LINE + 8
        lines.append(mark_path(style.mark, style.colour, x + 6, y))
        lines.append(f'<text x="{x + 18}" y="{y}" dy=".34em">{escaped(_cut(name, _LONGEST_NAME))}</text>')
    return "\n".join([*lines, "</svg>\n"])


def _legend(report: Report) -> list[tuple[str, RunStyle]]:
    """The marks of all charts; where a chart has several tags, of each chart its own."""
    return (
        list(_lines(report))
        if any(line.label for chart in report.charts for line in chart.lines)
        else list(report.legend)
    )


def _lines(report: Report) -> Iterator[tuple[str, RunStyle]]:
    for chart in report.charts:
        for line in chart.lines:
            yield f"{chart.title}: {line.curve.run} {line.label}", line.style


def _cut(text: str, most: int) -> str:
    text = printable(text)
    return text if len(text) <= most else f"{text[: most // 2]}…{text[1 - most // 2 :]}"
