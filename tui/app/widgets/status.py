"""The two lines on top (what is open, is it alive; tabs and view settings) and the line of keys at the bottom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from textual import events
from textual.reactive import reactive
from textual.strip import Strip

from tui.analysis.progress import Progress
from tui.analysis.run_state import RunState
from tui.app.choices import Tab
from tui.app.findings import NO_FINDINGS, severity_style
from tui.app.keys import KEYS, Key, footer_keys
from tui.app.messages import Noticed
from tui.app.parts import Part, cells_of, cut, fitting, spread
from tui.app.progress_text import left_text
from tui.app.remotes import link_parts
from tui.app.selection import Selection
from tui.app.shared import Shared
from tui.app.shown_settings import fitting_settings
from tui.app.tab_labels import Label, tab_labels
from tui.app.theme import Look
from tui.app.widgets.line_view import StripView
from tui.ingest.status import IngestStatus
from tui.remote.status import RemoteStatus
from tui.render.cells import width
from tui.render.numbers import age, bytes_, plural
from tui.render.strips import row_strip
from tui.render.text import printable
from tui.store.snapshot import EMPTY_SNAPSHOT, StoreSnapshot

_LEFT_LEAST = 16  # cells of the header that name what is open, whatever the state has to say


def health(
    snapshot: StoreSnapshot, status: IngestStatus, shared: Shared, look: Look, time_left: str = ""
) -> list[Part]:
    """Is it alive: reading progress, or how many runs are in which state, how long still, and how old the newest event
    is."""
    if status.error:
        return [(f"{printable(status.error)} ", look.error)]
    if status.silence is not None:
        since, place = f"no answer since {status.silence.since} ", f"from {printable(status.silence.place)} "
        return [(since, look.error), (place, look.error)]
    if reading := _reading(status):
        return [(reading, look.accent)]
    if not snapshot.runs:
        return [("watching ", look.dim)]
    states = Counter(shared.status(run).state for run in snapshot.runs.values())
    parts: list[Part] = []
    if status.in_outline:
        parts.append((f"{plural(status.in_outline, 'run')} in outline  ", look.warning))
    for state, mark, style in (
        (RunState.LIVE, "●", look.good),
        (RunState.NAN, "✗", look.error),
        (RunState.STALLED, "◌", look.warning),
        (RunState.DONE, "■", look.dim),
        (RunState.DELETED, "□", look.dim),
    ):
        if states[state]:
            parts.append((f"{mark} {states[state]} {state.value}  ", style))
    if time_left:
        parts.append((f"{time_left}  ", look.text))
    silences = [silence for run in snapshot.runs.values() if (silence := shared.silence(run)) is not None]
    if silences:
        text = age(min(silences))
        parts.append((f"last event {text if text == 'now' else text + ' ago'} ", look.dim))
    return [*parts, *_polling(status, look)]


def _polling(status: IngestStatus, look: Look) -> list[Part]:
    """That something is polled, and how often where it is slow."""
    if status.mode == "inotify" and not status.detail:
        return []
    every = f"every {status.poll_seconds} s " if status.poll_seconds > 1 else ""
    return [(f" polling {every}", look.dim)]


def polled(status: IngestStatus) -> str:
    """What is polled, why, and how often, in words; empty where the file system tells of all changes."""
    if status.silence is not None:
        return f"{status.silence}: nothing is read until there is one"
    if not status.detail:
        return ""
    often = "second" if status.poll_seconds == 1 else f"{status.poll_seconds} s"
    return f"{status.detail}: files that may grow are looked at every {often}, all others by turns"


def _reading(status: IngestStatus) -> str:
    """What is being read; empty where nothing is that was to be read before."""
    if not status.loading:
        return f"reading {plural(status.again, 'run')} again " if status.again else ""
    if not status.bytes_total:
        return "looking for event files "
    return f"reading {status.bytes_read / status.bytes_total:.0%} of {bytes_(status.bytes_total)} "


class Header(StripView, can_focus=False):
    """One line: the log directory, how much there is, problems, and whether it is alive."""

    DEFAULT_CSS = "Header { height: 1; }"

    snapshot = reactive(EMPTY_SNAPSHOT, repaint=False, init=False)
    findings = reactive(NO_FINDINGS, repaint=False, init=False)
    progress: reactive[Progress | None] = reactive(None, repaint=False, init=False)
    """How far the focused run is, if it is live."""

    def __init__(self, shared: Shared, status: IngestStatus) -> None:
        super().__init__()
        self._shared = shared
        self.status = status
        self.links: Sequence[RemoteStatus] = ()
        self._counted: tuple[tuple[object, object], int] | None = None

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        look, snapshot = self.look, self.snapshot
        tags = self._tags_in(snapshot)
        points = sum(run.points for run in snapshot.runs.values())
        totals = ((len(snapshot.runs), "run"), (tags, "tag"), (points, "point"))
        left: list[Part] = [(" tbtui ", look.accent), (self._shared.place, look.text)]
        left += [(f"  {plural(n, name)}", look.dim) for n, name in totals if n or name != "point" or not tags]
        right = link_parts(self.links, look)
        if snapshot.runs or not right:
            right += health(snapshot, self.status, self._shared, look, left_text(self.progress))
        total, severity = self.findings.problems(snapshot.problems, snapshot.runs)
        if total:
            right = [(f"! {plural(total, 'problem')}  ", severity_style(severity, look)), *right]
        right = fitting([("  ", look.text), *right], width - _LEFT_LEAST)
        left = fitting(left, width - cells_of(right))
        return [spread(left, right, width, look)]

    def _tags_in(self, snapshot: StoreSnapshot) -> int:
        """How many tags there are, counted again only where there may be other series: there may be 100,000."""
        of = (snapshot.news.keys or snapshot.scalars, snapshot.blobs)
        if self._counted is None or any(a is not b for a, b in zip(of, self._counted[0], strict=True)):
            self._counted = of, len({key.tag for key in snapshot.scalars} | {key.tag for key in snapshot.blobs})
        return self._counted[1]

    def watch_snapshot(self) -> None:
        self.redraw()

    def watch_findings(self) -> None:
        self.redraw()

    def watch_progress(self) -> None:
        self.redraw()


class TabBar(StripView, can_focus=False):
    """One line: the tabs by number, and how the charts are set."""

    DEFAULT_CSS = "TabBar { height: 1; }"

    tabs: reactive[tuple[Tab, ...]] = reactive((), repaint=False, init=False)
    active = reactive(0, repaint=False, init=False)
    selection = reactive(Selection(), repaint=False, init=False)

    def __init__(self, help_key: str = "?") -> None:
        super().__init__()
        self._help, self._short_help = f"{help_key} help ", f"{help_key} "

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        look, end = self.look, 0
        labels, help_text = self._laid_out(width)
        left: list[Part] = []
        for label in labels:
            left.append((" " * (label.start - end), look.text))
            left.append((label.text, look.accent if label.tab == self.active else look.dim))
            end = label.end
        right = [(f"{text}  ", look.dim) for text in fitting_settings(self.selection, width - end - 1 - len(help_text))]
        return [spread(left, [*right, (help_text, look.dim)], width, look)]

    def _laid_out(self, width: int) -> tuple[Sequence[Label], str]:
        """The tabs, and the key of help, with its name where that takes none of a tab's."""
        labels = tab_labels(self.tabs, self.active, width - 1 - len(self._short_help))
        room = width - 1 - (labels[-1].end if labels else 0)
        return labels, self._help if len(self._help) <= room else self._short_help

    def watch_tabs(self) -> None:
        self.redraw()

    def watch_active(self) -> None:
        self.redraw()

    def watch_selection(self) -> None:
        self.redraw()

    def on_click(self, event: events.Click) -> None:
        for label in self._laid_out(self.size.width)[0]:
            if label.start <= event.x < label.end and label.tab is not None:
                self.app.call_later(self.app.run_action, f"tab({label.tab + 1})", self.screen)


