"""Other keys for commands: checks what the configuration file asks for, and makes the key table say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import NoReturn

from tui.app.key_names import key_name, shown_key
from tui.app.keys import FOOTER_KEYS, KEYS, Key
from tui.render.text import printable

ALWAYS = {"quit": ("ctrl+q", "ctrl+c")}
"""Keys that a command keeps, whatever others it is given."""
_BY_ID = {key.id: key for key in KEYS}
_ALLOWED = "a key, or several separated by commas"


def checked_keys(asked: Mapping[str, object]) -> tuple[dict[str, str], list[str]]:
    """The changes that can be made, and a line on each that cannot.

    Args:
        asked: id in the key table -> keys: a text, comma separated, or a list of texts.

    Returns:
        (id -> Textual's names of the keys, comma separated; a line for each id without its setting's value).
    """
    changes: dict[str, tuple[str, ...]] = {}
    complaints = []
    for id, value in asked.items():
        try:
            changes[id] = _keys_of(id, value)
        except ValueError as error:
            complaints.append(str(error))
    while (clash := _first_clash(changes)) is not None:
        id, other, key = clash
        del changes[id]
        complaints.append(f"{id}: {shown_key(key)} is the key of {other} already; a key has one meaning")
    return {id: ",".join(keys) for id, keys in changes.items()}, complaints


def _keys_of(id: str, value: object) -> tuple[str, ...]:
    if id not in _BY_ID:
        near = get_close_matches(id, _BY_ID, n=1)
        _fail(id, "no such command" + (f"; is {near[0]} meant?" if near else ""))
    if isinstance(value, str):
        written = [value] if value == "," else value.split(",")
    elif isinstance(value, list) and all(isinstance(part, str) for part in value):
        written = value
    else:
        _fail(id, f"not {_ALLOWED}")
    names = []
    for part in written:
        try:
            names.append(key_name(part if part == " " else part.strip()))
        except ValueError:
            _fail(id, f"{part[:40]!r} is no key; write x, ?, F5, PgUp, ctrl+x or shift+left")
    if not names:
        _fail(id, f"not {_ALLOWED}")
    return tuple(dict.fromkeys(names))


def _fail(id: str, reason: str) -> NoReturn:
    raise ValueError(f"{printable(id[:40])}: {printable(reason)}")


def _first_clash(changes: dict[str, tuple[str, ...]]) -> tuple[str, str, str] | None:
    """A changed command, another with the same key, and that key; None without any."""
    table = {key.id: (*changes.get(key.id, _default_keys(key)), *ALWAYS.get(key.id, ())) for key in KEYS}
    for id in reversed(changes):  # of two changes that clash the first one stays
        for other, theirs in table.items():
            shared = [key for key in table[id] if key in theirs]
            if other != id and shared:
                return id, other, shared[0]
    return None


def _default_keys(key: Key) -> tuple[str, ...]:
    return tuple(key.keys.split(","))


def keymap(changes: Mapping[str, str]) -> dict[str, str]:
    """The changes as Textual's keymap: id of the binding -> keys."""
    return {id: ",".join(dict.fromkeys((*keys.split(","), *ALWAYS.get(id, ())))) for id, keys in changes.items()}


def remapped(changes: Mapping[str, str]) -> tuple[Key, ...]:
    """The key table with the changes: what is shown of a key follows what it is."""
    first = {id: shown_key(keys.split(",")[0]) for id, keys in changes.items()}
    return tuple(_remapped(key, changes, first) for key in KEYS)


def _remapped(key: Key, changes: Mapping[str, str], first: Mapping[str, str]) -> Key:
    footer = key.footer
    ids = FOOTER_KEYS.get(key.id, (key.id,))
    if footer is not None and any(id in changes for id in ids):
        footer = (" ".join(first.get(id) or shown_key(_default_keys(_BY_ID[id])[0]) for id in ids), footer[1])
    if key.id not in changes:
        return replace(key, footer=footer)
    keys = changes[key.id]
    return replace(key, keys=keys, shown=" ".join(map(shown_key, keys.split(","))), footer=footer)
