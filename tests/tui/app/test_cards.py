"""The cards density: layout at several sizes, titles, keys and mouse, the linked cursor, what is drawn when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from textual import events
from textual.pilot import Pilot
from textual.widget import Widget

from tests import builders
from tests.builders import scalar_event
from tests.tui.app.screens import loss, opened, screen, shown, training, until
from tests.tui.app.test_tag_rows import focus_on_adam, layers
from tests.tui.app.views import of_runs, scalar_series
from tui.app import plot
from tui.app.cards import CardDrawing, CardSize, CardTexts
from tui.app.plot import PlotCache, plot_of
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.theme import DARK
from tui.app.widgets import scalar_chart
from tui.app.widgets.scalar_cards import ScalarCards
from tui.render.raster import rasterise


def titles(pilot: Pilot[None]) -> list[str]:
    """The names in the titles of the cards in view, in order."""
    return re.findall(r"([\w/]+) +[●▲■◆▼▶✚◖] (?:[-0-9.]+|NaN)\b", "\n".join(shown(pilot, "#cards").splitlines()[1:]))


def card_of(pilot: Pilot[None], name: str) -> str:
    """The line with a card's title, from its name on."""
    return next(line[line.index(name) :] for line in shown(pilot, "#cards").splitlines() if f"{name} " in line)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Every plot whose curves were drawn."""
    found: list[object] = []

    def spy(*args: object) -> object:
        found.append(args)
        return rasterise(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(plot, "rasterise", spy)
    yield found


# Layout


async def test_g_shows_a_card_for_each_tag_and_the_rows_again(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await focus_on_adam(pilot)
        await pilot.press("g")
        lines = shown(pilot, "#cards").splitlines()
        assert lines[0].split() == ["Tags", "3", "▶", "adam", "step", "0", "to", "99"]
        assert lines[1].split()[0] == "Accuracy"
        assert titles(pilot) == ["Accuracy", "train", "val"]
        assert card_of(pilot, "train").split()[:5] == ["train", "▶", "0.01562", "★", "▶"]
        await pilot.press("g")
        assert pilot.app.query_one("#rows").has_focus


async def test_24_cards_fit_160x45(tmp_path: Path) -> None:
    async with opened(layers(tmp_path), size=(160, 45)) as pilot:
        await pilot.press("g")
        assert len(titles(pilot)) == 24
        assert max(map(len, screen(pilot).splitlines())) <= 160


@pytest.mark.parametrize(("size", "cards"), [((80, 24), 6), ((60, 20), 4), ((100, 30), 8)])
async def test_a_smaller_window_shows_the_first_cards(tmp_path: Path, size: tuple[int, int], cards: int) -> None:
    async with opened(layers(tmp_path), size=size) as pilot:
        await pilot.press("g")
        assert titles(pilot) == ["Decoder/loss_6", "loss_7", "Decoder/loss_8", "loss_9", "Decoder/loss_10", "loss_11",
                                 "Encoder/loss_0", "loss_1"][:cards]  # fmt: skip
        assert max(map(len, screen(pilot).splitlines())) <= size[0]


async def test_below_60_columns_there_are_rows_and_a_word_about_it(tmp_path: Path) -> None:
    async with opened(layers(tmp_path), size=(59, 20)) as pilot:
        await pilot.press("g")
        assert pilot.app.query_one("#rows").has_focus
        assert "cards need 60 columns" in shown(pilot, "KeysLine")
        await pilot.resize_terminal(60, 20)
        assert pilot.app.query_one("#cards").has_focus
        await pilot.resize_terminal(59, 20)
        assert pilot.app.query_one("#rows").has_focus


async def test_labels_of_y_stand_beside_the_chart(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("g")
        accuracy = shown(pilot, "#cards").split(" Loss ─")[0].splitlines()[2:]
        labels = [found[1] for line in accuracy if (found := re.match(r" +([-0-9.]+)\b", line))]
        assert labels == ["0.6", "0.4", "0.2", "0", "-0.2"]


# Keys and mouse


async def test_the_cursor_walks_over_the_cards(tmp_path: Path) -> None:
    async with opened(layers(tmp_path), size=(80, 24)) as pilot:
        await pilot.press("g", "right", "down", "down", "enter")
        assert shown(pilot, "#chart").split()[0] == "Decoder/loss_11"
        await pilot.press("escape")
        assert pilot.app.query_one("#cards").has_focus
        await pilot.press("down", "enter")
        assert shown(pilot, "#chart").split()[0] == "Encoder/loss_1"
        await pilot.press("escape", "pagedown")
        assert titles(pilot)[-1] == "loss_13"
        await pilot.press("end", "down", "right", "enter")
        assert shown(pilot, "#chart").split()[:4] == ["Validation/loss_23", "24", "of", "24"]
        await pilot.press("escape", "home", "left", "up", "enter")
        assert shown(pilot, "#chart").split()[:4] == ["Decoder/loss_6", "1", "of", "24"]


async def test_rows_and_cards_have_their_cursors_on_the_same_tag(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("down", "down", "down", "g", "enter")
        assert shown(pilot, "#chart").split()[0] == "Loss/val"
        await pilot.press("up", "escape", "g", "enter")
        assert shown(pilot, "#chart").split()[0] == "Loss/train"


async def test_a_click_selects_a_card_and_another_one_opens_it(tmp_path: Path) -> None:
    async with opened(layers(tmp_path), size=(80, 24)) as pilot:
        await pilot.press("g")
        await pilot.click("#cards", offset=(60, 9))
        assert pilot.app.query_one("#cards").display
        await pilot.click("#cards", offset=(50, 12))
        assert shown(pilot, "#chart").split()[0] == "Decoder/loss_9"


async def test_a_click_on_a_heading_folds_its_group_and_space_does(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("g")
        lines = shown(pilot, "#cards").splitlines()
        await pilot.click("#cards", offset=(5, next(y for y, line in enumerate(lines) if line.startswith(" Loss ─"))))
        assert shown(pilot, "#cards").splitlines()[-1].startswith("▸Loss 2 tags ─")
        await pilot.press("down", "space")
        assert titles(pilot) == ["Accuracy", "train", "val"]
        await pilot.press("right", "space")
        assert titles(pilot) == ["Accuracy"]
        await pilot.press("enter", "enter")
        assert shown(pilot, "#chart").split()[0] == "Loss/train"


async def test_the_wheel_goes_through_the_cards(tmp_path: Path) -> None:
    async with opened(layers(tmp_path), size=(80, 24)) as pilot:
        await pilot.press("g")
        cards = pilot.app.query_one("#cards", ScalarCards)
        for _ in range(3):
            cards.post_message(wheel(events.MouseScrollDown, cards))
        await pilot.pause()
        assert titles(pilot)[0] == "Decoder/loss_8"
        for _ in range(3):
            cards.post_message(wheel(events.MouseScrollUp, cards))
        await pilot.pause()
        assert titles(pilot)[0] == "Decoder/loss_6"


def wheel(kind: type[events.MouseScrollDown | events.MouseScrollUp], widget: Widget) -> events.MouseEvent:
    """A turn of the wheel over a widget."""
    return kind(widget, 5, 5, 0, 0, 0, False, False, False)


async def test_pinned_cards_stand_under_a_heading(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("g", "down", "p", "p")
        assert titles(pilot) == ["Loss/train", "Loss/val", "Accuracy"]
        assert shown(pilot, "#cards").splitlines()[1].startswith(" Pinned ─")
        await pilot.press("home", "p")
        assert titles(pilot) == ["Loss/val", "Accuracy", "train"]


async def test_a_filter_narrows_the_cards(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("g", "slash", *"val")
        assert titles(pilot) == ["val"]
        await pilot.press("x")
        assert "no tag matches /valx" in shown(pilot, "#cards")


# The cursor, the mark and the zoom are those of all charts


async def test_the_cursor_is_read_out_in_every_title(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await focus_on_adam(pilot)
        await pilot.press("g", "full_stop", *["comma"] * 20)
        place = re.search(r"cursor at (\d+)", shown(pilot, "#cards").splitlines()[0])
        assert place is not None and 0 < int(place[1]) < 90
        step = int(place[1])
        assert card_of(pilot, "Accuracy").split()[2] == f"{step / 128:.4g}"
        assert card_of(pilot, "train").split()[2] == f"{loss(0, step):.4g}"
        await pilot.press("enter")
        assert f" {step} " in shown(pilot, "#chart")
        await pilot.press("escape", "escape")
        assert "cursor at" not in shown(pilot, "#cards")


async def test_escape_takes_the_cursor_away_and_no_more(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("g", "full_stop", "escape")
        assert "cursor at" not in shown(pilot, "#cards")
        await pilot.press("escape")
        assert pilot.app.query_one("#cards").has_focus


async def test_zooming_in_one_card_zooms_all(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("g", "plus")
        first = shown(pilot, "#cards").splitlines()[0]
        assert "step 0 to 99" not in first
        await pilot.press("down")
        assert shown(pilot, "#cards").splitlines()[0] == first
        await pilot.press("0")
        assert "step 0 to 99" in shown(pilot, "#cards")


# Groups on one chart


async def test_a_group_shares_a_card_with_g(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await focus_on_adam(pilot)
        await pilot.press("g", "G")
        title = card_of(pilot, "Loss")
        assert re.search(r"⠒+ train 0\.01562  ⠒+ +val 0\.5156", title), title
        assert "Accuracy" in shown(pilot, "#cards").splitlines()[1]
        await pilot.press("end", "p")
        assert "one by one" in shown(pilot, "KeysLine")
        await pilot.press("G")
        assert titles(pilot) == ["Accuracy", "train", "val"]


# What is drawn


async def test_only_cards_in_view_are_drawn_and_only_those_that_changed_again(
    tmp_path: Path, drawn: list[object]
) -> None:
    layers(tmp_path, tags=100)
    async with opened(tmp_path, size=(80, 24)) as pilot:
        await pilot.press("g")
        assert len(drawn) == len(titles(pilot)) == 6
        await pilot.press("right", "left", "full_stop", "comma")
        assert len(drawn) == 6
        tag = "Decoder/loss_25"
        builders.append(tmp_path / "lr_0.1" / builders.FILE_NAME, [scalar_event(tag, 40, -7.5)])
        await until(pilot, lambda: len(drawn) > 6)
        assert len(drawn) == 7


async def test_nan_is_marked_where_it_happens(tmp_path: Path) -> None:
    async with opened(training(tmp_path)) as pilot:
        await pilot.press("g")
        assert "×" in shown(pilot, "#cards")
        await pilot.press("tab", "home", "down", "space")
        assert "×" not in shown(pilot, "#cards")


async def test_a_tag_without_a_drawable_point_says_why(tmp_path: Path) -> None:
    events = [builders.event(builders.scalar("a", float("nan")), builders.scalar("b", -1.0), step=i) for i in range(5)]
    builders.write(tmp_path / builders.FILE_NAME, events)
    async with opened(tmp_path) as pilot:
        await pilot.press("g")
        assert "every value so far is NaN or infinite" in shown(pilot, "#cards")
        await pilot.press("y")
        assert "no value above 0" in shown(pilot, "#cards")


async def test_of_very_many_runs_the_best_are_drawn_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scalar_chart, "MOST_RUNS", 40)
    for run in range(60):
        builders.write(tmp_path / f"run_{run}" / builders.FILE_NAME, builders.points("loss", range(3)))
    async with opened(tmp_path) as pilot:
        await pilot.press("g")
        assert "the best 50 of 60 runs drawn" in shown(pilot, "#cards")
        await pilot.press("enter")
        chart = shown(pilot, "#chart")
        assert "the best 40 of 60 runs drawn" in chart
        assert "40 runs  x: step" in chart
        assert "more runs, and 20 runs not drawn" in chart
        await pilot.press("escape")
        await pilot.press("tab", "slash", *"run_[0-4]", "enter")
        assert "runs drawn" not in shown(pilot, "#cards")


def test_one_step_of_a_million_is_seen() -> None:
    values = np.zeros(1_000_000)
    values[600_000] = 1.0
    series = scalar_series(values)
    snapshot = of_runs("run")
    object.__setattr__(snapshot, "scalars", {series.key: series})
    shared = Shared()
    shared.runs.see(["run"])
    one = plot_of(snapshot, [series.key], Selection(), PlotCache())
    texts = CardTexts("", "loss", one.curves, (), None)
    strips = CardDrawing(shared).strips(one, texts, Selection(), DARK, CardSize(31, 6, 5), on_cursor=False)
    assert [strip.cell_length for strip in strips] == [31] * 6
    # The raw points are faint behind the smoothed curve, whose peak is lower.
    assert "".join(strip.text[19] for strip in strips[1:]) == "⢸⢸⢀⢸⣸"
    assert [strip.text[5:19].strip() + strip.text[20:].strip() for strip in strips[1:5]] == [""] * 4
