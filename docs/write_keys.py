"""Writes docs/keys.md from the key table; a test checks that it is up to date. Run: python docs/write_keys.py"""

from __future__ import annotations

from pathlib import Path

from tui.app.keys import help_sections

HEAD = """# Keys

Made from the key table (`tui/app/keys.py`) by `python docs/write_keys.py`. `?` shows the same list.
A click does what the key on that place would: choose a run or tag, show a run (on its mark), place the cursor, sort.
"""


def keys_page() -> str:
    """The page's text."""
    lines = [HEAD]
    for heading, entries in help_sections().items():
        lines += [f"## {heading}", "", "| key | what it does |", "| --- | --- |"]
        lines += [f"| `{keys}` | {text} |" for keys, text in entries]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    Path(__file__).with_name("keys.md").write_text(keys_page(), encoding="utf-8")
