"""Other keys for commands: how they are written, which are refused, and that everything shows them."""

from __future__ import annotations

import string
from pathlib import Path

import pytest

from tests.tui.app.screens import app_on, shown, training, until
from tui.app.app import TbtuiApp
from tui.app.key_names import key_name, shown_key
from tui.app.keys import FOOTER_KEYS, KEYS, footer_keys, help_sections
from tui.app.remapping import checked_keys, keymap, remapped
from tui.app.settings import Settings, Start
from tui.app.widgets.scalar_rows import ScalarRows

BY_ID = {key.id: key for key in KEYS}


@pytest.mark.parametrize(
    ("written", "name", "shown"),
    [
        ("x", "x", "x"),
        ("X", "X", "X"),
        ("é", "é", "é"),
        ("?", "question_mark", "?"),
        ("-", "minus", "-"),
        ("+", "plus", "+"),
        ("_", "underscore", "_"),
        ("question_mark", "question_mark", "?"),
        ("F5", "f5", "F5"),
        ("PgUp", "pageup", "PgUp"),
        ("Return", "enter", "Enter"),
        ("↑", "up", "↑"),
        ("Ctrl+P", "ctrl+p", "Ctrl+P"),
        ("ctrl+I", "tab", "Tab"),
        ("shift+left", "shift+left", "Shift+←"),
        ("shift+ctrl+left", "ctrl+shift+left", "Ctrl+Shift+←"),
        ("alt+x", "alt+x", "Alt+X"),
        ("space", "space", "Space"),
    ],
)
def test_keys_as_they_are_written(written: str, name: str, shown: str) -> None:
    assert (key_name(written), shown_key(name)) == (name, shown)
    assert key_name(shown) == name


def test_every_character_on_the_keyboard_is_a_key() -> None:
    for character in string.ascii_letters + string.digits + string.punctuation:
        assert shown_key(key_name(character)) == character


@pytest.mark.parametrize(
    "written", ["", " ", "foo", "shift+a", "hyper+x", "ctrl+ctrl+x", "ctrl+", "+x", "\x1b", "xy", "f25", "ctrl+shift+x"]
)
def test_what_is_no_key(written: str) -> None:
    with pytest.raises(ValueError):
        key_name(written)


def test_the_table_shows_its_keys_as_they_are_called() -> None:
    for key in KEYS:
        first = key.keys.split(",")[0]
        assert key.shown.split(" ")[0] == shown_key(first)
        assert all(key_name(name) == name for name in key.keys.split(","))


def test_the_footer_writes_the_keys_of_the_commands_that_it_says() -> None:
    assert {key.id for key in KEYS if key.footer and " " in key.footer[0]} == FOOTER_KEYS.keys()
    for key in KEYS:
        if key.footer is not None:
            ids = FOOTER_KEYS.get(key.id, (key.id,))
            written = " ".join(BY_ID[id].shown.split(" ")[0] for id in ids)
            assert key.footer[0] == written.replace(" Shift+", " ")  # Shift is written once


def test_nothing_changed_is_the_table() -> None:
    assert remapped({}) == KEYS
    assert checked_keys({}) == ({}, [])


def test_two_commands_may_trade_keys() -> None:
    assert checked_keys({"axis": "s", "smoothing": "x"}) == ({"axis": "s", "smoothing": "x"}, [])


def test_of_two_commands_with_one_key_the_first_has_it() -> None:
    changes, complaints = checked_keys({"axis": "F2", "smoothing": "F2"})
    assert changes == {"axis": "f2"}
    assert complaints == ["smoothing: F2 is the key of axis already; a key has one meaning"]


def test_what_the_screen_writes_follows() -> None:
    table = remapped({"pin": "P", "help": "f1,question_mark", "cursor_up": "w", "tab(2)": "f2"})
    by_id = {key.id: key for key in table}
    assert by_id["pin"].in_footer == ("P", "pin")
    assert by_id["help"].shown == "F1 ?"
    assert by_id["cursor_down"].in_footer == ("w ↓", "tag")
    assert [key.shown for key in footer_keys("rows", table)][-2:] == ["F1 ?", "q"]
    going = help_sections(table)["Going"]
    assert ("1", "To tab 1.") in going
    assert ("F2", "To tab 2.") in going
    assert ("1-9", "To that tab.") in help_sections()["Going"]


def test_quitting_keeps_its_control_keys() -> None:
    assert keymap({"quit": "Q", "pin": "P"}) == {"quit": "Q,ctrl+q,ctrl+c", "pin": "P"}


async def test_remapped_keys_do_what_they_say(tmp_path: Path) -> None:
    keys = {"axis": "s", "smoothing": "x", "help": "f1", "quit": "Q", "cursor_down": "n", "next_problem": "f3"}
    start = Start(settings=Settings(keys=keys))
    app = app_on(training(tmp_path), start=start)
    async with app.run_test(size=(160, 45)) as pilot:
        await until(pilot, lambda: not app.ingester.status.loading and app.main.snapshot is app.ingester.snapshot)
        assert "F1 help   Q quit" in shown(pilot, "KeysLine")
        before = app.main.selection
        await pilot.press("x")
        assert app.main.selection.smoothing is not before.smoothing
        assert app.main.selection.axis is before.axis
        await pilot.press("s")
        assert app.main.selection.axis is not before.axis
        await pilot.press("q", "question_mark", "j")
        assert app.is_running
        assert len(app.screen_stack) == 1
        rows = app.main.query_one(ScalarRows)
        at = rows.cursor
        await pilot.press("n")
        assert rows.cursor == at + 1
        await pilot.press("f1")
        text = shown(pilot, "HelpLines")
        assert "Esc or F1 closes" in text
        assert "n           Move down" in text
        await pilot.press("f1")
        assert len(app.screen_stack) == 1
        await pilot.press("Q")
        assert app.return_code == 0


async def test_a_remapped_key_is_a_letter_where_one_types(tmp_path: Path) -> None:
    app = app_on(training(tmp_path), start=Start(settings=Settings(keys={"filter": "Z", "quit": "Q", "axis": "X"})))
    async with app.run_test() as pilot:
        await until(pilot, lambda: not app.ingester.status.loading and app.main.snapshot is app.ingester.snapshot)
        axis = app.main.selection.axis
        await pilot.press("Z", "Z", "Q", "X", "enter")
        assert isinstance(app, TbtuiApp)
        assert app.is_running
        assert (app.main.selection.tags_filter.text, app.main.selection.axis) == ("ZQX", axis)
