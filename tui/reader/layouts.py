"""The layouts found so far, which all files share: the runs of one script have the same."""

from __future__ import annotations

from tui.reader.record_scan import Bytes
from tui.reader.scalar_layout import Geometry, Layout, layout_of, mask_of

_MOST = 1 << 16


class Layouts:
    """Finds the layout of a payload, quickly where another one like it came before. One thread at a time."""

    def __init__(self) -> None:
        # By length, then by geometry: layouts by the bytes that do not vary.
        self._known: dict[int, dict[Geometry, dict[bytes, Layout]]] = {}
        self._masks: dict[Geometry, Bytes] = {}
        self._count = 0

    def mask(self, geometry: Geometry) -> Bytes:
        """`mask_of`, kept."""
        mask = self._masks.get(geometry)
        if mask is None:
            mask = self._masks[geometry] = mask_of(geometry)
        return mask

    def known(self, payload: Bytes) -> Layout | None:
        """The layout of a payload, uint8[length], where it was found before."""
        for geometry, same in self._known.get(len(payload), {}).items():
            layout = same.get((payload & self.mask(geometry)).tobytes())
            if layout is not None:
                return layout
        return None

    def find(self, payload: Bytes) -> Layout | None:
        """The layout of a payload, uint8[length], or None where there is none."""
        layout = layout_of(payload.tobytes())
        if layout is None:
            return None
        if self._count >= _MOST:  # a log of ever new tags; the ones in use are found again
            self._known, self._masks, self._count = {}, {}, 0
        same = self._known.setdefault(len(payload), {}).setdefault(layout.geometry, {})
        same[layout.constant.tobytes()] = layout
        self._count += 1
        return layout
