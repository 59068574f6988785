"""Tests without a package that they need are skipped, and say which: torch is small for some Pythons only.

Where the environment has TBTUI_TESTS_NEED_ALL, as in .ci/run, they fail.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

PACKAGES = ("accelerate", "lightning", "torch", "transformers")
"""Of the extra `test`, those that may be missing: torch, and what is of use with it only."""

_PROJECT = Path(__file__).parent.parent
_PRODUCT = ("logging_lib", "tui")


class Package:
    """A package that is imported where a test uses it: without it that test is skipped, and not its whole file."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)


def reason(error: BaseException | None) -> str | None:
    """Why a test that ends with this error is skipped; None where it fails.

    It fails where it is this project's own code that imports the package: that has to do without.
    """
    if os.environ.get("TBTUI_TESTS_NEED_ALL") or not isinstance(error, ModuleNotFoundError):
        return None
    package = (error.name or "").partition(".")[0]
    if package not in PACKAGES or _importer(error.__traceback__) in _PRODUCT:
        return None
    return f"needs {package}, which is not installed: pip install -e '.[test]'"


def _importer(traceback: TracebackType | None) -> str:
    """The folder of this project whose code is the innermost."""
    found = ""
    while traceback is not None:
        path = Path(traceback.tb_frame.f_code.co_filename)
        if path.is_relative_to(_PROJECT) and "site-packages" not in path.parts:
            found = path.relative_to(_PROJECT).parts[0]
        traceback = traceback.tb_next
    return found


@contextmanager
def _skipping() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        if (why := reason(error)) is not None:
            pytest.skip(why)
        raise


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Iterator[None]:
    with _skipping():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    with _skipping():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """A file whose import fails is reported by pytest itself, which keeps the error as the cause of its own."""
    report: Any = yield
    error = report.call.excinfo.value.__cause__ if report.failed else None
    if (why := reason(error)) is not None:
        report.outcome, report.longrepr = "skipped", (str(collector.path), 1, f"Skipped: {why}")
    return report
