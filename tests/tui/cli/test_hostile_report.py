"""Reports on logs whose every name and text is an attack: the same elements as on harmless ones, and nothing else."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from markdown_it import MarkdownIt

from logging_lib.tfevents.histogram import histogram_proto
from logging_lib.tfevents.hparams import SessionStart
from tests import builders
from tests.tui.cli.commands import called

ATTACKS = (
    "</title><script>alert(1)</script>",
    "</style><style>@import url(//evil.example)</style>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)' x='",
    "--><svg onload=alert(1)>",
    "]]><a xlink:href='javascript:alert(1)'>x</a>",
    "&lt;script&gt;&#60;b&#62;&amp;",
    "</desc></title></text><script>x</script>",
    "[x](javascript:alert(1)) ![y](http://evil.example/p.png)",
    "<http://evil.example> https://evil.example www.evil.example @me #1",
    "| a | b |`` ` ``` **bold** _em_ ~~gone~~",
    "\n# heading\n\n<b>raw</b>\n---\n",
    "{{7*7}} ${x} $x$ %s %(x)s",
    "\x1b[31m\x07\x00\u202e\u2066\ufeff",
    "url(javascript:alert(1));expression(alert(1))",
    "</svg></figure></main></body></html><iframe src=//evil.example>",
)  # fmt: skip


DRAWN = frozenset({"d", "fill", "stroke", "x", "y", "transform"})


def harmless(text: str) -> str:
    """A name of the same shape: as long, with the same directories, and nothing special in it."""
    return "/".join("n" * len(part) for part in text.split("/"))


def write(logdir: Path, attack: str, *, is_harmless: bool) -> Path:
    """Three runs that share a metric, hparams and histograms, all called by the attack; one of them breaks."""
    name = harmless(attack) if is_harmless else attack
    for number in range(3):
        run = "/".join(part for part in name.replace("\0", "").split("/") if part) + f"/{number}"
        tag, other, hparam, value = (f"{name}{ending}" for ending in (" loss", " two", " lr", f" v{number}"))
        points = []
        for step in range(4):
            logged = float("nan") if number == 2 and step == 3 else (number + 1) / (step + 1)
            points.append(builders.event(
                builders.scalar(tag, logged), builders.scalar(other, -logged),
                builders.Value(tag=f"{name} weights", histo=histogram_proto(
                    np.array([0.0, 1.0, 2.0]), [1.0, 2.0, 3.0], minimum=0, maximum=2, num=6, total=6, sum_squares=9)),
                step=step, wall_time=builders.WALL_TIME + step,
            ))  # fmt: skip
        start = builders.session_start(SessionStart({hparam: value, f"{name} x": float(number)}))
        builders.write(logdir / run / builders.FILE_NAME, [start, *points])
    return logdir


class Elements(HTMLParser):
    """What a page consists of, without its texts: elements and their attributes, less colours and shapes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, ...]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "wbr":  # stands in long names
            self.found.append((tag, *(name if name in DRAWN else f"{name}={value}" for name, value in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(("/", tag))

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment",))

    def handle_decl(self, decl: str) -> None:
        self.found.append(("decl", decl))

    def handle_pi(self, data: str) -> None:
        self.found.append(("pi",))


def report(logdir: Path, title: str, form: str) -> str:
    shown = called("report", logdir, "--no-date", "--title", title, "--format", form)
    assert (shown.returncode, shown.stderr) == (0, "")
    return shown.stdout


@pytest.fixture(scope="module")
def logdirs(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, Path, str]]:
    """For each attack a logdir with it, one without, and the attack as a title may have it."""
    root = tmp_path_factory.mktemp("attacks")
    return [
        (
            write(root / f"evil{at}", attack, is_harmless=False),
            write(root / f"fine{at}", attack, is_harmless=True),
            attack.replace("\0", ""),
        )
        for at, attack in enumerate(ATTACKS)
    ]


def test_a_page_has_the_same_elements(logdirs: list[tuple[Path, Path, str]]) -> None:
    for evil, fine, title in logdirs:
        text = report(evil, title, "html")
        elements, expected = Elements(text).found, Elements(report(fine, harmless(title), "html")).found
        assert elements == expected
        assert not any("script" in part or part.startswith("on") for element in elements for part in element)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]", text)


def test_a_picture_has_the_same_elements(logdirs: list[tuple[Path, Path, str]]) -> None:
    for evil, fine, title in logdirs:
        shapes = [
            [(one.tag, sorted(one.attrib)) for one in ET.fromstring(report(*of, "svg")).iter()]
            for of in ((evil, title), (fine, harmless(title)))
        ]
        assert shapes[0] == shapes[1]


def test_markdown_has_the_same_blocks(logdirs: list[tuple[Path, Path, str]]) -> None:
    for evil, fine, title in logdirs:
        assert blocks(report(evil, title, "md")) == blocks(report(fine, harmless(title), "md"))


def blocks(text: str) -> list[str]:
    """The kinds of all blocks, and of what stands in them, code and text as one: no HTML, links, pictures."""
    kinds: list[str] = []
    for token in MarkdownIt("gfm-like", {"linkify": False}).parse(text):
        kinds.append(token.type)
        children = [child.type for child in token.children or ()]
        assert not {"html_inline", "link_open", "image", "s_open", "em_open"} & set(children)
        kinds += [child for child in children if child not in ("text", "text_special", "code_inline")]
    assert "html_block" not in kinds
    return kinds
