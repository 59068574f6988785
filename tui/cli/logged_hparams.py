"""Hparams that runs logged as texts, read for a headless command."""

from __future__ import annotations

from logging_lib.tfevents import plugins
from logging_lib.tfevents.hparams import HParam
from tui.cli.reading import ProblemLines
from tui.model import BlobRef
from tui.reader.hparam_text import LONGEST, hparams_of_text, may_hold_hparams
from tui.reader.payload import PayloadError, read_text
from tui.store.snapshot import StoreSnapshot

_MOST_TAGS = 8
"""Texts of hparams that are read of a run."""


def texts_with_hparams(snapshot: StoreSnapshot) -> dict[str, dict[str, HParam]]:
    """By run, what its newest texts say whose tags promise hparams; of two that give a name, the first tag's."""
    problems = ProblemLines()
    found: dict[str, dict[str, HParam]] = {}
    tags: dict[str, int] = {}
    for key, series in snapshot.blobs.items():
        if key.plugin != plugins.TEXT or not may_hold_hparams(key.tag) or tags.get(key.run, 0) >= _MOST_TAGS:
            continue
        tags[key.run] = tags.get(key.run, 0) + 1
        refs = series.current().refs
        text = text_at(refs[-1], problems) if len(refs) and refs[-1].length <= 2 * LONGEST else None
        for name, value in ((text and hparams_of_text(text)) or {}).items():
            found.setdefault(key.run, {}).setdefault(name, value)
    problems.end()
    return found


def text_at(ref: BlobRef, problems: ProblemLines) -> str | None:
    """A text, the rows of an array of texts as those of a Markdown table; None for one that cannot be read."""
    try:
        array = read_text(ref)
    except PayloadError as error:
        problems.tell(str(error))
        return None
    if array.ndim == 2:
        rows = ["| " + " | ".join(map(str, row)) + " |" for row in array.tolist()]
        return "\n".join(["|" + " |" * array.shape[1], "|" + "-|" * array.shape[1], *rows])
    return "\n".join(map(str, array.reshape(-1).tolist()))
