"""The list of graphs: which run has them, what kind they are, how large."""

from __future__ import annotations

from dataclasses import replace

from textual import events
from textual.strip import Strip

from tui.analysis.graph_parameters import GraphKind
from tui.app.blob_steps import step_line
from tui.app.blobs import Unreadable
from tui.app.graph_texts import NONE, micros_text, weights_text
from tui.app.graphs import Facts, GraphFacts, all_graphs, listed_graphs, reader_of, title_of
from tui.app.messages import RunFocused, TagOpened
from tui.app.no_tags import said, why_none_of
from tui.app.parts import Part, pane_title
from tui.app.selection import Filter
from tui.app.shared import Shared
from tui.app.widgets.line_view import LineView
from tui.app.widgets.listings import Listing
from tui.model import BlobRef, SeriesKey
from tui.render.cells import fit
from tui.render.cells import width as width_of
from tui.render.numbers import bytes_, count
from tui.render.strips import row_strip
from tui.render.text import printable
from tui.store.snapshot import BlobSeries

# Heading and cells of the columns, in the order in which a narrow pane leaves them out.
_COLUMNS = (("logged", 8), ("size", 9), ("kind", 20), ("nodes", 8), ("params", 8))
_SHOWN = ("kind", "nodes", "params", "size", "logged")
_RUN_MOST, _NAME_MOST, _NAME_LEAST = 32, 24, 8


class GraphRows(Listing):
    """The graphs of the visible runs, a line each."""

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self.shared = shared
        self._rows: list[SeriesKey] = []
        self._total = 0
        self._wanted: str | None = None

    def relist(self) -> None:
        """List anew; the cursor stays with its line, and starts on the focused run's."""
        before = self.key if self.moved else None
        self._rows = listed_graphs(self.snapshot, self.selection)
        self._total = len(all_graphs(self.snapshot, self.selection))
        run = self.selection.focused_run
        wanted, self._wanted = self._wanted, None
        at = next((at for at, key in enumerate(self._rows) if key == before), None)
        if wanted is not None or at is None:
            own = [at for at, key in enumerate(self._rows) if key.run == run]
            named = [at for at in own if self._rows[at].tag == wanted]
            at = next(iter([*named, *own]), at)
        if at is not None:
            self.set_reactive(LineView.cursor, at)

    def show_tag(self, tag: str) -> None:
        """Put the cursor on a graph of the focused run, as soon as it is listed."""
        self._wanted = tag
        self.moved = True
        self.invalidate()

    @property
    def key(self) -> SeriesKey | None:
        """The graph that the cursor is on."""
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    def line_count(self) -> int:
        return len(self._rows)

    # How it is drawn

    def _columns(self, cells: int) -> tuple[int, int, dict[str, int]]:
        """Cells of run and name, and the other columns for which there is room."""
        run = min(max((width_of(self.shared.runs.name(key.run)) for key in self._rows), default=3), _RUN_MOST) + 5
        name = max((width_of(printable(title_of(key.tag))) for key in self._rows), default=5)
        name = min(max(name, _NAME_LEAST), _NAME_MOST) + 2
        left_out = 0
        while left_out < len(_COLUMNS) - 1 and run + name + sum(size for _, size in _COLUMNS[left_out:]) > cells:
            left_out += 1
        kept = dict(_COLUMNS[left_out:])
        rest = cells - sum(kept.values())
        if run + name > rest:
            name = min(name, max(rest // 2, 4))
            run = max(rest - name, 6)
        return run, name, {head: kept[head] for head in _SHOWN if head in kept}

    def heading(self, width: int) -> list[Strip]:
        look = self.look
        run, name, columns = self._columns(width)
        title = pane_title("Graphs", len(self._rows), self._total, self.selection.tags_filter, self.has_focus, look)
        heads = fit("   run", run) + fit("graph", name)
        heads += "".join(_fitted(head, head, cells) for head, cells in columns.items())
        return [row_strip(title, width, look.text), row_strip([(heads, look.dim)], width, look.text)]

    def empty_lines(self, width: int) -> list[Strip]:
        others = bool(listed_graphs(self.snapshot, replace(self.selection, tags_filter=Filter())))
        text = why_none_of("graph", others=others, selection=self.selection, shared=self.shared)
        return said([text], width, self.look)

    def draw_line(self, index: int, width: int, *, on_cursor: bool) -> Strip:
        look, key = self.look, self._rows[index]
        run, name, columns = self._columns(width)
        label = fit(title_of(key.tag), name - 2, keep="both")
        parts: list[Part] = [
            (f" {self.shared.runs.mark(key.run)} ", self.shared.runs.style(key.run, look)),
            (f"{self.shared.runs.fitted(key.run, run - 5)}  ", look.text),
            (f"{label}  ", look.text),
        ]
        facts = self._facts(key)
        if isinstance(facts, GraphFacts):
            texts = self._texts(key, facts)
            parts += [
                (_fitted(head, texts[head], cells), look.text if head in ("nodes", "params") else look.dim)
                for head, cells in columns.items()
            ]
        else:
            style = look.error if facts else look.dim
            parts.append((fit(facts or "reading…", sum(columns.values()), keep="end"), style))
        return self.line_strip(parts, width, on_cursor=on_cursor)

    def _facts(self, key: SeriesKey) -> GraphFacts | Unreadable | None:
        series = self.snapshot.blobs[key]
        return self.shared.blobs.get(self._ref(series), Facts(reader_of(self.snapshot, series)))

    def _ref(self, series: BlobSeries) -> BlobRef:
        """The one that is shown: of the chosen step, else the newest."""
        line = step_line(series)
        return series.refs[int(line.entries[line.at(self.selection.step)])]

    def _texts(self, key: SeriesKey, facts: GraphFacts) -> dict[str, str]:
        series = self.snapshot.blobs[key]
        profiled = facts.kind is GraphKind.PROFILE and facts.micros is not None
        return {
            "kind": f"profile of {micros_text(facts.micros or 0)}" if profiled else facts.kind.value,
            "nodes": count(facts.nodes),
            "params": weights_text(facts.weights) if facts.weights else NONE,
            "size": bytes_(self._ref(series).length),
            "logged": f"{count(len(step_line(series)))}x",
        }

    # What keys and the mouse do

    def action_enter(self) -> None:
        if (key := self.key) is not None:
            self.post_message(RunFocused(key.run))
            self.post_message(TagOpened(key.tag))

    def cursor_moved(self) -> None:
        if (key := self.key) is not None:
            self.post_message(RunFocused(key.run))

    def on_click(self, event: events.Click) -> None:
        index = self.line_at(event.y)
        if index is None:
            return
        again = index == self.cursor
        self.moved, self.cursor = True, index
        if again:
            self.action_enter()


def _fitted(head: str, text: str, cells: int) -> str:
    """A cell of a column, numbers at the right."""
    return fit(text, cells - 1) + " " if head == "kind" else fit(text, cells, align="right")
