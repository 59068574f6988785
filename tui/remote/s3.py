"""S3 and what speaks its protocol: a flat listing, and objects read from an offset."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tui.remote.address import Address
from tui.remote.body import BodyStream, content_range
from tui.remote.store import CONNECT_SECONDS, READ_SECONDS, BeyondError, Entry, Listed, Stream

_LIST_SECONDS = 60.0


class S3Store:
    """A bucket's objects below a prefix. Keys, profile, region and endpoint are what AWS's own tools use."""

    flat = True

    def __init__(self, address: Address) -> None:
        self._bucket = address.place
        self._prefix = f"{address.path}/" if address.path else ""
        self._fs = _file_system(address)
        self._address = address
        self._may_be_public = not address.user

    def list_tree(self) -> Iterator[Listed]:
        """A request for each thousand objects."""
        return self._pages(self._prefix, {})

    def list_directory(self, directory: str) -> Listed:
        """As `list_tree`, without what lies deeper."""
        pages = list(self._pages(f"{self._prefix}{directory}/" if directory else self._prefix, {"Delimiter": "/"}))
        return Listed([entry for page in pages for entry in page.files], [])

    def open(self, name: str, start: int, end: int, entry: Entry, unless: str | None) -> Stream | None:
        if end <= start:
            return None
        asked = {"Bucket": self._bucket, "Key": self._prefix + name, "Range": f"bytes={start}-{end - 1}"}
        if unless is not None:
            asked["IfNoneMatch"] = unless
        try:
            answer = self._fs.call_s3("get_object", timeout=2 * READ_SECONDS, **asked)
        except OSError as error:
            code = _code(error)
            if code == "304":
                return None
            if code in ("InvalidRange", "416"):
                raise BeyondError(name) from error
            raise
        first, stop, total = content_range(answer["ContentRange"])
        mtime = answer["LastModified"].timestamp()
        return BodyStream(self._fs.loop, answer["Body"], first, stop, total, mtime, answer["ETag"])

    def close(self) -> None:
        """Close the client; its connections end."""
        from fsspec.asyn import sync

        client = getattr(self._fs, "_s3", None)
        if client is not None:
            sync(self._fs.loop, client.close, timeout=1)

    def _pages(self, prefix: str, more: dict[str, str]) -> Iterator[Listed]:
        asked: dict[str, Any] = {"Bucket": self._bucket, "Prefix": prefix, **more}
        while True:
            answer = self._list(asked)
            yield Listed([entry for item in answer.get("Contents", ()) if (entry := self._entry(item))], [])
            if not answer.get("IsTruncated"):
                return
            asked["ContinuationToken"] = answer["NextContinuationToken"]

    def _list(self, asked: dict[str, Any]) -> dict[str, Any]:
        """One page. A public bucket needs no keys: where there are none, it is asked without."""
        try:
            answer: dict[str, Any] = self._fs.call_s3("list_objects_v2", timeout=_LIST_SECONDS, **asked)
        except Exception as error:
            if type(error).__name__ != "NoCredentialsError" or not self._may_be_public:
                raise
            anonymous = _file_system(self._address, anon=True)
            try:
                answer = anonymous.call_s3("list_objects_v2", timeout=_LIST_SECONDS, **asked)
            except PermissionError:
                raise error from None
            self._fs = anonymous
        self._may_be_public = False
        return answer

    def _entry(self, item: dict[str, Any]) -> Entry | None:
        """None for the objects that stand for directories."""
        name = item["Key"][len(self._prefix) :]
        if not name or name.endswith("/"):
            return None
        return Entry(name, item["Size"], item["LastModified"].timestamp(), item["ETag"])


def _file_system(address: Address, *, anon: bool = False) -> Any:
    from s3fs import S3FileSystem

    keys = {"key": address.user, "secret": address.password} if address.user else {}
    file_system = S3FileSystem(
        anon=anon,
        skip_instance_cache=True,
        use_listings_cache=False,
        config_kwargs={
            "connect_timeout": CONNECT_SECONDS,
            "read_timeout": READ_SECONDS,
            "retries": {"max_attempts": 1},
            "max_pool_connections": 16,
        },
        **keys,
    )
    # We try again ourselves, and say so; it would do so silently for a minute.
    file_system.retries = 1
    return file_system


def _code(error: BaseException) -> str:
    response = getattr(error.__cause__, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))
