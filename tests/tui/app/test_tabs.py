"""Histograms, hparams, other data; going from tab to tab; help."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from logging_lib.tfevents import plugins
from logging_lib.tfevents.hparams import SessionStart
from logging_lib.tfevents.proto import event_pb2
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tests.builders import WALL_TIME, scalar_event
from tests.tui.app.screens import histogram, opened, shown, training, until
from tui.app.app import TbtuiApp
from tui.app.keys import HERE, MOVE, help_sections
from tui.app.widgets.line_view import LineView
from tui.render.numbers import bytes_


def first_words(text: str) -> list[str]:
    """The first word of each line after the headings, the run mark left out."""
    return [line.split()[1] for line in text.splitlines()[2:]]


async def test_tabs_appear_with_their_data(tmp_path: Path) -> None:
    path = builders.write(tmp_path / builders.FILE_NAME, [scalar_event("loss", 0, 1.0)])
    async with opened(tmp_path) as pilot:
        assert shown(pilot, "TabBar").split()[:2] == ["1", "Scalars"]
        assert "Histograms" not in shown(pilot, "TabBar")
        builders.append(path, [builders.event(histogram("weight", 0))])
        await until(pilot, lambda: "2 Histograms" in shown(pilot, "TabBar"))
        await pilot.press("2", "9")
        assert pilot.app.query_one("#histograms").display


async def test_what_came_while_a_tab_was_not_shown_is_there_when_it_is(tmp_path: Path) -> None:
    training(tmp_path)
    async with opened(tmp_path) as pilot:
        await pilot.press("3")
        builders.append(tmp_path / "sgd" / builders.FILE_NAME, [scalar_event("Loss/train", 200, -7.5)])
        await until(pilot, lambda: "-7.5" in shown(pilot, "#hparams"))
        await pilot.press("1")
        assert "-7.5" in shown(pilot, "#rows")


async def test_a_histogram_row_tells_mean_spread_and_range(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: "±" in shown(pilot, "#histograms").splitlines()[-1])
        row = shown(pilot, "#histograms").splitlines()[-1].split()
        assert row[0] == "weight"
        assert row[-7:] == ["4.276", "±", "1.051", "1", "…", "7", "80"]


async def test_a_histogram_opens_as_ridgeline_and_bars(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("2", "enter")
        await until(pilot, lambda: "┤" in shown(pilot, "#histogram"))
        full = shown(pilot, "#histogram")
        assert "step 80  (5 of 5)" in full.splitlines()[0]
        assert all(f" {step} " in full for step in (0, 20, 40, 60, 80))
        assert "█" in full
        await pilot.press("left", "left")
        await until(pilot, lambda: "step 40  (3 of 5)" in shown(pilot, "#histogram"))
        await pilot.press("home")
        assert "(1 of 5)" in shown(pilot, "#histogram")
        await pilot.press("end", "g")
        assert "(5 of 5)" in shown(pilot, "#histogram") and " 20 " not in axis_free(shown(pilot, "#histogram"))
        await pilot.press("escape")
        assert pilot.app.query_one("#histograms").display


def axis_free(text: str) -> str:
    """The text without its last line, the labels of the x axis."""
    return "\n".join(text.splitlines()[1:-1]).replace("┤", "  ")


async def test_a_histogram_whose_file_is_gone_says_so(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        for file in tmp_path.rglob("*tfevents*"):
            file.unlink()
        await pilot.press("2")
        await until(pilot, lambda: "No such file" in shown(pilot, "#histograms"))
        await pilot.press("enter")
        await until(pilot, lambda: "No such file" in shown(pilot, "#histogram"))


async def test_hparams_sort_by_any_column(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("3")
        table = shown(pilot, "#hparams")
        heading = table.splitlines()[1].split()
        assert heading[:5] == ["run", "▲", "lr", "name", "nesterov"]
        assert first_words(table) == ["adam", "bad", "sgd"]
        adam = next(line for line in table.splitlines() if " adam " in line).split()
        assert adam[2:5] == ["0.5", "adam", "false"]
        await pilot.press("right", "enter")
        assert first_words(shown(pilot, "#hparams")) == ["sgd", "adam", "bad"]
        await pilot.press("enter")
        assert first_words(shown(pilot, "#hparams")) == ["bad", "adam", "sgd"]
        await pilot.press("end", "home", "enter")
        assert first_words(shown(pilot, "#hparams")) == ["adam", "bad", "sgd"]


async def test_the_best_metric_is_marked_and_nan_sorts_last(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("3", "right", "right", "right", "right", "enter")
        table = shown(pilot, "#hparams")
        assert first_words(table) == ["adam", "sgd", "bad"]
        assert "★ 0.01562" in table and "NaN" in table


async def test_wide_tables_scroll_with_the_column_cursor(tmp_path: Path) -> None:
    async with opened(training(tmp_path), size=(60, 20)) as pilot:
        await pilot.press("3")
        assert shown(pilot, "#hparams").splitlines()[1].endswith("›")
        await pilot.press("end")
        heading = shown(pilot, "#hparams").splitlines()[1]
        assert "‹" in heading and heading.endswith("Accuracy")


async def test_help_lists_every_key_and_closes(tmp_path: Path) -> None:
    async with opened(training(tmp_path), size=(160, 90)) as pilot:
        await pilot.press("question_mark")
        text = shown(pilot, "HelpLines")
        assert all(keys in text for entries in help_sections().values() for keys, _ in entries)
        await pilot.press("escape")
        assert not pilot.app.screen.query("HelpLines")


async def test_other_data_is_listed(tmp_path: Path) -> None:
    events = [
        builders.event(builders.Value(tag="pic", image={"height": 1, "width": 1}), step=4),
        builders.event(builders.tensor("pr", to_tensor_proto(np.zeros((6, 9), "f4")), plugins.PR_CURVES), step=2),
        builders.event(builders.tensor("mine10", to_tensor_proto(np.zeros((2, 3), "f4")), "my plugin"), step=1),
        builders.event(builders.tensor("mine9", to_tensor_proto(np.zeros((), "i8")), "my plugin"), step=1),
        builders.event(builders.tensor("mine9", to_tensor_proto(np.zeros((), "i8"))), step=5),
        builders.event(builders.tensor("bare", to_tensor_proto(np.zeros(4, "?")))),
        builders.session_start(SessionStart({"lr": 0.1})),
        event_pb2.Event(graph_def=b"\x0a\x00"),
    ]
    size = {tag: bytes_(sum(e.ByteSize() for e in events if tag in str(e))) for tag in ("pic", "pr", "mine10", "bare")}
    mine9 = bytes_(events[3].ByteSize() + events[4].ByteSize())
    builders.write(tmp_path / "run" / builders.FILE_NAME, events)
    (tmp_path / "projector_config.pbtxt").write_text('embeddings { tensor_name: "words" tensor_shape: [10, 3] }')
    async with opened(tmp_path) as pilot:
        await pilot.press("3")
        lines = shown(pilot, "#other").splitlines()
        assert lines[0] == " Other data 7"
        assert [re.split(r"  +", line.strip()) for line in lines[1:]] == [
            ["kind", "tag", "type", "runs", "entries", "last step", "bytes"],
            ["images", "pic", "1", "1", "4", size["pic"]],
            ["pr_curves pr", "1", "1", "2", size["pr"]],
            ["graphs", "__run_graph__", "1", "1", "0", "4 B"],
            ["projector words", "float32 [10, 3]", "1", "1", "-", "-"],
            ["tensor", "bare", "bool [4]", "1", "1", "0", size["bare"]],
            ["my plugin mine9", "int64 []", "1", "2", "5", mine9],
            ["my plugin mine10", "float32 [2, 3]", "1", "1", "1", size["mine10"]],
        ]
        await pilot.press("slash", *"mine", "enter")
        assert [line.split()[2] for line in shown(pilot, "#other").splitlines()[2:]] == ["mine9", "mine10"]
        await pilot.press("slash", "escape", "tab", "space")
        assert [line.split()[0] for line in shown(pilot, "#other").splitlines()[2:]] == ["projector"]


@pytest.mark.parametrize(
    ("width", "heads"),
    [
        (100, "kind tag type runs entries last step bytes"),
        (80, "kind tag type runs entries last step bytes"),
        (68, "kind tag type runs entries last step bytes"),
        (67, "kind tag type entries last step bytes"),
        (61, "kind tag type entries last step"),
        (51, "kind tag type last step"),
        (42, "kind tag last step"),
    ],
)
async def test_other_data_leaves_columns_out_where_it_is_narrow(tmp_path: Path, width: int, heads: str) -> None:
    event = builders.event(builders.tensor("mine", to_tensor_proto(np.zeros((2, 3), "f4")), "my plugin"))
    builders.write(tmp_path / builders.FILE_NAME, [event])
    async with opened(tmp_path, size=(width, 20)) as pilot:
        await pilot.press("2")
        head, row = shown(pilot, "#other").splitlines()[1:]
        assert head.split() == heads.split()
        assert row.split()[:3] == ["my", "plugin", "mine"]


async def test_embeddings_are_listed_where_there_is_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "projector_config.pbtxt").write_text('embeddings { tensor_name: "words" }')
    async with opened(tmp_path) as pilot:
        await until(pilot, lambda: "2 Other data" in shown(pilot, "TabBar"))
        await pilot.press("2")
        assert shown(pilot, "#other").splitlines()[-1].split() == ["projector", "words", "1", "1", "-", "-"]


async def test_superseded_entries_are_not_counted(tmp_path: Path) -> None:
    for number, steps in enumerate((range(4), range(2, 3))):
        images = [
            builders.event(
                builders.Value(tag="pic", image={"height": 1, "width": 1}),
                step=step,
                wall_time=WALL_TIME + 100 * number + step,
            )
            for step in steps
        ]
        builders.write(tmp_path / f"events.out.tfevents.{WALL_TIME + number:.0f}.host.{number}.0", images)
    async with opened(tmp_path, now=WALL_TIME + 900) as pilot:
        await pilot.press("2")
        assert shown(pilot, "#other").splitlines()[-1].split()[:5] == ["images", "pic", "1", "3", "2"]


@pytest.mark.parametrize("page", ["#hparams", "#histograms", "#other", "#problems", "#table"])
async def test_keys_may_come_before_a_page_is_drawn_for_the_first_time(tmp_path: Path, page: str) -> None:
    async with opened(training(tmp_path)) as pilot:
        widget = pilot.app.screen.query_one(page, LineView)
        for key in (*MOVE, *HERE):
            await pilot.app.run_action(key.id, default_namespace=widget)
        await pilot.pause()


async def test_keys_may_come_before_a_page_is_drawn_that_lists_what_is_no_more(tmp_path: Path) -> None:
    for run in ("seed1", "seed2"):
        builders.write(tmp_path / run / builders.FILE_NAME, list(builders.points("loss", range(3))))
    async with opened(tmp_path) as pilot:
        await pilot.press("enter", "A", "enter")
        await pilot.app.run_action("copy", default_namespace=pilot.app.screen.query_one("#rows"))
        await pilot.pause()
        assert "copied 1.0: loss of all at step 2" in shown(pilot, "KeysLine")


async def test_the_palette_has_the_keys_of_the_page_in_view(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        app = pilot.app
        assert isinstance(app, TbtuiApp)
        assert "key +" not in [command.help for command in app.get_system_commands(app.screen)]
        await pilot.press("enter")
        zoom_in = next(command for command in app.get_system_commands(app.screen) if command.help == "key +")
        zoom_in.callback()
        await until(pilot, lambda: app.main.selection.zoom is not None)
