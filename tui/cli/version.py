"""What `tbtui --version` says: all that a bug report needs to tell of the machine, without importing any of it."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

import tui

_PACKAGES = ("textual", "numpy", "protobuf", "crc32c", "watchdog", "pillow", "plotext")
_VARIABLES = ("TERM", "COLORTERM", "TERM_PROGRAM", "LANG", "LC_ALL", "NO_COLOR", "TMUX", "STY", "SSH_TTY")


def version_lines() -> Iterator[str]:
    """The version alone, then Python and the system, the packages, and what the environment tells of the terminal."""
    yield f"tbtui {tui.__version__}"
    yield f"Python {platform.python_version()} ({sys.implementation.name}) on {platform.platform()}"
    yield ", ".join(_with_version(package) for package in _PACKAGES)
    # Whether they are there, not what they hold, where that is somebody's socket.
    told = (_told(name, os.environ[name]) for name in _VARIABLES if name in os.environ)
    yield f"terminal: {' '.join(told) or 'none of its variables is set'}"


def _with_version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} missing"


def _told(name: str, value: str) -> str:
    return name if "/" in value or not value.isprintable() else f"{name}={value}"
