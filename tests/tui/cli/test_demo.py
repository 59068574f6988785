"""tbtui demo: what it writes, where, and that no process stays behind."""

from __future__ import annotations

import math
import os
import re
import signal
import subprocess
import sys
import time
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import metadata as hparams_metadata
from tensorboard.util import tensor_util

from tui.app.choices import Density
from tui.app.settings import Start
from tui.cli import demo, main
from tui.cli.demo_model import FINISHED, LIVE, LOG_EVERY, STEPS
from tui.cli.errors import CommandError

SOON = 20.0
ALL_POINTS = {"tensors": 0, "scalars": 0, "histograms": 0, "images": 0}


def tbtui(*arguments: str) -> subprocess.Popen[str]:
    code = "import sys; from tui.cli.main import entry_point; sys.exit(entry_point())"
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def headless(*arguments: str) -> list[str]:
    """What it prints."""
    process = tbtui("demo", "--headless", *arguments)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    return output.splitlines()


def place_of(lines: list[str]) -> Path:
    """Where it says that the logs are."""
    match = re.fullmatch(r"training  (.*): six runs, two of which go on for [\d.]+ s", lines[0])
    assert match is not None
    return Path(match[1])


def writers_of(directory: Path) -> set[int]:
    """Ids of the processes that created the event files; they are in the names."""
    return {int(path.name.split(".")[-2]) for path in directory.rglob("*tfevents*")}


def is_running(pid: int) -> bool:
    """A process that has ended but was not waited for yet is not running."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_until(condition: Any) -> None:
    deadline = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What one headless demo printed."""
    directory = tmp_path_factory.mktemp("demo") / "new" / "logs"
    before = time.time()
    lines = headless("0.7", str(directory))
    assert time.time() - before >= 0.7
    assert place_of(lines) == directory
    return lines


@pytest.fixture(scope="module")
def written(said: list[str]) -> Path:
    """The logs of that demo."""
    return place_of(said)


def test_headless_says_what_was_written_and_reads_it(
    said: list[str], written: Path, runs: dict[str, EventAccumulator]
) -> None:
    points = sum(len(run.Scalars(tag)) for run in runs.values() for tag in run.Tags()["scalars"])
    histograms = sum(len(run.Histograms(tag)) for run in runs.values() for tag in run.Tags()["histograms"])
    images = sum(len(run.Images(tag)) for run in runs.values() for tag in run.Tags()["images"])
    texts = sum(len(run.Tensors(f"{tag}/text_summary")) for run in runs.values() for tag in ("config", "samples"))
    assert points > 33_660
    assert said[1:3] == [
        f"written   {points:,} points, {histograms} histograms, {images} images, {texts} texts",
        "read      all of it",
    ]
    assert re.fullmatch(r"status    2/6 live, 1 NaN · Loss/val 0\.1585 \(lr_0\.01_adam\) · .* steps/s.*", said[3])
    assert said[4:] == [
        "",
        f"Look at it: tbtui {written}",
        f"List it:    tbtui ls {written}",
        f"Remove it:  rm -r {written}",
    ]


def test_a_disk_that_is_full_is_told(tmp_path: Path) -> None:
    command = f"ulimit -f 100; exec {sys.executable} -m tui demo --headless 0 {tmp_path}"
    shown = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert shown.returncode == 1
    written, read = shown.stdout.splitlines()[1:3]
    assert written.startswith("written   33,660 points")
    assert read.startswith("read      ")
    assert read != "read      all of it"
    assert re.fullmatch(
        r"tbtui: not all that was written was read; the training says: \d+ logged events were lost\n", shown.stderr
    )


def test_whoever_reads_the_pipe_may_leave(tmp_path: Path) -> None:
    process = tbtui("demo", "--headless", "0.2", str(tmp_path))
    with process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.wait(60) == 0
        assert process.stderr.read() == ""
    assert [is_running(writer) for writer in writers_of(tmp_path)] in ([], [False])


@pytest.fixture(scope="module")
def runs(written: Path) -> dict[str, EventAccumulator]:
    return {path.name: EventAccumulator(str(path), ALL_POINTS).Reload() for path in written.iterdir()}


def test_six_runs(runs: dict[str, EventAccumulator]) -> None:
    assert set(runs) == {recipe.name for recipe in FINISHED + LIVE}
    assert len(runs) == 6


