"""The custom scalars tab: layouts merged and matched, cards and full charts of what they put together."""

from __future__ import annotations

import json
import math
import re
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tensorboard.context import RequestContext
from tensorboard.plugins.custom_scalar.custom_scalars_plugin import CustomScalarsPlugin
from tensorboard.plugins.scalar.scalars_plugin import ScalarsPlugin
from textual.pilot import Pilot

from logging_lib.tfevents.proto import layout_pb2
from logging_lib.tfevents.tensor import to_tensor_proto
from tests import builders
from tests.builders import WALL_TIME, scalar
from tests.logging_lib.tensorboard_plugins import plugin
from tests.tui.app.screens import opened, screen, shown, until
from tui.analysis.x_axis import XAxis
from tui.app import custom_charts
from tui.app.app import TbtuiApp
from tui.app.bands import margin_band
from tui.app.catalog import tag_labels
from tui.app.custom_charts import ChartContents, ChartList, Patterns, listed, merged
from tui.app.selection import Filter, Selection
from tui.app.time_box import time_box
from tui.app.widgets.custom_cards import CustomCards
from tui.app.widgets.custom_chart import CustomChart
from tui.model import SeriesKey
from tui.reader.payload import Category, Chart, Layout, Margin

EVENTS = "events.out.tfevents.1700000000.host.1.0"
TAG = "custom_scalars__config__"
STEPS = 50


def lines(title: str, *patterns: str) -> Chart:
    return Chart(title, patterns, ())


def margins(title: str, *tags: tuple[str, str, str]) -> Chart:
    return Chart(title, (), tuple(Margin(*three) for three in tags))


def category(title: str, *charts: Chart, closed: bool = False) -> Category:
    return Category(title, charts, closed)


def proto(*categories: Category) -> layout_pb2.Layout:
    """The layout as it is logged."""
    made = layout_pb2.Layout()
    for one in categories:
        into = made.category.add(title=one.title, closed=one.closed)
        for chart in one.charts:
            added = into.chart.add(title=chart.title)
            for margin in chart.margins:
                added.margin.series.add(value=margin.value, lower=margin.lower, upper=margin.upper)
            if chart.tags or not chart.margins:
                added.multiline.tag.extend(chart.tags)
    return made


def logged(*categories: Category) -> builders.Value:
    content = np.array(proto(*categories).SerializeToString(), object)
    return builders.tensor(TAG, to_tensor_proto(content), plugin="custom_scalars")


LOSSES = category("Losses", lines("both", "loss/.*"), lines("one of two", "loss/train", "nothing.*"))
ACCURACY = category("Accuracy", margins("band", ("acc", "acc/low", "acc/high")), lines("broken", "acc/("), closed=True)


def trained(logdir: Path, *categories: Category) -> Path:
    """Two runs with losses and an accuracy between bounds; one of them logged a layout."""
    for number, run in enumerate(("adam", "sgd")):
        items = [builders.version_event()]
        if run == "sgd":
            items.append(builders.event(logged(*(categories or (LOSSES, ACCURACY))), wall_time=WALL_TIME))
        for step in range(STEPS):
            loss, accuracy = (STEPS - step) / 64 + number, step / 64
            values = [scalar("loss/train", loss), scalar("loss/val", loss + 0.5), scalar("acc", accuracy)]
            values += [scalar("acc/low", accuracy - 0.25), scalar("acc/high", accuracy + 0.5)]
            items.append(builders.event(*values, step=step, wall_time=WALL_TIME + step))
        builders.write(logdir / run / EVENTS, items)
    return logdir


def selection(pilot: Pilot[None]) -> Selection:
    assert isinstance(pilot.app, TbtuiApp)
    return pilot.app.main.selection


def chart(pilot: Pilot[None]) -> CustomChart:
    return pilot.app.screen.query_one(CustomChart)


def cards(pilot: Pilot[None]) -> str:
    return shown(pilot, "#custom_cards")


async def open_cards(pilot: Pilot[None]) -> None:
    await pilot.press("2")
    await until(pilot, lambda: "Charts" in cards(pilot) and "reading" not in cards(pilot))


async def open_chart(pilot: Pilot[None], *keys: str) -> None:
    await open_cards(pilot)
    await pilot.press(*keys, "enter")
    await until(pilot, lambda: "reading" not in shown(pilot, "#custom_chart"))


