"""The tab of data that no other tab shows: the list, and a look at the values."""

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
from tests.builders import WALL_TIME
from tests.tui.app.screens import opened, shown, until
from tui.app import tensor_previews
from tui.app.app import TbtuiApp
from tui.render.numbers import bytes_

LIST = "#other"


def mine(tag: str, array: np.ndarray, step: int = 0, wall_time: float = WALL_TIME) -> event_pb2.Event:
    """A tensor of a plugin that nobody knows."""
    return builders.event(builders.tensor(tag, to_tensor_proto(array), "my plugin"), step=step, wall_time=wall_time)


async def test_only_data_without_a_tab_are_listed(tmp_path: Path) -> None:
    events = [
        builders.event(builders.Value(tag="pic", image={"height": 1, "width": 1}), step=4),
        builders.event(builders.tensor("pr", to_tensor_proto(np.zeros((6, 9), "f4")), plugins.PR_CURVES), step=2),
        mine("mine10", np.zeros((2, 3), "f4"), 1),
        mine("mine9", np.zeros((), "i8"), 1),
        builders.event(builders.tensor("mine9", to_tensor_proto(np.zeros((), "i8"))), step=5),
        builders.event(builders.tensor("bare", to_tensor_proto(np.zeros(4, "?")))),
        builders.event(builders.tensor("points", to_tensor_proto(np.zeros((2, 2), "f4")), plugins.PROJECTOR)),
        builders.session_start(SessionStart({"lr": 0.1})),
        event_pb2.Event(graph_def=b"\x0a\x00"),
    ]
    tags = ("mine10", "bare", "points")
    size = {tag: bytes_(sum(e.ByteSize() for e in events if f'"{tag}"' in str(e))) for tag in tags}
    mine9 = bytes_(events[3].ByteSize() + events[4].ByteSize())
    builders.write(tmp_path / "run" / builders.FILE_NAME, events)
    (tmp_path / "projector_config.pbtxt").write_text('embeddings { tensor_name: "words" tensor_shape: [10, 3] }')
    async with opened(tmp_path) as pilot:
        bar = shown(pilot, "TabBar")
        tab = next(number for number in range(1, 10) if f"{number} Other data" in bar)
        assert "Projector" in bar and "Images" in bar
        await pilot.press(str(tab))
        lines = shown(pilot, LIST).splitlines()
        assert lines[0] == " Other data 4"
        assert [re.split(r"  +", line.strip()) for line in lines[1:]] == [
            ["kind", "tag", "type", "runs", "entries", "last step", "bytes"],
            ["tensor", "bare", "bool [4]", "1", "1", "0", size["bare"]],
            ["my plugin mine9", "int64 []", "1", "2", "5", mine9],
            ["my plugin mine10", "float32 [2, 3]", "1", "1", "1", size["mine10"]],
            ["projector points", "float32 [2, 2]", "1", "1", "0", size["points"]],
        ]
        await pilot.press("slash", *"none of them", "enter")
        assert "no tag of other kinds matches /none of them: / then Esc" in shown(pilot, LIST)
        await pilot.press("slash", "escape", "slash", *"mine", "enter")
        assert [line.split()[2] for line in shown(pilot, LIST).splitlines()[2:]] == ["mine9", "mine10"]
        await pilot.press("slash", "escape", "tab", "space")
        assert shown(pilot, LIST).splitlines()[-1].startswith("  no tag of other kinds in the visible runs: Tab goes")


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
async def test_columns_are_left_out_where_it_is_narrow(tmp_path: Path, width: int, heads: str) -> None:
    builders.write(tmp_path / builders.FILE_NAME, [mine("mine", np.zeros((2, 3), "f4"))])
    async with opened(tmp_path, size=(width, 20)) as pilot:
        await pilot.press("2")
        head, row = shown(pilot, LIST).splitlines()[1:]
        assert head.split() == heads.split()
        assert row.split()[:3] == ["my", "plugin", "mine"]


