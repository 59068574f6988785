"""Writes docs/keys.md from the key table; a test checks that it is up to date. Run: python docs/write_keys.py"""

from __future__ import annotations

from pathlib import Path

from tui.app.keys import KEYS, help_sections

HEAD = """# Keys

Made from the key table (`tui/app/keys.py`) by `python docs/write_keys.py`. `?` shows the same list.
A click does what the key on that place would: choose a run or tag, show a run (on its mark), place the cursor, sort.
On the full chart dragging marks a range, the wheel zooms about the pointer (with Shift it pans), and a double click
shows everything again.
The id is what `[keys]` in the [configuration file](configuration.md) gives other keys to.
"""
_TABS = "tab(1) … tab(9)"


def keys_page() -> str:
    """The page's text."""
    ids = {key.help: key.id for key in KEYS}
    lines = [HEAD]
    for heading, entries in help_sections().items():
        lines += [f"## {heading}", "", "| key | what it does | id |", "| --- | --- | --- |"]
        lines += [f"| `{keys}` | {text} | `{ids.get(text, _TABS)}` |" for keys, text in entries]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    Path(__file__).with_name("keys.md").write_text(keys_page(), encoding="utf-8")