def test_every_kind_of_data_in_every_run(runs: dict[str, EventAccumulator]) -> None:
    for accumulator in runs.values():
        tags = accumulator.Tags()
        assert set(tags["scalars"]) == {
            *("Loss/train", "Loss/val", "Accuracy/train", "Accuracy/val"),
            *("Optim/lr", "Optim/grad_norm", "System/throughput"),
        }
        layers = {"conv1", "conv2", "fc"}
        assert set(tags["histograms"]) == {f"{kind}/{layer}" for kind in ("Weights", "Gradients") for layer in layers}
        assert set(tags["images"]) == {"Confusion/val", "Filters/conv1"}
        assert {"config/text_summary", "samples/text_summary"} <= set(tags["tensors"])


def test_finished_runs_are_complete_and_in_the_past(runs: dict[str, EventAccumulator]) -> None:
    for recipe in FINISHED:
        points = runs[recipe.name].Scalars("Loss/train")
        assert [point.step for point in points] == list(range(0, recipe.points * LOG_EVERY, LOG_EVERY))
        assert points[-1].wall_time < time.time() - 60
        assert recipe.points == (STEPS // LOG_EVERY if recipe.diverges_at is None else 680)


def test_one_run_diverges_to_nan(runs: dict[str, EventAccumulator]) -> None:
    ends_in_nan = {name for name, run in runs.items() if math.isnan(run.Scalars("Loss/train")[-1].value)}
    assert ends_in_nan == {"lr_0.1_sgd"}


def test_a_validation_loss_rises_again(runs: dict[str, EventAccumulator]) -> None:
    val = [point.value for point in runs["lr_0.01_adam"].Scalars("Loss/val")]
    train = [point.value for point in runs["lr_0.01_adam"].Scalars("Loss/train")]
    assert val[-1] > 2 * min(val)
    assert sum(train[-50:]) / 50 < 2 * min(train)


def test_live_runs_go_on(runs: dict[str, EventAccumulator]) -> None:
    for recipe, share in zip(LIVE, (2, 5), strict=True):
        points = runs[recipe.name].Scalars("Loss/train")
        assert recipe.points // share < len(points) < recipe.points
        times = [point.wall_time for point in points]
        assert times == sorted(times)


def session(run: EventAccumulator, tag: str) -> bytes:
    return run.SummaryMetadata(tag).plugin_data.content


def test_sessions(runs: dict[str, EventAccumulator]) -> None:
    for recipe in FINISHED + LIVE:
        run = runs[recipe.name]
        start = hparams_metadata.parse_session_start_info_plugin_data(
            session(run, hparams_metadata.SESSION_START_INFO_TAG)
        )
        assert start.hparams["lr"].number_value == recipe.lr
        assert start.hparams["optimizer"].string_value == recipe.optimizer
        assert start.hparams["augment"].WhichOneof("kind") == "bool_value"
        experiment = hparams_metadata.parse_experiment_plugin_data(session(run, hparams_metadata.EXPERIMENT_TAG))
        assert [metric.name.tag for metric in experiment.metric_infos] == ["Loss/val", "Accuracy/val"]
    for recipe in FINISHED:
        content = session(runs[recipe.name], hparams_metadata.SESSION_END_INFO_TAG)
        status = hparams_metadata.parse_session_end_info_plugin_data(content).status
        assert status == (2 if recipe.diverges_at else 1)
    for recipe in LIVE:
        assert hparams_metadata.SESSION_END_INFO_TAG not in runs[recipe.name].Tags()["tensors"]


def test_texts_are_tables(runs: dict[str, EventAccumulator]) -> None:
    (config,) = runs["lr_0.01_sgd"].Tensors("config/text_summary")
    (markdown,) = tensor_util.make_ndarray(config.tensor_proto).tolist()
    assert markdown.startswith(b"| setting | value |\n| --- | --- |\n| lr | 0.01 |\n| optimizer | sgd |")


def test_histograms_drift(runs: dict[str, EventAccumulator]) -> None:
    weights = [event.histogram_value for event in runs["lr_0.01_adam"].Histograms("Weights/fc")]
    means = [value.sum / value.num for value in weights]
    assert means[-1] - means[0] > 0.04
    gradients = [event.histogram_value for event in runs["lr_0.01_adam"].Histograms("Gradients/fc")]
    assert gradients[-1].sum_squares < gradients[0].sum_squares / 10


def test_no_process_is_left(written: Path) -> None:
    (writer,) = writers_of(written)
    assert not is_running(writer)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_is_left_when_the_command_is_killed(tmp_path: Path, end: signal.Signals) -> None:
    process = tbtui("demo", "--headless", "300", str(tmp_path))
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"training  {tmp_path}: six runs, two of which go on for 300 s\n"
        wait_until(lambda: writers_of(tmp_path))
        (writer,) = writers_of(tmp_path)
        assert is_running(writer)
        process.send_signal(end)
        assert process.wait(SOON) == (130 if end == signal.SIGINT else -end)
        wait_until(lambda: not is_running(writer))


def test_what_is_in_the_directory_stays_apart(tmp_path: Path) -> None:
    mine = tmp_path / "run" / "events.out.tfevents.1.mine.2.3"
    mine.parent.mkdir()
    mine.write_bytes(b"")
    place = place_of(headless("0", str(tmp_path)))
    assert place.parent == tmp_path
    assert re.fullmatch(r"demo_\d{8}-\d{6}", place.name)
    assert {path.name for path in place.iterdir()} == {recipe.name for recipe in FINISHED + LIVE}
    assert [path.name for path in mine.parent.iterdir()] == [mine.name]


def test_headless_without_a_directory_keeps_a_temporary_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    place = place_of(headless("0"))
    assert place.parent == tmp_path
    assert len(list(place.iterdir())) == 6


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--headless", "-1"], "'-1' is no number of seconds"),
        (["--headless", "inf"], "'inf' is no number of seconds"),
        (["--headless", "x"], "'x' is no number of seconds"),
        (["--headless", "0", "FILE"], "tbtui: cannot write to .*FILE: not a directory$"),
        (["--headless", "0", "FILE/below"], "tbtui: cannot write to .*FILE/below: Not a directory$"),
        ([], "tbtui: the screen needs a terminal as .*; `tbtui demo --headless SECONDS`"),
    ],
)
def test_what_cannot_be_done_is_one_line(tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "FILE").write_text("")
    process = tbtui("demo", *[str(tmp_path / item) if item.startswith("FILE") else item for item in arguments])
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (2, "")
    assert re.search(message, errors)
    assert "Traceback" not in errors


