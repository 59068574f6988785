"""What importing loads: seen from a subprocess."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import logging_lib
from logging_lib.writer import SummaryWriter

HEAVY = "{name.partition('.')[0] for name in sys.modules} & {'torch', 'PIL', 'tensorboard', 'tui', 'textual', 'jax'}"


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_the_package_alone_loads_nothing() -> None:
    code = "import sys, logging_lib; print([name for name in ('numpy', 'google.protobuf') if name in sys.modules])"
    assert python(code).stdout == "[]\n"


def test_a_writer_of_scalars_needs_no_protobuf(tmp_path: Path) -> None:
    code = (
        "import sys, crc32c; theirs = set(sys.modules)  # of Python 3.13's importlib.metadata json, say\n"
        "from logging_lib import SummaryWriter\n"
        "with SummaryWriter(sys.argv[1]) as writer:\n"
        "    writer.add_scalar('a', 1.0, 1); writer.add_scalars('m', {'k': 1.0}, 1)\n"
        f"print({HEAVY} | ({{'google.protobuf', 'json', 'numpy.typing'}} & (sys.modules.keys() - theirs)))"
    )
    done = python(code, str(tmp_path))
    assert (done.stdout, done.stderr, done.returncode) == ("set()\n", "", 0)


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
