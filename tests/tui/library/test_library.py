"""tui as a library: its doctests and its guide are run; filters, dtypes, what is new, what it says when it cannot."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tui
from logging_lib import SummaryWriter
from logging_lib.tfevents.hparams import SessionStart
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tui.library import arrays, frame, logs, series

GUIDE = Path(__file__).parents[3] / "docs" / "library.md"


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A logdir `runs` in the working directory."""
    monkeypatch.chdir(tmp_path)
    losses = [builders.scalar_event("loss", step, 4.0 - step) for step in range(3)]
    builders.write(tmp_path / "runs" / "lr0.01" / builders.FILE_NAME, losses)
    path = tmp_path / "runs" / "lr0.1" / builders.FILE_NAME
    events = [builders.scalar_event("loss", step, 2.0 / 2**step) for step in range(4)]
    events += [builders.scalar_event("acc", step, step / 4) for step in (1, 2)]
    builders.write(path, [builders.session_start(SessionStart({"lr": 0.1, "optimizer": "sgd"})), *events])
    with SummaryWriter(str(tmp_path / "runs" / "lr0.1")) as writer:
        writer.add_text("notes", "a *first* try")
        writer.add_histogram("weights", np.array([1.0, 2.0, 3.0]))
    return tmp_path / "runs"


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize("module", [logs, arrays], ids=lambda module: module.__name__)
def test_the_examples_in_docstrings_are_true(module: object) -> None:
    found = [test for test in doctest.DocTestFinder().find(module) if test.examples]
    assert found
    runner = doctest.DocTestRunner()
    for test in found:
        assert runner.run(test).failed == 0, test.name


def test_the_guide_is_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    snippets = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    # tests/integration/test_frames.py runs those too that need pandas or polars.
    snippets = [snippet for snippet in snippets if "frame" not in snippet]
    assert len(snippets) == 6
    names: dict[str, object] = {}
    for snippet in snippets:
        exec(compile(snippet, str(GUIDE), "exec"), names)
    printed = capsys.readouterr().out.splitlines()
    told = re.findall(r"print\((?:logs|error)\)  # (.*)", "\n".join(snippets))
    assert len(told) == 2
    assert set(told) <= set(printed)
    assert "('Loss/train', 'Loss/val', 'score') {'lr0.01': {'lr': 0.01}, 'lr0.1': {'lr': 0.1}}" in printed


def test_arrays_are_read_only_and_of_the_logged_width(tmp_path: Path) -> None:
    wide = builders.tensor("wide", to_tensor_proto(np.array(0.1)), "scalars")
    builders.write(tmp_path / builders.FILE_NAME, [builders.scalar_event("narrow", 7, 0.5), builders.event(wide)])
    opened = tui.open(tmp_path)
    narrow, wide_series = tui.series(opened)
    assert [one.dtype for one in (narrow.steps, narrow.wall_times, narrow.values)] == [np.int64, np.float64, np.float32]
    assert wide_series.values.dtype == np.float64
    assert (wide_series.values.tolist(), wide_series.tag) == ([0.1], "wide")
    for array in (narrow.steps, narrow.wall_times, narrow.values):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_a_text_is_the_whole_name_and_a_pattern_is_found_in_it(runs: Path) -> None:
    opened = tui.open(runs)
    assert [one.run for one in tui.series(opened, run="lr0.1", tag="loss")] == ["lr0.1"]
    assert tui.series(opened, tag="los") == tui.series(opened, tag="l.ss") == tui.series(opened, run="lr0") == []
    assert [one.run for one in tui.series(opened, run=re.compile("0[.]01"), tag=re.compile("OSS", re.I))] == ["lr0.01"]


