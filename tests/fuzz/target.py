"""What a fuzz target is: a name, inputs to begin with, and a function that raises where a promise is broken."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import unicodedata
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SEPARATOR = b"\xff\x00"
"""Between the records of an input for files."""
REPEATED = b"\xfd"
"""Begins a record that is there many times; how often, the next byte says."""
MOST_BYTES = 4096
"""Of an input."""
SCRATCH = "TBTUI_FUZZ_SCRATCH"
"""The variable that names where scratch directories are made."""


@dataclass(frozen=True, slots=True)
class Target:
    """`check` takes any bytes and raises where a promise is broken; `seeds` are inputs of our own writers.

    `mutate` makes another input of one, as `mutation.changed_message` does; None for changes that know no structure.
    """

    name: str
    check: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    mutate: Callable[[bytes, int, int, Callable[[bytes, int], bytes]], bytes] | None = None


def take_warnings_for_errors() -> None:
    """What would be printed over the screen is a broken promise; of these two kinds Python prints none by itself."""
    warnings.simplefilter("error")
    warnings.simplefilter("ignore", DeprecationWarning)
    warnings.simplefilter("ignore", ResourceWarning)


def memory() -> Path | None:
    """A directory in memory, where there is one."""
    shared = Path("/dev/shm")
    return shared if os.access(shared, os.W_OK) else None


@cache
def scratch() -> Path:
    """A directory of this process, in memory where that is, for the files that targets read. It goes with the process;
    libFuzzer ends one without a word, so that who runs that gives a directory which it removes itself.
    """
    directory = Path(tempfile.mkdtemp(prefix="tbtui-fuzz-", dir=os.environ.get(SCRATCH) or memory()))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return directory


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
