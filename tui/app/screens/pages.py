"""The pages of the tabs of blobs: which widget lists a tab's tags, and which one shows the open tag."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tui.app.choices import Tab
from tui.app.hparam_choices import HParamPage
from tui.app.selection import Selection
from tui.app.widgets.audio_full import AudioFull
from tui.app.widgets.audio_rows import AudioRows
from tui.app.widgets.custom_cards import CustomCards
from tui.app.widgets.custom_chart import CustomChart
from tui.app.widgets.full_view import FullView
from tui.app.widgets.graph_full import GraphFull
from tui.app.widgets.graph_rows import GraphRows
from tui.app.widgets.histogram_full import HistogramFull
from tui.app.widgets.histogram_rows import HistogramRows
from tui.app.widgets.hparam_axes import HParamAxes
from tui.app.widgets.hparam_columns import HParamColumns
from tui.app.widgets.hparam_diff import HParamDiffView
from tui.app.widgets.hparam_scatter import HParamScatter
from tui.app.widgets.hparams import HParams
from tui.app.widgets.image_full import ImageFull
from tui.app.widgets.image_rows import ImageRows
from tui.app.widgets.mesh_full import MeshFull
from tui.app.widgets.mesh_rows import MeshRows
from tui.app.widgets.pr_curve_full import PrCurveFull
from tui.app.widgets.pr_curve_rows import PrCurveRows
from tui.app.widgets.projection_full import ProjectionFull
from tui.app.widgets.projection_rows import ProjectionRows
from tui.app.widgets.sessions import SessionsList, SessionsView
from tui.app.widgets.tag_rows import TagRows
from tui.app.widgets.text_full import TextFull
from tui.app.widgets.text_rows import TextRows


@dataclass(frozen=True, slots=True)
class Pages:
    """The list and the full view of a tab, and their widgets' ids."""

    rows_id: str
    rows: type[TagRows] | type[ProjectionRows] | type[CustomCards] | type[GraphRows]
    full_id: str
    full: type[FullView] | type[GraphFull]

    def page_id(self, tab: Tab, selection: Selection) -> str:
        """The id of the one that a selection asks for."""
        return self.rows_id if selection.opened_in(tab) is None else self.full_id


BLOB_PAGES: Mapping[Tab, Pages] = {
    Tab.HISTOGRAMS: Pages("histograms", HistogramRows, "histogram", HistogramFull),
    Tab.IMAGES: Pages("images", ImageRows, "image", ImageFull),
    Tab.AUDIO: Pages("audios", AudioRows, "audio", AudioFull),
    Tab.TEXT: Pages("texts", TextRows, "text", TextFull),
    Tab.PR_CURVES: Pages("pr_curves", PrCurveRows, "pr_curve", PrCurveFull),
    Tab.GRAPHS: Pages("graphs", GraphRows, "graph", GraphFull),
    Tab.CUSTOM: Pages("custom_cards", CustomCards, "custom_chart", CustomChart),
    Tab.MESHES: Pages("meshes", MeshRows, "mesh", MeshFull),
    Tab.PROJECTOR: Pages("projections", ProjectionRows, "projection", ProjectionFull),
}

HPARAM_PAGES: Mapping[HParamPage, Callable[..., SessionsView | SessionsList]] = {
    HParamPage.TABLE: HParams,
    HParamPage.AXES: HParamAxes,
    HParamPage.SCATTER: HParamScatter,
    HParamPage.COLUMNS: HParamColumns,
    HParamPage.DIFF: HParamDiffView,
}
