"""The chooser of columns: every hparam and metric on a line, shown or not."""

from __future__ import annotations

from textual import events
from textual.strip import Strip

from tui.analysis.hparams.frame import Column
from tui.app.hparam_choices import HParamPage
from tui.app.parts import Part, cut, fitting
from tui.app.shared import Shared
from tui.app.widgets.sessions import SessionsList, cell_text, column_title
from tui.render.cells import fit
from tui.render.numbers import plural
from tui.render.strips import row_strip

_MOST_NAMED = 4


class HParamColumns(SessionsList):
    """All columns; Space shows or hides one, Esc goes back to the table."""

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._columns: list[Column] = []
        self._seen: frozenset[Column] = frozenset()

    def relist(self) -> None:
        shown = self.shown
        self._columns = [*shown.frame.hparams, *shown.frame.metrics]
        self._seen = frozenset(shown.columns)

    def line_count(self) -> int:
        return len(self._columns)

    def heading(self, width: int) -> list[Strip]:
        look, key = self.look, self._shared.key
        parts: list[Part] = [
            (f" Columns {len(self._seen) - 1}/{len(self._columns)}", look.accent if self.has_focus else look.dim),
            (f"  {key('toggle_line')} shows or hides", look.dim),
            (f"  {key('leave')} back", look.dim),
        ]
        return [row_strip(cut(fitting(parts, width), width), width, look.text)]

    def empty_lines(self, width: int) -> list[Strip]:
        return [row_strip([("  no hparams and no metrics", self.look.dim)], width, self.look.text)]

    def draw_line(self, index: int, width: int, *, on_cursor: bool) -> Strip:
        column, look = self._columns[index], self.look
        seen = column in self._seen
        kind = "metric" if column.metric is not None else "hparam"
        parts: list[Part] = [
            (f" {'●' if seen else '○'} ", look.accent if seen else look.faint),
            (fit(column_title(column), min(40, max(10, width // 2)), keep="both"), look.text if seen else look.dim),
            (f"  {kind}  ", look.faint),
            (self._values_of(column), look.dim),
        ]
        return self.line_strip(cut(parts, width - 1), width, on_cursor=on_cursor)

    def _values_of(self, column: Column) -> str:
        """How many values there are, and the first of them."""
        cells = self.shown.frame.cells(column)
        values = dict.fromkeys(cell_text(cells.value(at)) for at in range(len(cells)) if cells.present[at])
        named = ", ".join(list(values)[:_MOST_NAMED]) + (", ..." if len(values) > _MOST_NAMED else "")
        return f"{plural(len(values), 'value')}: {named}" if values else "no value"

    def action_toggle_line(self) -> None:
        """Show or hide the column under the cursor."""
        if self.cursor >= len(self._columns):
            return
        column, choices = self._columns[self.cursor], self.choices
        name = frozenset((column.full_name,))
        if column in self._seen:
            self.choose(put_away=choices.put_away | name, put_in=choices.put_in - name)
        else:
            self.choose(put_away=choices.put_away - name, put_in=choices.put_in | name)

    action_enter = action_toggle_line

    def action_leave(self) -> None:
        """Back to the table."""
        self.choose(page=HParamPage.TABLE)

    def on_click(self, event: events.Click) -> None:
        if (index := self.line_at(event.y)) is not None:
            self.cursor = index
            self.action_toggle_line()
