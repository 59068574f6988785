"""The list of rows: how it uses a small window, pinned tags, groups on one scale, comparison, copying."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from textual.pilot import Pilot

from tests import builders
from tests.builders import scalar_event
from tests.tui.app.screens import STEPS, loss, opened, screen, shown, training
from tui.render.sparkline import sparkline

GROUPS = ("Encoder", "Decoder", "Head", "Validation")


def layers(logdir: Path, *, tags: int = 24) -> Path:
    """Two runs with losses of many layers in four groups, the second run the better one."""
    names = [f"{GROUPS[number * 4 // tags]}/loss_{number}" for number in range(tags)]
    for number, run in enumerate(("lr_0.1", "lr_0.01")):
        values = ((step, [builders.scalar(name, (60 - step) / 8 - number) for name in names]) for step in range(40))
        events = [builders.event(*of_step, step=step) for step, of_step in values]
        builders.write(logdir / run / builders.FILE_NAME, events)
    return logdir


def names(pilot: Pilot[None]) -> list[str]:
    """The first words of the lines below the heading of the rows."""
    return [line.lstrip("✗").split()[0] for line in shown(pilot, "#rows").splitlines()[1:]]


async def focus_on_adam(pilot: Pilot[None]) -> None:
    """Let the rows show the run adam."""
    await pilot.press("tab", "home", "up", "up", "tab")


# A small window


async def test_at_80x24_the_first_screen_tells_all_of_18_tags_and_more(tmp_path: Path) -> None:
    complete = re.compile(r"[⣀-⣿]{8} +[-0-9.]+ +[↑↓→] [0-9. ]+% +★ lr_0\.01 +[-0-9.]+")
    async with opened(layers(tmp_path), size=(80, 24)) as pilot:
        told = [line for line in screen(pilot).splitlines() if complete.search(line)]
        assert len(told) == 20
        assert max(map(len, screen(pilot).splitlines())) <= 80


async def test_in_a_low_window_a_group_is_named_before_its_first_tag(tmp_path: Path) -> None:
    async with opened(layers(tmp_path), size=(80, 24)) as pilot:
        assert names(pilot)[:8] == [
            "Decoder/loss_6",
            *(f"loss_{n}" for n in (7, 8, 9, 10, 11)),
            "Encoder/loss_0",
            "loss_1",
        ]
        await pilot.press("end", "up", "up")
        assert names(pilot)[0] == "Decoder/loss_10"
        assert names(pilot)[-1] == "loss_23"
        await pilot.resize_terminal(80, 45)
        assert names(pilot)[:2] == ["Decoder", "loss_6"]


async def test_where_all_lines_fit_groups_have_lines_of_their_own(tmp_path: Path) -> None:
    async with opened(layers(tmp_path, tags=16), size=(80, 24)) as pilot:
        assert names(pilot)[:2] == ["Decoder", "loss_4"]
        # One line more than there is room for does not move the others.
        await pilot.press("space")
        assert names(pilot)[:4] == ["Decoder", "loss_4", "lr_0.01", "lr_0.1"]


async def test_a_group_without_a_line_is_folded_from_its_tags(tmp_path: Path) -> None:
    async with opened(layers(tmp_path), size=(80, 24)) as pilot:
        await pilot.press("down", "left")
        assert shown(pilot, "#rows").splitlines()[1].startswith("▸Decoder 6 tags ─")
        await pilot.press("p")
        assert names(pilot)[0] == "▸Decoder"
        await pilot.press("right")
        assert names(pilot)[0] == "Decoder/loss_6"


async def test_left_closes_the_runs_and_then_the_group(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("down", "down", "space", "down", "left")
        assert names(pilot) == ["Accuracy", "Loss", "train", "val"]
        await pilot.press("left")
        assert names(pilot) == ["Accuracy", "▸Loss"]
        await pilot.press("space", "down", "enter")
        assert shown(pilot, "#chart").split()[0] == "Loss/train"


# Pinned tags


async def test_pinned_tags_stand_on_top_with_their_full_names(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("down", "down", "down", "p")
        assert names(pilot) == ["Pinned", "Loss/val", "Accuracy", "Loss", "train"]
        await pilot.press("p")
        assert names(pilot) == ["Pinned", "Loss/val", "Loss/train", "Accuracy"]
        await pilot.press("home", "down", "enter")
        assert shown(pilot, "#chart").split()[:4] == ["Loss/val", "1", "of", "3"]
        await pilot.press("down")
        assert shown(pilot, "#chart").split()[:4] == ["Loss/train", "2", "of", "3"]
        await pilot.press("escape", "p")
        assert names(pilot) == ["Pinned", "Loss/val", "Accuracy", "Loss", "train"]
        await pilot.press("enter")
        assert shown(pilot, "#chart").split()[:4] == ["Accuracy", "2", "of", "3"]


async def test_the_cursor_stays_among_the_tags_that_were_pinned_from(tmp_path: Path) -> None:
    async with opened(layers(tmp_path), size=(160, 45)) as pilot:
        await pilot.press("p", "p", "p")
        assert names(pilot)[:6] == ["Pinned", "Decoder/loss_6", "Decoder/loss_7", "Decoder/loss_8", "Decoder", "loss_9"]
        await pilot.press("enter")
        assert shown(pilot, "#chart").split()[:2] == ["Decoder/loss_9", "4"]


async def test_a_pinned_section_keeps_its_line_in_a_low_window_and_folds(tmp_path: Path) -> None:
    async with opened(layers(tmp_path), size=(80, 24)) as pilot:
        await pilot.press("p")
        assert names(pilot)[:3] == ["Pinned", "Decoder/loss_6", "Decoder/loss_7"]
        await pilot.press("home", "space")
        assert shown(pilot, "#rows").splitlines()[1].startswith("▸Pinned 1 tag ─")


async def test_the_filter_holds_for_pinned_tags_too(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("p", "slash", *"val", "enter")
        assert names(pilot) == ["Loss", "val"]


# Groups on one scale


async def test_a_group_on_one_scale_says_so(tmp_path: Path) -> None:
    train = np.array([loss(0, step) for step in range(STEPS)], np.float32)
    steps, frame = np.arange(STEPS), ((0, STEPS - 1), (loss(0, STEPS - 1), loss(0, 0) + 0.5))
    async with opened(training(tmp_path)) as pilot:
        await focus_on_adam(pilot)
        alone = next(line for line in shown(pilot, "#rows").splitlines() if line.split()[0] == "val")
        await pilot.press("G")
        lines = shown(pilot, "#rows").splitlines()
        assert lines[2].startswith(" Loss on one scale: 0.01562 to 2.062, steps 0 to 99 ─")
        cells = len(re.findall("[⣀-⣿]+", alone)[0])
        for line, values in ((lines[3], train), (lines[4], train + 0.5)):
            assert sparkline(values, cells, x=steps, x_range=frame[0], y_range=frame[1]).text in line
        await pilot.press("G")
        assert alone in shown(pilot, "#rows")


async def test_a_group_that_shows_one_series_has_no_common_scale(tmp_path: Path) -> None:
    builders.write(tmp_path / builders.FILE_NAME, builders.points("Loss/train", range(5)))
    async with opened(tmp_path) as pilot:
        await pilot.press("G")
        assert shown(pilot, "#rows").splitlines()[1].startswith(" Loss ─")


async def test_the_runs_of_an_open_tag_are_on_the_groups_scale(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await focus_on_adam(pilot)
        await pilot.press("G", "down", "down", "space")
        # The worst run's loss starts 2 higher.
        assert shown(pilot, "#rows").splitlines()[2].startswith(" Loss on one scale: 0.01562 to 3.562, steps 0 to 99 ─")


# Comparison


async def test_with_a_baseline_the_rows_tell_the_difference_to_it(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await focus_on_adam(pilot)
        await pilot.press("b")
        lines = shown(pilot, "#rows").splitlines()
        assert "Δ to adam" in lines[0] and "min or max" not in lines[0]
        assert not re.search(r"@|\(", "".join(lines[1:]))  # the baseline itself
        await pilot.press("tab", "end", "tab")
        accuracy, _, train, val = shown(pilot, "#rows").splitlines()[1:]
        assert "-0.125 (16%)" in accuracy
        assert "+1 (>999%)" in train and "+1 (194%)" in val
        await pilot.press("tab", "home", "tab", "b")
        assert "Δ" not in shown(pilot, "#rows")


async def test_a_difference_names_its_step_where_that_is_not_the_last(tmp_path: Path) -> None:
    for run, last in (("a", 10), ("b", 20)):
        builders.write(tmp_path / run / builders.FILE_NAME, builders.points("loss", range(1, last + 1)))
    builders.write(tmp_path / "c" / builders.FILE_NAME, [scalar_event("other", 1, 1.0)] * 2)
    async with opened(tmp_path) as pilot:
        await pilot.press("tab", "home", "b", "down", "tab")
        assert "0 (0.0%) @10" in shown(pilot, "#rows").splitlines()[1]
        await pilot.press("space")
        assert ["@" in line for line in shown(pilot, "#rows").splitlines()[1:4]] == [True, False, True]


async def test_in_a_narrow_window_the_difference_comes_before_the_best_run(tmp_path: Path) -> None:
    async with opened(training(tmp_path), size=(80, 24)) as pilot:
        assert "★ adam" in shown(pilot, "#rows")
        await pilot.press("b")
        assert "Δ to" in shown(pilot, "#rows") and "★ adam" not in shown(pilot, "#rows")
        assert "★ ▶" in shown(pilot, "#rows")


async def test_headings_stand_over_their_columns_whatever_the_filter_has_to_say(tmp_path: Path) -> None:
    async with opened(training(tmp_path), size=(60, 20)) as pilot:
        before = shown(pilot, "#rows").splitlines()[0]
        assert before.endswith("   last   trend    best")
        await pilot.press("slash", *"acc|train|val|mAP", "enter")
        after = shown(pilot, "#rows").splitlines()[0]
        assert after == " Tags 2/3  /acc|train|val|mAP".ljust(len(before) - 16) + before[-16:]


async def test_a_narrow_window_marks_the_best_run(tmp_path: Path) -> None:
    async with opened(training(tmp_path), size=(40, 12)) as pilot:
        lines = shown(pilot, "#rows").splitlines()
        assert lines[0].split()[-2:] == ["last", "best"]
        assert lines[1].split()[-2:] == ["★", "▶"]
        assert max(map(len, lines)) == 40


async def test_the_first_row_of_a_low_window_names_the_tag_as_the_others_do(tmp_path: Path) -> None:
    tags = [f"model/encoder/layer.{at}.attention.{of}_projection.weight/norm" for at in range(15) for of in "qk"]
    builders.write(tmp_path / builders.FILE_NAME, [scalar_event(tag, 1, 1.0) for tag in tags])
    async with opened(tmp_path, size=(60, 24)) as pilot:
        names = [line[:21].strip() for line in shown(pilot, "#rows").splitlines()[1:]]
        assert names[0].startswith("mod") and len({name.rpartition("layer")[2] for name in names}) == len(names) > 18


# Taking values along, and what stands where there are none


async def test_the_rows_value_is_copied_with_every_digit(tmp_path: Path) -> None:
    builders.write(tmp_path / "run" / builders.FILE_NAME, [scalar_event("loss/a", 7, 0.1234567)] * 2)
    async with opened(tmp_path) as pilot:
        await pilot.press("c")
        assert pilot.app.clipboard == "0.1234567"
        assert "copied 0.1234567: loss/a of run at step 7" in shown(pilot, "KeysLine")
        await pilot.press("home", "c")
        assert "no value here" in shown(pilot, "KeysLine")


async def test_visible_runs_without_scalars_say_so(tmp_path: Path) -> None:
    training(tmp_path)
    events = [builders.version_event(), builders.session_start(builders.SessionStart({"lr": 1.0}))]
    builders.write(tmp_path / "empty" / builders.FILE_NAME, events)
    async with opened(tmp_path) as pilot:
        await pilot.press("tab", "slash", *"empty", "enter")
        assert "the visible runs have logged nothing of this kind yet" in shown(pilot, "#rows")
        await pilot.press("tab", "g")
        assert "the visible runs have logged nothing of this kind yet" in shown(pilot, "#cards")
