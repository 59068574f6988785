"""HealthCheck: what is judged again, how findings are put together, and the rules about files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from logging_lib.tfevents.hparams import SessionEnd, SessionStart
from tests.builders import WALL_TIME
from tests.tui.analysis.health.curves import LONG_AFTER, decay, fired, judged, noisy, series, snapshot
from tests.tui.app.views import run_summary
from tui.analysis.health import RULES, HealthCheck, Thresholds, check, courses
from tui.model import Problem
from tui.store.news import NO_NEWS
from tui.store.snapshot import ScalarSeries, StoreSnapshot

DOCUMENT = Path(__file__).parents[4] / "docs" / "health.md"
SPIKED = np.where(np.arange(500) == 300, 9.0, noisy(decay(500), 1))


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The tags whose courses are judged, in order."""
    tags: list[str] = []

    def course_of(one: ScalarSeries, limits: Thresholds, *, in_contest: bool) -> courses.Course:
        tags.append(one.key.tag)
        return courses.course_of(one, limits, in_contest=in_contest)

    monkeypatch.setattr(check, "course_of", course_of)
    yield tags


def test_only_what_has_changed_is_judged_again(counted: list[str]) -> None:
    health, first = HealthCheck(), snapshot(series(SPIKED, "a/loss"), series(SPIKED, "b/loss"))
    found = health.findings(first, LONG_AFTER)
    assert [(one.rule, one.others) for one in found] == [("spike", ("b/loss",))]
    assert health.findings(first, LONG_AFTER) == found
    assert counted == ["a/loss", "b/loss"]
    grown = series(np.concatenate([SPIKED, SPIKED]), "b/loss", version=4)
    second = replace(first, scalars={**first.scalars, grown.key: grown})
    assert [(one.tag, one.step) for one in health.findings(second, LONG_AFTER)] == [("a/loss", 300)]
    assert counted == ["a/loss", "b/loss", "b/loss"]


def test_by_its_news_a_snapshot_is_judged_as_by_a_look_at_all_of_it(counted: list[str]) -> None:
    curves = {
        f"{run}/{tag}": noisy(decay(60), number)
        for number, run in enumerate("abc")
        for tag in ("train/loss", "val/loss")
    }
    every = {name: series(values, name.partition("/")[2], run=name[0]) for name, values in curves.items()}
    whole, news, health = snapshot(*every.values()), NO_NEWS, HealthCheck()
    news = news.next(list(whole.scalars), same_keys=False)
    shown = replace(whole, news=news)
    assert health.findings(shown, LONG_AFTER) == HealthCheck().findings(whole, LONG_AFTER) == ()
    for version, (name, values) in enumerate((("a/train/loss", SPIKED), ("c/val/loss", decay(60)[::-1] + 1)), start=2):
        newer = series(values, name.partition("/")[2], run=name[0], version=2 * version)
        news = news.next([newer.key], same_keys=True)
        shown = replace(shown, scalars={**shown.scalars, newer.key: newer}, news=news)
        counted.clear()
        found = health.findings(shown, LONG_AFTER)
        assert counted == [newer.key.tag]
        assert found == HealthCheck().findings(replace(shown, news=NO_NEWS), LONG_AFTER) != ()
    fewer = {key: one for key, one in shown.scalars.items() if key.run != "a"}
    runs = {name: run for name, run in shown.runs.items() if name != "a"}
    lost = replace(shown, runs=runs, scalars=fewer, news=news.next(set(shown.scalars) - set(fewer), same_keys=False))
    assert {one.run for one in health.findings(lost, LONG_AFTER)} == {"c"}


def test_a_long_curve_is_judged_again_when_it_has_grown_by_much(counted: list[str]) -> None:
    values = noisy(decay(100_000), 1)
    health = HealthCheck()
    for version, count in enumerate((90_000, 90_100, 90_300, 90_400), start=1):
        health.findings(snapshot(series(values[:count], version=2 * version)), LONG_AFTER)
    assert counted == ["train/loss"] * 2
    values[90_450] = np.nan
    assert [found.rule for found in health.findings(snapshot(series(values[:90_500], version=20)), LONG_AFTER)] == [
        "nan-inf"
    ]
    assert counted == ["train/loss"] * 2


def test_what_is_gone_is_forgotten_and_what_comes_again_is_judged_anew() -> None:
    health = HealthCheck()
    ill, well = series(SPIKED, "loss"), series(noisy(decay(500), 1), "loss", version=4)
    assert len(health.findings(snapshot(ill), LONG_AFTER)) == 1
    assert health.findings(snapshot(), LONG_AFTER) == ()
    assert health.findings(snapshot(well), LONG_AFTER) == ()


def test_a_pair_is_judged_again_when_either_side_grows() -> None:
    epochs = np.arange(40.0)
    rises = np.where(epochs < 12, 1.0 - epochs / 20, 0.45 + (epochs - 12) / 40)
    health, train = HealthCheck(), decay(40, end=0.01, rate=3)
    early = [series(train[:12]), series(rises[:12], "val/loss")]
    assert health.findings(snapshot(*early), LONG_AFTER) == ()
    late = [series(train, version=4), series(rises, "val/loss", version=4)]
    assert [found.rule for found in health.findings(snapshot(*late), LONG_AFTER)] == ["overfitting"]


