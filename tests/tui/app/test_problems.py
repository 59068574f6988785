"""The Problems tab and the marks of findings: what they show, where keys lead, and what is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.geometry import Region
from textual.pilot import Pilot

from tests import builders
from tests.builders import WALL_TIME, scalar_event
from tests.tui.app.screens import NOW, app_on, histogram, logged_runs, opened, screen, shown, until
from tests.tui.app.still import showing
from tests.tui.app.troubled import NAN_STEP, SPIKE_STEP, STEPS, troubled
from tests.tui.app.views import of_runs, scalar_series
from tui.analysis.health import Finding, Severity
from tui.app.app import TbtuiApp
from tui.app.choices import Tab
from tui.app.health_watch import Judged
from tui.app.output.terminal_app import TerminalApp
from tui.app.screens.main import MainScreen
from tui.app.selection import Selection
from tui.app.settings import Settings, Start
from tui.app.widgets.line_view import StripView

NOW_OVER = WALL_TIME + STEPS + 20


@asynccontextmanager
async def problems(logdir: Path, size: tuple[int, int] = (140, 36)) -> AsyncIterator[Pilot[None]]:
    """The tab, with the trouble of `troubled` in it: the NaN first, two damaged records, a spike."""
    async with opened(troubled(logdir), size, now=NOW_OVER) as pilot:
        await pilot.press("left_curly_bracket")
        assert selection(pilot).tab is Tab.PROBLEMS
        yield pilot


def selection(pilot: Pilot[None]) -> Selection:
    app = pilot.app
    assert isinstance(app, TbtuiApp)
    return app.main.selection


def listed(pilot: Pilot[None]) -> list[list[str]]:
    """The first words of each problem: mark of severity, run and rule."""
    lines = shown(pilot, "#problems").splitlines()[1:]
    rows = [line.split() for line in lines[: lines.index("")]]
    return [[row[0], row[2], next(word for word in row if word in RULES)] for row in rows]


def in_full(pilot: Pilot[None]) -> list[str]:
    """What is told of the problem under the cursor, below the rule."""
    lines = [line.strip() for line in shown(pilot, "#problems").splitlines()]
    return lines[next(at for at, line in enumerate(lines) if line.startswith("──")) + 1 :]


RULES = ("nan-inf", "damaged", "spike")
ALL = [["✗", "nan", "nan-inf"], ["✗", "damaged", "damaged"], ["✗", "damaged", "damaged"], ["!", "spiky", "spike"]]


async def test_findings_and_damaged_records_stand_in_one_list(tmp_path: Path) -> None:
    async with problems(tmp_path) as pilot:
        assert "! 4 problems " in shown(pilot, "Header")
        assert shown(pilot, "#problems").splitlines()[0] == " Problems 4"
        assert listed(pilot) == ALL
        assert in_full(pilot)[:3] == [
            "✗ error  nan-inf: values that are NaN or infinite",
            f"nan  Loss/train  step {NAN_STEP}",
            f"NaN first at step {NAN_STEP} and ever since: 60 of 120 points",
        ]
        await pilot.press("down")
        assert in_full(pilot)[1].startswith(str(tmp_path)[:20])
        await pilot.press("n", "n", "n")  # round and round
        assert "✗ error  nan-inf" in shown(pilot, "#problems")


async def test_enter_leads_to_the_step_and_escape_back(tmp_path: Path) -> None:
    async with problems(tmp_path) as pilot:
        await pilot.press("end", "enter")
        s = selection(pilot)
        assert (s.tab, s.tag, s.cursor, s.focused_run) == (Tab.SCALARS, "Loss/train", SPIKE_STEP, "spiky")
        lines = shown(pilot, "#chart").splitlines()
        assert f"! spiky: 9.609 at step {SPIKE_STEP} is" in screen(pilot)
        assert [character for character in lines[1] if character in "!✗"] == ["!", "✗"]  # in order of their steps
        await pilot.press("n")
        assert selection(pilot).cursor == NAN_STEP
        assert f"✗ nan: NaN first at step {NAN_STEP}" in screen(pilot)
        await pilot.press("left")
        await pilot.press("left")
        assert "2 problems in this chart: n goes to the next" in screen(pilot)
        await pilot.press("escape")
        s = selection(pilot)
        assert (s.tab, s.tag, s.cursor, s.back_to) == (Tab.PROBLEMS, None, None, None)
        await pilot.press("enter")  # the cursor of the list is where it was
        assert selection(pilot).focused_run == "spiky"
        await pilot.press("1", "escape", "escape")  # whoever goes elsewhere is not called back
        assert selection(pilot).tab is Tab.SCALARS and selection(pilot).tag is None


async def test_a_finding_in_histograms_leads_to_their_step(tmp_path: Path) -> None:
    events = [builders.event(histogram("grad/weight", 0), step=step) for step in range(4)]
    for step, event in enumerate(events):
        event.summary.value[0].histo.num += 5 * (step == 3)  # counted, and in no bucket
    async with opened(logged_runs(tmp_path, a=events)) as pilot:
        await pilot.press("3")
        await pilot.press("enter")
        s = selection(pilot)
        assert (s.tab, s.opened_in(Tab.HISTOGRAMS), s.step) == (Tab.HISTOGRAMS, "grad/weight", (3, 0))
        await pilot.press("escape")
        assert selection(pilot).tab is Tab.PROBLEMS and selection(pilot).opened_in(Tab.HISTOGRAMS) is None
        await pilot.press("2")
        assert any(line.startswith("✗ weight") for line in shown(pilot, "#histograms").splitlines())


async def test_a_finding_of_a_run_puts_the_run_into_focus(tmp_path: Path) -> None:
    runs = {name: [scalar_event("x", step, 1.0) for step in range(5)] for name in ("a", "b")}
    async with opened(logged_runs(tmp_path, **runs), (90, 24), now=NOW) as pilot:
        await pilot.press("left_curly_bracket")
        assert "stalled" in shown(pilot, "#problems")
        await pilot.press("enter")
        assert pilot.app.focused is pilot.app.screen.query_one("#runs")
        assert selection(pilot).focused_run == "a"
        await pilot.press("escape")
        assert pilot.app.focused is pilot.app.screen.query_one("#problems")


async def test_a_filter_a_copy_and_what_is_dismissed(tmp_path: Path) -> None:
    async with problems(tmp_path) as pilot:
        await pilot.press("slash", *"spik")
        assert listed(pilot) == [ALL[3]]
        await pilot.press("escape")
        assert listed(pilot) == ALL
        await pilot.press("home", "c")
        assert pilot.app.clipboard.startswith(f"nan-inf: nan  Loss/train  step {NAN_STEP}: NaN first")
        await pilot.press("space")
        assert listed(pilot) == [*ALL[1:], ALL[0]]
        assert shown(pilot, "#problems").splitlines()[0] == " Problems 3  1 dismissed"
        assert "! 3 problems" in shown(pilot, "Header")
        await pilot.press("home", "space")  # both records of the run
        assert "! 1 problem " in shown(pilot, "Header")
        assert "✗" not in shown(pilot, "#runs")
        await pilot.press("space")
        assert "✗" in shown(pilot, "#runs")


async def test_runs_and_tags_bear_marks(tmp_path: Path) -> None:
    async with opened(troubled(tmp_path), now=NOW_OVER) as pilot:
        runs = {line.split()[1]: line.split()[2] for line in shown(pilot, "#runs").splitlines()[1:]}
        assert runs == {"damaged": "✗", "fine": "done", "nan": "NaN", "spiky": "!"}
        rows = shown(pilot, "#rows").splitlines()
        assert [line[0] for line in rows if " train" in line] == ["✗"]
        assert [line[0] for line in rows if " lr" in line] == [" "]
        await pilot.press("tab", "end", "o")  # only `spiky`
        assert [line[0] for line in shown(pilot, "#rows").splitlines() if " train" in line] == ["!"]
        await pilot.press("tab", "g")
        assert " ! train" in shown(pilot, "#cards")


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (40, 10), (160, 45)])
async def test_the_tab_fits_any_window(tmp_path: Path, size: tuple[int, int]) -> None:
    async with problems(tmp_path, size) as pilot:
        for _ in range(3):
            await pilot.press("down")
            lines = shown(pilot, "#problems").splitlines()
            assert max(map(len, lines)) <= size[0]
        said = " ".join(" ".join(lines).split())
        assert "9.609 at step 50 is 105 robust deviations above the 1.691 around it" in said
        main = pilot.app.screen
        assert isinstance(main, MainScreen)
        main.show_judged(replace(main.judged, share=0.4))
        assert "looking for more: 40%" in shown(pilot, "#problems").splitlines()[0]
        await pilot.press("home", "enter")
        told = [line for line in shown(pilot, "#chart").splitlines() if "✗ nan: NaN first" in line]
        assert len(told) == 1 and (told[0].startswith(" Loss/train") is (size[1] < 30))  # in the title where it is low


# What changes, and what does not

LOSS = scalar_series([3, 2, 1], run="a")
SPIKE = Finding("spike", "a", "loss", 1, WALL_TIME, "far up", Severity.WARNING)


async def test_nothing_is_repainted_when_the_findings_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[tuple[str, Region]] = []
    refresh = StripView.refresh

    def noted(view: StripView, *regions: Region, **more: bool) -> object:
        painted.extend((type(view).__name__, region) for region in regions)
        return refresh(view, *regions, **more)

    snapshot = replace(of_runs("a"), scalars={LOSS.key: LOSS})
    async with showing(snapshot, now=WALL_TIME + 1) as (pilot, main):
        main.show_judged(Judged((SPIKE,)))
        await pilot.pause()
        monkeypatch.setattr(StripView, "refresh", noted)
        main.show_judged(Judged((SPIKE._replace(),), histograms=True))
        await pilot.pause()
        assert painted == []
        main.show_judged(Judged((SPIKE._replace(text="farther up"),)))
        await pilot.pause()
        assert painted == []  # nobody looks at the sentence
        main.show_judged(Judged())
        await pilot.pause()
        assert {name for name, _ in painted} == {"Header", "TabBar", "RunsPane", "ScalarRows"}
        assert all(region.height == 1 for _, region in painted)


# To be called


async def test_what_is_new_is_rung_for_and_notified_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(TerminalApp, "send", lambda app, sequence: sent.append(sequence))
    runs = {name: [scalar_event("loss", step, 1.0) for step in range(5)] for name in ("a", "b")}
    app = app_on(logged_runs(tmp_path, **runs), now=WALL_TIME + 9, start=Start(Settings(bell=True, notify=True)))
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.main.read.version > 0 and app.watching.is_judged)
        builders.append(tmp_path / "a" / builders.FILE_NAME, [scalar_event("loss", 5, float("nan"))])
        await until(pilot, lambda: bool(sent) and app.watching.is_judged)
        assert sent == ["\a", "\x1b]9;tbtui: a: loss: NaN first at step 5: 1 of 6 points\a"]
        builders.append(tmp_path / "a" / builders.FILE_NAME, [scalar_event("loss", 6, float("nan"))])
        builders.append(tmp_path / "b" / builders.FILE_NAME, [builders.session_end("SUCCESS")])
        await until(pilot, lambda: len(sent) == 4)
        assert sent[2:] == ["\a", "\x1b]9;tbtui: b has ended\a"]


async def test_nothing_is_sent_unless_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(TerminalApp, "send", lambda app, sequence: sent.append(sequence))
    TbtuiApp([])._alert(["a has ended"])
    assert sent == []


def test_what_is_sent_goes_to_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []

    class Driver:
        is_headless = False

        def write(self, text: str) -> None:
            written.append(text)

    app = TbtuiApp([], start=Start(Settings(bell=True)))
    app._driver = Driver()  # type: ignore[assignment]
    app._alert(["a has ended"])
    assert written == ["\a"]
