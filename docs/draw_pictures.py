"""Draws docs/pictures/*.svg: every view, on made-up trainings. Run: python docs/draw_pictures.py [NAME...]

The data come from a seed and the clock stands still: drawn twice, a picture has the same bytes.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import json
import os
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

import numpy as np
from rich.terminal_theme import TerminalTheme
from textual.pilot import Pilot

from logging_lib import SummaryWriter
from logging_lib.summary.custom_scalars import custom_scalars
from logging_lib.summary.graph import graph_event, node_def, output_shapes, text_attribute
from logging_lib.tfevents.filename import is_event_filename
from logging_lib.tfevents.record import encode_record
from tui.app.app import TbtuiApp
from tui.app.settings import START, Settings, Start
from tui.app.shared import shared_for
from tui.app.terminal_kind import terminal_kind
from tui.cli.demo_model import LIVE, Recipe
from tui.cli.demo_training import Sweep, Training
from tui.cli.main import main as run_command
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


def classifiers(place: Path) -> None:
    """Three classifiers, evaluated ten times, each better than the one before."""
    random = np.random.default_rng(7)
    labels = random.integers(0, 2, 3000)
    noise = random.normal(size=(2, len(labels)))
    for number, name in enumerate(("resnet18", "resnet50", "vit_b16")):
        with SummaryWriter(place / name, start_time=NOW - 3000 + number) as writer:
            for step in range(0, 1000, 100):
                for tag, extra in (("val/cat", 0.4), ("val/dog", 0.0)):
                    sharpness = (0.7 + 0.6 * number + extra) * (1 + step / 900)
                    scores = 1 / (1 + np.exp(-sharpness * (labels - 0.5) - noise[number % 2]))
                    writer.add_pr_curve(tag, labels, scores, step, num_thresholds=101, walltime=NOW - 3000 + 2 * step)


def layouts(place: Path) -> None:
    """Three runs of losses and an accuracy with its bounds, and a layout that puts them together."""
    random = np.random.default_rng(5)
    for number, name in enumerate(("lr_0.01", "lr_0.1", "lr_1")):
        with SummaryWriter(place / name, start_time=NOW - 900 + number) as writer:
            if not number:
                writer.add_summary(custom_scalars(_LAYOUT), 0, NOW - 900)
            for step, bump in enumerate(random.normal(size=600)):
                fall = np.exp(-step / (90 + 60 * number)) + 0.1 * number
                accuracy = 0.93 - 0.5 * fall + 0.01 * bump
                values = {"loss/train": 2 * fall + 0.05 * abs(bump), "loss/val": 2 * fall + 0.25 + 0.0004 * step}
                values |= {"accuracy/mean": accuracy, "accuracy/low": accuracy - 0.1 * fall - 0.03}
                values |= {"accuracy/high": accuracy + 0.1 * fall + 0.02}
                for tag, value in values.items():
                    writer.add_scalar(tag, float(value), step, NOW - 900 + 1.5 * step)


_LAYOUT = {
    "Fit": {"train and val": ["Multiline", ["loss/(train|val)"]], "val": ["Multiline", ["loss/val"]]},
    "Folds": {"accuracy": ["Margin", ["accuracy/mean", "accuracy/low", "accuracy/high"]]},
}


_REPORT = """# Samples at step {step}

