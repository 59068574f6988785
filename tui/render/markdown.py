"""Markdown for a terminal: headings, emphasis, lists, quotes, code and tables, as lines of a page.

CommonMark with GitHub's tables and strikethrough, parsed by markdown-it. HTML is shown as it stands and links with
their address; nothing is fetched or run. Line ends in a paragraph are kept, because logs are written in lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from tui.render.cells import width
from tui.render.page import Ink, PageBuilder, Span, shown, source_lines
from tui.render.text_table import Align, Cell, add_table

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_MOST_INLINE = 20_000
"""Characters of a paragraph in which marks are looked for: that may take time by the square of its length."""
_LONGEST_ADDRESS = 200
_ALIGN = re.compile(r"text-align:(left|right|center)")
_INDENT = "  "
_INKS = {"strong": Ink.STRONG, "em": Ink.EMPHASIS, "s": Ink.STRIKE}


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # takes a while, and is not needed before there is a text

    # Inline marks are looked for in one paragraph after the other, as long as it is short enough.
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("inline")


def add_markdown(builder: PageBuilder, text: str) -> None:
    """Add a text's lines, each made printable."""
    environment: dict[str, object] = {}
    tokens = _parser().parse("\n".join(source_lines(text)), environment)
    _Layout(builder, environment).add(tokens)


def inline_lines(text: str) -> list[list[Span]]:
    """The lines of a text that has only inline marks: a cell of a table."""
    return _inline(text, {})


