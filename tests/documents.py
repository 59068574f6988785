"""What the documents tell a reader to type: lines of shell, commands in running text, and snippets of Python."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tui.cli.help_text import EPILOG, HELP

ROOT = Path(__file__).parents[1]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"(?:tbtui|python3?|pip|\.venv/bin/\w+|\.ci/\w+)\s")


def blocks(page: Path, *languages: str) -> list[str]:
    """The text of the page's blocks in one of some languages; a block that names none is in the language ''."""
    found = _BLOCK.findall(page.read_text(encoding="utf-8"))
    return [text for language, text in found if language in languages]


def commands() -> dict[str, list[str]]:
    """Every command of every page and of `--help`, without its comment, by the names of the pages that have it.

    A script is one command: a block that begins with `#!`, or has a loop. Placeholders in running text are as they are.
    """
    where: dict[str, list[str]] = {}
    for page in PAGES:
        for command in _of_page(page):
            where.setdefault(command, []).append(page.name)
    examples = [example for _, examples in HELP.values() for example, _ in examples]
    examples += re.findall(r"^  (tbtui .*?)(?:  .*)?$", EPILOG.partition("exit codes:")[0], re.MULTILINE)
    for example in examples:
        if "tbtui" in example:
            where.setdefault(example, []).append("--help")
    return where


def _of_page(page: Path) -> Iterator[str]:
    for block in blocks(page, "sh", "bash", "console"):
        if block.startswith("#!") or re.search(r"^for ", block, re.MULTILINE):
            yield block.strip()
        else:
            block = re.sub(r"\\\n\s*", "", block)
            yield from filter(None, (re.sub(r"(^|\s+)#.*", "", line) for line in block.splitlines()))
    for block in blocks(page, "yaml"):
        yield from re.findall(r"^- run: (tbtui .*)$", block, re.MULTILINE)
    prose = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    for span in re.findall(r"`([^`]+)`", prose):
        text = " ".join(span.split())
        if _COMMAND.match(text):
            yield text
