"""A report in a real browser: nothing is fetched or run, it fits a telephone, and is dark in the dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver

from logging_lib.tfevents.hparams import SessionStart
from tests import builders
from tests.integration.browser import chromium
from tests.tui.cli.commands import tbtui

EVIL = "<img src=x onerror=alert(1)><script>alert(2)<∕script>"


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    with chromium(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A report on thirty runs in each format that a browser shows."""
    place = tmp_path_factory.mktemp("report")
    for number in range(30):
        start = SessionStart({"lr": number / 10, EVIL: EVIL})
        points = [builders.scalar_event(tag, step, number + step) for tag in ("loss", EVIL) for step in range(50)]
        run = place / "runs" / f"{EVIL.replace('/', '∕')}_with_a_rather_long_name_{number}"
        builders.write(run / builders.FILE_NAME, [builders.session_start(start), *points])
    found = {form: place / f"report.{form}" for form in ("html", "svg")}
    for path in found.values():
        assert tbtui("report", place / "runs", "--title", EVIL, "-o", path).returncode == 0
    return found


def shown(driver: webdriver.Chrome, path: Path, width: int = 1200, scheme: str = "light") -> dict[str, Any]:
    """What the browser made of a file."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    driver.get(path.as_uri())
    found: dict[str, Any] = driver.execute_script(
        """const root = document.documentElement, body = document.body || root;
        return {
            beyond: root.scrollWidth - root.clientWidth,
            scripts: document.scripts.length, images: document.images.length,
            fetched: performance.getEntriesByType("resource").length,
            paper: getComputedStyle(body).backgroundColor, ink: getComputedStyle(body).color,
            text: root.textContent,
            plots: document.querySelectorAll("svg[role=img] path.l").length,
        }"""
    )
    assert driver.get_log("browser") == []  # what the policy forbids would be told here
    return found


@pytest.mark.parametrize("width", [1200, 400, 320])
def test_a_page_fits_and_is_safe(driver: webdriver.Chrome, files: dict[str, Path], width: int) -> None:
    page = shown(driver, files["html"], width)
    assert page["beyond"] == 0
    assert (page["scripts"], page["images"], page["fetched"]) == (0, 0, 0)
    assert EVIL in page["text"]
    assert page["plots"] == 8


def test_a_page_is_dark_in_the_dark(driver: webdriver.Chrome, files: dict[str, Path]) -> None:
    light, dark = (shown(driver, files["html"], scheme=scheme) for scheme in ("light", "dark"))
    assert (light["paper"], light["ink"]) == ("rgb(255, 255, 255)", "rgb(31, 35, 40)")
    assert (dark["paper"], dark["ink"]) == ("rgb(18, 20, 23)", "rgb(230, 232, 235)")


def test_a_picture_is_a_picture(driver: webdriver.Chrome, files: dict[str, Path]) -> None:
    picture = shown(driver, files["svg"])
    assert (picture["scripts"], picture["fetched"]) == (0, 0)
    assert picture["plots"] == 8
