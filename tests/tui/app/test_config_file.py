"""The configuration file: what it sets, and one line on each thing in it that is wrong."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.app.choices import Density
from tui.app.config_file import Config, read_config, setting_names
from tui.app.places import config_path, state_directory
from tui.app.settings import RULES, OneOf, Settings
from tui.app.terminal_kind import Colours

ALL = """
remember = false

[defaults]
theme = "light"
palette = "vivid"
density = "cards"
axis = "relative"
smoothing = 0.9
log_y = true
no_outliers = true
mean_of = 20
memory = "1.5G"
spreadsheet = true

[terminal]
ascii = true
colours = "256"
diff = false
mouse = false
fps = 30
animations = true

[keys]
pin = "P"
help = "F1,?"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def read(path: Path, text: str) -> Config:
    path.write_text(text, encoding="utf-8")
    return read_config(path)


def complaints(path: Path, text: str) -> list[str]:
    """What is said of a file, without its name, which every line starts with."""
    config = read(path, text)
    lines = [*config.complaints, *config.checked_keys()[1]]
    assert all(line.startswith(f"{path}: ") for line in lines)
    return [line.removeprefix(f"{path}: ") for line in lines]


def test_every_setting(path: Path) -> None:
    config = read(path, ALL)
    assert (config.complaints, config.checked_keys()) == ((), ({"pin": "P", "help": "f1,question_mark"}, []))
    assert config.settings == Settings(
        theme="light",
        palette="vivid",
        density=Density.CARDS,
        axis="relative",
        smoothing=0.9,
        log_y=True,
        no_outliers=True,
        mean_of=20,
        memory=1_500_000_000,
        spreadsheet=True,
        ascii=True,
        colours="256",
        diff=False,
        mouse=False,
        fps=30,
        animations=True,
        remember=False,
    )
    assert isinstance(config.settings.density, Density)


def test_a_setting_that_is_not_there_has_its_default(path: Path) -> None:
    assert read(path, "") == Config(shown=str(path))
    assert read(path, "[defaults]\nsmoothing = 0\n").settings == replace(Settings(), smoothing=0.0)
    assert read(path, "[terminal]\ncolors = 16\n").settings == replace(Settings(), colours="16")


def test_every_field_of_settings_has_a_rule_and_a_place() -> None:
    names = {name.rpartition(".")[2] for name in setting_names()}
    assert names == RULES.keys() == {field.name for field in fields(Settings)} - {"keys"}
    for name, rule in RULES.items():
        if (value := getattr(Settings(), name)) is not None:
            assert rule.taken(value) == value
    assert RULES["colours"] == OneOf(tuple(colours.value for colours in Colours))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("remember = 1", "remember is 1, not true or false; true is taken"),
        ("[defaults]\ntheme = 'drak'", "defaults.theme is 'drak', not one of dark, light; dark is taken"),
        ("[defaults]\nsmoothing = 1", "defaults.smoothing is 1, not a number from 0 to 0.999; 0.6 is taken"),
        ("[defaults]\nsmoothing = nan", "defaults.smoothing is nan, not a number from 0 to 0.999; 0.6 is taken"),
        ("[defaults]\nsmoothing = true", "defaults.smoothing is True, not a number from 0 to 0.999; 0.6 is taken"),
        ("[defaults]\nmean_of = 2.0", "defaults.mean_of is 2.0, not a whole number from 1 to 1000000; 10 is taken"),
        (
            "[defaults]\nmemory = '2 G'",
            "defaults.memory is '2 G', not a size from 1M on, such as 500M or 2G; none is taken",
        ),
        ("[terminal]\nascii = 'no'", "terminal.ascii is 'no', not true or false; what the terminal allows is taken"),
        ("[terminal]\nfps = 0", "terminal.fps is 0, not a whole number from 1 to 1000; 250 is taken"),
        (
            "[defaults]\ndensity = ['rows']",
            "defaults.density is ['rows'], not one of rows, cards, table; rows is taken",
        ),
        ("[defaults]\npalete = 'ansi'", "defaults.palete is not known; is palette meant?"),
        ("[defaults]\nfps = 3", "defaults.fps is not known; terminal.fps is"),
        ("theme = 'dark'", "theme is not known; defaults.theme is"),
        ("defaults = 3", "defaults is 3, not a table"),
        ("[terminals]\nfps = 3", "terminals is not known; is terminal meant?"),
        ("[x]", "x is not known; known: remember, [defaults], [terminal], [keys]"),
        ("[keys]\nzoom_ni = 'i'", "keys.zoom_ni: no such command; is zoom_in meant?"),
        ("[keys]\npin = 'x'", "keys.pin: x is the key of axis already; a key has one meaning"),
        ("[keys]\npin = 'ctrl+c'", "keys.pin: Ctrl+C is the key of quit already; a key has one meaning"),
        ("[keys]\npin = 3", "keys.pin: not a key, or several separated by commas"),
        ("[keys]\npin = []", "keys.pin: not a key, or several separated by commas"),
        ("[keys]\npin = 'foo'", "keys.pin: 'foo' is no key; write x, ?, F5, PgUp, ctrl+x or shift+left"),
        ("a = [", "Invalid value (at end of document); the defaults are taken"),
        ("a = " + "[" * 20000, "nested too deeply; the defaults are taken"),
        ("theme = 'dark'\na" + ".a" * 100_000 + " = 1", "a line of more than 1000 dots; the defaults are taken"),
        ("[a" + ".a" * 1001 + "]", "a line of more than 1000 dots; the defaults are taken"),
        ("#" * (1 << 20) + "#", "larger than a configuration may be, 1 MiB; the defaults are taken"),
    ],
)
def test_what_is_wrong_is_one_line(path: Path, text: str, line: str) -> None:
    assert complaints(path, text) == [line]
    assert read(path, text).settings == Settings()


