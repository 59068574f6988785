"""The key table: the only place that says which key does what. Bindings, footer, help and docs come from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Key:
    """One command.

    Attributes:
        id: stable name; also the name of the action.
        keys: Textual's names of the keys, comma separated.
        shown: how the keys are written for a reader.
        label: two words at most, for the footer.
        help: one sentence for the help screen and the docs.
        section: heading on the help screen.
        views: where the footer offers it; empty for never.
        footer: how the footer writes it, keys and label, where that differs.
        first: whether it is tried before the focused widget's keys. A key that moves the focus is, so that what is
            typed right behind it, pasted or over a slow line, goes where the focus goes.
    """

    id: str
    keys: str
    shown: str
    label: str
    help: str
    section: str
    views: frozenset[str] = frozenset()
    footer: tuple[str, str] | None = None
    first: bool = False

    @property
    def in_footer(self) -> tuple[str, str]:
        """Keys and label as the footer writes them."""
        return self.footer or (self.shown, self.label)

    @property
    def binding(self) -> Binding:
        """The Textual binding; Textual's own footer is not used."""
        return Binding(self.keys, self.id, self.label, show=False, id=self.id, priority=self.first)


def _key(
    id: str,
    keys: str,
    shown: str,
    label: str,
    help: str,
    section: str,
    *views: str,
    footer: tuple[str, str] | None = None,
    first: bool = False,
) -> Key:
    return Key(id, keys, shown, label, help, section, frozenset(views), footer, first)


ROWS, CHART, HISTOGRAMS, HISTOGRAM, HPARAMS = "rows", "chart", "histograms", "histogram", "hparams"
RUNS, LIST = "runs", "list"
_ALL_VIEWS = (ROWS, CHART, HISTOGRAMS, HISTOGRAM, HPARAMS, RUNS, LIST)

MOVE = (
    _key("cursor_up", "up,k", "↑ k", "up", "Move up; in a full view: the tag before.", "Moving"),
    _key("cursor_down", "down,j", "↓ j", "down", "Move down; in a full view: the tag after.", "Moving",
         CHART, HISTOGRAM, footer=("↑ ↓", "tag")),
    _key("cursor_left", "left,h", "← h", "left",
         "Rows: close a tag's runs, fold a group. Full views: cursor or step back. Table: a column left.", "Moving"),
    _key("cursor_right", "right,l", "→ l", "right",
         "Rows: open a tag's runs, unfold a group. Full views: cursor or step on. Table: a column right.", "Moving",
         CHART, HISTOGRAM, footer=("← →", "cursor")),
    _key("page_up", "pageup", "PgUp", "page up", "A page up; in a full view: ten places back.", "Moving"),
    _key("page_down", "pagedown", "PgDn", "page down", "A page down; in a full view: ten places on.", "Moving"),
    _key("first", "home", "Home", "first", "To the first line, point, step or column.", "Moving"),
    _key("last", "end", "End", "last", "To the last line, point, step or column.", "Moving"),
    _key("enter", "enter", "Enter", "open", "Go in: from the rows to the full view. Table: sort by the column.",
         "Moving", ROWS, HISTOGRAMS, HPARAMS),
    _key("leave", "escape", "Esc", "back", "Go out: clear the cursor, close the full view, leave the pane.", "Moving",
         CHART, HISTOGRAM, RUNS),
)  # fmt: skip

HERE = (
    _key("toggle_line", "space", "Space", "show/fold", "Runs: show or hide. Tags: open into runs, fold a group.",
         "Showing", RUNS, ROWS),
    _key("density", "g", "g", "one step", "Histograms: ridgeline over the steps, or one step as bars.", "Showing",
         HISTOGRAM),
)  # fmt: skip

SHOW = (
    _key("toggle_all", "a", "a", "all/none", "Show all runs, or none.", "Showing", RUNS),
    _key("only", "o", "o", "only this", "Show only this run; again: all.", "Showing", RUNS),
    _key("filter", "slash", "/", "filter", "Filter the focused pane: regular expression, smart case, live.", "Showing",
         ROWS, HISTOGRAMS, RUNS, HPARAMS, first=True),
    _key("axis", "x", "x", "x axis", "X axis: step, relative time, wall time.", "Showing", ROWS, CHART),
    _key("log_y", "y", "y", "log y", "Logarithmic y axis.", "Showing", CHART),
    _key("superseded", "r", "r", "restarts",
         "Show or hide what a restarted run logged again: faint in the chart, in brackets among histograms. "
         "The chart's cursor and readout stay on the current points.", "Showing"),
    _key("smoothing", "s", "s", "smooth", "Smoothing on or off.", "Showing", CHART),
    _key("less_smoothing", "left_square_bracket", "[", "less", "Less smoothing.", "Showing"),
    _key("more_smoothing", "right_square_bracket", "]", "more", "More smoothing.", "Showing"),
)  # fmt: skip

GO = (
    _key("focus_next", "tab", "Tab", "next pane", "To the next pane; opens the runs in a narrow window.", "Going",
         ROWS, HISTOGRAMS, HPARAMS, LIST, first=True),
    _key("focus_previous", "shift+tab", "Shift+Tab", "previous pane", "To the previous pane.", "Going", first=True),
    *(
        _key(f"tab({number})", str(number), str(number), f"tab {number}", f"To tab {number}.", "Going", first=True)
        for number in range(1, 10)
    ),
)  # fmt: skip

APP = (
    _key("theme", "t", "t", "theme", "Dark or light.", "Going"),
    _key("command_palette", "ctrl+p", "Ctrl+P", "commands", "All commands, by name.", "Going"),
    _key("help", "question_mark", "?", "help", "This list.", "Going", *_ALL_VIEWS),
    _key("quit", "q,ctrl+q,ctrl+c", "q", "quit", "Quit. Ctrl+C and Ctrl+Q too.", "Going", *_ALL_VIEWS),
)  # fmt: skip

KEYS: tuple[Key, ...] = (*MOVE, *HERE, *SHOW, *GO, *APP)
LEAVE = next(key for key in MOVE if key.id == "leave")
# What a key of the first kind does is the focused widget's affair, one of the second the main screen's; the last work
# over whatever is open.
WIDGET_BINDINGS = [key.binding for key in (*MOVE, *HERE)]
SCREEN_BINDINGS = [key.binding for key in (*SHOW, *GO)]
APP_BINDINGS = [key.binding for key in APP]


def footer_keys(view: str) -> list[Key]:
    """The keys that matter in a view, in the table's order."""
    return [key for key in KEYS if view in key.views]


def help_sections(keys: Iterable[Key] = KEYS) -> dict[str, list[tuple[str, str]]]:
    """Heading -> (keys as written, what they do); the number keys stand on one line."""
    sections: dict[str, list[tuple[str, str]]] = {}
    for key in keys:
        if key.id.startswith("tab("):
            if key.id == "tab(1)":
                sections[key.section].append(("1-9", "To that tab."))
            continue
        sections.setdefault(key.section, []).append((key.shown, key.help))
    return sections
