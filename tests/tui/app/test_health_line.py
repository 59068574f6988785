"""What the header says of the file system: polled, how often, why; that it does not answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.tui.app.still import READ
from tui.app.shared import Shared
from tui.app.theme import DARK
from tui.app.widgets.status import health, polled
from tui.ingest.pulse import Silence
from tui.ingest.status import IngestStatus
from tui.model import RunActivity
from tui.store.store import Store

NFS = replace(READ, mode="poll", detail="nfs4 tells nothing of changes made elsewhere")
MIXED = replace(READ, detail="nfs4 at /mnt/x")


def words(status: IngestStatus) -> str:
    store = Store()
    store.apply(RunActivity("run", "/run/file", 0, None, None))
    shared = Shared(place="runs", clock=lambda: 0.0)
    return "".join(text for text, _ in health(store.snapshot(), status, shared, DARK))


@pytest.mark.parametrize(
    ("status", "ends", "told"),
    [
        (READ, "", ""),
        (NFS, "polling ", f"{NFS.detail}: files that may grow are looked at every second, all others by turns"),
        (
            replace(MIXED, poll_seconds=5),
            "polling every 5 s ",
            "nfs4 at /mnt/x: files that may grow are looked at every 5 s, all others by turns",
        ),
    ],
)
def test_what_is_polled_is_said(status: IngestStatus, ends: str, told: str) -> None:
    assert words(status).endswith(ends)
    assert ("polling" in words(status)) == bool(ends)
    assert polled(status) == told


def test_silence_is_said_in_place_of_all_else() -> None:
    """A hostile name of a mount writes nothing; where the line is narrow, the time alone is left."""
    status = replace(NFS, silence=Silence("/mnt/\x1b[31mx", "12:30:01"), loading=True)
    assert words(status) == "no answer since 12:30:01 from /mnt/\\x1b[31mx "
    assert polled(status).endswith("nothing is read until there is one")
    store = Store()
    parts = health(store.snapshot(), status, Shared(place="runs", clock=lambda: 0.0), DARK)
    assert [style for _, style in parts] == [DARK.error, DARK.error]
    assert parts[0][0] == "no answer since 12:30:01 "
