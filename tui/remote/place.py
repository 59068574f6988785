"""A remote logdir as an argument gives it: a LogDir whose directory is the mirror."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tui.reader.named_logdir import LogDir
from tui.remote.address import Address
from tui.remote.cache import cache_root, make_mirror
from tui.shown_paths import show_as


@dataclass(frozen=True)
class RemoteLogDir(LogDir):
    """`path` is where the mirror's files are, `mirror` the directory of the mirror."""

    address: Address = field(default_factory=lambda: Address("", "", ""))
    mirror: Path = Path()


def remote_logdir(name: str, argument: str, address: Address) -> RemoteLogDir:
    """The logdir at an address, as it was given by `argument`. From now on its paths are shown as remote ones.

    Raises:
        OSError: its mirror cannot be made.
    """
    mirror = make_mirror(address, cache_root())
    files = mirror / "files"
    show_as(str(files), address.shown)
    show_as(str(files.resolve()), address.shown)
    # Without the slash at its end, which what lies below begins with.
    show_as(argument.rstrip("/"), address.shown)
    return RemoteLogDir(name, files, address.shown, address, mirror)
