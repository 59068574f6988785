"""The key table: the only place that says which key does what. Bindings, footer, help and docs come from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

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


ROWS, CARDS, TABLE, CHART = "rows", "cards", "table", "chart"
HISTOGRAMS, HISTOGRAM, HPARAMS, RUNS, PROBLEMS = "histograms", "histogram", "hparams", "runs", "problems"
TEXT, AUDIO = "text", "audio"
PROJECTION, MESH, GRAPH, OTHER = "projection", "mesh", "graph", "other"
PR_CURVE, CUSTOM_CARDS = "pr_curve", "custom_cards"
HPARAM_AXES, HPARAM_SCATTER = "hparam_axes", "hparam_scatter"
HPARAM_COLUMNS, HPARAM_DIFF = "hparam_columns", "hparam_diff"
IMAGES, IMAGE = "images", "image"
BLOBS, BLOB = "blobs", "blob"  # lists and full views of blobs that have no keys of their own
_ALL_VIEWS = (
    ROWS, CARDS, TABLE, CHART, HISTOGRAMS, HISTOGRAM, TEXT, AUDIO, BLOBS, BLOB, IMAGES, IMAGE, PR_CURVE,
    CUSTOM_CARDS, PROJECTION, MESH, GRAPH, OTHER, HPARAMS, RUNS, PROBLEMS,
    HPARAM_AXES, HPARAM_SCATTER, HPARAM_COLUMNS, HPARAM_DIFF,
)  # fmt: skip
_VIEW_OF = {"hparam_columns": HPARAM_COLUMNS, "hparam_diff": HPARAM_DIFF}
_VIEW_OF |= {"hparam_axes": HPARAM_AXES, "hparam_scatter": HPARAM_SCATTER}
_VIEW_OF |= dict.fromkeys(("audios", "texts", "pr_curves", "graphs", "meshes", "projections"), BLOBS)


_FOOTER_OF = {"custom_chart": CHART}
"""Views whose footer is that of another one, but for their `LABELS`."""


def view_of(page: str) -> str:
    """What the table calls the view that a page, by its id, is."""
    return _VIEW_OF.get(page, page)


MOVE = (
    _key("cursor_up", "up,k", "↑ k", "up", "Move up; in a full view: the tag before; projector: the next point.",
         "Moving"),
    _key("cursor_down", "down,j", "↓ j", "down", "Move down; in a full view: the tag after; projector: the next point.",
         "Moving",
         CHART, HISTOGRAM, TEXT, AUDIO, IMAGE, BLOB, PROJECTION, PR_CURVE, HPARAM_AXES, footer=("↑ ↓", "tag")),
    _key("cursor_left", "left,h", "← h", "left",
         "Lists: close a tag's runs, then its group; a directory of runs. Full views: cursor or step back. "
         "Cards, tables: one to the left.",
         "Moving"),
    _key("cursor_right", "right,l", "→ l", "right",
         "Lists: open a tag's runs, unfold a group or a directory. Full views: cursor or step on. "
         "Cards, tables: one to the right.",
         "Moving", CHART, HISTOGRAM, TEXT, AUDIO, IMAGE, BLOB, MESH, PR_CURVE, GRAPH, OTHER,
         HPARAM_AXES, HPARAM_SCATTER, footer=("← →", "cursor")),
    _key("page_up", "pageup", "PgUp", "page up", "A page up; in a full view: ten places back.", "Moving"),
    _key("page_down", "pagedown", "PgDn", "page down", "A page down; in a full view: ten places on.", "Moving"),
    _key("first", "home", "Home", "first", "To the first line, point, step or column.", "Moving"),
    _key("last", "end", "End", "last", "To the last line, point, step or column.", "Moving"),
    _key("enter", "enter", "Enter", "open", "Go in: from the list to the full view. Tables: sort by the column. "
         "Problems: to the step at which it was found; Esc there comes back.",
         "Moving", ROWS, CARDS, HISTOGRAMS, IMAGES, BLOBS, HPARAMS, CUSTOM_CARDS, GRAPH, OTHER, HPARAM_AXES, PROBLEMS),
    _key("leave", "escape", "Esc", "back", "Go out: clear the cursor, close the full view, leave the pane.", "Moving",
         CHART, HISTOGRAM, TEXT, AUDIO, IMAGE, BLOB, PROJECTION, MESH, PR_CURVE, GRAPH,
         HPARAM_AXES, HPARAM_SCATTER, HPARAM_COLUMNS, HPARAM_DIFF),
)  # fmt: skip

HERE = (
    _key("toggle_line", "space", "Space", "show/fold", "Runs: show or hide. Tags: open into runs. Cards, groups: fold. "
         "Histograms: of all runs. Texts: a screenful on. Problems: mark it no more.",
         "Showing", RUNS, ROWS, HISTOGRAM, HPARAM_COLUMNS, PROBLEMS),
    _key("pin", "p", "p", "pin", "Pin the tag, or the run, on top; again: unpin it.", "Showing"),
    _key("copy", "c", "c", "copy", "Copy: the row's value, or the chart's or table's numbers as CSV. "
         "In tmux this needs `set -s set-clipboard on`.", "Taking",
         TABLE, PROBLEMS),
    _key("export", "e", "e", "export", "Write the points in view to a new CSV file in the working directory; "
         "where that is in the log directory, in the home directory. Images, sounds: the files as logged. "
         "Meshes: as OBJ. HParams: the table.", "Taking", AUDIO),
    _key("cursor_back", "comma", ",", "cursor back",
         "Charts and cards: the cursor a place back. Images: a frame. PR curves: a threshold. Projector: a point. "
         "Meshes: one of a batch. Graphs: the one logged before.", "In a chart",
         CARDS, IMAGE, AUDIO, HISTOGRAM, PR_CURVE, CUSTOM_CARDS, footer=(", .", "cursor")),
    _key("cursor_on", "full_stop", ".", "cursor on",
         "Charts and cards: the cursor a place on, and so on.", "In a chart"),
    _key("mark", "m", "m", "mark",
         "Mark the cursor's place: differences to it, and min, max, mean and slope between. Again: take it away. "
         "Texts: see the changes from this one. HParams: the session, or a range of the axis from here on.",
         "In a chart", CHART, PR_CURVE, HPARAM_AXES, HPARAMS),
    _key("zoom_in", "plus,equals_sign", "+", "zoom in", "Zoom in about the cursor, or the end; images: or the middle. "
         "Graphs: unfold a level.",
         "In a chart", CHART, CARDS, IMAGE, AUDIO, HISTOGRAM, PROJECTION, MESH, PR_CURVE, CUSTOM_CARDS, GRAPH,
         footer=("+ - 0", "zoom")),
    _key("zoom_out", "minus", "-", "zoom out", "Zoom out.", "In a chart"),
    _key("zoom_all", "0", "0", "all", "Show everything again. HParams: no ranges of axes.", "In a chart"),
    _key("zoom_range", "z", "z", "to range", "Zoom to what lies between the mark and the cursor.", "In a chart"),
    _key("pan_left", "shift+left,H", "Shift+← H", "pan left", "Move the stretch in view to the left; meshes: turn.",
         "In a chart", MESH, footer=("Shift+← →", "pan")),
    _key("pan_right", "shift+right,L", "Shift+→ L", "pan right", "Move the stretch in view to the right; meshes: turn.",
         "In a chart"),
    _key("pan_up", "shift+up,K", "Shift+↑ K", "pan up", "Full views of other data: move what is in view up, by a line.",
         "In a chart"),
    _key("pan_down", "shift+down,J", "Shift+↓ J", "pan down", "The same, down.", "In a chart"),
    _key("differs", "i", "i", "differing", "HParams: leave out, or not, hparams that are the same in all sessions.",
         "Showing"),
    _key("columns", "V", "V", "columns", "HParams: choose the columns.", "Showing", HPARAMS),
    _key("compare", "M", "M", "compare", "HParams: what tells two marked sessions, this and the marked one, or two "
         "that are shown from each other.", "Comparing", HPARAMS),
    _key("colour", "C", "C", "colours", "Projector: colour points by the next column of the metadata.", "In a chart",
         PROJECTION),
    _key("distance", "D", "D", "distance", "Projector: nearest by cosine or by Euclidean distance.", "In a chart"),
    _key("scroll_on", "d", "d", "scroll on", "Long texts: a screenful on; Space too.", "In a chart",
         TEXT, footer=("d u", "scroll")),
    _key("scroll_back", "u", "u", "scroll back", "Long texts: a screenful back.", "In a chart"),
)  # fmt: skip

SHOW = (
    _key("density", "g", "g", "rows/cards",
         "Scalars: rows, or cards with a small chart each. Full views of other data: the next way to show it.",
         "Showing", ROWS, IMAGES, IMAGE, CARDS, TEXT, PROJECTION, MESH, GRAPH, HPARAMS, HPARAM_AXES, HPARAM_SCATTER),
    _key("table", "v", "v", "table", "Scalars: the table of runs and tags.", "Showing", TABLE, footer=("v", "back")),
    _key("together", "G", "G", "group", "Put a group's tags on one chart; in the rows, on one scale.", "Showing"),
    _key("measure", "w", "w", "which", "Tables: last, min, max; of scalars the mean of the last points, of HParams "
         "where the metric under the cursor is best.", "Showing", TABLE),
    _key("baseline", "b", "b", "baseline", "Compare the others with this run: Δ; again: with none. "
         "Graphs, texts: what changed since this run's.", "Comparing",
         RUNS),
    _key("aggregate", "A", "A", "seeds", "Draw the runs of one group as their mean: by a regex, or by equal hparams. "
         "HParams: a row a session group, its mean, median or best session.",
         "Comparing", RUNS),
    _key("spread", "B", "B", "band", "The band about a mean: min to max, or ± the standard deviation.", "Comparing"),
    _key("order", "S", "S", "sort", "Sort the runs: by name, last event, the tag's last or best value. "
         "Graphs: by parameters. HParams: also by this column.", "Comparing",
         RUNS, GRAPH),
    _key("toggle_all", "a", "a", "all/none", "Show all runs, or none.", "Showing"),
    _key("only", "o", "o", "only this", "Show only this run; again: all.", "Showing", RUNS),
    _key("filter", "slash", "/", "filter", "Filter the focused pane: regular expression, smart case, live. "
         "An open text or graph, a projector: search. HParams: an expression, `lr>=1e-3 optimizer=adam`.",
         "Showing",
         ROWS, CARDS, HISTOGRAMS, IMAGES, BLOBS, RUNS, TEXT, HPARAMS, PROJECTION, CUSTOM_CARDS, GRAPH, OTHER,
         HPARAM_SCATTER, PROBLEMS, first=True),
    _key("axis", "x", "x", "x axis", "X axis: step, relative time, wall time.", "Showing"),
    _key("fit", "f", "f", "fit", "Fit x to the longest run, to the focused run, or each run to 0-100 %. "
         "Texts: wrap long lines, or not.", "Showing"),
    _key("no_outliers", "O", "O", "outliers", "Leave outliers out of the range of y, as TensorBoard does.", "Showing",
         CARDS, CUSTOM_CARDS),
    _key("log_y", "y", "y", "log y", "Logarithmic y axis; histograms: counts. HParams: the axis' next scale.",
         "Showing", CHART),
    _key("superseded", "r", "r", "restarts",
         "Show or hide what a restarted run logged again: faint in the chart, in brackets among histograms. "
         "The chart's cursor and readout stay on the current points.", "Showing"),
    _key("smoothing", "s", "s", "smooth", "Smoothing on or off.", "Showing"),
    _key("less_smoothing", "left_square_bracket", "[", "less", "Less smoothing.", "Showing"),
    _key("more_smoothing", "right_square_bracket", "]", "more", "More smoothing.", "Showing"),
)  # fmt: skip

GO = (
    _key("next_problem", "n", "n", "next problem",
         "To the next NaN, infinity or mark of a problem; in a text or a graph: to the next match.", "Going", GRAPH),
    _key("focus_next", "tab", "Tab", "next pane", "To the next pane; opens the runs in a narrow window.", "Going",
         ROWS, HISTOGRAMS, IMAGES, BLOBS, PROBLEMS, OTHER, first=True),
    _key("focus_previous", "shift+tab", "Shift+Tab", "previous pane", "To the previous pane.", "Going", first=True),
    _key("tab_on", "right_curly_bracket", "}", "next tab", "To the next tab.", "Going", first=True),
    _key("tab_back", "left_curly_bracket", "{", "tab before", "To the tab before.", "Going", first=True),
    *(
        _key(f"tab({number})", str(number), str(number), f"tab {number}", f"To tab {number}.", "Going", first=True)
        for number in range(1, 10)
    ),
)  # fmt: skip

APP = (
    _key("theme", "t", "t", "theme", "Dark or light.", "Going"),
    _key("command_palette", "ctrl+p", "Ctrl+P", "commands", "All commands, by name.", "Going"),
    _key("redraw", "ctrl+l", "Ctrl+L", "redraw", "Draw the screen anew, after something else wrote over it.", "Going"),
    _key("suspend_process", "ctrl+z", "Ctrl+Z", "suspend", "Leave for the shell; `fg` there comes back.", "Going"),
    _key("help", "question_mark", "?", "help", "This list.", "Going", *_ALL_VIEWS),
    _key("quit", "q,ctrl+q,ctrl+c", "q", "quit", "Quit. Ctrl+C and Ctrl+Q too.", "Going", *_ALL_VIEWS),
)  # fmt: skip

KEYS: tuple[Key, ...] = (*MOVE, *HERE, *SHOW, *GO, *APP)
FOOTER_KEYS = {
    "cursor_down": ("cursor_up", "cursor_down"),
    "cursor_right": ("cursor_left", "cursor_right"),
    "cursor_back": ("cursor_back", "cursor_on"),
    "zoom_in": ("zoom_in", "zoom_out", "zoom_all"),
    "pan_left": ("pan_left", "pan_right"),
    "scroll_on": ("scroll_on", "scroll_back"),
}
"""Where the footer writes the first keys of several commands beside one label: which ones."""
LABELS = {
    **{("cursor_right", view): "step" for view in (HISTOGRAM, TEXT, AUDIO, BLOB)},
    ("cursor_right", PR_CURVE): "step",
    ("cursor_back", PR_CURVE): "threshold",
    ("density", TEXT): "view",
    ("toggle_line", HISTOGRAM): "runs",
    ("export", AUDIO): "save",
    ("cursor_back", HISTOGRAM): "bin",
    ("filter", TEXT): "search",
    ("cursor_down", PROJECTION): "point",
    ("density", PROJECTION): "axes",
    ("filter", PROJECTION): "search",
    ("cursor_right", IMAGE): "step",
    ("cursor_back", IMAGE): "frame",
    ("density", IMAGES): "grid",
    ("density", IMAGE): "runs/steps",
    ("cursor_right", MESH): "step",
    ("density", MESH): "view",
    ("pan_left", MESH): "rotate",
    ("enter", OTHER): "values",
    ("enter", HPARAMS): "sort",
    ("density", HPARAMS): "view",
    ("cursor_right", HPARAM_AXES): "axis",
    ("cursor_down", HPARAM_AXES): "place",
    ("enter", HPARAM_AXES): "only these",
    ("mark", HPARAM_AXES): "range",
    ("density", HPARAM_AXES): "view",
    ("cursor_right", HPARAM_SCATTER): "panel",
    ("density", HPARAM_SCATTER): "view",
    ("cursor_right", GRAPH): "fold",
    ("density", GRAPH): "view",
    ("zoom_in", GRAPH): "levels",
    ("cursor_right", OTHER): "step",
    ("cursor_down", "custom_chart"): "chart",
    ("filter", GRAPH): "search",
    ("next_problem", GRAPH): "next match",
    ("enter", PROBLEMS): "go there",
    ("toggle_line", PROBLEMS): "dismiss",
}
"""What the footer calls a command in a view where that is not its label."""
_LATE = {"export": 1} | {key.id: 2 for key in APP}
"""What stands behind the other keys of the footer: a small window has room for these first."""
LEAVE = next(key for key in MOVE if key.id == "leave")
# What a key of the first kind does is the focused widget's affair, one of the second the main screen's; the last work
# over whatever is open.
WIDGET_BINDINGS = [key.binding for key in (*MOVE, *HERE)]
SCREEN_BINDINGS = [key.binding for key in (*SHOW, *GO)]
APP_BINDINGS = [key.binding for key in APP]


def footer_keys(view: str, keys: Iterable[Key] = KEYS) -> list[Key]:
    """The keys that matter in a view, in the table's order; what takes something along after what shows it."""
    like = _FOOTER_OF.get(view, view)
    labels = {id: label for of in (like, view) for (id, labelled), label in LABELS.items() if labelled == of}
    found = [_labelled(key, labels.get(key.id)) for key in keys if like in key.views]
    return sorted(found, key=lambda key: _LATE.get(key.id, 0))


def _labelled(key: Key, label: str | None) -> Key:
    return key if label is None else replace(key, label=label, footer=key.footer and (key.footer[0], label))


def help_sections(keys: Iterable[Key] = KEYS) -> dict[str, list[tuple[str, str]]]:
    """Heading -> (keys as written, what they do); the number keys stand on one line if they are the usual ones."""
    sections: dict[str, list[tuple[str, str]]] = {}
    keys = tuple(keys)
    tabs = [key for key in keys if key.id.startswith("tab(")]
    on_one_line = all(key.id == f"tab({key.keys})" for key in tabs)
    for key in keys:
        if on_one_line and key in tabs:
            if key is tabs[0]:
                sections.setdefault(key.section, []).append(("1-9", "To that tab."))
            continue
        sections.setdefault(key.section, []).append((key.shown, key.help))
    return sections
