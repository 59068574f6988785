"""Remembering: what is changed is there next time; what goes before what; and that nothing of it can hurt."""

from __future__ import annotations

import json
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.terminal import Terminal
from tests.tui.app.screens import app_on, shown, training, until
from tui.analysis.x_axis import XAxis
from tui.app import memory as memory_module
from tui.app.app import TbtuiApp
from tui.app.choices import Density
from tui.app.memory import Memory, memory_for, recall
from tui.app.selection import Filter, Selection
from tui.app.settings import Settings, Start
from tui.app.state_file import StateFile
from tui.app.widgets.status import KeysLine
from tui.reader.named_logdir import LogDir


def fail(text: str) -> None:
    raise AssertionError(text)


def stored(path: Path) -> dict[str, Any]:
    fields = json.loads(path.read_text())["selection"]
    assert isinstance(fields, dict)
    return fields


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "runs.json"


def kept(path: Path, *selections: Selection, before: Selection | None = None) -> None:
    """A session that starts with what is remembered and chooses these one after the other."""
    memory = Memory(StateFile(path), on_trouble=fail)
    selection, complaint = memory.recall(before or Selection())
    assert complaint is None
    memory.begin(selection)
    for chosen in selections:
        memory.keep(chosen)
    memory.close()


def recalled(path: Path) -> Selection:
    selection, complaint = Memory(StateFile(path)).recall(Selection())
    assert complaint is None
    return selection


def test_a_change_is_there_next_time(path: Path) -> None:
    chosen = Selection(log_y=True, hidden=frozenset(("a", "b")), tags_filter=Filter("loss"))
    kept(path, Selection(log_y=True), chosen)
    assert recalled(path) == chosen
    assert stored(path) == {"log_y": True, "hidden": ["a", "b"], "tags_filter": "loss"}


def test_nothing_is_written_where_nothing_changed(path: Path) -> None:
    kept(path, Selection(), Selection(cursor=3.0, tag="loss", focused_run="a"))
    assert not path.parent.exists()


def test_what_was_never_changed_follows_the_settings(path: Path) -> None:
    kept(path, Selection(log_y=True))
    kept(path, Selection(log_y=True, weight=0.9, superseded=True), before=Selection(weight=0.9))
    assert stored(path) == {"log_y": True, "superseded": True}


def test_what_is_changed_back_is_remembered_too(path: Path) -> None:
    kept(path, Selection(log_y=True))
    kept(path, Selection(log_y=False))
    assert stored(path) == {"log_y": False}


def test_of_two_at_once_the_last_writer_wins(path: Path) -> None:
    memories = [Memory(StateFile(path)) for _ in range(2)]
    for memory, weight in zip(memories, (0.1, 0.2), strict=True):
        memory.keep(Selection(weight=weight))
    memories[1].close()
    memories[0].close()
    assert recalled(path).weight == 0.1


def test_fields_of_another_version_stay(path: Path) -> None:
    StateFile(path).write({"colour_of_the_sky": "blue"})
    kept(path, Selection(log_y=True))
    assert stored(path) == {"colour_of_the_sky": "blue", "log_y": True}


def test_changes_are_written_while_the_screen_is_open(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_module, "WRITTEN_APART", 0.0)
    written: list[dict[str, object]] = []
    file = StateFile(path)
    memory = Memory(file)
    monkeypatch.setattr(StateFile, "write", lambda self, fields: written.append(dict(fields)) or 0)
    memory.keep(Selection(log_y=True))
    end = time.monotonic() + 20
    while not written and time.monotonic() < end:
        time.sleep(0.01)
    memory.keep(Selection(log_y=True, superseded=True))
    memory.close()
    assert written[0] == {"log_y": True}
    assert written[-1] == {"log_y": True, "superseded": True}


