"""Which store an address is opened by. Packages are imported here, when a remote logdir is opened, and not before."""

from __future__ import annotations

import logging
from importlib.util import find_spec

from tui.remote.address import Address, AddressError
from tui.remote.store import RemoteStore

# What each protocol needs beside fsspec.
_NEEDED = {
    "s3": ("s3fs",),
    "s3a": ("s3fs",),
    "gs": ("gcsfs",),
    "gcs": ("gcsfs",),
    "ssh": ("sshfs",),
    "sftp": ("sshfs",),
    "http": ("aiohttp",),
    "https": ("aiohttp",),
    "hdfs": ("pyarrow",),
}
_LOUD = ("aiobotocore", "aiohttp", "asyncio", "asyncssh", "botocore", "fsspec", "gcsfs", "s3fs", "sshfs", "urllib3")
_QUIET = logging.NullHandler()


def check_protocol(protocol: str) -> None:
    """Whether addresses of a protocol can be opened here; quick, and imports nothing for the usual ones.

    Raises:
        AddressError: a package is missing, or nobody knows the protocol.
    """
    needed = ("fsspec", *_NEEDED.get(protocol, ()))
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        raise AddressError(f"{protocol}:// needs {' and '.join(missing)}: pip install 'tbtui[remote]'")
    if protocol not in _NEEDED:
        from fsspec.registry import available_protocols

        if protocol not in available_protocols():
            raise AddressError(f"nothing opens {protocol}://; s3, gs, ssh, sftp, https and hdfs are known")


def connect(address: Address) -> RemoteStore:
    """Open it; blocks until there is a connection, where the protocol has such.

    Raises:
        Exception: whatever the protocol's library raises; `explain` makes a line of it.
    """
    # What they log is told by us, once: Python would print it over the screen or among a command's lines.
    for name in _LOUD:
        if _QUIET not in (logger := logging.getLogger(name)).handlers:
            logger.addHandler(_QUIET)
    if address.protocol in ("s3", "s3a"):
        from tui.remote.s3 import S3Store

        return S3Store(address)
    if address.protocol in ("ssh", "sftp"):
        from tui.remote.ssh import SshStore

        return SshStore(address)
    if address.protocol in ("http", "https"):
        from tui.remote.http import HttpStore

        return HttpStore(address)
    from tui.remote.other import OtherStore

    return OtherStore(address)
