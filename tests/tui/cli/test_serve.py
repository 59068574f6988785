"""`tbtui serve`: what it refuses before anybody opens a page, and what it hands on to its screens."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pytest

from tests.tui.cli.commands import called, only_line
from tui.cli.screen_options import add_screen_options, screen_arguments


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--theme=light", "--smooth=0.25", "--no-log", "--ascii", "--colours=16", "--fps=30", "--config=/dev/null"],
        ["--fresh", "--no-diff", "--no-mouse", "--target=1000", "--bell", "--memory=2147483648"],
    ],
)
def test_the_options_of_the_screen_are_handed_on(words: list[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("logdirs", nargs="+")
    add_screen_options(parser)
    arguments = parser.parse_args([*words, "--", "-a dir; rm -rf ~", "new:runs"])
    handed = screen_arguments(arguments)
    assert sorted(handed[:-3]) == sorted(words)
    assert handed[-3:] == ["--", "-a dir; rm -rf ~", "new:runs"]
    assert parser.parse_args(handed) == arguments


def test_without_textual_serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "textual_serve", None)
    monkeypatch.delitem(sys.modules, "tui.serve.server", raising=False)
    done = called("serve", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert only_line(done.stderr).startswith("tbtui: serve needs textual-serve (")
    assert only_line(done.stderr).endswith("): pip install 'tbtui[serve]'")
