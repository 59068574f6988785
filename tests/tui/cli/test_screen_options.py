"""The options of the screen: what each gives, where they may stand, and what goes before what."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tui.cli.commands import imported_by, only_line, tbtui
from tui.app.choices import Density
from tui.app.settings import RULES, OneOf, Settings, Start
from tui.cli.errors import CommandError
from tui.cli.screen_options import SETTINGS, add_screen_options, start_of


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("TEXTUAL_FPS", "250")
    return tmp_path


def started(*options: str) -> Start:
    parser = argparse.ArgumentParser()
    add_screen_options(parser)
    return start_of(parser.parse_args(options))


@pytest.mark.parametrize(
    ("options", "changed"),
    [
        (["--theme", "light"], {"theme": "light"}),
        (["--palette", "vivid"], {"palette": "vivid"}),
        (["--density", "table"], {"density": Density.TABLE}),
        (["--x", "wall"], {"axis": "wall"}),
        (["--smooth", "0.25"], {"smoothing": 0.25}),
        (["--smooth", "0"], {"smoothing": 0.0}),
        (["--log"], {"log_y": True}),
        (["--no-log"], {"log_y": False}),
        (["--ascii"], {"ascii": True}),
        (["--no-ascii"], {"ascii": False}),
        (["--colours", "16"], {"colours": "16"}),
        (["--colors", "none"], {"colours": "none"}),
        (["--no-diff"], {"diff": False}),
        (["--no-mouse"], {"mouse": False}),
        (["--fps", "30"], {"fps": 30}),
        (["--memory", "500M"], {"memory": 500_000_000}),
        (["--memory", "0.5g"], {"memory": 500_000_000}),
        (["--memory=2000000000"], {"memory": 2_000_000_000}),
        (["--spreadsheet"], {"spreadsheet": True}),
        (["--x", "step", "--log"], {"axis": "step", "log_y": True}),
    ],
)
def test_every_option(home: Path, options: Sequence[str], changed: dict[str, object]) -> None:
    start = started(*options)
    assert start.settings == replace(Settings(), **changed)  # type: ignore[arg-type]
    assert start.given == changed.keys()
    assert start.state_directory == home / "state" / "tbtui"


def test_without_options(home: Path) -> None:
    assert started() == Start(state_directory=home / "state" / "tbtui")
    assert started("--fresh") == Start()


def test_every_option_gives_a_setting_that_is_there() -> None:
    assert set(SETTINGS.values()) <= RULES.keys()


def test_options_go_before_the_file(home: Path) -> None:
    file = home / "config" / "tbtui" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text("[defaults]\ntheme = 'light'\naxis = 'wall'\n[keys]\npin = 'P'\nfoo = 'x'\n[terminal]\nfps = 20")
    start = started("--x", "relative")
    assert start.settings == Settings(theme="light", axis="relative", fps=20, keys={"pin": "P"})
    assert start.given == {"axis"}
    assert start.complaints == (f"{file}: keys.foo: no such command",)


def test_another_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, other = home / "mine.toml", home / "other.toml"
    mine.write_text("[defaults]\nmean_of = 3")
    other.write_text("[defaults]\nmean_of = 4")
    monkeypatch.setenv("TBTUI_CONFIG", str(mine))
    assert started().settings.mean_of == 3
    assert started("--config", str(other)).settings.mean_of == 4
    assert started("--config", "/dev/null").settings == Settings()


def test_a_file_that_is_named_must_be_there(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match=r"no\\x1b\.toml does not exist"):
        started("--config", "no\x1b.toml")
    monkeypatch.setenv("TBTUI_CONFIG", str(home / "gone.toml"))
    reason = "No such file or directory; the defaults are taken"
    assert started().complaints == (f"cannot read {home / 'gone.toml'}: {reason}",)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--theme", "blue"], "argument --theme: invalid choice: 'blue'"),
        (["--smooth", "1"], "argument --smooth: '1' is not a number from 0 to 0.999"),
        (["--smooth", "x"], "argument --smooth: 'x' is not a number from 0 to 0.999"),
        (["--smooth", "nan"], "argument --smooth: 'nan' is not a number from 0 to 0.999"),
        (["--memory", "999k"], "argument --memory: '999k' is not a size from 1M on, such as 500M or 2G"),
        (["--fps", "0"], "argument --fps: '0' is not a whole number from 1 to 1000"),
        (["--fps", "1.5"], "argument --fps: '1.5' is not a whole number from 1 to 1000"),
    ],
)
@pytest.mark.parametrize("command", [["."], ["demo"]])
def test_a_wrong_value_is_wrong_usage(command: list[str], options: list[str], words: str) -> None:
    shown = tbtui(*command, *options)
    assert (shown.returncode, shown.stdout) == (2, "")
    assert words in shown.stderr


@pytest.mark.parametrize("command", [["--help"], ["demo", "--help"]])
def test_help_lists_every_option(command: list[str]) -> None:
    shown = tbtui(*command).stdout
    for option, setting in SETTINGS.items():
        assert f"--{option}" in shown
        rule = RULES[setting]
        if isinstance(rule, OneOf):
            assert ", ".join(rule.words) in " ".join(shown.split())
    for option in ("--config", "--fresh"):
        assert option in shown
    assert max(len(line) for line in shown.splitlines()) <= 100


@pytest.mark.parametrize(
    "arguments", [["--log", "."], [".", "--log"], ["--theme", "light", ".", "--log"], [".", "--log", "b:."]]
)
def test_options_stand_before_or_behind_a_logdir(tmp_path: Path, arguments: list[str]) -> None:
    shown = tbtui(*arguments, cwd=tmp_path)
    assert "the screen needs a terminal" in only_line(shown.stderr)


def test_options_of_a_command_stand_behind_it(tmp_path: Path) -> None:
    shown = tbtui("--log", "demo", cwd=tmp_path)
    assert shown.returncode == 2
    assert "demo is a command: its options stand behind it" in shown.stderr
    (tmp_path / "demo").mkdir()
    assert "the screen needs a terminal" in only_line(tbtui("--log", "demo", cwd=tmp_path).stderr)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], [".", "--version"], ["."]])
def test_neither_textual_nor_numpy_is_imported_for_them(tmp_path: Path, arguments: list[str]) -> None:
    assert not imported_by(arguments, {"textual", "rich", "numpy", "tomllib"}, tmp_path)


def test_the_frame_rate_is_there_when_textual_is_imported(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[terminal]\nfps = 7\n[keys]\npin = 'P'\n")
    code = (
        "import argparse\n"
        "from tui.cli.screen_options import add_screen_options, start_of\n"
        "parser = argparse.ArgumentParser()\n"
        "add_screen_options(parser)\n"
        f"start_of(parser.parse_args(['--config', {str(config)!r}]))\n"
        "from textual.constants import MAX_FPS\n"
        "print(MAX_FPS)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "7\n"
