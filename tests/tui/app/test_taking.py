"""What is taken along: readouts as CSV on the clipboard, points in view in a new file, never in a logdir."""

from __future__ import annotations

import base64
import csv
import io
import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests import builders
from tests.builders import WALL_TIME, scalar_event
from tests.terminal import Terminal
from tests.tui.app.screens import opened, shown, training, until
from tests.tui.app.test_plot import plot
from tests.tui.app.views import scalar_series
from tui.app.plot import Plot
from tui.app.saving import save
from tui.app.selection import Selection
from tui.app.taking import export_directory, export_points, readings_csv, write_points
from tui.cli.main import main

NAN, INF = math.nan, math.inf
RAW = Selection(smoothing=False)
HEAD = "run,tag,step,wall_time,value\n"


def points(shown_plot: Plot) -> str:
    stream = io.StringIO()
    written = write_points(stream, shown_plot)
    assert written == len(stream.getvalue().splitlines()) - 1
    return stream.getvalue()


def test_points_are_written_as_they_are_logged() -> None:
    series = replace(scalar_series([0.1, NAN, -INF]), values=np.array([0.1, NAN, -INF], np.float32))
    assert points(plot(series, selection=Selection())) == HEAD + (
        "run,loss,0,1700000000.0,0.1\nrun,loss,1,1700000001.0,nan\nrun,loss,2,1700000002.0,-inf\n"
    )


def test_only_points_in_view_are_written() -> None:
    series = scalar_series(np.arange(100.0)), scalar_series([7.0], steps=[10], run='a "b", c')
    zoomed = plot(*series, selection=replace(RAW, zoom=(10.0, 11.5)))
    assert points(zoomed) == HEAD + (
        'run,loss,10,1700000010.0,10.0\nrun,loss,11,1700000011.0,11.0\n"a ""b"", c",loss,10,1700000010.0,7.0\n'
    )


def test_many_points_are_all_written() -> None:
    series = scalar_series(np.arange(20_000.0))
    rows = list(csv.reader(io.StringIO(points(plot(series, selection=RAW)))))
    assert [float(row[4]) for row in rows[1:]] == list(range(20_000))


def test_the_file_is_new_and_named_after_the_tag(tmp_path: Path) -> None:
    one = plot(scalar_series([1.0, 2.0], tag="../Loss/train\x1b"), selection=RAW)
    written = [export_points(one, tmp_path) for _ in range(3)]
    names = ["tbtui-_._Loss_train_x1b.csv", "tbtui-_._Loss_train_x1b-2.csv", "tbtui-_._Loss_train_x1b-3.csv"]
    assert written == [(tmp_path / name, 2) for name in names]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


def test_several_tags_are_named_by_their_group(tmp_path: Path) -> None:
    series = [scalar_series([1.0], tag=tag) for tag in ("Loss/a", "Loss/b")]
    assert export_points(plot(*series, selection=RAW), tmp_path) == (tmp_path / "tbtui-Loss.csv", 2)


def test_a_file_that_cannot_be_written_is_not_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tui.app.taking.write_points", full)
    with pytest.raises(OSError, match="No space left"):
        export_points(plot(scalar_series([1.0])), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_in_a_logdir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logs, home, work = (tmp_path / name for name in ("logs", "home", "work"))
    for directory in (logs / "run", home, work):
        directory.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for here, found in ((work, work), (logs, home), (logs / "run", home)):
        monkeypatch.chdir(here)
        assert export_directory([logs]) == found
    (tmp_path / "link").symlink_to(logs)
    monkeypatch.chdir(tmp_path / "link" / "run")
    assert export_directory([tmp_path / "link"]) == home
    assert export_directory([logs, home]) == tmp_path
    with pytest.raises(OSError, match="no directory outside"):
        export_directory([Path("/")])


def test_the_readout_as_csv_has_every_column() -> None:
    selection = Selection(weight=0.5, mark=0.0, baseline="run")
    series = scalar_series([1.0, 3.0]), scalar_series([2.0, NAN], run="bad\x1b")
    rows = list(csv.DictReader(io.StringIO(readings_csv(plot(*series, selection=selection), selection))))
    assert rows[0] == {
        "run": "run",
        "tag": "loss",
        "step": "1",
        "wall_time": f"{WALL_TIME + 1!r}",
        "relative": "1.0",
        "value": "3.0",
        "smoothed": "2.3333333333333335",
        "to_baseline": "",
        "fraction_of_baseline": "",
        "to_mark": "1.3333333333333335",
        "points": "2",
        "min": "1.0",
        "max": "3.0",
        "mean": "2.0",
        "slope_per_1000_steps": "2000.0",
    }
    assert [rows[1][name] for name in ("run", "value", "to_baseline", "points", "min", "slope_per_1000_steps")] == [
        r"bad\x1b", "nan", "nan", "1", "2.0", "",
    ]  # fmt: skip
    assert readings_csv(plot(series[0], selection=RAW), RAW).splitlines()[0] == (
        "run,tag,step,wall_time,relative,value,smoothed"
    )


async def test_the_chart_is_copied_as_csv(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("enter", "down", "c")
        rows = list(csv.DictReader(io.StringIO(pilot.app.clipboard)))
        assert [row["run"] for row in rows] == ["adam", "sgd", "bad"]
        assert rows[0]["value"] == "0.015625"
        assert "copied the readout of 3 curves as CSV" in shown(pilot, "KeysLine")
        await pilot.press("right")
        assert "copied" not in shown(pilot, "KeysLine")


async def test_the_exported_points_are_those_of_tbtui_export(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    training(tmp_path / "logs")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    async with opened(tmp_path / "logs") as pilot:
        await pilot.press("enter", "down", "e")
        await until(pilot, lambda: "300 points to tbtui-Loss_train.csv" in shown(pilot, "KeysLine"))
        assert pilot.app.query_one("#chart").display
    assert main(["export", str(tmp_path / "logs"), "--tag", "^Loss/train$"]) == 0
    assert sorted((tmp_path / "work" / "tbtui-Loss_train.csv").read_text().splitlines()) == sorted(
        capsys.readouterr().out.splitlines()
    )


async def test_why_nothing_was_exported_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    builders.write(tmp_path / "logs" / builders.FILE_NAME, [scalar_event("loss", step, NAN) for step in range(3)])
    async with opened(tmp_path / "logs") as pilot:
        await pilot.press("enter", "e")
        assert "no point in view to export" in shown(pilot, "KeysLine")
    training(tmp_path / "more")
    async with opened(tmp_path / "more") as pilot:
        (tmp_path / "work").rmdir()
        await pilot.press("enter", "e")
        await until(pilot, lambda: "nothing exported: [Errno 2] No such file or directory" in shown(pilot, "KeysLine"))


def test_the_copy_reaches_the_terminal(tmp_path: Path) -> None:
    with Terminal.tbtui(str(training(tmp_path)), columns=120) as terminal:
        terminal.until_shown("Accuracy")
        terminal.press(b"\r")
        terminal.until_shown("1 of 3")
        terminal.press(b"c")
        terminal.until_shown("copied the readout of 3 curves")
        [sent] = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", bytes(terminal.output))
        assert base64.b64decode(sent).startswith(b"run,tag,step,wall_time,relative,value,smoothed\nadam,Accuracy,99,")


def test_an_entry_that_holds_nothing_is_not_exported() -> None:
    notice = save(list, [])
    assert (notice.text, notice.failed) == ("nothing exported: there is nothing in this entry", True)
