"""How the charts are set, in the line of tabs."""

from __future__ import annotations

from dataclasses import replace

from tui.analysis.x_axis import XAxis
from tui.app.blob_steps import Place
from tui.app.choices import Aggregation, Fit, Spread, Tab
from tui.app.selection import Selection
from tui.app.shown_settings import fitting_settings

CHANGED = Selection(
    axis=XAxis.WALL,
    smoothing=False,
    log_y=True,
    zoom=(0.0, 1.0),
    no_outliers=True,
    fit=Fit.PROGRESS,
    together=True,
    aggregation=Aggregation(spread=Spread.STD),
    baseline="experiments/of/the/last/week/lr_0.1",
    superseded=True,
)


def test_what_is_set_is_said_in_full_where_there_is_room() -> None:
    assert fitting_settings(Selection(), 80) == ["x step", "smooth .6", "linear"]
    assert fitting_settings(CHANGED, 200) == [
        "Δ …he/last/week/lr_0.1",
        "mean, ± std",
        "x wall",
        "fit progress",
        "raw",
        "log",
        "zoomed",
        "no outliers",
        "grouped",
        "+superseded",
    ]


def test_where_room_is_short_only_what_is_special_is_said() -> None:
    assert fitting_settings(Selection(), 20) == []
    assert fitting_settings(Selection(log_y=True, weight=0.9), 22) == ["smooth .9", "log"]
    assert fitting_settings(Selection(weight=0.9, superseded=True), 12) == ["smooth .9"]
    assert fitting_settings(CHANGED, 0) == []


def test_only_the_tabs_that_a_setting_is_for_show_it() -> None:
    assert fitting_settings(replace(CHANGED, tab=Tab.HISTOGRAMS), 200) == ["+superseded"]
    assert fitting_settings(replace(CHANGED, tab=Tab.TEXT), 200) == ["Δ …he/last/week/lr_0.1", "+superseded"]
    assert fitting_settings(replace(CHANGED, tab=Tab.HPARAMS), 200) == []


def test_lists_say_which_step_they_show_unless_it_is_the_newest() -> None:
    chosen = Selection(tab=Tab.AUDIO, step=Place(20, 1))
    assert fitting_settings(chosen, 80) == ["at step 20"]
    assert fitting_settings(chosen.opening(Tab.AUDIO, "a"), 80) == []
    assert fitting_settings(replace(chosen, tab=Tab.GRAPHS), 80) == []


def test_a_name_from_a_file_is_printable() -> None:
    assert fitting_settings(Selection(baseline="a\x1b[2J"), 80)[0] == r"Δ a\x1b[2J"
