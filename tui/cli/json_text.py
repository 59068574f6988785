"""JSON for stdout, which may be a terminal: it is ASCII, and holds no control character."""

from __future__ import annotations

import json


def json_text(value: object, *, indent: int | None = 1) -> str:
    """The value as JSON; what is no ASCII is escaped, and so is every control, which json.dumps does but for one."""
    return json.dumps(value, indent=indent).replace("\x7f", r"\u007f")
