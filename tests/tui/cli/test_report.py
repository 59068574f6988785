"""`tbtui report`: one file that says what came out, whatever names are in the logs, and the same each time."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from logging_lib.tfevents.hparams import SessionStart
from logging_lib.tfevents.proto import summary_pb2
from tests import builders
from tests.tui.cli.commands import called, imported_by, only_line
from tui.cli.report.markdown import code, escaped, fenced
from tui.cli.report.run_table import long_duration
from tui.render.text import printable

NAN = float("nan")
EVIL = "<script>alert(1)</script>|`@me` \x1b[2J\u202e&\"'"


def write(place: Path, tags: dict[str, Sequence[float]], start: SessionStart | None = None) -> None:
    events = [] if start is None else [builders.session_start(start)]
    for tag, values in tags.items():
        events += [builders.scalar_event(tag, 10 * step, value) for step, value in enumerate(values)]
    builders.write(place / builders.FILE_NAME, events)


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    """Six sessions with hparams; the second is the best, the last one broke."""
    for number, last in enumerate([0.5, 0.125, 0.3, 0.4, 0.6, NAN]):
        start = SessionStart({"lr": 0.1 * (number + 1), "opt": "adam" if number % 2 else "sgd", "same": 1.0})
        tags = {"val/loss": [2.0, 1.0, last], "val/acc": [0.1, 0.2, 0.75 - 0.1 * number], "epoch": [0, 1, 2]}
        write(tmp_path / "logs" / f"run_{number}", tags, start)
    return tmp_path / "logs"


class Page(HTMLParser):
    """The elements of a page with their attributes, and its text; nothing may be left open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.cells: list[list[str]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "wbr"):
            self.open.append(tag)
        if tag == "tr":
            self.cells.append([])
        if tag in ("td", "th"):
            self.cells[-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if {"td", "th"} & set(self.open):
            self.cells[-1][-1] += data


def written(*arguments: object, form: str = "html") -> str:
    shown = called("report", *arguments, "--format", form)
    assert (shown.returncode, shown.stderr) == (0, "")
    return shown.stdout


def test_the_page_tells_what_came_out(logdir: Path) -> None:
    page = Page(written(logdir, "--title", "Sweep"))
    assert page.cells[:3] == [
        ["run", "state", "steps", "time", "min val/loss", "last", "max val/acc", "lr", "opt"],
        ["run_1", "done", "20", "20s", "0.125 @ 20", "0.125", "0.65 @ 20", "0.2", "adam"],
        ["run_2", "done", "20", "20s", "0.3 @ 20", "0.3", "0.55 @ 20", "0.3", "sgd"],
    ]
    assert page.cells[6][:6] == ["run_5", "NaN", "20", "20s", "1 @ 10", "NaN"]
    assert page.cells[7:9] == [["hparam", "min val/loss", "max val/acc"], ["lr", "ρ +0.66 (n=6)", "ρ -1.00 (n=6)"]]
    for said in (
        "6 runs (5 done, 1 NaN)",
        "54 points of 3 scalars",
        "nan-inf",
        "run_5 · val/loss",
        "1 scalar not drawn",
    ):
        assert said in page.text
    assert re.search(r"min val/loss\s*0\.125\s*run_1 at step 20", page.text)
    assert ("strong", {}) in page.elements


def test_the_page_needs_nothing_else_and_runs_nothing(logdir: Path) -> None:
    page = Page(written(logdir))
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "link", "img", "iframe", "object", "a", "base", "form", "use", "image"}
    names = {name for _, attributes in page.elements for name in attributes}
    assert not {name for name in names if name.startswith("on")} | (names & {"src", "href", "xlink:href"})
    (policy,) = (a["content"] for tag, a in page.elements if tag == "meta" and "http-equiv" in a)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    assert "url(" not in page.text and "@import" not in page.text


def test_the_page_can_be_read_aloud(logdir: Path) -> None:
    page = Page(written(logdir))
    assert ("html", {"lang": "en"}) in page.elements
    assert [a["scope"] for tag, a in page.elements if tag == "th"].count("row") == 8
    pictures = [a for tag, a in page.elements if tag == "svg" and a.get("role") == "img"]
    ids = {a["id"] for _, a in page.elements if a.get("id")}
    assert len(pictures) == 2
    assert all(set((a["aria-labelledby"] or "").split()) <= ids for a in pictures)
    assert "6 curves: run_0 ends with 0.5, run_1 ends with 0.125" in page.text


@pytest.mark.parametrize("form", ["html", "md", "svg"])
def test_the_same_logs_give_the_same_bytes(logdir: Path, form: str) -> None:
    assert written(logdir, "--no-date", form=form) == written(logdir, "--no-date", form=form)


def test_the_date_is_one_line(logdir: Path) -> None:
    dated, undated = (written(logdir, *option).splitlines() for option in ([], ["--no-date"]))
    (line,) = (line for line in dated if line not in undated)
    assert re.fullmatch(r'<p class="n">tbtui \S+, \d{4}-\d\d-\d\d \d\d:\d\d \S+</p>', line)


