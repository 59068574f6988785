"""The tensorboard command serves all that is written, with its Python loader and with its server in Rust."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from tests.logging_lib.every_kind import write_every_kind

SOON = 60.0
SUBRUNS = {"run", "run/scalars_a", "run/scalars_b", "run/trial"}


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("logdir")
    write_every_kind(directory)
    return directory


@pytest.fixture(scope="module", params=["false", "true"])
def address(request: pytest.FixtureRequest, logdir: Path) -> Iterator[str]:
    """Of a tensorboard that has read everything; with load_fast its Rust server reads."""
    command = [sys.executable, "-W", "ignore", "-m", "tensorboard.main", f"--logdir={logdir}", "--port=0"]
    process = subprocess.Popen(
        [*command, "--host=127.0.0.1", f"--load_fast={request.param}"], stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        found = None
        while found is None and (line := process.stderr.readline()):
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found is not None
        wait_until_read(found.group())
        yield found.group()
    finally:
        process.kill()
        process.communicate()


def wait_until_read(address: str) -> None:
    deadline = time.monotonic() + SOON
    while not (set(get(address, "/data/runs")) >= SUBRUNS and get(address, "/data/plugin/text/tags")):
        assert time.monotonic() < deadline, get(address, "/data/runs")
        time.sleep(0.1)


def get(address: str, route: str, **query: object) -> Any:
    url = f"{address}{route}?{urlencode(query)}"
    deadline = time.monotonic() + SOON
    while True:
        try:
            with urlopen(url, timeout=SOON) as response:
                content = response.read()
            break
        except URLError:  # it says where it listens before it does
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    return json.loads(content) if content[:1] in b"[{" else content


def test_scalars(request: pytest.FixtureRequest, address: str) -> None:
    tags = get(address, "/data/plugin/scalars/tags")
    by_rust = request.node.callspec.params["address"] == "true"  # which leaves scalars of 64 bits out
    assert {run: set(found) for run, found in tags.items() if found} == {
        "run": {"scalar"} if by_rust else {"scalar", "double"},
        "run/scalars_a": {"scalars"},
        "run/scalars_b": {"scalars"},
        "run/trial": {"metric"},
    }
    points = get(address, "/data/plugin/scalars/scalars", run="run", tag="scalar")
    assert [point[1:] for point in points] == [[0, 0.0], [1, 0.25], [2, 0.5]]


@pytest.mark.parametrize(
    ("plugin", "tags"),
    [
        ("histograms", {"histogram", "raw"}),
        ("images", {"image", "boxes", "video"}),
        ("audio", {"audio"}),
        ("text", {"text/text_summary"}),
        ("pr_curves", {"curve/pr_curves", "curve"}),
        ("mesh", {"mesh"}),
    ],
)
def test_tags(address: str, plugin: str, tags: set[str]) -> None:
    found = set(get(address, f"/data/plugin/{plugin}/tags")["run"])
    assert found
    assert found <= tags
    assert plugin == "pr_curves" or found == tags


def test_values(address: str) -> None:
    ((_, step, buckets),) = get(address, "/data/plugin/histograms/histograms", run="run", tag="histogram")
    assert (step, sum(count for _, _, count in buckets)) == (1, 3.0)
    (image,) = get(address, "/data/plugin/images/images", run="run", tag="image", sample=0)
    assert image["step"] == 1
    assert get(address, f"/data/plugin/images/individualImage?{image['query']}#")[:4] == b"\x89PNG"
    (text,) = get(address, "/data/plugin/text/text", run="run", tag="text/text_summary")
    assert "<strong>bold</strong>" in text["text"]
    layout = get(address, "/data/plugin/custom_scalars/layout")
    assert layout["category"][0]["chart"][0]["multiline"]["tag"] == ["scalar"]


def test_the_graph(address: str) -> None:
    assert get(address, "/data/plugin/graphs/info")["run"]["run_graph"]
    assert b"aten::linear" in get(address, "/data/plugin/graphs/graph", run="run", conceptual="false")


def test_hyperparameters(address: str) -> None:
    body = json.dumps({"experimentName": "", "startIndex": 0, "sliceSize": 10, "allowedStatuses": ["STATUS_SUCCESS"]})
    route = f"{address}/data/plugin/hparams/session_groups"
    with urlopen(Request(route, body.encode(), {"Content-Type": "application/json"}), timeout=SOON) as response:
        (group,) = json.loads(response.read())["sessionGroups"]
    assert group["hparams"] == {"lr": 0.1, "amp": True}


def test_the_projector(address: str) -> None:
    assert get(address, "/data/plugin/projector/runs") == ["run"]
    config = get(address, "/data/plugin/projector/info", run="run")
    assert [embedding["tensorShape"] for embedding in config["embeddings"]] == [[3, 3]]
