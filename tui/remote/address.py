"""Addresses of remote logdirs, taken apart so that no credential is ever shown or stored."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
# A name before the user stands for who asks, not for what is asked with; elsewhere it is a key.
_USER_SHOWN = frozenset({"ssh", "sftp", "hdfs", "webhdfs", "ftp"})
# What stands before the @ is a part of the place.
_CONTAINERS = frozenset({"abfs", "abfss"})
# What else decides which server an address leads to.
_ENDPOINTS = {
    "s3": ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_PROFILE"),
    "s3a": ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_PROFILE"),
    "gs": ("STORAGE_EMULATOR_HOST",),
    "gcs": ("STORAGE_EMULATOR_HOST",),
}
_LONGEST_NAME = 60


class AddressError(Exception):
    """An address that leads nowhere; the message says what is wrong with it, without its credentials."""


@dataclass(frozen=True)
class Address:
    """Where a remote logdir is.

    `place` is the host, with its port, or the bucket. `path` has no slash at its end; of object stores none at its
    beginning either. `user`, `password` and `query` stand in the URL as given, and are neither shown nor stored.
    """

    protocol: str
    place: str
    path: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    query: str = field(default="", repr=False)

    @property
    def shown(self) -> str:
        """The URL without credentials, which is its name everywhere."""
        user = f"{self.user}@" if self.user and self.protocol in _USER_SHOWN else ""
        path = self.path if self.path.startswith("/") or not self.path else f"/{self.path}"
        return f"{self.protocol}://{user}{self.place}{path}"

    def mirror_name(self, environ: Mapping[str, str] = os.environ) -> str:
        """The name of its mirror: readable, and another for each address and server."""
        servers = [environ.get(name, "") for name in _ENDPOINTS.get(self.protocol, ())]
        digest = hashlib.sha256("\0".join([self.shown, *servers]).encode("utf-8", "surrogateescape")).hexdigest()
        readable = _UNSAFE.sub("-", f"{self.place}-{self.path}").strip("-.")[-_LONGEST_NAME:].strip("-.")
        return f"{self.protocol}-{readable}-{digest[:12]}"


def parse_address(url: str) -> Address:
    """Take a URL apart.

    Raises:
        AddressError: it is none, or has no host or bucket, or a port that is none.
    """
    found = _SCHEME.match(url)
    if found is None:
        raise AddressError("no URL: write PROTOCOL://HOST/PATH")
    protocol = found[1].lower()
    try:
        # Of object stores everything behind the bucket is a key, `#` and `?` too.
        split = urlsplit(url if protocol in ("http", "https") else url.replace("?", "%3F").replace("#", "%23"))
        port = split.port
    except ValueError:
        raise AddressError("the URL cannot be understood; write PROTOCOL://HOST/PATH") from None
    user, _, rest = split.netloc.rpartition("@")
    host = split.hostname or ""
    if protocol != "memory" and not host:
        raise AddressError(f"{protocol}:// needs a host or a bucket: {protocol}://HOST/PATH")
    if protocol in _CONTAINERS:
        user, rest = "", split.netloc
    name, _, password = user.partition(":")
    # urlsplit makes hosts lower case; buckets are as they are.
    place = rest if port is None or protocol in _CONTAINERS else f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    path = split.path if protocol in ("http", "https") else unquote(split.path)
    path = path.rstrip("/")
    return Address(
        protocol,
        place,
        path.lstrip("/") if protocol in ("s3", "s3a", "gs", "gcs") else path,
        unquote(name),
        unquote(password),
        split.query if protocol in ("http", "https") else "",
    )
