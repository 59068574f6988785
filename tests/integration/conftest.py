"""What tests beside real servers need: nothing is skipped where it is missing, but said in one line."""

from __future__ import annotations

import shutil
from importlib.util import find_spec

import pytest

_PACKAGES = (
    "dask",
    "distributed",
    "duckdb",
    "fsspec",
    "moto",
    "pandas",
    "polars",
    "s3fs",
    "selenium",
    "sshfs",
    "textual_serve",
)
_PROGRAMS = {"sshd": "openssh-server", "chromium": "chromium", "chromedriver": "chromium-driver"}


def pytest_configure() -> None:
    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if missing:
        raise pytest.UsageError(f"tests/integration needs {', '.join(missing)}: pip install -e '.[test-all]'")
    # sshd stands where only root's PATH leads.
    programs = [
        package
        for name, package in _PROGRAMS.items()
        if not shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/bin")
    ]
    if programs:
        raise pytest.UsageError(f"tests/integration needs programs: apt-get install {' '.join(programs)}")
