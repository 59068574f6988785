"""What a fuzz target is: a name, inputs to begin with, and a function that raises where a promise is broken."""

from __future__ import annotations

import os
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SEPARATOR = b"\xff\x00"
"""Between the records of an input for files."""


@dataclass(frozen=True, slots=True)
class Target:
    """`check` takes any bytes and raises where a promise is broken; `seeds` are inputs of our own writers."""

    name: str
    check: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]


@cache
def scratch() -> Path:
    """A directory in memory, where there is one, for the files that targets read."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="tbtui-fuzz-", dir=memory if os.access(memory, os.W_OK) else None))


@contextmanager
def stored(name: str, data: bytes) -> Iterator[Path]:
    """A file of these bytes."""
    path = scratch() / name
    path.write_bytes(data)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def text_of(data: bytes) -> str:
    """Any text, lone surrogates too, as names of files have them."""
    return data.decode("utf-8", "surrogateescape")


def assert_harmless(text: str, what: str) -> None:
    """Nothing in it moves a cursor, changes a direction, or ends a line."""
    for character in text:
        category = unicodedata.category(character)
        assert category not in ("Cc", "Cf", "Cs", "Zl", "Zp"), f"{what}: U+{ord(character):04X} in {text!r}"
