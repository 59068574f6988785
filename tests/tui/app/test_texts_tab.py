"""The text tab: what the list and the full view show, scroll, search, compare and take along."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
import tensorboardX
from tensorboard.compat.proto import event_pb2 as their_event
from tensorboard.plugins.text import summary_v2 as text_summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from textual import events
from textual.pilot import Pilot

from logging_lib import SummaryWriter
from logging_lib.tfevents import plugins
from logging_lib.tfevents.proto import event_pb2
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tests.tui.app.screens import decoded, logged_runs, second_tab, shown, until
from tests.tui.reader.payload.stored import store, strings
from tui.app import texts
from tui.app.widgets.text_full import TextFull
from tui.reader.payload import PayloadError

LONG = "\n".join(f"line {i}" for i in range(200))


def text(tag: str, step: int, *items: str, shape: tuple[int, ...] = (1,)) -> event_pb2.Event:
    array = np.array([item.encode() for item in items], object).reshape(shape)
    value = builders.tensor(tag, to_tensor_proto(array), plugins.TEXT)
    return builders.event(value, step=step, wall_time=builders.WALL_TIME + step)


def full(pilot: Pilot[None]) -> list[str]:
    return shown(pilot, "#text").splitlines()


def body(pilot: Pilot[None]) -> list[str]:
    """The lines under the title, without what is blank."""
    return [line[1:].rstrip(" │┃") for line in full(pilot)[1:] if line.strip(" │┃")]


def notice(pilot: Pilot[None]) -> str:
    return shown(pilot, "KeysLine").strip()


async def test_a_line_of_the_list_tells_how_a_text_begins_and_its_length(tmp_path: Path) -> None:
    grid = text("grid", 0, "a", "b", "c", "d", shape=(2, 2))
    logged = [text("args/text_summary", 3, '{\n "lr": 1\n}'), grid, text("x/notes", 7, "# Hi\n\nyou")]
    async with second_tab(logged_runs(tmp_path, a=logged)) as pilot:
        rows = [" ".join(line.split()) for line in shown(pilot, "#texts").splitlines()]
        assert rows[1].startswith("args") and rows[1].endswith('"lr": 1 3 lines 1 3')
        assert rows[2].startswith("grid") and rows[2].endswith("a 2×2 table 1 0")
        assert rows[4].startswith("notes") and rows[4].endswith("Hi you 3 lines 1 7")


async def test_markdown_source_steps_and_changes(tmp_path: Path) -> None:
    logged = [text("notes", step, f"# Title\n\nstep **{step}**") for step in (0, 5, 9)]
    async with second_tab(logged_runs(tmp_path, a=logged), "enter") as pilot:
        assert "step 9  (3 of 3)" in full(pilot)[0]
        assert full(pilot)[0].endswith("g rendered source all steps changes")
        assert body(pilot)[0] == "Title" and body(pilot)[2] == "step 9"
        await pilot.press("g")
        await decoded(pilot)
        assert body(pilot) == ["# Title", "step **9**"]
        await pilot.press("g")
        await decoded(pilot)
        headings = [line.split(" ─")[0] for line in body(pilot) if line.startswith("step") and "─" in line]
        assert [heading.split()[1] for heading in headings] == ["9", "5", "0"]
        await pilot.press("g")
        await decoded(pilot)
        assert full(pilot)[0].endswith("changes from step 5")
        assert body(pilot) == ["  # Title", "- step **5**", "+ step **9**"]
        await pilot.press("g")
        assert body(pilot)[0] == "Title"
        await pilot.click("#text", offset=(full(pilot)[0].index("source"), 0))
        assert body(pilot) == ["# Title", "step **9**"]


async def test_only_views_that_have_something_to_show_are_gone_through(tmp_path: Path) -> None:
    async with second_tab(logged_runs(tmp_path, a=[text("notes", 0, "a")]), "enter") as pilot:
        seen = []
        for _ in range(3):
            seen.append(pilot.app.screen.query_one(TextFull).ways.present)
            await pilot.press("g")
        assert seen == ["rendered", "source", "rendered"]
        assert full(pilot)[0].endswith("g rendered source")


async def test_the_step_is_the_same_in_every_run_and_tag(tmp_path: Path) -> None:
    logged = [text(tag, step, f"{tag} at {step}") for step in range(3) for tag in ("one", "two")]
    async with second_tab(logged_runs(tmp_path, a=logged), "enter", "left") as pilot:
        assert body(pilot) == ["one at 1"]
        await pilot.press("down")
        await decoded(pilot)
        assert body(pilot) == ["two at 1"]
        await pilot.press("home")
        await decoded(pilot)
        assert body(pilot) == ["two at 0"]


async def test_the_only_text_of_a_run_is_compared_with_another_run_s(tmp_path: Path) -> None:
    logdir = logged_runs(tmp_path, a=[text("args", 0, "lr: 1\nseed: 1")], b=[text("args", 0, "lr: 2\nseed: 1")])
    async with second_tab(logdir, "enter", "g", "g") as pilot:
        assert "changes from" in full(pilot)[0] and full(pilot)[0].endswith("a (step 0)")
        assert body(pilot) == ["- lr: 1", "+ lr: 2", "  seed: 1"]


async def test_the_baseline_is_what_others_are_compared_with(tmp_path: Path) -> None:
    logged = {name: [text("args", step, f"{name} {step}") for step in (0, 1)] for name in ("a", "b", "c")}
    async with second_tab(logged_runs(tmp_path, **logged), "tab", "home", "b", "end", "tab") as pilot:
        await pilot.press("enter", "g", "g", "g")
        await decoded(pilot)
        assert body(pilot) == ["- a 1", "+ c 1"]


async def test_a_marked_text_is_what_others_are_compared_with(tmp_path: Path) -> None:
    logged = [text("notes", step, f"v{step}") for step in range(4)]
    async with second_tab(logged_runs(tmp_path, a=logged), "enter", "home", "m") as pilot:
        assert "marked step 0" in notice(pilot)
        await pilot.press("end", "g", "g", "g")
        await decoded(pilot)
        assert body(pilot) == ["- v0", "+ v3"]
        await pilot.press("home", "m", "end")
        await decoded(pilot)
        assert body(pilot) == ["- v2", "+ v3"]


async def test_a_long_text_scrolls(tmp_path: Path) -> None:
    async with second_tab(logged_runs(tmp_path, a=[text("log", 0, LONG)]), "enter") as pilot:
        rows = len(full(pilot)) - 1
        assert body(pilot)[0] == "line 0" and f"1-{rows} of 200" in full(pilot)[0]
        await pilot.press("J", "shift+down")
        assert body(pilot)[0] == "line 2"
        await pilot.press("K")
        assert body(pilot)[0] == "line 1"
        await pilot.press("d")
        assert body(pilot)[0] == f"line {rows}"
        await pilot.press("space")
        assert body(pilot)[0] == f"line {2 * rows - 1}"
        await pilot.press("u", "u", "u", "u")
        assert body(pilot)[0] == "line 0"
        await pilot.press(*["d"] * 20)
        assert body(pilot)[-1] == "line 199" and len(body(pilot)) == rows
        widget = pilot.app.query_one(TextFull)
        widget.post_message(events.MouseScrollUp(widget, 5, 5, 0, -1, 0, False, False, False))
        await pilot.pause()
        assert body(pilot)[-1] == "line 196"


async def test_all_steps_are_laid_out_as_they_come_into_view(tmp_path: Path) -> None:
    logged = [text("notes", step, "\n".join(f"{step}.{i}" for i in range(20))) for step in range(15)]
    async with second_tab(logged_runs(tmp_path, a=logged), "enter", "g", "g") as pilot:
        for _ in range(20):
            await pilot.press("d")
            await decoded(pilot)
        assert body(pilot)[-1] == "0.19"
        assert f"of {15 * 21} " in full(pilot)[0]


async def test_long_lines_are_wrapped_or_moved_sideways(tmp_path: Path) -> None:
    words = " ".join(f"word{i}" for i in range(40))
    async with second_tab(logged_runs(tmp_path, a=[text("log", 0, words)]), "enter") as pilot:
        assert len(body(pilot)) > 1 and " ".join(body(pilot)) == words
        await pilot.press("f")
        await decoded(pilot)
        assert len(body(pilot)) == 1 and body(pilot)[0].startswith("word0 ")
        await pilot.press("L")
        assert body(pilot)[0].startswith(words[8:20])
        await pilot.press(*["L"] * 35)
        assert body(pilot)[0].rstrip().endswith("word39")
        await pilot.press(*["H"] * 35)
        assert body(pilot)[0].startswith("word0 ")


async def test_search_goes_from_match_to_match(tmp_path: Path) -> None:
    async with second_tab(logged_runs(tmp_path, a=[text("log", 0, LONG)]), "enter", "slash", *"9$") as pilot:
        assert "/9$ 1 of 20" in full(pilot)[0]
        await pilot.press("enter", "n", "n", "n")
        assert "4 of 20" in full(pilot)[0]
        assert "line 39" in body(pilot)
        await pilot.press(*["n"] * 17)
        assert "1 of 20" in full(pilot)[0] and "line 9" in body(pilot)
        await pilot.press("slash", "escape", "n")
        assert "nothing is searched for" in notice(pilot)


async def test_search_leaves_the_list_of_tags_as_it_is(tmp_path: Path) -> None:
    async with second_tab(logged_runs(tmp_path, a=[text("log", 0, "aa"), text("more", 0, "bb")]), "enter") as pilot:
        await pilot.press("slash", *"zz", "enter")
        assert "/zz none" in full(pilot)[0] and body(pilot) == ["aa"]
        await pilot.press("n")
        assert "no match for /zz" in notice(pilot)
        await pilot.press("down", "escape")
        await decoded(pilot)
        assert "more" in shown(pilot, "#texts")


async def test_a_match_goes_on_in_the_next_line(tmp_path: Path) -> None:
    words = "alpha " * 19 + "omega"
    async with second_tab(logged_runs(tmp_path, a=[text("log", 0, words)]), "enter", "slash", *"alpha.omega") as pilot:
        assert "1 of 1" in full(pilot)[0]


async def test_what_was_logged_cannot_reach_the_terminal(tmp_path: Path) -> None:
    evil = "\x1b]52;c;aGk=\x07 \u202ertl\n<b>html</b>\r\n| \x1b[2J | x |\n"
    async with second_tab(logged_runs(tmp_path, a=[text("log", 0, evil)]), "enter") as pilot:
        for _ in range(2):
            said = shown(pilot, "#text")
            assert "\x1b" not in said and "\u202e" not in said and r"\x1b]52;c;aGk=\x07" in said
            assert "<b>html</b>" in said
            await pilot.press("g")
            await decoded(pilot)


async def test_the_source_is_copied_and_exported(tmp_path: Path) -> None:
    source = "# a\n\n\tb\x07 ü\n"
    async with second_tab(
        logged_runs(tmp_path / "logs", run=[text("x/y", 5, "old"), text("x/y", 5, source)]), "enter"
    ) as pilot:
        await pilot.press("c")
        await until(pilot, lambda: "copied 3 lines" in notice(pilot))
        assert pilot.app.clipboard == "# a\n\n\tb\\x07 ü"
        await pilot.press("e")
        await until(pilot, lambda: "written" in notice(pilot))
        assert Path("tbtui-run_x_y-step_5_2.txt").read_text(encoding="utf-8") == source
        await pilot.press("e")
        await until(pilot, lambda: "-2.txt" in notice(pilot))
        assert Path("tbtui-run_x_y-step_5_2-2.txt").read_text(encoding="utf-8") == source


async def test_a_very_long_text_is_not_copied_but_exported(tmp_path: Path) -> None:
    async with second_tab(logged_runs(tmp_path, a=[text("log", 0, "x" * (1 << 20) + "y")]), "enter", "c") as pilot:
        await until(pilot, lambda: "1 MB are too much to copy: e writes a file" in notice(pilot))


async def test_a_record_that_is_too_long_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "MOST_BYTES", 100)
    async with second_tab(logged_runs(tmp_path, a=[text("log", 0, "x" * 200)]), "enter") as pilot:
        assert "is not shown, only up to 100 B" in body(pilot)[0]


def test_an_array_of_too_many_texts_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "MOST_STRINGS", 2)
    assert texts.read_source(store(tmp_path, strings(b"a", b"b")))
    with pytest.raises(PayloadError, match="an array of 3 texts is not shown, only up to 2"):
        texts.read_facts(store(tmp_path, strings(b"a", b"b", b"c")))


async def test_what_comes_in_is_shown(tmp_path: Path) -> None:
    logged_runs(tmp_path, a=[text("log", 0, "old")])
    async with second_tab(tmp_path, "enter") as pilot:
        builders.append(tmp_path / "a" / builders.FILE_NAME, [text("log", 1, "new")])
        await until(pilot, lambda: "step 1  (2 of 2)" in full(pilot)[0])
        await decoded(pilot)
        assert body(pilot) == ["new"]


async def test_a_text_of_no_visible_run_says_so(tmp_path: Path) -> None:
    async with second_tab(logged_runs(tmp_path, a=[text("log", 0, "x")], b=[text("other", 0, "y")]), "enter") as pilot:
        await pilot.press("a")
        assert "no visible run has this text" in full(pilot)[0]
        await pilot.press("g", "f", "m", "c", "e", "n", "d", "L", "left", "slash", *"x", "escape")


def write_logging_lib(logdir: Path, said: str) -> None:
    with SummaryWriter(str(logdir)) as writer:
        writer.add_text("notes", said, 4)


def write_torch(logdir: Path, said: str) -> None:
    from torch.utils.tensorboard import SummaryWriter as TorchWriter

    with TorchWriter(str(logdir)) as writer:
        writer.add_text("notes", said, 4)


def write_tensorboardx(logdir: Path, said: str) -> None:
    with tensorboardX.SummaryWriter(str(logdir)) as writer:
        writer.add_text("notes", said, 4)


def write_tensorboard(logdir: Path, said: str) -> None:
    writer = EventFileWriter(str(logdir))
    writer.add_event(their_event.Event(wall_time=1.0, step=4, summary=text_summary.text_pb("notes", said)))
    writer.close()


@pytest.mark.parametrize("write", [write_logging_lib, write_torch, write_tensorboardx, write_tensorboard])
async def test_what_every_writer_wrote_is_read_back(tmp_path: Path, write: object) -> None:
    assert callable(write)
    said = "# Ünï\n\n|a|b|\n|-|-|\n|1|`2`|\n\n\ttab"
    await asyncio.to_thread(write, tmp_path, said)
    async with second_tab(tmp_path, "enter", "c") as pilot:
        await until(pilot, lambda: "copied" in notice(pilot))
        assert pilot.app.clipboard == said
        assert full(pilot)[0].startswith(" notes  step 4  (1 of 1)")
        assert body(pilot)[2:] == ["a  b", "──────", "1  `2`", "  tab"]


async def test_what_a_restarted_run_logged_again_is_hidden_and_told_of(tmp_path: Path) -> None:
    logdir = logged_runs(tmp_path, a=[text("args", 0, "first")])
    again = text("args", 0, "second")
    again.wall_time += 100
    builders.write(logdir / "a" / "events.out.tfevents.1700000100.host.1.0", [builders.version_event(), again])
    async with second_tab(logdir, "enter") as pilot:
        assert body(pilot) == ["second"]
        assert "1 superseded text hidden, r shows" in full(pilot)[0]
        await pilot.press("r", "left")
        await decoded(pilot)
        assert body(pilot) == ["first"] and "superseded" in full(pilot)[0]
