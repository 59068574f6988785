"""A report as one HTML page: no script, nothing from elsewhere, in the dark and in the light."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tui.cli.charts import Chart, View
from tui.cli.report.content import MOST_OTHERS, Cell, Found, Heading, Report, Table, short
from tui.cli.report.pictures import name_of, picture
from tui.render.numbers import plural
from tui.render.svg_chart import COLOURS, STYLE, mark_svg
from tui.render.svg_chart import escaped as escaped_whole
from tui.render.text import printable

_MOST_ROWS = 20
_LONG_NAME = 44
_BETWEEN_WORDS = re.compile(r"(?<=\w)[/_.](?=\w)")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_PAGE = """*{box-sizing:border-box}
body{margin:0 auto;padding:24px 16px 48px;max-width:1160px;background:var(--paper);color:var(--ink);
font:14px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
h1{font-size:20px;margin:0 0 4px;overflow-wrap:anywhere}h2{font-size:15px;margin:32px 0 8px}
p{margin:4px 0;overflow-wrap:anywhere}.n{color:var(--dim);font-size:13px}
code{font:12.5px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.best{display:flex;flex-wrap:wrap;gap:8px;margin:16px 0 0;padding:0;list-style:none}
.best li{background:var(--soft);border:1px solid var(--rule);border-radius:6px;padding:8px 12px;max-width:100%}
.best b{display:block;font-size:20px;font-weight:600;font-variant-numeric:tabular-nums}
.found{margin:0;padding:0;list-style:none}
.found li{overflow-wrap:anywhere;padding:4px 0 4px 12px;border-left:3px solid var(--rule);margin:4px 0}
.found .error{border-color:var(--bad)}.found .warning{border-color:var(--warn)}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:13px}
th,td{padding:3px 14px 3px 0;text-align:left;border-bottom:1px solid var(--rule);vertical-align:top;white-space:nowrap}
thead th{color:var(--dim);font-weight:500;vertical-align:bottom;white-space:normal}
tbody th{font-weight:400}.long tbody th{white-space:normal;min-width:min(26em,55vw)}
.r{text-align:right}
td.v{white-space:normal;min-width:8em;max-width:260px}
table code{overflow-wrap:break-word}tbody th code{overflow-wrap:anywhere}
td.error,.error>strong{color:var(--bad)}td.warning,.warning>strong{color:var(--warn)}
.k{vertical-align:-1px;margin-right:5px}
.legend{display:flex;flex-wrap:wrap;gap:2px 16px;margin:8px 0;padding:0;list-style:none}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,480px),1fr));gap:12px 24px}
figure{margin:0}figure svg{display:block;width:100%;height:auto}figcaption{color:var(--dim);font-size:12px}
"""
_NARROW = "@media(max-width:560px){.tb text{font-size:14px}.tb .t{font-size:16px}}\n"
"""Pictures shrink with the page, what is written in them less so."""


def escaped(text: str) -> str:
    """A text from a file as it may stand on the page."""
    return escaped_whole(short(printable(text)))


def as_html(report: Report) -> str:
    """The whole page."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    title = escaped(report.title)
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
    yield '<meta name="referrer" content="no-referrer">'
    yield f"<title>{title} · tbtui</title>\n<style>\n{COLOURS}\n{_PAGE}{STYLE}{_NARROW}</style>"
    yield "</head>\n<body>\n<main>"
    yield f"<header><h1>{title}</h1>"
    yield from (
        f'<p class="n">{escaped(line)}</p>' for line in (*report.summary, *([report.made] if report.made else []))
    )
    yield "</header>"
    yield from _bests(report)
    yield from _findings(report)
    yield from _section("Runs", report.runs)
    yield from _charts(report)
    if report.associations is not None:
        yield from _section("Hparams and metrics", report.associations)
    if report.histograms is not None:
        yield from _section("Histograms", report.histograms)
    yield from _others(report)
    yield "</main>\n</body>\n</html>"


def _bests(report: Report) -> Iterator[str]:
    if report.bests:
        yield '<ul class="best">'
        for best in report.bests:
            yield (
                f"<li>{escaped(best.goal)} <code>{escaped(best.tag)}</code><b>{escaped(best.value)}</b>"
                f'<span class="n"><code>{escaped(best.name)}</code> at step {best.step}</span></li>'
            )
        yield "</ul>"


def _findings(report: Report) -> Iterator[str]:
    if report.findings:
        yield '<section><h2>What looks wrong</h2>\n<ul class="found">'
        yield from map(_finding, report.findings)
        yield "</ul>"
        if report.more_findings:
            yield f'<p class="n">{report.more_findings} more: <code>tbtui check</code> lists them</p>'
        yield "</section>"