async def test_superseded_entries_are_not_counted(tmp_path: Path) -> None:
    for number, steps in enumerate((range(4), range(2, 3))):
        values = [mine("x", np.array(step), step, WALL_TIME + 100 * number + step) for step in steps]
        builders.write(tmp_path / f"events.out.tfevents.{WALL_TIME + number:.0f}.host.{number}.0", values)
    async with opened(tmp_path, now=WALL_TIME + 900) as pilot:
        await pilot.press("2")
        assert shown(pilot, LIST).splitlines()[-1].split()[2:7] == ["x", "int64", "[]", "1", "3"]


async def test_a_look_at_the_values(tmp_path: Path) -> None:
    table = np.arange(20, dtype=np.float32).reshape(10, 2) / 4
    events = [mine("table", table + step, step) for step in (0, 10)]
    file = builders.write(tmp_path / builders.FILE_NAME, [*events, mine("z", np.array([np.nan, 1.5, np.inf]))])
    async with opened(tmp_path, size=(100, 30)) as pilot:
        app = pilot.app
        assert isinstance(app, TbtuiApp)
        await pilot.press("2", "enter")
        await until(pilot, lambda: "float32 [10, 2]" in below(shown(pilot, LIST)))
        lines = below(shown(pilot, LIST)).splitlines()
        assert lines[0].split()[:6] == ["table", "step", "10", "(2", "of", "2)"]
        size = bytes_(events[1].ByteSize())
        assert lines[1].split("  ")[1:] == ["float32 [10, 2]", size, "min 10", "mean 12.38", "max 14.75"]
        assert [line.split() for line in lines[2:4]] == [["10", "10.25"], ["10.5", "10.75"]]
        assert lines[10].strip() == "… 2 more rows"
        await pilot.press("left")
        await until(pilot, lambda: "step 0" in below(shown(pilot, LIST)) and "min 0 " in below(shown(pilot, LIST)))
        await pilot.press("down")
        await until(pilot, lambda: "2 NaN or infinite" in below(shown(pilot, LIST)))
        assert "NaN  1.5  inf" in below(shown(pilot, LIST))
        await pilot.press("1")
        builders.write(file, [mine("rewritten", table)])  # while it is not looked at
        await until(pilot, lambda: "rewritten" in {key.tag for key in app.main.snapshot.blobs})
        await pilot.press("2")
        assert "rewritten" in below(shown(pilot, LIST))
        await pilot.press("escape")
        assert "─" not in shown(pilot, LIST)


async def test_a_long_name_leaves_room_for_the_step(tmp_path: Path) -> None:
    builders.write(tmp_path / builders.FILE_NAME, [mine("encoder/layers/" * 9 + "norms", np.zeros(3), 70)])
    async with opened(tmp_path, size=(80, 24)) as pilot:
        await pilot.press("2", "enter")
        title = below(shown(pilot, LIST)).splitlines()[0]
        assert title.startswith(" encoder/layers/")
        assert "ayers/norms  step 70  (1 of 1)" in title


def below(text: str) -> str:
    """What is under the rule."""
    return text.partition("──\n")[2]


async def test_values_that_cannot_be_read_say_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builders.write(tmp_path / builders.FILE_NAME, [mine("x", np.zeros(100))])
    monkeypatch.setattr(tensor_previews, "MOST_BYTES", 100)
    async with opened(tmp_path) as pilot:
        await pilot.press("2", "enter")
        await until(pilot, lambda: "a value of 847 B, 100 B" in " ".join(shown(pilot, LIST).split()))


@pytest.mark.parametrize("size", [(160, 45), (60, 16), (40, 10), (24, 6)])
async def test_a_look_fits_any_window(tmp_path: Path, size: tuple[int, int]) -> None:
    events = [mine(f"tag{number}", np.zeros((30, 30))) for number in range(30)]
    builders.write(tmp_path / builders.FILE_NAME, events)
    async with opened(tmp_path, size=size) as pilot:
        await pilot.press("2", "end", "enter", "pageup", "pagedown")
        await pilot.pause()
        widget = pilot.app.screen.query_one(LIST)
        lines = shown(pilot, LIST).splitlines()
        assert len(lines) <= widget.size.height and all(len(line) <= widget.size.width for line in lines)
        assert "tag29" in shown(pilot, LIST)
