"""A shared file system on this machine: a directory shown through FUSE as an NFS client would show it.

Attributes are cached for a while and asked anew when a file or directory is opened (close-to-open); each answer of the
"server" takes its time; it may fail, or not answer at all. The kernel is spoken to directly (<linux/fuse.h>, protocol
7.31): no library is needed, but root and /dev/fuse are.

    python -m tests.shared_fs SOURCE MOUNTPOINT     commands are read from stdin, a JSON object a line
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import select
import stat
import struct
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

_libc = ctypes.CDLL(None, use_errno=True)
_MNT_DETACH = 2
_MAX_REQUEST = 1 << 20
_IN, _OUT = struct.Struct("<IIQQIIII"), struct.Struct("<IiQ")
_ATTR, _ENTRY, _ATTR_OUT = struct.Struct("<6Q10I"), struct.Struct("<4Q2I"), struct.Struct("<QII")
_INIT_OUT = struct.Struct("<4I2H2I2H8I")
_OPEN_OUT, _READ_IN, _DIRENT = struct.Struct("<QII"), struct.Struct("<QQI"), struct.Struct("<QQII")
_STATFS = struct.Struct("<5Q4I6I")
_NAMES = {
    1: "LOOKUP", 2: "FORGET", 3: "GETATTR", 5: "READLINK", 14: "OPEN", 15: "READ", 17: "STATFS", 18: "RELEASE",
    26: "INIT", 27: "OPENDIR", 28: "READDIR", 29: "RELEASEDIR", 36: "INTERRUPT", 42: "BATCH_FORGET",
}  # fmt: skip
_SILENT = {"FORGET", "BATCH_FORGET", "INTERRUPT"}


def mount(point: str, fd: int, kind: str) -> None:
    """Mount the connection `fd` as file system `fuse.KIND`.

    Raises:
        OSError: that is not allowed here.
    """
    options = f"fd={fd},rootmode=40000,user_id={os.getuid()},group_id={os.getgid()},allow_other".encode()
    if _libc.mount(kind.encode(), os.fsencode(point), f"fuse.{kind}".encode(), 6, options):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), point)


def unmount(point: str) -> None:
    """Take the mount away, whoever uses it."""
    _libc.umount2(os.fsencode(point), _MNT_DETACH)


class _Server:
    """Answers the kernel's requests, one after the other."""

    def __init__(self, source: str, fd: int) -> None:
        self.latency = 0.0
        self.attributes_last = self.directories_last = self.names_last = 0.0
        self.failing: dict[str, int] = {}
        self.hangs = False
        self.hangs_at = ""
        self.counts: Counter[str] = Counter()
        self._fd = fd
        self._kept = b""
        self._paths = {1: source}
        self._nodes = {source: 1}
        self._known: dict[int, tuple[float, os.stat_result]] = {}
        self._files: dict[int, int] = {}
        self._lists: dict[int, list[tuple[str, int, int]]] = {}

    def command(self, line: str) -> str:
        """Do as told by a JSON object; returns the answer."""
        told = json.loads(line)
        self.latency = told.get("latency", self.latency)
        for setting in ("attributes_last", "directories_last", "names_last"):
            setattr(self, setting, told.get(setting, getattr(self, setting)))
        self.failing = told.get("failing", self.failing)
        self.hangs_at = told.get("hangs_at", self.hangs_at)
        self.hangs = told.get("hangs", self.hangs)
        if not self.hangs and self._kept:
            kept, self._kept = self._kept, b""
            self.answer(kept)
        counts = dict(self.counts)
        if told.get("reset"):
            self.counts.clear()
        return json.dumps(counts)

    def answer(self, request: bytes) -> None:
        """Answer one request."""
        _, opcode, unique, node, *_ = _IN.unpack_from(request)
        name = _NAMES.get(opcode, str(opcode))
        if name in _SILENT:
            return
        if name == self.hangs_at:
            self._kept, self.hangs, self.hangs_at = request, True, ""
            return
        handler: Callable[[int, bytes], bytes] | None = getattr(self, f"_{name.lower()}", None)
        try:
            if handler is None:
                raise OSError(errno.ENOSYS, "")
            if name in self.failing:
                self.counts[name] += 1
                raise OSError(self.failing[name], "")
            body, code = handler(node, request[_IN.size :]), 0
        except OSError as error:
            body, code = b"", -(error.errno or errno.EIO)
        with contextlib.suppress(FileNotFoundError):  # who asked was interrupted
            os.write(self._fd, _OUT.pack(_OUT.size + len(body), code, unique) + body)

    def _ask(self, what: str) -> None:
        """A question to the server, across the network."""
        self.counts[what] += 1
        if self.latency:
            time.sleep(self.latency)

    def _status(self, node: int, *, fresh: bool = False) -> os.stat_result:
        then, status = self._known.get(node, (0.0, None))
        now = time.monotonic()
        lasts = self.directories_last if status is not None and stat.S_ISDIR(status.st_mode) else self.attributes_last
        if status is None or fresh or now - then >= lasts:
            self._ask("attributes")
            status = os.lstat(self._paths[node])
            self._known[node] = now, status
        return status

    def _attributes(self, node: int, status: os.stat_result) -> bytes:
        times = (status.st_atime_ns, status.st_mtime_ns, status.st_ctime_ns)
        return _ATTR.pack(
            node, status.st_size, status.st_blocks, *(t // 10**9 for t in times), *(t % 10**9 for t in times),
            status.st_mode, status.st_nlink, status.st_uid, status.st_gid, 0, 4096, 0,
        )  # fmt: skip

    def _init(self, node: int, body: bytes) -> bytes:
        return _INIT_OUT.pack(7, 31, 1 << 17, 0, 0, 0, 1 << 17, 1, 0, 0, *([0] * 8))

    def _lookup(self, node: int, body: bytes) -> bytes:
        path = str(Path(self._paths[node], os.fsdecode(body.rstrip(b"\0"))))
        known = self._nodes.get(path)
        if known is None:
            self._ask("lookup")
            os.lstat(path)
            known = self._nodes[path] = len(self._nodes) + 1
            self._paths[known] = path
        status = self._status(known)
        return _ENTRY.pack(known, 0, int(self.names_last), 0, 0, 0) + self._attributes(known, status)

    def _getattr(self, node: int, body: bytes) -> bytes:
        return _ATTR_OUT.pack(0, 0, 0) + self._attributes(node, self._status(node))

    def _readlink(self, node: int, body: bytes) -> bytes:
        return os.fsencode(Path(self._paths[node]).readlink())

    def _open(self, node: int, body: bytes) -> bytes:
        self._status(node, fresh=True)
        fd = os.open(self._paths[node], os.O_RDONLY)
        self._files[fd] = node
        return _OPEN_OUT.pack(fd, 0, 0)

    def _read(self, node: int, body: bytes) -> bytes:
        fd, offset, size = _READ_IN.unpack_from(body)
        self._ask("read")
        # Nobody reads behind the size that he knows.
        return os.pread(fd, max(min(size, self._status(node).st_size - offset), 0), offset)

    def _release(self, node: int, body: bytes) -> bytes:
        fd = struct.unpack_from("<Q", body)[0]
        del self._files[fd]
        os.close(fd)
        return b""

    def _opendir(self, node: int, body: bytes) -> bytes:
        self._status(node, fresh=True)
        self._ask("list")
        with os.scandir(self._paths[node]) as entries:
            listed = [(entry.name, entry.inode(), _type(entry)) for entry in entries]
        handle = max(self._lists, default=0) + 1
        self._lists[handle] = listed
        return _OPEN_OUT.pack(handle, 0, 0)

    def _readdir(self, node: int, body: bytes) -> bytes:
        handle, offset, size = _READ_IN.unpack_from(body)
        out = b""
        for position, (name, inode, kind) in enumerate(self._lists[handle][offset:], offset + 1):
            raw = os.fsencode(name)
            entry = _DIRENT.pack(inode, position, len(raw), kind) + raw
            entry += bytes(-len(entry) % 8)
            if len(out) + len(entry) > size:
                break
            out += entry
        return out

    def _releasedir(self, node: int, body: bytes) -> bytes:
        del self._lists[struct.unpack_from("<Q", body)[0]]
        return b""

    def _statfs(self, node: int, body: bytes) -> bytes:
        return _STATFS.pack(0, 0, 0, 0, 0, 4096, 255, 4096, *([0] * 7))


def _type(entry: os.DirEntry[str]) -> int:
    if entry.is_symlink():
        return stat.S_IFLNK >> 12
    return (stat.S_IFDIR if entry.is_dir() else stat.S_IFREG) >> 12


def serve(source: str, point: str) -> None:
    """Serve until stdin ends."""
    fd = os.open("/dev/fuse", os.O_RDWR)
    mount(point, fd, "shared")
    sys.stdout.write("mounted\n")
    sys.stdout.flush()
    try:
        _answer_all(_Server(source, fd), fd)
    finally:
        unmount(point)


def _answer_all(server: _Server, fd: int) -> None:
    while True:
        # A request that nobody has taken can be given up by killing who made it, as with a hard mount of NFS.
        readable, _, _ = select.select([0] if server.hangs else [fd, 0], [], [])
        if 0 in readable:
            line = os.read(0, 1 << 16).decode()
            if not line:
                return
            sys.stdout.write(f"{server.command(line)}\n")
            sys.stdout.flush()
        else:
            try:
                request = os.read(fd, _MAX_REQUEST)
            except OSError as error:
                if error.errno == errno.ENODEV:  # it was unmounted
                    return
                continue
            server.answer(request)


class SharedFileSystem:
    """The directory `source`, shown at `point` by a process of its own; both are made where they are missing."""

    def __init__(self, source: Path, point: Path) -> None:
        source.mkdir(parents=True, exist_ok=True)
        point.mkdir(parents=True, exist_ok=True)
        self.source, self.point = source, point
        command = [sys.executable, "-m", "tests.shared_fs", str(source), str(point)]
        root = Path(__file__).parent.parent
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root)
        if self._answer() != "mounted":
            raise OSError(errno.EPERM, "no file system could be mounted", str(point))

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def tell(self, **settings: object) -> dict[str, int]:
        """Change what the server does; returns how many questions it was asked, by kind.

        `latency`: seconds an answer takes. `failing`: request -> errno. `hangs`: from now on, `hangs_at`: from such a
        request on, until `hangs` is False. `attributes_last` (of files), `directories_last`, `names_last` (whole ones):
        for how many seconds the client remembers. `reset`: count the questions anew.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(settings) + "\n")
        self._process.stdin.flush()
        answer: dict[str, int] = json.loads(self._answer())
        return answer

    def close(self) -> None:
        """End it; whoever still waits for an answer gets an error."""
        self._process.kill()
        self._process.communicate()
        unmount(str(self.point))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def missing() -> str:
    """Why no such file system can be mounted here; empty where one can."""
    if not sys.platform.startswith("linux") or not Path("/dev/fuse").exists():
        return "there is no /dev/fuse"
    try:
        fd = os.open("/dev/fuse", os.O_RDWR)
    except OSError as error:
        return f"/dev/fuse: {error.strerror}"
    os.close(fd)
    return "" if os.geteuid() == 0 else "mounting needs root"


if __name__ == "__main__":
    serve(*sys.argv[1:3])
