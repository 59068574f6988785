"""File names for runs and tags, which may hold anything: safe on every file system, and each its own."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from tui.render.file_text import safe_file_name


class FileNames:
    """Gives the names in one directory file names that differ, also where case or accents are not told apart."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._file_names: dict[str, str] = {}
        self._taken = {_folded(name) for name in taken}
        self._numbers: dict[str, int] = {}

    def of(self, name: str) -> str:
        """The file name for a name: the same each time, and no other name's."""
        if name not in self._file_names:
            file_name = self._file_names[name] = self._free(safe_file_name(name))
            self._taken.add(_folded(file_name))
        return self._file_names[name]

    def _free(self, file_name: str) -> str:
        candidate = file_name
        while _folded(candidate) in self._taken:
            number = self._numbers[_folded(file_name)] = self._numbers.get(_folded(file_name), 1) + 1
            candidate = f"{file_name}_{number}"
        return candidate


def _folded(name: str) -> str:
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())