class KeysLine(StripView, can_focus=False):
    """One line: the keys that matter in this view, as many as fit; `?` always does. A notice takes their place."""

    DEFAULT_CSS = "KeysLine { height: 1; }"

    view = reactive("rows", repaint=False, init=False)
    notice: reactive[Noticed | None] = reactive(None, repaint=False, init=False)

    def __init__(self, keys: Iterable[Key] = KEYS) -> None:
        super().__init__()
        self._keys = tuple(keys)

    def compose_strips(self, width: int, height: int) -> list[Strip]:
        look = self.look
        parts: list[Part] = [(" ", look.text)]
        if self.notice is not None:
            parts.append((printable(self.notice.text), look.warning if self.notice.failed else look.text))
            return [row_strip(cut(parts, width), width, look.text)]
        for key in self._fitting(width):
            shown, label = key.in_footer
            parts += [(shown, look.text), (f" {label}   ", look.dim)]
        return [row_strip(cut(parts, width), width, look.text)]

    def _fitting(self, cells: int) -> list[Key]:
        keys = footer_keys(self.view, self._keys)
        last = keys[-2:]
        shown: list[Key] = []
        for key in keys[:-2]:
            if sum(_cells(k) for k in (*shown, key, *last)) + 1 > cells:
                break
            shown.append(key)
        return [*shown, *last]

    def watch_view(self) -> None:
        self.notice = None
        self.redraw()

    def watch_notice(self) -> None:
        self.set_class(self.notice is not None, "-notice")
        self.redraw()


def _cells(key: Key) -> int:
    return sum(width(text) for text in key.in_footer) + 4
