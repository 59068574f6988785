"""Scalars as data frames of pandas and polars: the same cells as an export's, exactly; and the guide's snippets."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import tui
from tests import builders

GUIDE = Path(__file__).parents[2] / "docs" / "library.md"
SECOND = "events.out.tfevents.1700009999.host.1.0"


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    """Two runs; of one, points were logged again after a restart; values that are not finite, one name no UTF-8."""
    strange = [float("nan"), float("inf"), -float("inf"), 0.1, 1e-30]
    events = [builders.scalar_event("lo,ss", step, value) for step, value in enumerate(strange)]
    builders.write(tmp_path / "a" / builders.FILE_NAME, [*events, *builders.points("acc", range(-2, 3))])
    builders.write(
        tmp_path / "a" / SECOND, [builders.scalar_event("lo,ss", 3, 7.0, 1_700_009_999.0), *builders.points("new", [9])]
    )
    builders.write(tmp_path / "b\udcff" / builders.FILE_NAME, builders.points("acc", range(3)))
    return tmp_path


def exported(logdir: Path, *options: str) -> list[list[str]]:
    """The rows of `tbtui export`, the heading first."""
    command = [sys.executable, "-m", "tui", "export", str(logdir), *options]
    done = subprocess.run(command, capture_output=True, timeout=60, check=True)
    text = done.stdout.decode("utf-8", "surrogateescape").encode("utf-8", "backslashreplace").decode()
    return list(csv.reader(text.splitlines()))


@pytest.mark.parametrize("superseded", [False, True])
def test_pandas(logdir: Path, superseded: bool) -> None:
    frame = tui.frame(tui.open(logdir), superseded=superseded)
    heading, *rows = exported(logdir, *(["--superseded"] if superseded else []))
    assert list(frame.columns) == heading
    assert len(frame) == len(rows) == (15 if superseded else 13)
    types = [str(dtype) for dtype in frame.dtypes]
    assert types == ["category", "category", "int64", "float64", "float32", *(["bool"] if superseded else [])]
    for name in ("run", "tag"):
        assert frame[name].tolist() == [row[heading.index(name)] for row in rows]
    check_numbers(frame, heading, rows)
    if superseded:
        assert frame["superseded"].tolist() == [row[-1] == "true" for row in rows]
    assert frame["run"].cat.categories.tolist() == ["a", "b\\udcff"]


@pytest.mark.parametrize("superseded", [False, True])
def test_polars(logdir: Path, superseded: bool) -> None:
    frame = tui.frame(tui.open(logdir), superseded=superseded, library="polars")
    heading, *rows = exported(logdir, *(["--superseded"] if superseded else []))
    assert frame.columns == heading
    assert len(frame) == len(rows) == (15 if superseded else 13)
    names = [pl.Enum(["a", "b\\udcff"]), pl.Enum(["lo,ss", "acc", "new"])]
    flag = [pl.Boolean] if superseded else []
    assert frame.dtypes == [*names, pl.Int64, pl.Float64, pl.Float32, *flag]
    for name in ("run", "tag"):
        assert frame[name].to_list() == [row[heading.index(name)] for row in rows]
    check_numbers(frame, heading, rows)
    if superseded:
        assert frame["superseded"].to_list() == [row[-1] == "true" for row in rows]


def check_numbers(frame: Any, heading: list[str], rows: list[list[str]]) -> None:
    for name, dtype in (("step", np.int64), ("wall_time", np.float64), ("value", np.float32)):
        cells = np.array([dtype(row[heading.index(name)]) for row in rows])
        np.testing.assert_array_equal(frame[name].to_numpy(), cells)


def test_values_of_several_widths_are_float64(logdir: Path) -> None:
    from logging_lib.tfevents.tensor import to_tensor_proto

    wide = builders.tensor("wide", to_tensor_proto(np.array(0.1)), "scalars")
    builders.write(logdir / "c" / builders.FILE_NAME, [builders.event(wide)])
    opened = tui.open(logdir)
    assert str(tui.frame(opened)["value"].dtype) == "float64"
    assert tui.frame(opened, tag="wide")["value"].tolist() == [0.1]
    assert str(tui.frame(opened, tag="acc")["value"].dtype) == "float32"


def test_nothing_is_a_frame_with_the_same_columns(logdir: Path) -> None:
    opened = tui.open(logdir)
    pandas = tui.frame(opened, tag="none")
    assert [str(dtype) for dtype in pandas.dtypes] == ["category", "category", "int64", "float64", "float32"]
    polars = tui.frame(opened, tag="none", library="polars")
    assert polars.dtypes == [pl.Enum([]), pl.Enum([]), pl.Int64, pl.Float64, pl.Float32]
    assert len(pandas) == len(polars) == 0


def test_a_point_is_small_however_long_its_names_are(tmp_path: Path) -> None:
    events = builders.points("tag " * 50, range(1000))
    builders.write(tmp_path / ("run" * 50) / builders.FILE_NAME, events)
    opened = tui.open(tmp_path)
    assert pd.DataFrame.memory_usage(tui.frame(opened), index=False).drop(["run", "tag"]).sum() == 20 * 1000
    assert tui.frame(opened)["run"].cat.codes.to_numpy().nbytes == 1000
    assert tui.frame(opened, library="polars").estimated_size() <= 22 * 1000 + 2000


def test_the_guide_is_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    snippets = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(snippets) == 8
    names: dict[str, object] = {}
    for snippet in snippets:
        exec(compile(snippet, str(GUIDE), "exec"), names)
    last = names["last"]
    assert isinstance(last, pd.DataFrame)
    assert last.loc["lr0.1", "Loss/train"] == np.float32(2.0 / (1 + 0.1 * 99))
    hparams = pd.DataFrame.from_dict(tui.open("runs/").hparams, orient="index")
    assert hparams["lr"].to_dict() == {"lr0.01": 0.01, "lr0.1": 0.1}
