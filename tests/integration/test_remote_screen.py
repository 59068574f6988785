"""Remote logdirs on the screen: beside local ones, while the link is there, when it drops, and when it is back."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.builders import FILE_NAME, append, points, version_event, write
from tests.integration.remote_servers import Serve
from tests.terminal import Terminal
from tests.tui.cli.commands import called
from tui.cli.logdirs import parse_logdirs
from tui.remote.link import Link
from tui.remote.place import RemoteLogDir
from tui.remote.status import LinkState


@pytest.mark.parametrize("kind", ["s3", "ssh", "http"])
def test_the_link_drops_and_comes_back(kind: str, serve: Serve, tmp_path: Path) -> None:
    far, near = tmp_path / "far logs", tmp_path / "near"
    path = write(far / "distant" / FILE_NAME, [version_event(), *points("loss", range(10))])
    write(near / "local" / FILE_NAME, [version_event(), *points("loss", range(5))])
    served = serve(kind, far)
    with Terminal.tbtui("--fresh", f"far:{served.url}", f"near:{near}", columns=300) as terminal:
        terminal.until_shown("2 runs  1 tag  15 points")
        terminal.until_shown("distant")
        assert served.url in terminal.text
        served.link.cut()
        terminal.until_shown("✗ connection lost, next try at ")
        terminal.until_shown("! 1 problem")
        assert "distant" in terminal.text
        terminal.press(b"2")  # Problems
        terminal.until_shown("what was read stays")
        assert " link " in terminal.text
        assert served.url in terminal.text
        append(path, points("loss", range(10, 17)))
        served.publish(f"distant/{FILE_NAME}")
        served.link.mend()
        terminal.until_shown("22 points")
        terminal.until(lambda: "connection lost" not in terminal.text)
        assert "problem" not in terminal.text.splitlines()[0]
        terminal.press(b"?")
        terminal.until_shown("up to date; ")
        assert f"in {tmp_path}/cache/" in "".join(line.strip() for line in terminal.text.splitlines())
        terminal.press(b"q")
        terminal.until(lambda: "tbtui keys" not in terminal.text)
        terminal.press(b"q")
        assert terminal.end() == 0


def test_a_server_that_does_not_answer_keeps_nobody_waiting(serve: Serve, tmp_path: Path) -> None:
    write(tmp_path / "near" / "local" / FILE_NAME, [version_event(), *points("loss", range(5))])
    served = serve("http", tmp_path / "near")
    served.link.delay = 1000.0
    with Terminal.tbtui("--fresh", served.url, f"near:{tmp_path / 'near'}", columns=300) as terminal:
        terminal.until_shown("connecting")
        terminal.until_shown("1 run  1 tag  5 points")
        before = time.monotonic()
        terminal.press(b"q")
        assert terminal.end() == 0
        assert time.monotonic() - before < 8  # far less than any timeout of the network


def test_what_cannot_be_opened_is_a_problem_on_the_screen(serve: Serve, tmp_path: Path) -> None:
    write(tmp_path / "logs" / "run" / FILE_NAME, [version_event(), *points("loss", range(5))])
    served = serve("http", tmp_path / "logs")
    with Terminal.tbtui("--fresh", f"{served.url}/none", columns=300) as terminal:
        terminal.until_shown("✗ cannot be read, next try at ")
        terminal.until_shown("! 1 problem")
        terminal.press(b"2")
        terminal.until_shown("there is no such directory or bucket; check the address")


def test_two_on_one_address_share_the_mirror(serve: Serve, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    path = write(logs / "run" / FILE_NAME, [version_event(), *points("loss", range(10))])
    served = serve("http", logs)
    (logdir,) = parse_logdirs([served.url])
    assert isinstance(logdir, RemoteLogDir)
    first, second = Link(logdir), Link(logdir)
    first.start()
    _until(lambda: first.status.state is LinkState.CURRENT)
    second.start()
    _until(lambda: second.status.state is LinkState.FOLLOWING)
    append(path, points("loss", range(10, 12)))
    # A command has the first look again, and waits for it.
    exported = called("export", served.url)
    assert (exported.returncode, exported.stderr) == (0, "")
    assert exported.stdout.count("\n") == 13
    first.stop()
    _until(lambda: second.status.state is LinkState.CURRENT)
    append(path, points("loss", range(12, 15)))
    assert called("export", served.url).stdout.count("\n") == 16
    served.link.cut()
    _until(lambda: second.status.is_bad)
    failed = called("export", served.url)
    assert (failed.returncode, failed.stdout) == (2, "")
    assert failed.stderr == f"tbtui: {served.url}: connection lost: connection refused (another tbtui fetches it)\n"
    second.stop()
    _until(second.lock.take)
    second.lock.free()
    assert json.loads((logdir.mirror / "mirror.json").read_text()) == {"url": served.url}


def _until(condition: object) -> None:
    assert callable(condition)
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