@dataclass
class _Layout:
    """Goes through the blocks. `_prefix` is what quotes and list items put before each line, `_bullet` what stands
    before the next line in place of that; `_gap` tells that a blank line comes before the next block.
    """

    builder: PageBuilder
    environment: dict[str, object]
    _prefix: tuple[Span, ...] = ()
    _bullet: tuple[Span, ...] | None = None
    _gap: bool = False
    _outer: list[tuple[Span, ...]] = field(default_factory=list)
    _numbers: list[int | None] = field(default_factory=list)

    def add(self, tokens: Sequence[Token]) -> None:
        at = 0
        while at < len(tokens):
            token = tokens[at]
            if token.type == "table_open":
                end = next(i for i in range(at, len(tokens)) if tokens[i].type == "table_close")
                self._table(tokens[at:end])
                at = end
            elif token.type == "inline":
                self._paragraph(token, tokens[at - 1])
            else:
                self._block(token)
            at += 1

    def _block(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open":
                self._numbers.append(None)
            case "ordered_list_open":
                self._numbers.append(int(token.attrGet("start") or 0) if token.attrGet("start") is not None else 1)
            case "bullet_list_close" | "ordered_list_close":
                self._numbers.pop()
                self._gap |= not self._numbers
            case "list_item_open":
                self._item()
            case "blockquote_open":
                self._nest((("│ ", Ink.RULE),))
            case "list_item_close" | "blockquote_close":
                if self._bullet is not None:  # an item without anything in it
                    self._line([])
                self._prefix = self._outer.pop()
                self._gap |= token.type == "blockquote_close"
            case "fence" | "code_block":
                self._code(token.content)
            case "hr":
                self._block_begins()
                self._whole([("─" * max(self.builder.cells - self._taken, 1), Ink.RULE)])
                self._gap = True

    @property
    def _taken(self) -> int:
        return sum(width(text) for text, _ in self._prefix)

    def _item(self) -> None:
        number = self._numbers[-1]
        bullet = "• " if number is None else f"{number}. "
        if number is not None:
            self._numbers[-1] = number + 1
        before = self._bullet if self._bullet is not None else self._prefix
        self._nest(((" " * len(bullet), Ink.PLAIN),))
        self._bullet = (*before, (bullet, Ink.DIM))

    def _nest(self, prefix: tuple[Span, ...]) -> None:
        if self._gap:
            self._blank()
        self._outer.append(self._prefix)
        if self._bullet is not None and prefix[0][1] is Ink.RULE:
            self._bullet = (*self._bullet, *prefix)
        self._prefix = (*self._prefix, *prefix)

    def _paragraph(self, token: Token, before: Token) -> None:
        self._block_begins()
        heading = before.type == "heading_open"
        for line in _inline(token.content, self.environment):
            self._line([(text, ink | Ink.HEADING | Ink.STRONG) for text, ink in line] if heading else line)
        if heading and before.tag == "h1":
            self._whole([("─" * max(self.builder.cells - self._taken, 1), Ink.RULE)])
        self._gap = not before.hidden and not heading

    def _code(self, content: str) -> None:
        self._block_begins()
        for line in source_lines(content):
            self._line([(_INDENT + shown(line), Ink.PLAIN)])
        self._gap = True

    def _table(self, tokens: Sequence[Token]) -> None:
        self._block_begins()
        rows: list[list[Cell]] = []
        aligns: list[Align] = []
        for token in tokens:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "th_open":
                aligns.append(_align(str(token.attrGet("style") or "")))
            elif token.type == "inline":
                rows[-1].append(_inline(token.content, self.environment))
        if not any(line for cell in rows[0] for line in cell):  # a header row that is only there because it must
            del rows[0]
            add_table(self.builder, rows, header=False, aligns=aligns, prefix=self._first())
        else:
            add_table(self.builder, rows, header=True, aligns=aligns, prefix=self._first())
        self._gap = True

    # Lines

    def _block_begins(self) -> None:
        if self._gap:
            self._blank()

    def _blank(self) -> None:
        self._gap = False
        if len(self.builder):
            bars = [span for span in self._prefix if span[1] is Ink.RULE]
            self.builder.add([], self._prefix if bars else ())

    def _first(self) -> tuple[Span, ...]:
        first, self._bullet = (self._prefix if self._bullet is None else self._bullet), None
        return first

    def _line(self, spans: Sequence[Span]) -> None:
        self.builder.add(spans, self._first(), self._prefix)

    def _whole(self, spans: Sequence[Span]) -> None:
        self.builder.add_whole(spans, self._first())


def _align(style: str) -> Align:
    found = _ALIGN.search(style)
    match found.group(1) if found else "left":
        case "right":
            return "right"
        case "center":
            return "center"
        case _:
            return "left"


def _inline(text: str, environment: dict[str, object]) -> list[list[Span]]:
    """The lines of a paragraph, marks read."""
    if len(text) > _MOST_INLINE:
        return [[(shown(line), Ink.PLAIN)] for line in source_lines(text)]
    tokens: list[Token] = []
    parser = _parser()
    parser.inline.parse(text, parser, environment, tokens)
    inline = _Inline()
    for token in tokens:
        inline.add(token)
    return inline.lines


@dataclass
class _Inline:
    """Takes the tokens of a paragraph. `_inks` are those of the marks that are open, `_links` the open links' addresses
    and what their texts are so far.
    """

    lines: list[list[Span]] = field(default_factory=lambda: [[]])
    _inks: list[Ink] = field(default_factory=list)
    _links: list[tuple[str, list[str]]] = field(default_factory=list)

    def add(self, token: Token) -> None:
        match token.type:
            case "softbreak" | "hardbreak":
                self.lines.append([])
            case "link_open":
                self._links.append((str(token.attrGet("href") or ""), []))
                self._inks.append(Ink.LINK)
            case "link_close":
                self._inks.pop()
                href, texts = self._links.pop()
                if href and "".join(texts) not in (href, href.removeprefix("mailto:")):
                    self._say(f" ({_shortened(href)})", Ink.DIM)
            case "image":
                self._say(f"[image: {token.content}] ({_shortened(str(token.attrGet('src')))})", Ink.DIM)
            case "code_inline":  # with its marks: a background is loud where there are few colours
                self._say("`", Ink.DIM)
                self._say(token.content)
                self._say("`", Ink.DIM)
            case kind if kind.removesuffix("_open") in _INKS:
                self._inks.append(_INKS[kind.removesuffix("_open")])
            case kind if kind.removesuffix("_close") in _INKS:
                self._inks.pop()
            case _:
                self._say(token.content)

    def _say(self, text: str, more: Ink = Ink.PLAIN) -> None:
        if text:
            ink = more
            for outer in self._inks:
                ink |= outer
            self.lines[-1].append((shown(text), ink))
            for _, texts in self._links:
                texts.append(text)


def _shortened(address: str) -> str:
    """An address, of which a picture that is written out in it leaves only the beginning."""
    return address if len(address) <= _LONGEST_ADDRESS else address[:_LONGEST_ADDRESS] + "…"
