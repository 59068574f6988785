"""What is read first, and kept, by what the screen shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.tui.app.views import of_runs, run_summary
from tui.app.choices import Aggregation, Density, Measure, Tab
from tui.app.hparam_choices import HParamChoices
from tui.app.looked_at import looked_at
from tui.app.selection import Filter, Selection
from tui.ingest.wanted import Wanted

RUNS = [f"run{number:03}" for number in range(60)]
SNAPSHOT = of_runs(*RUNS, run_summary("newest", last_wall_time=2e9))
VISIBLE = ("newest", *RUNS)


def drawn(selection: Selection) -> tuple[str, ...]:
    return looked_at(SNAPSHOT, selection, [], ("run009", "run002")).drawn


def test_rows_draw_the_focused_run_and_the_baseline() -> None:
    assert looked_at(SNAPSHOT, Selection(), ["run005"], ()) == Wanted(("newest",), ("run005",))
    assert drawn(Selection(focused_run="run003", baseline="run001")) == ("run003", "run001")
    assert drawn(Selection(baseline="gone")) == ("newest",)
    assert drawn(Selection(tab=Tab.HPARAMS)) == ("newest",)


@pytest.mark.parametrize(
    "selection",
    [
        Selection(expanded=frozenset(("loss",))),
        Selection(density=Density.TABLE, measure=Measure.MEAN),
        Selection(aggregation=Aggregation()),
        Selection(tab=Tab.CUSTOM),
        Selection(tab=Tab.HPARAMS, hparams=HParamChoices(measure="at", at="loss")),
    ],
)
def test_what_draws_every_visible_run(selection: Selection) -> None:
    assert looked_at(SNAPSHOT, selection, [], ()) == Wanted(VISIBLE)
    hidden = replace(selection, hidden=frozenset(RUNS[1:]), focused_run=RUNS[0])
    assert looked_at(SNAPSHOT, hidden, [], ()) == Wanted((RUNS[0], "newest"), hidden=frozenset(RUNS[1:]))


def test_the_table_of_other_numbers_needs_no_points() -> None:
    assert drawn(Selection(density=Density.TABLE, measure=Measure.MIN)) == ("newest",)


def test_of_charts_those_runs_are_wanted_that_are_on_them() -> None:
    assert drawn(Selection(density=Density.CARDS, focused_run="run055")) == ("run055", "run002", "run009")
    assert drawn(Selection(tag="loss", hidden=frozenset(("run002",)))) == ("newest", "run009")


def test_a_chart_needs_its_tag_alone() -> None:
    assert looked_at(SNAPSHOT, Selection(tag="loss"), [], ()).tags == frozenset(("loss",))
    assert looked_at(SNAPSHOT, Selection(tag="loss", together=True), [], ()).tags is None


def test_what_the_filter_leaves_out_is_hidden() -> None:
    wanted = looked_at(SNAPSHOT, Selection(runs_filter=Filter("run00")), ["run001"], ())
    assert wanted.hidden == {"newest", *RUNS[10:]}
    places = [wanted.rank(run) for run in (wanted.drawn[0], "run001", "run002", "newest")]
    assert places == sorted(set(places))
