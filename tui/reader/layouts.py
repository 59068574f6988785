"""The layouts found so far, which all files share: the runs of one script have the same."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui.reader.record_scan import Bytes
from tui.reader.scalar_layout import Geometry, Layout, layout_of

# What is kept, by a layout's bytes and scalars; some ten times as much memory.
_MOST_KEPT = 1 << 23
_SCALAR_BYTES = 64
# Of one length: each one costs time where a layout is looked up.
_MOST_FAMILIES = 16


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
        self._kept = 0

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
        if self._kept >= _MOST_KEPT:  # a log of ever new tags; the ones in use are found again
            self._families, self._kept = {}, 0
        self._family_of(layout).layouts[layout.constant.tobytes()] = layout
        self._kept += len(payload) + _SCALAR_BYTES * len(layout.scalars)
        return layout

    def _family_of(self, layout: Layout) -> _Family:
        families = self._families.setdefault(layout.geometry.length, [])
        for family in families:
            if family.geometry == layout.geometry:
                return family
        if len(families) == _MOST_FAMILIES:
            del families[0]
        families.append(_Family(layout.geometry, layout.mask))
        return families[-1]
