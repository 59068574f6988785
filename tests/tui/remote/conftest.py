"""A cache of their own for the tests of remote logdirs."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where mirrors lie."""
    cache = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("TBTUI_CACHE", str(cache))
    return cache