Loss is **{loss:.3f}**, {trend}; see [the run](https://example.org/runs/7) and `train.py`.
The model was asked to go on with the prompt below, at temperature 0.8.

> The quick brown fox

1. jumps over the {word} dog, and then over it again
2. is *not* a dog

| metric | train | val | note |
|:--|--:|--:|:--|
| loss | {loss:.3f} | {val:.3f} | the mean of the last hundred steps, without those that were skipped |
| accuracy | 0.912 | 0.887 | |

```python
optimizer.step()
scheduler.step(loss)
```
"""


def reports(place: Path) -> None:
    """Two runs that log their arguments, settings and a report every hundred steps."""
    for number, (name, lr) in enumerate((("adamw", 5e-5), ("sgd", 1e-2))):
        with SummaryWriter(place / name, start_time=NOW - 900 + number) as writer:
            args = {"output_dir": f"./{name}", "learning_rate": lr, "warmup_steps": 500, "fp16": True}
            writer.add_text("args", json.dumps(args, indent=2), 0, NOW - 900)
            table = "\n".join(f"|{key}|{value}|" for key, value in args.items())
            writer.add_text("hyperparameters", f"|param|value|\n|-|-|\n{table}", 0, NOW - 900)
            writer.add_text("config", f"optimizer: {name}\nmodel:\n  dim: 512\n  layers: 6", 0, NOW - 900)
            for step in range(0, 500, 100):
                loss = 2 / (1 + step / 50) + number / 10
                words = {"trend": "falling" if step else "just begun", "word": ("lazy", "sleepy")[number]}
                report = _REPORT.format(step=step, loss=loss, val=loss * 1.2, **words)
                writer.add_text("samples/report", report, step, NOW - 900 + step + number)


def distributions(place: Path) -> None:
    """Three runs: weights that spread and move, a relu with ever more zeros, a tanh that saturates, and NaN at last."""
    random = np.random.default_rng(2)
    for number, name in enumerate(("adam", "sgd", "warmup")):
        with SummaryWriter(place / name, start_time=NOW - 900 + number) as writer:
            for step in range(0, 3000, 50):
                done = step / 3000
                grown = 0.05 + 0.06 * done * (1 + number / 2)
                tags = {
                    "activation/relu": np.maximum(random.normal(-1.2 * done, 1, 4000), 0),
                    "activation/tanh": np.tanh(random.normal(0, 1 + 3 * done, 4000)),
                    "encoder/weight": random.normal(0.03 * number * done, grown, 4000),
                    "encoder/grad": random.normal(0, 0.01 * (1.5 - done), 4000),
                    "head/weight": random.normal(0.1 * done, 0.08 + 0.1 * abs(0.4 - done), 4000),
                }
                if number == 2 and done > 0.9:
                    tags["encoder/grad"][:130] = np.nan
                for tag, values in tags.items():
                    writer.add_histogram(tag, values, step, walltime=NOW - 900 + number + step / 4)


def voices(place: Path) -> None:
    """Two runs whose vocoders learn to speak: from noise to tones in syllables, in stereo once too loud."""
    random = np.random.default_rng(3)
    t = np.arange(2 * 8000) / 8000
    syllables = np.clip(np.sin(2 * np.pi * 1.5 * t + 0.5), 0, 1) ** 0.5 * (1 - t / 3)
    tone = np.sin(2 * np.pi * 220 * t) * 0.7 + np.sin(2 * np.pi * 331 * t) * 0.3
    for number, name in enumerate(("vocoder_a", "vocoder_b")):
        with SummaryWriter(place / name, start_time=NOW - 900 + number) as writer:
            for step in range(0, 500, 100):
                learnt = step / 500 + number / 10
                voice = syllables * (learnt * tone + (1 - learnt) * random.normal(size=len(t)) * 0.3)
                when = NOW - 900 + step + number
                writer.add_audio("val/mono", np.clip(voice, -1, 1) * 0.6, step, 8000, when)
                stereo = np.stack([voice * 1.8, voice[::-1] * 0.8], axis=1)
                writer.add_audio("val/stereo", np.clip(stereo, -1, 1), step, 8000, when)


def residual_net(place: Path) -> None:
    """The graph of a residual network, as a trace of torch has it."""
    nodes = _Trace()
    last = nodes.convolution("Conv2d[stem]", "input/x", (3, 64, 7), 112)
    channels, size = 64, 56
    for stage, blocks in enumerate((2, 2, 2, 2)):
        for block in range(blocks):
            scope, before = f"Sequential[layer{stage + 1}]/BasicBlock[{block}]", last
            for number, taken in ((1, channels), (2, 64 << stage)):
                last = nodes.convolution(f"{scope}/Conv2d[conv{number}]", last, (taken, 64 << stage, 3), size)
            last = nodes.add(f"{scope}/out", "aten::add", (last, before), [8, 64 << stage, size, size])
            channels = 64 << stage
        size //= 2
    pooled = nodes.add("AdaptiveAvgPool2d[pool]/out", "aten::mean", (last,), [8, 512])
    weights = [nodes.parameter("Linear[fc]", name, shape) for name, shape in (("weight", [10, 512]), ("bias", [10]))]
    nodes.add("Linear[fc]/out", "aten::linear", (pooled, *weights), [8, 10])
    event = graph_event(nodes.nodes)
    event.wall_time = NOW - 60
    path = place / "resnet18" / f"events.out.tfevents.{NOW - 60:.0f}.host.1.0"
    path.parent.mkdir(parents=True)
    path.write_bytes(encode_record(event.SerializeToString()))


class _Trace:
    """Nodes in the scope of one model."""

    def __init__(self) -> None:
        attributes = {"_output_shapes": output_shapes([[8, 3, 224, 224]])}
        self.nodes = [node_def("input/x", "IO Node", (), attributes)]

    def add(self, name: str, op: str, inputs: Iterable[str], shape: list[int]) -> str:
        attributes = {"attr": text_attribute("{}"), "_output_shapes": output_shapes([shape])}
        self.nodes.append(node_def(f"ResNet/{name}", op, inputs, attributes))
        return f"ResNet/{name}"

    def parameter(self, scope: str, name: str, shape: list[int]) -> str:
        return self.add(f"{scope}/{name}/{name}", "prim::GetAttr", (), shape)

    def convolution(self, scope: str, taken: str, sizes: tuple[int, int, int], size: int) -> str:
        inputs, outputs, kernel = sizes
        weight = self.parameter(scope, "weight", [outputs, inputs, kernel, kernel])
        shape = [8, outputs, size, size]
        return self.add(f"{scope}/out", "aten::_convolution", (taken, weight), shape)


def _train(place: Path, recipe: Recipe, points: int, *, ended: bool) -> None:
    start = NOW - 1 - points * _INTERVAL - recipe.seed
    training = Training(place, recipe, start, Counter())
    for point in range(points):
        training.log(point, start + point * _INTERVAL)
    if ended:
        training.end(start + points * _INTERVAL)
    else:
        training.close()


_WORDS = {
    "animal": "cat dog horse cow pig sheep goat lion tiger bear wolf fox hare deer seal owl crow swan",
    "fruit": "apple pear plum cherry grape lemon melon peach fig date mango kiwi lime quince",
    "city": "Paris London Berlin Madrid Rome Oslo Vienna Prague Lisbon Dublin Athens Riga Sofia Bern",
    "verb": "run walk swim fly eat sleep read write sing dance think speak listen",
    "colour": "red green blue yellow black white grey brown pink orange violet",
}


def vocabulary(place: Path) -> None:
    """The embedding of a few words, of five kinds that lie apart."""
    random = np.random.default_rng(11)
    rows, points = [], []
    for kind, words in _WORDS.items():
        centre = random.normal(size=32) * 1.6
        for word in words.split():
            rows.append([word, kind, f"{random.exponential(0.002):.5f}"])
            points.append(centre + random.normal(size=32))
    with SummaryWriter(place / "skipgram", start_time=NOW - 600) as writer:
        for step in range(100):
            writer.add_scalar("loss", 3 / (1 + step / 20), step, NOW - 600 + 5 * step)
        header = ["word", "kind", "frequency"]
        writer.add_embedding(np.array(points, np.float32), rows, tag="words", global_step=100, metadata_header=header)


def knots(place: Path) -> None:
    """A tube along a knot, in colours that go round with it."""
    along, around = (np.linspace(0, 2 * np.pi, n, endpoint=False) for n in (160, 14))
    path = np.stack(
        [
            np.sin(along) + 2 * np.sin(2 * along),
            np.cos(along) - 2 * np.cos(2 * along),
            -1.2 * np.sin(3 * along),
        ],
        axis=1,
    )
    ahead = np.roll(path, -1, axis=0) - np.roll(path, 1, axis=0)
    side = np.cross(ahead, [0.0, 0.0, 1.0])
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    up = np.cross(side, ahead)
    up /= np.linalg.norm(up, axis=1, keepdims=True)
    ring = np.cos(around)[:, np.newaxis, np.newaxis] * side + np.sin(around)[:, np.newaxis, np.newaxis] * up
    vertices = (path + 0.55 * ring).transpose(1, 0, 2).reshape(-1, 3)
    row, column = (axis.reshape(-1) for axis in np.meshgrid(np.arange(160), np.arange(14), indexing="ij"))
    a, b = row * 14 + column, row * 14 + (column + 1) % 14
    c, d = (a + 14) % len(vertices), (b + 14) % len(vertices)
    faces = np.concatenate([np.stack([a, b, c], axis=1), np.stack([b, d, c], axis=1)])
    turns = np.repeat(along, 14)
    colours = np.stack([np.sin(turns + shift) * 100 + 155 for shift in (0, 2, 4)], axis=1).astype(np.uint8)
    with SummaryWriter(place / "shapes", start_time=NOW - 600) as writer:
        for step in range(3):
            grown = (vertices * (0.6 + 0.2 * step))[np.newaxis]
            wall_time = NOW - 600 + 250 * step
            writer.add_mesh("knot", grown, colours[np.newaxis], faces[np.newaxis], global_step=step, walltime=wall_time)


def landscapes(place: Path) -> None:
    """Two runs that learn to paint mountains at sunset: out of noise, one of them with less of it left."""
    random = np.random.default_rng(4)
    y, x = np.mgrid[:120, :180]
    ridge = 70 + 14 * np.sin(x / 19) + 6 * np.sin(x / 7 + 1)
    band = y // 12 * 12  # few colours: each cell of another takes a hundred bytes of the picture
    colours = np.stack([90 + band, 60 + band // 2, 150 - band // 2], -1).astype(float)
    colours[(x - 128) ** 2 + (y - 52) ** 2 < 220] = (255, 224, 140)
    colours[y > ridge - 14] = (70, 60, 110)
    colours[y > ridge + 4 * np.cos(x / 5)] = (24, 32, 58)
    for number, name in enumerate(("unet_l", "unet_s")):
        with SummaryWriter(place / name, start_time=NOW - 900 + number) as writer:
            for step in range(0, 600, 100):
                for tag, size in (("samples/0", 180), ("samples/1", 140), ("samples/2", 100)):
                    left = 90 * (1 + number) * 0.6 ** (step / 100)
                    noise = random.normal(0, left, (10, 15, 3)).repeat(12, axis=0).repeat(12, axis=1)
                    painted = (colours + noise).clip(0, 255).astype(np.uint8)[:, 180 - size :]
                    writer.add_image(tag, painted, step, NOW - 900 + step + number, dataformats="HWC")


@dataclass(frozen=True)
class Picture:
    """One picture: keys are pressed one after the other when all is read. Or what a `command` prints of the data."""

    name: str
    keys: str = ""
    size: tuple[int, int] = _WIDE
    data: Callable[[Path], None] = sweep
    settings: Settings = START.settings
    command: str = ""


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
    Picture("histograms", "2", data=distributions, size=(140, 16)),
    Picture("ridgeline", "2 down down down down enter left left left", data=distributions, size=(140, 36)),
    Picture("heatmap", "2 down down down down enter g left left left full_stop", data=distributions, size=(140, 36)),
    Picture("percentiles", "2 down down down down enter space g g", data=distributions, size=(140, 36)),
    Picture("bars", "2 down down down down enter space g g g full_stop full_stop", data=distributions, size=(120, 30)),
    Picture("pr_curves", "2 enter full_stop m comma comma comma comma comma", data=classifiers, size=(120, 36)),
    Picture("texts", "2", data=reports, size=(120, 16)),
    Picture("text", "2 end enter", data=reports, size=(120, 30)),
    Picture("sounds", "2", data=voices, size=(120, 12)),
    Picture("audio", "2 end enter full_stop m comma comma comma comma", data=voices, size=(120, 36)),
    Picture("custom", "2", data=layouts, size=(120, 36)),
    Picture("margin", "2 down enter left", data=layouts, size=(120, 30)),
    Picture("graph", "2 enter S down", data=residual_net, size=(120, 30)),
    Picture("layers", "2 enter g S", data=residual_net, size=(120, 24)),
    Picture("projector", "2 enter right right up D", data=vocabulary, size=(120, 36)),
    Picture("mesh", "2 enter g shift+right", data=knots, size=(120, 32)),
    Picture("hparams", "5 right right S right right right right S", size=(120, 24)),
    Picture("axes", "5 g end left pagedown pagedown m pagedown pagedown m", size=(120, 24)),
    Picture("diff", "5 m down M", size=(120, 24)),
    Picture("problems", "left_curly_bracket", size=(140, 24), data=damaged),
    Picture("finding", "left_curly_bracket enter y", size=(120, 30)),
    Picture("ascii", settings=Settings(ascii=True, colours="none"), size=(120, 24)),
    Picture("sixteen", f"{_CHART} y", settings=Settings(palette="ansi", ascii=True), size=(120, 30)),
    Picture("images", "2 g", data=landscapes, size=(100, 20)),
    Picture("image_difference", "2 enter g g", data=landscapes, size=(110, 20)),
    Picture("report", command="report runs --charts 2 --title Sweep --no-date --format svg"),
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
        return _printed(picture.command) if picture.command else asyncio.run(_drawn(picture, runs))


def _printed(command: str) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as printed, mock.patch.object(time, "time", lambda: NOW):
        run_command(command.split())
    return printed.getvalue()


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
        await _until(pilot, lambda: app.watching.is_judged)
        for key in picture.keys.split():  # some do nothing before what they are about is there
            await pilot.press(key)
            await _until(pilot, lambda: not (shared.blobs.waits or shared.embeddings.cache.waits))
        await _until(pilot, lambda: not (shared.blobs.waits or shared.embeddings.cache.waits))
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
