"""The layouts found so far, which all files share: the runs of one script have the same."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui.reader.record_scan import Bytes
from tui.reader.scalar_layout import Geometry, Layout, layout_of

_MOST = 1 << 16


@dataclass(slots=True)
class _Family:
    """Layouts of one geometry by the bytes that do not vary under its mask."""

    geometry: Geometry
    mask: Bytes
    layouts: dict[bytes, Layout] = field(default_factory=dict)


class Layouts:
    """Finds the layout of a payload, quickly where another one like it came before. One thread at a time."""

    def __init__(self) -> None:
        self._families: dict[int, list[_Family]] = {}
        self._count = 0

    def known(self, payload: Bytes) -> Layout | None:
        """The layout of a payload, uint8[length], where it was found before."""
        for family in self._families.get(len(payload), ()):
            layout = family.layouts.get((payload & family.mask).tobytes())
            if layout is not None:
                return layout
        return None

    def find(self, payload: Bytes) -> Layout | None:
        """The layout of a payload, uint8[length], or None where there is none."""
        layout = layout_of(payload.tobytes())
        if layout is None:
            return None
        if self._count >= _MOST:  # a log of ever new tags; the ones in use are found again
            self._families, self._count = {}, 0
        self._family_of(layout).layouts[layout.constant.tobytes()] = layout
        self._count += 1
        return layout

    def _family_of(self, layout: Layout) -> _Family:
        families = self._families.setdefault(layout.geometry.length, [])
        for family in families:
            if family.geometry == layout.geometry:
                return family
        families.append(_Family(layout.geometry, layout.mask))
        return families[-1]