# Layouts of several runs


def test_categories_of_several_layouts_are_one_and_equal_charts_too() -> None:
    a, b, c = lines("a", "x"), lines("b", "y"), margins("a", ("v", "l", "u"))
    one = Layout((category("first", a), category("second", b, closed=True)))
    other = Layout((category("third", c), category("first", a, c), category("second", b)))
    assert merged([one, other]) == Layout(
        (category("first", a, c), category("second", b, closed=True), category("third", c))
    )
    assert merged([]) == Layout(())


TITLES = st.sampled_from(["", "a", "b", "a/b"])
CHARTS = st.builds(lines, TITLES, st.sampled_from(["x", "y"])) | st.just(margins("m", ("v", "l", "u")))
CATEGORIES = st.lists(st.builds(category, TITLES, CHARTS, CHARTS), max_size=3, unique_by=lambda one: one.title)


@given(first=CATEGORIES, second=CATEGORIES)
def test_two_layouts_are_merged_as_tensorboard_does(
    tmp_path_factory: pytest.TempPathFactory, first: list[Category], second: list[Category]
) -> None:
    """Charts that are equal in one category of one layout are two there."""
    logdir = tmp_path_factory.mktemp("runs")
    for run, categories in (("a", first), ("b", second)):
        builders.write(logdir / run / EVENTS, [builders.version_event(), builders.event(logged(*categories))])
    shown_there = plugin(CustomScalarsPlugin, logdir, scalars=plugin(ScalarsPlugin, logdir))
    served = json.loads(shown_there.layout_impl(RequestContext(), "") or "{}")
    theirs = {
        one.get("title", ""): list(dict.fromkeys(json.dumps(made, sort_keys=True) for made in one.get("chart", [])))
        for one in served.get("category", [])
    }
    ours = merged([Layout(tuple(first)), Layout(tuple(second))]).categories
    assert [one.title for one in ours] == list(theirs)
    for one in ours:
        assert [made.title for made in one.charts] == [json.loads(text).get("title", "") for text in theirs[one.title]]


def test_charts_have_names_of_their_own() -> None:
    a, b = lines("b/c", "x"), lines("c", "y")
    found = listed(Layout((category("a", a, lines("b/c", "z")), category("a/b", b), category("", lines("", "x")))))
    assert list(found.charts) == ["a/b/c", "a/b/c (2)", "a/b/c (3)", "/"]
    assert found.charts["a/b/c (3)"] == b
    assert [group.title for group in found.groups] == ["a", "a/b", "(no name)"]
    assert found.groups[0].label("a/b/c (2)") == "b/c"
    assert found.groups[2].label("/") == "(no name)"
    found = listed(Layout((category("a", lines("b"), lines("b (2)"), lines("b", "x"), lines("b", "y")),)))
    assert list(found.charts) == ["a/b", "a/b (2)", "a/b (3)", "a/b (4)"]


def test_a_filter_lets_charts_through_by_their_names() -> None:
    found = listed(Layout((LOSSES, ACCURACY)))
    assert [group.tags for group in found.shown(Filter("band|both"))] == [("Losses/both",), ("Accuracy/band",)]
    assert found.shown(Filter("x")) == []


# Which series a chart has


def keys(*tags: str, runs: tuple[str, ...] = ("adam", "sgd")) -> dict[str, list[SeriesKey]]:
    return {tag: [SeriesKey(run, tag, "scalars") for run in runs] for tag in tags}


def content_of(made: Chart, known: dict[str, list[SeriesKey]]) -> custom_charts.ChartContent:
    return ChartContents().of("c", ChartList({"c": made}, ()), known)


def test_patterns_match_from_the_start_of_a_tag_on() -> None:
    known = keys("loss10", "loss2", "loss", "val/loss")
    found = content_of(lines("x", "val", "loss"), known)
    assert [key.tag for key in found.keys[::2]] == ["val/loss", "loss", "loss2", "loss10"]
    assert found.faults == ()
    assert [key.tag for key in content_of(lines("x", "loss$"), known).keys] == ["loss", "loss"]


