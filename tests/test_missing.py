"""Where torch is missing, tests that need it are skipped with a reason; where nothing may be missing, they fail."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
WITHOUT_TORCH = "import sys; sys.modules['torch'] = None\n"
FILES = {
    "whole_test.py": "import torch.nn\ndef test_a(): pass\n",
    "single_test.py": """
import pytest
from tests.missing import Package
torch = Package("torch")
@pytest.fixture
def tensor(): return torch.zeros(1)
def test_without(): pass
def test_in_a_test(): torch.zeros(1)
def test_in_a_fixture(tensor): pass
def test_another_package(): import no_such_package
def test_own_code(): import logging_lib.imports_torch
""",
}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A project like this one, with tests of its own."""
    tests, own = tmp_path / "tests", tmp_path / "logging_lib"
    for made in (tests, own):
        made.mkdir()
        (made / "__init__.py").touch()
    (own / "imports_torch.py").write_text("import torch\n")
    (tests / "missing.py").write_text((PROJECT / "tests" / "missing.py").read_text())
    (tests / "conftest.py").write_text(f"{WITHOUT_TORCH}pytest_plugins = ['tests.missing']\n")
    for name, text in FILES.items():
        (tests / name).write_text(text)
    return tmp_path


def outcomes(directory: Path, **environ: str) -> tuple[int, str]:
    """pytest's exit code and what it says of each test that does not pass."""
    arguments = ["-n0", "-rfEs", "-q", "-p", "no:cacheprovider", f"--rootdir={directory}", "-c", os.devnull, "tests"]
    environment = {name: value for name, value in os.environ.items() if name != "TBTUI_TESTS_NEED_ALL"} | environ
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-o", "python_files=*_test.py", *arguments],
        cwd=directory, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


def test_without_torch(directory: Path) -> None:
    code, said = outcomes(directory)
    assert code == 1
    reason = "needs torch, which is not installed: pip install -e '.[test]'"
    skipped = [line.split(":", 2) for line in said.splitlines() if line.startswith("SKIPPED")]
    assert [(where, why.strip()) for where, _, why in skipped] == [
        ("SKIPPED [1] tests/whole_test.py", reason),
        ("SKIPPED [2] tests/missing.py", reason),
    ]
    assert [line.split(" - ")[0] for line in said.splitlines() if line.startswith("FAILED")] == [
        "FAILED tests/single_test.py::test_another_package",
        "FAILED tests/single_test.py::test_own_code",
    ]
    assert "2 failed, 1 passed, 3 skipped" in said


def test_where_nothing_may_be_missing(directory: Path) -> None:
    code, said = outcomes(directory, TBTUI_TESTS_NEED_ALL="1")
    assert code == 2
    assert "skipped" not in said
    assert "ERROR tests/whole_test.py" in said
