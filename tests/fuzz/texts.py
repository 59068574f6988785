"""Targets of texts that people and files hold: filters, patterns, configuration, state, Markdown, projector configs."""

from __future__ import annotations

import json
import re
from functools import cache

from tests.fuzz.target import Target, assert_harmless, scratch, stored, text_of
from tests.tui.analysis.hparams.snapshots import frame_of
from tui.analysis.hparams.expression import FilterError
from tui.analysis.hparams.frame import Frame
from tui.analysis.hparams.matching import matching
from tui.analysis.hparams.parser import parse
from tui.app.config_file import read_config
from tui.app.expression import expression
from tui.app.state_file import BrokenStateError, StateFile
from tui.model import ProjectorInfo
from tui.reader.payload import PayloadError, embedding_shape, read_embedding, read_metadata
from tui.reader.projector import ProjectorError, read_projector
from tui.render.markdown import add_markdown
from tui.render.page import PageBuilder
from tui.render.text import printable

_CONFIG = b"""theme = "light"
[scalars]
smoothing = 0.6
density = "cards"
[keys]
quit = "ctrl+q"
"""
_MARKDOWN = b"""# Title
*a* **b** `c` [d](http://e) ![f](g)

- one
  1. two

| a | b |
|---|:-:|
| 1 | ~~2~~ |

> quote

```python
x = 1
```
<b>html</b> &amp; \x1b[31m
"""


@cache
def _frame() -> Frame:
    return frame_of({"lr": [0.1, None, "auto", True], "opt": ["adam", "sgd", None, "a b"]}, {"val/acc": [0.9, None]})


def check_where(data: bytes) -> None:
    """A filter is understood or refused in one line; written out and read again it means the same."""
    text = text_of(data)[:300]
    try:
        tree = parse(text)
        rows = matching(_frame(), text)
    except (FilterError, re.error) as error:
        assert_harmless(printable(str(error)), "filter")
        return
    assert str(parse(str(tree))) == str(tree)
    assert matching(_frame(), str(tree)).tolist() == rows.tolist()


def check_pattern(data: bytes) -> None:
    """What is typed into a search ends in time, as a pattern or literally."""
    pattern, _, text = text_of(data).partition("\n")
    found = expression(pattern).all_in(text, 10)
    assert all(0 <= match.start() <= match.end() <= len(text) for match in found)


def check_config(data: bytes) -> None:
    """A configuration gives settings and complaints, one line each."""
    with stored("config.toml", data) as path:
        config = read_config(path)
    for complaint in (*config.complaints, *config.checked_keys()[1]):
        assert_harmless(complaint, "complaint")


def check_state(data: bytes) -> None:
    """What is remembered is taken or refused."""
    with stored("state.json", data) as path:
        try:
            fields = StateFile(path).read()
        except BrokenStateError as error:
            assert_harmless(str(error), "state")
            return
    assert isinstance(fields, dict)


def check_markdown(data: bytes) -> None:
    """No text moves the cursor, and none is lost."""
    builder = PageBuilder(data[0] % 120 + 10 if data else 80)
    add_markdown(builder, text_of(data[1:]))
    page = builder.page()
    for line in range(len(page)):
        assert_harmless(page.line_text(line), "page")
        assert_harmless("".join(text for _, text, _ in page.spans(line)), "spans")


def check_printable(data: bytes) -> None:
    """No name moves the cursor, and names that differ are shown differently enough to be printable twice."""
    shown = printable(text_of(data))
    assert_harmless(shown, "name")
    assert printable(shown) == shown


def check_projector(data: bytes) -> None:
    """A config names files of its own directory, or none; the files are points, or are refused in a line."""
    with stored("projector_config.pbtxt", data) as path:
        try:
            info, _ = read_projector("run", str(path))
        except ProjectorError as error:
            assert "\n" not in str(error)
        else:
            _assert_inside(info)
    with stored("points.tsv", data) as path:
        for read in (read_embedding, embedding_shape, read_metadata):
            try:
                read(str(path))
            except PayloadError as error:
                assert "\n" not in str(error)


def _assert_inside(info: ProjectorInfo) -> None:
    for item in info.embeddings:
        for path in (item.tensor_path, item.metadata_path, item.bookmarks_path, item.sprite_path):
            assert path is None or path.startswith(f"{scratch()}/")


def _state_seed() -> bytes:
    content = {"format": "tbtui state", "version": 1, "selection": {"hidden": ["a"], "smoothing": 0.6}}
    return json.dumps(content).encode()


TARGETS = (
    Target(
        "where", check_where, lambda: [b"lr>=1e-3 opt=adam", b'-(opt~"a.b" or has:lr) and not lr in (1, auto)', b"a"]
    ),
    Target(
        "pattern", check_pattern, lambda: [b"loss|acc\nval/loss", b"(a+)+$\naaaaaaaaaaaaaaaaaaaaaaaaa!", b"[[a]\na"]
    ),
    Target("config", check_config, lambda: [_CONFIG]),
    Target("state", check_state, lambda: [_state_seed()]),
    Target("markdown", check_markdown, lambda: [b"P" + _MARKDOWN]),
    Target("printable", check_printable, lambda: [b"a\x1b[2Jb", "e\u0301\u202e\u200d".encode(), b"\xff\x9b"]),
    Target(
        "projector", check_projector, lambda: [b'embeddings { tensor_path: "a.tsv" tensor_shape: 3 }', b"1\t2\n3\t4\n"]
    ),
)
