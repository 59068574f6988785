"""Pens: how a cell is drawn, and the shortest escape sequence that changes one pen for another."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from rich.color import Color, ColorSystem, ColorType
from rich.style import Style

from tui.render.pieces import piece_of


class Pen(NamedTuple):
    """`marks` are bits, in the order of `_MARKS`; `ink` and `paper` are SGR parameters, empty for the default."""

    marks: int = 0
    ink: str = ""
    paper: str = ""


PLAIN = Pen()
PIECE = 1 << 30
"""The mark of cells that show a piece of a picture: ink and paper are the picture's number and the row."""
RESET = "\x1b[m"

# rich's name, SGR parameter that turns it on, that turns it off.
_MARKS = (
    ("bold", "1", "22"),
    ("dim", "2", "22"),
    ("italic", "3", "23"),
    ("underline", "4", "24"),
    ("blink", "5", "25"),
    ("blink2", "6", "25"),
    ("reverse", "7", "27"),
    ("conceal", "8", "28"),
    ("strike", "9", "29"),
    ("underline2", "21", "24"),
    ("frame", "51", "54"),
    ("encircle", "52", "54"),
    ("overline", "53", "55"),
)
_ON_BLANKS = sum(
    1 << bit
    for bit, (name, _, _) in enumerate(_MARKS)
    if name in ("underline", "reverse", "strike", "underline2", "frame", "encircle", "overline")
)


def pen_of(style: Style, colours: ColorSystem) -> Pen:
    """The pen for a style without its link."""
    piece = piece_of(style)
    if piece is not None:
        return Pen(PIECE, str(piece.number), str(piece.row))
    return plain_pen_of(style, colours)


def plain_pen_of(style: Style, colours: ColorSystem) -> Pen:
    """The pen for a style without its link, which is none of a picture's pieces."""
    return Pen(
        style._attributes & style._set_attributes,  # asked one by one they take longer than all else: see why_not
        _parameters(style.color, colours, foreground=True),
        _parameters(style.bgcolor, colours, foreground=False),
    )


def _parameters(colour: Color | None, colours: ColorSystem, *, foreground: bool) -> str:
    if colour is None or colour.is_default:
        return ""
    if colour.type is ColorType.TRUECOLOR and colours is ColorSystem.TRUECOLOR and colour.triplet is not None:
        red, green, blue = colour.triplet  # pictures have thousands: what rich remembers of each is of no use
        return f"{38 if foreground else 48};2;{red};{green};{blue}"
    return ";".join(colour.downgrade(colours).get_ansi_codes(foreground))


def for_blanks(pen: Pen) -> Pen:
    """The pen without what no blank shows: its ink, unless it underlines, strikes or reverses."""
    return pen if pen.marks & _ON_BLANKS else Pen(paper=pen.paper)


def why_not() -> str | None:
    """What of rich is not as this module takes it to be, in words; None if nothing is."""
    for bit, (name, _, _) in enumerate(_MARKS):
        before = f"not {_MARKS[bit - 1][0]}"
        if pen_of(Style.parse(before) + Style.parse(name), ColorSystem.TRUECOLOR).marks != 1 << bit:
            return f"{name} is another bit"
    return None


def draws_blank(pen: Pen, blank: Pen) -> bool:
    """Whether a blank drawn with `pen` looks as with `blank`, a pen for blanks."""
    return pen == blank or (pen.paper == blank.paper and not (pen.marks | blank.marks) & _ON_BLANKS)


def change(old: Pen, new: Pen) -> str:
    """The shortest sequence from one pen to another: what differs, or all from the start."""
    if not (old.marks or new.marks) and new.ink and new.paper:
        # From colours to others, of which a picture has thousands.
        parts = [new.ink] * (old.ink != new.ink) + [new.paper] * (old.paper != new.paper)
        return f"\x1b[{';'.join(parts)}m" if parts else ""
    return _change(old, new)


@lru_cache(maxsize=16384)
def _change(old: Pen, new: Pen) -> str:
    if old == new:
        return ""
    if new == PLAIN:
        return RESET
    gone = [(bit, off) for bit, (_, _, off) in enumerate(_MARKS) if old.marks & ~new.marks & 1 << bit]
    # One parameter may turn off two marks of which only one goes, as 22 does with bold and dim.
    offs = dict.fromkeys(off for _, off in gone)
    kept = sum(1 << bit for bit, (_, _, off) in enumerate(_MARKS) if old.marks & 1 << bit and off not in offs)
    parts = [*offs, *_turned_on(new.marks & ~kept)]
    if old.ink != new.ink:
        parts.append(new.ink or "39")
    if old.paper != new.paper:
        parts.append(new.paper or "49")
    anew = ["0", *_turned_on(new.marks), *filter(None, (new.ink, new.paper))]
    return f"\x1b[{min(';'.join(parts), ';'.join(anew), key=len)}m"


@lru_cache(maxsize=16384)
def change_for_blanks(old: Pen, blank: Pen) -> tuple[str, Pen]:
    """The shortest sequence after which blanks look as with `blank`, and the pen then held."""
    if draws_blank(old, blank):
        return "", old
    if blank.marks & _ON_BLANKS:
        return change(old, blank), blank
    keeps_ink = Pen(old.marks & ~_ON_BLANKS, old.ink, blank.paper)
    return min(((change(old, pen), pen) for pen in (keeps_ink, blank)), key=lambda found: len(found[0]))


def _turned_on(marks: int) -> list[str]:
    return [on for bit, (_, on, _) in enumerate(_MARKS) if marks & 1 << bit]
