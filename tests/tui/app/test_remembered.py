"""What is remembered of a selection: every choice, through JSON and back."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.analysis.x_axis import XAxis
from tui.app.blob_steps import Place
from tui.app.choices import Aggregation, Density, Fit, Measure, RunOrder, Spread, Tab
from tui.app.remembered import FORMS, PASSING, applied, changes, first_selection, with_settings, written
from tui.app.selection import Filter, Selection
from tui.app.settings import Settings

# Names hold any bytes: those that are no UTF-8 are lone surrogates.
names = st.text(st.characters(exclude_categories=[]) | st.sampled_from("\udc80\udcff"), max_size=8).filter(
    lambda text: not any("\ud800" <= character <= "\udbff" for character in text)
)
NO_CHOICES = {
    "sort": [],
    "measure": "last",
    "at": "",
    "where": "",
    "differs": True,
    "put_away": [],
    "put_in": [],
    "order": [],
}
sets = st.frozensets(names, max_size=4)
lists = st.lists(names, max_size=4, unique=True).map(tuple)
selections = st.builds(
    Selection,
    density=st.sampled_from(Density),
    together=st.booleans(),
    hidden=sets,
    baseline=st.none() | names,
    aggregation=st.none() | st.builds(Aggregation, st.none() | names, st.sampled_from(Spread)),
    runs_filter=st.builds(Filter, names),
    tags_filter=st.builds(Filter, names),
    folded=sets,
    expanded=sets,
    folded_runs=sets,
    pinned_tags=lists,
    pinned_runs=lists,
    run_order=st.sampled_from(RunOrder),
    order_tag=st.none() | names,
    measure=st.sampled_from(Measure),
    table_order=st.none() | names,
    table_reversed=st.booleans(),
    axis=st.sampled_from(XAxis),
    fit=st.sampled_from(Fit),
    no_outliers=st.booleans(),
    smoothing=st.booleans(),
    weight=st.floats(0, 0.999),
    log_y=st.booleans(),
    superseded=st.booleans(),
    picture_grid=st.booleans(),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(selections, selections)
def test_through_json_and_back(before: Selection, after: Selection) -> None:
    stored = json.loads(json.dumps(written(changes(before, after))))
    assert applied(stored, before) == (after, [])


@given(selections)
def test_what_did_not_change_is_not_stored(selection: Selection) -> None:
    assert changes(selection, replace(selection)) == {}
    assert changes(selection, replace(selection, log_y=not selection.log_y)) == {"log_y": not selection.log_y}


def test_every_field_is_remembered_or_passing() -> None:
    assert FORMS.keys() | PASSING == {field.name for field in fields(Selection)}
    assert not FORMS.keys() & PASSING


def test_where_one_looks_just_now_is_not_remembered() -> None:
    looking = Selection(tab=Tab.HPARAMS, focused_run="a", tag="t", cursor=1.0, mark=2.0, zoom=(1.0, 2.0), step=Place(3))
    looking = looking.opening(Tab.IMAGES, "i")
    assert changes(Selection(), looking) == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("density", "circles"),
        ("density", 3),
        ("hidden", "run"),
        ("hidden", [1]),
        ("pinned_tags", {"a": 1}),
        ("baseline", 3),
        ("runs_filter", None),
        ("aggregation", "x"),
        ("aggregation", {"pattern": 3, "spread": "min to max"}),
        ("aggregation", {"pattern": None}),
        ("log_y", 1),
        ("weight", True),
        ("weight", 1.0),
        ("weight", -0.1),
        ("weight", float("nan")),
        ("weight", "0.6"),
        ("axis", []),
        ("hparams", {**NO_CHOICES, "ranges": [["lr", 0, 10**400]]}),
        ("hparams", {**NO_CHOICES, "ranges": [["lr", 0, float("nan")]]}),
        ("hparams", {**NO_CHOICES, "ranges": [["lr", 0]]}),
    ],
)
def test_a_value_of_another_form_leaves_the_field_as_it_was(name: str, value: object) -> None:
    stored = {name: value, "superseded": True, "unknown": 3}
    assert applied(stored, Selection()) == (Selection(superseded=True), [name])


@given(st.dictionaries(st.sampled_from([*FORMS]), json_values, max_size=4))
def test_any_json_gives_a_selection(stored: dict[str, object]) -> None:
    selection, wrong = applied(stored, Selection())
    assert json.loads(json.dumps(written(changes(Selection(), selection)))).keys() <= stored.keys() - set(wrong)


def test_names_that_stand_twice_count_once() -> None:
    assert applied({"pinned_runs": ["b", "a", "b"]}, Selection()) == (Selection(pinned_runs=("b", "a")), [])


def test_the_first_selection_is_what_the_settings_ask_for() -> None:
    settings = Settings(density=Density.CARDS, axis="wall", smoothing=0.9, log_y=True, no_outliers=True)
    asked = Selection(density=Density.CARDS, axis=XAxis.WALL, weight=0.9, log_y=True, no_outliers=True)
    assert first_selection(settings) == asked
    assert first_selection(Settings()) == Selection()


def test_no_smoothing_is_smoothing_off_so_that_its_key_turns_it_on() -> None:
    assert first_selection(Settings(smoothing=0)) == Selection(smoothing=False)


def test_only_the_settings_that_are_named_count() -> None:
    settings = Settings(density=Density.CARDS, log_y=True, theme="light")
    assert with_settings(Selection(), settings, frozenset(("log_y", "theme"))) == Selection(log_y=True)
    off = Selection(smoothing=False, weight=0.9)
    assert with_settings(off, Settings(), frozenset(("smoothing",))) == Selection()
