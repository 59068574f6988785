"""The HParams tab: the table, its filter and sorting, columns, groups, marks, parallel axes, scatter, difference."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from logging_lib.tfevents.hparams import SessionStart
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tests.tui.app.screens import opened, shown, until
from tui.analysis.hparams.axes import Scale
from tui.app.app import TbtuiApp
from tui.app.hparam_choices import HParamChoices, HParamPage
from tui.app.remembered import applied, changes, written
from tui.app.selection import Selection
from tui.app.widgets.hparams import HParams


def sweep(logdir: Path) -> Path:
    """Eight sessions: the loss grows with lr and falls with the batch size; two a group, that differ by their seed."""
    for number in range(8):
        lr, batch = (0.1, 0.01, 0.001, 0.0001)[number // 2], 16.0 * (1 + number // 4)
        hparams = {"lr": lr, "batch": batch, "opt": "adam" if number < 4 else "sgd", "seed": number % 2 + 1.0, "n": 3.0}
        start = SessionStart(hparams, f"g{number // 2}")
        events = [builders.session_start(start)]
        for step in range(3):
            value = builders.scalar("loss", 1 - number / 16 + 1 / (step + 2))
            events.append(builders.event(value, builders.scalar("acc", number / 8 - step / 64), step=step))
        builders.write(logdir / f"run{number}" / builders.FILE_NAME, events)
    return logdir


def table(pilot: Pilot[None]) -> list[list[str]]:
    """The rows of the table: words, the run's mark left out."""
    lines = shown(pilot, "#hparams").splitlines()[2:]
    rows = [line.split() for line in lines]
    return [row[1:] for row in rows if len(row) > 1 and row[1].startswith(("run", "g"))]


def names(pilot: Pilot[None]) -> list[str]:
    return [row[0] for row in table(pilot)]


def note(pilot: Pilot[None]) -> str:
    """What the filter line says of its text."""
    return str(pilot.app.screen.query_one("FilterLine .note", Static).content)


def choices(pilot: Pilot[None]) -> HParamChoices:
    assert isinstance(pilot.app, TbtuiApp)
    return pilot.app.main.selection.hparams


async def test_sorting_by_several_columns_and_what_goes_with_what(tmp_path: Path) -> None:
    async with opened(sweep(tmp_path)) as pilot:
        await pilot.press("2")
        lines = shown(pilot, "#hparams").splitlines()
        assert lines[0].split()[:9] == ["HParams", "8", "sessions", "★", "loss", "0.8125", "run7", "4", "hparams"]
        assert "(+1 the same, i)" in lines[0]
        assert lines[1].split() == ["run", "▲", "batch", "lr", "opt", "seed", "loss", "acc"]
        assert table(pilot)[0] == ["run0", "16", "0.1", "adam", "1", "1.25", "-0.03125"]
        assert table(pilot)[-1][-4:] == ["★", "0.8125", "★", "0.8438"]
        panel = [line.split() for line in lines[-2:]]
        assert panel[0][:5] == ["loss", "n=8", "lr", "ρ", "+0.98"]
        assert panel[1][:5] == ["acc", "n=8", "lr", "ρ", "-0.98"]
        await pilot.press("right", "enter", "right", "right", "right", "S", "S")
        assert choices(pilot).sort == (("hparams.batch", False), ("hparams.seed", True))
        assert lines[1] != (heading := shown(pilot, "#hparams").splitlines()[1])
        assert "batch ▲1" in heading and "seed ▼2" in heading
        assert names(pilot) == ["run1", "run3", "run0", "run2", "run5", "run7", "run4", "run6"]
        # A metric's best first; another measure may tell another order.
        # Who sorts sees the first row, wherever the cursor was.
        await pilot.press("end", "down", "down", "enter")
        assert (choices(pilot).sort, names(pilot)[0]) == ((("metrics.acc", True),), "run7")
        assert pilot.app.screen.query_one("#hparams", HParams).cursor == 0
        await pilot.press("w", "w")
        assert choices(pilot).measure == "max"
        assert table(pilot)[0][-1] == "0.875"
        await pilot.press("left", "w")
        assert (choices(pilot).measure, choices(pilot).at) == ("at", "metrics.loss")
        assert "where loss is best" in shown(pilot, "#hparams").splitlines()[0]
        assert table(pilot)[0][-1] == "0.8438"
        await pilot.press("i")
        metric = pilot.app.screen.query_one("#hparams", HParams).metric_here
        assert metric is not None and metric.name == "loss"
        assert "n" in shown(pilot, "#hparams").splitlines()[1].split()


