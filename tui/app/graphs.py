"""The graphs that were logged, how each is read, and how much there is in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from logging_lib.tfevents import plugins
from tui.analysis.graph_model import GraphModel, model_of_graphs, model_of_keras, model_of_metadata, timed
from tui.analysis.graph_parameters import GraphKind, Weights
from tui.app.blob_steps import step_line
from tui.app.catalog import baseline_run, natural_key, visible_runs
from tui.app.choices import Tab
from tui.app.selection import BLOB_TABS, Selection
from tui.model import BlobRef, SeriesKey
from tui.reader.decode import META_GRAPH_TAG, RUN_GRAPH_TAG
from tui.reader.payload import PayloadError, read_graph, read_keras_model, read_run_metadata
from tui.store.snapshot import BlobSeries, StoreSnapshot

PROFILED = (plugins.GRAPH_RUN_METADATA, plugins.GRAPH_RUN_METADATA_GRAPH, plugins.GRAPH_TAGGED_RUN_METADATA)
"""The plugins whose blobs are metadata of a run, with graphs in them or not."""
_TITLES = {RUN_GRAPH_TAG: "graph", META_GRAPH_TAG: "meta graph"}
_ORDER = (plugins.GRAPHS, plugins.GRAPH_KERAS_MODEL, *PROFILED)


@dataclass(frozen=True, slots=True)
class GraphFacts:
    """What the list says of a graph; `nodes` are layers of a Keras model.

    `micros` is how long a profiled run of it took, None without one.
    """

    kind: GraphKind
    nodes: int
    weights: Weights
    micros: int | None


def title_of(tag: str) -> str:
    """What a graph is called, yet to be made printable: graphs in events of their own have no tag."""
    return _TITLES.get(tag, tag)


def read_model(ref: BlobRef) -> GraphModel:
    """The graph of an event, or in a string.

    Raises:
        PayloadError: as `read_graph`, or there is more of it than is shown.
    """
    return _shown(ref, lambda: model_of_graphs([read_graph(ref)]))


def read_keras(ref: BlobRef) -> GraphModel:
    """A Keras model.

    Raises:
        PayloadError: as `read_keras_model`, or there is more of it than is shown.
    """
    return _shown(ref, lambda: model_of_keras(read_keras_model(ref)))


def read_profile(ref: BlobRef) -> GraphModel:
    """The graphs in the metadata of a run, or what ran.

    Raises:
        PayloadError: as `read_run_metadata`, or there is more of it than is shown.
    """
    return _shown(ref, lambda: model_of_metadata(read_run_metadata(ref)))


def _shown(ref: BlobRef, read: Callable[[], GraphModel]) -> GraphModel:
    try:
        return read()
    except ValueError as error:
        raise PayloadError(f"{ref.path}: {error}") from error
    except RecursionError as error:
        raise PayloadError(f"{ref.path}: graph nested too deeply") from error


@dataclass(frozen=True, slots=True)
class TimedModel:
    """Reads a graph together with a profiled run of it."""

    profile: BlobRef

    def __call__(self, ref: BlobRef) -> GraphModel:
        """The graph with the times of the run.

        Raises:
            PayloadError: as `read_model`.
        """
        model = read_model(ref)
        try:
            return timed(model, read_run_metadata(self.profile))
        except PayloadError:
            return model  # a graph is worth seeing without its times


@dataclass(frozen=True, slots=True)
class Facts:
    """Reads what the list says of a graph, and no more stays in memory."""

    read: Callable[[BlobRef], GraphModel]

    def __call__(self, ref: BlobRef) -> GraphFacts:
        """The facts.

        Raises:
            PayloadError: what `read` raises.
        """
        model = self.read(ref)
        micros = model.times[0].micros if model.times else None
        many = len(model.rows) if model.kind is GraphKind.KERAS else model.own
        return GraphFacts(model.kind, many, model.weights, micros)


def reader_of(snapshot: StoreSnapshot, series: BlobSeries) -> Callable[[BlobRef], GraphModel]:
    """How a series' blobs are read: the graph of a run together with the newest metadata that was logged beside it."""
    plugin = series.key.plugin
    if plugin == plugins.GRAPH_KERAS_MODEL:
        return read_keras
    if plugin in PROFILED:
        return read_profile
    profiles = [
        other
        for key, other in snapshot.blobs.items()
        if key.run == series.key.run and key.plugin == plugins.GRAPH_TAGGED_RUN_METADATA
    ]
    newest = max(profiles, key=lambda other: float(other.wall_times[-1]), default=None)
    return read_model if newest is None else TimedModel(newest.refs[-1])


