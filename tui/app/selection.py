"""What the user chose to see: one frozen value, changed only by the functions here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from logging_lib.tfevents import plugins
from tui.analysis.hparams.sessions import has_hparams
from tui.analysis.x_axis import XAxis
from tui.app.blob_steps import Place
from tui.app.choices import Aggregation, Density, Fit, Measure, RunOrder, Tab, following
from tui.app.expression import SLOW, expression
from tui.app.hparam_choices import HParamChoices
from tui.store.snapshot import StoreSnapshot

WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999)
BLOB_TABS: Mapping[Tab, frozenset[str]] = {
    Tab.HISTOGRAMS: frozenset((plugins.HISTOGRAMS,)),
    Tab.IMAGES: frozenset((plugins.IMAGES,)),
    Tab.AUDIO: frozenset((plugins.AUDIO,)),
    Tab.TEXT: frozenset((plugins.TEXT,)),
    Tab.PR_CURVES: frozenset((plugins.PR_CURVES,)),
    Tab.GRAPHS: frozenset(
        (
            plugins.GRAPHS,
            plugins.GRAPH_KERAS_MODEL,
            plugins.GRAPH_RUN_METADATA,
            plugins.GRAPH_RUN_METADATA_GRAPH,
            plugins.GRAPH_TAGGED_RUN_METADATA,
        )
    ),
    Tab.CUSTOM: frozenset((plugins.CUSTOM_SCALARS,)),
    Tab.MESHES: frozenset((plugins.MESH,)),
}
"""The plugins whose data each tab of blobs shows."""
KINDS_WITH_A_TAB = frozenset((plugins.SCALARS, plugins.HPARAMS)).union(*BLOB_TABS.values())
"""What the tab of other data does not list."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter's text: a regular expression with smart case, or literal text where it is none, or takes too long."""

    text: str = ""

    @property
    def valid(self) -> bool:
        """Whether the text is taken for a regular expression; else it is matched literally."""
        return not self.fault

    @property
    def fault(self) -> str:
        """In a few words why it is matched literally; empty where it is not. It may turn out when it is used."""
        return expression(self.text).fault

    def matches(self, name: str) -> bool:
        """Whether the name is let through; capital letters in the filter make it case-sensitive."""
        return not self.text or self.search(name) is not None

    def search(self, name: str) -> re.Match[str] | None:
        """Where the filter matches the name."""
        return expression(self.text).search(name)

    def all_in(self, line: str, most: int) -> Sequence[re.Match[str]]:
        """The first places where the filter matches a line."""
        return expression(self.text).all_in(line, most)

    def give_up(self) -> None:
        """Match literally from now on: it takes too long."""
        expression(self.text).give_up(SLOW)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which runs and tags are shown, and how.

    `focused_run` is the run whose values the rows show, None for the one that logged last. `tag` is the tag of scalars
    in the full view, None in the list; `opened` are those of the other tabs, and `step` is the step that these show of
    every tag, None for its newest. `superseded` tells that the full views show what a restarted
    run logged again, too. `picture_grid` lists images as a grid of them. `together` puts all tags of a group on one
    chart (on one scale, in the rows). `hparams` is how the tab of hparams shows its sessions.

    `cursor`, `mark` and `zoom` (first and last place in view, the latter infinite for the end, wherever that will be)
    are in units of `axis`, or from 0 to 1 where `fit` is by progress; None without. `no_outliers` leaves the extreme
    twentieths of all values out of the range of y.

    `dismissed` are findings of the health rules that are no more to be marked (`findings.identity`). `back_to` is the
    tab that Esc leads back to from where a jump has led, None where there was none.

    `baseline` is the run that others are compared with. `order_tag` is the tag whose values sort the runs pane;
    `table_order` the tag that sorts the table, None for the runs' own order; its best stands first unless
    `table_reversed`.
    """

    tab: Tab = Tab.SCALARS
    density: Density = Density.ROWS
    together: bool = False
    hidden: frozenset[str] = frozenset()
    focused_run: str | None = None
    baseline: str | None = None
    aggregation: Aggregation | None = None
    runs_filter: Filter = field(default_factory=Filter)
    tags_filter: Filter = field(default_factory=Filter)
    folded: frozenset[str] = frozenset()
    expanded: frozenset[str] = frozenset()
    folded_runs: frozenset[str] = frozenset()
    pinned_tags: tuple[str, ...] = ()
    pinned_runs: tuple[str, ...] = ()
    run_order: RunOrder = RunOrder.NAME
    order_tag: str | None = None
    measure: Measure = Measure.LAST
    table_order: str | None = None
    table_reversed: bool = False
    tag: str | None = None
    opened: tuple[tuple[Tab, str], ...] = ()
    step: Place | None = None
    axis: XAxis = XAxis.STEP
    fit: Fit = Fit.LONGEST
    cursor: float | None = None
    mark: float | None = None
    zoom: tuple[float, float] | None = None
    no_outliers: bool = False
    smoothing: bool = True
    weight: float = 0.6
    log_y: bool = False
    superseded: bool = False
    picture_grid: bool = False
    hparams: HParamChoices = field(default_factory=HParamChoices)
    dismissed: frozenset[str] = frozenset()
    back_to: Tab | None = None

    @property
    def smoothing_weight(self) -> float:
        """The weight in force: 0 draws the points as they are."""
        return self.weight if self.smoothing else 0.0

    def opened_in(self, tab: Tab) -> str | None:
        """The tag in the full view of a tab of blobs, None in its list."""
        return dict(self.opened).get(tab)

    def opening(self, tab: Tab, tag: str | None) -> Selection:
        """With this tag in the full view of the tab, or its list."""
        others = tuple(pair for pair in self.opened if pair[0] is not tab)
        return replace(self, opened=others if tag is None else (*others, (tab, tag)))


def toggled(members: frozenset[str], member: str) -> frozenset[str]:
    """The set with `member` put in or taken out."""
    return members ^ {member}


def toggle_all(selection: Selection, runs: list[str]) -> Selection:
    """Show all of `runs`, or hide them all when all are shown."""
    names = frozenset(runs)
    shown = names - selection.hidden
    hidden = selection.hidden | names if shown == names else selection.hidden - names
    return replace(selection, hidden=hidden)


def only_these(selection: Selection, these: Iterable[str], runs: Iterable[str]) -> Selection:
    """Show only `these` of the runs; a second time shows all again."""
    chosen = frozenset(these)
    others = frozenset(runs) - chosen
    if not chosen & selection.hidden and others <= selection.hidden:
        return replace(selection, hidden=selection.hidden - others)
    return replace(selection, hidden=(selection.hidden | others) - chosen)


def next_axis(selection: Selection) -> Selection:
    """Step, relative, wall, and round again. A place on one axis has no meaning on another."""
    return replace(selection, axis=following(selection.axis), cursor=None, mark=None, zoom=None)


def next_fit(selection: Selection) -> Selection:
    """Fit the x axis to the longest run, the focused one, or each run to its own length."""
    return replace(selection, fit=following(selection.fit), cursor=None, mark=None, zoom=None)


def put_in_or_out(members: tuple[str, ...], member: str) -> tuple[str, ...]:
    """The pinned names with one more at the end, or without it."""
    return tuple(name for name in members if name != member) if member in members else (*members, member)


def smoother(selection: Selection, by: int) -> Selection:
    """The next weight up or down; it also turns smoothing on."""
    at = min(range(len(WEIGHTS)), key=lambda i: abs(WEIGHTS[i] - selection.weight))
    weight = WEIGHTS[min(max(at + by, 0), len(WEIGHTS) - 1)]
    return replace(selection, smoothing=True, weight=weight)


def tabs_of(snapshot: StoreSnapshot, selection: Selection, *, findings: bool = False) -> list[Tab]:
    """The tabs that have something to show; the first and the present one always. `findings` tells whether the health
    rules have found something."""
    seen = {key.plugin for key in snapshot.blobs}
    found = {
        Tab.SCALARS: True,
        **{tab: bool(kinds & seen) for tab, kinds in BLOB_TABS.items()},
        Tab.HPARAMS: has_hparams(snapshot),
        Tab.PROJECTOR: bool(snapshot.projectors),  # its data lie beside the event files
        Tab.OTHER: bool(seen - KINDS_WITH_A_TAB),
        Tab.PROBLEMS: findings or bool(snapshot.problems),
    }
    return [tab for tab in Tab if found[tab] or tab is selection.tab]
