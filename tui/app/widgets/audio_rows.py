"""The list of audio tags: an outline of each clip, how long it is, and how loud."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from logging_lib.tfevents import plugins
from tui.app.parts import Part
from tui.app.sound_facts import channels_text, level_texts, rate_text, seconds_text
from tui.app.sounds import Sound, Sounds, read_sounds
from tui.app.widgets.blob_rows import BlobRows
from tui.model import BlobRef
from tui.render.cells import fit
from tui.render.sparkline import sparkline
from tui.render.text import printable
from tui.store.snapshot import BlobSeries

_OUTLINE_LEAST, _OUTLINE_MOST = 8, 32
_DURATION, _LEVEL, _RATE, _CHANNELS = 9, 16, 11, 9
_LEAST_LABEL = 8


class AudioRows(BlobRows):
    """All audio tags of the visible runs. Of several clips of a step the first one."""

    kind = plugins.AUDIO
    summary_title = "loudness"

    def summary(self, series: BlobSeries, ref: BlobRef, cells: int) -> list[Part]:
        look, found = self.look, self.shared.blobs.get(ref, read_sounds)
        if not isinstance(found, Sounds):
            return [(fit(found or "reading…", cells, keep="end"), look.error if found else look.dim)]
        if not found.clips:
            return [(fit("no clip", cells), look.dim)]
        clip = found.clips[0]
        columns, outline = _columns(cells)
        if clip.outline is None:
            parts: list[Part] = [(fit(clip.why, outline), look.dim)]
        else:
            parts = [(self._outline(clip.outline, outline), self.shared.runs.style(series.key.run, look))]
        _, wrong = level_texts(clip)
        styles = (look.text, look.warning if wrong else look.dim, look.dim, look.dim)
        for text, size, style in zip(_texts(clip, found), columns, styles, strict=False):
            parts.append((fit(text, size, align="right"), style))
        label, room = printable(" ".join(clip.label.split())), cells - outline - sum(columns)
        return [*parts, (fit(f"  {label}" if room >= _LEAST_LABEL else "", room), look.dim)]

    def _outline(self, loudness: npt.NDArray[np.float32], cells: int) -> str:
        most = float(loudness.max(initial=0)) or 1.0
        return sparkline(loudness, cells, y_range=(0.0, most), glyphs=self.shared.sparks.glyphs).text


def _columns(cells: int) -> tuple[list[int], int]:
    """Cells of duration, level, rate and channels, as many as there is room for, and of the outline."""
    columns: list[int] = []
    room = cells - _OUTLINE_LEAST
    for size in (_DURATION, _LEVEL, _RATE, _CHANNELS):
        if size > room:
            break
        columns.append(size)
        room -= size
    return columns, max(min(_OUTLINE_LEAST + room // 2, _OUTLINE_MOST, cells), 0)


def _texts(clip: Sound, found: Sounds) -> list[str]:
    """What stands in the columns."""
    channels = channels_text(clip.channels) if clip.channels is not None else ""
    clips = len(found.clips) + found.more
    levels, wrong = level_texts(clip)
    return [
        seconds_text(clip.seconds) if clip.seconds is not None else "",
        next(iter([*wrong, *levels]), ""),
        rate_text(clip.rate) if clip.rate is not None else "",
        channels if clips == 1 else f"{clips} clips",
    ]
