"""The histograms tab in use: rows, the ways to show a tag, steps, cursor, zoom, several runs, mouse, taking numbers."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest
from textual.geometry import Offset
from textual.pilot import Pilot

from logging_lib.tfevents.histogram import histogram_proto
from tests import builders
from tests.builders import WALL_TIME, Value
from tests.tui.app.screens import app_on, opened, shown, training, until
from tui.app.app import TbtuiApp
from tui.app.histograms import View
from tui.app.terminal_kind import Colours, TerminalKind
from tui.app.widgets.histogram_full import HistogramFull

FULL = "#histogram"
EDGES = np.linspace(-3.0, 3.0, 31)


def bell(tag: str, middle: float, *, lost: int = 0, total: float = 0.0) -> Value:
    """A histogram in 30 buckets from -3 to 3, some values of which are in none."""
    counts = np.round(1000 * np.exp(-(((EDGES[:-1] + EDGES[1:]) / 2 - middle) ** 2)))
    num = float(counts.sum()) + lost
    proto = histogram_proto(
        EDGES[1:], counts, minimum=-3.0, maximum=3.0, num=num, total=math.nan if lost else total, sum_squares=num
    )
    return Value(tag=tag, histo=proto)


def bells(logdir: Path, runs: int = 3, steps: int = 9, name: str = "run") -> Path:
    """Runs whose bells start apart and move with the step; the first has NaN in its 5th."""
    for run in range(runs):
        events = [builders.version_event()]
        for step in range(steps):
            lost = 100 if (run, step) == (0, 4) else 0
            values = [bell("layer/weight", step / 8 - run / 2, lost=lost), bell("layer/bias", 0.0)]
            events.append(builders.event(*values, step=10 * step, wall_time=WALL_TIME + step))
        builders.write(logdir / f"{name}{run}" / builders.FILE_NAME, events)
    return logdir


def view(pilot: Pilot[None]) -> HistogramFull:
    return pilot.app.screen.query_one(FULL, HistogramFull)


def title(pilot: Pilot[None]) -> str:
    return shown(pilot, FULL).splitlines()[0]


def readout(pilot: Pilot[None]) -> list[str]:
    return shown(pilot, FULL).splitlines()[-1].split()


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys, and wait until all that they ask for is decoded and drawn."""
    await pilot.press(*keys)
    assert isinstance(pilot.app, TbtuiApp)
    await until(pilot, lambda: not pilot.app.watching.shared.blobs.waits)  # type: ignore[attr-defined]