def test_superseded_points_are_left_out_or_flagged(tmp_path: Path) -> None:
    first, second = ("events.out.tfevents.1700000000.host.1.0", "events.out.tfevents.1700009999.host.1.0")
    builders.write(tmp_path / first, builders.points("loss", range(4)))
    again = [builders.scalar_event("loss", step, 9.0, 1_700_009_999.0 + step) for step in (2, 3)]
    builders.write(tmp_path / second, again)
    opened = tui.open(tmp_path)
    [kept], [every] = tui.series(opened), tui.series(opened, superseded=True)
    assert (kept.steps.tolist(), kept.values.tolist(), kept.superseded) == ([0, 1, 2, 3], [0.0, 0.5, 9.0, 9.0], None)
    assert every.superseded is not None
    assert every.superseded.tolist() == [False, False, True, True, False, False]
    assert not every.superseded.flags.writeable


def test_what_is_new_is_read_and_what_was_handed_out_stays(runs: Path) -> None:
    opened = tui.open(runs)
    [before] = tui.series(opened, run="lr0.01")
    # A file that has not changed for so long that nothing but being asked has it looked at.
    builders.append(runs / "lr0.01" / builders.FILE_NAME, [builders.scalar_event("loss", 3, 1.0)])
    builders.write(runs / "new" / builders.FILE_NAME, builders.points("loss", [5]))
    assert opened.refresh()
    [after] = tui.series(opened, run="lr0.01")
    assert (before.steps.tolist(), after.steps.tolist()) == ([0, 1, 2], [0, 1, 2, 3])
    assert list(opened.runs) == ["lr0.01", "lr0.1", "new"]
    assert not opened.refresh()


def test_problems_are_there_and_not_printed(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = runs / "lr0.01" / builders.FILE_NAME
    data = bytearray(path.read_bytes())
    data[20] ^= 1
    path.write_bytes(data)
    opened = tui.open(runs)
    assert repr(opened) == "Logs(2 runs, 3 series of scalars, 1 problem)"
    [problem] = opened.problems
    assert (problem.path, problem.offset, problem.count) == (str(path), 0, 1)
    assert "".join(capsys.readouterr()) == ""


def test_blobs_are_decoded_when_they_are_asked_for(runs: Path) -> None:
    [weights] = tui.series(tui.open(runs), kind="histograms")
    assert (len(weights.values), weights.values[:1][0].counts.sum(), weights.kind) == (1, 3.0, "histograms")
    (runs / weights.run).rename(runs / "elsewhere")
    with pytest.raises(Exception, match="No such file"):
        weights.values[0]


def test_errors_say_what_to_do(runs: Path) -> None:
    with pytest.raises(tui.LogdirError, match=r"^no logdir; give the directory"):
        tui.open()
    with pytest.raises(tui.LogdirError, match=r"two logdirs are named a; name them apart with NAME:PATH"):
        tui.open(f"a:{runs}", f"a:{runs}")
    with pytest.raises(tui.LogdirError, match="is an event file; give its directory"):
        tui.open(runs / "lr0.1" / builders.FILE_NAME)
    opened = tui.open(runs)
    with pytest.raises(ValueError, match=r"^kind is 'sound'; it may be scalars, histograms, text, images$"):
        tui.series(opened, kind="sound")  # type: ignore[call-overload]
    with pytest.raises(ValueError, match=r"^library is 'numpy'; it may be pandas or polars$"):
        tui.frame(opened, library="numpy")  # type: ignore[call-overload]
    with pytest.raises(TypeError, match=r"^a run or tag is \['loss'\]; it may be a name, a compiled"):
        tui.series(opened, tag=["loss"])  # type: ignore[call-overload]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_missing_library_is_named(library: str, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ImportError, match=f"tui.frame needs {library} .*: pip install {library}"):
        frame(tui.open(runs), library=library)  # type: ignore[call-overload]


def test_importing_it_imports_nothing_of_weight() -> None:
    code = (
        "import sys, tui; before = {*sys.modules}; assert {'open', 'series', 'frame', '__version__'} <= {*dir(tui)}\n"
        "assert not {'numpy', 'argparse', 'tui.library', 'google.protobuf'} & before, before\n"
        "tui.open; assert 'tui.library' in sys.modules\n"
        "assert not {'textual', 'rich', 'pandas', 'polars', 'torch'} & {*sys.modules}\n"
        "tui.nothing"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr.splitlines()[-1] == "AttributeError: module 'tui' has no attribute 'nothing'"
    assert tui.series is series