def _finding(found: Found) -> str:
    return (
        f'<li class="{escaped(found.severity)}"><strong>{escaped(found.rule)}</strong> '
        f"<code>{escaped(found.place)}</code> {escaped(found.text)}</li>"
    )


def _section(title: str, table: Table) -> Iterator[str]:
    """A table under a heading; what is beyond its first rows is folded away."""
    yield f"<section><h2>{title}</h2>"
    yield from _table(title, table.headings, table.rows[:_MOST_ROWS])
    if rest := table.rows[_MOST_ROWS:]:
        yield f"<details><summary>{len(rest)} more</summary>"
        yield from _table(f"{title}, continued", table.headings, rest)
        yield "</details>"
    if table.note:
        yield f'<p class="n">{escaped(table.note)}</p>'
    yield "</section>"


def _table(title: str, headings: Sequence[Heading], rows: Sequence[Sequence[Cell]]) -> Iterator[str]:
    is_long = any(len(row[0].text) > _LONG_NAME for row in rows)
    yield f'<div class="scroll" tabindex="0" role="region" aria-label="{title}">'
    yield '<table class="long">' if is_long else "<table>"
    yield f"<thead><tr>{''.join(map(_heading, headings))}</tr></thead>\n<tbody>"
    for row in rows:
        cells = (_cell(cell, heading) for cell, heading in zip(row[1:], headings[1:], strict=True))
        yield f'<tr><th scope="row">{_content(row[0])}</th>{"".join(cells)}</tr>'
    yield "</tbody>\n</table>\n</div>"


def _heading(heading: Heading) -> str:
    text = _breakable(heading.text)
    text = f"<code>{text}</code>" if heading.code else text
    return f'<th scope="col"{" class=r" if heading.numbers else ""}>{text}</th>'


def _cell(cell: Cell, heading: Heading) -> str:
    classes = " ".join(filter(None, ("r" if heading.numbers else "v" if cell.code else "", cell.level)))
    return f'<td class="{classes}">{_content(cell)}</td>' if classes else f"<td>{_content(cell)}</td>"


def _breakable(text: str) -> str:
    """A name that may be broken between its words, so that a column is no wider than what is in it needs."""
    return _BETWEEN_WORDS.sub(r"\g<0><wbr>", escaped(text))


def _content(cell: Cell) -> str:
    text = _breakable(cell.text) if len(cell.text) > _LONG_NAME else escaped(cell.text)
    text = f"<code>{text}</code>" if cell.code else text
    text = f"<strong>{text}</strong>" if cell.strong else text
    return "".join(mark_svg(style.mark, style.colour) for style in cell.styles) + text


def _charts(report: Report) -> Iterator[str]:
    if not report.charts:
        return
    yield "<section><h2>Charts</h2>"
    if len(report.legend) > 1 and not any(line.label for chart in report.charts for line in chart.lines):
        yield '<ul class="legend">'
        for name, style in report.legend:
            yield f"<li>{mark_svg(style.mark, style.colour)}<code>{escaped(name)}</code></li>"
        yield "</ul>"
    notes = [*report.chart_notes, *_about_view(report.charts[0].view)]
    if notes:
        yield f'<p class="n">{escaped("; ".join(notes))}</p>'
    yield '<div class="charts">'
    for number, chart in enumerate(report.charts, 1):
        notes = chart.notes(briefly=True)
        caption = f"<figcaption>{escaped('; '.join(notes))}</figcaption>" if notes else ""
        yield f"<figure>{picture(chart, f'c{number}')}{_legend_of(chart)}{caption}</figure>"
    yield "</div></section>"


def _about_view(view: View) -> list[str]:
    """What holds for every chart."""
    smoothed = f"lines are smoothed by {view.weight:g} as in TensorBoard, faint ones are the values as logged"
    return [*([smoothed] if view.weight else []), *(["y axes are logarithmic"] if view.log_y else [])]


def _legend_of(chart: Chart) -> str:
    """The legend of a chart of several tags, whose lines look like those of no other chart."""
    if not any(line.label for line in chart.lines):
        return ""
    items = (
        f"<li>{mark_svg(line.style.mark, line.style.colour)}<code>{escaped(name_of(line))}</code></li>"
        for line in chart.lines
    )
    return f'<ul class="legend">{"".join(items)}</ul>'


def _others(report: Report) -> Iterator[str]:
    if report.others:
        listed = ", ".join(f"<code>{escaped(tag)}</code>" for tag in report.others[:MOST_OTHERS])
        more = len(report.others) - MOST_OTHERS
        yield f"<section><details><summary>{plural(len(report.others), 'scalar')} not drawn</summary>"
        yield f"<p>{listed}{f' and {more} more' if more > 0 else ''}</p></details></section>"