def test_evil_names_are_only_text(tmp_path: Path) -> None:
    name = EVIL.replace("/", "∕")
    for run in ("a", name):
        write(tmp_path / run, {f"{EVIL} loss": [2, NAN]}, SessionStart({EVIL: run, "x": EVIL}))
    page = Page(written(tmp_path, "--title", EVIL))
    assert "script" not in {tag for tag, _ in page.elements}
    assert r"<script>alert(1)</script>|`@me` \x1b[2J\u202e&" in page.text
    for form in ("html", "md", "svg"):
        text = written(tmp_path, "--title", EVIL, form=form)
        assert not {"\x1b", "\u202e"} & set(text)
        assert form == "md" or "<script" not in text
    ET.fromstring(written(tmp_path, "--title", EVIL, form="svg"))


def test_markdown(logdir: Path) -> None:
    text = written(logdir, "--no-date", "--charts", 1, "--title", "a*b @me #1", form="md")
    assert text.startswith("## a\\*b @&#8203;me \\#&#8203;1\n\n6 runs (5 done, 1 NaN)  \n54 points of 3 scalars  \n")
    assert "\n- min `val/loss`: **0.125** (`run_1`, step 20)\n" in text
    assert "\n- **error** nan-inf `run_5 · val/loss`: " in text
    assert (
        "\n| run | state | steps | time | `min val/loss` | last | `max val/acc` | `lr` | `opt` |\n"
        "| --- | --- | --: | --: | --: | --: | --: | --: | --- |\n"
        "| `run_1` | done | 20 | 20s | **0.125 @ 20** | 0.125 | 0.65 @ 20 | 0.2 | `adam` |\n"
    ) in text
    assert text.count("```text\n") == 1
    assert text.endswith("\n2 scalars not drawn: `epoch`, `val/acc`\n")


@pytest.mark.parametrize(
    ("name", "as_code", "in_table"),
    [
        ("a|b", "`a|b`", r"`a\|b`"),
        ("a`b", "``a`b``", "``a`b``"),
        ("``", "``` `` ```", "``` `` ```"),
        ("", "` `", "` `"),
        ("\x07", r"`\x07`", r"`\x07`"),
    ],
)
def test_names_as_code(name: str, as_code: str, in_table: str) -> None:
    assert (code(name), code(name, in_table=True)) == (as_code, in_table)


def of_markdown(text: str) -> list[tuple[str, str]]:
    """What a reader of Markdown makes of one line: kinds and texts, neighbours of a kind together."""
    (line,) = (token for token in MarkdownIt("gfm-like", {"linkify": False}).parseInline(text))
    found: list[tuple[str, str]] = []
    for token in line.children or ():
        kind = "text" if token.type == "text_special" else token.type
        if found and found[-1][0] == kind == "text":
            found[-1] = kind, found[-1][1] + token.content
        else:
            found.append((kind, token.content))
    return found


MARKUP = st.text(st.sampled_from("`*_[]()<>#|~$&\\@:/! ab1-+.;{}=^\n"), min_size=1, max_size=12)


@given(MARKUP)
def test_running_text_stays_what_it_is(text: str) -> None:
    plain = printable(text).strip()
    found = of_markdown(escaped(plain))
    assert [(kind, said.replace("\u200b", "")) for kind, said in found] == ([("text", plain)] if plain else [])


@given(MARKUP)
def test_code_stays_what_it_is(text: str) -> None:
    assert of_markdown(code(text)) == [("code_inline", printable(text))]


@given(MARKUP, MARKUP)
def test_a_row_of_a_table_has_its_cells(first: str, second: str) -> None:
    rows = f"| {code(first, in_table=True)} | {code(second, in_table=True)} |\n"
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(f"| a | b |\n| --- | --- |\n{rows}")
    cells = [token for token in tokens if token.type == "inline"][2:]
    said = ["".join(child.content for child in cell.children or ()).replace("\u200b", "") for cell in cells]
    assert [one.strip() for one in said] == [printable(first).strip(), printable(second).strip()]


def test_markdown_escapes() -> None:
    assert escaped("<b> [x](y) _a_ | ~~ & $") == r"\<b\> \[x\](y) \_a\_ \| \~\~ \& \$"
    assert escaped("see https://x.org www.x.org @a #7") == (
        r"see https:&#8203;//x.org www&#8203;.x.org @&#8203;a \#&#8203;7"
    )
    assert fenced("a ```` b\n") == "`````text\na ```` b\n`````"


