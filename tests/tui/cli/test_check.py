"""`tbtui check`: lines, JSON, exit codes, and waiting for something to happen."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from logging_lib.tfevents.proto import event_pb2, summary_pb2
from tests import builders
from tests.tui.cli.commands import imported_by, only_line, tbtui
from tui.analysis.health import RULES
from tui.cli.main import main

SOON = 20.0
LATER_FILE = "events.out.tfevents.1700009999.host.1.0"


def losses(count: int, nan_at: int | None = None, tag: str = "loss", begin: float = 0.0) -> Iterator[event_pb2.Event]:
    """A loss that falls; `begin` is the wall time of step 0."""
    for step in range(count):
        value = math.nan if step == nan_at else 1 / (1 + step)
        yield builders.scalar_event(tag, step, value, (begin or builders.WALL_TIME) + step)


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    """A healthy run, one with NaN and a restart, and one with a record that is damaged."""
    builders.write(tmp_path / "well" / builders.FILE_NAME, losses(50))
    ill = tmp_path / "ill\n"
    builders.write(ill / builders.FILE_NAME, losses(50))
    builders.write(ill / LATER_FILE, losses(40, nan_at=30, begin=builders.WALL_TIME + 500))
    torn = builders.write(tmp_path / "torn" / builders.FILE_NAME, losses(3))
    data = bytearray(torn.read_bytes())
    data[-10] ^= 1
    torn.write_bytes(data)
    return tmp_path


def test_a_line_a_finding(logdir: Path) -> None:
    shown = tbtui("check", logdir)
    assert shown.returncode == 1
    rows = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in shown.stdout.splitlines()]
    file = logdir / "torn" / builders.FILE_NAME
    assert rows == [
        ["run", "tag", "step", "rule", "why"],
        ["ill\\n", "loss", "30", "nan-inf", "NaN first at step 30: 1 of 40 points"],
        [
            *("ill\\n", "loss", "0", "step-back"),
            "began again at step 0 after step 49: 50 of 90 points are superseded",
        ],
        ["torn", "-", "-", "damaged", f"{file} at byte 82: payload fails its CRC, and no record follows"],
    ]
    assert "payload fails its CRC" in only_line(shown.stderr)


def test_json(logdir: Path) -> None:
    shown = tbtui("check", logdir, "--json", "--rule", "nan-inf", "--rule", "spike")
    assert shown.returncode == 1
    assert json.loads(shown.stdout) == [
        {
            "run": "ill\n",
            "tag": "loss",
            "step": 30,
            "wall_time": builders.WALL_TIME + 530,
            "rule": "nan-inf",
            "severity": "error",
            "text": "NaN first at step 30: 1 of 40 points",
            "others": [],
        }
    ]


@pytest.mark.parametrize(
    "options",
    [
        ["--run", "well"],
        ["--rule", "spike"],
        ["--ignore", "nan-inf", "--ignore", "step-back", "--ignore", "damaged"],
        ["--rule", "damaged", "--run", "ill"],
    ],
)
def test_nothing_found(logdir: Path, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(logdir), *options]) == 0
    assert capsys.readouterr().out == ""
    assert main(["check", str(logdir), "--json", *options]) == 0
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--rule", "none"], "argument --rule: invalid choice: 'none'"),
        (["--rule", "spike", "--ignore", "spike"], "tbtui: --ignore leaves no rule of those that --rule asks for"),
        (["--run", "("], "tbtui: --run ( is no regular expression"),
        (["nowhere"], "tbtui: nowhere does not exist"),
        (["nowhere", "--watch"], "tbtui: nowhere does not exist"),
    ],
)
def test_wrong_usage(logdir: Path, options: list[str], message: str) -> None:
    shown = tbtui("check", logdir, *options, cwd=logdir)
    assert (shown.returncode, shown.stdout) == (2, "")
    assert message in shown.stderr
    assert "Traceback" not in shown.stderr


def test_nothing_there(tmp_path: Path, logdir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["check", str(tmp_path / "empty")]) == 1
    assert capsys.readouterr() == ("", f"tbtui: no event files under {tmp_path / 'empty'}\n")
    assert main(["check", str(logdir / "well"), "--run", "none"]) == 1
    assert capsys.readouterr() == ("", "tbtui: no run matches --run; `tbtui ls` lists the runs\n")


def test_histograms_are_read(tmp_path: Path) -> None:
    def histogram(step: int) -> event_pb2.Event:
        proto = summary_pb2.HistogramProto(min=0, max=0, num=9, bucket_limit=[0.0], bucket=[9.0])
        return builders.event(builders.Value(tag="activations/relu", histo=proto), step=step)

    builders.write(tmp_path / "a" / builders.FILE_NAME, map(histogram, range(4)))
    shown = tbtui("check", tmp_path)
    assert (shown.returncode, shown.stderr) == (1, "")
    assert shown.stdout.splitlines()[1].split()[:4] == ["a", "activations/relu", "1", "dead-units"]


def test_the_rules_are_in_the_help_and_nothing_heavy_is_imported(logdir: Path) -> None:
    shown = " ".join(tbtui("check", "--help").stdout.split())
    assert all(f"{rule.name} {rule.severity.value}: {rule.about}" in shown for rule in RULES.values())
    for command in (["check", str(logdir)], ["status", str(logdir)]):
        assert imported_by(command, {"textual", "torch", "plotext", "PIL.Image"}, logdir) == set()


# --watch


@pytest.fixture
def live(tmp_path: Path) -> Path:
    """The event file of a run that has just begun."""
    return builders.write(tmp_path / "run" / builders.FILE_NAME, losses(5, begin=time.time()))


def watching(path: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tui", "check", str(path.parents[1]), "--watch", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def still_waits(process: subprocess.Popen[str]) -> None:
    """Wait until it watches the logdir, for which it asks the kernel, and make sure that it goes on."""
    end = time.monotonic() + SOON
    while not watches(process) and time.monotonic() < end:
        time.sleep(0.02)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.7)


def watches(process: subprocess.Popen[str]) -> bool:
    return any(map(is_inotify, Path(f"/proc/{process.pid}/fd").iterdir()))


def is_inotify(descriptor: Path) -> bool:
    """Of a program that opens and closes files meanwhile."""
    try:
        return os.readlink(descriptor) == "anon_inode:inotify"  # noqa: PTH115
    except FileNotFoundError:
        return False


def test_it_waits_until_a_rule_fires(live: Path) -> None:
    with watching(live) as process:
        still_waits(process)
        builders.append(live, [builders.scalar_event("loss", 6, math.nan, time.time())])
        output, errors = process.communicate(timeout=SOON)
    assert (process.returncode, errors) == (1, "")
    assert output.splitlines()[1].split()[:4] == ["run", "loss", "6", "nan-inf"]


def test_it_ends_with_the_last_run(live: Path) -> None:
    with watching(live, "--json") as process:
        still_waits(process)
        builders.append(live, [builders.session_end("SUCCESS")])
        output, errors = process.communicate(timeout=SOON)
    assert (process.returncode, json.loads(output), errors) == (0, [], "")


def test_it_waits_for_a_run_that_is_not_there_yet(live: Path) -> None:
    with watching(live, "--run", "^next$") as process:
        still_waits(process)
        builders.write(live.parents[1] / "next" / builders.FILE_NAME, losses(5, nan_at=4, begin=time.time()))
        output, _ = process.communicate(timeout=SOON)
    assert process.returncode == 1
    assert output.splitlines()[1].split()[0] == "next"


def test_an_interrupt_is_no_traceback(live: Path) -> None:
    with watching(live) as process:
        still_waits(process)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=SOON)
    assert (process.returncode, output, errors) == (130, "", "")


@pytest.mark.parametrize("milliseconds", range(0, 500, 50))
def test_an_interrupt_while_it_starts_is_no_traceback(live: Path, milliseconds: int) -> None:
    """Python makes other errors of one that comes while it imports, or loses it; its own start is not ours."""
    code = "print(flush=True); import runpy; runpy.run_module('tui', run_name='__main__', alter_sys=True)"
    command = [sys.executable, "-c", code, "check", str(live.parents[1]), "--watch"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "\n"
        time.sleep(milliseconds / 1000)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=SOON)
    assert (output, "Error" in errors) == ("", False)
    assert process.returncode in (130, -signal.SIGINT)


def test_runs_that_are_over_are_not_waited_for(logdir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(logdir), "--watch", "--run", "well"]) == 0
    assert capsys.readouterr() == ("", "")
    assert main(["check", str(logdir), "--watch", "--rule", "nan-inf"]) == 1
