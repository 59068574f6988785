"""What differs between two texts, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

MOST_LINES = 4000
"""Lines that may be compared with as many others, those at both ends left out that are equal."""
_CONTEXT = 3


BOTH, BEFORE, AFTER, SKIPPED = " ", "-", "+", "…"
"""The marks of a line that is in both texts, in one of them, and of equal lines that are left out."""
Change = tuple[str, str]
"""A mark and a line; for SKIPPED the number of lines."""


def text_diff(before: Sequence[str], after: Sequence[str], context: int = _CONTEXT) -> list[Change] | None:
    """The lines that differ, with `context` equal ones about them; [] for equal texts, None for too much to compare."""
    head = _equal(before, after)
    rest = min(len(before), len(after)) - head
    tail = min(_equal(before[::-1], after[::-1]), rest)
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if not old and not new:
        return []
    if max(len(old), len(new)) > MOST_LINES and min(len(old), len(new)):
        return None
    lines: list[Change] = [(BOTH, line) for line in before[:head]]
    for tag, a0, a1, b0, b1 in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            lines += ((BOTH, line) for line in old[a0:a1])
        else:
            lines += ((BEFORE, line) for line in old[a0:a1])
            lines += ((AFTER, line) for line in new[b0:b1])
    lines += ((BOTH, line) for line in before[len(before) - tail :])
    return list(_near_changes(lines, context))


def _equal(a: Sequence[str], b: Sequence[str]) -> int:
    """How many first lines are equal."""
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _near_changes(lines: Sequence[Change], context: int) -> Iterator[Change]:
    """The lines, with those left out that are far from any change."""
    changed = [i for i, (mark, _) in enumerate(lines) if mark != BOTH]
    shown = {i for at in changed for i in range(at - context, at + context + 1)}
    skipped = 0
    for i, line in enumerate(lines):
        if i in shown:
            if skipped:
                yield SKIPPED, str(skipped)
                skipped = 0
            yield line
        else:
            skipped += 1
    if skipped:
        yield SKIPPED, str(skipped)
