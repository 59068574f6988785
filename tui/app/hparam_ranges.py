"""Ranges of the parallel axes: they are kept as values, and are places on the axes as these are now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tui.analysis.hparams.axes import Axis, Brush
from tui.analysis.hparams.frame import Column
from tui.app.hparam_choices import Range


def brushes_on(axes: Sequence[Axis], ranges: Iterable[Range]) -> dict[Column, Brush]:
    """The ranges as places; those whose column or ends have no place on these axes are not in force."""
    of_name = {axis.column.full_name: axis for axis in axes}
    found = {}
    for name, *ends in ranges:
        axis = of_name.get(name)
        places = [place for end in ends if axis is not None and (place := axis.place_of(end)) is not None]
        if axis is not None and len(places) == len(ends):
            found[axis.column] = Brush(min(places), max(places))
    return found