def test_what_is_right_beside_something_wrong_counts(path: Path) -> None:
    config = read(path, "[defaults]\ntheme = 3\naxis = 'wall'\n[terminal]\nfps = 20")
    assert config.settings == replace(Settings(), axis="wall", fps=20)
    assert len(config.complaints) == 1


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: None], ids=["directory", "nothing"])
def test_a_file_that_cannot_be_read_is_one_line(path: Path, make: object) -> None:
    assert callable(make)
    make(path)
    reason = "Is a directory" if path.is_dir() else "No such file or directory"
    assert read_config(path) == Config(complaints=(f"cannot read {path}: {reason}; the defaults are taken",))


def test_bytes_that_are_no_text_are_one_line(path: Path) -> None:
    path.write_bytes(b"a = '\xff'")
    (line,) = read_config(path).complaints
    assert line.endswith("invalid start byte; the defaults are taken")


def test_nothing_in_a_line_can_reach_the_terminal(path: Path) -> None:
    top = '"\\u001b[2J" = "\\u001b[2J"\n'
    text = top + '[defaults]\n"a\\nb" = 1\ntheme = "\\u001b[2J"\n[keys]\n"\\u001b" = "x"\npin = "\\u009b"'
    lines = complaints(path, text)
    assert len(lines) == 5
    assert all(line.isprintable() and line.isascii() for line in lines)


@given(st.text(max_size=60) | st.from_regex(r"(remember|\[(defaults|terminal|keys)\]\n\w+) = .*", fullmatch=True))
def test_any_text_gives_settings_and_lines(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    config = read_config(path)
    config.checked_keys()
    assert all(line.isprintable() for line in config.complaints)


def test_a_number_that_python_does_not_write_out_is_one_line(path: Path) -> None:
    huge = f"0x{'f' * 5000}"  # TOML's own limit is for decimal digits
    wrong = complaints(path, f"terminal = {huge}\n[defaults]\ntarget = [{huge}]\n")
    assert wrong == [
        "terminal is a number of thousands of digits, not a table",
        "defaults.target is a number of thousands of digits, not a whole number from 1 to 1e+18; none is taken",
    ]


def test_where_the_files_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert config_path({"TBTUI_CONFIG": "mine.toml", "XDG_CONFIG_HOME": "/c"}) == Path("mine.toml")
    assert config_path({}) is None
    for base in (tmp_path / ".config", tmp_path / "c"):
        (base / "tbtui").mkdir(parents=True)
        (base / "tbtui" / "config.toml").touch()
    usual = tmp_path / ".config" / "tbtui" / "config.toml"
    assert config_path({}) == config_path({"XDG_CONFIG_HOME": "relative"}) == usual
    chosen = tmp_path / "c" / "tbtui" / "config.toml"
    assert config_path({"TBTUI_CONFIG": "", "XDG_CONFIG_HOME": str(tmp_path / "c")}) == chosen
    assert state_directory({"XDG_STATE_HOME": "/s"}) == Path("/s/tbtui")
    assert state_directory({}) == state_directory({"XDG_STATE_HOME": "s"}) == tmp_path / ".local/state/tbtui"


def test_a_user_without_a_home_has_neither_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", no_home)
    assert (config_path({}), state_directory({})) == (None, None)
