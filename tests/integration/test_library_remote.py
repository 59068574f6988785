"""tui as a library, on a remote logdir: read on where it grows, and an exception where nobody answers."""

from __future__ import annotations

from pathlib import Path

import pytest

import tui
from tests.builders import FILE_NAME, append, points, write
from tests.integration.remote_servers import Serve


def test_a_remote_logdir_is_read_and_read_on(
    serve: Serve,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    path = write(tmp_path / "logs" / "run" / FILE_NAME, points("loss", range(3)))
    served = serve("http", tmp_path / "logs")
    logs = tui.open(served.url)
    [series] = tui.series(logs, run="run", tag="loss")
    assert series.values.tolist() == [0.0, 0.5, 1.0]
    assert not logs.refresh()
    append(path, points("loss", [3]))
    with path.open("ab") as file:
        file.write(b"\1" * 40)
    assert logs.refresh()
    assert tui.series(logs)[0].values.tolist() == [0.0, 0.5, 1.0, 1.5]
    assert [problem.path for problem in logs.problems] == [f"{served.url}/run/{FILE_NAME}"]
    assert "".join(capfd.readouterr()) == ""


def test_a_server_that_does_not_answer_is_an_error(serve: Serve, tmp_path: Path) -> None:
    write(tmp_path / "logs" / "run" / FILE_NAME, points("loss", range(3)))
    served = serve("http", tmp_path / "logs")
    logs = tui.open(served.url)
    served.close()
    with pytest.raises(tui.LogdirError, match=served.url):
        logs.refresh()
    assert tui.series(logs)[0].values.tolist() == [0.0, 0.5, 1.0]
