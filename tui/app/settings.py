"""What the screen starts with, before anything is remembered: from the configuration file and the command line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from tui.app.choices import Density
from tui.render.palette import PALETTES


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, with its default.

    `bell` rings, `notify` tells the desktop, when something is found or a run ends. `target` is the step that runs are
    meant to reach, None for what their hparams say. `ascii` and `colours` None are as the terminal allows. `fps` is how
    often per second a change may be drawn. `mean_of` is how many of the last points the table's mean is of. `memory` is
    how many bytes the points of scalars may take, None for any number. `spreadsheet`: in CSV that is exported or
    copied, a spreadsheet takes no text for a formula. `keys` maps a key's id in the key table to other keys for it, in
    Textual's names, comma separated.
    """

    theme: str = "dark"
    palette: str = "default"
    density: Density = Density.ROWS
    axis: str = "step"
    smoothing: float = 0.6
    log_y: bool = False
    no_outliers: bool = False
    mean_of: int = 10
    ascii: bool | None = None
    colours: str | None = None
    images: str = "auto"
    bell: bool = False
    notify: bool = False
    target: int | None = None
    diff: bool = True
    mouse: bool = True
    fps: int = 250
    animations: bool = False
    remember: bool = True
    memory: int | None = None
    spreadsheet: bool = False
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OneOf:
    """A setting that is one of a few words; a whole number counts as its digits."""

    words: tuple[str, ...]

    @property
    def allowed(self) -> str:
        """The words, for a reader."""
        return f"one of {', '.join(self.words)}"

    def taken(self, value: object) -> str:
        """The word that is meant.

        Raises:
            ValueError: it is none of them.
        """
        text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None
        for word in self.words:
            if word == text:
                return word
        raise ValueError


@dataclass(frozen=True, slots=True)
class Between:
    """A setting that is a number from `low` to `high`."""

    low: float
    high: float
    whole: bool

    @property
    def allowed(self) -> str:
        """The range, for a reader."""
        return f"a {'whole ' if self.whole else ''}number from {self.low:.10g} to {self.high:.10g}"

    def taken(self, value: object) -> float:
        """The number.

        Raises:
            ValueError: it is no number, or out of range.
        """
        if type(value) is int or (type(value) is float and not self.whole):
            number = value if self.whole else float(value)
            if self.low <= number <= self.high:
                return number
        raise ValueError


@dataclass(frozen=True, slots=True)
class YesNo:
    """A setting that is on or off."""

    allowed = "true or false"

    def taken(self, value: object) -> bool:
        """Whether it is on.

        Raises:
            ValueError: it is neither true nor false.
        """
        if type(value) is not bool:
            raise ValueError
        return value


@dataclass(frozen=True, slots=True)
class Bytes:
    """A setting that is a number of bytes, such as `500M` or `2G`."""

    least: int

    @property
    def allowed(self) -> str:
        """What it looks like, for a reader."""
        return f"a size from {self.least // 10**6}M on, such as 500M or 2G"

    def taken(self, value: object) -> int:
        """The number of bytes.

        Raises:
            ValueError: it is no size, or too small.
        """
        found = _SIZE.fullmatch(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else None
        size = float(found[1]) * _UNITS[found[2].upper()] if found is not None else 0.0
        if not self.least <= size <= _MOST_BYTES:
            raise ValueError
        return int(size)


_SIZE = re.compile(r"(\d{1,18}(?:\.\d{1,9})?)([KMGT]?)B?", re.IGNORECASE)
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_MOST_BYTES = 10**15

Rule: TypeAlias = OneOf | Between | YesNo | Bytes
RULES: Mapping[str, Rule] = {
    "theme": OneOf(("dark", "light")),
    "palette": OneOf(tuple(PALETTES)),
    "density": OneOf(tuple(Density)),
    "axis": OneOf(("step", "relative", "wall")),
    "smoothing": Between(0, 0.999, whole=False),
    "log_y": YesNo(),
    "no_outliers": YesNo(),
    "mean_of": Between(1, 1_000_000, whole=True),
    "ascii": YesNo(),
    "colours": OneOf(("truecolor", "256", "16", "8", "none")),
    "images": OneOf(("auto", "kitty", "sixel", "blocks", "ascii")),
    "bell": YesNo(),
    "notify": YesNo(),
    "target": Between(1, 10**18, whole=True),
    "diff": YesNo(),
    "mouse": YesNo(),
    "fps": Between(1, 1000, whole=True),
    "animations": YesNo(),
    "remember": YesNo(),
    "memory": Bytes(least=10**6),
    "spreadsheet": YesNo(),
}
"""What each setting may be, by its name in `Settings`; `keys` has rules of its own."""


@dataclass(frozen=True, slots=True)
class Start:
    """All that the screen starts with.

    `given` names the settings that the command line gave, which go before what is remembered. What is remembered is
    in `state_directory`; nothing is where that is None. `complaints` are lines on what was wrong with the settings.
    """

    settings: Settings = field(default_factory=Settings)
    given: frozenset[str] = frozenset()
    state_directory: Path | None = None
    complaints: tuple[str, ...] = ()


START = Start()
