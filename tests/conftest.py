"""What every test needs: nothing of the user's configuration, and nothing remembered from one run to the next."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.missing"]
# A slow machine is no failure: no test of this project is timed.
settings.register_profile(
    "unhurried", parent=settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unhurried")


@pytest.fixture(scope="session", autouse=True)
def no_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Directories of configuration and state that nobody else uses; programs that tests start inherit them."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
            patch.setenv(variable, os.fspath(tmp_path_factory.mktemp(variable.lower())))
        patch.delenv("TBTUI_CONFIG", raising=False)
        yield


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how the tests are run that need servers, where all the others were."""
    if config.args == list(config.getini("testpaths")):
        terminalreporter.write_line(
            "Tests with servers, a browser and a cluster: pip install -e '.[test-all]' && pytest tests/integration"
        )
