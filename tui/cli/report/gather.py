"""From a snapshot to what a report says."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from logging_lib.tfevents import plugins
from tui.analysis.health import Finding, HealthCheck, Severity
from tui.analysis.hparams.frame import Frame
from tui.analysis.hparams.measures import Measurer
from tui.analysis.hparams.sessions import Session, Sessions, sessions_of
from tui.analysis.hparams.table import Texts, table_of
from tui.analysis.run_state import RunState, run_state, signs_of_life
from tui.analysis.statistics import ranked
from tui.app.catalog import natural_key
from tui.app.histogram_digests import digest_at
from tui.cli.chart_options import in_charts
from tui.cli.charts import Chart, View, chart_of
from tui.cli.export.choice import Choice
from tui.cli.logged_hparams import texts_with_hparams
from tui.cli.reading import ProblemLines
from tui.cli.report.associations import association_table
from tui.cli.report.content import Best, Found, Report, Table
from tui.cli.report.histograms import histogram_table
from tui.cli.report.metrics import MOST_METRICS, Metric, best_first, metrics_of, telling_metrics
from tui.cli.report.run_table import moment, run_table
from tui.render.numbers import number, plural
from tui.render.palette import RunStyle, assign
from tui.store.news import NO_NEWS
from tui.store.snapshot import ScalarSeries, StoreSnapshot

_MOST_FINDINGS = 20
_NOUNS = {plugins.HISTOGRAMS: "histogram", plugins.IMAGES: "image", plugins.TEXT: "text", plugins.AUDIO: "sound"}
_WORST_FIRST = list(Severity)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a report is asked for. `tagged`: the tags were chosen, else the most telling ones are drawn. `runs` and
    `charts` are how many of each there may be, `rows` how many the table of runs may have. `made` is its line, or "".
    """

    title: str
    made: str
    choice: Choice
    tagged: bool
    view: View
    runs: int
    charts: int
    rows: int
    together: bool


def gather(snapshot: StoreSnapshot, wanted: Wanted) -> Report | None:
    """The report on the runs that were chosen; None where there are none."""
    now = time.time()
    findings = [one for one in _findings(snapshot, now) if wanted.choice.run.search(one.run)]
    snapshot = _of_runs(snapshot, wanted.choice)
    if not snapshot.runs:
        return None
    states = {name: run_state(**signs_of_life(run, now)) for name, run in snapshot.runs.items()}
    sessions, frame = _sessions(snapshot)
    telling = telling_metrics(snapshot, max(wanted.charts, MOST_METRICS))
    metrics = metrics_of(snapshot, sessions, frame, telling[:MOST_METRICS])
    order = best_first(sessions, metrics, snapshot)
    drawn = [run for at in order[: wanted.runs] for run in sessions[at].runs]
    styles = assign(run for run in snapshot.runs if run in set(drawn))
    charts, others = _charts(snapshot, drawn, styles, [metric.tag for metric in telling], wanted)
    return Report(
        title=wanted.title,
        made=wanted.made,
        summary=_summary(snapshot, states),
        bests=_bests(metrics),
        findings=tuple(map(_found, findings[:_MOST_FINDINGS])),
        more_findings=max(len(findings) - _MOST_FINDINGS, 0),
        runs=run_table(snapshot, sessions, frame, metrics, order, states, styles, wanted.rows),
        charts=charts,
        legend=tuple(styles.items()),
        chart_notes=_chart_notes(sessions, metrics, wanted),
        associations=association_table(frame, metrics),
        histograms=_histograms(snapshot, sessions[order[0]]),
        others=others,
    )


def _findings(snapshot: StoreSnapshot, now: float) -> list[Finding]:
    """What is wrong, the worst first. All runs are judged: the training loss of a validation run is in another."""
    found = HealthCheck().findings(snapshot, now, digest_at)
    return sorted(found, key=lambda one: _WORST_FIRST.index(one.severity))


def _found(finding: Finding) -> Found:
    place = finding.run if not finding.tag else f"{finding.run} · {finding.tag}"
    return Found(finding.severity.value, place, finding.rule, finding.text)


def _of_runs(snapshot: StoreSnapshot, choice: Choice) -> StoreSnapshot:
    """What is known of the runs that were chosen."""
    runs = {name: run for name, run in snapshot.runs.items() if choice.run.search(name)}
    return replace(
        snapshot,
        runs=runs,
        scalars={key: one for key, one in snapshot.scalars.items() if key.run in runs},
        blobs={key: one for key, one in snapshot.blobs.items() if key.run in runs},
    )


