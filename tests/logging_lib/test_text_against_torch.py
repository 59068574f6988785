"""Texts are torch's, however odd or long; so are tensorboardX's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tensorboardX
from hypothesis import given, settings
from hypothesis import strategies as st
from tensorboard.compat.proto.summary_pb2 import Summary
from torch.utils.tensorboard import SummaryWriter as TorchWriter
from torch.utils.tensorboard import summary as torch_summary

from logging_lib import SummaryWriter
from logging_lib.summary.text import text
from tests.logging_lib.shown_blobs import only_blob
from tests.logging_lib.test_against_torch import written
from tui.reader import payload

TEXTS = ["", " ", "\0", "# Ä\n\n| a | b |\n|---|---|\n", "🧠" * 1000, "line\r\n\u2028\ufeff", "x" * 300_000]


@pytest.mark.parametrize("content", TEXTS, ids=range(len(TEXTS)))
@pytest.mark.parametrize("make", [TorchWriter, tensorboardX.SummaryWriter])
def test_same_events(tmp_path: Path, make: Any, content: str) -> None:
    def log(writer: Any) -> None:
        writer.add_text("t/u", content, 3)

    ours = written(SummaryWriter, tmp_path / "ours", log)
    assert ours == written(make, tmp_path / "theirs", log)
    step, ref = only_blob(tmp_path / "ours", "t/u/text_summary", "text")
    assert (step, payload.read_text(ref).tolist()) == (3, [content])


@settings(max_examples=200)
@given(st.text(), st.text())
def test_any_text(tag: str, content: str) -> None:
    theirs = torch_summary.text(tag, content)
    ours = Summary.FromString(text(tag, content).SerializeToString())
    ours.value[0].metadata.ClearField("data_class")
    assert ours == theirs
