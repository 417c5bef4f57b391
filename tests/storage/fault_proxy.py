"""A proxy before an emulator on loopback: notes every request, and lets those go wrong that a test names."""

import http.client
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit


@dataclass
class Fault:
    """What goes wrong with requests that match `METHOD /path?query`, `times` times.

    status/body: refuse. cut_after: close the connection after so many bytes of the answer's body. before_s: wait first.
    """

    match: str
    times: int = 1
    status: int = 0
    body: bytes = b""
    cut_after: int | None = None
    before_s: float = 0.0


@dataclass
class Proxy:
    """What passes, and what shall go wrong."""

    target: str
    url: str = ""
    requests: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fail(self, match: str, **what: object) -> None:
        self.faults.append(Fault(match, **what))

    def next_fault(self, line: str) -> Fault:
        with self.lock:
            self.requests.append(line)
            fault = next((f for f in self.faults if f.times and re.search(f.match, line)), Fault("", 0))
            fault.times -= 1
            return fault


@contextmanager
def before(target: str) -> Iterator[Proxy]:
    """The proxy, on a port of its own."""
    proxy = Proxy(target)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"proxy": proxy}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    proxy: Proxy
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, *args: object) -> None:
        pass

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def _any(self) -> None:
        fault = self.proxy.next_fault(f"{self.command} {unquote(self.path)}")
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.wfile.flush()
        body = self._body()
        time.sleep(fault.before_s)
        if fault.status:
            self._send(fault.status, [("Content-Length", str(len(fault.body)))], fault.body, None)
            return
        connection = http.client.HTTPConnection(urlsplit(self.proxy.target).netloc, timeout=30)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in {"transfer-encoding", "content-length", "expect", "connection"}:
                    connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        dropped = {"transfer-encoding", "content-length", "connection"}
        headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in dropped]
        length = answer.getheader("Content-Length", "0") if self.command == "HEAD" else str(len(content))
        self._send(answer.status, [*headers, ("Content-Length", length)], content, fault.cut_after)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = _any  # noqa: N815

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = bytearray()
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return bytes(body)

    def _send(self, status: int, headers: list[tuple[str, str]], body: bytes, cut_after: int | None) -> None:
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body if cut_after is None else body[:cut_after])
        if cut_after is not None:
            self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(2)
