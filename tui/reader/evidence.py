"""What was seen of a file that its content can be compared with later: its beginning, and where it is damaged."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Sequence
from io import FileIO

from tui.model import Problem
from tui.reader.continuity import SAMPLE_BYTES, Sample

# Damaged stretches, the newest ones, that are looked at again when the file changes.
_MOST_SAMPLES = 8
_HEAD_BYTES = 64
# Seconds after which a file is read again that ends in what may not be its content yet: doubled each time, up to this.
_FIRST_DOUBT, _LONGEST_DOUBT = 1.0, 64.0


class Evidence:
    """Samples of one file. `head` tells one that lost its end from another in its place; None until it is read."""

    def __init__(self) -> None:
        self.head: Sample | None = None
        self._damage: deque[Sample] = deque(maxlen=_MOST_SAMPLES)
        self._damaged_at = -1

    @property
    def shows_damage(self) -> bool:
        """Whether a stretch of the file was damaged: it may become something else."""
        return bool(self._damage)

    def shows_damage_from(self, place: int) -> bool:
        """Whether the last damaged stretch begins there, or later."""
        return self._damaged_at >= place

    def gather(self, file: FileIO, damage: Sequence[Problem], end: int) -> None:
        """Take samples of what was read up to `end`."""
        for problem in damage[-_MOST_SAMPLES:]:
            assert problem.offset is not None
            self._damage.append(Sample.take(file, problem.offset, min(end - problem.offset, SAMPLE_BYTES)))
            self._damaged_at = problem.offset

    def gather_head(self, file: FileIO, end: int) -> None:
        """Take the file's first bytes, of which `end` were read."""
        if self.head is None or self.head.length < _HEAD_BYTES:
            self.head = Sample.take(file, 0, min(end, _HEAD_BYTES))

    def is_in(self, file: FileIO) -> bool:
        """Whether the damaged stretches are still what they were."""
        return all(sample.is_in(file) for sample in self._damage)


class Doubt:
    """When a file is read again though it does not seem to change, for what was read may not be its content."""

    def __init__(self) -> None:
        self._at, self._seconds = math.inf, 0.0

    @property
    def is_due(self) -> bool:
        """Whether to read it now."""
        return time.monotonic() >= self._at

    def restart(self) -> None:
        """The file has changed."""
        self._seconds = 0.0

    def next(self, *, doubtful: bool) -> None:
        """The file was read; again later, where that is doubtful still."""
        self._seconds = 2 * self._seconds or _FIRST_DOUBT
        self._at = time.monotonic() + self._seconds if doubtful and self._seconds <= _LONGEST_DOUBT else math.inf
