"""What importing loads, and what happens at the end of the interpreter: seen from a subprocess."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import logging_lib
from logging_lib.writer import SummaryWriter
from tests.logging_lib.event_files import summaries

HEAVY = "{name.partition('.')[0] for name in sys.modules} & {'torch', 'PIL', 'tensorboard', 'tui', 'textual', 'jax'}"


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_the_package_alone_loads_nothing() -> None:
    code = "import sys, logging_lib; print([name for name in ('numpy', 'google.protobuf') if name in sys.modules])"
    assert python(code).stdout == "[]\n"


def test_the_writer_loads_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys; from logging_lib import SummaryWriter\n"
        "with SummaryWriter(sys.argv[1]) as writer:\n"
        "    writer.add_scalar('a', 1); writer.add_histogram('h', [1.0]); writer.add_text('t', 'x')\n"
        f"print({HEAVY})"
    )
    done = python(code, str(tmp_path))
    assert (done.stdout, done.stderr, done.returncode) == ("set()\n", "", 0)


def test_exports() -> None:
    assert logging_lib.__all__ == ["SummaryWriter"]
    assert logging_lib.SummaryWriter is SummaryWriter
    with pytest.raises(AttributeError, match="has no attribute 'SummaryReader'"):
        _ = logging_lib.SummaryReader


@pytest.mark.parametrize(
    ("ending", "status"), [("", 0), ("sys.exit(3)", 3), ("raise RuntimeError", 1), ("del writer", 0)]
)
def test_everything_is_written_at_exit(tmp_path: Path, ending: str, status: int) -> None:
    code = (
        "import sys; from logging_lib import SummaryWriter\n"
        "writer = SummaryWriter(sys.argv[1], flush_secs=3600)\n"
        "for step in range(100): writer.add_scalar('a', step, step)\n"
    )
    assert python(code + ending, str(tmp_path)).returncode == status
    assert [event.step for event in summaries(tmp_path)] == list(range(100))


def test_a_forked_child_that_ends_normally_does_not_hang(tmp_path: Path) -> None:
    code = (
        "import os, sys; from logging_lib import SummaryWriter\n"
        "writer = SummaryWriter(sys.argv[1], flush_secs=3600)\n"
        "writer.add_scalar('a', 1, 1); writer.flush()\n"
        "child = os.fork()\n"
        "if child == 0: sys.exit(0)\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
        "writer.add_scalar('a', 2, 2)\n"
    )
    done = python(code, str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert [event.step for event in summaries(tmp_path)] == [1, 2]
