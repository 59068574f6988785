"""One run alone, read once from start to end; whatever else is in the logdir is not looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui.model import Batch, RunActivity
from tui.reader.decode import EventDecoder
from tui.reader.event_file import EventFileReader
from tui.reader.log_reader import LogReader
from tui.reader.peers.names import PeerFile
from tui.reader.peers.opening import open_peer
from tui.reader.scalar_blocks import FastTools


def read_run(run: str, files: Sequence[str], peers: Sequence[PeerFile] = ()) -> Iterator[Batch]:
    """All that a run's files hold, problems included, as it is read.

    Args:
        run: its name.
        files: paths of its event files, oldest first.
        peers: or the files that another tool logged.
    """
    for path in files:
        yield RunActivity(run, path, 0, None, None)
    tools, tag_plugins = FastTools(), dict[str, str]()
    readers: list[LogReader] = [EventFileReader(EventDecoder(run, path, tag_plugins), tools=tools) for path in files]
    readers += [open_peer(run, file) for file in peers]
    for reader in readers:
        yield from reader.look()
    for reader in readers:
        while reader.pending:
            yield from reader.read()
            if reader.full or not reader.pending:
                yield from reader.take()
        yield from _check(reader)


def _check(reader: LogReader) -> Iterator[Batch]:
    """Check the data that were passed over, all but those that cannot be reached any more."""
    before = None
    while (left := reader.unchecked.bytes) and left != before and not reader.pending:
        yield from reader.check()
        before = left