@given(
    st.sampled_from(["loss", "loss.*", ".*", "val/loss$", "(loss|acc)", "l[o", "*", "(?i)LOSS", ""]),
    st.lists(st.sampled_from(["loss", "loss/train", "val/loss", "LOSS", "acc"]), unique=True, min_size=1),
)
def test_tags_are_those_that_tensorboard_serves(
    tmp_path_factory: pytest.TempPathFactory, pattern: str, tags: list[str]
) -> None:
    logdir = tmp_path_factory.mktemp("runs")
    items = [builders.version_event(), *(builders.scalar_event(tag, 1, 0.5) for tag in tags)]
    builders.write(logdir / "a" / EVENTS, items)
    shown_there = plugin(CustomScalarsPlugin, logdir, scalars=plugin(ScalarsPlugin, logdir))
    served = shown_there.scalars_impl(RequestContext(), "a", pattern, "")
    found = content_of(lines("x", pattern), keys(*tags, runs=("a",)))
    assert {key.tag for key in found.keys} == set(served["tag_to_events"])
    if not served["regex_valid"]:
        assert len(found.faults) == 1


def test_what_a_pattern_does_not_find_is_said() -> None:
    found = content_of(lines("x", "loss", "val/(.*)", "loss/(", "", "a{99999999999999}"), keys("loss"))
    assert len(found.keys) == 2
    assert found.faults[0] == "no visible run has a tag that matches 'val/(.*)'"
    assert found.faults[1].startswith("'loss/(' is no regular expression: missing )")
    assert found.faults[2] == "an empty pattern matches nothing"
    assert found.faults[3].startswith(
        "'a{99999999999999}' is no regular expression: the repetition number is too large"
    )
    assert content_of(lines("x"), keys("loss")).faults == ("this chart is for no tag at all",)


def test_margins_are_names_and_belong_to_their_run() -> None:
    known = keys("acc", "acc/high") | keys("acc/low", runs=("sgd",))
    found = content_of(margins("x", ("acc", "acc/low", "acc/high"), ("acc.*", "acc/low", "gone")), known)
    adam, sgd = known["acc"]
    assert found.keys == (adam, sgd)
    assert found.bounds == {sgd: (sgd._replace(tag="acc/low"), sgd._replace(tag="acc/high"))}
    assert found.faults == ("no visible run has 'acc.*'", "no visible run has 'gone'")


def test_a_pattern_that_takes_too_long_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custom_charts, "_LONGEST_MATCH", 0.02)
    monkeypatch.setattr(custom_charts, "_LONGEST_IN_ALL", 0.04)
    patterns, tags = Patterns(), ["a" * 60 + "b"]
    tried: list[float] = []

    def limited(seconds: float) -> AbstractContextManager[None]:
        tried.append(seconds)
        return time_box(seconds)

    monkeypatch.setattr(custom_charts, "time_box", limited)
    for endless in ("(a+)+$", "(a+)+$", "(a*)*$"):
        with pytest.raises(ValueError, match=r"takes too long to match"):
            patterns.matched(endless, tags)
    assert len(tried) == 2
    with pytest.raises(ValueError, match=r"'b' takes too long"):  # no time is left for others
        patterns.matched("b", tags)


def test_very_many_patterns_are_not_all_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custom_charts, "_LONGEST_IN_ALL", -1.0)
    found = content_of(lines("x", "loss", "val", "b"), keys("loss"))
    assert (found.keys, found.faults) == ((), ("3 patterns more would take too long to match",))


def test_contents_are_found_again_only_where_tags_or_charts_changed() -> None:
    contents, charts, known = ChartContents(), listed(Layout((LOSSES,))), keys("loss/train")
    found = contents.of("Losses/both", charts, known)
    assert contents.of("Losses/both", charts, known) is found
    assert contents.of("Losses/both", charts, keys("loss/train", "loss/val")) is not found


def test_tags_of_one_group_are_called_without_it() -> None:
    assert tag_labels(["loss/train", "loss/val"]) == {"loss/train": "train", "loss/val": "val"}
    assert tag_labels(["loss/val", "acc/val"]) == {"loss/val": "loss/val", "acc/val": "acc/val"}
    assert tag_labels(["lr", "loss/val"]) == {"lr": "lr", "loss/val": "loss/val"}


# Bands


