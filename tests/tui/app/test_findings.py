"""Findings as the screen looks them up, what is rung for, and the list of problems: without an app."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from logging_lib.tfevents.hparams import SessionStart
from tests.builders import WALL_TIME
from tests.tui.app.views import of_runs, run_summary, scalar_series
from tui.analysis.health import Finding, Severity
from tui.analysis.progress import Progress
from tui.analysis.run_state import RunState
from tui.analysis.x_axis import XAxis
from tui.app.alerts import Alerts, as_one
from tui.app.chart_findings import ChartFindings, flags
from tui.app.choices import Fit, Tab
from tui.app.findings import Findings, identity
from tui.app.health_watch import Judged, live_progress, until_change
from tui.app.jumps import shown_at
from tui.app.output.notification import BELL, notification
from tui.app.plot import PlotCache, plot_of
from tui.app.problem_list import ProblemColumns, problem_rows, step_text
from tui.app.progress_text import left_text, progress_parts
from tui.app.selection import Filter, Selection
from tui.app.theme import DARK
from tui.model import Problem
from tui.render.chart import Flag

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


def finding(rule: str = "nan-inf", run: str = "a", tag: str = "loss", step: int | None = 3, **more: object) -> Finding:
    severity = {"nan-inf": ERROR, "damaged": ERROR, "plateau": NOTE, "step-back": NOTE}.get(rule, WARNING)
    return Finding(rule, run, tag, step, WALL_TIME, f"why {rule}", severity, **more)  # type: ignore[arg-type]


NAN, SPIKE, PLATEAU = finding(), finding("spike", "b", step=5), finding("plateau", "b")
STALLED, DAMAGED = finding("stalled", "b", "", 9), finding("damaged", "c", "", None)


def test_notes_and_what_is_dismissed_are_listed_but_not_marked() -> None:
    every = (NAN, SPIKE, PLATEAU)
    assert Findings(every).marked == (NAN, SPIKE)
    dismissed = Findings(every, frozenset([identity(NAN)]))
    assert dismissed.every == every and dismissed.marked == (SPIKE,)


def test_the_worst_of_a_tag_in_the_runs_that_are_shown() -> None:
    found = Findings((NAN, SPIKE._replace(others=("other",)), STALLED))
    assert found.of_tag("loss", {"a", "b"}) is ERROR
    assert found.of_tag("loss", {"b", "c"}) is WARNING
    assert found.of_tag("other", {"b"}) is WARNING
    assert found.of_tag("loss", {"c"}) is found.of_tag("none", {"a"}) is None
    assert Findings((NAN, SPIKE, STALLED)).of_series == {("a", "loss"): [NAN], ("b", "loss"): [SPIKE]}


def test_a_run_bears_no_mark_for_what_its_state_says() -> None:
    found = Findings((NAN, STALLED))
    assert found.of_runs(["a"], RunState.NAN) is found.of_runs(["b"], RunState.STALLED) is None
    assert found.of_runs(["a"], RunState.LIVE) is found.of_runs(["b", "a"], RunState.STALLED) is ERROR
    assert Findings((NAN, SPIKE)).of_runs(["b"], RunState.NAN) is WARNING


def test_damaged_records_count_one_by_one_instead_of_their_finding() -> None:
    damage = (Problem("c/events", 8, "bad"), Problem("c/events", 99, "more", 4), Problem("lost", None, "gone"))
    runs = of_runs("a", "b", "c").runs
    assert Findings((NAN, SPIKE, PLATEAU, DAMAGED)).problems(damage, runs) == (8, ERROR)
    assert Findings((SPIKE,)).problems((), runs) == (1, WARNING)
    assert Findings((PLATEAU,)).problems((), runs)[0] == 0
    assert Findings((DAMAGED,), frozenset([identity(DAMAGED)])).problems(damage, runs) == (1, ERROR)


# What is rung for


def judged(*findings: Finding, **more: object) -> Judged:
    return Judged(findings, histograms=True, **more)  # type: ignore[arg-type]


def test_what_was_there_at_the_start_is_no_news_and_all_else_is_told_once() -> None:
    alerts = Alerts()
    assert alerts.news(replace(judged(NAN), histograms=False)) == []
    assert alerts.news(judged(NAN)) == []
    assert alerts.news(judged(NAN, SPIKE, PLATEAU)) == ["b: loss: why spike"]
    assert alerts.news(judged(NAN._replace(text="longer"), SPIKE)) == []
    assert alerts.news(judged(SPIKE)) == alerts.news(judged(NAN, SPIKE)) == []
    worst_first = ["\\x1b: loss: why nan-inf", "d: why stalled"]
    assert alerts.news(judged(finding("stalled", "d", "", 9), finding(run="\x1b"))) == worst_first


def test_only_the_end_of_a_run_that_was_seen_live_is_news() -> None:
    alerts, a, b = Alerts(), frozenset("a"), frozenset("b")
    assert alerts.news(judged(live=a, over=b)) == []
    assert alerts.news(judged(over=a | b)) == ["a has ended"]
    assert alerts.news(judged(over=a | b)) == []
    alerts.news(judged(live=a, over=b))
    assert alerts.news(judged(over=a | b)) == ["a has ended"]


def test_several_news_are_one_line_of_a_bounded_length() -> None:
    assert as_one(["a has ended"]) == "tbtui: a has ended"
    assert as_one(["a: NaN", "b: NaN", "c: NaN"]) == "tbtui: a: NaN (and 2 more)"
    long = as_one(["x" * 500, "y"])
    assert len(long) == 200 and long.endswith("… (and 1 more)")


def test_the_bytes_of_a_notification() -> None:
    assert BELL == "\x07"
    assert notification("tbtui: a has ended", in_tmux=False) == "\x1b]9;tbtui: a has ended\x07"
    assert notification("a\x1b\\\x07b", in_tmux=False) == "\x1b]9;a\\x1b\\\\x07b\x07"
    assert notification("done", in_tmux=True) == "\x1bPtmux;\x1b\x1b]9;done\x07\x1b\\"


# The list


def test_the_worst_stands_first_and_what_is_dismissed_last() -> None:
    snapshot = replace(of_runs("a", "b", "c"), problems=(Problem("c/events", 8, "bad"), Problem("lost", None, "gone")))
    late = finding(run="b")
    found = Findings((PLATEAU, SPIKE, late, NAN, DAMAGED), frozenset([identity(NAN)]))
    rows = problem_rows(found, snapshot, list(snapshot.runs), Filter())
    assert [(row.rule, row.run, row.dismissed) for row in rows] == [
        ("nan-inf", "b", False),
        ("damaged", "c", False),
        ("damaged", None, False),
        ("spike", "b", False),
        ("plateau", "b", False),
        ("nan-inf", "a", True),
    ]
    assert [(row.text, row.place) for row in rows[1:4]] == [
        ("at byte 8: bad", "c/events"),
        ("gone", "lost"),
        ("why spike", "b  loss  step 5"),
    ]
    assert [row.rule for row in problem_rows(found, snapshot, ["a"], Filter())] == ["damaged", "nan-inf"]
    assert [row.rule for row in problem_rows(found, snapshot, "abc", Filter("why s"))] == ["spike"]


@pytest.mark.parametrize("cells", [20, 30, 36, 40, 60, 79, 100, 127, 300])
def test_columns_fill_the_pane_and_no_more(cells: int) -> None:
    snapshot = of_runs("a", "b")
    rows = problem_rows(Findings((NAN, SPIKE._replace(tag="a/long/" * 9))), snapshot, "ab", Filter())
    of = ProblemColumns.fitting(cells, rows, 30)
    used = 5 + sum(of_one + 2 for of_one in (of.tag, of.step, of.rule, of.text) if of_one) + of.run
    assert used == cells - 1 if cells >= 30 else used <= cells
    assert bool(of.text) == (cells >= 60) and bool(of.rule) == (cells >= 30)
    assert (of.tag, of.step) == ((32, 1) if cells >= 100 else (of.tag, of.step))


def test_a_step_of_very_many_digits_is_rounded() -> None:
    assert (step_text(None), step_text(123456789), step_text(2**62)) == ("", "123456789", "4.612e+18")


# Where a finding leads, and where it is marked

SERIES = scalar_series([4, 3, 2, 1, 2, 9], steps=[0, 10, 20, 30, 40, 50], wall_times=[100, 101, 102, 103, 104, 110])
AT = finding("spike", "run", "loss", 40)
SHOWN = replace(of_runs("run"), scalars={SERIES.key: SERIES})


@pytest.mark.parametrize(
    ("selection", "x"),
    [
        (Selection(), 40.0),
        (Selection(axis=XAxis.RELATIVE), 4.0),
        (Selection(axis=XAxis.WALL), 104.0),
        (Selection(fit=Fit.PROGRESS), 0.8),
    ],
)
def test_the_cursor_goes_to_the_step_on_any_axis(selection: Selection, x: float) -> None:
    jumped = shown_at(AT, SHOWN, replace(selection, tab=Tab.PROBLEMS, hidden=frozenset(["run", "b"])))
    assert jumped is not None and jumped.cursor == pytest.approx(x)
    assert (jumped.tab, jumped.tag, jumped.focused_run) == (Tab.SCALARS, "loss", "run")
    assert (jumped.hidden, jumped.back_to) == ({"b"}, Tab.PROBLEMS)


def test_a_zoom_that_would_hide_the_step_goes() -> None:
    zooms = {(0.0, 10.0): None, (30.0, math.inf): (30.0, math.inf)}
    for zoom, left in zooms.items():
        jumped = shown_at(AT, SHOWN, Selection(zoom=zoom))
        assert jumped is not None and jumped.zoom == left


def test_nothing_leads_to_a_tag_that_is_no_more() -> None:
    assert shown_at(AT._replace(tag="gone"), SHOWN, Selection()) is None
    assert shown_at(STALLED, SHOWN, Selection()) is None


def test_marks_of_a_chart_are_at_the_steps_of_its_own_findings() -> None:
    plot = plot_of(SHOWN, [SERIES.key], Selection(), PlotCache())
    nan = finding("nan-inf", "run", "loss", 12)  # of a point that is no more: at the nearest
    findings = Findings((AT, nan, finding("spike", "other"), finding("stalled", "run", "", 3)))
    known = ChartFindings()
    found = known.of(plot, findings)
    assert [(one.x, one.finding) for one in found] == [(10.0, nan), (40.0, AT)]
    assert known.of(plot, findings) is found
    assert flags(found) == (Flag(40.0, "!", severe=False), Flag(10.0, "✗", severe=True))


# How long still


def test_progress_is_as_long_as_there_is_room() -> None:
    progress = Progress(100, 1234.0, 500, 2300.0)

    def text(cells: int, of: Progress | None = progress) -> str:
        return "".join(part for part, _ in progress_parts(of, cells, DARK))

    assert text(40) == text(25) == "  1.2k steps/s  38m left "
    assert (text(24), text(12), text(10)) == ("  1.2k/s  38m left ", "  38m left ", "")
    assert text(40, progress._replace(seconds_left=None)) == "  1.2k steps/s "
    assert text(40, None) == "" == left_text(None)
    assert left_text(progress) == "38m left"


def test_only_live_runs_make_progress() -> None:
    series = scalar_series(range(10), run="a")
    start = SessionStart({"max_steps": 109})
    runs = of_runs(replace(run_summary("a"), start=start), "b").runs
    (progress,) = live_progress({"a": [series], "b": []}, runs, WALL_TIME + 9, None).values()
    assert progress == Progress(9, 1.0, 109, 100.0)
    assert live_progress({"a": [series]}, runs, WALL_TIME + 9, 19)["a"].seconds_left == 10.0
    assert live_progress({}, runs, WALL_TIME, None) == {}


def test_silence_changes_a_state_after_a_known_time() -> None:
    runs = [run_summary("a"), run_summary("b", last_wall_time=WALL_TIME - 20), run_summary("c", last_wall_time=None)]
    assert until_change(runs, WALL_TIME + 5) == pytest.approx(35.0, abs=0.1)
    assert until_change(runs[2:], WALL_TIME) == 3600.0
