"""What tests beside real servers need: nothing is skipped where it is missing, but said in one line."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # moto takes a second to import, and need not be there to be missed
    from tests.integration.remote_servers import Served

_PACKAGES = (
    "dask",
    "distributed",
    "duckdb",
    "fsspec",
    "mlflow",
    "moto",
    "pandas",
    "polars",
    "s3fs",
    "selenium",
    "sshfs",
    "textual_serve",
    "wandb",
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


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, Path], Served]]:
    """Starts a server of a kind on a directory: what the test runs is let in, and has a cache of its own."""
    from tests.integration.remote_servers import SERVERS

    started: list[Served] = []

    def start(kind: str, files: Path) -> Served:
        home = tmp_path / f"home{len(started)}"
        home.mkdir()
        served = SERVERS[kind](files, home)
        started.append(served)
        for name, value in served.environ.items():
            monkeypatch.setenv(name, value)
        return served

    monkeypatch.setenv("TBTUI_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TBTUI_PATIENCE", "5")
    yield start
    for served in started:
        served.close()