def test_a_band_between_bounds_of_the_same_steps() -> None:
    steps = np.array([0, 1, 2])
    band = margin_band(steps, (steps, np.array([1.0, 2, math.nan])), (steps, np.array([3.0, 1, 4])))
    assert band.low[:2].tolist() == [1, 1]
    assert band.high[:2].tolist() == [3, 2]
    assert math.isnan(band.low[2])
    assert math.isnan(band.high[2])
    assert not band.interpolated
    assert len(band.drawn(steps.astype(float), 0)) == 1


def test_a_band_between_bounds_of_other_steps() -> None:
    band = margin_band(
        np.array([0, 2, 4, 6]), (np.array([4, 0]), np.array([4.0, 0])), (np.array([2, 4, 6]), np.array([8.0, 8, 8]))
    )
    assert band.interpolated
    assert band.low[1:3].tolist() == [2, 4]
    assert np.isnan(band.low).tolist() == [True, False, False, True]


# Cards


async def test_charts_stand_under_their_categories(tmp_path: Path) -> None:
    async with opened(trained(tmp_path)) as pilot:
        await open_cards(pilot)
        text = cards(pilot)
        assert text.splitlines()[0].split()[:2] == ["Charts", "4"]
        assert "▸Accuracy 2 charts" in text  # closed by its writer
        assert "train 0.01562" in text
        assert "val 0.5156" in text
        assert text.count(" !") == 1  # of the chart that has one of its two
        assert not selection(pilot).folded


async def test_a_closed_category_opens_and_an_open_one_closes(tmp_path: Path) -> None:
    async with opened(trained(tmp_path)) as pilot:
        await open_cards(pilot)
        await pilot.press("end", "enter")
        await until(pilot, lambda: "band" in cards(pilot))
        assert "▸" not in cards(pilot)
        assert "'acc/(' is no regular expression: missing )" in " ".join(cards(pilot).split())
        await pilot.press("home", "space")
        await until(pilot, lambda: "▸Losses 2 charts" in cards(pilot))


async def test_the_filter_and_what_it_leaves(tmp_path: Path) -> None:
    async with opened(trained(tmp_path)) as pilot:
        await open_cards(pilot)
        await pilot.press("slash", *"both", "enter")
        await until(pilot, lambda: cards(pilot).splitlines()[0].split()[:2] == ["Charts", "1/4"])
        assert "Accuracy" not in cards(pilot)
        await pilot.press("slash", *"xyz", "enter")
        await until(pilot, lambda: "no chart matches /bothxyz" in cards(pilot))


async def test_charts_cannot_be_pinned(tmp_path: Path) -> None:
    async with opened(trained(tmp_path)) as pilot:
        await open_cards(pilot)
        await pilot.press("p")
        assert "charts of a layout cannot be pinned" in shown(pilot, "KeysLine")


async def test_a_layout_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    wrong = builders.tensor(TAG, to_tensor_proto(np.zeros(3, np.float32)), plugin="custom_scalars")
    builders.write(tmp_path / "a" / EVENTS, [builders.version_event(), builders.event(wrong)])
    async with opened(tmp_path) as pilot:
        await open_cards(pilot)
        await until(pilot, lambda: "tensor of float32, not of strings" in " ".join(cards(pilot).split()))
        assert "1 layout unreadable" in cards(pilot)
        assert "no layout that was logged has a chart" in cards(pilot)


async def test_a_layout_of_a_hidden_run_counts(tmp_path: Path) -> None:
    async with opened(trained(tmp_path)) as pilot:
        await open_cards(pilot)
        await pilot.press("tab", "end", "space", "tab")
        assert selection(pilot).hidden == {"sgd"}
        assert "train 0.01562" in cards(pilot)


async def test_the_line_pattern_of_a_tag_does_not_depend_on_the_focus(tmp_path: Path) -> None:
    trained(tmp_path)
    more = [builders.event(scalar("loss/extra", step / 8), step=step, wall_time=WALL_TIME + step) for step in (0, 1)]
    builders.append(tmp_path / "sgd" / EVENTS, more)
    async with opened(tmp_path) as pilot:
        await open_cards(pilot)
        for keys_pressed in ([], ["tab", "home", "tab"], ["tab", "end", "tab"]):
            await pilot.press(*keys_pressed)
            page = pilot.app.screen.query_one(CustomCards)
            assert page.chart_plot().tags == ["loss/extra", "loss/train", "loss/val"]
        assert [curve.run for curve in page.chart_plot().curves] == ["sgd", "adam", "sgd", "adam", "sgd"]