def test_changes_that_come_fast_are_written_together(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[dict[str, object]] = []
    monkeypatch.setattr(StateFile, "write", lambda self, fields: written.append(dict(fields)) or 0)
    kept(path, *(Selection(tags_filter=Filter("loss"[:length])) for length in range(1, 5)))
    assert written == [{"tags_filter": "loss"}]


def test_a_field_that_cannot_be_understood_is_one_line_and_kept_aside(path: Path) -> None:
    StateFile(path).write({"density": "circles", "hidden": 3, "log_y": True})
    before = path.read_bytes()
    memory = Memory(StateFile(path), on_trouble=fail)
    selection, complaint = memory.recall(Selection())
    assert selection == Selection(log_y=True)
    assert complaint == (
        f"nothing is remembered from {path}: density, hidden cannot be understood; "
        "the next change puts it aside as .broken"
    )
    memory.begin(selection)
    memory.close()
    assert path.read_bytes() == before
    memory = Memory(StateFile(path), on_trouble=fail)
    memory.begin(memory.recall(Selection())[0])
    memory.keep(Selection(log_y=True, superseded=True))
    memory.close()
    assert stored(path) == {"log_y": True, "superseded": True}
    assert path.with_suffix(".broken").read_bytes() == before


def test_a_directory_that_cannot_be_written_is_said_once(path: Path) -> None:
    path.parent.write_text("no directory")
    said: list[str] = []
    memory = Memory(StateFile(path), on_trouble=said.append)
    assert memory.recall(Selection())[1] is not None
    for weight in (0.1, 0.2):
        memory._write({"weight": weight})
    assert said == [f"cannot remember this in {path}: File exists"]
    path.parent.unlink()
    memory._write({"weight": 0.3})
    assert stored(path) == {"weight": 0.3}


def test_a_failure_of_its_own_is_said_and_the_next_change_is_remembered(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_module, "WRITTEN_APART", 0.0)
    said: list[str] = []
    memory = Memory(StateFile(path), on_trouble=said.append)
    memory.recall(Selection())
    memory.begin(Selection())
    with monkeypatch.context() as patch:
        patch.setattr(StateFile, "write", lambda self, fields: [][0])
        memory.keep(Selection(weight=0.1))
        end = time.monotonic() + 20
        while not said and time.monotonic() < end:
            time.sleep(0.01)
    assert said == ["cannot remember this: IndexError: list index out of range"]
    memory.keep(Selection(weight=0.2))
    memory.close()
    assert stored(path)["weight"] == 0.2


def test_forgetting_removes_the_file(path: Path) -> None:
    kept(path, Selection(log_y=True))
    memory = Memory(StateFile(path))
    selection, _ = memory.recall(Selection())
    memory.forget()
    memory.close()
    assert not path.exists()
    assert selection == Selection(log_y=True)


def test_what_goes_before_what(tmp_path: Path) -> None:
    """The command line before what is remembered, that before the configuration, that before the defaults."""
    logdirs = [LogDir("", tmp_path / "runs")]
    state = tmp_path / "state"
    before = recall(logdirs, Start(state_directory=state), fail)
    assert (before.selection, before.notes) == (Selection(), ())
    assert before.memory is not None
    before.memory.keep(Selection(weight=0.8, axis=XAxis.WALL))
    before.memory.close()
    configured = Settings(smoothing=0.3, axis="relative", density=Density.CARDS)
    start = Start(settings=configured, state_directory=state)
    assert recall(logdirs, start, fail).selection == Selection(weight=0.8, axis=XAxis.WALL, density=Density.CARDS)
    given = replace(start, settings=replace(configured, smoothing=0.5), given=frozenset(("smoothing",)))
    with_given = recall(logdirs, given, fail)
    assert with_given.selection == Selection(weight=0.5, axis=XAxis.WALL, density=Density.CARDS)
    assert with_given.untouched == Selection(weight=0.5, axis=XAxis.RELATIVE, density=Density.CARDS)
    # What was given for once is not remembered, unless a key changes it.
    assert with_given.memory is not None
    with_given.memory.keep(replace(with_given.selection, log_y=True))
    with_given.memory.close()
    assert recall(logdirs, start, fail).selection.weight == 0.8


@pytest.mark.parametrize("start", [Start(), Start(settings=Settings(remember=False), state_directory=Path("/nowhere"))])
def test_where_nothing_is_to_be_remembered(start: Start) -> None:
    found = recall([LogDir("", Path("runs"))], start, fail)
    assert (found.memory, found.selection, found.notes) == (None, Selection(), ())


def test_nothing_is_written_below_the_log_directory(tmp_path: Path) -> None:
    state = tmp_path / "state" / "tbtui"
    (tmp_path / "link").symlink_to(tmp_path)
    for logdir in (tmp_path, state, tmp_path / "link"):
        assert memory_for([LogDir("a", Path("/elsewhere")), LogDir("b", logdir)], state) is None
    assert memory_for([LogDir("", tmp_path / "runs")], state) is not None
    found = recall([LogDir("", tmp_path)], Start(state_directory=state), fail)
    assert found.notes == (f"nothing is remembered: {state} is below the log directory",)


def remembering(tmp_path: Path, **settings: Any) -> TbtuiApp:
    start = Start(settings=Settings(**settings), state_directory=tmp_path / "state")
    return app_on(tmp_path / "runs", start=start)


def is_read(app: TbtuiApp) -> bool:
    return not app.ingester.status.loading and app.main.read is app.ingester.snapshot


async def test_the_screen_looks_as_it_was_left(tmp_path: Path) -> None:
    training(tmp_path / "runs")
    app = remembering(tmp_path)
    async with app.run_test(size=(160, 45)) as pilot:
        await until(pilot, lambda: is_read(app))
        await pilot.press("tab", "space", "tab", "g", "x", "y", "slash", *"loss", "enter")
        left = app.main.selection
        assert (left.density, left.axis, left.log_y, len(left.hidden)) == (Density.CARDS, XAxis.RELATIVE, True, 1)
    again = remembering(tmp_path)
    async with again.run_test(size=(160, 45)) as pilot:
        await until(pilot, lambda: is_read(again))
        assert replace(again.main.selection, focused_run=None) == replace(left, focused_run=None)
        assert again.main.page.id == "cards"
        assert again.focused is again.main.page


async def test_forgetting_shows_what_the_settings_say(tmp_path: Path) -> None:
    training(tmp_path / "runs")
    app = remembering(tmp_path, smoothing=0.9)
    async with app.run_test(size=(160, 45)) as pilot:
        await until(pilot, lambda: is_read(app))
        await pilot.press("g", "y", "s")
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert titles[-1] == "Forget what is remembered for this log directory"
        app.watching.forget()
        await pilot.pause()
        assert app.main.selection == Selection(weight=0.9, focused_run=app.main.selection.focused_run)
        assert app.main.page.id == "rows"
    assert list((tmp_path / "state").glob("*")) == []


async def test_where_nothing_is_remembered_there_is_nothing_to_forget(tmp_path: Path) -> None:
    app = app_on(training(tmp_path))
    async with app.run_test():
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert not any(title.startswith("Forget") for title in titles)


async def test_what_was_wrong_is_said_in_a_small_window_too(tmp_path: Path) -> None:
    start = Start(settings=Settings(density=Density.CARDS), complaints=("a: wrong", "b: wrong"))
    app = app_on(training(tmp_path), start=start)
    async with app.run_test(size=(40, 12)) as pilot:
        await until(pilot, lambda: is_read(app))
        assert shown(pilot, "KeysLine") == " 1 of 2 (all on stderr): a: wrong"
        await pilot.press("down")
        assert not app.main.query_one(KeysLine).display


async def test_trouble_is_said_in_the_line_of_keys_until_the_next_key(tmp_path: Path) -> None:
    training(tmp_path / "runs")
    (tmp_path / "state").write_text("no directory")
    app = remembering(tmp_path)
    async with app.run_test(size=(160, 45)) as pilot:
        await until(pilot, lambda: is_read(app))
        await until(pilot, lambda: "nothing is remembered from" in shown(pilot, "KeysLine"))
        assert "Not a directory" in shown(pilot, "KeysLine")
        await pilot.press("y")
        assert "quit" in shown(pilot, "KeysLine")


def test_a_broken_configuration_is_said_on_the_screen_and_on_stderr(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[defaults]\ntheme = 3\nlog_y = true\n")
    line = f"{config}: defaults.theme is 3, not one of dark, light; dark is taken"
    with Terminal.tbtui(str(training(tmp_path / "runs")), "--config", str(config), columns=240) as terminal:
        terminal.until_shown("Accuracy")
        terminal.until_shown(line)
        assert "log" in terminal.text.splitlines()[1]
        terminal.press(b"x")
        terminal.until_shown("q quit")
        terminal.press(b"q")
        assert terminal.end() == 0
    assert terminal.output.startswith(f"tbtui: {line}\r\n".encode())


@pytest.mark.parametrize("end", [b"q", signal.SIGTERM, signal.SIGHUP])
def test_a_choice_outlives_the_process(tmp_path: Path, end: bytes | signal.Signals) -> None:
    training(tmp_path / "runs")
    arguments, state = str(tmp_path / "runs"), str(tmp_path / "state")
    before = sorted(path for path in (tmp_path / "runs").rglob("*"))
    with Terminal.tbtui(arguments, XDG_STATE_HOME=state, columns=160) as terminal:
        terminal.until_shown("Accuracy")
        terminal.press(b"y")
        terminal.until(lambda: "log" in terminal.text.splitlines()[1])
        if isinstance(end, bytes):
            terminal.press(end)
        else:
            terminal.signal(end)
        terminal.end()
        assert terminal.restored
    (file,) = (tmp_path / "state" / "tbtui").iterdir()
    assert stored(file) == {"log_y": True}
    with Terminal.tbtui(arguments, "--fresh", XDG_STATE_HOME=state, columns=160) as terminal:
        terminal.until_shown("Accuracy")
        assert "log" not in terminal.text.splitlines()[1]
        terminal.press(b"xq")
        assert terminal.end() == 0
    assert stored(file) == {"log_y": True}
    with Terminal.tbtui(arguments, XDG_STATE_HOME=state, columns=160) as terminal:
        terminal.until_shown("Accuracy")
        assert "log" in terminal.text.splitlines()[1]
        terminal.press(b"q")
        assert terminal.end() == 0
    assert sorted(path for path in (tmp_path / "runs").rglob("*")) == before