def test_svg_is_one_picture(logdir: Path) -> None:
    svg = ET.fromstring(written(logdir, form="svg"))
    charts = [one for one in svg.iter("{http://www.w3.org/2000/svg}svg") if one is not svg]
    texts = [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert len(charts) == 2
    assert {"val/loss", "val/acc", "run_0", "run_5"} <= set(texts)


def test_which_runs_and_tags_are_shown(logdir: Path) -> None:
    page = Page(written(logdir, "--tag", "epoch|acc", "--run", "_[123]", "--runs", 2))
    titles = [a["id"] for tag, a in page.elements if tag == "title" and a.get("id")]
    assert titles == ["c1t", "c2t"]
    assert [row[0] for row in page.cells[:4]] == ["run", "run_1", "run_2", "run_3"]
    assert "2 of 3 runs are drawn, the best by val/loss" in page.text
    assert "run_4" not in page.text
    together = written(logdir, "--together", "--tag", "val", "--runs", 4)
    assert together.count("<figure>") == 1
    assert "run_1 · acc" in together and "run_1 · loss" in together and "run_4 ·" not in together


def test_runs_without_hparams_or_a_metric_are_listed_too(tmp_path: Path) -> None:
    write(tmp_path / "tuned", {"loss": [1]}, SessionStart({"lr": 1.0}))
    write(tmp_path / "plain" / "train", {"loss": [3]})
    write(tmp_path / "plain" / "val", {"loss": [2]})
    write(tmp_path / "other", {"epoch": [1]})
    page = Page(written(tmp_path))
    assert sorted(row[0] for row in page.cells[1:]) == ["other", "plain", "tuned"]


def test_files_and_formats(logdir: Path, tmp_path: Path) -> None:
    for suffix, start in ((".html", "<!doctype html>"), (".md", "## "), (".SVG", "<svg ")):
        path = tmp_path / f"report{suffix}"
        shown = called("report", logdir, "-o", path)
        assert (shown.returncode, shown.stdout, shown.stderr) == (0, "", "")
        assert path.read_text(encoding="utf-8").startswith(start)
    assert called("report", logdir, "-o", "-").stdout.startswith("## ")


def test_mistakes_and_nothing_to_tell(logdir: Path, tmp_path: Path) -> None:
    odd = called("report", logdir, "-o", tmp_path / "report.pdf")
    assert (odd.returncode, only_line(odd.stderr)) == (
        2,
        f"tbtui: {tmp_path / 'report.pdf'}: a report is .html, .md or .svg; name it so, or say --format",
    )
    (tmp_path / "empty").mkdir()
    for arguments, message in (
        ([tmp_path / "empty"], f"no event files under {tmp_path / 'empty'}"),
        ([logdir, "--run", "nope"], "no run matches --run; `tbtui ls` lists the runs"),
        ([logdir, "--tag", "nope"], "no scalars match --tag; `tbtui tags` lists the tags"),
    ):
        shown = called("report", *arguments, "-o", tmp_path / "none.html")
        assert (shown.returncode, shown.stdout, only_line(shown.stderr)) == (1, "", f"tbtui: {message}")
    assert not (tmp_path / "none.html").exists()


def test_the_best_runs_newest_histograms(tmp_path: Path) -> None:
    for run, loss in (("good", 1.0), ("bad", 2.0)):
        proto = summary_pb2.HistogramProto(min=0, max=24, num=6, sum=60, sum_squares=800)
        proto.bucket_limit.extend([0, 8, 16, 24])
        proto.bucket.extend([0, 1, 4, 1])
        newest = builders.event(builders.Value(tag=f"{run}/weight", histo=proto), step=7)
        empty = builders.event(builders.Value(tag="relu", histo=summary_pb2.HistogramProto()), step=3)
        builders.write(tmp_path / run / builders.FILE_NAME, [builders.scalar_event("loss", 1, loss), newest, empty])
    text = written(tmp_path, form="md")
    table = text.partition("### Histograms\n\n")[2].splitlines()
    assert table == [
        "| tag | step | values | mean | std | zeros | from | shape | to |",
        "| --- | --: | --: | --: | --: | --: | --: | --- | --: |",
        "| `good/weight` | 7 | 6 | 10 | 5.774 | 0.0% | 0 | `▃▃▃▃▃▃▃▃████████▃▃▃▃▃▃▃▃` | 24 |",
        "| `relu` | 3 | 0 | – | – | – | – | – | – |",
        "",
        "the newest ones of good",
    ]


def test_long_texts_lose_their_middle(tmp_path: Path) -> None:
    for run in ("a", "b"):
        tags = {f"tag{number}/" + "x" * 900: [1.0] for number in range(250)}
        write(tmp_path / run, {"loss": [1], **tags}, SessionStart({"why": run * 2000, "lr": 1.0}))
    for form in ("html", "md"):
        text = written(tmp_path, "--charts", 1, form=form)
        assert len(text) < 100_000
        assert "a" * 39 + "…" + "a" * 20 in text
        assert " and 50 more" in text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (59.9, "59s"), (60, "1m"), (3661, "1h 1m"), (90_000, "1d 1h"), (-5, "0s"), (NAN, "0s"), (86_460, "1d")],
)
def test_durations(seconds: float, text: str) -> None:
    assert long_duration(seconds) == text


def test_it_needs_neither_textual_nor_torch(logdir: Path) -> None:
    arguments = ["report", str(logdir), "-o", str(logdir / "r.html")]
    assert imported_by(arguments, {"textual", "torch", "rich.console", "plotext"}, logdir) == set()