Opened = list[tuple[Any, set[str], set[int], Start]]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    """Stands in for the screen: looks at the logs until all runs are there, then quits with 7."""
    calls: Opened = []

    def run_app(logdirs: list[Any], start: Start) -> int:
        (logdir,) = logdirs
        wait_until(lambda: len(list(logdir.path.rglob("*tfevents*"))) == 6)
        runs = {str(path.parent.relative_to(logdir.path)) for path in logdir.path.rglob("*tfevents*")}
        calls.append((logdir, runs, writers_of(logdir.path), start))
        return 7

    screen = types.ModuleType("tui.app.app")
    screen.run_app = run_app  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tui.app.app", screen)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    return calls


def test_the_screen_on_a_temporary_directory(opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo.tempfile, "tempdir", str(tmp_path))
    assert main.main(["demo", "--density", "cards"]) == 7
    ((logdir, runs, writers, start),) = opened
    assert (start.settings.density, start.given) == (Density.CARDS, {"density"})
    assert start.state_directory is None  # nothing is remembered of a directory that will never be there again
    assert (logdir.name, logdir.path.parent) == ("", tmp_path)
    assert runs == {recipe.name for recipe in FINISHED + LIVE}
    assert list(tmp_path.iterdir()) == []
    assert [is_running(writer) for writer in writers] == [False]


def test_the_screen_on_a_directory_with_other_files(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert main.main(["demo", str(tmp_path)]) == 7
    ((logdir, runs, writers, start),) = opened
    assert start.state_directory is not None
    assert logdir.path == tmp_path
    assert {re.sub(r"^demo_[\d-]+/", "", run) for run in runs} == {recipe.name for recipe in FINISHED + LIVE}
    assert len(list(tmp_path.iterdir())) == 2
    assert [is_running(writer) for writer in writers] == [False]


def test_a_screen_that_crashes_leaves_nothing(opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo.tempfile, "tempdir", str(tmp_path))
    writers: set[int] = set()

    def crash(logdirs: list[Any], start: Start) -> int:
        wait_until(lambda: writers_of(logdirs[0].path))
        writers.update(writers_of(logdirs[0].path))
        raise RuntimeError("crash")

    monkeypatch.setattr(sys.modules["tui.app.app"], "run_app", crash)
    with pytest.raises(RuntimeError, match="crash"):
        main.main(["demo"])
    assert list(tmp_path.iterdir()) == []
    assert [is_running(writer) for writer in writers] == [False]


def test_a_training_that_fails_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho Traceback >&2\necho 'OSError: disk full' >&2\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    with pytest.raises(CommandError, match=r"^the demo's training failed: OSError: disk full$"):
        main.main(["demo", "--headless", "300", str(tmp_path / "logs")])
