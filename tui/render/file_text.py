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


def csv_text(text: str) -> str:
    """A cell as RFC 4180 has it. An empty text is `""`, an empty cell no value."""
    if not text or _QUOTED.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text


def safe_file_name(name: str) -> str:
    """A name without separators, controls and what cannot be seen; never empty, hidden, `.` or `..`."""
    text = _SPECIAL.sub("_", printable(name)).encode("utf-8")[:_LONGEST].decode("utf-8", "ignore")
    return _AT_ENDS.sub("_", text) or "_"