async def test_many_curves_are_not_all_drawn_on_a_card(tmp_path: Path) -> None:
    values = [scalar(f"loss/{number}", number / 2) for number in range(80)]
    items = [builders.version_event(), builders.event(logged(LOSSES)), builders.event(*values, step=1)]
    builders.write(tmp_path / "a" / EVENTS, items)
    async with opened(tmp_path) as pilot:
        await open_cards(pilot)
        assert len(pilot.app.screen.query_one(CustomCards).chart_plot().curves) == 60
        await pilot.press("enter")
        await pilot.pause()
        assert len(chart(pilot).chart_plot().curves) == 80


# The full chart


async def test_enter_opens_the_chart_and_escape_leaves_it(tmp_path: Path) -> None:
    async with opened(trained(tmp_path), size=(120, 36)) as pilot:
        await open_chart(pilot)
        text = shown(pilot, "#custom_chart")
        assert text.splitlines()[0].split()[:5] == ["Losses/both", "1", "of", "4", "2"]
        rows = [[word for word in line.split() if word.isalpha()] for line in text.splitlines()[-4:]]
        assert rows == [["adam", "train"], ["sgd", "train"], ["adam", "val"], ["sgd", "val"]]
        await pilot.press("down")
        await until(pilot, lambda: "Losses/one of two" in shown(pilot, "#custom_chart"))
        await pilot.press("escape")
        await until(pilot, lambda: selection(pilot).opened == ())
        assert pilot.app.screen.query_one(CustomCards).tag_here == "Losses/one of two"


async def test_faults_stand_below_the_title(tmp_path: Path) -> None:
    async with opened(trained(tmp_path), size=(120, 36)) as pilot:
        await open_chart(pilot, "right")
        lines_shown = shown(pilot, "#custom_chart").splitlines()
        assert lines_shown[1].strip() == "no visible run has a tag that matches 'nothing.*'"
        assert "┤" in "".join(lines_shown[2:])
        # The mouse finds the chart where it is.
        area = chart(pilot).chart_area()
        await pilot.click("#custom_chart", offset=(area.left + area.width - 1, area.top))
        assert selection(pilot).cursor == pytest.approx(STEPS - 1, abs=0.5)


async def test_a_chart_without_anything(tmp_path: Path) -> None:
    async with opened(trained(tmp_path, category("c", lines("x", "gone", "(")))) as pilot:
        await open_chart(pilot)
        text = shown(pilot, "#custom_chart").splitlines()
        assert text[1].strip() == "no visible run has a tag that matches 'gone'"
        assert text[2].strip().startswith("'(' is no regular expression")
        assert "".join(text[3:]).strip() == ""
        await pilot.press("plus", "full_stop", "c")
        assert "nothing to copy here" in shown(pilot, "KeysLine")


async def test_many_faults_leave_room_for_the_chart(tmp_path: Path) -> None:
    patterns = ["loss/train", *(f"gone{number}" for number in range(50))]
    async with opened(trained(tmp_path, category("c", lines("x", *patterns))), size=(80, 24)) as pilot:
        await open_chart(pilot)
        text = shown(pilot, "#custom_chart")
        assert re.search(r"and 4\d more faults in this chart", text)
        assert "┤" in text


async def test_the_keys_of_the_scalar_chart(tmp_path: Path) -> None:
    async with opened(trained(tmp_path), size=(120, 36)) as pilot:
        await open_chart(pilot)
        await pilot.press("right", "m", "left", "left", "plus", "x", "s", "y")
        s = selection(pilot)
        assert (s.axis, s.smoothing, s.log_y) == (XAxis.RELATIVE, False, True)
        assert "x: relative" in shown(pilot, "#custom_chart")
        await pilot.press("right", "e")
        await until(pilot, lambda: "200 points to tbtui-loss.csv" in shown(pilot, "KeysLine"))
        await pilot.press("escape")
        assert (selection(pilot).cursor, bool(selection(pilot).opened)) == (None, True)