async def test_the_table_is_copied_and_exported_as_it_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    async with opened(sweep(tmp_path / "runs")) as pilot:
        await pilot.press("2", "slash", *"lr>=0.1", "enter", "space", "c")
        expected = [
            "run,hparams.batch,hparams.lr,hparams.opt,hparams.seed,metrics.loss,metrics.acc",
            "run1,16.0,0.1,adam,2.0,1.1875,0.09375",
        ]
        assert pilot.app.clipboard.splitlines() == expected
        assert "copied 1 session x 6 columns as CSV" in shown(pilot, "KeysLine")
        await pilot.press("e")
        await until(pilot, lambda: "1 session x 6 columns to tbtui-hparams.csv" in shown(pilot, "KeysLine"))
        assert Path("tbtui-hparams.csv").read_text().splitlines() == expected
        await pilot.press("down", "space", "e")
        assert "no session to export" in shown(pilot, "KeysLine")


async def test_the_filter_says_where_a_mistake_is(tmp_path: Path) -> None:
    async with opened(sweep(tmp_path)) as pilot:
        await pilot.press("2", "slash", *"lr>=0.01 o")
        assert names(pilot) == ["run0", "run1", "run2", "run3"]
        await pilot.press(*"pt=")
        assert note(pilot) == "column 14: expected a value after `=`"
        assert names(pilot) == ["run0", "run1", "run2", "run3"]
        await pilot.press(*"sgd")
        assert names(pilot) == []
        assert "no session matches the filter" in shown(pilot, "#hparams")
        assert note(pilot) == ""
        await pilot.press("enter")
        assert choices(pilot).where == "lr>=0.01 opt=sgd"
        await pilot.press("slash", "escape")
        assert (choices(pilot).where, len(names(pilot))) == ("", 8)
        await pilot.press("slash", *"optt=1", "enter")
        assert "optt" in shown(pilot, "#hparams").splitlines()[0]
        assert len(names(pilot)) == 8


async def test_groups_columns_and_runs_in_every_tab(tmp_path: Path) -> None:
    async with opened(sweep(tmp_path)) as pilot:
        main = pilot.app.screen
        assert isinstance(pilot.app, TbtuiApp)
        await pilot.press("2", "A")
        assert [row[:2] for row in table(pilot)] == [[f"g{n}", "(2)"] for n in range(4)]
        assert "groups: mean (A)" in shown(pilot, "#hparams").splitlines()[0]
        await pilot.press("space")
        assert pilot.app.main.selection.hidden == {"run0", "run1"}
        await pilot.press("space", "o")
        assert pilot.app.main.selection.hidden == {f"run{n}" for n in range(2, 8)}
        await pilot.press("o", "A", "A", "A")
        assert (choices(pilot).pooling, len(names(pilot))) == (None, 8)
        await pilot.press("V")
        assert main.query_one("#hparam_columns").has_focus
        lines = shown(pilot, "#hparam_columns").splitlines()
        assert lines[0].startswith(" Columns 6/7")
        assert lines[1].split() == ["●", "batch", "hparam", "2", "values:", "16,", "32"]
        await pilot.press("space", "escape")
        assert shown(pilot, "#hparams").splitlines()[1].split() == ["run", "▲", "lr", "opt", "seed", "loss", "acc"]
        assert choices(pilot).put_away == {"hparams.batch"}


