"""docs/logging.md: its snippets run, in order, and log what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from logging_lib.writer import SummaryWriter
from tests.logging_lib.event_files import summaries

GUIDE = Path(__file__).parents[2] / "docs" / "logging.md"


def test_the_snippets_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    snippets = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(snippets) == 9
    names: dict[str, object] = {}
    for snippet in snippets:
        exec(compile(snippet, str(GUIDE), "exec"), names)
    runs = tmp_path / "runs"
    tags = {value.tag for event in summaries(runs / "lr0.1") for value in event.summary.value}
    assert tags == {
        "Loss/train",
        "Loss/val",
        "layer1/weight",
        "sample",
        "batch",
        "detected",
        "tone",
        "clip",
        "notes/text_summary",
    }
    assert len(summaries(runs / "lr0.01" / "Loss_train")) == 500
    assert {path.name for path in (runs / "sweep").iterdir() if path.is_dir()} == {"lr=0.1", "lr=0.01"}
    assert [event.step for event in summaries(runs / "closing")] == [1]


def test_every_call_is_named() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    calls = [name for name in dir(SummaryWriter) if re.match(r"(add|log|export)_", name)]
    assert len(calls) >= 25
    assert [name for name in calls if f"`{name}" not in guide and f".{name}(" not in guide] == []
