"""What is typed, pasted or remembered as a filter: shown without harm, and nothing of it lost or left behind."""

from __future__ import annotations

from pathlib import Path

from textual import events
from textual.widgets import Input

from tests.tui.app.screens import opened, screen, training, until
from tui.app.widgets.filter_line import FilterLine


async def test_what_is_pasted_is_shown_escaped(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("slash", "a")
        line = pilot.app.screen.query_one(FilterLine)
        field = line.query_one(Input)
        field.post_message(events.Paste("\x1b[2J\u202eक\u093f\x9b"))
        await until(pilot, lambda: field.value == r"a\x1b[2J\u202e" + "क\u093f" + r"\x9b")
        assert field.cursor_position == len(field.value)
        await pilot.press("escape")
        line.open("tags", "b\x1b]0;t\x07")
        assert field.value == r"b\x1b]0;t\x07"


async def test_the_last_letter_counts_however_fast_the_line_is_left(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        line = pilot.app.screen.query_one(FilterLine)
        await pilot.press("slash")
        line.query_one(Input).value = "Accuracy"
        line.action_done()
        await until(pilot, lambda: "Tags 1/3  /Accuracy" in screen(pilot))
        await pilot.press("slash")
        line.query_one(Input).value = "Loss"
        line.action_leave()
        await until(pilot, lambda: "Tags 3" in screen(pilot))
        await pilot.pause()
        assert "/Loss" not in screen(pilot)


async def test_a_key_right_behind_escape_is_a_command(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("slash", "a")
        for key, character in (("escape", None), ("right_curly_bracket", "}")):  # as in one piece from the terminal
            pilot.app.post_message(events.Key(key, character))
        await until(pilot, lambda: "Tags 1" in screen(pilot) and "layer" in screen(pilot))
        assert "/a" not in screen(pilot)