async def test_the_difference_of_two_sessions(tmp_path: Path) -> None:
    async with opened(sweep(tmp_path)) as pilot:
        await pilot.press("2", "M")
        assert "mark a session with m, then M on another" in shown(pilot, "KeysLine")
        await pilot.press("m", "end", "home", "down", "M")
        text = shown(pilot, "#hparam_diff")
        assert text.splitlines()[0].split() == ["Compared", "A", "run0", "B", "run1"]
        words = [line.split() for line in text.splitlines()]
        assert ["seed", "1", "2"] in words
        assert "4 hparams are the same" in text
        loss = next(line for line in words if line[:1] == ["loss"])
        assert loss[1:4] == ["1.25", "★", "1.188"]
        # Lines too long for the window stand below each other.
        await pilot.resize_terminal(60, 24)
        await until(pilot, lambda: "B-A" in shown(pilot, "#hparam_diff").split())
        rows = [line.split() for line in shown(pilot, "#hparam_diff").splitlines()]
        at = rows.index(["metric:", "last", "A", "B", "B-A"])
        assert rows[at + 1 : at + 5] == [
            ["loss", "1.25", "★", "1.188"],
            ["best", "1.25@2", "★", "1.188@2"],
            ["at", "step", "2", "1.25", "1.188", "-0.0625", "-5.0%"],
            ["after", "0s", "1.25", "1.188"],
        ]
        await pilot.resize_terminal(100, 30)
        await pilot.press("escape")
        assert choices(pilot).page is HParamPage.TABLE
        # Two that are marked are compared wherever the cursor is, the last two.
        await pilot.press("m", "down", "m", "down", "M", "escape")
        assert choices(pilot).compared == ("run1", "run2")
        # Two that are shown need no mark.
        await pilot.press("up", "m", "up", "m", "a", "space", "down", "down", "space", "M")
        assert choices(pilot).compared == ("run1", "run3")


async def test_parallel_axes_and_scatter(tmp_path: Path) -> None:
    async with opened(sweep(tmp_path), size=(120, 30)) as pilot:
        assert isinstance(pilot.app, TbtuiApp)
        await pilot.press("2", "g")
        lines = shown(pilot, "#hparam_axes").splitlines()
        assert lines[1].split() == ["batch", "lr", "log", "opt", "seed", "loss", "acc"]
        assert lines[-1].split() == ["batch", "32"]
        # The upper half of lr: from its greatest value down to the middle.
        await pilot.press("right", "m", "pagedown", "pagedown", "m")
        lines = shown(pilot, "#hparam_axes").splitlines()
        assert lines[0].split()[2:4] == ["4/8", "sessions"]
        assert lines[-1].split()[:3] == ["lr", "0.003162", "lr"]
        await pilot.press("enter")
        assert pilot.app.main.selection.hidden == {f"run{n}" for n in range(4, 8)}
        await pilot.press("enter", "L")
        assert pilot.app.main.selection.hidden == set()
        assert choices(pilot).order[:3] == ("hparams.batch", "hparams.opt", "hparams.lr")
        assert choices(pilot).ranges == (("hparams.lr", pytest.approx(10**-2.5), 0.1),)
        await pilot.press("y")
        assert "lr log" not in shown(pilot, "#hparam_axes").splitlines()[1]
        assert (choices(pilot).scales, choices(pilot).ranges) == ((("hparams.lr", Scale.CATEGORY),), ())
        await pilot.press("0")
        assert "8 sessions" in shown(pilot, "#hparam_axes").splitlines()[0]
        await pilot.mouse_down("#hparam_axes", offset=(10, 3))
        await pilot.hover("#hparam_axes", offset=(10, 8))
        await pilot.mouse_up("#hparam_axes", offset=(10, 8))
        assert "4/8 sessions" in shown(pilot, "#hparam_axes").splitlines()[0]
        await pilot.press("g", "right")
        lines = shown(pilot, "#hparam_scatter").splitlines()
        assert lines[1].split()[:3] == ["loss", "/", "batch"]
        assert lines[-1].split()[:4] == ["ρ", "+0.98", "n=8", "p=3.436e-5"]
        await pilot.press("escape")
        assert choices(pilot).page is HParamPage.TABLE


