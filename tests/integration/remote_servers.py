"""Servers of remote logdirs on loopback: S3 (moto), SSH (Debian's sshd), HTTP with ranges. Each shows one directory."""

from __future__ import annotations

import html
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, unquote
from urllib.request import Request, urlopen

import boto3
from moto.backends import get_backend
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from tests.integration.link import Link

BUCKET = "bucket"


class Served(Protocol):
    """`url` leads to `files` through `link`; `environ` is what a client needs to be let in."""

    url: str
    link: Link
    environ: dict[str, str]

    def publish(self, path: str) -> None:
        """Have the file at this relative path, as it is in `files` now, be what the server shows; gone if it is."""

    def close(self) -> None:
        """End everything for good."""

    def stop(self) -> None:
        """End the server's process or thread; its port refuses connections."""

    def start(self) -> None:
        """Start it again at the same port, with the same content."""


class _Quiet(WSGIRequestHandler):
    def log(self, *arguments: Any) -> None:
        """Tests have enough to say."""


class S3Server:
    """Objects below `runs/` in a bucket. `bodies` counts bytes of objects that were sent, `requests` all requests."""

    def __init__(self, files: Path, home: Path) -> None:
        self.files = files
        self.bodies = self.requests = 0
        self._app = DomainDispatcherApplication(create_backend_app)
        self._server: BaseWSGIServer | None = None
        self._port = free_port()
        self.link = Link(self._port)
        self.url = f"s3://{BUCKET}/runs"
        self.environ = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.link.port}",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": str(home / "none"),
            "AWS_SHARED_CREDENTIALS_FILE": str(home / "none"),
        }
        self.start()
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{self._port}",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
            region_name="us-east-1",
        )
        # moto's content is the process's: that of an earlier test goes.
        urlopen(Request(f"http://127.0.0.1:{self._port}/moto-api/reset", method="POST")).close()
        self.client.create_bucket(Bucket=BUCKET)
        for path in every_file(files):
            self.publish(path)

    def publish(self, path: str) -> None:
        if (self.files / path).exists():
            data = (self.files / path).read_bytes()
            self.client.put_object(Bucket=BUCKET, Key=f"runs/{path}", Body=data, ACL="public-read")
        else:
            self.client.delete_object(Bucket=BUCKET, Key=f"runs/{path}")

    def put_anything(self, key: str, data: bytes) -> None:
        """An object of any name, also of one that no client would send as it is."""
        backend: Any = get_backend("s3")["123456789012"]["aws"]
        backend.put_object(BUCKET, key, data)

    def start(self) -> None:
        self._server = make_server("127.0.0.1", self._port, self._counted, threaded=True, request_handler=_Quiet)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()
        self.link.cut()
        self.link.mend()

    def close(self) -> None:
        self.client.close()
        self.stop()
        self.link.cut()

    def _counted(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.requests += 1
        parts: Iterable[bytes] = self._app(environ, start_response)
        if environ["REQUEST_METHOD"] != "GET" or "list-type" in environ["QUERY_STRING"]:
            return parts
        return self._count(parts)

    def _count(self, parts: Iterable[bytes]) -> Iterator[bytes]:
        for part in parts:
            self.bodies += len(part)
            yield part


class HttpServer:
    """Index pages and files with ranges; `bodies` counts bytes of files. `password` is asked for where it is set."""

    def __init__(self, files: Path, home: Path) -> None:
        self.files = files
        self.bodies = self.requests = 0
        self.password = ""
        self.pages: dict[str, str] = {}
        """Pages and redirects (`-> URL`) by path, in place of what is in `files`."""
        self.has_ranges = True
        self._port = free_port()
        self._server: ThreadingHTTPServer | None = None
        self.link = Link(self._port)
        self.url = f"http://127.0.0.1:{self.link.port}/logs"
        (home / "netrc").touch()
        self.environ = {"NETRC": str(home / "netrc")}
        self.start()

    def publish(self, path: str) -> None:
        """It is read when it is asked for."""

    def start(self) -> None:
        served = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                served.requests += 1
                _answer(served, self)

            def log_message(self, format: str, *args: Any) -> None:
                """Tests have enough to say."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()
        self.link.cut()
        self.link.mend()

    def close(self) -> None:
        self.stop()
        self.link.cut()


class SshServer:
    """sshd with keys of its own, for the user who runs the tests."""

    def __init__(self, files: Path, home: Path) -> None:
        self.files, self._home = files, home
        self._port = free_port()
        self.link = Link(self._port)
        self.url = f"ssh://127.0.0.1:{self.link.port}{files}"
        self.environ = {"HOME": str(home), "SSH_AUTH_SOCK": ""}
        self._process: subprocess.Popen[bytes] | None = None
        self._configure()
        self.start()

    def publish(self, path: str) -> None:
        """It is read when it is asked for."""

    def start(self) -> None:
        command = [shutil.which("sshd", path="/usr/sbin:/usr/bin") or "sshd", "-D", "-e", "-f"]
        self._process = subprocess.Popen([*command, str(self._home / "sshd_config")], stderr=subprocess.DEVNULL)
        wait_for_port(self._port)

    def stop(self) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(10)
        self.link.cut()
        self.link.mend()

    def close(self) -> None:
        self.stop()
        self.link.cut()

    def _configure(self) -> None:
        Path("/run/sshd").mkdir(parents=True, exist_ok=True)
        keys = self._home / ".ssh"
        keys.mkdir(mode=0o700)
        for path in (self._home / "host_key", keys / "id_ed25519"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
        shutil.copy(keys / "id_ed25519.pub", self._home / "authorized_keys")
        host_key = (self._home / "host_key.pub").read_text()
        (keys / "known_hosts").write_text(f"[127.0.0.1]:{self.link.port} {host_key}")
        settings = {
            "Port": self._port,
            "ListenAddress": "127.0.0.1",
            "HostKey": self._home / "host_key",
            "AuthorizedKeysFile": self._home / "authorized_keys",
            "PidFile": "none",
            "StrictModes": "no",
            "UsePAM": "no",
            "PasswordAuthentication": "no",
            "Subsystem": "sftp internal-sftp",
        }
        text = "".join(f"{name} {value}\n" for name, value in settings.items())
        (self._home / "sshd_config").write_text(text)


def _answer(served: HttpServer, request: BaseHTTPRequestHandler) -> None:
    path = unquote(request.path.partition("?")[0])
    if served.password and request.headers.get("Authorization") != served.password:
        _send(request, 401, b"", {"WWW-Authenticate": "Basic"})
    elif (page := served.pages.get(path)) is not None:
        if page.startswith("-> "):
            _send(request, 302, b"", {"Location": page[3:]})
        else:
            _send(request, 200, page.encode("utf-8", "surrogateescape"), {"Content-Type": "text/html"})
    else:
        target = served.files / path.removeprefix("/logs").strip("/")
        if target.is_dir():
            _send(request, 200, index_page(target), {"Content-Type": "text/html"})
        elif target.is_file():
            _send_file(served, request, target)
        else:
            _send(request, 404, b"", {})


def index_page(directory: Path) -> bytes:
    """As nginx makes it."""
    names = sorted(f"{path.name}/" if path.is_dir() else path.name for path in directory.iterdir())
    links = "".join(f'<a href="{quote(name)}">{html.escape(name)}</a>\n' for name in ["../", *names])
    return f"<html><body><h1>Index</h1><pre>{links}</pre></body></html>".encode()


def _send_file(served: HttpServer, request: BaseHTTPRequestHandler, path: Path) -> None:
    status = path.stat()
    tag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
    headers = {"ETag": tag, "Last-Modified": formatdate(status.st_mtime, usegmt=True)}
    if request.headers.get("If-None-Match") == tag:
        _send(request, 304, b"", headers)
        return
    start, stop, size = 0, status.st_size, status.st_size
    wanted = request.headers.get("Range", "") if served.has_ranges else ""
    code = 200
    if wanted:
        first, last = wanted.removeprefix("bytes=").split("-")
        start, stop = int(first), min(int(last) + 1, size)
        if start >= size:
            _send(request, 416, b"", {"Content-Range": f"bytes */{size}"})
            return
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
        code = 206
    with path.open("rb") as file:
        file.seek(start)
        data = file.read(stop - start)
    served.bodies += len(data)
    _send(request, code, data, headers)


def _send(request: BaseHTTPRequestHandler, code: int, data: bytes, headers: dict[str, str]) -> None:
    try:
        request.send_response(code)
        for name, value in {**headers, **({} if code == 304 else {"Content-Length": str(len(data))})}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(data)
    except OSError:  # the client, or the link, is gone
        request.close_connection = True


Serve = Callable[[str, Path], Served]
"""Starts a server of a kind on a directory."""

SERVERS: dict[str, type[S3Server] | type[SshServer] | type[HttpServer]] = {
    "s3": S3Server,
    "ssh": SshServer,
    "http": HttpServer,
}


def every_file(directory: Path) -> list[str]:
    """The relative paths of all files."""
    return sorted(str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file())


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def wait_for_port(port: int) -> None:
    """Until somebody listens there, ten seconds at most."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"nobody listens at port {port}")


def environment(served: Served, cache: Path) -> dict[str, str]:
    """The variables of a client of this server, whose mirrors lie in `cache`."""
    return {**os.environ, **served.environ, "TBTUI_CACHE": str(cache)}
