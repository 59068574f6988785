"""The documents say what is true: options, commands, the example configuration, pictures and links."""

from __future__ import annotations

import argparse
import re
import runpy
import shlex
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from tui.app.config_file import TABLES, read_config
from tui.app.settings import RULES, OneOf, Settings
from tui.cli import main as cli
from tui.cli.main import COMMANDS
from tui.cli.screen_options import SETTINGS, add_screen_options

DOCS = Path(__file__).parents[1] / "docs"
README = DOCS.parent / "README.md"
PAGES = [*sorted(DOCS.parent.glob("*.md")), *sorted(DOCS.glob("*.md"))]
CONFIGURATION = (DOCS / "configuration.md").read_text(encoding="utf-8")
LARGEST_PICTURE, LARGEST_PHOTOGRAPH = 150_000, 120_000


def example() -> str:
    (text,) = re.findall(r"```toml\n(.*?)```", CONFIGURATION, re.DOTALL)
    assert isinstance(text, str)
    return text


def test_the_example_has_the_defaults_and_its_keys(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(example(), encoding="utf-8")
    config = read_config(path)
    assert (config.settings, config.complaints) == (Settings(), ())
    keys, complaints = config.checked_keys()
    assert (keys, complaints) == ({"pin": "P", "help": "f1,question_mark", "page_down": "pagedown,ctrl+d"}, [])


def test_the_example_names_every_setting_and_what_it_may_be() -> None:
    uncommented = re.sub(r"^# (\w+ = )", r"\1", example(), flags=re.MULTILINE)
    tables = tomllib.loads(uncommented)
    for table, names in TABLES.items():
        written = {name for name, value in (tables[table] if table else tables).items() if not isinstance(value, dict)}
        assert written == set(names)
    for name, rule in RULES.items():
        if isinstance(rule, OneOf):
            (line,) = (line for line in uncommented.splitlines() if line.startswith(f"{name} = "))
            assert ", ".join(rule.words) in line


def test_every_option_is_documented_and_every_documented_one_is_there() -> None:
    parser = argparse.ArgumentParser(add_help=False)
    add_screen_options(parser)
    rows = [line for line in CONFIGURATION.splitlines() if line.startswith("| `--")]
    assert set(re.findall(r"(--[\w-]+)", "\n".join(rows))) == set(parser._option_string_actions)
    for option, setting in SETTINGS.items():
        if isinstance(rule := RULES[setting], OneOf):
            (row,) = (row for row in rows if row.startswith(f"| `--{option} "))
            assert row.startswith(f"| `--{option} " + r"\|".join(rule.words) + "` ")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", page.read_text(encoding="utf-8"))
    for target, heading in links:
        other = page.parent / target if target else page
        assert other.exists(), target
        assert not heading or heading in headings(other), f"{target}#{heading}"


def headings(page: Path) -> list[str]:
    """What links to the page's headings say, as GitHub makes it."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]


def command_lines(text: str) -> list[list[str]]:
    """The arguments of every `tbtui` that is to be typed: in blocks of shell, and in running text with a LOGDIR."""
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    lines = re.findall(r"(?:^|/)tbtui (.*)$", blocks, re.MULTILINE)
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    lines += [line for line in re.findall(r"`tbtui ([^`]*)`", prose) if line not in COMMANDS]
    # What may be left out is left out, and what comes after a pipe is another program's.
    return [shlex.split(re.sub(r"\[[^]]*\]", "", line).split("|")[0], comments=True) for line in lines]


def test_every_command_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[argparse.Namespace] = []
    monkeypatch.setattr(cli, "_open_screen", done.append)
    for name in COMMANDS:
        monkeypatch.setattr(import_module(f"tui.cli.{name}"), "run", done.append)
    lines = [arguments for page in PAGES for arguments in command_lines(page.read_text(encoding="utf-8"))]
    lines = [arguments for arguments in lines if not {"--help", "--version"} & {*arguments}]
    assert {arguments[0] for arguments in lines} >= {*COMMANDS, "runs/", "old:runs_a", "LOGDIR..."}
    for arguments in lines:
        cli.main(arguments)  # exits where it does not understand
    assert len(done) == len(lines)


def test_every_picture_is_drawn_shown_and_small() -> None:
    drawn = set(runpy.run_path(str(DOCS / "draw_pictures.py"))["PICTURES_BY_NAME"])
    files = {path.stem: path for path in (DOCS / "pictures").glob("*.svg")}
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert files.keys() == drawn == set(re.findall(r"pictures/(\w+)\.svg", text))
    assert "docs/pictures/rows.svg" in README.read_text(encoding="utf-8")
    for path in files.values():
        svg = path.read_text(encoding="utf-8")
        assert len(svg.encode()) < LARGEST_PICTURE
        elsewhere = r"https?://(?!www\.w3\.org|www\.textualize\.io|example\.org)"
        assert not re.findall(elsewhere, svg)


def test_other_pictures_are_shown_and_small() -> None:
    others = {path.name: path for path in (DOCS / "pictures").iterdir() if path.suffix != ".svg"}
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert others.keys() == set(re.findall(r"pictures/(\w+\.(?!svg)\w+)", text))
    assert all(path.stat().st_size < LARGEST_PHOTOGRAPH for path in others.values())


@pytest.mark.parametrize(
    ("name", "words"), [("rows_80x24", ["Accuracy", "lr_0.01_adam", "live"]), ("problems", ["fails", "its", "CRC"])]
)
def test_a_picture_drawn_twice_is_the_same(name: str, words: list[str]) -> None:
    script = runpy.run_path(str(DOCS / "draw_pictures.py"))
    picture = script["PICTURES_BY_NAME"][name]
    svg = script["draw"](picture)
    assert script["draw"](picture) == svg
    assert all(word in svg for word in words)
