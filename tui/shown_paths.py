"""What a path or an address is shown as: of a mirror the remote address, of an address with a password one without.

Every text that is shown goes through `tui.render.text.printable`, which asks here; where a path is written as it is,
into JSON for one, `shown` is called.
"""

from __future__ import annotations

_instead: tuple[tuple[str, str], ...] = ()


def show_as(text: str, instead: str) -> None:
    """From now on show `instead` wherever `text` stands. Longer texts go first."""
    global _instead
    others = [pair for pair in _instead if pair[0] != text]
    if text and text != instead:
        _instead = tuple(sorted([*others, (text, instead)], key=lambda pair: -len(pair[0])))


def shown(text: str) -> str:
    """The text as it may be shown. Doing it twice changes nothing."""
    for hidden, instead in _instead:
        if hidden in text:
            text = text.replace(hidden, instead)
    return text