def _sessions(snapshot: StoreSnapshot) -> tuple[tuple[Session, ...], Frame]:
    """The sessions with their hparams; what names of runs and texts say where none were logged."""
    sessions = _with_other_runs(snapshot, sessions_of(snapshot))
    texts: Texts = {} if sessions.logged else texts_with_hparams(snapshot)
    return sessions.rows, table_of(snapshot, sessions, Measurer(), derived=not sessions.logged, texts=texts)


def _with_other_runs(snapshot: StoreSnapshot, sessions: Sessions) -> Sessions:
    """The sessions, and those runs that belong to none: they were trained, too."""
    known = {run for session in sessions.rows for run in session.runs}
    rest = {name: run for name, run in snapshot.runs.items() if name not in known}
    if not rest:
        return sessions
    scalars = {key: one for key, one in snapshot.scalars.items() if key.run in rest}
    others = sessions_of(replace(snapshot, runs=rest, scalars=scalars, news=NO_NEWS))
    taken = {(metric.tag, metric.group) for metric in (*sessions.metrics, *sessions.others)}
    more = tuple(metric for metric in others.metrics if (metric.tag, metric.group) not in taken)
    return replace(sessions, rows=(*sessions.rows, *others.rows), others=(*sessions.others, *more))


def _charts(
    snapshot: StoreSnapshot,
    drawn: Sequence[str],
    styles: Mapping[str, RunStyle],
    telling: Sequence[str],
    wanted: Wanted,
) -> tuple[tuple[Chart, ...], tuple[str, ...]]:
    """The charts, and the tags of scalars that there is none of."""
    every = sorted({key.tag for key in snapshot.scalars}, key=natural_key)
    tags = [tag for tag in every if wanted.choice.tag.search(tag)] if wanted.tagged else telling or every
    place = {run: at for at, run in enumerate(snapshot.runs)}
    by_tag: dict[str, list[ScalarSeries]] = {}
    for key, one in snapshot.scalars.items():
        if key.run in styles:
            by_tag.setdefault(key.tag, []).append(one)
    series = [one for tag in tags for one in by_tag.get(tag, ())]
    groups = list(in_charts(series, together=wanted.together).items())[: wanted.charts]
    charts, shown = [], set()
    for title, of_chart in groups:
        in_it = {one.key.tag for one in of_chart}
        shown |= in_it
        runs = set(drawn[: max(wanted.runs // len(in_it), 1)]) if len(in_it) > 1 else set(drawn)
        lines = sorted((one for one in of_chart if one.key.run in runs), key=lambda one: place[one.key.run])
        charts.append(chart_of(title, lines, styles, wanted.view, ""))
    return tuple(charts), tuple(tag for tag in every if tag not in shown)


def _chart_notes(sessions: Sequence[Session], metrics: Sequence[Metric], wanted: Wanted) -> tuple[str, ...]:
    if len(sessions) <= wanted.runs:
        return ()
    how = f"the best by {metrics[0].main.tag}" if metrics else "the newest"
    return (f"{wanted.runs} of {plural(len(sessions), 'run')} are drawn, {how}",)


def _histograms(snapshot: StoreSnapshot, best: Session) -> Table | None:
    problems = ProblemLines()
    table = histogram_table(snapshot, best.name, best.runs, problems)
    problems.end()
    return table


def _summary(snapshot: StoreSnapshot, states: Mapping[str, RunState]) -> tuple[str, ...]:
    """How many runs in which states, how much was logged, from when to when."""
    counted = Counter(states.values())
    told = ", ".join(f"{counted[state]} {state.value}" for state in RunState if counted[state])
    runs = f"{plural(len(states), 'run')} ({told})"
    points = sum(run.points for run in snapshot.runs.values())
    kinds = Counter(key.plugin for key in {(key.tag, key.plugin): key for key in snapshot.blobs}.values())
    tags = len({key.tag for key in snapshot.scalars})
    logged = [f"{plural(points, 'point')} of {plural(tags, 'scalar')}"] if points else []
    logged += [plural(kinds[kind], noun) for kind, noun in _NOUNS.items() if kinds[kind]]
    starts = [run.first_wall_time for run in snapshot.runs.values() if run.first_wall_time is not None]
    ends = [run.last_wall_time for run in snapshot.runs.values() if run.last_wall_time is not None]
    when = [f"{moment(min(starts))} to {moment(max(ends))}"] if starts and ends else []
    return runs, *([", ".join(logged)] if logged else []), *when


def _bests(metrics: Sequence[Metric]) -> tuple[Best, ...]:
    bests = []
    for metric in metrics:
        found = ranked(metric.bests, metric.main.goal)
        if found:
            bests.append(Best(metric.main.tag, metric.main.goal, number(found[0].value), found[0].run, found[0].step))
    return tuple(bests)
