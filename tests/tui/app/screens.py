"""Log directories to open, and ways to read what the screen shows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
from textual.pilot import Pilot

from logging_lib.tfevents.histogram import histogram_proto
from logging_lib.tfevents.hparams import SessionStart
from logging_lib.tfevents.proto import event_pb2
from tests import builders
from tests.builders import WALL_TIME, Value
from tui.app.app import TbtuiApp
from tui.app.settings import START, Start
from tui.app.shared import shared_for
from tui.app.widgets.line_view import StripView
from tui.reader.named_logdir import LogDir

NOW = WALL_TIME + 130.0
"""What the clock of tests says: half a minute after the last event of `training`."""
STEPS = 100
DEADLINE = 20.0


def loss(run: int, step: int) -> float:
    """A loss that falls with the step; every float32 in it is exact."""
    return (STEPS - step) / 64 + run


def training(logdir: Path) -> Path:
    """Three runs with losses, accuracies, histograms, hparams and text; the last one's loss ends in NaN."""
    for number, (name, lr) in enumerate((("adam", 0.5), ("sgd", 0.25), ("bad", 8.0))):
        events = [builders.version_event()]
        events.append(builders.session_start(SessionStart({"lr": lr, "name": name, "nesterov": number == 1})))
        for step in range(STEPS):
            value = float("nan") if name == "bad" and step >= STEPS // 2 else loss(number, step)
            values = [builders.scalar("Loss/train", value), builders.scalar("Loss/val", loss(number, step) + 0.5)]
            values.append(builders.scalar("Accuracy", step / 128 - number / 8))
            if step % 20 == 0:
                values.append(histogram("layer/weight", step))
            events.append(builders.event(*values, step=step, wall_time=WALL_TIME + step))
        if name == "adam":
            events.append(builders.session_end("SUCCESS"))
        builders.write(logdir / name / builders.FILE_NAME, events)
    return logdir


def histogram(tag: str, step: int) -> Value:
    """A bell whose middle moves with the step."""
    limits = np.arange(-3.0, 4.0) + step / 20
    counts = [0.0, 1.0, 6.0, 15.0, 20.0, 15.0, 1.0]
    proto = histogram_proto(
        limits, counts, minimum=float(limits[0]), maximum=float(limits[-1]), num=58, total=0, sum_squares=58
    )
    return Value(tag=tag, histo=proto)


def app_on(path: Path, *, now: float = NOW, start: Start = START) -> TbtuiApp:
    """An app on one log directory whose clock stands still."""
    shared = shared_for(start.settings)
    shared.clock = lambda: now
    return TbtuiApp([LogDir("", path)], shared=shared, poll_seconds=0.05, start=start)


@asynccontextmanager
async def opened(path: Path, size: tuple[int, int] = (160, 45), *, now: float = NOW) -> AsyncIterator[Pilot[None]]:
    """The app, with everything read and shown."""
    app = app_on(path, now=now)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: not app.ingester.status.loading and app.main.snapshot is app.ingester.snapshot)
        await until(pilot, lambda: app.watching.is_judged)
        before = None
        while before != (before := screen(pilot)):  # what is shown may widen the runs pane, which lays all out again
            for _ in range(2):
                await pilot.pause()
        yield pilot


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Wait for a condition; fails when it does not come true in time."""
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, "waited in vain:\n" + screen(pilot)
        await asyncio.sleep(0.01)
    await pilot.pause()


def screen(pilot: Pilot[None]) -> str:
    """All that is on the screen, widget by widget from the top left."""
    views = [view for view in pilot.app.screen.query(StripView) if view.display and view.size]
    views.sort(key=lambda view: (view.region.y, view.region.x))
    return "\n".join(view.text for view in views)


def shown(pilot: Pilot[None], selector: str) -> str:
    """What one widget shows."""
    return pilot.app.screen.query_one(selector, StripView).text


def logged_runs(logdir: Path, **of_runs: list[event_pb2.Event]) -> Path:
    """A directory with a file a run; the last run is the newest."""
    for number, (name, logged) in enumerate(of_runs.items()):
        for event in logged:
            event.wall_time += number
        builders.write(logdir / name / builders.FILE_NAME, [builders.version_event(), *logged])
    return logdir


@asynccontextmanager
async def second_tab(logdir: Path, *keys: str, size: tuple[int, int] = (120, 30)) -> AsyncIterator[Pilot[None]]:
    """The app on its second tab, that of the only other kind of data; keys are pressed there."""
    async with opened(logdir, size) as pilot:
        await pilot.press("2")
        await decoded(pilot)
        await pilot.press(*keys)
        await decoded(pilot)
        yield pilot


async def decoded(pilot: Pilot[None]) -> None:
    """Wait until what is shown is decoded."""
    app = pilot.app
    assert isinstance(app, TbtuiApp)
    await until(pilot, lambda: not app.shared.blobs.waits)
    await pilot.pause()
