"""The protobuf runtime: compiled here; a slow one is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from google.protobuf.internal import api_implementation

from tui.reader.runtime import slow_runtime


def test_the_compiled_parser_is_nothing_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_implementation, "Type", lambda: "upb")
    assert slow_runtime() is None


@pytest.mark.parametrize("kind", ["python", "cpp"])
def test_another_parser_is_told_with_its_place(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_implementation, "Type", lambda: kind)
    problem = slow_runtime()
    assert problem is not None
    assert (Path(problem.path).name, problem.offset) == ("protobuf", None)
    assert problem.reason == f"protobuf runs on its slow {kind} parser; install a build of it for this Python"
