"""Lightning's hparams.yaml, which stands beside its metrics.csv."""

from __future__ import annotations

from logging_lib.tfevents.hparams import SessionStart
from tui.reader.hparam_text import LONGEST, hparams_of_text
from tui.reader.peers.rows import Rows


def read_hparams(data: bytes, rows: Rows) -> None:
    """Add the hparams of a file.

    Raises:
        ValueError: it is too long for one.
    """
    if len(data) > LONGEST:
        raise ValueError(f"it is longer than {LONGEST >> 10} KiB")
    rows.start(SessionStart(hparams_of_text(data.decode("utf-8", "surrogateescape")) or {}))
