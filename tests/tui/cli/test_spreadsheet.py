"""`--spreadsheet`: CSV for people, in which no name or text is a formula; without it every text is exact."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from logging_lib.tfevents.hparams import SessionStart
from tests import builders
from tests.tui.app.screens import opened, until
from tests.tui.cli.commands import called, only_line
from tui.app.settings import Settings
from tui.app.shared import shared_for
from tui.render.file_text import guard_formulas


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    """A run and a tag that are formulas, with values below 0."""
    logdir = tmp_path / "logs"
    hparams = SessionStart({"@opt": "+adam", "note": "-1.5", "lr": -0.5})
    points = [builders.scalar_event("=1+1", step, -1.5 * step) for step in range(3)]
    builders.write(logdir / "-run" / builders.FILE_NAME, [builders.session_start(hparams), *points])
    return logdir


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_export(logdir: Path) -> None:
    exact, guarded = (rows(called("export", logdir, *option).stdout) for option in ([], ["--spreadsheet"]))
    assert exact[2] == ["-run", "=1+1", "1", "1700000001.0", "-1.5"]
    assert guarded[2] == ["'-run", "'=1+1", "1", "1700000001.0", "-1.5"]
    assert len(exact) == len(guarded) == 4


def test_export_of_hparams(logdir: Path) -> None:
    exact, guarded = (
        rows(called("export", logdir, "--kind", "hparams", *option).stdout) for option in ([], ["--spreadsheet"])
    )
    assert exact[0][5:] == ["hparams.@opt", "hparams.lr", "hparams.note", "metrics.=1+1"]
    assert exact[1][5:] == ["+adam", "-0.5", "-1.5", "-3.0"]
    assert (guarded[0], guarded[1][0]) == (exact[0], "'-run")
    assert guarded[1][5:] == ["'+adam", "-0.5", "-1.5", "-3.0"]


def test_hparams(logdir: Path) -> None:
    exact, guarded = (
        rows(called("hparams", logdir, "--format", "csv", *option).stdout) for option in ([], ["--spreadsheet"])
    )
    assert exact[1] == ["-run", "-run", "RUNNING", "+adam", "-0.5", "-1.5", "-3.0"]
    assert guarded[1] == ["'-run", "'-run", "RUNNING", "'+adam", "-0.5", "-1.5", "-3.0"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["export", "--format", "jsonl"], "--spreadsheet is for CSV; leave it out with --format jsonl"),
        (["export", "--format", "parquet", "-o", "x"], "--spreadsheet is for CSV; leave it out with --format parquet"),
        (["hparams"], "--spreadsheet is for --format csv"),
    ],
)
def test_it_is_for_csv_alone(logdir: Path, arguments: list[str], line: str) -> None:
    shown = called(arguments[0], logdir, *arguments[1:], "--spreadsheet")
    assert (shown.returncode, only_line(shown.stderr)) == (2, f"tbtui: {line}")


@pytest.mark.parametrize(("wanted", "names"), [(False, "-run,=1+1,"), (True, "'-run,'=1+1,")])
async def test_the_screen(
    logdir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: bool, names: str
) -> None:
    monkeypatch.chdir(tmp_path)
    async with opened(logdir) as pilot:
        try:
            shared_for(Settings(spreadsheet=wanted))
            await pilot.press("enter", "e", "c")
            await until(pilot, lambda: (tmp_path / "tbtui-=1+1.csv").exists())
            assert (tmp_path / "tbtui-=1+1.csv").read_text().splitlines()[2] == f"{names}1,1700000001.0,-1.5"
            assert pilot.app.clipboard.splitlines()[1].startswith(names)
        finally:
            guard_formulas(False)
