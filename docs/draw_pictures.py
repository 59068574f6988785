"""Draws docs/pictures/*.svg: every view, on made-up trainings. Run: python docs/draw_pictures.py [NAME...]

The data come from a seed and the clock stands still: drawn twice, a picture has the same bytes.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

from rich.terminal_theme import TerminalTheme
from textual.pilot import Pilot

from logging_lib.tfevents.filename import is_event_filename
from tui.app.app import TbtuiApp
from tui.app.settings import START, Settings, Start
from tui.app.shared import shared_for
from tui.app.terminal_kind import terminal_kind
from tui.cli.demo_model import LIVE, Recipe
from tui.cli.demo_training import Sweep, Training
from tui.ingest.watcher import Watcher
from tui.reader.named_logdir import LogDir

PICTURES = Path(__file__).with_name("pictures")
NOW = 1_760_000_000.0  # 2025-10-09 08:53:20 UTC
_INTERVAL = 0.3
_PATIENCE = 60.0
_WIDE, _SMALL = (160, 45), (80, 24)
# What a terminal's own colours are in the pictures: xterm's.
_XTERM = TerminalTheme(
    (0, 0, 0),
    (229, 229, 229),
    [(0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (60, 120, 255), (205, 0, 205), (0, 205, 205), (229, 229, 229)],
    [
        (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
        (255, 255, 255),
    ],
)  # fmt: skip


def sweep(place: Path) -> None:
    """The demo's six runs."""
    runs = Sweep(place, _INTERVAL)
    runs.write_past(NOW - 1)
    runs.close()


def seeds(place: Path) -> None:
    """Two recipes, each with four seeds, in a directory each."""
    for directory, recipe in zip(("resnet/adamw", "resnet/adamw_small_lr"), LIVE, strict=True):
        for seed in range(4):
            _train(place, replace(recipe, name=f"{directory}/seed_{seed}", seed=seed), 700, ended=seed > 1)


def damaged(place: Path) -> None:
    """The demo's runs, one of which has a damaged file."""
    sweep(place)
    file = next((place / "lr_0.01_sgd").iterdir())
    data = bytearray(file.read_bytes())
    for at in (40_000, 90_000):
        data[at : at + 6] = b"damage"
    file.write_bytes(data)


def _train(place: Path, recipe: Recipe, points: int, *, ended: bool) -> None:
    start = NOW - 1 - points * _INTERVAL - recipe.seed
    training = Training(place, recipe, start)
    for point in range(points):
        training.log(point, start + point * _INTERVAL)
    if ended:
        training.end(start + points * _INTERVAL)
    else:
        training.close()


@dataclass(frozen=True)
class Picture:
    """One picture: keys are pressed one after the other when all is read."""

    name: str
    keys: str = ""
    size: tuple[int, int] = _WIDE
    data: Callable[[Path], None] = sweep
    settings: Settings = START.settings


_CHART = "down down down enter"
_ALL = (
    Picture("rows", size=(140, 20)),
    Picture("rows_80x24", size=_SMALL),
    Picture("expanded", "down down down space", size=(120, 30)),
    Picture("light", "down down down space", settings=Settings(theme="light", palette="vivid"), size=(120, 30)),
    Picture("cards", "g"),
    Picture("chart", f"{_CHART} y full_stop home pagedown m pagedown pagedown pagedown", size=(120, 36)),
    Picture("together", f"{_CHART} y G", size=(120, 36)),
    Picture("table", "v", size=(120, 24)),
    Picture("seeds", f"A ctrl+u {' '.join('adamw[a-z_]*')} enter {_CHART} y", data=seeds, size=(120, 36)),
    Picture("runs", "tab", data=seeds, size=(120, 24)),
    Picture("histograms", "2", size=(120, 24)),
    Picture("ridgeline", "2 down enter", size=(120, 36)),
    Picture("hparams", "3", size=(120, 24)),
    Picture("problems", "5", size=(120, 24), data=damaged),
    Picture("ascii", settings=Settings(ascii=True, colours="none"), size=(120, 24)),
    Picture("sixteen", f"{_CHART} y", settings=Settings(palette="ansi", ascii=True), size=(120, 30)),
    Picture("help", "question_mark", size=(120, 45)),
)
PICTURES_BY_NAME = {picture.name: picture for picture in _ALL}


def draw(picture: Picture) -> str:
    """The picture as SVG."""
    with tempfile.TemporaryDirectory() as directory, _surroundings(Path(directory)):
        runs = Path("runs")
        picture.data(runs)
        for number, path in enumerate(sorted(runs.rglob("*"))):
            if is_event_filename(path.name):  # the name holds when and where it was written
                path.rename(path.with_name(f"events.out.tfevents.{int(NOW)}.host.{number}"))
        return asyncio.run(_drawn(picture, runs))


@contextlib.contextmanager
def _surroundings(directory: Path) -> Iterator[None]:
    """The same place and time zone everywhere, and new data found in the same way."""
    mode = property(lambda watcher: "inotify", lambda watcher, value: None)
    with mock.patch.object(Watcher, "mode", mode, create=True), contextlib.chdir(directory):
        try:
            with mock.patch.dict(os.environ, TZ="UTC"):
                time.tzset()
                yield
        finally:
            time.tzset()


async def _drawn(picture: Picture, runs: Path) -> str:
    shared = shared_for(picture.settings)
    shared.clock = lambda: NOW
    kind = terminal_kind(picture.settings, {"TERM": "xterm", "COLORTERM": "truecolor"}, "utf-8")
    start = Start(settings=picture.settings)
    app = TbtuiApp([LogDir("", runs)], shared=shared, start=start, kind=kind)
    async with app.run_test(size=picture.size) as pilot:
        await _until(pilot, lambda: not app.ingester.status.loading and app.main.read is app.ingester.snapshot)
        await pilot.press(*picture.keys.split())
        await _until(pilot, lambda: not shared.blobs.waits)
        with mock.patch("rich.console.SVG_EXPORT_THEME", _XTERM):
            return smaller(app.export_screenshot(title="tbtui", simplify=True))


async def _until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the picture is not what it should be")
        await asyncio.sleep(0.02)
    await pilot.pause()


def smaller(svg: str) -> str:
    """The picture without fonts from elsewhere, and without clipping each line, which takes half of its bytes."""
    svg = re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    svg = re.sub(r'<clipPath id="[^"]*-line-\d+">.*?</clipPath>\n?', "", svg, flags=re.DOTALL)
    svg = re.sub(r' clip-path="url\(#[^"]*-line-\d+\)"', "", svg)
    svg = re.sub(r"terminal-\d+-", "t-", svg).replace(
        "font-family: Fira Code, monospace", "font-family: DejaVu Sans Mono, Menlo, Consolas, monospace"
    )
    return re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE).strip() + "\n"


def main() -> None:
    """Draw the pictures that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", metavar="NAME", nargs="*", help=", ".join(PICTURES_BY_NAME))
    for name in parser.parse_args().names or PICTURES_BY_NAME:
        (PICTURES / f"{name}.svg").write_text(draw(PICTURES_BY_NAME[name]), encoding="utf-8")


if __name__ == "__main__":
    main()