async def test_a_row_tells_mean_spread_and_range(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await press(pilot, "2")
        head, row = (line.split() for line in shown(pilot, "#histograms").splitlines()[:3:2])
        assert " ".join(head) == "Tags 1 mean ± std zeros at ends NaN/Inf range step"
        assert row[0] == "weight"
        assert row[-7:] == ["4.276", "±", "1.051", "1", "…", "7", "80"]


async def test_rows_follow_the_step_and_tell_of_values_in_no_bucket(tmp_path: Path) -> None:
    async with opened(bells(tmp_path, runs=1), size=(130, 24)) as pilot:
        await press(pilot, "2", "down", "enter", *["left"] * 4, "escape")
        row = shown(pilot, "#histograms").splitlines()[-1].split()
        assert row[0] == "weight" and row[-1] == "40"
        assert "1.1%" in row


@pytest.mark.parametrize(("width", "words"), [(72, "1.1% NaN/Inf"), (40, "NaN")])
async def test_narrow_rows_say_the_worst(tmp_path: Path, width: int, words: str) -> None:
    async with opened(bells(tmp_path, runs=1, steps=5), size=(width, 24)) as pilot:
        await press(pilot, "2")
        bias, weight = shown(pilot, "#histograms").splitlines()[-2:]
        assert words in weight and words not in bias


async def test_the_ways_to_show_a_tag_are_named_and_gone_through(tmp_path: Path) -> None:
    async with opened(bells(tmp_path)) as pilot:
        await press(pilot, "2", "down", "enter")
        assert "layer/weight  step 80  (9 of 9)" in title(pilot)
        assert "g ridgeline heatmap percentiles bars" in title(pilot)
        lines = shown(pilot, FULL).splitlines()
        assert all(any(f" {step} " in line for line in lines) for step in range(0, 90, 10))
        for way, sign in (
            (View.HEATMAP, "in a bin: 0"),
            (View.PERCENTILES, "50%"),
            (View.BARS, "█"),
            (View.RIDGELINE, "⣿"),
        ):
            await press(pilot, "g")
            assert view(pilot).view is way
            assert sign in shown(pilot, FULL)


async def test_steps_are_gone_through_by_keys_and_wheel_and_linked(tmp_path: Path) -> None:
    async with opened(bells(tmp_path)) as pilot:
        await press(pilot, "2", "down", "enter", "left", "left")
        assert "step 60  (7 of 9)" in title(pilot) and readout(pilot)[2] == "60"
        await press(pilot, "home")
        assert "(1 of 9)" in title(pilot)
        view(pilot).on_mouse_scroll_down(wheel(pilot))
        await press(pilot)
        assert "step 10  (2 of 9)" in title(pilot)
        await press(pilot, "up")
        assert "layer/bias  step 10" in title(pilot)
        await press(pilot, "end")
        assert "step 80" in title(pilot)


def wheel(pilot: Pilot[None]):  # type: ignore[no-untyped-def]
    from textual.events import MouseScrollDown

    return MouseScrollDown(view(pilot), 5, 5, 0, 1, 0, False, False, False)


async def test_the_cursor_reads_out_the_logged_bucket(tmp_path: Path) -> None:
    async with opened(bells(tmp_path, runs=1)) as pilot:
        await press(pilot, "2", "down", "enter", "g", "g", "g", "full_stop")
        counts = np.round(1000 * np.exp(-(((EDGES[:-1] + EDGES[1:]) / 2 - 1.0) ** 2)))
        at = int(counts.argmax())
        below = counts[: at + 1].sum() / counts.sum()
        told = " ".join(readout(pilot))
        assert f"[{EDGES[at]:.6g}, {EDGES[at + 1]:.6g}] 990 11% {below:.0%}" in told
        await press(pilot, "comma")
        assert f"[{EDGES[at - 1]:.6g}, {EDGES[at]:.6g}]" in " ".join(readout(pilot))
        await press(pilot, *["full_stop"] * 40)
        assert "[2.8, 3] 27 0.3% 100%" in " ".join(readout(pilot))
        await press(pilot, "escape")
        assert view(pilot).cursor is None and "buckets here" not in shown(pilot, FULL)
        await press(pilot, "escape")
        assert pilot.app.query_one("#histograms").display


async def test_zoom_and_pan_along_the_values(tmp_path: Path) -> None:
    async with opened(bells(tmp_path, runs=1)) as pilot:
        await press(pilot, "2", "down", "enter", "plus")
        assert view(pilot).zoom == pytest.approx((-1.0 - 0.003, 2.0 - 0.003), abs=0.01)
        assert "zoomed, 0 shows all" in title(pilot)
        await press(pilot, "shift+left")
        assert view(pilot).zoom == pytest.approx((-1.75, 1.25), abs=0.02)
        await press(pilot, *["shift+right"] * 9)
        assert view(pilot).zoom == pytest.approx((0.0, 3.0))
        await press(pilot, "plus", "minus", "minus")
        assert view(pilot).zoom is None
        await press(pilot, "plus", "0")
        assert view(pilot).zoom is None
        await press(pilot, "plus", "full_stop", "up")
        assert view(pilot).zoom is None and view(pilot).cursor is None


async def test_several_runs_stand_side_by_side(tmp_path: Path) -> None:
    async with opened(bells(tmp_path)) as pilot:
        await press(pilot, "2", "down", "enter")
        assert "Space: all 3 runs" in title(pilot)
        await press(pilot, "space")
        assert "3 runs" in title(pilot)
        for _ in range(3):
            heads = shown(pilot, FULL).splitlines()[1]
            assert [name for name in heads.split() if name.startswith("run")] == ["run0", "run1", "run2"]
            await press(pilot, "g")
        table = [line.split() for line in shown(pilot, FULL).splitlines()[-3:]]
        assert [row[1] for row in table] == ["run0", "run1", "run2"]
        assert [float(row[4]) for row in table] == pytest.approx([1.0, 0.5, 0.0], abs=0.02)


async def test_many_runs_are_paged_by_the_focused_one_and_overlaid_as_outlines(tmp_path: Path) -> None:
    logdir = bells(tmp_path, runs=7, steps=2, name="a_name_that_its_place_is_too_narrow_for_")
    async with opened(logdir, size=(120, 24)) as pilot:
        await press(pilot, "2", "down", "enter", "space")
        assert re.findall(r"for_(\d) +step (\d+)", shown(pilot, FULL).splitlines()[1]) == [
            ("0", "10"), ("1", "10"), ("2", "10"),
        ]  # fmt: skip
        first = title(pilot)
        assert "of 7" in first
        await press(pilot, "tab", "home", "tab")
        assert "runs 1-3 of 7" in title(pilot)
        await press(pilot, "tab", "end", "tab")
        assert "run 7 of 7" in title(pilot)
        await press(pilot, "g", "g", "g")
        assert "7 runs" in title(pilot)
        assert [line.split()[1] for line in shown(pilot, FULL).splitlines()[-2:]] == ["a_name_t…w_for_2", "3"]


async def test_log_counts_and_outliers(tmp_path: Path) -> None:
    async with opened(bells(tmp_path, runs=1)) as pilot:
        await press(pilot, "2", "down", "enter", "g", "g", "g", "y")
        assert "log counts" in title(pilot)
        axis = [line.split("┤")[0].strip() for line in shown(pilot, FULL).splitlines() if "┤" in line]
        assert axis == ["100", "10", "1", "0"]
        await press(pilot, "O")
        assert "outliers clipped" in title(pilot)
        assert view(pilot).whole == pytest.approx((-0.14, 2.14), abs=0.1)


async def test_the_next_nan(tmp_path: Path) -> None:
    async with opened(bells(tmp_path)) as pilot:
        await press(pilot, "tab", "home", "tab", "2", "down", "enter", "n")
        await until(pilot, lambda: "step 40  (5 of 9)" in title(pilot))
        await press(pilot)
        assert "1.1%" in readout(pilot)
        await press(pilot, "up", "n")
        await until(pilot, lambda: "no NaN or infinity in 9 histograms" in shown(pilot, "KeysLine"))


async def test_clicks_choose_a_way_a_step_and_a_value(tmp_path: Path) -> None:
    async with opened(bells(tmp_path, runs=1)) as pilot:
        await press(pilot, "2", "down", "enter")
        await pilot.click(FULL, offset=(title(pilot).index("heatmap") + 2, 0))
        assert view(pilot).view is View.HEATMAP
        left, top, picture, _ = view(pilot).placed[0]
        inside = next(x for x in range(picture.width) if picture.position_at(x, 5) == 2)
        await pilot.click(FULL, offset=(left + inside, top + 5))
        await press(pilot)
        assert "step 20  (3 of 9)" in title(pilot)
        assert view(pilot).cursor == pytest.approx(picture.value_at(inside, 5))
        assert "buckets here" in shown(pilot, FULL)


async def test_the_pointer_reads_out_and_leaves_no_trace(tmp_path: Path) -> None:
    async with opened(bells(tmp_path, runs=1)) as pilot:
        await press(pilot, "2", "down", "enter", "g", "g", "g")
        before = shown(pilot, FULL)
        await pilot.hover(FULL, offset=Offset(60, 20))
        await until(pilot, lambda: "buckets here" in shown(pilot, FULL))
        assert view(pilot).cursor is None
        await pilot.hover("#runs", offset=Offset(3, 3))
        await until(pilot, lambda: shown(pilot, FULL) == before)


async def test_numbers_are_copied_and_buckets_exported(tmp_path: Path) -> None:
    async with opened(bells(tmp_path / "logs", runs=2)) as pilot:
        await press(pilot, "2", "down", "enter", "space", "c")
        lines = pilot.app.clipboard.splitlines()
        assert len(lines) == 3 and lines[1].startswith("run0,layer/weight,80,")
        assert "copied the numbers of 2 histograms as CSV" in shown(pilot, "KeysLine")
        await press(pilot, "e")
        await until(pilot, lambda: "50 buckets to tbtui-layer_weight.csv" in shown(pilot, "KeysLine"))
        written = Path("tbtui-layer_weight.csv").read_text(encoding="utf-8").splitlines()
        assert written[0] == "run,tag,step,wall_time,left,right,count"
        assert len(written) == 51 and written[1].startswith("run0,layer/weight,80,")


async def test_a_histogram_whose_file_is_gone_says_so(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        for file in tmp_path.rglob("*tfevents*"):
            file.unlink()
        await pilot.press("2")
        await until(pilot, lambda: "No such file" in shown(pilot, "#histograms"))
        await pilot.press("enter")
        await until(pilot, lambda: "No such file" in shown(pilot, FULL))


async def test_a_step_that_cannot_be_read_among_others_says_so(tmp_path: Path) -> None:
    path = bells(tmp_path, runs=1) / "run0" / builders.FILE_NAME
    async with opened(tmp_path, now=builders.WALL_TIME) as pilot:  # a live run: its histograms are not shown yet
        assert isinstance(pilot.app, TbtuiApp)
        pilot.app.ingester.stop()  # or it may see the change first
        data = bytearray(path.read_bytes())
        data[-40] ^= 0xFF
        path.write_bytes(data)
        await press(pilot, "2", "down", "enter")
        assert "changed since it was read" in shown(pilot, FULL).splitlines()[-1]
        await press(pilot, "left")
        assert readout(pilot)[2] == "70"


async def test_empty_histograms_and_hidden_runs_say_so(tmp_path: Path) -> None:
    proto = histogram_proto([0.0, 1.0], [0, 0], minimum=0, maximum=0, num=0, total=0, sum_squares=0)
    events = [builders.event(Value(tag="h", histo=proto), step=step) for step in range(3)]
    builders.write(tmp_path / "run" / builders.FILE_NAME, events)
    async with opened(tmp_path) as pilot:
        await press(pilot, "2")
        assert " empty " in shown(pilot, "#histograms")
        await press(pilot, "enter")
        assert "empty at every step" in shown(pilot, FULL)
        await press(pilot, "c")
        assert "nothing to copy here" in shown(pilot, "KeysLine")
        await press(pilot, "a")
        assert "no visible run has this histogram: a shows all runs" in shown(pilot, FULL)


@pytest.mark.parametrize("size", [(40, 10), (59, 14), (80, 24), (200, 60)])
async def test_every_way_fits_every_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(bells(tmp_path), size=size) as pilot:
        await press(pilot, "2", "down", "enter", "full_stop")
        for keys in (["g"] * 4, ["space", *["g"] * 4]):
            for key in keys:
                await press(pilot, key)
                strips = [view(pilot).render_line(y) for y in range(view(pilot).size.height)]
                assert {strip.cell_length for strip in strips} == {view(pilot).size.width}
                assert "ridgeline" in title(pilot) or str(view(pilot).view) in title(pilot)


@pytest.mark.parametrize(
    ("kind", "signs"),
    [
        (TerminalKind(), "▀"),
        (TerminalKind(colours=Colours.MANY), "▀"),
        (TerminalKind(colours=Colours.SIXTEEN), "░▒▓█"),
        (TerminalKind(colours=Colours.NONE), "░▒▓█"),
        (TerminalKind(colours=Colours.NONE, ascii=True), ":+%#"),
    ],
)
async def test_the_heatmap_reads_in_any_colours(tmp_path: Path, kind: TerminalKind, signs: str) -> None:
    app = app_on(bells(tmp_path, runs=1))
    app.kind = kind
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: not app.ingester.status.loading and app.main.snapshot is app.ingester.snapshot)
        await press(pilot, "2", "down", "enter", "g")
        assert all(sign in shown(pilot, FULL) for sign in signs)
        assert ("▀" in signs) == ("▀" in shown(pilot, FULL))
