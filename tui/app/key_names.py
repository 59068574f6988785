"""Names of keys: as a reader writes them, as Textual calls them, and as the screen shows them."""

from __future__ import annotations

import string
import unicodedata

from textual.keys import KEY_NAME_REPLACEMENTS

_SHOWN = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "home": "Home",
    "end": "End",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "enter": "Enter",
    "escape": "Esc",
    "tab": "Tab",
    "space": "Space",
    "backspace": "Backspace",
    "delete": "Del",
    "insert": "Ins",
    **{f"f{number}": f"F{number}" for number in range(1, 25)},
}
_MODIFIERS = {"ctrl": "Ctrl", "alt": "Alt", "shift": "Shift"}
# What a terminal sends for these is the other key.
_SAME = {"ctrl+i": "tab", "ctrl+m": "enter"}
_ALIASES = {"return": "enter", **{shown.lower(): name for name, shown in _SHOWN.items()}}


def _name_of(character: str) -> str:
    """Textual's name of a key that types this character."""
    if character.isalnum():
        return character
    name = unicodedata.name(character, character).lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)


_PUNCTUATION = {_name_of(character): character for character in string.punctuation}


def key_name(written: str) -> str:
    """Textual's name of a key that is written `x`, `?`, `F5`, `PgUp`, `ctrl+p`, or in Textual's own way.

    Raises:
        ValueError: there is no such key.
    """
    if len(written) == 1 and written != " ":
        return _ALIASES.get(written) or _typed(written)
    *modifiers, base = (part.strip() for part in written.split("+"))
    modifiers = [modifier.lower() for modifier in modifiers]
    if len(set(modifiers)) < len(modifiers) or not set(modifiers) <= set(_MODIFIERS):
        raise ValueError
    base = _base_name(base, modified=bool(modifiers))
    if base not in _SHOWN and "shift" in modifiers:
        raise ValueError  # Shift and a letter type a capital, which is a key of its own
    name = "+".join([*sorted(modifiers), base])
    return _SAME.get(name, name)


def _base_name(base: str, *, modified: bool) -> str:
    """What is left of a key without its modifiers."""
    if len(base) == 1 and base not in _ALIASES:
        return _typed(base.lower() if modified else base)
    name = _ALIASES.get(base.lower(), base.lower())
    if name not in _SHOWN and name not in _PUNCTUATION:
        raise ValueError
    return name


def _typed(character: str) -> str:
    if not character.isprintable():
        raise ValueError
    return _name_of(character)


def shown_key(name: str) -> str:
    """How one of Textual's names is written for a reader."""
    *modifiers, base = name.split("+")
    if len(base) == 1:
        shown = base.upper() if modifiers else base
    else:
        shown = _SHOWN.get(base) or _PUNCTUATION.get(base, base)
    return "+".join([*(_MODIFIERS[modifier] for modifier in modifiers), shown])
