"""Canvases and rows of text as Textual strips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.render.canvas import Behind, Canvas, Part, decode, split_paint

_NONE = Style()


@dataclass(frozen=True)
class ChartStyles:
    """How each part of a chart looks. Every style is laid over `base`; `highlight` and `shade` over all others.

    `curves` and `faint` are by owner; an owner without a faint style gets its plain one, dimmed.
    """

    base: Style = _NONE
    axis: Style = _NONE
    label: Style = _NONE
    grid: Style = _NONE
    cursor: Style = _NONE
    mark: Style = _NONE
    warning: Style = _NONE
    highlight: Style = _NONE
    shade: Style = _NONE
    curves: Mapping[int, Style] = field(default_factory=dict)
    faint: Mapping[int, Style] = field(default_factory=dict)
    _known: dict[int, Style] = field(default_factory=dict, init=False, repr=False, compare=False)

    def of(self, paint: int) -> Style:
        """The style of a canvas paint."""
        if paint not in self._known:
            self._known[paint] = self._made(paint)
        return self._known[paint]

    def _made(self, paint: int) -> Style:
        part, owner, faint, behind = split_paint(paint)
        if part is not None:
            style = self._of_part(part)
        elif faint:
            style = self.faint.get(owner) or self.curves.get(owner, _NONE) + Style(dim=True)
        else:
            style = self.curves.get(owner, _NONE)
        return self.base + style + {Behind.HIGHLIGHT: self.highlight, Behind.SHADE: self.shade}.get(behind, _NONE)

    def _of_part(self, part: Part) -> Style:
        match part:
            case Part.BLANK:
                return _NONE
            case Part.AXIS:
                return self.axis
            case Part.LABEL:
                return self.label
            case Part.GRID:
                return self.grid
            case Part.CURSOR:
                return self.cursor
            case Part.MARK:
                return self.mark
            case Part.WARNING:
                return self.warning


def canvas_strips(canvas: Canvas, styles: ChartStyles) -> list[Strip]:
    """One strip a row, each exactly the canvas's width, in few segments: a blank continues the style before it."""
    looks = {paint: styles.of(paint) for paint in np.unique(canvas.paints).tolist()}
    loud = [paint for paint, style in looks.items() if not _shows_only_ink(style, styles.base)]
    unseen = (canvas.chars == ord(" ")) & (canvas.paints == Part.BLANK)
    source = np.where(unseen & (np.arange(canvas.width) > 0), 0, np.arange(canvas.width))
    carried = np.take_along_axis(canvas.paints, np.maximum.accumulate(source, axis=1), axis=1)
    paints = np.where(unseen & ~np.isin(carried, loud) if loud else unseen, carried, canvas.paints)
    return [_row(canvas.chars[row], paints[row], looks) for row in range(canvas.height)]


def row_strip(parts: Sequence[tuple[str, Style]], width: int, base: Style = _NONE) -> Strip:
    """Texts that are printable already, side by side over `base`, in exactly `width` cells: padded or cut there."""
    strip = Strip([Segment(text, base + style) for text, style in parts if text])
    return strip.adjust_cell_length(max(width, 0), base)


def _row(chars: npt.NDArray[np.uint32], paints: npt.NDArray[np.int32], looks: Mapping[int, Style]) -> Strip:
    cuts = [0, *(np.flatnonzero(paints[1:] != paints[:-1]) + 1).tolist(), len(chars)]
    text = decode(chars)
    if len(text) < len(chars):  # a wide character has two cells
        texts = [decode(chars[a:b]) for a, b in pairwise(cuts)]
    else:
        texts = [text[a:b] for a, b in pairwise(cuts)]
    segments = [Segment(part, looks[int(paints[a])]) for part, a in zip(texts, cuts, strict=False) if part]
    return Strip(segments, len(chars))


def _shows_only_ink(style: Style, base: Style) -> bool:
    """Whether a blank looks the same in the style as in `base`."""
    return style.bgcolor == base.bgcolor and not (style.reverse or style.underline or style.strike or style.link)
