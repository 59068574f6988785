"""The list of meshes: how many vertices and faces each has, and how large it is."""

from __future__ import annotations

from logging_lib.tfevents import plugins
from tui.app.blobs import Unreadable
from tui.app.meshes import MeshPicture, MeshSnapshot, read_picture
from tui.app.parts import Part
from tui.app.shared import Shared
from tui.app.widgets.blob_rows import BlobRows
from tui.model import BlobRef
from tui.render.cells import fit
from tui.render.numbers import count, number
from tui.store.snapshot import BlobSeries, StoreSnapshot

_COUNT = 10
_BATCH, _SIZE = 7, 28
_GAP = "  "


class MeshRows(BlobRows):
    """All meshes of the visible runs. A mesh is logged as several tags, which are one line here."""

    kind = plugins.MESH

    def __init__(self, shared: Shared, *, id: str | None = None) -> None:
        super().__init__(shared, id=id)
        self._meshes = MeshSnapshot()

    def validate_snapshot(self, snapshot: StoreSnapshot) -> StoreSnapshot:
        """Textual calls it: of all that was read, the meshes."""
        return self._meshes.of(snapshot)

    def summary_heads(self, cells: int, room: int) -> str:
        return "".join(self._columns(("vertices", "faces", "batch"), "size", cells))[cells - room :]

    def summary(self, series: BlobSeries, ref: BlobRef, cells: int) -> list[Part]:
        look = self.look
        source = self._meshes.source(series.key, self.selection.step, 0, superseded=False)
        if source is None:
            return [(fit(f"{_GAP}without vertices", cells), look.dim)]
        picture = self.shared.blobs.get(source, read_picture)
        if not isinstance(picture, MeshPicture):
            style = look.error if isinstance(picture, Unreadable) else look.dim
            return [(fit(f"{_GAP}{picture or 'reading…'}", cells, keep="end"), style)]
        box = _GAP.join(map(number, picture.box.size)) if picture.box is not None else "no finite vertex"
        numbers = count(picture.vertices), count(picture.faces), count(picture.batch)
        texts, rest = self._columns(numbers, box.replace(_GAP, " × "), cells)
        return [(texts, look.text), (rest, look.dim)]

    def _columns(self, numbers: tuple[str, str, str], box: str, cells: int) -> tuple[str, str]:
        """The numbers of vertices and faces, that of the batch, and the box, as many as there is room for.

        Together they are `cells` wide.
        """
        wanted = ((numbers[0], _COUNT), (numbers[1], _COUNT), (f"   {box}", _SIZE), (numbers[2], _BATCH))
        room = [sum(size for _, size in wanted[: at + 1]) <= cells for at in range(len(wanted))]
        texts = "".join(fit(text, size, align="right") for text, size in wanted[: sum(room[:2])])
        rest = fit(wanted[2][0], _SIZE) if room[2] else ""
        rest += fit(wanted[3][0], _BATCH, align="right") if room[3] else ""
        return texts, fit(rest, cells - len(texts))
