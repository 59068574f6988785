"""Aligned columns."""

from __future__ import annotations

from tui.cli.table import table


def test_names_to_the_left_and_numbers_to_the_right() -> None:
    assert table(("name", "kind", "n"), [("a", "long kind", "12345"), ("東京", "k", "-")], names=2) == (
        "name  kind           n\n"
        "a     long kind  12345\n"
        "東京  k              -\n"
    )  # fmt: skip


def test_cells_are_made_printable_before_they_are_measured() -> None:
    assert table(("name", "n"), [("a\x1b[2J", "1"), ("b", "22")], names=1) == (
        "name       n\n"
        "a\\x1b[2J   1\n"
        "b         22\n"
    )  # fmt: skip


def test_a_long_name_makes_no_other_line_longer() -> None:
    name = "x" * 161
    assert table(("name", "n"), [("a", "1"), (name, "22"), ("b" * 160, "3")], names=1) == (
        f"name{' ' * 156}   n\n"
        f"a{' ' * 159}   1\n"
        f"{name}  22\n"
        f"{'b' * 160}   3\n"
    )  # fmt: skip