async def test_a_margin_chart_has_a_band(tmp_path: Path) -> None:
    async with opened(trained(tmp_path), size=(160, 45)) as pilot:
        await open_cards(pilot)
        await pilot.press("end", "enter")
        await until(pilot, lambda: "band" in cards(pilot))
        await pilot.press("s")
        await open_chart(pilot)
        head, adam = shown(pilot, "#custom_chart").splitlines()[-3:-1]
        assert head.split()[:4] == ["run", "value", "band", "step"]
        assert adam.split()[1:7] == ["adam", "0.7656", "0.5156", "…", "1.266", "49"]
        (one, other) = chart(pilot).chart_plot().curves
        assert one.band is not None
        assert one.band.low.tolist() == [step / 64 - 0.25 for step in range(STEPS)]
        plot = chart(pilot).chart_plot()
        await pilot.press("right")
        assert chart(pilot).chart_plot() is plot  # nothing is computed again for the cursor
        assert other.run == "sgd"


async def test_groups_of_runs_are_drawn_as_their_mean(tmp_path: Path) -> None:
    async with opened(trained(tmp_path), size=(120, 36)) as pilot:
        await open_chart(pilot)
        await pilot.press("s", "A", "ctrl+u", "d", "enter")
        await until(pilot, lambda: "mean of up to 2 runs" in shown(pilot, "#custom_chart"))
        rows = shown(pilot, "#custom_chart").splitlines()[-2:]
        assert [re.findall(r"(train|val) +([0-9.]+)", row) for row in rows] == [
            [("train", "0.5156")],
            [("val", "1.016")],
        ]
        await pilot.press("escape")
        await until(pilot, lambda: "train 0.5156" in cards(pilot))


async def test_the_settings_of_charts_are_shown(tmp_path: Path) -> None:
    async with opened(trained(tmp_path)) as pilot:
        await open_cards(pilot)
        await pilot.press("x", "y")
        assert shown(pilot, "TabBar").split()[-6:-2] == ["relative", "smooth", ".6", "log"]


async def test_bounds_of_other_steps_are_said(tmp_path: Path) -> None:
    layout = logged(category("c", margins("band", ("v", "l", "u"))))
    items = [builders.version_event(), builders.event(layout)]
    for step in range(0, 40, 2):
        values = [scalar("v", step / 2)] + ([scalar("l", 0.0), scalar("u", 40.0)] if step % 4 == 0 else [])
        items.append(builders.event(*values, step=step, wall_time=WALL_TIME + step))
    builders.write(tmp_path / "a" / EVENTS, items)
    async with opened(tmp_path) as pilot:
        await open_chart(pilot)
        assert "bounds interpolated" in shown(pilot, "#custom_chart")


async def test_points_and_layouts_come_in(tmp_path: Path) -> None:
    async with opened(trained(tmp_path), size=(120, 36)) as pilot:
        await open_chart(pilot, "right")
        more = builders.event(scalar("nothing/here", 1.0), step=60, wall_time=WALL_TIME + 60)
        builders.append(tmp_path / "adam" / EVENTS, [more])
        await until(pilot, lambda: "no visible run" not in shown(pilot, "#custom_chart"))
        assert "nothing/here" in shown(pilot, "#custom_chart")
        builders.append(tmp_path / "sgd" / EVENTS, [builders.event(logged(ACCURACY), step=1, wall_time=WALL_TIME + 60)])
        await until(pilot, lambda: "the layouts have no such chart any more" in shown(pilot, "#custom_chart"))
        await pilot.press("escape")
        await until(pilot, lambda: cards(pilot).splitlines()[0].split()[:2] == ["Charts", "2"])


@pytest.mark.parametrize("size", [(40, 10), (60, 16), (300, 100)])
async def test_any_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(trained(tmp_path), size=size) as pilot:
        await open_cards(pilot)
        assert "both" in cards(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "Losses/both" in shown(pilot, "#custom_chart"))
        assert max(map(len, shown(pilot, "#custom_chart").splitlines())) <= size[0]


async def test_titles_from_files_are_shown_escaped(tmp_path: Path) -> None:
    made = category("c\x1b[31m", lines("t\x1b[32m", "loss", "\x1b[33m"))
    async with opened(trained(tmp_path, made)) as pilot:
        await open_cards(pilot)
        assert "\x1b" not in screen(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "c\\x1b[31m/t\\x1b[32m" in shown(pilot, "#custom_chart"))
        assert "\x1b" not in screen(pilot)
