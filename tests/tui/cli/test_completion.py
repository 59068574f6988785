"""`tbtui completion`: what the shells complete, by the shells themselves where they are installed."""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.tui.cli.commands import called
from tui.cli.completion import commands
from tui.cli.completion_words import Words
from tui.cli.help_text import COMMAND_LIST
from tui.cli.main import COMMANDS, command_parsers, screen_parser

SCREEN = ["--theme", "--palette", "--config", "--fresh"]
RULES = ["damaged", "dead-units", "divergence", "exploding-gradients", "nan-inf", "overfitting", "plateau", "spike"]
SHELLS = ("bash", "zsh", "fish")


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the script of each shell, called by its name."""
    directory = tmp_path_factory.mktemp("scripts")
    for shell in SHELLS:
        shown = called("completion", shell)
        assert (shown.returncode, shown.stderr) == (0, "")
        (directory / shell).write_text(shown.stdout)
    return directory


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A working directory with two directories and a file."""
    for name in ("runs", "with space"):
        (tmp_path / name).mkdir()
    (tmp_path / "file.toml").write_text("")
    return tmp_path


def in_bash(scripts: Path, place: Path, *words: str) -> list[str]:
    """What bash would offer for the last of some words, which stand as bash splits them."""
    script = (
        f"source {scripts / 'bash'}\n"
        f"COMP_WORDS=({shlex.join(words)})\nCOMP_CWORD={len(words) - 1}\n_tbtui\n"
        '(( ${#COMPREPLY[@]} )) && printf "%s\\n" "${COMPREPLY[@]}"\ntrue\n'
    )
    shown = subprocess.run(
        ["bash", "--norc", "-c", script], cwd=place, capture_output=True, text=True, timeout=30, check=True
    )
    assert shown.stderr == ""
    return sorted(shown.stdout.splitlines())


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["tbtui", ""], sorted([*COMMANDS, "runs", "with space"])),
        (["tbtui", "re"], ["report"]),
        (["tbtui", "r"], ["report", "runs"]),
        (["tbtui", "runs", ""], ["runs", "with space"]),
        (["tbtui", "--theme", ""], ["dark", "light"]),
        (["tbtui", "--theme", "="], ["dark", "light"]),
        (["tbtui", "--theme", "=", "li"], ["light"]),
        (["tbtui", "--config", "f"], ["file.toml"]),
        (["tbtui", "--smooth", ""], []),
        (["tbtui", "--no-a"], ["--no-ascii"]),
        (["tbtui", "--colo"], ["--colours"]),
        (["tbtui", "old", ":", "r"], ["runs"]),
        (["tbtui", "old", ":"], ["runs", "with space"]),
        (["tbtui", "ls", ""], ["runs", "with space"]),
        (["tbtui", "ls", "runs", "--"], ["--cache", "--help", "--json"]),
        (["tbtui", "ls", "--theme"], []),
        (["tbtui", "check", "--rule", ""], sorted([*RULES, "stalled", "step-back", "vanishing-gradients"])),
        (["tbtui", "export", "runs", "--kind", "h"], ["histograms", "hparams"]),
        (["tbtui", "export", "-o", ""], ["file.toml", "runs", "with space"]),
        (["tbtui", "export", "--dask", ""], ["runs", "with space"]),
        (["tbtui", "inspect", ""], ["file.toml", "runs", "with space"]),
        (["tbtui", "completion", ""], ["bash", "fish", "zsh"]),
        (["tbtui", "runs", "ls", "--js"], []),
    ],
    ids=" ".join,
)
def test_in_bash(scripts: Path, place: Path, words: list[str], offered: list[str]) -> None:
    assert in_bash(scripts, place, *words) == offered


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish here")
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("tbtui re", ["report"]),
        ("tbtui r", ["report", "runs/"]),
        ("tbtui runs/ --the", ["--theme"]),
        ("tbtui --theme ", ["dark", "light"]),
        ("tbtui old:r", ["old:runs/"]),
        ("tbtui check --rule na", ["nan-inf"]),
        ("tbtui ls f", []),
        ("tbtui inspect f", ["file.toml"]),
        ("tbtui export -o f", ["file.toml"]),
        ("tbtui completion ", ["bash", "fish", "zsh"]),
    ],
)
def test_in_fish(scripts: Path, place: Path, line: str, offered: list[str]) -> None:
    script = f"source {scripts / 'fish'}; complete -C {shlex.quote(line)}"
    shown = subprocess.run(
        ["fish", "--no-config", "-c", script], cwd=place, capture_output=True, text=True, timeout=30, check=True
    )
    assert shown.stderr == ""
    assert [text.split("\t")[0] for text in shown.stdout.splitlines()] == offered


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_one(scripts: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    checked = subprocess.run([shell, "-n", scripts / shell], capture_output=True, text=True, timeout=30, check=True)
    assert checked.stderr == ""


@pytest.mark.parametrize("shell", SHELLS)
def test_every_option_and_choice_is_in_it(scripts: Path, shell: str) -> None:
    script = (scripts / shell).read_text()
    for parser in (screen_parser(), *command_parsers().values()):
        for action in parser._actions:
            if action.help == argparse.SUPPRESS:
                assert "--colors" in action.option_strings
                continue
            for option in action.option_strings:
                assert (in_fishs_words(option) if shell == "fish" else option) in script
            assert " ".join(map(str, action.choices or ())) in script


def in_fishs_words(option: str) -> str:
    return f" -l {option[2:]} " if option.startswith("--") else f" -s {option[1:]} "


def test_what_stands_behind_options() -> None:
    words = {
        (command.name, flag): option.words
        for command in commands()
        for option in command.options
        for flag in option.flags
    }
    assert words["", "--config"] is words["export", "-o"] is words["report", "-o"] is Words.FILES
    assert words["ls", "--cache"] is words["", "--cache"] is Words.DIRECTORIES
    assert words["plot", "--log"] is words["", "--no-mouse"] is words["ls", "--help"] is Words.NONE
    assert words["plot", "--x"] is words["demo", "--theme"] is Words.CHOICES
    assert words["export", "--run"] is words["demo", "--headless"] is Words.ANY


def test_every_command_is_listed_and_told() -> None:
    told = {command.name: command.about for command in commands()}
    assert list(told) == ["", *COMMANDS]
    assert all(told[name] for name in COMMANDS)
    assert all(f"\n  {name} " in COMMAND_LIST for name in COMMANDS)
    assert told["diff"] == "what tells two runs apart"


def test_another_shell_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        called("completion", "tcsh")
    assert ended.value.code == 2
