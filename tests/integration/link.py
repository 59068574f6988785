"""A TCP link that can be counted, made slow, and cut, in front of a real server."""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Callable


class Link:
    """Passes connections to `port` on to `target`, both on loopback. `received` counts bytes from the server."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.received = 0
        self.bytes_per_second = 0.0
        """At most so many, of all connections together; 0 for no limit."""
        self.delay = 0.0
        """Seconds until an answer is here, both ways together."""
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None
        self.port = 0
        self.mend()

    def mend(self) -> None:
        """Take connections, on the same port as before."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(64)
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        """End every connection and refuse new ones."""
        listener, self._listener = self._listener, None
        if listener is not None:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        with self._lock:
            ends = list(self._open)
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            if self._listener is not listener:
                client.close()
                return
            threading.Thread(target=self._pass, args=(client,), daemon=True).start()

    def _pass(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client, socket.create_connection(("127.0.0.1", self.target)) as server:
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._open |= {client, server}
            up = threading.Thread(target=self._pump, args=(client, server, lambda size: None), daemon=True)
            up.start()
            self._pump(server, client, self._count)
            up.join()
            with self._lock:
                self._open -= {client, server}

    def _pump(self, source: socket.socket, sink: socket.socket, count: Callable[[int], None]) -> None:
        """Pass on what comes, half the delay later; when either end is gone, both are."""
        waiting: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
        late = threading.Thread(target=self._send, args=(waiting, source, sink), daemon=True)
        late.start()
        data = b"-"
        while data:
            try:
                data = source.recv(1 << 16)
            except OSError:
                data = b""
            count(len(data))
            waiting.put((time.monotonic() + self.delay / 2, data))
        late.join()

    def _send(
        self, waiting: queue.SimpleQueue[tuple[float, bytes]], source: socket.socket, sink: socket.socket
    ) -> None:
        while True:
            due, data = waiting.get()
            time.sleep(max(0.0, due - time.monotonic()))
            with contextlib.suppress(OSError):
                if data:
                    sink.sendall(data)
                    continue
            for end in (source, sink):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            return

    def _count(self, size: int) -> None:
        with self._lock:
            self.received += size
            if self.bytes_per_second:
                time.sleep(size / self.bytes_per_second)
