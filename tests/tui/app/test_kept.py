"""What is kept: made once of the same, and forgotten where there is too much of it."""

from __future__ import annotations

from tui.app.kept import Kept


def test_a_value_is_made_again_only_from_something_else() -> None:
    kept, made = Kept[str, int](), list[int]()

    def ask(key: str, made_from: int) -> int:
        return kept.of(key, made_from, lambda: made.append(made_from) or 10 * made_from)

    assert [ask("a", 1), ask("a", 1), ask("b", 1), ask("a", 2), ask("a", 1)] == [10, 10, 10, 20, 10]
    assert made == [1, 1, 2, 1]


def test_of_too_many_the_oldest_are_forgotten() -> None:
    kept, made = Kept[str, None](most=2), list[str]()
    for key in "abacab":
        kept.of(key, made_from=len(made) if key == "c" else 0, make=lambda key=key: made.append(key))
    # "c" took the place of "a", and "a" then that of "b": asking for what is kept makes it no younger.
    assert "".join(made) == "abcab"
