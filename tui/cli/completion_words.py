"""What shells are told about the command line, whichever shell it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from tui.cli.help_text import COMMAND_LIST


class Words(Enum):
    """What may stand somewhere: ANY is something that nobody can guess, such as a number."""

    NONE = auto()
    ANY = auto()
    CHOICES = auto()
    FILES = auto()
    DIRECTORIES = auto()
    LOGDIRS = auto()


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its `flags`, what follows it, and whether that may be left out and the option be given again."""

    flags: tuple[str, ...]
    about: str
    words: Words
    choices: tuple[str, ...]
    is_optional: bool
    is_repeatable: bool


@dataclass(frozen=True, slots=True)
class Command:
    """One command, or `tbtui` itself, whose name is empty: its options, and what its arguments are."""

    name: str
    about: str
    options: tuple[Option, ...]
    words: Words
    choices: tuple[str, ...]

    @property
    def flags(self) -> list[str]:
        """All of its options, each as it is typed."""
        return [flag for option in self.options for flag in option.flags]


def first_words() -> dict[str, str]:
    """What `tbtui --help` says of each command in its list."""
    return dict(re.findall(r"^  ([a-z]+)(?: \S+)*?  +(\S.*)$", COMMAND_LIST, re.MULTILINE))