async def test_names_and_texts_tell_where_no_hparams_were_logged(tmp_path: Path) -> None:
    for lr, opt in ((0.1, "adam"), (0.2, "sgd")):
        proto = to_tensor_proto(np.array([f'{{"opt": "{opt}", "x": 1}}'.encode()], object))
        events = [builders.scalar_event("loss", 1, lr), builders.event(builders.tensor("args", proto, "text"))]
        builders.write(tmp_path / f"lr_{lr}" / "train" / builders.FILE_NAME, events)
    async with opened(tmp_path) as pilot:
        await pilot.press("3")
        await until(pilot, lambda: "opt (text)" in shown(pilot, "#hparams"))
        lines = shown(pilot, "#hparams").splitlines()
        assert lines[1].split() == ["run", "▲", "lr", "(name)", "opt", "(text)", "train/loss"]
        assert lines[2].split()[1:] == ["lr_0.1", "0.1", "adam", "★", "0.1"]


@pytest.mark.parametrize("size", [(24, 6), (40, 12), (300, 100)])
async def test_any_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(sweep(tmp_path), size=size) as pilot:
        await pilot.press("2")
        for page in HParamPage:
            assert isinstance(pilot.app, TbtuiApp)
            selection = pilot.app.main.selection
            shown_now = replace(selection.hparams, page=page, compared=("run0", "run1"))
            pilot.app.main.selection = replace(selection, hparams=shown_now)
            await pilot.pause()
            assert all(len(line) <= size[0] for line in shown(pilot, f"#{page.value}").splitlines())


def test_what_is_chosen_is_remembered() -> None:
    chosen = HParamChoices(where="lr>1", sort=(("hparams.lr", True),), measure="at", at="metrics.loss", order=("a",))
    chosen = replace(chosen, scales=(("a", Scale.LOG),), ranges=(("a", 0.5, 2.0), ("b", "x", "y")))
    stored = written(changes(Selection(), Selection(hparams=chosen)))
    found, wrong = applied(stored, Selection())
    assert (found.hparams, wrong) == (chosen, [])
    wrongs: list[dict[str, object]] = [{"measure": "x"}, {"sort": [["a"]]}, {"scales": [["a", "b"]]}]
    wrongs += [{"ranges": [bad]} for bad in (["a", True, 1], ["a", math.inf, 1], ["a", 1], "abc")]
    for bad in (3, {}, *({**stored["hparams"], **one} for one in wrongs)):  # type: ignore[dict-item]
        assert applied({"hparams": bad}, Selection()) == (Selection(), ["hparams"])


async def test_of_very_many_columns_those_in_view_are_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.app.hparam_frames.MOST_COLUMNS", 400)
    start = SessionStart({f"h{number:03}": float(number) for number in range(500)}, "")
    builders.write(tmp_path / "run" / builders.FILE_NAME, [builders.session_start(start)])
    async with opened(tmp_path, size=(160, 30)) as pilot:
        await until(pilot, lambda: "HParams 1 session" in shown(pilot, "#hparams"))
        assert "400 hparams (+100 more, V)" in shown(pilot, "#hparams").splitlines()[0]
        await pilot.press("end")
        assert shown(pilot, "#hparams").splitlines()[1].split()[-1] == "h399"
        assert len(pilot.app.screen.query_one("#hparams", HParams)._sizes) < 60
        await pilot.press("V", "end", "space", "V", "end")
        assert "401 hparams (+99 more, V)" in shown(pilot, "#hparams").splitlines()[0]
        assert shown(pilot, "#hparams").splitlines()[1].split()[-1] == "h499"