def test_rewards_that_come_later_change_how_losses_are_judged() -> None:
    health, ill = HealthCheck(), series(SPIKED, "loss")
    assert len(health.findings(snapshot(ill), LONG_AFTER)) == 1
    assert health.findings(snapshot(ill, series([1.0], "ep_rew_mean")), LONG_AFTER) == ()


def test_findings_stand_by_run_and_in_the_order_of_the_rules() -> None:
    broken = SPIKED.copy()
    broken[400] = np.nan
    steps = [*range(400), *range(300, 400)]
    every = [series(SPIKED, run="b"), series(broken, run="a"), series(SPIKED, run="a", tag="x", steps=steps)]
    assert [(found.run, found.rule) for found in judged(*every)] == [
        ("a", "nan-inf"),
        ("a", "spike"),
        ("a", "step-back"),
        ("b", "spike"),
    ]
    only = HealthCheck(["step-back", "divergence"]).findings(snapshot(*every), LONG_AFTER)
    assert [found.rule for found in only] == ["step-back"]


def test_the_document_has_every_rule_and_threshold() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    described = re.findall(r"^\| `([\w-]+)` \| (error|warning|note) \| .+ \|$", text, re.MULTILINE)
    assert described == [(rule.name, rule.severity.value) for rule in RULES.values()]
    counted = re.findall(r"^\| ([\w-]+) \| \d+ \| \d+ \|$", text, re.MULTILINE)
    assert counted == list(RULES)
    told = re.findall(r"^\| `(\w+)` \| ([\d.e-]+) \| .+ \|$", text, re.MULTILINE)
    assert told == [(field.name, str(field.default)) for field in fields(Thresholds)]


# What files tell


def silent(**changes: object) -> StoreSnapshot:
    run = replace(run_summary("a", last_wall_time=WALL_TIME), last_step=70, interval=2.0, **changes)  # type: ignore[arg-type]
    return snapshot(series(np.arange(10.0), "x", "a"), runs=[run])


def test_a_run_that_falls_silent() -> None:
    health = HealthCheck()
    assert health.findings(silent(), WALL_TIME + 59) == ()
    (found,) = health.findings(silent(), WALL_TIME + 840)
    assert (found.rule, found.run, found.tag, found.step) == ("stalled", "a", "", 70)
    assert (found.wall_time, found.text) == (WALL_TIME, "silent for 14 min, an event came every 2 s")
    assert health.findings(silent(), WALL_TIME + 25 * 3600) == ()
    assert health.findings(silent(last_wall_time=None), WALL_TIME + 840) == ()
    assert health.findings(silent(last_wall_time=WALL_TIME + 1e6), WALL_TIME + 840) == ()


def test_a_silent_run_that_is_done_has_not_stalled() -> None:
    health, now = HealthCheck(), WALL_TIME + 840
    assert health.findings(silent(end=SessionEnd("SUCCESS")), now) == ()
    assert health.findings(silent(start=SessionStart({"max_steps": 10.0})), now) == ()
    assert len(health.findings(silent(start=SessionStart({"max_steps": 500.0})), now)) == 1
    # The next run of a sweep has begun since.
    later = replace(run_summary("b", last_wall_time=WALL_TIME + 800), first_wall_time=WALL_TIME + 10)
    both = replace(silent(), runs={**silent().runs, "b": later})
    assert health.findings(both, now) == ()
    beside = replace(later, first_wall_time=WALL_TIME - 10)
    assert [found.run for found in health.findings(replace(both, runs={**both.runs, "b": beside}), now)] == ["a"]


def test_damaged_records_of_a_run() -> None:
    whole = snapshot(runs=[run_summary("a"), run_summary("b")])
    problems = (
        Problem("a/events", None, "permission denied"),
        Problem("a/events", 1234, "payload fails its CRC"),
        Problem("a/events", 5678, "7 more problems, of which this is the first", 7),
        Problem("elsewhere", 1, "not of a run"),
    )
    (found,) = HealthCheck().findings(replace(whole, problems=problems), LONG_AFTER)
    assert (found.rule, found.run, found.tag, found.step) == ("damaged", "a", "", None)
    assert found.text == "a/events at byte 1234: payload fails its CRC; 9 problems in all"
    (found,) = HealthCheck().findings(replace(whole, problems=problems[:1]), LONG_AFTER)
    assert found.text == "a/events: permission denied"


def test_a_run_without_data_is_judged_too() -> None:
    assert fired() == []
    assert HealthCheck().findings(snapshot(runs=[run_summary("a", last_wall_time=None)]), LONG_AFTER) == ()


def test_what_was_found_stays_when_only_an_outline_is_left(counted: list[str]) -> None:
    health = HealthCheck()
    whole = series(SPIKED, "a/loss")
    outline = replace(whole, version=2, steps=whole.steps[::50], wall_times=whole.wall_times[::50],
                      values=whole.values[::50], left_out=len(whole.steps) - 10)  # fmt: skip
    other = replace(outline, key=whole.key._replace(tag="b/loss"))
    health.judge_at_last({whole.key: whole})
    found = [(one.rule, one.tag) for one in health.findings(snapshot(outline, other), LONG_AFTER)]
    assert found == [(one.rule, one.tag) for one in HealthCheck().findings(snapshot(whole), LONG_AFTER)]
    assert ("spike", "a/loss") in found
    # Read again, it is judged again.
    calm = series(noisy(decay(500), 1), "a/loss")
    assert health.findings(snapshot(replace(calm, version=3)), LONG_AFTER) == ()
    assert counted.count("b/loss") == 0
