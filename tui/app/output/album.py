"""The pictures that cells can be pieces of, each in the form that the terminal takes."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from weakref import WeakValueDictionary

from tui.render.kitty import MOST_NUMBERS

if TYPE_CHECKING:
    from tui.render.sixel import Indexed


class CellSize(NamedTuple):
    """The dots of a cell of the screen."""

    width: int
    height: int


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class KittyPicture:
    """`png` is what fills `columns` x `rows` cells, `dots` its width times its height."""

    number: int
    columns: int
    rows: int
    dots: int
    png: bytes

    @property
    def nbytes(self) -> int:
        """Bytes that it takes in memory."""
        return len(self.png)


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class SixelPicture:
    """`pixels` fill `columns` x `rows` cells of a size; `whole` is the sequence that draws them all."""

    number: int
    columns: int
    rows: int
    cell: CellSize
    pixels: Indexed
    whole: str

    @property
    def nbytes(self) -> int:
        """Bytes that it takes in memory."""
        return self.pixels.places.nbytes + len(self.whole)


PixelPicture: TypeAlias = KittyPicture | SixelPicture


class Album:
    """Pictures by their numbers, as long as somebody holds them. Numbers are not used again before there were millions:
    a cell that names one never shows another. They begin anywhere, for in tmux several programs share a terminal.

    Pictures are put in on the thread that decodes, and looked up on the screen's.
    """

    def __init__(self, first: int | None = None) -> None:
        self._numbers: Iterator[int] = count(secrets.randbelow(MOST_NUMBERS) if first is None else first)
        self._pictures: WeakValueDictionary[int, PixelPicture] = WeakValueDictionary()

    def add(self, make: Callable[[int], PixelPicture]) -> PixelPicture:
        """The picture that is made with the next number."""
        picture = make(next(self._numbers) % (MOST_NUMBERS - 1) + 1)
        self._pictures[picture.number] = picture
        return picture

    def get(self, number: int) -> PixelPicture | None:
        """The picture with a number; None if nobody held it."""
        return self._pictures.get(number)
