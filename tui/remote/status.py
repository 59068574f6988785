"""What is to be known of a remote logdir, as a frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

Problems = tuple[tuple[str, str], ...]
"""Files and directories, empty for the logdir itself, each with what is wrong with it alone."""


class LinkState(Enum):
    """How the link is. The value is the word for it."""

    CONNECTING = "connecting"
    FETCHING = "fetching"
    CURRENT = "up to date"
    FOLLOWING = "another tbtui fetches"
    LOST = "connection lost"
    REFUSED = "cannot be read"
    FULL = "no room"


BAD = (LinkState.LOST, LinkState.REFUSED, LinkState.FULL)


@dataclass(frozen=True, slots=True)
class RemoteStatus:
    """`url` is without credentials, `name` the logdir's, empty where it has none.

    `done` and `total` are bytes of the pass under way. `text` says what is wrong, `since` (epoch seconds) since when,
    and `next_try` when it is tried again; The mirror
    lies at `mirror` and takes `mirror_bytes`. `complete` tells whether all that was there was fetched once.
    """

    url: str
    name: str
    state: LinkState
    mirror: Path
    mirror_bytes: int = 0
    files: int = 0
    done: int = 0
    total: int = 0
    text: str = ""
    since: float = 0.0
    next_try: float = 0.0
    problems: Problems = ()
    complete: bool = False

    @property
    def is_bad(self) -> bool:
        """Whether nothing new can come for now."""
        return self.state in BAD