def all_graphs(snapshot: StoreSnapshot, selection: Selection) -> list[SeriesKey]:
    """The graphs of the visible runs, run by run. Metadata beside a run's graph are shown in that."""
    place = {run: at for at, run in enumerate(visible_runs(snapshot, selection))}
    found = [key for key in snapshot.blobs if key.plugin in BLOB_TABS[Tab.GRAPHS] and key.run in place]
    with_graph = {key.run for key in found if key.plugin == plugins.GRAPHS}
    found = [key for key in found if key.plugin != plugins.GRAPH_TAGGED_RUN_METADATA or key.run not in with_graph]
    found.sort(key=lambda key: natural_key(key.tag))
    return sorted(found, key=lambda key: (place[key.run], _ORDER.index(key.plugin), key.tag == META_GRAPH_TAG))


def listed_graphs(snapshot: StoreSnapshot, selection: Selection) -> list[SeriesKey]:
    """Those of them whose name the filter lets through."""
    matches = selection.tags_filter.matches
    return [key for key in all_graphs(snapshot, selection) if matches(title_of(key.tag)) or matches(key.tag)]


class LoggedGraph(NamedTuple):
    """A graph where it lies, how it is read, and the step that it was logged at."""

    key: SeriesKey
    ref: BlobRef
    read: Callable[[BlobRef], GraphModel]
    step: int


def logged_graph(snapshot: StoreSnapshot, selection: Selection, key: SeriesKey, back: int = 0) -> LoggedGraph | None:
    """The graph of a series at the chosen step, or so many before it; None where there are not so many."""
    series = snapshot.blobs[key]
    line = step_line(series, superseded=selection.superseded)
    at = line.at(selection.step) - back
    if at < 0:
        return None
    return LoggedGraph(key, series.refs[int(line.entries[at])], reader_of(snapshot, series), int(line.steps[at]))


def compared_with(snapshot: StoreSnapshot, selection: Selection, key: SeriesKey) -> LoggedGraph | None:
    """What a graph is compared with: that of the baseline run, else the one logged before, else that of the run listed
    before, or of the one after it.
    """
    graphs = [other for other in all_graphs(snapshot, selection) if other.tag == key.tag]
    baseline = baseline_run(snapshot, selection)
    chosen = next((other for other in graphs if other.run == baseline and other.run != key.run), None)
    before = logged_graph(snapshot, selection, key, back=1)
    if chosen is None and before is not None:
        return before
    at = graphs.index(key)
    beside = [*graphs[max(at - 1, 0) : at], *graphs[at + 1 : at + 2]]
    chosen = chosen or next(iter(beside), None)
    return None if chosen is None else logged_graph(snapshot, selection, chosen)


def graph_of(snapshot: StoreSnapshot, selection: Selection, tag: str, run: str | None) -> SeriesKey | None:
    """The graph of this tag to show: the run's, else that of the visible run that logged last; None without one."""
    keys = [key for key in all_graphs(snapshot, selection) if key.tag == tag]
    own = next((key for key in keys if key.run == run), None)
    return own or max(keys, key=lambda key: snapshot.runs[key.run].last_wall_time or 0.0, default=None)
