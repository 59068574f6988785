"""Digests of histograms for the health rules, by where these lie: the latest are kept."""

from __future__ import annotations

from functools import lru_cache

from tui.analysis.health import Digest, digest
from tui.model import BlobRef
from tui.reader.payload import PayloadError, read_logged_histogram

_KEPT = 1 << 16


@lru_cache(_KEPT)
def digest_at(ref: BlobRef) -> Digest | None:
    """What is kept of a histogram; None where it cannot be read, which says nothing about the training."""
    try:
        logged = read_logged_histogram(ref)
    except PayloadError:
        return None
    return digest(logged.buckets, logged.num)
