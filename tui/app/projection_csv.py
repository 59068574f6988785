"""Points taken along: neighbours for the clipboard, coordinates for a file, both as CSV."""

from __future__ import annotations

from typing import TextIO

import numpy as np

from tui.app.point_sets import PointSet
from tui.app.projections import Nearest, NeighbourQuery
from tui.render.file_text import csv_text
from tui.render.float_text import float_texts
from tui.render.text import printable

_ROWS_AT_ONCE = 8192


def nearest_csv(found: PointSet, query: NeighbourQuery, nearest: Nearest) -> str:
    """A point and its nearest neighbours, a line each, for the clipboard: it is pasted into terminals, too."""
    lines = [f"point,label,{query.distance.value}_distance"]
    for point, distance in ((query.point, 0.0), *zip(nearest.points.tolist(), nearest.distances.tolist(), strict=True)):
        lines.append(f"{found.numbers[point]},{csv_text(printable(found.label(point)))},{distance!r}")
    return "\n".join(lines) + "\n"


def write_coordinates(stream: TextIO, found: PointSet, pair: tuple[int, int]) -> int:
    """All points on two components as CSV, those that are not finite left out; returns how many they are."""
    stream.write(f"point,label,PC{pair[0] + 1},PC{pair[1] + 1}\n")
    places = np.flatnonzero(np.isfinite(found.projection.coordinates[:, 0]))
    for start in range(0, len(places), _ROWS_AT_ONCE):
        some = places[start : start + _ROWS_AT_ONCE]
        x, y = (float_texts(found.projection.coordinates[some, component]) for component in pair)
        names = (csv_text(found.label(at)) for at in some.tolist())
        rows = zip(found.numbers[some].tolist(), names, x, y, strict=True)
        stream.write("".join(f"{number},{name},{at_x},{at_y}\n" for number, name, at_x, at_y in rows))
    return len(places)
