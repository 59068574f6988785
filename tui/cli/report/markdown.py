"""A report as GitHub-flavoured Markdown, with charts as text: it reads well in a pull request and in a plain mail."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tui.cli.report.content import MOST_OTHERS, Cell, Heading, Report, Table, short
from tui.cli.text_chart import Paper, text_chart
from tui.render.numbers import plural
from tui.render.text import printable

_PAPER = Paper(width=80, height=14)
_SPECIAL = re.compile(r"[\\`*_\[\]<>#|~$&]")
# Nothing of a sentence may call somebody, refer to an issue, or become a link: an invisible sign comes between.
_CALLS = re.compile(r"@|\\#(?=\d)|:(?=//)|www(?=\.)", re.IGNORECASE)
_LEVELS = {"error": "**error**", "warning": "warning", "note": "note"}


def as_markdown(report: Report) -> str:
    """The whole text."""
    return "\n\n".join(_blocks(report)) + "\n"


def _blocks(report: Report) -> Iterator[str]:
    yield f"## {escaped(report.title)}"
    yield "  \n".join(escaped(line) for line in (*report.summary, *([report.made] if report.made else [])))
    if report.bests:
        yield "\n".join(
            f"- {best.goal} {code(best.tag)}: **{escaped(best.value)}** ({code(best.name)}, step {best.step})"
            for best in report.bests
        )
    yield from _findings(report)
    if report.runs.rows:
        yield "### Runs"
        yield from _table(report.runs)
    yield from _charts(report)
    if report.associations is not None:
        yield "### Hparams and metrics"
        yield from _table(report.associations)
    if report.histograms is not None:
        yield "### Histograms"
        yield from _table(report.histograms)
    if report.others:
        shown = ", ".join(code(tag) for tag in report.others[:MOST_OTHERS])
        more = f" and {len(report.others) - MOST_OTHERS} more" if len(report.others) > MOST_OTHERS else ""
        yield f"{plural(len(report.others), 'scalar')} not drawn: {shown}{more}"


def _findings(report: Report) -> Iterator[str]:
    if not report.findings:
        return
    yield "### What looks wrong"
    lines = [f"- {_LEVELS[one.severity]} {one.rule} {code(one.place)}: {escaped(one.text)}" for one in report.findings]
    lines += [f"- {report.more_findings} more: `tbtui check` lists them"] if report.more_findings else []
    yield "\n".join(lines)


def _table(table: Table) -> Iterator[str]:
    rules = ["--:" if heading.numbers else "---" for heading in table.headings]
    rows = [
        [_heading(heading) for heading in table.headings],
        rules,
        *([_cell(cell) for cell in row] for row in table.rows),
    ]
    yield "\n".join(f"| {' | '.join(row)} |" for row in rows)
    if table.note:
        yield escaped(table.note)


def _heading(heading: Heading) -> str:
    return code(heading.text, in_table=True) if heading.code else heading.text


def _cell(cell: Cell) -> str:
    text = code(cell.text, in_table=True) if cell.code else cell.text
    return f"**{text}**" if cell.strong else text


def _charts(report: Report) -> Iterator[str]:
    if report.charts:
        yield "### Charts"
        if report.chart_notes:
            yield escaped("; ".join(report.chart_notes))
    for chart in report.charts:
        yield fenced(text_chart(chart, _PAPER))


def escaped(text: str) -> str:
    """Text from a file as running text of Markdown: it stays what it is, calls nobody and links to nothing."""
    plain = _SPECIAL.sub(lambda found: f"\\{found[0]}", short(printable(text)))
    return _CALLS.sub(lambda found: f"{found[0]}&#8203;", plain)


def code(text: str, *, in_table: bool = False) -> str:
    """Text from a file as code: no mention, link or markup works in it. In a table no `|` ends the cell."""
    shown = short(printable(text)) or " "
    if in_table and r"\|" in shown:  # of which there is no code in a table: readers differ on where the cell ends
        return escaped(text).replace(r"\|", "&#124;")
    fence = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    room = " " if shown.strip() and {shown[0], shown[-1]} & {"`", " "} else ""
    shown = shown.replace("|", r"\|") if in_table else shown
    return f"{fence}{room}{shown}{room}{fence}"


def fenced(text: str) -> str:
    """Lines of text as a block of code."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}text\n{text}{fence}"
