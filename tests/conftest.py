"""What every test needs: nothing of the user's configuration, and nothing remembered from one run to the next."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.missing"]
# Where nothing compiled may be kept, as in some containers, each of the hundreds of programs that tests start would
# compile all of tbtui.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# A slow machine is no failure: no test of this project is timed.
settings.register_profile(
    "unhurried", parent=settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unhurried")


_LONGEST_ID = 60


def pytest_make_parametrize_id(val: object) -> str | None:
    """The beginning of a long text: names of tests go from process to process, and into the environment."""
    if not isinstance(val, (str, bytes)) or len(val) <= _LONGEST_ID:
        return None
    return f"{val[:_LONGEST_ID]!a}... of {len(val)}"


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
