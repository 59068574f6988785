"""Which hparam goes with a metric, in one line a metric."""

from __future__ import annotations

from collections.abc import Sequence

from tui.analysis.hparams.correlation import LEAST_PAIRS, Association, Kind, Reason
from tui.analysis.hparams.frame import Column
from tui.app.parts import Part, cut
from tui.app.theme import Look
from tui.render.cells import fit, width
from tui.render.numbers import number
from tui.render.text import printable

_NAME_MOST = 24
_SIGNS = {Kind.RANK: "ρ", Kind.EFFECT: "ω²"}


def association_parts(
    metric: Column, hparams: Sequence[Column], found: Sequence[Association], cells: int, look: Look
) -> list[Part]:
    """The metric's name, then hparams, the strongest first; `?` and a dim look say that it may be chance."""
    pairs = [(column, item) for column, item in zip(hparams, found, strict=True) if item.reason is None]
    pairs.sort(key=lambda pair: -abs(pair[1].strength))
    name = fit(metric.name, min(_NAME_MOST, max(8, cells // 4)), keep="both")
    parts: list[Part] = [(f" {name}  ", look.text)]
    counts = {item.n for _, item in pairs}
    for column, item in pairs:
        text = f"{printable(column.name)} {_measured(item)}"
        text += "" if item.sure else "?"
        text += "" if len(counts) == 1 else f" n={item.n}"
        parts.append((f"{text}   ", look.text if item.sure else look.dim))
    if len(counts) == 1:
        parts.insert(1, (f"n={counts.pop()}  ", look.dim))
    elif not pairs:
        parts.append((why_nothing(found), look.dim))
    return cut(_whole(parts, cells), cells)


def why_nothing(found: Sequence[Association]) -> str:
    """Why no hparam has a number."""
    if not found:
        return "no hparam differs"
    most = max(found, key=lambda item: item.n)
    words = {
        Reason.FEW: f"too few, {LEAST_PAIRS} sessions are needed",
        Reason.CONSTANT: "no hparam differs among them",
        Reason.METRIC_CONSTANT: "the metric is the same in all",
        Reason.TOO_MANY_VALUES: "too many values for so few sessions",
    }
    return f"n={most.n}: {words[most.reason]}" if most.reason else ""


def association_text(item: Association) -> str:
    """How two columns go with each other, with the number of sessions and the probability of chance."""
    if item.reason is not None:
        return why_nothing([item])
    return f"{_measured(item)}  n={item.n}  p={number(item.p)}"


def _measured(item: Association) -> str:
    strength = f"{item.strength:+.2f}" if item.kind is Kind.RANK else f"{item.strength:.2f}"
    return f"{_SIGNS[item.kind]} {strength}"


def _whole(parts: list[Part], cells: int) -> list[Part]:
    """As many of the first parts as fit whole, and at least two."""
    kept: list[Part] = []
    room = cells
    for text, style in parts:
        if len(kept) >= 2 and width(text.rstrip()) > room:
            break
        text = text if width(text) <= room else text.rstrip()
        kept.append((text, style))
        room -= width(text)
    return kept
