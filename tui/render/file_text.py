"""Texts for files: cells of CSV, and file names made of names that may hold anything."""

from __future__ import annotations

import re

from tui.render.text import printable

_QUOTED = re.compile('[,"\r\n]')
# File systems allow 255 bytes; some of what encrypts or copies files takes a few of them. A number may follow too.
_LONGEST = 180
# Separators, and what other systems that the files may be copied to do not allow.
_SPECIAL = re.compile(r'[/\\<>:"|?*]')
# Hidden files, options, home directories; ends that other systems drop.
_AT_ENDS = re.compile(r"^[.\-~ ]|[. ]$")
# Devices on Windows, in every directory and with every extension.
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?= *(?:\.|$))", re.IGNORECASE)


_guards = False
# What a spreadsheet may take for the beginning of a formula, behind what it skips, and quotes of ours.
_SKIPPED = "\\x00-\\x20\\x7f-\\xa0\\u200b-\\u200f\\u2028-\\u202f\\u2060\\ufeff"
_FORMULA = re.compile(f"['{_SKIPPED}]*[=+\\-@＝＋－＠]|'*[\\t\\r\\n]")
_NUMBER = re.compile(r"[+-](\d+\.?\d*|\.\d+)(e[+-]?\d+)?|-inf", re.ASCII | re.IGNORECASE)


def guard_formulas(wanted: bool) -> None:
    """Whether the cells of CSV that this process writes from now on are for a spreadsheet: `guarded`."""
    global _guards
    _guards = wanted


def guarded(text: str) -> str:
    """The text with a `'` before it where a spreadsheet would take it for a formula; numbers stay what they are.

    `unguarded` undoes it, whatever the text.
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unguarded(text: str) -> str:
    """What `guarded` made this of."""
    return text[1:] if text.startswith("'") and guarded(text[1:]) == text else text


def csv_text(text: str) -> str:
    """A cell as RFC 4180 has it. An empty text is `""`, an empty cell no value."""
    if _guards:
        text = guarded(text)
    if not text or _QUOTED.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text


def safe_file_name(name: str) -> str:
    """A name without separators, controls and what cannot be seen; never empty, hidden, `.` or `..`, nor a device's."""
    text = _SPECIAL.sub("_", printable(name)).encode("utf-8")[:_LONGEST].decode("utf-8", "ignore")
    text = _AT_ENDS.sub("_", text) or "_"
    device = _DEVICES.match(text)
    return text if device is None else f"{device[0]}_{text[device.end() :]}"
